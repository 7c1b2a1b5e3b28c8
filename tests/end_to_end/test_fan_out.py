"""`map` and `mapvalues` in real runs: what is computed, what is computed again, and what is left behind."""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.contracts.stored import read_value

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.conftest import Project

SPEC = """\
id: herding
requirements: []
task-instance-defaults: {skipif: {conditions: [any_empty, any_skipped]}}
workflow:
  - {id: herd, task: herds}
  - {id: grown, task: grow, mapvalues: {argnames: frame, argvalues: "${{ workflow.herd.return }}"}}
  - {id: counted, task: size, mapvalues: {argnames: frame, argvalues: "${{ workflow.grown.return }}"}}
  - {id: title, task: caption}
  - id: rows
    task: titled
    skipif: {conditions: [never]}
    partial: {title: "${{ workflow.title.return }}"}
    map: {argnames: [key, number], argvalues: "${{ workflow.counted.return }}"}
  - {id: text, task: joined, partial: {texts: "${{ workflow.rows.return }}"}}
"""
PARAMS: dict[str, Any] = {
    "herd": {"counts": {"north": 3, "south": 5}},
    "grown": {"by": 1},
    "title": {"text": "herd"},
}


@pytest.fixture(scope="module")
def ran(new_project: Callable[[], Project]) -> Project:
    """Return a project whose workflow has run."""
    project = new_project()
    project.write_spec(SPEC)
    project.compiled()
    project.write_params(PARAMS)
    assert project.finish().plan == {"herd": 1, "grown": 1, "counted": 1, "text": 1}
    return project


def calls(project: Project, changed: dict[str, Any], **extra: str) -> tuple[dict[str, int], Counter[str]]:
    """Run again with other params; return what Snakemake planned and the calls of `grow` that happened."""
    trace = project.folder / "trace"
    trace.unlink(missing_ok=True)
    project.write_params({**PARAMS, **changed})
    run = project.snakemake(FIELDKIT_TRACE=str(trace), **extra)
    assert run.code == 0, run.output + project.logs()
    lines = trace.read_text().splitlines() if trace.exists() else []
    return run.plan, Counter(line.rpartition(" ")[0] for line in lines)


def test_each_item_is_a_file_and_the_index_says_which(ran: Project) -> None:
    folder = ran.results / "grown"
    index = json.loads((folder / "index.json").read_text())
    assert [item["key"] for item in index["items"]] == ["north", "south"]
    assert sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) == [
        "0000-north.parquet",
        "0001-south.parquet",
        "index.json",
    ]
    assert index["provenance"]["each"]["method"] == "mapvalues"
    assert [(key, frame["animal"].tolist()) for key, frame in read_value(folder)] == [
        ("north", [1, 2, 3]),
        ("south", [1, 2, 3, 4, 5]),
    ]


def test_cheap_instances_are_evaluated_where_they_are_needed(ran: Project) -> None:
    assert (ran.results / "text.txt").read_text() == "herd north: 3; herd south: 5"
    assert not list(ran.results.glob("title*"))
    provenance = json.loads((ran.results / "text.txt.provenance.json").read_text())
    assert provenance["evaluated"]["title"]["arguments"] == {"text": "herd"}


def test_nothing_changed_nothing_runs(ran: Project, copy_of: Callable[[Project], Project]) -> None:
    assert calls(copy_of(ran), {}) == ({}, Counter())


def test_a_param_of_a_cheap_instance_reruns_only_what_needs_it(
    ran: Project, copy_of: Callable[[Project], Project]
) -> None:
    project = copy_of(ran)
    assert calls(project, {"title": {"text": "group"}}) == ({"text": 1}, Counter())
    assert (project.results / "text.txt").read_text() == "group north: 3; group south: 5"


def test_only_the_changed_group_is_computed_again(
    ran: Project, copy_of: Callable[[Project], Project]
) -> None:
    project = copy_of(ran)
    plan, happened = calls(project, {"herd": {"counts": {"north": 3, "south": 6}}})
    assert plan == {"herd": 1, "grown": 1, "counted": 1, "text": 1}
    assert happened == Counter({"grow 6": 1})
    assert (project.results / "text.txt").read_text() == "herd north: 3; herd south: 6"


def test_a_group_that_vanishes_leaves_nothing_and_a_new_one_is_picked_up(
    ran: Project, copy_of: Callable[[Project], Project]
) -> None:
    project = copy_of(ran)
    _, happened = calls(project, {"herd": {"counts": {"east": 7, "north": 3}}})
    assert happened == Counter({"grow 7": 1})
    names = {path.name for path in (project.results / "grown").glob("*.parquet")}
    assert names == {"0000-east.parquet", "0001-north.parquet"}
    assert (project.results / "text.txt").read_text() == "herd east: 7; herd north: 3"


def test_no_groups_are_no_items(ran: Project, copy_of: Callable[[Project], Project]) -> None:
    project = copy_of(ran)
    calls(project, {"herd": {"counts": {}}})
    assert read_value(project.results / "grown") == []
    assert (project.results / "text.txt").read_text() == ""


def test_a_call_that_is_skipped_says_why_and_so_do_those_after_it(
    ran: Project, copy_of: Callable[[Project], Project]
) -> None:
    project = copy_of(ran)
    calls(project, {"herd": {"counts": {"north": 0, "south": 5}}})
    (_, grown), _ = read_value(project.results / "grown")
    (_, counted), _ = read_value(project.results / "counted")
    assert isinstance(grown, SkipSentinel)
    assert (grown.instance, grown.condition, grown.argument) == ("grown", "any_empty", "frame")
    assert isinstance(counted, SkipSentinel)
    assert (counted.condition, counted.root.instance) == ("any_skipped", "grown")
    index = json.loads((project.results / "counted" / "index.json").read_text())
    assert index["items"][0]["skipped"]["cause"]["condition"] == "any_empty"


def test_a_damaged_store_is_only_slower(ran: Project, copy_of: Callable[[Project], Project]) -> None:
    project = copy_of(ran)
    for path in (project.work / ".ecoscope-workflows" / "store").glob("??/*"):
        if path.suffix != ".json" and path.is_file():
            path.write_bytes(b"not what it was")
    plan, happened = calls(project, {"herd": {"counts": {"north": 3, "south": 6}}})
    assert plan["grown"] == 1
    assert happened == Counter({"grow 3": 1, "grow 6": 1})
    assert (project.results / "text.txt").read_text() == "herd north: 3; herd south: 6"


def test_a_failing_call_names_its_group(ran: Project, copy_of: Callable[[Project], Project]) -> None:
    project = copy_of(ran)
    project.write_params({**PARAMS, "grown": {"by": -1}})
    run = project.snakemake()
    assert run.code == 1
    assert "herds of 3 cannot shrink" in project.log("grown")
    assert "in the group north" in project.log("grown")
    assert not (project.results / "grown").exists()


def test_a_script_makes_the_same_files(ran: Project, tmp_path: Path) -> None:
    script = ran.compile_script()
    command = (sys.executable, script, "--config", ran.work / "config" / "params.yaml", "--results", tmp_path)
    assert ran.call(*command).code == 0
    by_script = {
        path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    }
    by_snakemake = {
        path.relative_to(ran.results): path.read_bytes()
        for path in ran.results.rglob("*")
        if path.is_file() and path.name != ".snakemake_timestamp"
    }
    assert by_script == by_snakemake


def test_items_are_computed_side_by_side(project: Project) -> None:
    project.write_spec(SPEC.replace("task: grow,", "task: grow, resources: {threads: 2},"))
    project.compiled()
    counts = {"north": 1, "south": 2, "east": 3, "west": 4}
    changed = {"herd": {"counts": counts}, "grown": {"by": 1, "seconds": 0.3}}
    trace = project.folder / "trace"
    project.write_params({**PARAMS, **changed})
    run = project.snakemake(FIELDKIT_TRACE=str(trace))
    assert run.code == 0, run.output + project.logs()
    processes = {line.rpartition(" ")[2] for line in trace.read_text().splitlines()}
    assert len(processes) == 2
    assert [len(frame) for _, frame in read_value(project.results / "grown")] == [3, 1, 2, 4]


NESTED = """\
id: nesting
requirements: []
workflow:
  - {id: herd, task: herds, partial: {counts: {a: 4, b: 7}}}
  - {id: cut, task: halves, mapvalues: {argnames: frame, argvalues: "${{ workflow.herd.return }}"}}
  - {id: counted, task: sizes, mapvalues: {argnames: frames, argvalues: "${{ workflow.cut.return }}"}}
  - {id: first, task: caption, partial: {text: first words}}
  - {id: second, task: caption, partial: {text: second words}}
  - id: noted
    task: write_note
    partial: {folder: "${{ env.ECOSCOPE_WORKFLOWS_RESULTS }}"}
    map: {argnames: text, argvalues: ["${{ workflow.first.return }}", "${{ workflow.second.return }}"]}
"""


def test_collections_stand_in_collections_and_tasks_write_files_beside_their_result(project: Project) -> None:
    project.write_spec(NESTED)
    project.compiled()
    project.finish()
    assert read_value(project.results / "counted") == [("a", [2, 2]), ("b", [3, 4])]
    paths = read_value(project.results / "noted")
    assert paths == ["results/noted.files/firs.txt", "results/noted.files/seco.txt"]
    assert [(project.work / path).read_text() for path in paths] == ["first words", "second words"]
