"""What became of each instance is read from the files of a run, and from nothing else."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from ecoscope_workflows.compiler.status import Status, as_json, status_of, why
from ecoscope_workflows.contracts.codecs import CollectionCodec, FrameCodec, JsonCodec
from ecoscope_workflows.contracts.digests import INDEX
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.contracts.stored import write_value
from ecoscope_workflows.errors import StorageError, TaskError
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.runtime.calling import call_task

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """\
id: tracks
requirements: []
workflow:
  - {id: fixes, task: load_relocations}
  - id: relocs
    task: process_relocations
    partial: {observations: "${{ workflow.fixes.return }}"}
  - {id: word, task: set_string_var}
  - {id: louder, task: prefix_string_var, partial: {var: "${{ workflow.word.return }}"}}
  - id: groups
    task: process_relocations
    map:
      argnames: observations
      argvalues: ["${{ workflow.fixes.return }}", "${{ workflow.relocs.return }}"]
  - id: names
    task: get_column_names_from_dataframe
    partial: {df: "${{ workflow.relocs.return }}", exclude_column_names: ["${{ workflow.louder.return }}"]}
"""
FIRST = SkipSentinel("fixes", "any_is_empty_df", "df")
SECOND = SkipSentinel("relocs", "any_dependency_skipped", "observations", FIRST)
FRAMES = CollectionCodec(FrameCodec())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder that a workflow was compiled into, and that nothing was run in."""
    for name in ("workflow", "results", "logs", "benchmarks"):
        (tmp_path / name).mkdir()
    (tmp_path / "workflow" / "spec.yaml").write_text(SPEC)
    return tmp_path


def frame(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"x": range(rows)})


def status(folder: Path, instance: str) -> Status:
    return next(one for one in status_of(folder) if one.instance == instance)


def test_before_a_run_nothing_has_run(folder: Path) -> None:
    assert [(one.instance, one.state, one.detail) for one in status_of(folder)] == [
        ("fixes", "not run", ""),
        ("relocs", "not run", ""),
        ("word", "inside", "louder"),
        ("louder", "inside", "names"),
        ("groups", "not run", ""),
        ("names", "not run", ""),
    ]


def test_a_result_is_counted_and_timed(folder: Path) -> None:
    path = folder / "results" / "fixes.parquet"
    write_value(frame(1234), path, FrameCodec())
    os.utime(path, (1000, 1000))
    (folder / "benchmarks" / "fixes.tsv").write_text(
        "s\th:m:s\tmax_rss\n9.9\t0:00:09\t1\n2.5\t0:00:02\t100\n"
    )
    assert status(folder, "fixes") == Status("fixes", "done", "", 2.5, 1000, None, 1234)


@pytest.mark.parametrize("text", ["", "s\th:m:s\n", "x\n1\n"])
def test_without_a_measurement_there_are_no_seconds(folder: Path, text: str) -> None:
    write_value(frame(1), folder / "results" / "fixes.parquet", FrameCodec())
    assert status(folder, "fixes").seconds is None
    (folder / "benchmarks" / "fixes.tsv").write_text(text)
    assert status(folder, "fixes").seconds is None


def test_no_frame_has_no_rows(folder: Path) -> None:
    write_value(None, folder / "results" / "fixes.parquet", FrameCodec())
    found = status(folder, "fixes")
    assert (found.state, found.rows) == ("done", None)


def test_a_skipped_instance_says_why_and_because_of_which(folder: Path) -> None:
    write_value(FIRST, folder / "results" / "fixes.parquet", FrameCodec())
    write_value(SECOND, folder / "results" / "relocs.parquet", FrameCodec())
    write_value(SECOND, folder / "results" / "names.json", JsonCodec())
    assert status(folder, "fixes").detail == "any_is_empty_df on 'df'"
    for name in ("relocs", "names"):
        found = status(folder, name)
        assert found.state == "skipped"
        assert found.detail == (
            "any_dependency_skipped on 'observations', because fixes was skipped: any_is_empty_df on 'df'"
        )


COLLECTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "all done": ([frame(2), frame(3)], ("done", 2, 5, "")),
    "none": ([], ("done", 0, None, "")),
    "some skipped": ([frame(2), FIRST], ("done", 2, 2, "1 skipped: any_is_empty_df on 'df'")),
    "all skipped": ([FIRST, FIRST], ("skipped", 2, None, "any_is_empty_df on 'df'")),
    "skipped as a whole": (FIRST, ("skipped", None, None, "any_is_empty_df on 'df'")),
}


@pytest.mark.parametrize("case", COLLECTIONS)
def test_a_collection_is_counted_by_its_items(folder: Path, case: str) -> None:
    value, expected = COLLECTIONS[case]
    write_value(value, folder / "results" / "groups", FRAMES)
    found = status(folder, "groups")
    assert (found.state, found.items, found.rows, found.detail) == expected


def test_items_taken_from_an_earlier_run_are_counted(folder: Path) -> None:
    write_value([frame(1)], folder / "results" / "groups", FRAMES)
    (folder / "logs" / "groups.log").write_text("groups: 1 of 4 items computed, 3 restored\n")
    assert status(folder, "groups").restored == 3


def failing(
    kind: type[Exception], message: str, *, cause: Exception | None = None, notes: tuple[str, ...] = ()
) -> Any:
    """Return a task that raises."""

    def load() -> int:
        error = kind(message)
        for note in notes:
            error.add_note(note)
        raise error from cause

    return load


class TrackError(ValueError):
    """An error of a library, which a traceback names with its module."""


EXCEPTIONS: dict[str, tuple[Any, str]] = {
    "plain": (failing(ValueError, "no column 'x'"), "ValueError: no column 'x'"),
    "of a library": (failing(TrackError, "no fixes"), f"{__name__}.TrackError: no fixes"),
    "without a message": (failing(RuntimeError, ""), "RuntimeError"),
    "of several lines": (
        failing(ValueError, "cannot read:\n\n  - a\n  - b"),
        "ValueError: cannot read: - a; - b",
    ),
    "with a note": (
        failing(ValueError, "no 'x'", notes=("did you mean 'y'?",)),
        "ValueError: no 'x'; did you mean 'y'?",
    ),
    "with a cause": (failing(OSError, "no such file", cause=KeyError("a")), "OSError: no such file"),
    "like a traceback": (
        failing(ValueError, 'it said:\n  File "a.py", line 1'),
        'ValueError: it said: File "a.py", line 1',
    ),
}


@pytest.mark.parametrize("case", EXCEPTIONS)
def test_a_failed_instance_shows_what_its_exception_says(folder: Path, case: str) -> None:
    task, said = EXCEPTIONS[case]
    info = task_info(task, "tracks", "load", "tracks 1.0")
    with pytest.raises(TaskError) as caught:
        call_task("fixes", info, {})
    (folder / "logs" / "fixes.log").write_text(f"UserWarning: x\nerror: {caught.value}\n")
    assert status(folder, "fixes") == Status("fixes", "failed", f"EW621 {said}")


LOGS = {
    "error: EW611 fixes: argument 'path' is missing\n  hint: look\n": (
        "EW611 fixes: argument 'path' is missing"
    ),
    "error: a\nerror: results/a.txt: EW601 b\n": "results/a.txt: EW601 b",
    "error: EW614 fixes: the result breaks its contract Fixes:\n  - column 'a': is missing\n  - no 'b'\n": (
        "EW614 fixes: the result breaks its contract Fixes: - column 'a': is missing; - no 'b'"
    ),
    "error: EW622 fixes: the task took longer than its timeout of 1 s\n  hint: give it less\n": (
        "EW622 fixes: the task took longer than its timeout of 1 s"
    ),
    "Timeout (0:00:35)!\nThread 0x00007f (most recent call first):\n": "Timeout (0:00:35)!",
    f"error: EW605 {'x' * 300}\n": f"EW605 {'x' * 190} ...",
    # An exception group, say, ends in no line of its own.
    "error: a.py:1:1: EW621 fixes raised ExceptionGroup\n  + Exception\n": (
        "a.py:1:1: EW621 fixes raised ExceptionGroup; + Exception"
    ),
}


@pytest.mark.parametrize("log", LOGS, ids=range(len(LOGS)))
def test_a_failed_instance_shows_its_error_on_one_line(folder: Path, log: str) -> None:
    (folder / "logs" / "fixes.log").write_text(f"UserWarning: x\n{log}")
    assert status(folder, "fixes") == Status("fixes", "failed", LOGS[log])


def test_a_job_that_left_nothing_was_killed_or_is_running(folder: Path) -> None:
    log = folder / "logs" / "fixes.log"
    log.write_text("")
    assert status(folder, "fixes") == Status("fixes", "not run", "killed or stopped")
    lock = folder / ".snakemake" / "locks" / "0.output.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    assert status(folder, "fixes").detail == "killed, or still running"
    lock.unlink()
    log.write_bytes(b"reading\n\xff 3 of 5\n\n")
    assert status(folder, "fixes").detail == "killed or stopped; the log ends with: \ufffd 3 of 5"


def test_a_result_that_was_removed_is_not_that_of_a_killed_job(folder: Path) -> None:
    for kind, name, moment in (("logs", "fixes.log", 1000), ("benchmarks", "fixes.tsv", 1001)):
        (folder / kind / name).write_text("s\n1\n")
        os.utime(folder / kind / name, (moment, moment))
    assert status(folder, "fixes") == Status("fixes", "not run", "")
    os.utime(folder / "logs" / "fixes.log", (1002, 1002))
    assert status(folder, "fixes").detail == "killed or stopped; the log ends with: 1"


def test_an_old_log_beside_a_result_is_no_failure(folder: Path) -> None:
    (folder / "logs" / "fixes.log").write_text("error: of a warning that a task printed\n")
    write_value(frame(1), folder / "results" / "fixes.parquet", FrameCodec())
    assert status(folder, "fixes").state == "done"


def test_a_folder_without_its_index_is_not_done(folder: Path) -> None:
    (folder / "results" / "groups").mkdir()
    assert status(folder, "groups").state == "not run"


def test_a_result_that_cannot_be_read_has_failed(folder: Path) -> None:
    (folder / "results" / "fixes.parquet").write_bytes(b"half")
    (folder / "results" / "groups").mkdir()
    (folder / "results" / "groups" / INDEX).write_text("{")
    for name in ("fixes", "groups"):
        found = status(folder, name)
        assert found.state == "failed"
        assert found.detail.startswith("the result cannot be read: ")
        assert "\n" not in found.detail


def test_a_large_result_that_is_no_frame_is_not_read(folder: Path) -> None:
    (folder / "results" / "names.json").write_text('{"$skipped":' + " " * 70000)
    assert status(folder, "names").state == "done"


def test_a_folder_without_a_workflow_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="EW601 here is no compiled workflow"):
        status_of(tmp_path)


def test_json_has_an_object_an_instance(folder: Path) -> None:
    found = json.loads(as_json(status_of(folder)))
    assert found[0] == {
        "instance": "fixes",
        "state": "not run",
        "detail": "",
        "seconds": None,
        "finished": None,
        "items": None,
        "rows": None,
        "restored": None,
    }
    assert len(found) == 6


def test_why_names_the_first_cause_once() -> None:
    assert why(FIRST) == "any_is_empty_df on 'df'"
    assert why(SkipSentinel("a", "all_of_them")) == "all_of_them"
    # A skipped result of another package says nothing of itself.
    assert why(SkipSentinel("b", "any_dependency_skipped", "x", SkipSentinel())) == (
        "any_dependency_skipped on 'x'"
    )
