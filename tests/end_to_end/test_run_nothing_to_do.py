"""`ecoscope-workflows run` where all is done: Snakemake is not started, and nothing else is different."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.conftest import Project, Run

SPEC = """\
id: few_numbers
requirements: []
workflow:
  - {id: numbers, task: read_numbers}
  - {id: sum_of_numbers, task: total, partial: {numbers: "${{ workflow.numbers.return }}"}}
  - {id: nothing, task: echo, skipif: {conditions: [any_dependency_is_none]}}
"""
PARAMS = "numbers: {path: numbers.txt}\nnothing: {value: SOMETHING}\n"


@pytest.fixture(scope="module")
def finished(new_project: Callable[[], Project]) -> Project:
    project = new_project()
    project.write_spec(SPEC)
    project.compiled()
    project.write_params(PARAMS)
    (project.work / "numbers.txt").write_text("1 2 3\n")
    project.finish()
    return project


@pytest.fixture
def done(finished: Project, copy_of: Callable[[Project], Project]) -> Project:
    return copy_of(finished)


def run(project: Project, *options: str) -> tuple[Run, bool]:
    """Run the workflow, and tell whether Snakemake was started: it leaves a log of each start."""
    before = set((project.work / ".snakemake" / "log").iterdir())
    ended = project.call("ecoscope-workflows", "run", "work", *options)
    return ended, set((project.work / ".snakemake" / "log").iterdir()) != before


def without_times(text: str) -> str:
    return re.sub(r" in [\d.:]+( s)?\)", ")", text)


@pytest.mark.parametrize("value", ["3", "null"], ids=["done", "skipped"])
def test_snakemake_is_not_started_and_the_summary_is_the_same(done: Project, value: str) -> None:
    done.write_params(PARAMS.replace("SOMETHING", value))
    first, started = run(done)
    assert started
    assert first.code == 0, first.output
    quick, started = run(done)
    assert quick.code == 0
    assert not started
    assert "(nothing to do in " in quick.output
    # Any word for Snakemake has it started.
    slow, started = run(done, "--", "--cores", "1")
    assert started
    assert slow.code == 0
    assert without_times(quick.output) == without_times(slow.output)


def unchanged(project: Project) -> None:
    """Leave all as it is."""


def lock(project: Project) -> None:
    folder = project.work / ".snakemake" / "locks"
    folder.mkdir(exist_ok=True)
    (folder / "0.input.lock").write_text("numbers.txt\n")


def edit_snakefile(project: Project) -> None:
    path = project.work / "workflow" / "Snakefile"
    path.write_text(path.read_text() + "# mine\n")


def remove_manifest(project: Project) -> None:
    (project.work / "workflow" / "plan.json").unlink()


def spoil_manifest(project: Project) -> None:
    (project.work / "workflow" / "plan.json").write_text("{}")


def change_profile(project: Project) -> None:
    path = project.work / "profiles" / "local" / "profile.yaml"
    path.write_text(path.read_text() + "forceall: true\n")


def forget_records(project: Project) -> None:
    shutil.rmtree(project.work / ".snakemake" / "metadata")


def forget_check(project: Project) -> None:
    (project.work / ".snakemake" / "ecoscope-workflows" / "params-checked").unlink()


def spoil_params(project: Project) -> None:
    project.write_params(PARAMS.replace("numbers.txt", "nowhere.txt"))


def mark_incomplete(project: Project) -> None:
    (record,) = (project.work / ".snakemake" / "metadata").glob("cmVzdWx0cy9udW1iZXJz*")
    shutil.copy(record, project.work / ".snakemake" / "incomplete" / record.name)


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (unchanged, 0, "nothing to do"),
        (lock, 1, "EW642"),
        (edit_snakefile, 0, "nothing to do"),
        (remove_manifest, 0, "nothing to do"),
        (spoil_manifest, 0, "nothing to do"),
        (change_profile, 0, "2 restored"),
        (forget_records, 0, "nothing to do"),
        (forget_check, 0, "nothing to do"),
        (spoil_params, 1, "EW407"),
        (mark_incomplete, 0, "made"),
    ],
)
def test_with_any_doubt_it_goes_the_usual_way(
    done: Project, change: Callable[[Project], None], code: int, said: str
) -> None:
    change(done)
    ended, started = run(done)
    assert ended.code == code, ended.output
    assert said in ended.output
    assert started is (change is not unchanged and code == 0)
