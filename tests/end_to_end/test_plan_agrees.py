"""`plan` says what Snakemake's dry run says, for published workflows and for what goes wrong in a folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.end_to_end.plan_agreement import assert_confirmed, assert_plan_agrees, plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.conftest import Project

EXAMPLES = Path(__file__).parents[2] / "specs"
NUMBERS = """\
id: few_numbers
requirements: []
workflow:
  - {id: numbers, task: noise}
  - {id: sum_of_numbers, task: total, partial: {numbers: "${{ workflow.numbers.return }}"}}
  - {id: shown, task: show, partial: {value: "${{ workflow.sum_of_numbers.return }}"}}
"""
FEW = "numbers: {seed: 1, size: 3, seconds: 0.0}\n"


def instances(said: dict[str, list[dict[str, str]]]) -> list[str]:
    return [job["instance"] for job in said["jobs"]]


@pytest.fixture(scope="module")
def dashboard(new_project: Callable[[], Project]) -> Project:
    """Return a project whose workflow, with folders, cheap instances and a page, has run once."""
    project = new_project()
    project.compiled(spec=EXAMPLES / "elephant_dashboard" / "spec.yaml")
    first = assert_plan_agrees(project)
    assert len(first["jobs"]) == first["total"] == 25
    project.finish()
    time.sleep(0.01)
    return project


@pytest.fixture
def shown(dashboard: Project, copy_of: Callable[[Project], Project]) -> Project:
    return copy_of(dashboard)


def test_nothing_is_planned_where_all_is_done(shown: Project) -> None:
    assert assert_plan_agrees(shown)["jobs"] == []


def test_a_param_of_a_cheap_instance_is_told_where_it_is_evaluated(shown: Project) -> None:
    params = shown.work / "config" / "params.yaml"
    text = params.read_text()
    assert text.count("workflow_details:") == 1
    params.write_text(text.replace("workflow_details:", "workflow_details:\n  # mine", 1))
    assert assert_plan_agrees(shown)["jobs"] == []
    name = text.partition("workflow_details:")[2].partition("name: ")[2].partition("\n")[0]
    params.write_text(text.replace(f"name: {name}", "name: Mine", 1))
    (job,) = assert_plan_agrees(shown)["jobs"]
    assert job["instance"] == "dashboard"
    assert job["reasons"] == [
        {
            "kind": "param",
            "instance": "workflow_details",
            "name": "name",
            "old": name,
            "new": "Mine",
        }
    ]


@pytest.mark.parametrize(
    ("file", "first"),
    [
        ("groups", "groups"),
        ("densities/index.json", ""),
        ("dashboard.html", ""),
        ("dashboard.json", "dashboard"),
    ],
)
def test_what_was_deleted_is_planned_as_far_as_snakemake_asks_for_it(
    shown: Project, file: str, first: str
) -> None:
    path = shown.results / file
    if path.is_dir():
        for inner in path.rglob("*"):
            inner.unlink()
        path.rmdir()
    else:
        path.unlink()
    assert instances(assert_plan_agrees(shown))[:1] == [first] * bool(first)


def test_a_file_of_tracks_that_has_changed_reaches_everything(shown: Project) -> None:
    tracks = shown.work / "resources" / "tracks.parquet"
    os.utime(tracks)
    assert assert_plan_agrees(shown)["jobs"] == []
    tracks.write_bytes(tracks.read_bytes() + b" ")
    said = assert_plan_agrees(shown)
    assert len(said["jobs"]) == said["total"]
    assert said["jobs"][0]["reasons"] == [{"kind": "file", "file": "resources/tracks.parquet"}]
    assert said["seconds"] > 0


def test_a_folder_that_is_younger_than_its_reader_counts_by_its_time(shown: Project) -> None:
    os.utime(shown.results / "groups" / ".snakemake_timestamp")
    said = assert_plan_agrees(shown)
    assert {"kind": "file", "file": "results/groups"} in said["jobs"][0]["reasons"]


@pytest.mark.parametrize("spec", ["elephant_dashboard", "time_density"])
def test_it_agrees_on_example_data(project: Project, spec: str) -> None:
    project.compiled("--testing", "--mock-io", spec=EXAMPLES / spec / "spec.yaml")
    assert assert_plan_agrees(project)["jobs"]
    project.finish()
    assert assert_plan_agrees(project)["jobs"] == []
    (example,) = (project.work / "resources" / "mocks").iterdir()
    time.sleep(0.01)
    example.write_bytes(example.read_bytes() + b" ")
    assert assert_plan_agrees(project)["jobs"][0]["reasons"][0]["kind"] == "file"


def test_params_that_skip_what_follows_are_params_like_others(project: Project) -> None:
    project.write_spec(
        "id: skips\nrequirements: []\nworkflow:\n"
        "  - {id: nothing, task: echo, skipif: {conditions: [any_dependency_is_none]}}\n"
        '  - {id: listed, task: echo, partial: {value: "${{ workflow.nothing.return }}"},'
        " skipif: {conditions: [any_dependency_skipped]}}\n"
    )
    project.compiled()
    project.write_params("nothing: {value: null}\n")
    project.finish()
    assert assert_plan_agrees(project)["jobs"] == []
    project.write_params("nothing: {value: 3}\n")
    said = assert_plan_agrees(project)
    assert instances(said) == ["nothing", "listed"]
    assert said["jobs"][0]["reasons"] == [
        {"kind": "param", "instance": "nothing", "name": "value", "old": None, "new": 3}
    ]


def test_a_result_left_half_by_a_killed_run_is_planned_as_snakemake_does(project: Project) -> None:
    project.write_spec(NUMBERS)
    project.compiled()
    project.write_params(FEW)
    project.finish()
    project.write_params(FEW.replace("seconds: 0.0", "seconds: 60.0"))
    process = subprocess.Popen(
        ["snakemake", "--profile", "profiles/local"],
        cwd=project.work,
        env=project.environment(ECOSCOPE_WORKFLOWS_WARM="0"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    marks = project.work / ".snakemake" / "incomplete"
    end = time.monotonic() + 60
    while (
        not any(path.is_file() for path in marks.rglob("*"))
        or not (project.work / "logs/numbers.log").exists()
    ):
        assert time.monotonic() < end
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    # A job that writes its result at once, and is killed before Snakemake knows.
    (project.results / "numbers.json").write_text("[1]")
    said = plan(project)
    assert said["doubts"] == ["a Snakemake works in this folder, or was killed there"]
    project.snakemake("--unlock")
    said = assert_plan_agrees(project)
    assert said["jobs"][0]["reasons"][0] == {"kind": "unfinished", "file": "results/numbers.json"}
    assert instances(said) == ["numbers", "sum_of_numbers", "shown"]


def test_changed_code_is_told_by_the_function_that_has_changed(project: Project) -> None:
    project.write_spec(NUMBERS)
    project.compiled()
    project.write_params(FEW)
    project.finish()
    project.edit("tasks", "return sum(numbers)", "return sum(numbers) + 0")
    said = assert_plan_agrees(project)
    assert instances(said) == ["sum_of_numbers", "shown"]
    (fact,) = said["jobs"][0]["reasons"]
    assert fact["kind"] == "code"
    assert fact["task"] == "fieldkit.tasks:total"
    assert fact["old"] != fact["new"]
    assert fact["parts"] == ["fieldkit.tasks:total"]


def test_what_is_announced_as_restored_or_computed_is_confirmed_by_the_run(project: Project) -> None:
    project.write_spec(NUMBERS)
    project.compiled()
    project.write_params(FEW)
    # There is no store yet.
    assert set(assert_confirmed(project).values()) == {"run"}
    project.write_params(FEW.replace("seed: 1", "seed: 2"))
    assert assert_confirmed(project) == {"numbers": "run", "sum_of_numbers": "unknown", "shown": "unknown"}
    project.write_params(FEW)
    # The content of a restored result is known beforehand, and so is what follows from it.
    assert set(assert_confirmed(project).values()) == {"restore"}
    (project.results / "sum_of_numbers.json").unlink()
    assert assert_confirmed(project) == {"sum_of_numbers": "restore", "shown": "restore"}
    project.edit("tasks", "return sum(numbers)", "return sum(numbers) + 0")
    assert assert_confirmed(project) == {"sum_of_numbers": "run", "shown": "unknown"}
    assert assert_confirmed(project) == {}


def test_folders_are_looked_up_item_by_item_in_the_run(shown: Project) -> None:
    (shown.results / "with_speeds.parquet").unlink()
    announced = assert_confirmed(shown)
    assert announced["with_speeds"] == "restore"
    assert announced["track_maps"] == "unknown"
    assert "run" not in announced.values()


def test_a_result_that_is_read_twice_is_one_of_two_input_files(project: Project) -> None:
    once = '"${{ workflow.sum_of_numbers.return }}"'
    project.write_spec(NUMBERS.replace(once, f"[{once}, {once}]"))
    project.compiled()
    project.write_params(FEW)
    project.finish()
    assert assert_plan_agrees(project)["jobs"] == []
    project.write_spec(NUMBERS)
    project.compiled()
    (job,) = assert_plan_agrees(project)["jobs"]
    assert {"kind": "files", "added": [], "removed": []} in job["reasons"]


def test_a_file_that_a_job_writes_named_as_a_param_is_a_doubt(project: Project) -> None:
    project.write_spec(
        "id: circle\nrequirements: []\nworkflow:\n"
        "  - {id: read, task: read_numbers}\n  - {id: numbers, task: noise}\n"
    )
    project.compiled()
    project.write_params(FEW + "read: {path: ./results/numbers.json}\n")
    (project.results).mkdir()
    (project.results / "numbers.json").write_text("1")
    assert plan(project)["doubts"] == [
        "read reads ./results/numbers.json, which a job of this workflow writes"
    ]
    project.write_params(FEW + "read: {path: 'https://example.org/numbers.txt'}\n")
    assert plan(project)["doubts"] == [
        "read reads https://example.org/numbers.txt, which is not on this machine"
    ]


def test_it_says_where_it_cannot_tell(project: Project) -> None:
    project.write_spec(NUMBERS)
    project.compiled()
    project.write_params(FEW)
    profile = project.work / "profiles" / "local" / "profile.yaml"
    profile.write_text(profile.read_text() + "forceall: true\n")
    run = project.call("ecoscope-workflows", "plan", "work")
    assert "doubt: profiles/local says forceall" in run.output
    snakefile = project.work / "workflow" / "Snakefile"
    snakefile.write_text(snakefile.read_text() + "# mine\n")
    run = project.call("ecoscope-workflows", "plan", "work")
    assert run.code == 1
    assert "EW644" in run.output


def test_the_exit_code_says_whether_there_is_something_to_do(project: Project) -> None:
    project.write_spec(NUMBERS)
    project.compiled()
    project.write_params(FEW)
    words = ("ecoscope-workflows", "plan", "work")
    assert project.call(*words).code == 0
    assert project.call(*words, "--detailed-exitcode").code == 2
    project.finish()
    assert project.call(*words, "--detailed-exitcode").code == 0
    (project.work / "config" / "params.yaml").unlink()
    assert project.call(*words, "--detailed-exitcode").code == 1
    assert json.loads(project.call("ecoscope-workflows", "--error-format=json", *words[1:]).output)
