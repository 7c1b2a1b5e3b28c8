"""What is made before its job comes: it serves that job as any other, and ends with its server."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd  # noqa: F401  # so that a rehearsal is one with geometries
import pytest
from tests.runtime.warm_processes import waiting
from tests.runtime.warm_run import NOTE, WarmRun, cold, is_alive, kill, until

from ecoscope_workflows.runtime.warm.preloading import threads
from ecoscope_workflows.runtime.warm.rehearsal import rehearse, warm_up

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not Path("/proc/self/ns/mnt").exists(), reason="warm workers need Linux")
TASKS = '''

@distributed
def leaves() -> int:
    """End the process without a word."""
    os._exit(7)


@distributed
def lets_go() -> int:
    """Close all that the process has open, and open something else."""
    os.closerange(3, 1024)
    opened = [os.open(os.devnull, os.O_WRONLY) for _ in range(20)]
    return len(opened)


@distributed
def doubles() -> int:
    """Let a copy of this process fail on its own."""
    child = os.fork()
    if child == 0:
        raise ValueError("the copy")
    os.waitpid(child, 0)
    return 1


@distributed
def speaks() -> int:
    """Say something without an end of line."""
    sys.stdout.write("a word")
    sys.stderr.write("another")
    return 1
'''


@pytest.fixture
def run(tmp_path: Path) -> Iterator[WarmRun]:
    made = WarmRun(tmp_path / "work", tmp_path / "site")
    source = (made.site / "lookkit" / "tasks.py").read_text(encoding="utf-8")
    made.write("tasks", source + TASKS)
    yield made
    made.close()


def spare(run: WarmRun) -> list[int]:
    """Return the process ids of the session that waits for the next job, and of the job."""
    until(lambda: waiting(run.server))
    return waiting(run.server)


def test_a_job_ends_alike_however_it_leaves(run: WarmRun) -> None:
    assert run.result("warmth") is True
    for task, code in (("leaves", 7), ("lets_go", 0), ("doubles", 0), ("speaks", 0)):
        ends: list[Any] = []
        for environment in (run.environment(), cold(run.environment())):
            done = run.job(task, env=environment)
            result = run.folder / f"{task}.json"
            ends.append((done.returncode, done.stdout, done.stderr, result.exists() and result.read_text()))
            result.unlink(missing_ok=True)
        assert ends[0] == ends[1], task
        assert ends[0][0] == code, task


@pytest.mark.parametrize("killed", [True, False], ids=["killed", "ended"])
def test_what_waits_for_a_job_ends_with_the_server(run: WarmRun, killed: bool) -> None:
    assert run.result("warmth") is True
    processes = spare(run)
    if killed:
        kill(run.server)
    else:
        run.close()
    until(lambda: not any(map(is_alive, processes)))


def test_each_job_takes_what_waits_and_the_next_one_finds_another(run: WarmRun) -> None:
    assert run.result("warmth") is True
    first = spare(run)
    seen = run.result("look", names=[])
    assert seen["session"] == os.getsid(0)
    second = spare(run)
    assert set(first).isdisjoint(second)
    assert not any(map(is_alive, first))


def test_a_session_that_is_killed_while_it_waits_harms_no_job(run: WarmRun) -> None:
    assert run.result("warmth") is True
    session, job = spare(run)
    kill(session)
    until(lambda: not is_alive(session) and not is_alive(job))
    assert run.result("warmth") is True
    assert "BrokenPipeError" in run.log


def test_a_job_whose_process_is_killed_before_it_begins_runs_cold(run: WarmRun) -> None:
    assert run.result("warmth") is True
    _, job = spare(run)
    kill(job)
    until(lambda: not is_alive(job))
    done = run.job("warmth", log=True)
    assert done.returncode == 0
    assert json.loads((run.folder / "warmth.json").read_text()) is False
    assert (run.folder / "job.log").read_text() == f"{NOTE}the warm worker has ended early\n"
    assert run.result("warmth") is True


def test_a_rehearsal_is_silent_and_starts_no_thread(capfd: pytest.CaptureFixture[str], run: WarmRun) -> None:
    assert run.result("warmth") is True
    assert "rehearsal" not in run.log
    assert {path.name for path in run.state.iterdir()} == {"server.log", run.sockets[0].name}
    before = threads()
    with warnings.catch_warnings(record=True, action="always") as said:
        rehearse()
        warm_up()
    assert threads() == before
    assert said == []
    assert capfd.readouterr() == ("", "")


def test_a_rehearsal_that_fails_stops_no_job(run: WarmRun) -> None:
    (run.site / "geopandas").mkdir()
    (run.site / "geopandas" / "__init__.py").write_text("", encoding="utf-8")
    source = (run.site / "lookkit" / "tasks.py").read_text(encoding="utf-8")
    run.write("tasks", f"{source}\nimport geopandas\n")
    assert run.result("warmth") is True
    assert "the rehearsal fails: AttributeError" in run.log
    spare(run)
    assert run.result("warmth") is True
