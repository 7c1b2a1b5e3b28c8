"""Who may run in a folder, and which locks are lifted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ecoscope_workflows.compiler.running.occupation import KEPT, RUNS, Occupation
from ecoscope_workflows.errors import StorageError


def lock(folder: Path, name: str = "0.input.lock") -> Path:
    path = folder / ".snakemake" / "locks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("results/a.json\n")
    return path


def record(folder: Path, *paths: Path, name: str = "20200101T000000-1") -> None:
    """Write the events of a run that says these locks are its own."""
    file = folder / RUNS / f"{name}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    locks = [[path.name, path.stat().st_ino, path.stat().st_mtime_ns] for path in paths]
    file.write_text(json.dumps({"time": 1.0, "event": "locked", "locks": locks}) + "\n")


def test_one_run_at_a_time_works_in_a_folder(tmp_path: Path) -> None:
    with Occupation(tmp_path), pytest.raises(StorageError, match=f"EW641.*process {os.getpid()} on"):
        Occupation(tmp_path).__enter__()
    with Occupation(tmp_path) as after:
        assert after.lift_left_locks() is False


def test_who_inherits_the_descriptor_keeps_the_folder(tmp_path: Path) -> None:
    with Occupation(tmp_path) as occupation:
        inherited = os.dup(occupation.descriptor)
    with pytest.raises(StorageError, match="EW641"):
        Occupation(tmp_path).__enter__()
    os.close(inherited)
    with Occupation(tmp_path):
        pass


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are looked for in /proc")
def test_the_snakemake_of_a_run_that_was_killed_is_named(tmp_path: Path) -> None:
    # Its words are in the command line, as those of a real one.
    child = subprocess.Popen(
        [sys.executable, "-c", "input()", "snakemake"], cwd=tmp_path, stdin=subprocess.PIPE, text=True
    )
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with Occupation(tmp_path) as occupation:
        facts = {"pid": gone.pid, "host": os.uname().nodename, "since": 1.0}
        os.ftruncate(occupation.descriptor, 0)
        os.pwrite(occupation.descriptor, json.dumps(facts).encode(), 0)
        with pytest.raises(StorageError) as caught:
            Occupation(tmp_path).__enter__()
    child.communicate("\n")
    assert caught.value.problems[0].hint.endswith(f"`kill -INT {child.pid}`")


def test_locks_of_a_dead_run_are_lifted(tmp_path: Path) -> None:
    ours = [lock(tmp_path, "0.input.lock"), lock(tmp_path, "0.output.lock")]
    record(tmp_path, *ours)
    with Occupation(tmp_path) as occupation:
        assert occupation.lift_left_locks() is True
        assert occupation.lift_left_locks() is False
    assert not any(path.exists() for path in ours)


@pytest.mark.parametrize("recorded", ["nothing", "an earlier one", "another name"])
def test_a_lock_that_no_run_made_stays(tmp_path: Path, recorded: str) -> None:
    path = lock(tmp_path)
    if recorded == "an earlier one":
        record(tmp_path, path)
        # Unlocked by hand, and locked again by a Snakemake of its own.
        os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))
    if recorded == "another name":
        other = lock(tmp_path, "0.output.lock")
        record(tmp_path, other)
    with Occupation(tmp_path) as occupation, pytest.raises(StorageError, match="EW642"):
        occupation.lift_left_locks()
    assert path.exists()


def test_a_command_to_paste_holds_a_folder_of_two_words(tmp_path: Path) -> None:
    folder = tmp_path / "my run"
    lock(folder)
    with Occupation(folder) as occupation, pytest.raises(StorageError) as caught:
        occupation.lift_left_locks()
    assert f"`cd '{folder}' && snakemake " in caught.value.problems[0].hint


def test_a_folder_that_cannot_be_written_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / ".snakemake").write_text("a file where a folder should be")
    with pytest.raises(StorageError, match="EW605"):
        Occupation(tmp_path).__enter__()


def test_records_of_long_ago_are_removed(tmp_path: Path) -> None:
    for number in range(20):
        record(tmp_path, name=f"20200101T0000{number:02d}-1")
    with Occupation(tmp_path) as occupation:
        path = occupation.new_events()
        path.touch()
    left = sorted(file.name for file in (tmp_path / RUNS).iterdir())
    assert len(left) == KEPT
    assert left[0] == "20200101T000011-1.jsonl"
    assert left[-1] == path.name
