"""Jobs that Snakemake's process hands over itself are what they would be in processes of their own."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runtime.warm_run import NOTE, WarmRun, cold, is_alive, kill, threads, until

from ecoscope_workflows.runtime.warm.direct import PROGRAM, job_in

if TYPE_CHECKING:
    from collections.abc import Iterator

linux = pytest.mark.skipif(not Path("/proc/self/ns/mnt").exists(), reason="warm workers need Linux")
# Stands for Snakemake: it says that it is a run, and hands over one job after the other.
SNAKEMAKE = """
import json, os, sys
from ecoscope_workflows.runtime.warm.announcement import announce
announce(runs_several=True)
from ecoscope_workflows.runtime.warm.client import ColdError
from ecoscope_workflows.runtime.warm.direct import run
for job in sys.argv[1:]:
    try:
        print(run(json.loads(job), threads=1, temporary=os.environ.get("JOBTMP", "")), flush=True)
    except ColdError as error:
        print(f"cold: {error}", flush=True)
"""
PIECES = ["''", "'\"'\"'", "'a b'", " --args '{}'"]
NASTY = "ab =%@/.~$`*?[]{}()<>|&;#!\\\"'\n\t\u00e4\u2026-"


def as_bash_reads(command: str) -> list[str]:
    """Return the words that the program of a command gets."""
    tell = 'python() { shift 3; for word in "$@"; do printf "%s\\0" "$word"; done; }; '
    done = subprocess.run(["bash", "-c", tell + command], capture_output=True, check=True)
    return [os.fsdecode(word) for word in done.stdout.split(b"\0")[:-1]]


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), max_size=6))
def test_quoted_words_are_a_job(words: list[str]) -> None:
    assert job_in(shlex.join([*PROGRAM, *words])) == words


@given(st.lists(st.sampled_from([*NASTY, *PIECES]), max_size=12).map("".join))
def test_what_is_taken_for_words_is_what_bash_reads(text: str) -> None:
    command = f"{shlex.join(PROGRAM)} {text}"
    words = job_in(command)
    if words is not None:
        assert words == as_bash_reads(command)


@pytest.mark.parametrize(
    "command",
    [
        "",
        "python",
        "python -P -m ecoscope_workflows.runtimes a",
        "python3 -P -m ecoscope_workflows.runtime a",
        "PYTHONPATH=x python -P -m ecoscope_workflows.runtime a",
        "python -P -m ecoscope_workflows.runtime a; rm b",
        "python -P -m ecoscope_workflows.runtime a\nrm b",
        "python -P -m ecoscope_workflows.runtime a > b",
        "python -P -m ecoscope_workflows.runtime $HOME",
        'python -P -m ecoscope_workflows.runtime "$HOME"',
        "python -P -m ecoscope_workflows.runtime ~/a",
        "python -P -m ecoscope_workflows.runtime *.parquet",
        "python -P -m ecoscope_workflows.runtime a &",
        "python -P -m ecoscope_workflows.runtime 'a",
        "python -P -m ecoscope_workflows.runtime a # b",
        "python -P -m ecoscope_workflows.runtime {a,b}",
    ],
)
def test_all_else_is_left_to_the_shell(command: str) -> None:
    assert job_in(command) is None


class DirectRun(WarmRun):
    """A run whose Snakemake hands its jobs over itself."""

    def words(self, task: str, **arguments: Any) -> list[str]:
        own = ["--task", f"lookkit.tasks:{task}", "--args", json.dumps(arguments)]
        return [
            task,
            *own,
            "--output",
            str(self.folder / f"{task}.json"),
            "--log",
            str(self.folder / "job.log"),
        ]

    def hand_over(self, *jobs: list[str], **how: Any) -> subprocess.Popen[str]:
        """Start a Snakemake with some jobs."""
        return subprocess.Popen(
            [sys.executable, "-c", SNAKEMAKE, *map(json.dumps, jobs)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **{"env": self.environment(), "cwd": self.folder, **how},
        )

    def said(self, *jobs: list[str], **how: Any) -> list[str]:
        """Return what became of each job."""
        output, errors = self.hand_over(*jobs, **how).communicate(timeout=60)
        assert errors == ""
        return output.splitlines()

    def read(self, task: str) -> Any:
        return json.loads((self.folder / f"{task}.json").read_text(encoding="utf-8"))


@pytest.fixture
def run(tmp_path: Path) -> Iterator[DirectRun]:
    made = DirectRun(tmp_path / "work", tmp_path / "site")
    yield made
    made.close()


@linux
def test_a_job_sees_what_it_would_see_in_a_process_of_its_own(run: DirectRun, tmp_path: Path) -> None:
    environment = {**run.environment(), "JOBTMP": str(tmp_path), "FIX": "a\nb"}
    for name in threads(1):
        del environment[name]
    words = run.words("look", names=["FIX", "TMPDIR", "TEMP", *threads(1)])
    assert run.said(words, env=environment, umask=0o027) == ["0"]
    warm = run.read("look")
    own = {**environment, **threads(1), **dict.fromkeys(("TMPDIR", "TMP", "TEMP", "TEMPDIR"), str(tmp_path))}
    command = [sys.executable, *PROGRAM[1:], *words]
    subprocess.run(
        command, env=cold(own), cwd=run.folder, umask=0o027, stdin=subprocess.DEVNULL, check=True, timeout=60
    )
    seen = run.read("look")
    # Neither is in a group of its own; the run is another one, and so is what it told its jobs.
    for facts in (warm, seen):
        del facts["group"]
        assert any("ECOSCOPE_WORKFLOWS_RUN=" in line for line in facts["in C"])
        facts["in C"] = sorted(line for line in facts["in C"] if "ECOSCOPE_WORKFLOWS_" not in line)
    assert warm == seen
    assert (run.folder / "look.json").stat().st_mode & 0o777 == 0o640


@linux
def test_jobs_share_one_server_and_tell_how_they_end(run: DirectRun) -> None:
    jobs = [run.words(task) for task in ("warmth", "stumble", "shot", "warmth")]
    # What a job says of its failure goes where Snakemake's own words go.
    output, errors = run.hand_over(*jobs).communicate(timeout=60)
    assert output.splitlines() == ["0", "1", "-9", "0"]
    assert errors.count("ValueError: a stone") == 1
    assert run.read("warmth") is True


@linux
def test_ctrl_c_reaches_the_job(run: DirectRun) -> None:
    mark = run.folder / "mark"
    process = run.hand_over(run.words("interrupted", mark=str(mark)), start_new_session=True)
    until(mark.exists)
    # Snakemake waits for its jobs; this one stands for a Snakemake that has heard it, and dies of it.
    os.killpg(process.pid, signal.SIGINT)
    until(lambda: not is_alive(int(mark.read_text())))
    process.communicate(timeout=60)


@linux
def test_no_job_outlives_snakemake(run: DirectRun) -> None:
    mark = run.folder / "mark"
    process = run.hand_over(run.words("wait", mark=str(mark), seconds=60))
    until(lambda: mark.exists() and " " in mark.read_text())
    process.kill()
    process.communicate(timeout=60)
    pids = [int(pid) for pid in mark.read_text().split()]
    until(lambda: not any(map(is_alive, pids)))
    assert not (run.folder / "wait.json").exists()


@linux
def test_a_result_is_kept_where_the_shell_that_started_snakemake_has_gone(run: DirectRun) -> None:
    mark = run.folder / "mark"
    # As with `nohup snakemake &` and a closed terminal.
    words = [sys.executable, "-c", SNAKEMAKE, json.dumps(run.words("wait", mark=str(mark), seconds=1.0))]
    shell = subprocess.Popen(
        ["sh", "-c", '"$@" > said & wait', "sh", *words], env=run.environment(), cwd=run.folder
    )
    until(mark.exists)
    shell.kill()
    shell.wait()
    until((run.folder / "said").read_text)
    assert (run.folder / "said").read_text() == "0\n"
    assert run.read("wait") == 1


@linux
def test_a_job_that_no_worker_takes_is_given_back(run: DirectRun) -> None:
    words = run.words("warmth")
    assert run.said(words, env=cold(run.environment())) == ["cold: no warm worker is wanted"]
    state = run.folder / ".snakemake" / "ecoscope-workflows" / "warm"
    state.mkdir(parents=True)
    state.chmod(0o755)
    (said,) = run.said(words)
    assert said.endswith("is open to other users")
    assert not (run.folder / "warmth.json").exists()
    assert NOTE not in said


@linux
def test_a_server_that_was_killed_gives_back_what_it_has_not_begun(run: DirectRun) -> None:
    mark = run.folder / "mark"
    process = run.hand_over(run.words("wait", mark=str(mark), seconds=1.0), run.words("warmth"))
    until(mark.exists)
    kill(run.server)
    output, _ = process.communicate(timeout=60)
    # A running job has a session of its own, and ends well.
    assert output.splitlines() == ["0", "cold: the warm worker of this run has ended early"]
