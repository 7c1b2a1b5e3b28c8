"""Files of a program as data, and the one function that writes them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Problem, TargetError, Where

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


# What a program says of itself in its first line, and how long that may be.
_MARK = b"compiled by ecoscope-workflows"
_LONGEST_HEAD = 4096


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file of a compiled program.

    Parameters
    ----------
    path
        Where it goes, relative to the output folder, with forward slashes.
    content
        Its bytes.
    keep
        Whether a file that is already there belongs to the user and stays.
    """

    path: str
    content: bytes
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """Which files a compile wrote, and which it left alone because they are the user's."""

    written: tuple[str, ...]
    kept: tuple[str, ...]


def write(artifacts: Iterable[Artifact], folder: Path) -> Written:
    """Write the files of a program, each atomically, and only where its content changes.

    A file that would not change keeps its time stamp, so that nothing is made anew for it.

    Raises
    ------
    TargetError
        Where the folder cannot be written, or a file of somebody's own stands in the place of a program.
    """
    written, kept = [], []
    for artifact in artifacts:
        path = folder / artifact.path
        try:
            _refuse_foreign(path, artifact.content)
            if artifact.keep and path.exists():
                kept.append(artifact.path)
            elif not path.is_file() or path.read_bytes() != artifact.content:
                write_atomically(path, artifact.content)
                written.append(artifact.path)
        except OSError as error:
            what = f"cannot be written: {error.strerror}"
            raise TargetError(Problem("EW711", what, Where(str(path)), "choose another --outpath")) from None
    return Written(tuple(written), tuple(kept))


def _refuse_foreign(path: Path, content: bytes) -> None:
    """Refuse to replace what does not say that it was compiled by what does."""
    if _MARK not in _head(content) or not path.is_file():
        return
    with path.open("rb") as stream:
        before = stream.read(_LONGEST_HEAD)
    if before and _MARK not in _head(before):
        what = "this file was not compiled by ecoscope-workflows, and stays"
        hint = "choose another --outpath, or move the file away"
        raise TargetError(Problem("EW711", what, Where(str(path)), hint))


def _head(content: bytes) -> bytes:
    return content[:_LONGEST_HEAD].partition(b"\n")[0]


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that no reader ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_bytes(content)
    temporary.replace(path)
