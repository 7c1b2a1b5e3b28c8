"""The form of groupers, and what the task makes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.groupby import set_groupers
from ecoscope_workflows.tasks.groupers import AllGrouper, SpatialGrouper, TemporalGrouper, ValueGrouper

if TYPE_CHECKING:
    from pathlib import Path

NAME = ValueGrouper(index_name="subject_name")
MONTH = TemporalGrouper(temporal_index="%B")
PLACE = SpatialGrouper(spatial_index_name="SpatialGrouperTest")


@pytest.mark.parametrize(
    ("groupers", "expected"),
    [
        (None, AllGrouper()),
        ([], AllGrouper()),
        ([PLACE, NAME, MONTH], [PLACE, NAME, MONTH]),
        ([NAME, MONTH, NAME], [NAME, MONTH]),
    ],
)
def test_groupers(groupers: Any, expected: Any) -> None:
    assert set_groupers(groupers) == expected


def test_it_is_cheap() -> None:
    metadata = task_metadata(set_groupers)
    assert metadata is not None
    assert metadata.cheap


def test_the_form_is_the_published_one(reference_data: Path) -> None:
    text = (reference_data / "published-specs" / "task-signatures.json").read_text(encoding="utf-8")
    expected = json.loads(text)["set_groupers"]["unbound"]["groupers"]
    parameter = task_info(set_groupers, "groupby", "set_groupers").parameters["groupers"]
    schema = parameter.adapter.json_schema()
    definitions = schema.pop("$defs")
    assert schema | {"default": parameter.default} == expected
    # What a workflow fills in while it runs is no part of the form.
    assert set(definitions) == {"ValueGrouper", "TemporalGrouper", "SpatialGrouper"}
    assert set(definitions["SpatialGrouper"]["properties"]) == {"spatial_index_name"}
