"""The programs of a spec in, the proof that they compute the same out, or what each has otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecoscope_workflows.compiler.compile import AIRFLOW, JUPYTEXT, SCRIPT, SNAKEMAKE
from ecoscope_workflows.compiler.verifying.differences import evaluated_differences, result_difference
from ecoscope_workflows.compiler.verifying.installed_airflow import installed_airflow
from ecoscope_workflows.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecoscope_workflows.compiler.verifying.programs import Ran
    from ecoscope_workflows.graph.model import Graph
    from ecoscope_workflows.targets.rows import Row
    from ecoscope_workflows.targets.view import View

# The cheapest one first: the others are compared with it.
RUNNABLE = (SCRIPT, JUPYTEXT, SNAKEMAKE)


@dataclass(frozen=True)
class Proof:
    """What the comparison of targets has shown.

    Parameters
    ----------
    targets, tasks
        How many targets were run, and how many task instances were compared.
    problems
        Which targets failed, and for each instance what the first target has otherwise that does.
    """

    targets: int
    tasks: int
    problems: tuple[Problem, ...]


def runnable() -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the targets that can be run here, and of the others why they cannot."""
    python, missing = installed_airflow()
    return ((*RUNNABLE, AIRFLOW), {}) if python else (RUNNABLE, {AIRFLOW: missing})


def proof_of(graph: Graph, laid_out: View, ran: Sequence[Ran]) -> Proof:
    """Compare what the programs of a workflow have computed, each with the first one that came to its end.

    Complexity: linear in the size of the results.

    Parameters
    ----------
    graph, laid_out
        The workflow.
    ran
        What came of each program.

    Raises
    ------
    StorageError
        When a result cannot be read.
    """
    ended = [one for one in ran if not one.error]
    differences: dict[str, str] = {}
    # What only a mocked instance would need is not run by every target.
    for row in (row for row in laid_out.jobs if row.result in laid_out.wanted):
        for other in ended[1:]:
            for instance, difference in _differences(graph, row, ended[0], other).items():
                said = f"{other.target} differs from {ended[0].target}: {difference}"
                differences[instance] = differences.get(instance) or (said if difference else "")
    found = [
        Problem("EW781", f"{node.id}: {differences[node.id]}", node.instance.where)
        for node in graph
        if differences.get(node.id)
    ]
    return Proof(len(ran), len(differences), (*_failures(ran), *found))


def _differences(graph: Graph, row: Row, first: Ran, second: Ran) -> dict[str, str]:
    """Return what two programs have otherwise of an instance, and of the cheap ones that it needs."""
    node = graph.nodes[row.id]
    paths: list[Path] = [one.results / one.layout.file_of(node.id, node.suffix) for one in (first, second)]
    difference = result_difference(paths[0], paths[1], node.codec)
    there = all(path.exists() for path in paths)
    evaluated = evaluated_differences(paths[0], paths[1]) if there else {}
    return {**evaluated, row.id: difference}


def _failures(ran: Sequence[Ran]) -> list[Problem]:
    """Return the errors of the programs, each once, with the targets and logs that have it."""
    by_error: dict[str, list[Ran]] = {}
    for one in ran:
        if one.error:
            by_error.setdefault(one.error, []).append(one)
    return [
        Problem(
            "EW782",
            f"{', '.join(one.target for one in failed)} failed: {error}",
            hint=f"see {', '.join(str(one.log) for one in failed)}",
        )
        for error, failed in by_error.items()
    ]
