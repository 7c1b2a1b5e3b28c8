"""What runs again after which change: said by Snakemake's own plan, and seen by which results are new."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.end_to_end.plan_agreement import assert_plan_agrees, assert_same, run_with_reasons

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.conftest import Project

SPEC = """\
# Numbers from a file, in two branches that meet.
id: sums
requirements: []
workflow:
  - {id: numbers, task: read_numbers}
  - {id: bigger, task: scale, partial: {numbers: "${{ workflow.numbers.return }}"}}
  - {id: sum_of_bigger, task: total, partial: {numbers: "${{ workflow.bigger.return }}"}}
  - {id: peak, task: largest, partial: {numbers: "${{ workflow.numbers.return }}", floor: 2}}
  - id: report
    task: label
    partial:
      title: Numbers
      parts: {all: "${{ workflow.sum_of_bigger.return }}", peak: "${{ workflow.peak.return }}"}
"""
PARAMS: dict[str, Any] = {"numbers": {"path": "numbers.txt"}, "bigger": {"factor": 1, "offset": 2}}
ALL = {"numbers", "bigger", "sum_of_bigger", "peak", "report"}
AFTER_BIGGER = {"bigger", "sum_of_bigger", "report"}


@pytest.fixture(scope="module")
def finished(new_project: Callable[[], Project]) -> Project:
    """Return a project whose workflow has run once."""
    project = new_project()
    project.write_spec(SPEC)
    project.compiled()
    project.write_params(PARAMS)
    (project.work / "numbers.txt").write_text("1 2 3\n")
    run = project.finish()
    assert run.plan == dict.fromkeys(ALL, 1)
    assert run.made == ALL
    assert (project.results / "report.txt").read_text() == "Numbers\nall = 12\npeak = 3"
    # A file written from now on is younger than what the run wrote, on any file system.
    time.sleep(0.01)
    return project


@pytest.fixture
def done(finished: Project, copy_of: Callable[[Project], Project]) -> Project:
    """Return a copy of the project whose workflow has run once."""
    return copy_of(finished)


def assert_runs(project: Project, expected: set[str]) -> None:
    """See that the next run is of just these instances, and that there is nothing left to do after it.

    Our own plan of it says the same as Snakemake's dry run and as the run itself, with the same reasons.
    """
    planned = assert_plan_agrees(project)
    assert {job["instance"] for job in planned["jobs"]} == expected
    run, reasons = run_with_reasons(project)
    assert set(run.plan) == expected, run.output
    assert_same(planned, reasons)
    assert run.made == expected
    if expected:
        assert not project.finish().plan


def test_nothing_runs_again_when_nothing_has_changed(done: Project) -> None:
    assert_runs(done, set())
    # Nor where Python orders the members of its sets in another way.
    for seed in ("1", "2"):
        again = done.program("--dry-run", PYTHONHASHSEED=seed)
        assert (again.code, again.plan) == (0, {}), again.output


def test_a_dry_run_shows_the_plan_and_runs_nothing(done: Project) -> None:
    done.write_params({**PARAMS, "bigger": {"factor": 5}})
    run = done.snakemake("--dry-run")
    assert set(run.plan) == AFTER_BIGGER
    assert run.made == set()


def test_a_changed_param_runs_its_task_and_what_follows_from_it(done: Project) -> None:
    done.write_params({**PARAMS, "bigger": {"factor": 10, "offset": 2}})
    assert_runs(done, AFTER_BIGGER)
    assert (done.results / "report.txt").read_text() == "Numbers\nall = 66\npeak = 3"


def test_two_params_that_swap_their_values_are_a_change(done: Project) -> None:
    done.write_params({**PARAMS, "bigger": {"factor": 2, "offset": 1}})
    assert_runs(done, AFTER_BIGGER)
    assert done.value("bigger") == [3, 5, 7]


def test_params_in_another_order_with_comments_are_the_same_params(done: Project) -> None:
    done.write_params(
        "# Numbers\nbigger:\n  offset: 2 # added\n  factor: 0x1\n\n'numbers': {path: \"numbers.txt\"}\n"
    )
    assert_runs(done, set())


def test_a_param_given_on_the_command_line_runs_its_task_and_what_follows(done: Project) -> None:
    run = done.snakemake("--config", "bigger={factor: 3}")
    assert run.code == 0, run.output
    assert run.made == set(run.plan) == AFTER_BIGGER
    assert done.value("bigger") == [5, 8, 11]


def test_an_input_file_that_is_touched_runs_nothing(done: Project) -> None:
    os.utime(done.work / "numbers.txt")
    assert_runs(done, set())


def test_an_input_file_written_anew_with_the_same_content_runs_nothing(done: Project) -> None:
    path = done.work / "numbers.txt"
    path.unlink()
    path.write_text("1 2 3\n")
    assert_runs(done, set())


def test_an_input_file_with_other_content_runs_its_reader_and_what_follows(done: Project) -> None:
    (done.work / "numbers.txt").write_text("1 2 4\n")
    assert_runs(done, ALL)
    assert (done.results / "report.txt").read_text() == "Numbers\nall = 13\npeak = 4"


def test_a_param_that_names_another_file_runs_its_reader_and_what_follows(done: Project) -> None:
    (done.work / "others.txt").write_text("5\n")
    done.write_params({**PARAMS, "numbers": {"path": "others.txt"}})
    assert_runs(done, ALL)


def test_an_input_file_that_the_spec_names_runs_its_reader_and_what_follows_when_it_changes(
    done: Project,
) -> None:
    done.write_spec(SPEC.replace("task: read_numbers", "task: read_numbers, partial: {path: numbers.txt}"))
    done.compiled()
    done.write_params({"bigger": PARAMS["bigger"]})
    done.finish()
    os.utime(done.work / "numbers.txt")
    assert_runs(done, set())
    (done.work / "numbers.txt").write_text("1 2 4\n")
    assert_runs(done, ALL)
    assert (done.results / "report.txt").read_text() == "Numbers\nall = 13\npeak = 4"


@pytest.mark.parametrize(
    ("deleted", "expected"),
    [("report.txt", {"report"}), ("bigger.json", AFTER_BIGGER), ("numbers.json", ALL)],
    ids=["last", "middle", "first"],
)
def test_a_deleted_result_is_made_again_with_what_follows_from_it(
    done: Project, deleted: str, expected: set[str]
) -> None:
    (done.results / deleted).unlink()
    assert_runs(done, expected)


def test_compiling_again_without_a_change_runs_nothing(done: Project) -> None:
    stamp = (done.work / "workflow" / "Snakefile").stat().st_mtime_ns
    done.compiled()
    assert (done.work / "workflow" / "Snakefile").stat().st_mtime_ns == stamp
    assert_runs(done, set())


def test_a_changed_comment_in_the_spec_runs_nothing(done: Project) -> None:
    done.write_spec(SPEC.replace("# Numbers from a file,", "# Some numbers from some file,"))
    done.compiled()
    assert_runs(done, set())


def test_a_changed_literal_in_the_spec_runs_its_instance_and_what_follows(done: Project) -> None:
    done.write_spec(SPEC.replace("floor: 2", "floor: 20"))
    done.compiled()
    assert_runs(done, {"peak", "report"})
    assert (done.results / "report.txt").read_text() == "Numbers\nall = 12\npeak = 20"


def test_a_new_instance_in_the_spec_runs_alone(done: Project) -> None:
    more = '  - {id: peak_of_bigger, task: largest, partial: {numbers: "${{ workflow.bigger.return }}"}}\n'
    done.write_spec(SPEC + more)
    done.compiled()
    assert_runs(done, {"peak_of_bigger"})


def test_a_comment_in_the_code_of_a_task_runs_nothing(done: Project) -> None:
    done.edit("tasks", "# The work itself is done elsewhere.", "# Elsewhere.\n    # That is to say: there.")
    done.edit("tasks", '"""Multiply and shift numbers."""', '"""Shift and multiply numbers, or so."""')
    assert_runs(done, set())


def test_changed_code_of_a_task_runs_its_instances_and_what_follows_without_a_compile(done: Project) -> None:
    done.edit("tasks", "return scaled(numbers, factor, offset)", "return scaled(numbers, factor, offset + 1)")
    assert_runs(done, AFTER_BIGGER)
    assert done.value("bigger") == [4, 5, 6]


def test_changed_code_that_a_task_calls_runs_its_instances_and_what_follows(done: Project) -> None:
    done.edit("arithmetic", "number * factor + offset", "number * factor - offset")
    assert_runs(done, AFTER_BIGGER)
    assert done.value("bigger") == [-1, 0, 1]


def test_changed_code_of_another_task_runs_only_the_instances_of_that_task(done: Project) -> None:
    done.edit("tasks", "return max([*numbers, floor])", "return max([*numbers, floor]) + 100")
    assert_runs(done, {"peak", "report"})


def test_changed_code_of_a_task_that_the_workflow_does_not_use_runs_nothing(done: Project) -> None:
    done.edit("tasks", "return [seed * number % 1_000_003 for number in range(size)]", "return []")
    assert_runs(done, set())
