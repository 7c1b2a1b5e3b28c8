"""A fan-out by one job for each chunk: what runs, what runs again, and that the results are the same ones."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from tests.end_to_end.plan_agreement import dry_run, plan
from tests.end_to_end.test_fan_out import PARAMS, SPEC

from ecoscope_workflows.contracts.digests import digest_of
from ecoscope_workflows.contracts.stored import Collection, Index, read_index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.conftest import Project, Run

# With one element in a chunk, each group is a job of its own.
IN_CHUNKS = ("--fan-out", "jobs", "--chunk-size", "1")
COUNTS = {"mid": 4, "north": 3, "south": 5}
REST = {"herd": 1, "grown": 1, "counted": 1, "text": 1}


def params(counts: dict[str, int] = COUNTS, **changed: Any) -> dict[str, Any]:
    return {**PARAMS, "herd": {"counts": counts}, **changed}


def jobs(run: Run) -> dict[str, int]:
    """Return how many jobs of each rule have run."""
    words = ("rule ", "checkpoint ", "localrule ", "localcheckpoint ")
    lines = [line for line in run.output.splitlines() if line.startswith(words) and line.endswith(":")]
    return {
        name: count
        for name, count in Counter(line.split()[1].rstrip(":") for line in lines).items()
        if name != "all"
    }


def made(project: Project, given: dict[str, Any], **extra: str) -> dict[str, int]:
    """Run with some params, and return how many jobs of each rule have run."""
    project.write_params(given)
    run = project.snakemake(**extra)
    assert run.code == 0, run.output + project.logs()
    return jobs(run)


def items(path: Path) -> list[tuple[Any, str, bytes]]:
    """Return what a collection holds, to the byte."""
    collection = Collection(path)
    index = collection.index
    assert isinstance(index, Index)
    found = []
    for item in index.items:
        with collection.file(item) as file:
            found.append((item.key, item.file, file.read_bytes()))
    return found


@pytest.fixture(scope="module", params=["folder", "file"])
def ran(new_project: Callable[[], Project], request: pytest.FixtureRequest) -> Project:
    """Return a project whose workflow was compiled into chunks, and has run."""
    project = new_project()
    project.write_spec(SPEC)
    project.compiled(*IN_CHUNKS, "--collections", request.param)
    assert made(project, params()) == {**REST, "grown_chunk": 3, "counted_chunk": 3}
    return project


@pytest.fixture(scope="module")
def plain(new_project: Callable[[], Project]) -> Project:
    """Return a project whose workflow was compiled as ever, and has run."""
    project = new_project()
    project.write_spec(SPEC)
    project.compiled()
    assert made(project, params()) == REST
    return project


def collection(project: Project, instance: str) -> Path:
    folder = project.results / instance
    return folder if folder.is_dir() else project.results / f"{instance}.zip"


def test_results_are_those_of_one_job(ran: Project, plain: Project) -> None:
    for instance in ("herd", "grown", "counted"):
        here, there = collection(ran, instance), collection(plain, instance)
        assert items(here) == items(there)
        assert digest_of(here) == digest_of(there)
        assert read_index(here) == read_index(there)
    assert (ran.results / "text.txt").read_bytes() == (plain.results / "text.txt").read_bytes()


def test_a_changed_group_is_one_chunk(ran: Project, copy_of: Callable[[Project], Project]) -> None:
    project = copy_of(ran)
    trace = project.folder / "trace"
    happened = made(project, params({**COUNTS, "south": 6}), FIELDKIT_TRACE=str(trace))
    assert happened == {**REST, "grown_chunk": 1, "counted_chunk": 1}
    assert [line.rpartition(" ")[0] for line in trace.read_text().splitlines()] == ["grow 6"]
    assert (project.results / "text.txt").read_text() == "herd mid: 4; herd north: 3; herd south: 6"
    # What a run without work leaves is in no later run's way.
    assert made(project, params({**COUNTS, "south": 6})) == {}
    assert made(project, params()) == {**REST, "grown_chunk": 1, "counted_chunk": 1}


def test_groups_come_and_go(ran: Project, copy_of: Callable[[Project], Project]) -> None:
    project = copy_of(ran)
    assert made(project, params({"aaa": 7, **COUNTS})) == {**REST, "grown_chunk": 1, "counted_chunk": 1}
    assert (project.results / "text.txt").read_text().startswith("herd aaa: 7; herd mid: 4; ")
    assert made(project, params({"north": 3})) == REST
    assert [key for key, _, _ in items(collection(project, "counted"))] == ["north"]
    assert len(list((project.results / "grown.chunks").iterdir())) == 1
    assert made(project, params({})) == REST
    assert items(collection(project, "counted")) == []
    assert (project.results / "text.txt").read_text() == ""


def test_a_param_of_the_task_is_of_all_chunks(ran: Project, copy_of: Callable[[Project], Project]) -> None:
    project = copy_of(ran)
    happened = made(project, params(grown={"by": 2}))
    rest = {name: count for name, count in REST.items() if name != "herd"}
    assert happened == {**rest, "grown_chunk": 3, "counted_chunk": 3}


def test_calls_are_skipped_as_in_one_job(ran: Project, copy_of: Callable[[Project], Project]) -> None:
    project = copy_of(ran)
    made(project, params({"north": 0, "south": 5}))
    index = read_index(collection(project, "counted"))
    assert isinstance(index, Index)
    first, second = index.items
    assert first.skipped is not None
    assert first.skipped["cause"]["condition"] == "any_empty"
    assert second.skipped is None


def test_a_chunk_that_fails_says_which_instance_it_is_of(
    ran: Project, copy_of: Callable[[Project], Project]
) -> None:
    project = copy_of(ran)
    project.write_params(params(grown={"by": -1}))
    run = project.call("ecoscope-workflows", "run", "work")
    assert run.code == 1
    assert "failed grown: see work/logs/grown/" in run.output
    # What an earlier run has made of the instances behind it is still there, and is not this run's.
    assert "\n1 done, 1 failed, 2 not run  (" in run.output
    state = json.loads(project.call("ecoscope-workflows", "status", "work", "--format", "json").output)
    grown = next(one for one in state if one["instance"] == "grown")
    assert (grown["state"], grown["detail"].partition(" of ")[0]) == ("failed", "EW621 ValueError: herds")
    project.write_params(params(grown={"by": 1}))
    assert project.call("ecoscope-workflows", "run", "work").code == 0
    state = json.loads(project.call("ecoscope-workflows", "status", "work", "--format", "json").output)
    states = {one["instance"]: (one["state"], one["items"], one["rows"]) for one in state}
    assert states["grown"] == ("done", 3, 12)
    assert project.call("ecoscope-workflows", "run", "work").output.startswith("4 done  (nothing to do")


def test_plan_names_the_instances_and_says_what_it_cannot_know(
    ran: Project, copy_of: Callable[[Project], Project]
) -> None:
    project = copy_of(ran)
    assert (plan(project)["jobs"], dry_run(project)) == ([], {})
    for given in (params({**COUNTS, "south": 6}), params(grown={"by": 2})):
        project.write_params(given)
        said = plan(project)
        dry = {name for name in dry_run(project) if not name.endswith("_chunk")}
        assert {job["instance"] for job in said["jobs"]} == dry
        assert not said["doubts"]
        assert any("grown, counted" in note for note in said["notes"])


def test_the_snakefile_is_as_an_expert_writes_it(ran: Project) -> None:
    file = ran.work / "workflow" / "Snakefile"
    assert ran.call("snakefmt", "--check", str(file)).code == 0
    linted = ran.call("snakemake", "--lint", folder=ran.work)
    assert "Congratulations" in linted.output, linted.output
