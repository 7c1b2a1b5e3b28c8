"""`compile --target all --verify` as people run it: every target runs, and every value is compared."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.clusters.dag_bench import AIRFLOW_VARIABLE, environment_of_airflow
from tests.end_to_end.conftest import whole

from ecoscope_workflows.compiler.loading import load_graph

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.conftest import Project, Run

SPECS = Path(__file__).parents[2] / "specs"
PLACE = "Côte d'Ivoire"
# Values that are easily something else once they have been a file, or have stood in a program.
ODDITIES = """\
id: json
requirements: []
task-instance-defaults: {skipif: {conditions: [any_empty, any_skipped]}}
workflow:
  - {id: odd, task: odd_values}
  - {id: odd_shown, task: show, partial: {value: {a: "${{ workflow.odd.return }}"}}}
  - {id: table, task: odd_frame}
  - {id: table_shown, task: spoil, partial: {frame: "${{ workflow.table.return }}"}}
  - {id: table_again, task: spoil, partial: {frame: "${{ workflow.table.return }}"}}
  - {id: in_spec, task: show, partial: {value: {z: 1, a: {y: 2, b: 3}}}}
  - {id: in_params, task: show}
  - {id: place, task: show, partial: {value: ["${{ env.FIELDKIT_PLACE }}", "${{ workflow.in_spec.return }}"]}}
  - {id: herd, task: herds}
  - id: grown
    task: grow
    partial: {by: 1}
    mapvalues: {argnames: frame, argvalues: "${{ workflow.herd.return }}"}
  - {id: title, task: caption, partial: {text: a herd}}
  - id: note
    task: write_note
    partial: {text: "${{ workflow.title.return }}", folder: "${{ env.ECOSCOPE_WORKFLOWS_RESULTS }}"}
"""
GIVEN = {
    "in_params": {"value": {"z": 1.0, "a": {"y": None, "b": "on"}}},
    "herd": {"counts": {"n": 3, "s": 0}},
}
# Tasks that depend on the program that they run in.
PROGRAMS = '''

@distributed
def rolled(faces: int) -> AnyDataFrame:
    """Return a table whose last value differs from process to process."""
    import os

    import pandas as pd

    return pd.DataFrame({"face": range(faces), "seen": [*range(faces - 1), os.getpid()]})


@distributed
def by_hand() -> str:
    """Fail in a notebook."""
    import sys

    if sys.argv[0].endswith("notebook.py"):
        raise ValueError("no hands here")
    return "made"
'''
DIFFERING = """\
id: differing
requirements: []
workflow:
  - {id: dice, task: rolled, partial: {faces: 3}}
  - {id: parts, task: halves, partial: {frame: "${{ workflow.dice.return }}"}}
  - {id: again, task: echo, partial: {value: 1}}
  - {id: made, task: by_hand}
"""


def verify(project: Project, *words: str | Path, airflow: Path | str = "", **extra: str) -> Run:
    command = ("ecoscope-workflows", "compile", "--target", "all", "--verify", *words)
    temporary = project.folder / "temporary"
    temporary.mkdir()
    variables = {AIRFLOW_VARIABLE: str(airflow), "TMPDIR": str(temporary), **extra}
    return project.call(*command, folder=project.folder, **variables)


@pytest.mark.parametrize("spec", sorted(SPECS.glob("*/spec.yaml")), ids=lambda path: path.parent.name)
def test_every_target_computes_the_same_of_an_example(spec: Path, project: Project) -> None:
    run = verify(project, spec)
    assert run.code == 0, run.output
    count = len(load_graph(spec).nodes)
    assert run.output.splitlines()[-1] == f"3 targets × {count} tasks: identical"  # noqa: RUF001  # a sign of multiplication
    assert "airflow-kubernetes: not run: apache-airflow is not installed here" in run.output
    assert not list((project.folder / "temporary").iterdir())


@pytest.fixture(scope="module")
def odd(new_project: Callable[[], Project]) -> tuple[Project, Run]:
    """Verify a spec of odd values, in Airflow too where there is one, and keep all that was made."""
    project = new_project()
    project.write_spec(ODDITIES)
    params = project.write_params(GIVEN)
    airflow = os.environ.get(AIRFLOW_VARIABLE, "")
    return project, verify(
        project, "spec.yaml", "--params", params, "--keep", "kept", airflow=airflow, FIELDKIT_PLACE=PLACE
    )


def test_every_value_reaches_the_next_task_as_the_same_value(odd: tuple[Project, Run]) -> None:
    project, run = odd
    assert run.code == 0, run.output
    assert run.output.splitlines()[-1].endswith("targets × 12 tasks: identical")  # noqa: RUF001  # as above
    kept = project.folder / "kept"
    made = {name: whole(kept / name / "results") for name in ("script-sequential", "jupytext", "snakemake")}
    script = made.pop("script-sequential")
    assert PLACE in script["place.txt"].decode()
    assert b"Ivoire" not in script["place.txt.provenance.json"]
    assert script["note.files/a he.txt"] == b"a herd"
    # With all that the files say of where they come from.
    assert made == {"jupytext": script, "snakemake": script}


def test_airflow_is_one_of_the_targets_where_there_is_one(odd: tuple[Project, Run]) -> None:
    environment_of_airflow()
    project, run = odd
    assert run.output.splitlines()[-1] == "4 targets × 12 tasks: identical"  # noqa: RUF001  # as above
    kept = project.folder / "kept"
    (results,) = kept.glob("airflow-kubernetes/json/*/results")
    by_airflow, script = whole(results), whole(kept / "script-sequential" / "results")
    assert by_airflow.keys() == script.keys()
    # The path of its file, and so its provenance, is another one.
    unlike = {name for name, content in script.items() if by_airflow[name] != content}
    assert unlike == {"note.txt"}


def test_what_differs_is_told_with_column_row_and_targets_and_what_fails_with_its_log(
    project: Project,
) -> None:
    groups = project.site / "fieldkit" / "groups.py"
    groups.write_text(groups.read_text() + PROGRAMS)
    project.write_spec(DIFFERING)
    run = verify(project, "spec.yaml")
    assert run.code == 1, run.output
    assert "Traceback" not in run.output
    assert "identical" not in run.output
    (kept,) = (project.folder / "temporary").iterdir()
    assert f"programs, results and logs are in {kept}\n" in run.output
    log = kept / "jupytext" / "run.log"
    assert (
        f"[EW782]: jupytext failed: EW621 made raised ValueError: no hands here\n = hint: see {log}\n"
        in run.output
    )
    assert "no hands here" in log.read_text()
    told = re.findall(r"\[EW781\]: (.*)\n --> spec.yaml:(\d+):", run.output)
    pids = [re.sub(r"\d{2,}|[2-9]\.\d+", "N", what) for what, _ in told]
    assert [line for _, line in told] == ["4", "5"]
    where = "snakemake differs from script-sequential:"
    assert pids[0] == f"dice: {where} column 'seen', row 2: N, not N"
    assert pids[1] == f"parts: {where} item 1: column 'seen', row 1: N, not N"
