"""When a server is started, whom it serves, and when it ends; in all other cases jobs run as ever."""

from __future__ import annotations

import os
import select
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from tests.runtime.warm_processes import servers_in
from tests.runtime.warm_run import NOTE, WarmRun, end_of, is_alive, kill, until

from ecoscope_workflows.runtime.warm.announcement import (
    RUN_VARIABLE,
    SWITCH_VARIABLE,
    TASKS_VARIABLE,
    Run,
    announce,
    announce_task,
    announced,
)
from ecoscope_workflows.runtime.warm.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecoscope_workflows.runtime.warm.preloading import Preloaded

pytestmark = pytest.mark.skipif(not Path("/proc/self/ns/mnt").exists(), reason="warm workers need Linux")


@pytest.fixture
def run(tmp_path: Path) -> Iterator[WarmRun]:
    made = WarmRun(tmp_path / "work", tmp_path / "site")
    yield made
    made.close()


def test_the_first_job_starts_a_server_and_the_next_finds_it(run: WarmRun) -> None:
    assert run.result("warmth") is True
    server = run.server
    assert run.result("warmth") is True
    assert run.server == server
    assert "numpy loaded" in run.log or "pandas loaded" in run.log


def test_jobs_that_start_together_share_one_server(run: WarmRun) -> None:
    jobs = [run.start("warmth", options=["--output", str(run.folder / f"{n}.json")]) for n in range(6)]
    assert [end_of(job) for job in jobs] == [(0, "")] * 6
    assert len(run.sockets) == 1
    assert len(servers_in(run.folder)) == 1


@pytest.mark.parametrize("name", ["a folder with 'quotes' and \N{ELEPHANT}", "/".join(["x" * 60] * 4)])
def test_a_server_can_be_reached_whatever_the_path(tmp_path: Path, name: str) -> None:
    run = WarmRun(tmp_path / name, tmp_path / "site")
    try:
        assert run.result("warmth") is True
    finally:
        run.close()


def test_a_server_ends_with_its_run_and_leaves_nothing_to_connect_to(run: WarmRun) -> None:
    run.result("warmth")
    server = run.server
    run.close()
    until(lambda: not is_alive(server))
    assert run.sockets == []
    assert "Snakemake has ended" in run.log


def test_the_socket_is_for_its_user_alone(run: WarmRun) -> None:
    run.result("warmth")
    assert run.sockets[0].stat().st_mode & 0o777 == 0o600
    assert run.state.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_may_write_to_is_not_trusted(run: WarmRun) -> None:
    run.state.mkdir(parents=True)
    run.state.chmod(0o777)
    assert cold_for(run) == f"{run.state} is open to other users"
    assert run.server == 0


def cold_for(run: WarmRun, **how: Any) -> str:
    """Return why a job has run in a process of its own, by its log."""
    done = run.job("warmth", log=True, **how)
    assert done.returncode == 0, done
    assert (run.folder / "warmth.json").read_text().strip() == "false"
    log = (run.folder / "job.log").read_text(encoding="utf-8")
    assert log.count(NOTE) == (1 if log else 0)
    return log.removeprefix(NOTE).rstrip("\n")


@pytest.mark.parametrize("word", ["0", "off", "No", "FALSE"])
def test_a_variable_switches_warm_workers_off_without_a_word(run: WarmRun, word: str) -> None:
    assert cold_for(run, env=run.environment(**{SWITCH_VARIABLE: word})) == ""
    assert not run.state.exists()


@pytest.mark.parametrize("part", [0, 1, 2], ids=["machine", "process", "time"])
def test_a_job_of_a_run_elsewhere_runs_cold_without_a_word(run: WarmRun, part: int) -> None:
    facts = run.environment()[RUN_VARIABLE].split(":", 3)
    facts[part] = "4194304" if part else "another-machine"
    assert cold_for(run, env=run.environment(**{RUN_VARIABLE: ":".join(facts)})) == ""
    assert not run.state.exists()


def test_a_job_without_a_run_starts_nothing(run: WarmRun) -> None:
    environment = run.environment()
    del environment[RUN_VARIABLE]
    assert cold_for(run, env=environment) == ""
    assert not run.state.exists()


def test_a_job_that_started_under_other_circumstances_runs_cold(run: WarmRun) -> None:
    run.result("warmth")
    variables = run.environment(GDAL_DATA="elsewhere")
    assert cold_for(run, env=variables) == "the variable GDAL_DATA of the job differs from the warm worker's"
    (run.folder / "sub").mkdir()
    options = ["--log", str(run.folder / "job.log")]
    done = run.job("warmth", cwd=run.folder / "sub", options=options)
    assert done.returncode == 0
    why = "the working directory of the job differs from the warm worker's"
    assert (run.folder / "job.log").read_text() == f"{NOTE}{why}\n"
    niced = {"preexec_fn": lambda: os.nice(3) and None}
    assert cold_for(run, **niced) == "the niceness of the job differs from the warm worker's"
    assert cold_for(run, preexec_fn=os.setsid) == "the job is in another session than the warm worker"


def test_a_server_that_is_killed_does_not_harm_a_running_job(run: WarmRun, tmp_path: Path) -> None:
    run.result("warmth")
    mark = tmp_path / "mark"
    job = run.start("wait", mark=str(mark), seconds=0.5)
    until(mark.exists)
    kill(run.server)
    assert end_of(job) == (0, "")
    assert cold_for(run) == "the warm worker of this run has ended early"


def test_a_job_whose_session_is_killed_fails_and_does_not_go_on(run: WarmRun, tmp_path: Path) -> None:
    run.result("warmth")
    mark = tmp_path / "mark"
    job = run.start("wait", mark=str(mark), seconds=30.0)
    until(lambda: mark.exists() and mark.read_text())
    pid, child = (int(word) for word in mark.read_text().split())
    session = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    kill(session)
    # Long before it would have ended by itself.
    until(lambda: not is_alive(pid))
    # What the task had started has the job's streams open.
    kill(child)
    assert end_of(job) == (-signal.SIGKILL, "error: the warm worker of this job was killed\n")


def test_code_that_changes_during_a_run_is_never_run_as_it_was(run: WarmRun) -> None:
    run.write("words", "WORD = 'old'\n")
    source = (run.site / "lookkit" / "tasks.py").read_text(encoding="utf-8")
    task = "\n\n@distributed\ndef word() -> str:\n    from lookkit.words import WORD\n    return WORD\n"
    (run.site / "lookkit" / "tasks.py").write_text(source + task, encoding="utf-8")
    environment = run.environment(**{TASKS_VARIABLE: "lookkit.tasks:word"})
    options = ["--output", str(run.folder / "word.txt")]

    def word() -> tuple[str, str]:
        done = run.job("word", env=environment, options=options, log=True)
        assert done.returncode == 0, done
        return (run.folder / "word.txt").read_text(), (run.folder / "job.log").read_text()

    assert word() == ("old", "")
    server = run.server
    run.write("words", "WORD = 'new'\n")
    assert word() == ("new", f"{NOTE}code has changed since the warm worker was started\n")
    assert word() == ("new", "")
    assert run.server not in {0, server}


def test_a_library_that_starts_threads_is_left_to_the_jobs(run: WarmRun) -> None:
    run.write(
        "busy",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n",
    )
    source = (run.site / "lookkit" / "tasks.py").read_text(encoding="utf-8")
    task = (
        "\n\n@distributed\ndef needs_busy() -> int:\n    from . import busy\n    return len(busy.__name__)\n"
    )
    (run.site / "lookkit" / "tasks.py").write_text(source + task, encoding="utf-8")
    environment = run.environment(**{TASKS_VARIABLE: "lookkit.tasks:needs_busy"})
    assert run.result("needs_busy", env=environment) == len("lookkit.busy")
    assert "lookkit.busy starts threads and is left to the jobs" in run.log
    assert run.result("warmth", env=environment) is True


def test_a_task_that_cannot_be_imported_stops_no_other(run: WarmRun) -> None:
    environment = run.environment(**{TASKS_VARIABLE: "no.such:task lookkit.tasks:none lookkit.tasks:look"})
    assert run.result("warmth", env=environment) is True
    assert "no.such is not loaded" in run.log


def test_a_server_that_cannot_load_makes_jobs_run_cold(run: WarmRun) -> None:
    (run.site / "pandas").mkdir()
    text = "import os, sys\nif 'warm.server' in ' '.join(sys.orig_argv): os._exit(3)\n"
    (run.site / "pandas" / "__init__.py").write_text(text, encoding="utf-8")
    assert cold_for(run) == "the warm worker has ended early"
    assert cold_for(run) == "the warm worker of this run has ended early"


class Always:
    """Loaded modules that never change, or always have."""

    def __init__(self, *, stale: bool) -> None:
        self.is_stale = stale
        self.is_rehearsed = False
        self.followed: list[str] = []

    def follow(self, tasks: list[str]) -> None:
        self.followed += tasks


@pytest.mark.parametrize(
    ("idle", "stale", "said"),
    [(0.01, False, "no job for 0.01 s"), (10.0, True, "code has changed since the warm worker was started")],
)
def test_a_server_ends_when_it_is_idle_or_old(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], idle: float, stale: bool, said: str
) -> None:
    path = tmp_path / "socket"
    snakemake = os.pidfd_open(os.getpid())
    tasks, told = os.pipe()
    os.write(told, b"a:b\nc:d\n")
    os.close(told)
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as client:
        listening.bind(str(path))
        listening.listen()
        if stale:
            client.connect(str(path))
        loaded = Always(stale=stale)
        origin: Any = None
        run = Run("", "", "", "")
        Server(run, listening, snakemake, tasks, cast("Preloaded", loaded), origin).work(idle)
        assert not select.select([snakemake], [], [], 0)[0]
    assert loaded.followed == ["a:b", "c:d"]
    os.close(snakemake)
    os.close(tasks)
    assert capsys.readouterr().err == f"{said}\n"


def test_the_main_process_alone_announces_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (RUN_VARIABLE, TASKS_VARIABLE, SWITCH_VARIABLE):
        monkeypatch.setenv(name, "1")
    announce(runs_several=False)
    assert announced() is None
    assert RUN_VARIABLE not in os.environ
    announce(runs_several=True)
    run = announced()
    assert run is not None
    assert (run.pid, run.is_here) == (str(os.getpid()), True)
    for task in ("a.b:c", "a.b:c", "a.b:d"):
        announce_task(task)
    assert os.environ[TASKS_VARIABLE] == "a.b:c a.b:d"
    monkeypatch.setenv(SWITCH_VARIABLE, "0")
    assert announced() is None
    announce(runs_several=True)
    announce_task("a.b:c")
    assert RUN_VARIABLE not in os.environ
    assert TASKS_VARIABLE not in os.environ
