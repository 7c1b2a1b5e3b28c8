"""What is installed here in, a digest out that changes with anything that decides which tasks there are."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecoscope_workflows import __version__
from ecoscope_workflows.registry.entry_points import OWN_GROUP, UPSTREAM_GROUP, offers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The package whose code says what a task is.
_OURS = "ecoscope_workflows"
_INSTALLED = (".dist-info", ".egg-info")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The packages that offer tasks, as they are now.

    Parameters
    ----------
    packages
        The names of the top-level packages.
    imported
        Whether this process has imported one of them before: as it was then.
    name
        A digest of where they are, and of the Python that runs them.
    state
        A digest of the times and sizes of all their files, and of everything that is installed beside them.
    """

    packages: frozenset[str]
    imported: bool
    name: str
    state: str


def surroundings() -> Surroundings | None:
    """Look around, importing none of the packages; None where the files of one are not to be seen."""
    offered = offers(OWN_GROUP, UPSTREAM_GROUP)
    packages = sorted({_OURS, *(offer.package for offer in offered)})
    roots = [root for package in packages for root in _roots(package) or [""]]
    if "" in roots:
        return None
    points = [f"{offer.point.group} {offer.point.name} {offer.point.value}" for offer in offered]
    lines = [__version__, *points, *(offer.origin for offer in offered), *_installed(sys.path)]
    try:
        files = sorted(line for root in roots for line in _files(root, set()))
    except OSError:  # one was removed meanwhile, or may not be read
        return None
    return Surroundings(
        frozenset(packages),
        any(offer.point.module in sys.modules for offer in offered),
        _digest([sys.version, *points, *roots]),
        _digest([*lines, *files]),
    )


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _roots(package: str) -> list[str]:
    """Return the folders of a package, or the file of a module; nothing where it is neither."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return []
    if spec is None:
        return []
    if spec.submodule_search_locations is not None:
        return list(spec.submodule_search_locations)
    # What is imported from an archive is no file.
    return [spec.origin] if spec.origin and os.path.isfile(spec.origin) else []  # noqa: PTH113  # text in, text out


def _files(path: str, above: set[str]) -> Iterator[str]:
    """Yield a line for each file at and below a path, whichever links lead to it."""
    if os.path.isfile(path):  # noqa: PTH113  # as above
        yield _line(path, os.stat(path))  # noqa: PTH116  # as above
        return
    real = os.path.realpath(path)
    if real in above:
        return
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _files(entry.path, {*above, real})
            elif entry.is_file():
                yield _line(entry.path, entry.stat())


def _installed(folders: Iterable[str]) -> Iterator[str]:
    """Yield a line for each distribution: what a task imports may decide what its types are."""
    for folder in folders:
        with suppress(OSError), os.scandir(folder or ".") as entries:
            for entry in entries:
                if entry.name.endswith(_INSTALLED):
                    yield _line(entry.path, entry.stat())


def _line(path: str, facts: os.stat_result) -> str:
    return f"{path} {facts.st_mtime_ns} {facts.st_size}"
