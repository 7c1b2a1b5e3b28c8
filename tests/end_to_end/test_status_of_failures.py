"""`status` says of each failed job what went wrong, whether a warm worker ran it or not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.conftest import Project

INSTANCES: list[dict[str, Any]] = [
    {"id": "fine", "task": "echo", "partial": {"value": "well"}},
    {"id": "ratio", "task": "divide", "partial": {"number": 1, "by": 0}},
    {"id": "sleepy", "task": "sleeper", "partial": {"seconds": 60.0}},
    {"id": "shot", "task": "killed", "partial": {"sign": "x"}},
    {"id": "typed", "task": "wrong_type"},
    {"id": "later", "task": "echo", "partial": {"value": "${{ workflow.ratio.return }}"}},
]
EXPECTED = {
    "fine": ("done", ""),
    "ratio": ("failed", "EW621 ZeroDivisionError: division by zero"),
    "sleepy": ("failed", "EW622 sleepy: the task took longer than its timeout of 1 s"),
    "shot": ("not run", "killed or stopped"),
    "typed": ("failed", "EW614 typed: the result: expected integer, got 'forty-two'"),
    "later": ("not run", ""),
}


@pytest.mark.slow
@pytest.mark.parametrize("warm", ["1", "0"], ids=["warm", "cold"])
def test_status_tells_each_failure_in_its_own_words(new_project: Callable[[], Project], warm: str) -> None:
    project = new_project()
    project.write_instances(INSTANCES)
    project.compiled()

    assert project.snakemake(ECOSCOPE_WORKFLOWS_WARM=warm).code == 1

    run = project.call("ecoscope-workflows", "status", "work", "--format", "json")
    assert run.code == 0, run.output
    found = {one["instance"]: (one["state"], one["detail"]) for one in json.loads(run.output)}
    notes = {name: detail for name, (_, detail) in found.items() if "; the log ends with: note: " in detail}
    # A note on how the job was started is all that a killed job may have said.
    assert set(notes) <= {"shot"}
    assert {
        name: (state, detail.partition("; the log ends")[0]) for name, (state, detail) in found.items()
    } == EXPECTED
