"""A job in a warm worker sees, does and ends as it does in a process of its own."""

from __future__ import annotations

import json
import os
import pty
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.runtime.warm_run import NOTE, WarmRun, cold, end_of, is_alive, threads, until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not Path("/proc/self/ns/mnt").exists(), reason="warm workers need Linux")
# The process that a shell starts for a job, and the fork that runs it, differ in these by nature.
LOOKED_AT = ["ONE", "TMPDIR", "OMP_NUM_THREADS", "JE_ARROW_MALLOC_CONF", "PYTHONHASHSEED"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmRun]:
    base = tmp_path_factory.mktemp("run")
    made = WarmRun(base / "work", base / "site")
    assert made.result("warmth") is True
    yield made
    made.close()


def both(run: WarmRun, task: str, **how: Any) -> tuple[Any, Any]:
    """Return the results of a job that ran in a warm worker and of one that did not."""
    environment = how.pop("env", run.environment())
    given = how.pop("stdin", None)
    found = []
    for variables in (environment, cold(environment)):
        with Path(given or os.devnull).open("rb") as stdin:
            found.append(run.result(task, env=variables, stdin=stdin, **how))
    warm, in_its_own = found
    return warm, in_its_own


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o000])
@pytest.mark.parametrize("extra", [{}, {"TMPDIR": "/dev/shm", "TMP": "/dev/shm"}], ids=["", "TMPDIR"])  # noqa: S108  # that it is elsewhere
def test_a_job_sees_the_same(run: WarmRun, tmp_path: Path, mask: int, extra: dict[str, str]) -> None:
    stdin = tmp_path / "stdin"
    stdin.write_text("three\nlines\nof text", encoding="utf-8")
    environment = run.environment(**extra)
    warm, in_its_own = both(run, "look", names=LOOKED_AT, umask=mask, env=environment, stdin=stdin)
    for seen in (warm, in_its_own):
        # These the two differ in on purpose: what switches warm workers off.
        seen["in C"] = sorted(
            line for line in seen["in C"] if not line.startswith("ECOSCOPE_WORKFLOWS_WARM=")
        )
    assert warm == in_its_own
    assert warm["umask"] == mask
    assert warm["stdin"] == "three\nlines\nof text"
    assert warm["temporary"] == extra.get("TMPDIR", "/tmp")  # noqa: S108  # what a process finds by itself


@pytest.mark.parametrize("count", [1, 2])
def test_numerics_use_as_many_threads(run: WarmRun, count: int) -> None:
    warm, in_its_own = both(run, "look", names=LOOKED_AT, env=run.environment(**threads(count)))
    assert warm["threads"] == in_its_own["threads"]
    assert warm["variables"] == in_its_own["variables"]
    assert warm["variables"]["OMP_NUM_THREADS"] == str(count)
    assert warm["variables"]["JE_ARROW_MALLOC_CONF"] is None


def test_each_job_throws_its_own_dice(run: WarmRun) -> None:
    first, second = run.result("dice"), run.result("dice")
    assert all(one != other for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize("log", [False, True], ids=["", "log"])
@pytest.mark.parametrize("task", ["stumble", "shot", "unknown"])
def test_a_job_fails_alike(run: WarmRun, task: str, log: bool) -> None:
    ends = []
    for environment in (run.environment(), cold(run.environment())):
        done = run.job(task, log=log, env=environment)
        written = (run.folder / "job.log").read_text() if log else ""
        ends.append((done.returncode, done.stdout, done.stderr, written))
    assert ends[0] == ends[1]
    assert ends[0][0] == (-signal.SIGKILL if task == "shot" else 1)


def test_a_wrong_command_line_is_told_alike(run: WarmRun) -> None:
    for environment in (run.environment(), cold(run.environment())):
        done = run.job("look", options=["--what", "this"], env=environment)
        assert done.returncode == 1
        assert done.stderr.startswith("unknown option '--what'\nusage: ")


def test_a_time_limit_holds(run: WarmRun, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    # The process that the task starts has the job's streams open to its end.
    done = run.job("wait", mark=str(mark), seconds=3.0, options=["--timeout", "1"])
    assert done.returncode == 124
    assert "EW622 wait" in done.stderr


def test_what_a_process_does_at_its_end_is_done(run: WarmRun, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    run.result("left_behind", mark=str(mark))
    assert mark.read_text() == "ended"


def started(run: WarmRun, task: str, mark: Path, **how: Any) -> tuple[subprocess.Popen[str], list[int]]:
    """Start a job that writes process ids to a file, and wait for these."""
    process = run.start(task, mark=str(mark), **how)
    until(lambda: mark.exists() and mark.read_text())
    return process, [int(word) for word in mark.read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_job_ends_with_its_client_and_takes_its_children_along(
    run: WarmRun, tmp_path: Path, number: signal.Signals
) -> None:
    process, pids = started(run, "wait", tmp_path / "mark", seconds=30.0)
    process.send_signal(number)
    assert end_of(process) == (-number, "")
    until(lambda: not any(map(is_alive, pids)))


def test_a_job_that_is_killed_takes_its_children_along(run: WarmRun, tmp_path: Path) -> None:
    process, pids = started(run, "wait", tmp_path / "mark", seconds=30.0)
    os.kill(pids[0], signal.SIGKILL)
    assert end_of(process) == (-signal.SIGKILL, "")
    until(lambda: not any(map(is_alive, pids)))


@pytest.mark.parametrize("whole", [True, False], ids=["group", "client"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGUSR1])
def test_a_signal_reaches_a_job_once(
    run: WarmRun, tmp_path: Path, number: signal.Signals, whole: bool
) -> None:
    leader = {"preexec_fn": os.setpgrp}
    process, _ = started(run, "interrupted", tmp_path / "mark", **leader)
    if whole:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    assert end_of(process) == (0, "")
    assert json.loads((run.folder / "interrupted.json").read_text()) == [number]


def test_an_interrupt_ends_a_job_as_python_does(run: WarmRun, tmp_path: Path) -> None:
    process, _ = started(run, "wait", tmp_path / "mark", seconds=30.0)
    process.send_signal(signal.SIGINT)
    code, errors = end_of(process)
    assert code == -signal.SIGINT
    assert errors.count("KeyboardInterrupt") == 1


def test_a_job_lives_where_the_terminal_is(run: WarmRun) -> None:
    """What is typed at a terminal reaches the job: it is in the group that the terminal speaks to."""
    ours, theirs = pty.openpty()
    try:
        process = run.start("look", names=[], stdin=theirs, preexec_fn=os.setpgrp)
        os.write(ours, b"typed\n\x04")
        assert end_of(process) == (0, "")
    finally:
        for descriptor in (ours, theirs):
            with suppress(OSError):
                os.close(descriptor)
    seen = json.loads((run.folder / "look.json").read_text())
    assert (seen["stdin"], seen["interactive"]) == ("typed\n", [True, False, False])
    assert seen["group"] == process.pid
    assert seen["session"] == os.getsid(0)


def test_a_stopped_job_goes_on(run: WarmRun, tmp_path: Path) -> None:
    process, pids = started(run, "wait", tmp_path / "mark", seconds=0.5, preexec_fn=os.setpgrp)
    os.killpg(process.pid, signal.SIGSTOP)
    time.sleep(0.1)
    assert all(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T" for pid in pids)
    os.killpg(process.pid, signal.SIGCONT)
    assert end_of(process) == (0, "")


def test_many_jobs_at_once_are_all_right(run: WarmRun, tmp_path: Path) -> None:
    jobs = [
        run.start("wait", mark=str(tmp_path / f"{n}"), seconds=0.05 * n, options=["--output", f"{n}.json"])
        for n in range(12)
    ]
    for job in jobs:
        assert end_of(job) == (0, "")
    assert NOTE not in run.log
