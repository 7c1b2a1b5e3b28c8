"""What programs have made is compared instance by instance; an error is told once for all that have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.compiler.loading import load_graph
from ecoscope_workflows.compiler.verifying.installed_airflow import VARIABLE, installed_airflow
from ecoscope_workflows.compiler.verifying.programs import Ran, told
from ecoscope_workflows.compiler.verifying.verification import Proof, proof_of, runnable
from ecoscope_workflows.contracts.codecs import JsonCodec
from ecoscope_workflows.runtime.storage import write_result
from ecoscope_workflows.targets.view import view

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """\
id: words
requirements: []
workflow:
  - {id: first, task: set_list_of_string_vars}
  - {id: second, task: set_list_of_string_vars}
"""
# Cheap instances have files where they are mocked.
MOCKS = {"first": "first.json", "second": "second.json"}
TRACEBACK = """\
error: /site/kit.py:2:1: EW621 made (task 'divide') raised ZeroDivisionError
Traceback (most recent call last):
  File "/site/kit.py", line 2, in divide
    return number / by
ZeroDivisionError: division by zero
"""


def ran(folder: Path, target: str, error: str = "", **made: str) -> Ran:
    results = folder / target / "results"
    for instance, word in made.items():
        write_result([word], results / f"{instance}.json", JsonCodec(), {})
    return Ran(target, results, results.with_name("run.log"), error)


def proof(folder: Path, *programs: Ran) -> Proof:
    (folder / "spec.yaml").write_text(SPEC)
    graph = load_graph(folder / "spec.yaml")
    return proof_of(graph, view(graph, MOCKS), programs)


def test_what_is_the_same_is_counted(tmp_path: Path) -> None:
    found = proof(tmp_path, *(ran(tmp_path, name, first="a", second="b") for name in ("x", "y", "z")))
    assert found == Proof(3, 2, ())


def test_an_instance_is_told_once_with_the_first_target_that_differs(tmp_path: Path) -> None:
    found = proof(
        tmp_path,
        ran(tmp_path, "x", first="a", second="b"),
        ran(tmp_path, "y", first="a", second="c"),
        ran(tmp_path, "z", first="d", second="d"),
    )
    assert [(one.code, one.what) for one in found.problems] == [
        ("EW781", "first: z differs from x: result[0]: 'd', not 'a'"),
        ("EW781", "second: y differs from x: result[0]: 'c', not 'b'"),
    ]
    assert [one.where.line for one in found.problems if one.where] == [4, 5]


def test_an_error_is_told_once_and_the_other_targets_are_compared(tmp_path: Path) -> None:
    found = proof(
        tmp_path,
        ran(tmp_path, "w", "EW621 made raised ValueError"),
        ran(tmp_path, "x", first="a", second="b"),
        ran(tmp_path, "y", "EW621 made raised ValueError"),
        ran(tmp_path, "z", first="a", second="c"),
    )
    assert [(one.code, one.what) for one in found.problems] == [
        ("EW782", "w, y failed: EW621 made raised ValueError"),
        ("EW781", "second: z differs from x: result[0]: 'c', not 'b'"),
    ]
    assert found.problems[0].hint == f"see {tmp_path / 'w' / 'run.log'}, {tmp_path / 'y' / 'run.log'}"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (TRACEBACK, "EW621 made raised ZeroDivisionError: division by zero"),
        (
            "error: EW614 made: the result breaks its contract:\n  - none\n",
            "EW614 made: the result breaks its",
        ),
        ("Snakemake\nWorkflowError: none\n\n", "WorkflowError: none"),
        ("", "it said nothing"),
    ],
)
def test_an_error_is_told_on_one_line(said: str, error: str, tmp_path: Path) -> None:
    (tmp_path / "run.log").write_text(said)
    line = told(tmp_path / "run.log")
    assert line.startswith(error)
    assert "\n" not in line


def test_airflow_is_looked_for_where_it_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert runnable() == (
        ("script-sequential", "jupytext", "snakemake"),
        {"airflow-kubernetes": f"there is no Airflow in {tmp_path}, which {VARIABLE} names"},
    )
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "airflow").touch()
    assert installed_airflow() == (str(tmp_path / "bin" / "python"), "")
    assert runnable() == (("script-sequential", "jupytext", "snakemake", "airflow-kubernetes"), {})
