"""Whether the program that wants a job's result is still there.

A killed Snakemake leaves its jobs running.
When such a job ends, its output may no longer be wanted: the workflow may have been started again with other
parameters.
"""

from __future__ import annotations

import os

_PARENT_FIELD = 3


def ancestors(process: int) -> tuple[int, int]:
    """Return the process ids of the parent (the shell) and of its parent (the scheduler) of a process."""
    parent = os.getppid() if process == os.getpid() else _parent_of(process)
    return parent, _parent_of(parent)


def _parent_of(process: int) -> int:
    try:
        # Importing pathlib and our errors takes longer than all else that is done to restore a small result.
        with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as file:  # noqa: PTH123
            status = file.read()
    except OSError:
        # It has ended; or there is no /proc (macOS), and the parent of this process alone must do.
        return 0
    # The second field is the command in brackets, which may hold anything; count from its end.
    return int(status.rpartition(")")[2].split()[_PARENT_FIELD - 2])


class Orphanage:
    """Remembers the ancestors of a process, and refuses when they have changed.

    Parameters
    ----------
    process
        The process that the scheduler started: this one, or the one that this one stands for.
    """

    def __init__(self, process: int) -> None:
        self.process = process
        self.at_start = ancestors(process)

    def __call__(self) -> None:
        """Raise where the program that started this job has gone away.

        Raises
        ------
        StorageError
            The result is thrown away; the next run makes it again.
        """
        if ancestors(self.process) != self.at_start:
            from ecoscope_workflows.errors import Problem, StorageError  # noqa: PLC0415  # as above

            what = "the workflow that started this job is gone; the result is thrown away"
            raise StorageError(Problem("EW604", what, hint="run the workflow again"))
