"""The Snakemake profiles that go with every compiled workflow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).with_name("profiles")


def profile_files() -> Iterator[tuple[str, bytes]]:
    """Yield the relative path and content of each file of the profiles."""
    for path in sorted(FOLDER.rglob("*.yaml")):
        yield path.relative_to(FOLDER).as_posix(), path.read_bytes()
