"""A folder after a run in, what became of each instance and where to look out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ecoscope_workflows.compiler.job_logs import ERROR, log_of
from ecoscope_workflows.compiler.running.pages import pages_in
from ecoscope_workflows.compiler.running.progress import FAILED, STOPPED
from ecoscope_workflows.compiler.slurm_logs import slurm_job, why_slurm_ended
from ecoscope_workflows.compiler.status import DONE, NOT_RUN, SKIPPED, Status, status_of
from ecoscope_workflows.runtime.whereabouts import results_elsewhere

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ecoscope_workflows.compiler.running.progress import Progress
    from ecoscope_workflows.targets.view import View

_BOILERPLATE = re.compile(r"Detailed failure reason unavailable|For further error details")
_LOG_SAYS = "its log says why"
_KILLED = "the job was killed before it could say why; it may have needed more memory than there was"
_NOT_STARTED = "its task was not started"
# States of an instance whose result is there.
_THERE = frozenset({DONE, SKIPPED})


@dataclass(frozen=True, slots=True)
class Failure:
    """A job that failed: its instance, what it said, and where the log is that holds the rest."""

    instance: str
    error: str
    log: Path | str


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
    outdated
        Those of them whose result is there, but of an earlier run.
    pages
        The pages to look at, those of the last instances first; none where results are in object storage, and
        none that is outdated.
    place
        The folder or address that the folders of results and logs are in.
    """

    statuses: tuple[Status, ...]
    failures: tuple[Failure, ...]
    held_up: dict[str, tuple[str, ...]]
    outdated: frozenset[str]
    pages: tuple[Path, ...]
    place: Path | str


def summary_of(folder: Path, laid_out: View, progress: Progress) -> Summary:
    """Look at a folder after a run; where results are in object storage, at what Snakemake has told.

    Raises
    ------
    StorageError
        When a result cannot be read.
    """
    place = results_elsewhere(folder).rstrip("/")
    failed = [name for name, ended in progress.ended.items() if ended.state == FAILED]
    failures: list[Failure] = []
    jobs: dict[str, str] = {}
    for name in failed:
        said = progress.executor_said.get(name, "")
        if place:
            why = _BOILERPLATE.split(said)[0].strip() or _LOG_SAYS
            failures.append(Failure(name, why, f"{place}/logs/{name}.log"))
        else:
            log = log_of(folder, name)
            failures.append(Failure(name, _why(folder, log, said), log))
            jobs[name] = slurm_job(f"{_text(log)}\n{said}")
    failures = [_in_its_group(failure, failures, jobs) for failure in failures]
    reasons = {failure.instance: failure.error.partition("\n")[0] for failure in failures}
    unmade = _unmade(progress)
    found = _told(laid_out, unmade) if place else status_of(folder)
    statuses = [_in_this_run(one, unmade, reasons) for one in found]
    open_ = {one.instance for one in statuses if one.state in {FAILED, NOT_RUN}}
    held_up = {
        row.id: tuple(dict.fromkeys(item.instance for item in row.inputs if item.instance in open_))
        for row in laid_out.jobs
        if row.id in open_ and row.id not in failed
    }
    outdated = frozenset(one.instance for one in found if one.instance in held_up and one.state in _THERE)
    outputs = [
        [row.result, *(f"{row.id}{suffix}" for suffix in row.companions)]
        for row in reversed(laid_out.jobs)
        if row.id not in open_
    ]
    pages = [] if place else pages_in(folder / "results", outputs)
    return Summary(tuple(statuses), tuple(failures), held_up, outdated, tuple(pages), place or folder)


def _unmade(progress: Progress) -> set[str]:
    """Return the instances that this run was to make and did not: what is there is of an earlier run."""
    unmade = {name for name in progress.planned if name not in progress.ended}
    return unmade | {name for name, ended in progress.ended.items() if ended.state in {FAILED, STOPPED}}


def _told(laid_out: View, unmade: set[str]) -> list[Status]:
    """Return what became of each job as Snakemake has told it: what it did not plan was done before."""
    return [Status(row.id, NOT_RUN if row.id in unmade else DONE) for row in laid_out.jobs]


def _in_this_run(found: Status, unmade: set[str], reasons: Mapping[str, str]) -> Status:
    """Return what became of an instance in this run: its files may tell of an earlier one."""
    if found.instance in reasons:
        # The file of a job that was killed has no error in it: Snakemake knows better.
        return found if found.state == FAILED else Status(found.instance, FAILED, reasons[found.instance])
    return Status(found.instance, NOT_RUN) if found.instance in unmade else found


def _in_its_group(failure: Failure, failures: list[Failure], jobs: dict[str, str]) -> Failure:
    """Return why an instance failed that says nothing: another one of the same job of Slurm may have."""
    job = jobs.get(failure.instance)
    if failure.error not in {_KILLED, _NOT_STARTED} or not job:
        return failure
    others = [
        one.instance
        for one in failures
        if jobs.get(one.instance) == job and one.error not in {_KILLED, _NOT_STARTED}
    ]
    return replace(failure, error=f"{', '.join(others)} failed in the same job") if others else failure


def _text(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""


def _why(folder: Path, log: Path, executor_said: str) -> str:
    """Return the error that a job ended with, to its last line; or else what is known of its end."""
    said = _text(log)
    _, found, error = f"\n{said}".rpartition(f"\n{ERROR}")
    if found:
        return error.strip()
    # Behind it the executor names the logs of Snakemake's own choice.
    return (
        why_slurm_ended(folder, f"{said}\n{executor_said}")
        or _BOILERPLATE.split(executor_said)[0].strip()
        or (_KILLED if log.is_file() else _NOT_STARTED)
    )
