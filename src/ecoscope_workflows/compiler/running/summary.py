"""A folder after a run in, what became of each instance and where to look out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecoscope_workflows.compiler.job_logs import ERROR, log_of
from ecoscope_workflows.compiler.running.pages import pages_in
from ecoscope_workflows.compiler.running.progress import FAILED
from ecoscope_workflows.compiler.slurm_logs import why_slurm_ended
from ecoscope_workflows.compiler.status import NOT_RUN, Status, status_of

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.compiler.running.progress import Progress
    from ecoscope_workflows.targets.view import View

_BOILERPLATE = re.compile(r"Detailed failure reason unavailable|For further error details")
_KILLED = "the job was killed before it could say why; it may have needed more memory than there was"


@dataclass(frozen=True, slots=True)
class Failure:
    """A job that failed: its instance, what it said, and the log that holds the rest."""

    instance: str
    error: str
    log: Path


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a run.

    Parameters
    ----------
    statuses
        What became of each instance.
    failures
        The jobs that failed in this run.
    held_up
        For each instance that was not run what it waits for.
    pages
        The pages to look at, those of the last instances first.
    """

    statuses: tuple[Status, ...]
    failures: tuple[Failure, ...]
    held_up: dict[str, tuple[str, ...]]
    pages: tuple[Path, ...]


def summary_of(folder: Path, laid_out: View, progress: Progress) -> Summary:
    """Look at a folder after a run.

    Raises
    ------
    StorageError
        When a result cannot be read.
    """
    failed = [name for name, ended in progress.ended.items() if ended.state == FAILED]
    failures = []
    for name in failed:
        log = log_of(folder, name)
        failures.append(Failure(name, _why(folder, log, progress.executor_said.get(name, "")), log))
    reasons = {failure.instance: failure.error.partition("\n")[0] for failure in failures}
    # The file of a job that was killed has no error in it: Snakemake knows better.
    statuses = [
        Status(one.instance, FAILED, reasons[one.instance])
        if one.instance in reasons and one.state == NOT_RUN
        else one
        for one in status_of(folder)
    ]
    open_ = {one.instance for one in statuses if one.state in {FAILED, NOT_RUN}}
    held_up = {
        row.id: tuple(dict.fromkeys(item.instance for item in row.inputs if item.instance in open_))
        for row in laid_out.jobs
        if row.id in open_ and row.id not in failed
    }
    outputs = [
        [row.result, *(f"{row.id}{suffix}" for suffix in row.companions)] for row in reversed(laid_out.jobs)
    ]
    pages = pages_in(folder / "results", outputs)
    return Summary(tuple(statuses), tuple(failures), held_up, tuple(pages))


def _why(folder: Path, log: Path, executor_said: str) -> str:
    """Return the error that a job ended with, to its last line; or else what is known of its end."""
    said = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    _, found, error = f"\n{said}".rpartition(f"\n{ERROR}")
    if found:
        return error.strip()
    # Behind it the executor names the logs of Snakemake's own choice.
    return (
        why_slurm_ended(folder, f"{said}\n{executor_said}")
        or _BOILERPLATE.split(executor_said)[0].strip()
        or _KILLED
    )
