"""What is made of Snakemake's executor for Kubernetes, where a run on the stand-in does not show it."""

from __future__ import annotations

import os
import signal
from types import SimpleNamespace
from typing import Any

import pytest

from ecoscope_workflows.runtime import kubernetes_repairs as repairs

SCRIPT = (
    "pip install --target '.snakemake/pip-deployments' snakemake-storage-plugin-s3"
    " && python -m snakemake --deploy-sources s3://b/a.tar.xz 0f --storage-s3-retries 5"
    " && python -m snakemake --snakefile 'workflow/Snakefile' --target-jobs 'a:' --mode 'remote'"
)


def asked(answered: list[bool], interrupts: int) -> None:
    """Send a request while somebody presses Ctrl-C."""
    with repairs._uninterrupted():
        for _ in range(interrupts):
            os.kill(os.getpid(), signal.SIGINT)
        answered.append(True)


def test_a_request_is_answered_before_an_interrupt_is_heard() -> None:
    before = signal.getsignal(signal.SIGINT)
    answered: list[bool] = []
    with pytest.raises(KeyboardInterrupt):
        asked(answered, 1)
    assert answered
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_interrupt_is_heard_at_once() -> None:
    answered: list[bool] = []
    with pytest.raises(KeyboardInterrupt):
        asked(answered, 2)
    assert not answered


def test_the_command_of_a_pod_starts_one_program() -> None:
    command = repairs._in_one(lambda _self, _job: SCRIPT)(None, None)
    assert command == (
        "python -m ecoscope_workflows.runtime.in_pod '.snakemake/pip-deployments' snakemake-storage-plugin-s3"
        " --then --deploy-sources s3://b/a.tar.xz 0f --storage-s3-retries 5"
        " --then --snakefile 'workflow/Snakefile' --target-jobs 'a:' --mode 'remote'"
    )


@pytest.mark.parametrize("command", ["python -m snakemake --snakefile S", f"conda activate x && {SCRIPT}"])
def test_another_command_keeps_what_stands_around(command: str) -> None:
    changed = repairs._in_one(lambda _self, _job: command)(None, None)
    assert changed.startswith(command.partition("pip install")[0])
    assert changed.endswith(command.rpartition("--snakefile")[2])


@pytest.mark.parametrize(("omits", "deleted"), [(False, ["ended", "made"]), (True, ["made"])])
def test_jobs_that_have_ended_stay_where_the_user_wants_so(
    omits: bool, deleted: list[str]
) -> None:  # a parameter of the test
    found: list[str] = []
    there: dict[str, None] = {}
    executor: Any = SimpleNamespace(
        workflow=SimpleNamespace(executor_settings=SimpleNamespace(omit_job_cleanup=omits)),
        safe_delete_job=found.append,
        _kubernetes_retry=lambda question: question(),
    )
    create = repairs._noting(lambda *_: None, there)
    for name in ("ended", "made"):
        create(None, "tracks", SimpleNamespace(metadata=SimpleNamespace(name=name)))
    ended = SimpleNamespace(external_jobid="ended")
    repairs._keeping(lambda *_: None, there)(executor, ended)
    repairs._leaving_none(lambda _: None, there)(executor)
    assert found == deleted
