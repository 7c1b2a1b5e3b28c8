"""Whether the program that wants a job's result is still there.

A killed Snakemake leaves its jobs running.
When such a job ends, its output may no longer be wanted: the workflow may have been started again with other
parameters.
"""

from __future__ import annotations

import os

# What `typing` would say.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_PARENT_FIELD, _START_FIELD = 3, 21


def ancestors(process: int) -> tuple[int, int]:
    """Return the process ids of the parent (the shell) and of its parent (the scheduler) of a process."""
    parent = os.getppid() if process == os.getpid() else _field(process, _PARENT_FIELD)
    return parent, _field(parent, _PARENT_FIELD)


def birth(process: int) -> tuple[int, int]:
    """Return a process id and when that process was started: what the scheduler itself is known by."""
    return process, _field(process, _START_FIELD)


def _field(process: int, number: int) -> int:
    try:
        # Importing pathlib and our errors takes longer than all else that is done to restore a small result.
        with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as file:  # noqa: PTH123
            status = file.read()
    except OSError:
        # It has ended; or there is no /proc (macOS), and the parent of this process alone must do.
        return 0
    # The second field is the command in brackets, which may hold anything; count from its end.
    return int(status.rpartition(")")[2].split()[number - 2])


class Orphanage:
    """Remembers where a process comes from, and refuses when that has changed.

    Parameters
    ----------
    process
        The process that the scheduler started: this one, or the one that this one stands for; or the
        scheduler, where it started none.
    origin
        What must not change: the `ancestors` of the process where nothing is said, or the `birth` of the
        scheduler.
    """

    def __init__(self, process: int, origin: Callable[[int], tuple[int, int]] | None = None) -> None:
        self.process, self.origin = process, origin or ancestors
        self.at_start = self.origin(process)

    def __call__(self) -> None:
        """Raise where the program that started this job has gone away.

        Raises
        ------
        StorageError
            The result is thrown away; the next run makes it again.
        """
        if self.origin(self.process) != self.at_start:
            from ecoscope_workflows.errors import Problem, StorageError  # noqa: PLC0415  # as above

            what = "the workflow that started this job is gone; the result is thrown away"
            raise StorageError(Problem("EW604", what, hint="run the workflow again"))
