"""Runs that are killed with `kill -9`: the next run is right, and nobody ever sees half a file."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ecoscope_workflows.contracts.codecs import JsonCodec
from ecoscope_workflows.errors import Problem, StorageError
from ecoscope_workflows.runtime.storage import write_result

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Project

SEED = 20240501
KILLS = 10
SPEC = """\
id: large
requirements: []
workflow:
  - {id: numbers, task: noise}
  - {id: text, task: fieldkit.tasks.long_text}
  - {id: frame, task: large_frame}
  - {id: sum_of_numbers, task: total, partial: {numbers: "${{ workflow.numbers.return }}"}}
"""
SLOW = """\
id: slow
requirements: []
workflow:
  - {id: numbers, task: noise}
"""
linux_only = pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="finds processes by /proc")


def params(seed: int) -> dict[str, Any]:
    return {
        "numbers": {"seed": seed, "size": 60_000, "seconds": 0.1},
        "text": {"seed": seed, "size": 600_000, "seconds": 0.05},
        "frame": {"seed": seed, "rows": 100_000, "seconds": 0.0},
    }


def start(project: Project) -> subprocess.Popen[bytes]:
    """Start Snakemake as the leader of a process group of its own."""
    return subprocess.Popen(
        ["snakemake", "--profile", "profiles/local"],
        cwd=project.work,
        env=project.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill(process: subprocess.Popen[bytes], *, whole: bool) -> None:
    """Kill Snakemake with all its jobs, or Snakemake alone; it may have ended by itself already."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL) if whole else process.kill()
    process.wait()


def recover(project: Project) -> None:
    """Run to the end with no step but the one that Snakemake's message names."""
    run = project.snakemake()
    if "--unlock" in run.output:
        assert run.code != 0
        unlock = project.snakemake("--unlock")
        assert unlock.code == 0, unlock.output
        run = project.snakemake()
    assert run.code == 0, run.output + project.logs()


def wait_for_orphans(project: Project) -> None:
    """Wait until no process works in the project's folder any more."""
    for _ in range(600):
        if not processes_in(project.work):
            return
        time.sleep(0.05)
    pytest.fail(f"still running: {processes_in(project.work)}")


def processes_in(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink() == folder:
                found.append(int(entry.name))
        except OSError:
            continue  # it has ended since, or is another user's
    return found


class Watcher(threading.Thread):
    """Opens every result as soon as it appears, and keeps what it could not read to the end."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder = folder
        self.broken: list[str] = []
        self.seen: set[tuple[str, int, int]] = set()
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        while not self._over.wait(0.002):
            for path in self.folder.iterdir() if self.folder.is_dir() else ():
                if not path.name.startswith("."):
                    self.look_at(path)

    def look_at(self, path: Path) -> None:
        try:
            status = path.stat()
            stamp = (path.name, status.st_ino, status.st_mtime_ns)
            if stamp in self.seen:
                return
            content = path.read_bytes()
        except FileNotFoundError:
            return  # Snakemake removes a result before it is made anew
        self.seen.add(stamp)
        try:
            self.read(path, content)
        except Exception as error:  # noqa: BLE001  # whatever it is, the file was not whole
            self.broken.append(f"{path.name}, {len(content)} bytes: {type(error).__name__}: {error}")

    @staticmethod
    def read(path: Path, content: bytes) -> None:
        if path.suffix == ".parquet":
            assert pq.read_table(pa.BufferReader(content)).num_rows == 100_000
        elif path.name == "text.txt":
            body, _, length = content.rpartition(b"\n")
            assert int(length) == len(body) + 1
        else:
            json.loads(content)


# Twenty kills in all.
@linux_only
@pytest.mark.slow
@pytest.mark.parametrize("whole", [True, False], ids=["with its jobs", "but not its jobs"])
def test_a_run_killed_at_any_moment_is_finished_by_the_next(project: Project, whole: bool) -> None:
    project.write_spec(SPEC)
    project.compiled()
    expected = {}
    lasted = 0.0
    for seed in (1, 2):
        project.write_params(params(seed))
        began = time.monotonic()
        # What is killed below is the program, too.
        run = project.program()
        lasted = time.monotonic() - began
        assert run.code == 0, run.output
        expected[seed] = project.files()
    assert all(expected[1][name] != expected[2][name] for name in expected[1])
    moments = random.Random(SEED + whole)  # noqa: S311  # the same moments in each run
    with Watcher(project.results) as watcher:
        for number in range(KILLS):
            seed = 1 + number % 2
            project.write_params(params(seed))
            process = start(project)
            time.sleep(moments.uniform(0.05, 0.95) * lasted)
            kill(process, whole=whole)
            recover(project)
            wait_for_orphans(project)
            assert project.files() == expected[seed], f"kill {number}"
    assert not watcher.broken
    assert len(watcher.seen) > KILLS * 4


@linux_only
@pytest.mark.slow
def test_an_orphan_never_overwrites_the_result_of_the_run_after_it(project: Project) -> None:
    project.write_spec(SLOW)
    project.compiled()
    project.write_params({"numbers": {"seed": 1, "size": 3, "seconds": 6}})
    process = start(project)
    log = project.work / "logs" / "numbers.log"
    for _ in range(600):
        if log.exists():
            break
        time.sleep(0.05)
    time.sleep(0.5)
    kill(process, whole=False)
    assert processes_in(project.work), "the job must have outlived Snakemake"
    project.write_params({"numbers": {"seed": 2, "size": 3, "seconds": 0}})
    recover(project)
    assert project.value("numbers") == [0, 2, 4]
    wait_for_orphans(project)
    assert project.value("numbers") == [0, 2, 4]
    assert sorted(project.files()) == ["numbers.json", "numbers.json.provenance.json"]
    assert project.finish().plan == {}


def test_an_orphan_leaves_the_unfinished_file_of_the_run_after_it_alone(tmp_path: Path) -> None:
    unfinished = tmp_path / ".numbers.json.1234.tmp"
    unfinished.write_text("[1,")

    def refuse() -> None:
        raise StorageError(Problem("EW604", "the workflow that started this job is gone"))

    with pytest.raises(StorageError, match="EW604"):
        write_result([1], tmp_path / "numbers.json", JsonCodec(), {}, refuse)
    assert list(tmp_path.iterdir()) == [unfinished]
