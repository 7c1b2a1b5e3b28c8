"""An index of the tasks that are installed, kept in the user's cache folder, so that few need be imported.

It holds as long as the packages are as they were when it was made; a damaged one is as good as none.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecoscope_workflows.registry.surroundings import Surroundings

Record = dict[str, Any]

VARIABLE = "ECOSCOPE_WORKFLOWS_INDEX"
# An index that is in use is made anew once in this time; others are of environments that are gone.
_MAX_AGE = 30 * 24 * 60 * 60
_PREFIX = "tasks-"


@dataclass(frozen=True)
class Index:
    """What is said of every task without importing it.

    Parameters
    ----------
    tasks
        What ``ecoscope-workflows tasks --format json`` prints of each, by dotted path.
    upstream
        The paths of those that are registered with `wt_registry` alone.
    changing
        The paths of those of which something else may have to be printed the next time.
    conditions
        The dotted paths of what `skipif` may name beside tasks.
    """

    tasks: Mapping[str, Record]
    upstream: Sequence[str]
    changing: Sequence[str]
    conditions: Sequence[str]

    @cached_property
    def paths(self) -> Mapping[str, Sequence[str]]:
        """Return the dotted paths of the tasks by short name."""
        found: dict[str, list[str]] = {}
        for path in self.tasks:
            found.setdefault(path.rpartition(".")[2], []).append(path)
        return found


def read_index(around: Surroundings | None) -> Index | None:
    """Return the index that was kept, or None where there is none that holds."""
    path = _path(around)
    if around is None or path is None:
        return None
    try:
        head, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return Index(**json.loads(body)) if head == _head(around, body) else None


def keep_index(around: Surroundings | None, index: Index) -> None:
    """Keep an index where that can be done; whoever reads meanwhile sees the old one or the new one."""
    path = _path(around)
    if around is None or path is None:
        return
    content = json.dumps({field.name: getattr(index, field.name) for field in fields(index)}).encode()
    with suppress(OSError):  # a folder that cannot be written to is no fault of the user's
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_old(path.parent)
        _write(path, _head(around, content) + b"\n" + content)


def _write(path: Path, content: bytes) -> None:
    import tempfile  # noqa: PLC0415  # only where there is no index yet

    descriptor, name = tempfile.mkstemp(prefix=_PREFIX, dir=path.parent)
    temporary = Path(name)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  # it is open already
            file.write(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _remove_old(folder: Path) -> None:
    for path in folder.glob(f"{_PREFIX}*"):
        with suppress(FileNotFoundError):  # another process has removed it
            if time.time() - path.stat().st_mtime > _MAX_AGE:
                path.unlink()


def _path(around: Surroundings | None) -> Path | None:
    """Return where the index of what is installed here is kept, or None where none is wanted."""
    said = os.environ.get(VARIABLE)
    if around is None or said == "":
        return None
    if said is None:
        import platformdirs  # noqa: PLC0415  # not needed where the user names the folder

        said = platformdirs.user_cache_dir("ecoscope-workflows", appauthor=False)
        # Without a home there is no such folder.
        if not os.path.isabs(said):  # noqa: PTH117  # it is text
            return None
    return Path(said, f"{_PREFIX}{around.name}.json")


def _head(around: Surroundings, body: bytes) -> bytes:
    return f"{around.state} {hashlib.sha256(body).hexdigest()}".encode()
