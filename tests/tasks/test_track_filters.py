"""The forms of what removes wrong fixes and segments are the published ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from ecoscope_workflows.tasks.track_filters import BoundingBox, Coordinate, TrajectorySegmentFilter

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("model", "task", "argument"),
    [
        (BoundingBox, "apply_reloc_coord_filter", "bounding_box"),
        (TrajectorySegmentFilter, "relocations_to_trajectory", "trajectory_segment_filter"),
    ],
)
def test_defaults_are_the_published_ones(reference_data: Path, model: Any, task: str, argument: str) -> None:
    path = reference_data / "published-specs" / "task-signatures.json"
    published = json.loads(path.read_text(encoding="utf-8"))[task]["unbound"][argument]["default"]
    made = model().model_dump()
    assert made == published
    assert list(made) == list(published)


@pytest.mark.parametrize("model", [BoundingBox, TrajectorySegmentFilter])
def test_all_fields_are_advanced_and_optional(model: Any) -> None:
    schema = model.model_json_schema()
    assert "required" not in schema
    assert all(field["ecoscope:advanced"] for field in schema["properties"].values())


def test_a_coordinate_needs_both_numbers() -> None:
    schema = Coordinate.model_json_schema()
    titles = {name: field["title"] for name, field in schema["properties"].items()}
    assert titles == {"y": "Latitude", "x": "Longitude"}
    with pytest.raises(ValidationError, match="y\n  Field required"):
        Coordinate.model_validate({"x": 1.0})


def test_every_maximum_at_fault_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        TrajectorySegmentFilter(min_length_meters=9, max_length_meters=9, min_time_secs=9, max_time_secs=2)
    assert (
        "max_length_meters must be greater than min_length_meters; "
        "max_time_secs must be greater than min_time_secs"
    ) in str(caught.value)
