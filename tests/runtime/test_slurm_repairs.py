"""The executor for Slurm as it is repaired: a stand-in with what is repaired, in the words of version 2.8."""

from __future__ import annotations

import asyncio
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from ecoscope_workflows.runtime.slurm_repairs import PLUGIN, repair_slurm

JOB = SimpleNamespace(threads=3, resources={"mem_mb": 900})


class Remote:
    """What the executors of clusters have in common."""

    def __init__(self) -> None:
        self._next_seconds_between_status_checks: float | None = None
        self.wait = True

    @property
    def next_seconds_between_status_checks(self) -> float:
        """The pause until the next question."""
        return self._next_seconds_between_status_checks or 10

    @next_seconds_between_status_checks.setter
    def next_seconds_between_status_checks(self, value: float) -> None:
        self._next_seconds_between_status_checks = value

    def format_job_exec(self, job: object) -> str:
        """Return the command of a job."""
        assert job is JOB
        return f"snakemake --cores all {self.additional_general_args()}".rstrip()

    def additional_general_args(self) -> str:
        """Return no more arguments."""
        return ""

    def cancel_jobs(self, active_jobs: object) -> None:
        """Cancel the jobs that are known."""

    async def sleep(self) -> None:
        """Wait for the whole pause."""
        await asyncio.sleep(self.next_seconds_between_status_checks)


@pytest.fixture
def executor(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return an executor that has been repaired, twice."""

    class Executor(Remote):
        array_jobs: frozenset[str] = frozenset()

        def additional_general_args(self) -> str:
            return "--executor slurm-jobstep --jobs 1"

    plugin = ModuleType(PLUGIN)
    plugin.__dict__["Executor"] = Executor
    monkeypatch.setitem(sys.modules, PLUGIN, plugin)
    repair_slurm()
    repair_slurm()
    return Executor()


def test_the_snakemake_of_a_job_runs_its_tasks_within_what_the_job_asks_for(executor: Any) -> None:
    assert executor.format_job_exec(JOB) == "snakemake --cores all --cores 3 --resources mem_mb=900"


def test_a_job_array_stays_as_it_is(executor: Any) -> None:
    executor.array_jobs = {"all"}
    assert executor.format_job_exec(JOB) == "snakemake --cores all --executor slurm-jobstep --jobs 1"


def test_the_pause_grows_by_a_quarter_and_never_by_more_than_the_executor_wants(executor: Any) -> None:
    executor.next_seconds_between_status_checks = 32
    pauses = []
    for _ in range(4):
        executor.next_seconds_between_status_checks = min(
            executor.next_seconds_between_status_checks + 10, 180
        )
        pauses.append(executor.next_seconds_between_status_checks)
    assert pauses == [40, 50, 60, 70]
    # A job has ended.
    executor.next_seconds_between_status_checks = 4
    executor.next_seconds_between_status_checks += 10
    assert executor.next_seconds_between_status_checks == 5


def test_nothing_is_waited_for_where_nothing_is_left_to_ask_for(executor: Any) -> None:
    executor.next_seconds_between_status_checks = 600
    executor.wait = False
    asyncio.run(asyncio.wait_for(executor.sleep(), 60))


def test_without_the_executor_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, PLUGIN, raising=False)
    repair_slurm()
    assert PLUGIN not in sys.modules
