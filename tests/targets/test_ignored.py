"""What tasks ask for and a target does not give them: one warning a kind, and none where all is honoured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.targets.test_chunk_rules import CHAIN

from ecoscope_workflows.compiler.compile import TARGETS
from ecoscope_workflows.targets.ignored import ignored
from ecoscope_workflows.targets.layout import Layout
from ecoscope_workflows.targets.view import view

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.graph.model import Graph

    GraphOf = Callable[[str], Graph]

# `work` has an image, threads, memory, retries and a timeout.
ALL = """\
  - {id: numbers, task: load, resources: {threads: 2, disk_mb: 10, gpu: 1, runtime: 2h}}
  - {id: total, task: work, partial: {values: "${{ workflow.numbers.return }}"}}
  - {id: again, task: work, partial: {values: "${{ workflow.numbers.return }}"}, retries: 0}
  - {id: page, task: show, partial: {parts: ["${{ workflow.total.return }}", "${{ workflow.again.return }}"]}}
"""
IMAGE = "the image registry.example/heavy:1.2 of 'total', 'again'"
IN_ONE_PROCESS = [
    IMAGE,
    "the resources disk_mb, gpu, runtime, mem_mb of 'numbers', 'total', 'again'",
    "the retries of 'total'",
    "the timeout of 'total', 'again'",
]
IGNORED = {
    "snakemake": [IMAGE],
    "script-sequential": IN_ONE_PROCESS,
    "jupytext": IN_ONE_PROCESS,
    # Of numbers it takes those that pods have, and none in a unit of its own.
    "airflow-kubernetes": ["the resources gpu, runtime of 'numbers'"],
}


def told(graph: Graph, target: str) -> list[str]:
    found = ignored(view(graph), target)
    assert {(problem.code, problem.severity) for problem in found} <= {("EW387", "warning")}
    assert all(problem.where and problem.hint for problem in found)
    return [problem.what.partition(" ignores ")[2] for problem in found]


@pytest.mark.parametrize("target", TARGETS)
def test_each_kind_of_what_a_target_ignores_is_told_once(graph_of: GraphOf, target: str) -> None:
    assert told(graph_of(ALL), target) == IGNORED[target]


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_said_where_nothing_is_asked_for(graph_of: GraphOf, target: str) -> None:
    assert told(graph_of('  - {id: page, task: show, partial: {parts: "x"}}\n'), target) == []


def test_pods_of_airflow_get_what_they_can(graph_of: GraphOf) -> None:
    workflow = "  - {id: total, task: work, resources: {mem_mb: 5, disk_mb: 7, runtime: 3}}\n"
    assert told(graph_of(workflow), "airflow-kubernetes") == []


def test_snakemake_says_how_images_count(graph_of: GraphOf) -> None:
    (problem,) = ignored(view(graph_of(ALL)), "snakemake")
    assert "--sdm apptainer" in problem.hint
    assert problem.what.startswith("Snakemake by itself ignores")
    assert str(problem.where) == "specs/spec.yaml:5:10"


def test_a_mocked_task_asks_for_nothing(graph_of: GraphOf) -> None:
    mocks = {"total": "total.json", "again": "again.json"}
    assert ignored(view(graph_of(ALL), mocks), "snakemake") == []


def test_of_many_tasks_the_first_are_named(graph_of: GraphOf) -> None:
    many = "".join(f"  - {{id: n{number}, task: work}}\n" for number in range(7))
    assert told(graph_of(many), "snakemake") == [
        "the image registry.example/heavy:1.2 of 'n0', 'n1', 'n2', 'n3', 'n4' and 2 more"
    ]


def test_what_goes_on_being_one_job_is_told_where_several_are_asked_for(graph_of: GraphOf) -> None:
    laid_out = view(graph_of(CHAIN), layout=Layout(chunk_size=5))
    assert ignored(laid_out, "snakemake") == []
    (problem,) = ignored(laid_out, "snakemake", chunks=True)
    # `again` goes through the stored result of `twice`, which itself goes through a mapping.
    assert problem.what == "the target snakemake ignores --fan-out jobs of 'twice'"
    assert "no collection that an instance stores" in problem.hint
