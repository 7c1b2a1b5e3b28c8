"""One run at a time in a folder, and the locks that a dead one has left.

A run holds a lock of the kernel on a file of the folder, and its Snakemake inherits it: the kernel releases
it when the last of the two is dead, however it died, and never before.
Snakemake's own locks are files that outlive it.
They are lifted only by who holds the lock of the kernel, and only where the events of a run say that its
Snakemake made exactly these files: then no living Snakemake can have made them.
"""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ecoscope_workflows.compiler.running.events import EventFile
from ecoscope_workflows.errors import Problem, StorageError, Where

if TYPE_CHECKING:
    from types import TracebackType

STATE = Path(".snakemake/ecoscope-workflows")
RUNS = STATE / "runs"
# Enough to find the record of a lock that was left, and to look at what an earlier run did.
KEPT = 10
_LOCKS = Path(".snakemake/locks")


class Occupation:
    """The right to run in a folder, from `__enter__` to `__exit__`.

    Parameters
    ----------
    folder
        The folder of a compiled workflow.

    Raises
    ------
    StorageError
        On entry, where another run has it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / STATE / "run.lock"

    def __enter__(self) -> Self:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self.descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise StorageError(_refused(self.folder, error)) from None
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StorageError(self._taken()) from None
        except OSError as error:
            os.close(self.descriptor)
            raise StorageError(_refused(self._file, error)) from None
        facts = {"pid": os.getpid(), "host": os.uname().nodename, "since": round(time.time(), 3)}
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, json.dumps(facts).encode(), 0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.descriptor)

    def _taken(self) -> Problem:
        who, hint = "", "wait for its end, or end it with Ctrl-C; there is nothing to unlock"
        try:
            facts = json.loads(os.pread(self.descriptor, 4096, 0))
            since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(facts["since"]))
            who = f" (process {facts['pid']} on {facts['host']}, since {since})"
            process = None if _may_live(facts["pid"], facts["host"]) else _snakemake_in(self.folder)
            if process:
                hint = f"it was killed, and its Snakemake goes on: wait for its end, or `kill -INT {process}`"
        except (ValueError, KeyError, TypeError):
            pass  # the other run has not written yet who it is
        finally:
            os.close(self.descriptor)
        return Problem("EW641", f"another run works in this folder{who}", Where(str(self.folder)), hint)

    def new_events(self) -> Path:
        """Return the file for the events of a run that is about to start, and remove those of long ago."""
        folder = self.folder / RUNS
        folder.mkdir(exist_ok=True)
        for old in sorted(folder.glob("*.jsonl"))[: -KEPT + 1]:
            for path in (old, old.with_suffix(".log")):
                path.unlink(missing_ok=True)
        return (folder / f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.jsonl").resolve()

    def lift_left_locks(self) -> bool:
        """Remove Snakemake's locks where dead runs have left them.

        Returns
        -------
        bool
            Whether there were any.

        Raises
        ------
        StorageError
            Where there is a lock that no run says is its own: its Snakemake may be alive.
        """
        there = _locks(self.folder)
        known = [lock for events in (self.folder / RUNS).glob("*.jsonl") for lock in _recorded(events)]
        if any(lock not in known for lock in there):
            raise StorageError(_foreign(self.folder))
        for name, *_ in there:
            (self.folder / _LOCKS / name).unlink(missing_ok=True)
        return bool(there)


def _refused(path: Path, error: OSError) -> Problem:
    hint = "run in a folder of your own, on a file system that has locks"
    return Problem("EW605", f"no run can start here: {error.strerror}", Where(str(path)), hint)


def _locks(folder: Path) -> list[list[Any]]:
    """Return name, number and time of each lock, as the logger plugin records them."""
    found: list[list[Any]] = []
    with suppress(FileNotFoundError):  # there is none, or it has just been removed
        for entry in os.scandir(folder / _LOCKS):
            if entry.name.endswith(".lock"):
                facts = entry.stat()
                found.append([entry.name, facts.st_ino, facts.st_mtime_ns])
    return found


def _recorded(events: Path) -> list[list[Any]]:
    """Return the locks that a run says are its own."""
    return [
        lock for event in EventFile(events).new() if event.name == "locked" for lock in event.facts["locks"]
    ]


def _foreign(folder: Path) -> Problem:
    what = "Snakemake has locked this folder, and `ecoscope-workflows run` did not start it"
    process = _snakemake_in(folder)
    if process:
        hint = f"process {process} is a Snakemake that works there: wait for its end"
    else:
        unlock = f"cd {shlex.quote(str(folder))} && snakemake --profile profiles/local --unlock"
        hint = f"see that no Snakemake works there, on another machine neither; then `{unlock}`"
    return Problem("EW642", what, Where(str(folder)), hint)


def _may_live(process: int, host: str) -> bool:
    """Return whether a process may be alive; of another machine nothing is known."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return host != os.uname().nodename
    except PermissionError:
        pass  # it is another user's
    return True


def _snakemake_in(folder: Path) -> int | None:
    """Return a Snakemake on this machine that works in a folder, as far as this user can see."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == folder.resolve() and b"snakemake" in (
                entry / "cmdline"
            ).read_bytes():
                return int(entry.name)
        except OSError:
            continue  # it has ended, or is another user's
    return None
