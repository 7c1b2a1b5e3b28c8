"""Snakemake's executor for Slurm, as it is installed, made to start one Snakemake in a job and to wait less.

In the job that version 2.8 sends, Snakemake starts `srun`, which starts Snakemake again: once for each task
of a group, one after the other, although the job asks for the processors of those that can run side by side.
`srun` is for programs of several processes or nodes; a task is one process, and its job has its bounds.
When there is nothing left to ask Slurm for, the executor still waits until it would have asked again.
A run that is stopped cancels the jobs that are known to be sent by then, and goes on to send the others.
Nothing is imported here: where the executor is not installed there is nothing to do.
"""

from __future__ import annotations

import subprocess
import sys
import time
from asyncio import sleep
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PLUGIN = "snakemake_executor_plugin_slurm"
# A job is noticed late by a quarter of its time, until the pauses of the executor itself are shorter.
GROWTH = 1.25
MOMENT_SECONDS = 0.2
PATIENCE_SECONDS = 60


def repair_slurm() -> None:
    """Repair the executor in this process, if there is one and it has not been done."""
    executor = getattr(sys.modules.get(PLUGIN), "Executor", None)
    if executor is not None and executor.sleep is not _sleep:
        executor.format_job_exec = _directly(executor.format_job_exec)
        executor.additional_general_args = _without_a_step(executor.additional_general_args)
        pause = executor.next_seconds_between_status_checks
        executor.next_seconds_between_status_checks = property(pause.fget, _growing_slowly(pause))
        executor.cancel_jobs = _cancelling_all(executor.cancel_jobs)
        executor.sleep = _sleep


def _without_a_step(arguments: Callable[[Any], str]) -> Callable[[Any], str]:
    """Return what gives the arguments of the Snakemake in a job: it runs the tasks itself."""

    def additional_general_args(self: Any) -> str:
        # Of a job array only the other executor knows which of its jobs this one is.
        return arguments(self) if self.array_jobs else ""

    return additional_general_args


def _directly(command: Callable[[Any, Any], str]) -> Callable[[Any, Any], str]:
    """Return what gives the command of a job: its tasks share what it asks for."""

    def format_job_exec(self: Any, job: Any) -> str:
        whole = command(self, job)
        if self.array_jobs:
            return whole
        memory = job.resources.get("mem_mb")
        limit = f" --resources mem_mb={memory}" if isinstance(memory, int) else ""
        # The last one counts; "all" are those of the node where a cluster binds no job to its own.
        return f"{whole} --cores {job.threads}{limit}"

    return format_job_exec


def _growing_slowly(pause: Any) -> Callable[[Any, float], None]:
    """Return what sets the pause until Slurm is asked again: a part of what has been waited already."""

    def set_pause(self: Any, seconds: float) -> None:
        before = self._next_seconds_between_status_checks
        grows = before is not None and seconds > before
        pause.fset(self, min(seconds, before * GROWTH) if grows else seconds)

    return set_pause


def _cancelling_all(cancel: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Return what cancels the jobs of a run, those too that are just being sent, and sends no more."""

    def cancel_jobs(self: Any, active_jobs: Any) -> None:
        self._job_submission_executor.shutdown(cancel_futures=True)
        cancel(self, active_jobs)
        # All jobs of a run have its name.
        clusters = ["--clusters=all"] if self._submitted_job_clusters else []
        command = ["scancel", f"--name={self.run_uuid}", *clusters]
        try:
            subprocess.run(  # noqa: S603  # Slurm's own program
                command, check=True, capture_output=True, timeout=PATIENCE_SECONDS
            )
        except (OSError, subprocess.SubprocessError) as error:
            text = f"Some jobs may be left in Slurm's queue: {error}"
            self.logger.warning(text)

    return cancel_jobs


async def _sleep(self: Any) -> None:
    """Wait until Slurm is asked again, or nothing is left to ask for."""
    end = time.monotonic() + self.next_seconds_between_status_checks
    while self.wait and time.monotonic() < end:  # noqa: ASYNC110  # another thread says when it is over
        await sleep(MOMENT_SECONDS)
