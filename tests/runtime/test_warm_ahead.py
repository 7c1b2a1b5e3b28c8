"""A server that is started while Snakemake plans: when that is, and what it has loaded when a job comes."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from snakemake.scheduling.job_scheduler import JobScheduler
from tests.runtime.warm_processes import waiting
from tests.runtime.warm_run import NOTE, WarmRun, is_alive, until

from ecoscope_workflows.runtime.at_start import prepare_start
from ecoscope_workflows.runtime.warm.ahead import runs_here
from ecoscope_workflows.runtime.warm.announcement import SWITCH_VARIABLE, TASKS_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not Path("/proc/self/ns/mnt").exists(), reason="warm workers need Linux")
# Stands for Snakemake's process while it reads a Snakefile.
PLANNING = """
import sys
from types import SimpleNamespace as Facts
from ecoscope_workflows.runtime.warm.ahead import start_ahead
from ecoscope_workflows.runtime.warm.announcement import announce, announce_task

workflow = Facts(
    resource_settings=Facts(nodes=None),
    deployment_settings=Facts(deployment_method=set()),
    output_settings=Facts(dryrun=False),
)
announce(runs_several=True)
state, *tasks = sys.argv[1:]
sys.argv = ["snakemake", "--cores", "2"]
start_ahead(workflow, state)
for task in tasks:
    announce_task(task)
import os
print(os.environ.get("ECOSCOPE_WORKFLOWS_RUN", ""), flush=True)
for line in sys.stdin:
    announce_task(line.strip())
"""


@dataclass
class Planner:
    """Starts processes that stand for Snakemake's, from when it reads the Snakefile to its end."""

    run: WarmRun
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def plan(self, state: str, *tasks: str, **extra: str) -> str:
        """Start one, and return what it tells its jobs of the run."""
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", PLANNING, state, *tasks],
            cwd=self.run.folder,
            env={**self.run.environment(), TASKS_VARIABLE: "", **extra},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        assert process.stdout is not None
        return process.stdout.readline().strip()

    def end(self) -> None:
        """End all of them."""
        for process in self.started:
            process.kill()
            process.communicate(timeout=60)
        self.started.clear()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[WarmRun]:
    made = WarmRun(tmp_path / "work", tmp_path / "site")
    yield made
    made.close()


@pytest.fixture
def planner(run: WarmRun) -> Iterator[Planner]:
    made = Planner(run)
    yield made
    made.end()


def test_a_server_has_loaded_what_the_tasks_need_before_a_job_comes(run: WarmRun, planner: Planner) -> None:
    announced = planner.plan("a state", "lookkit.tasks:look", "lookkit.tasks:dice")
    until(lambda: run.server and "lookkit.tasks loaded" in run.log)
    server = run.server
    environment = run.environment(ECOSCOPE_WORKFLOWS_RUN=announced)
    assert run.result("warmth", env=environment) is True
    assert run.server == server
    assert NOTE not in run.log
    planner.end()
    until(lambda: not is_alive(server))
    assert run.sockets == []


def test_a_task_that_is_named_after_the_start_is_loaded_without_a_job_too(
    run: WarmRun, planner: Planner
) -> None:
    """A server that starts anew without a module keeps the names it has read."""
    run.write(
        "busy",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n",
    )
    source = (run.site / "lookkit" / "tasks.py").read_text(encoding="utf-8")
    task = (
        "\n\n@distributed\ndef needs_busy() -> int:\n    from . import busy\n    return len(busy.__name__)\n"
    )
    (run.site / "lookkit" / "tasks.py").write_text(source + task, encoding="utf-8")
    announced = planner.plan("a state", "lookkit.tasks:needs_busy", "lookkit.tasks:dice")
    until(
        lambda: (
            run.server and run.log.count("lookkit.tasks loaded") == 1 + run.log.count("left to the jobs") == 2
        )
    )
    environment = run.environment(ECOSCOPE_WORKFLOWS_RUN=announced)
    assert run.result("needs_busy", env=environment) == len("lookkit.busy")
    assert run.result("warmth", env=environment) is True
    planner.end()


def test_a_job_has_what_was_named_after_its_process_was_made(run: WarmRun, planner: Planner) -> None:
    source = (run.site / "lookkit" / "tasks.py").read_text(encoding="utf-8")
    run.write(
        "tasks", f"{source}\n\n@distributed\ndef has(name: str) -> bool:\n    return name in sys.modules\n"
    )
    run.write("later", source)
    announced = planner.plan("a state", "lookkit.tasks:look")
    until(lambda: waiting(run.server))
    (process,) = planner.started
    assert process.stdin is not None
    process.stdin.write("lookkit.later:dice\n")
    process.stdin.flush()
    until(lambda: "lookkit.later loaded" in run.log and waiting(run.server))
    environment = run.environment(ECOSCOPE_WORKFLOWS_RUN=announced)
    assert run.result("has", name="lookkit.later", env=environment) is True
    planner.end()


def test_a_server_without_a_job_ends_with_snakemake(run: WarmRun, planner: Planner) -> None:
    planner.plan("a state")
    until(lambda: run.server)
    server = run.server
    planner.end()
    until(lambda: not is_alive(server))


def test_a_state_that_had_a_server_gets_none_until_a_job_comes(run: WarmRun, planner: Planner) -> None:
    for state, started in (("a state", True), ("a state", False), ("another", True)):
        planner.plan(state)
        assert bool(run.sockets) == started
        planner.end()
        until(lambda: not run.sockets)


def test_no_server_is_started_where_warm_workers_are_off(run: WarmRun, planner: Planner) -> None:
    planner.plan("a state", **{SWITCH_VARIABLE: "0"})
    planner.end()
    assert not run.state.exists()


def test_no_server_is_started_in_a_folder_that_others_may_write_to(run: WarmRun, planner: Planner) -> None:
    run.state.mkdir(parents=True)
    run.state.chmod(0o777)
    planner.plan("a state")
    planner.end()
    assert list(run.state.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "changes", "expected"),
    [
        ([], {}, True),
        (["--profile", "profiles/local", "--cores", "2", "results/track.parquet"], {}, True),
        (["-p", "-k", "--rerun-incomplete", "--forceall"], {}, True),
        (["-n"], {"output_settings": SimpleNamespace(dryrun=True)}, False),
        (["--executor", "slurm"], {"resource_settings": SimpleNamespace(nodes=100)}, False),
        (["--sdm", "conda"], {"deployment_settings": SimpleNamespace(deployment_method={"conda"})}, False),
        *(
            ([word], {}, False)
            for word in ("--lint", "--unlock", "--touch", "-t", "--summary", "-S", "-l", "--dag")
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_server_is_started_only_where_jobs_will_run_here(
    words: list[str], changes: dict[str, Any], expected: bool
) -> None:
    workflow = SimpleNamespace(
        **{
            "resource_settings": SimpleNamespace(nodes=None),
            "deployment_settings": SimpleNamespace(deployment_method=frozenset()),
            "output_settings": SimpleNamespace(dryrun=False),
            **changes,
        }
    )
    assert runs_here(workflow, words) is expected


class Workflow:
    """The part of Snakemake's `workflow` that its start is about."""

    def __init__(self, timespan: float) -> None:
        self.scheduler: Any = SimpleNamespace(job_rate_limiter=SimpleNamespace(timespan=timespan))
        self._onstart: Any = lambda log: None  # noqa: ARG005  # as Snakemake has it

    def onstart(self, handler: Any) -> None:
        self._onstart = handler

    def begins(self) -> None:
        self._onstart("a log")


@pytest.mark.parametrize(("timespan", "lifted"), [(0, True), (1, False)])
def test_a_limit_of_jobs_in_no_time_is_no_limit(timespan: float, lifted: bool) -> None:
    workflow = Workflow(timespan)
    prepare_start(workflow)
    assert workflow.scheduler.job_rate_limiter is not None
    before = set(threading.enumerate())
    workflow.begins()
    assert (workflow.scheduler.job_rate_limiter is None) is lifted
    # Others, of pytest and of earlier tests, may never end.
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
    assert "pandas" in sys.modules


def test_a_signal_that_comes_while_jobs_are_counted_ends_the_run() -> None:
    workflow = Workflow(1)
    scheduler = JobScheduler.__new__(JobScheduler)
    scheduler._lock = threading.Lock()
    scheduler._open_jobs = threading.Semaphore(0)
    scheduler.job_rate_limiter = None
    workflow.scheduler = scheduler
    prepare_start(workflow)
    workflow.begins()

    def hear() -> None:
        with scheduler._lock:
            scheduler.exit_gracefully()

    thread = threading.Thread(target=hear, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert scheduler._user_kill == "graceful"
