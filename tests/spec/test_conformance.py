"""The cases of the published grammar that reading decides; the others are tested with the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.spec.load import load_spec

if TYPE_CHECKING:
    from pathlib import Path

NEEDS_TASKS = "decided when the names are looked up"

# What reading alone does not refuse, and why.
NOT_REFUSED_HERE = {
    "defaults-unregistered-condition.yaml": NEEDS_TASKS,
    "skipif-ambiguous-condition.yaml": NEEDS_TASKS,
    "skipif-unregistered.yaml": NEEDS_TASKS,
    "ref-cycle.yaml": NEEDS_TASKS,
    "ref-to-spec-id.yaml": NEEDS_TASKS,
    "ref-unknown-id.yaml": NEEDS_TASKS,
    "task-ambiguous-short-name.yaml": NEEDS_TASKS,
    "task-fq-bad-path.yaml": NEEDS_TASKS,
    "task-fq-wrong-module.yaml": NEEDS_TASKS,
    "group-forward-ref-into-later-group.yaml": "instances may stand in any order",
    "map-forward-ref.yaml": "instances may stand in any order",
    "ref-forward.yaml": "instances may stand in any order",
    "ref-field-of-return.yaml": "here a part of a result can be referred to as well",
    "root-legacy-tasks-dict.yaml": "the grammar of the README is read as well",
}


# What the published compiler lets pass by neglect, and what is said of it here.
REFUSED_QUIRKS = {"rjsf-unknown-section.yaml": "6:18: EW212 `rjsf-overrides` has no key 'propertees'"}


def cases(reference_data: Path, folder: str) -> list[Path]:
    found = sorted((reference_data.parent / "conformance" / folder).glob("*.yaml"))
    assert found, folder
    return found


def test_all_that_must_be_accepted_is_read(reference_data: Path) -> None:
    for path in cases(reference_data, "accept"):
        if path.name not in REFUSED_QUIRKS:
            assert load_spec(path).id in {"my_flow", "add"}, path.name


def test_a_quirk_that_is_refused_is_refused_with_a_place_and_a_hint(reference_data: Path) -> None:
    for name, message in REFUSED_QUIRKS.items():
        path = reference_data.parent / "conformance" / "accept" / name
        with pytest.raises(SpecError) as caught:
            load_spec(path)
        (problem,) = caught.value.problems
        assert str(problem).startswith(f"{path}:{message}\n  hint: ")


def test_all_that_is_wrong_by_itself_is_refused_at_a_place(reference_data: Path) -> None:
    refused = 0
    for path in cases(reference_data, "reject"):
        if path.name in NOT_REFUSED_HERE:
            continue
        with pytest.raises(SpecError) as caught:
            load_spec(path)
        for problem in caught.value.problems:
            assert problem.where is not None, path.name
            assert problem.where.file == str(path)
            assert problem.where.line >= 1, path.name
            assert problem.where.column >= 1, path.name
        refused += 1
    assert refused >= 50


def test_what_reading_does_not_refuse_is_read(reference_data: Path) -> None:
    names = {path.name for path in cases(reference_data, "reject")}
    assert set(NOT_REFUSED_HERE) <= names
    for name in NOT_REFUSED_HERE:
        # A case that is refused now has to leave the table.
        load_spec(reference_data.parent / "conformance" / "reject" / name)
