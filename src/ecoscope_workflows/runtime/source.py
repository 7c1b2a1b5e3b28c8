"""The name of a module in, its source file and syntax tree out; nothing is imported."""

from __future__ import annotations

import ast
import importlib.util
import os
import warnings
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Problem, StorageError, Where

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec


@dataclass(frozen=True, slots=True)
class Location:
    """Where a module lives: its source file ("" if it has none) and the folders of its submodules."""

    name: str
    file: str = ""
    folders: tuple[str, ...] = ()
    # Built in, compiled or in an archive: there is a module, but no source file to read.
    opaque: bool = False

    @property
    def package(self) -> str:
        """Where the module's relative imports start."""
        return self.name if self.folders else self.name.rpartition(".")[0]


def locate(name: str, parent: Location | None = None) -> Location | None:
    """Return where a module is, or None; `parent` locates its package and is None for a top-level name."""
    tail = name.rpartition(".")[2]
    try:
        # Neither imports anything: only a dotted name would make a finder import the parent first.
        spec = PathFinder.find_spec(tail, parent.folders) if parent else importlib.util.find_spec(tail)
    except (ImportError, ValueError):
        return None
    return _location(name, spec) if spec else None


def _location(name: str, spec: ModuleSpec) -> Location:
    folders = tuple(spec.submodule_search_locations or ())
    origin = spec.origin or ""
    if origin.endswith(".py") and os.path.isfile(origin):  # noqa: PTH113  # hundreds at each start of a run
        return Location(name, origin, folders)
    return Location(name, "", folders, opaque=bool(origin) or not folders)


def parse(location: Location) -> tuple[ast.Module, bytes]:
    """Return the tree and the source of a module; both are empty for a namespace package.

    Raises
    ------
    StorageError
        EW503 when the file cannot be read or is not Python.
    """
    if not location.file:
        return ast.Module([], []), b""
    try:
        with warnings.catch_warnings():
            # An invalid escape is for the author of that module to hear of, when it is imported.
            warnings.simplefilter("ignore")
            source = Path(location.file).read_bytes()
            return ast.parse(source), source
    except SyntaxError as error:
        raise unreadable(location, str(error.msg), error.lineno or 0, error.offset or 0) from error
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        raise unreadable(location, str(error)) from error


def unreadable(location: Location, why: str, line: int = 0, column: int = 0) -> StorageError:
    """Return the error for a source file that cannot be understood."""
    what = f"module {location.name!r} cannot be read as Python: {why}"
    return StorageError(Problem("EW503", what, Where(location.file, line, column), "mend the file"))
