"""The results of a run in, the pages among them out: what a person looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_PAGE = ".html"


def pages_in(results: Path, outputs: Iterable[Sequence[str]]) -> list[Path]:
    """Return the pages among results, in their order.

    Parameters
    ----------
    results
        The folder of the results.
    outputs
        For each job the name of its result, and of the files beside it; a name without a dot is a folder.
    """
    pages: list[Path] = []
    for names in outputs:
        if "." not in names[0]:
            pages += sorted((results / names[0]).rglob(f"*{_PAGE}"))
        else:
            pages += [results / name for name in names if name.endswith(_PAGE)]
    return [page for page in pages if page.is_file()]
