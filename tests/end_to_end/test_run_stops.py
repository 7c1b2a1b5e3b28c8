"""Runs that are stopped or killed: no job and no lock is left, and the next run goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from tests.end_to_end.test_kill import linux_only, wait_for_orphans
from tests.end_to_end.test_run_command import PARAMS, PROGRAM, SPEC, locks, set_params, start

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.conftest import Project


@pytest.fixture
def numbers(project: Project) -> Project:
    project.write_spec(SPEC)
    (project.folder / "params.yaml").write_text(PARAMS)
    return project.compiled()


def wait_until(happened: Callable[[], object], what: str) -> None:
    for _ in range(1200):
        if happened():
            return
        time.sleep(0.05)
    pytest.fail(f"never happened: {what}")


def events(project: Project) -> list[dict[str, object]]:
    (*_, last) = sorted(project.work.glob(".snakemake/ecoscope-workflows/runs/*.jsonl"))
    return [json.loads(line) for line in last.read_text().splitlines()]


def is_running(project: Project, rule: str) -> bool:
    return (
        any(
            event["event"] == "job" and event["rule"] == rule
            for path in project.work.glob(".snakemake/ecoscope-workflows/runs/*.jsonl")
            for event in map(json.loads, path.read_text().splitlines())
        )
        and (project.work / "logs" / f"{rule}.log").exists()
    )


@linux_only
@pytest.mark.parametrize("warm", ["1", "0"], ids=["warm", "cold"])
def test_ctrl_c_ends_the_jobs_and_leaves_a_folder_that_goes_on(numbers: Project, warm: str) -> None:
    set_params(numbers, PARAMS.replace("seconds: 0.0", "seconds: 60.0"))
    process = start(numbers, ECOSCOPE_WORKFLOWS_WARM=warm)
    wait_until(lambda: is_running(numbers, "numbers"), "the first job")
    time.sleep(1)
    assert locks(numbers)
    # As a terminal does: to the whole foreground group.
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, output + errors
    assert "stopping: the jobs are told to end; Ctrl-C again ends them at once" in errors
    assert "[1/4] stopped  numbers" in errors
    assert "failed" not in output + errors
    assert "stopped: run the same command again to go on" in errors
    wait_for_orphans(numbers)
    assert not locks(numbers)
    assert not numbers.files()
    set_params(numbers, PARAMS)
    run = numbers.call(PROGRAM, "run", "work")
    assert run.code == 0, run.output
    assert "4 done  (4 made" in run.output


@linux_only
def test_a_second_ctrl_c_ends_jobs_that_do_not_listen(project: Project) -> None:
    project.edit("faults", "@distributed(timeout=1)\n", "@distributed\n")
    ignoring = "    signal.signal(signal.SIGINT, signal.SIG_IGN)\n    time.sleep(seconds)\n"
    project.edit("faults", "    time.sleep(seconds)\n", ignoring)
    project.write_instances([{"id": "deaf", "task": "sleeper", "partial": {"seconds": 120}}])
    project.compiled()
    process = start(project)
    wait_until(lambda: is_running(project, "deaf"), "the job")
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    time.sleep(1)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130, output + errors
    wait_for_orphans(project)
    assert not locks(project)


@linux_only
def test_a_lock_that_a_killed_run_has_left_is_lifted(numbers: Project) -> None:
    set_params(numbers, PARAMS.replace("seconds: 0.0", "seconds: 60.0"))
    process = start(numbers)
    wait_until(lambda: is_running(numbers, "numbers"), "the first job")
    time.sleep(0.5)
    snakemake = int(str(events(numbers)[0]["pid"]))
    process.kill()
    process.communicate()
    # Snakemake lives on without the run that started it: nobody else may work here.
    set_params(numbers, PARAMS)
    refused = numbers.call(PROGRAM, "run", "work")
    assert refused.code == 1
    assert "EW641" in refused.output
    assert locks(numbers)
    os.killpg(snakemake, signal.SIGKILL)
    wait_for_orphans(numbers)
    assert locks(numbers)
    run = numbers.call(PROGRAM, "run", "work")
    assert run.code == 0, run.output
    assert "its lock is lifted" in run.output
    assert not locks(numbers)


@linux_only
def test_a_snakemake_that_is_killed_below_a_run_leaves_neither_lock_nor_jobs(numbers: Project) -> None:
    set_params(numbers, PARAMS.replace("seconds: 0.0", "seconds: 60.0"))
    process = start(numbers)
    wait_until(lambda: is_running(numbers, "numbers"), "the first job")
    time.sleep(0.5)
    os.kill(int(str(events(numbers)[0]["pid"])), signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == 1
    assert not locks(numbers)
    wait_for_orphans(numbers)


@linux_only
def test_the_lock_of_a_snakemake_that_it_did_not_start_is_left_alone(numbers: Project) -> None:
    # A run has been here, and its records must not speak for the lock of another.
    assert numbers.call(PROGRAM, "run", "work").code == 0
    set_params(numbers, PARAMS.replace("seconds: 0.0", "seconds: 60.0"))
    plain = subprocess.Popen(
        ["snakemake", "--profile", "profiles/local"],
        cwd=numbers.work,
        env=numbers.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_until(lambda: locks(numbers), "its lock")
    before = locks(numbers)
    alive = numbers.call(PROGRAM, "run", "work")
    assert alive.code == 1
    assert "EW642" in alive.output
    assert f"process {plain.pid} is a Snakemake that works there" in alive.output
    os.killpg(plain.pid, signal.SIGKILL)
    plain.wait()
    wait_for_orphans(numbers)
    dead = numbers.call(PROGRAM, "run", "work")
    assert dead.code == 1
    assert "see that no Snakemake works there" in dead.output
    assert "--unlock" in dead.output
    assert locks(numbers) == before
