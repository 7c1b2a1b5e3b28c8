"""What Snakemake's process does when its plan is made and its first jobs are due.

Snakemake calls most of this in runs that have something to do, and in no others.
"""

from __future__ import annotations

import importlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.runtime.benchmark_files import count_warm_jobs

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare_start(workflow: Any) -> None:
    """Have Snakemake's process made ready for many short jobs, at the moment the first one is due.

    Parameters
    ----------
    workflow
        Snakemake's ``workflow``, while the Snakefile is read.
    """

    def at_start() -> None:
        scheduler = getattr(workflow, "scheduler", None)
        _lift_empty_limit(scheduler)
        _hear_a_signal_at_any_time(scheduler)
        count_warm_jobs()
        # Snakemake imports it when the first job has ended, and starts no other until it has done so.
        threading.Thread(target=importlib.import_module, args=["pandas"]).start()

    on_start(workflow, at_start)


def on_start(workflow: Any, action: Callable[[], object]) -> None:
    """Have something done when a run begins, behind what is done then already.

    Snakemake itself keeps the last action alone.

    Parameters
    ----------
    workflow
        Snakemake's own, while the Snakefile is read.
    action
        What is done; not in a dry run, and not where there is nothing to do.
    """
    before = workflow._onstart  # noqa: SLF001  # it has no other name

    def every(log: object) -> None:
        before(log)
        action()

    workflow.onstart(every)


def forget_copy(file: Any) -> None:
    """Remove the copy of an output in object storage that a run without work leaves on this machine.

    Snakemake notes that the copy is there, removes it, and then takes it for one that must not be written.

    Parameters
    ----------
    file
        The output of a checkpoint, as Snakemake has it while the Snakefile is read.
    """
    # While another run is at work here, it may be about to read the copy.
    if file.is_storage and not any(Path(".snakemake/locks").glob("*.lock")):
        Path(file).unlink(missing_ok=True)


def _lift_empty_limit(scheduler: Any) -> None:
    """Take a limit of jobs in no time at all for no limit, which no option can say.

    Snakemake takes it at its word: while all cores are busy it looks for jobs that it may start again and
    again, without a pause, and each look takes time for every job that waits.
    """
    limiter = getattr(scheduler, "job_rate_limiter", None)
    if limiter is not None and limiter.timespan == 0:
        scheduler.job_rate_limiter = None


def _hear_a_signal_at_any_time(scheduler: Any) -> None:
    """Have SIGTERM end a run whatever Snakemake does at that moment.

    The scheduler hears of it in its own thread, by a lock that this thread may hold: it would wait for ever.
    """
    if isinstance(getattr(scheduler, "_lock", None), type(threading.Lock())):
        scheduler._lock = threading.RLock()  # noqa: SLF001  # it has no other name
