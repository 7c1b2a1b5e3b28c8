"""The schemas of the built-in tasks take the frames of published workflows, and refuse what breaks them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from pandera.errors import SchemaError

from ecoscope_workflows.annotations import DataFrame
from ecoscope_workflows.contracts.assignable import assignable
from ecoscope_workflows.tasks import schemas

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED = [
    ("io/get-subjectgroup-observations", schemas.SubjectGroupObservations, "fixtime"),
    ("io/get-patrol-observations", schemas.PatrolObservations, "fixtime"),
    ("io/get-patrol-observations-from-smart", schemas.PatrolObservations, "groupby_col"),
    ("io/get-events", schemas.EventsWithDisplayNames, "event_type_display"),
    ("io/get-events-from-smart", schemas.Events, "time"),
    ("io/get-patrol-events", schemas.EventsWithDisplayNames, "event_type"),
    ("io/get-spatial-features-group", schemas.Regions, "metadata"),
    ("preprocessing/process-relocations", schemas.Relocations, "junk_status"),
    ("preprocessing/relocations-to-trajectory", schemas.DisplacedTrajectory, "nsd"),
    ("preprocessing/relocations-to-trajectory", schemas.UTCTrajectory, "heading"),
]


@pytest.mark.parametrize(("name", "schema", "needed"), PUBLISHED)
def test_a_published_frame_fits_until_it_lacks_a_column(
    reference_data: Path, name: str, schema: Any, needed: str
) -> None:
    frame = gpd.read_parquet(reference_data / "ecoscope2026" / f"{name}.example-return.parquet")
    schema.validate(frame)
    with pytest.raises(SchemaError, match=needed):
        schema.validate(frame.drop(columns=needed))


@pytest.mark.parametrize(
    ("schema", "column"),
    [
        (schemas.SubjectGroupObservations, "extra__subject__sex"),
        (schemas.PatrolObservations, "patrol_subject"),
        (schemas.Events, "event_category"),
        (schemas.Events, "reported_by"),
    ],
)
def test_optional_columns_may_be_missing(reference_data: Path, schema: Any, column: str) -> None:
    name = next(name for name, published, _ in PUBLISHED if published is schema)
    name = "io/get-events" if schema is schemas.Events else name
    frame = gpd.read_parquet(reference_data / "ecoscope2026" / f"{name}.example-return.parquet")
    schema.validate(frame.drop(columns=column))
    schema.validate(frame.assign(**{column: pd.Series([None] * len(frame), dtype=object, index=frame.index)}))


def test_a_trajectory_may_have_more_levels_of_index_and_any_zone(reference_data: Path) -> None:
    name = "ecoscope2026/preprocessing/relocations-to-trajectory.example-return.parquet"
    frame = gpd.read_parquet(reference_data / name)
    frame = frame.assign(
        segment_start=frame["segment_start"].dt.tz_convert("Africa/Nairobi"),
        segment_end=frame["segment_end"].dt.tz_convert("Africa/Nairobi"),
    ).set_index(["groupby_col"], append=True, drop=False)
    schemas.Trajectory.validate(frame)
    with pytest.raises(SchemaError):
        schemas.UTCTrajectory.validate(frame)
    naive = frame.assign(segment_start=frame["segment_start"].dt.tz_localize(None))
    with pytest.raises(SchemaError, match="segment_start"):
        schemas.Trajectory.validate(naive)


def test_patrols() -> None:
    frame = pd.DataFrame(
        {"id": ["a"], "state": ["done"], "serial_number": [7], "patrol_segments": [[{"id": "b"}]]}
    )
    schemas.Patrols.validate(frame)
    with pytest.raises(SchemaError, match="serial_number"):
        schemas.Patrols.validate(frame.assign(serial_number="7"))


@pytest.mark.parametrize(
    ("produced", "required", "answer"),
    [
        (schemas.DisplacedTrajectory, schemas.Trajectory, "yes"),
        (schemas.UTCTrajectory, schemas.Trajectory, "yes"),
        (schemas.SubjectGroupObservations, schemas.Observations, "yes"),
        (schemas.PatrolObservations, schemas.Relocations, "yes"),
        (schemas.EventsWithDisplayNames, schemas.Events, "yes"),
        (schemas.Events, schemas.Trajectory, "no"),
        (schemas.Trajectory, schemas.Relocations, "no"),
    ],
)
def test_which_frames_may_stand_for_which(produced: Any, required: Any, answer: str) -> None:
    assert assignable(DataFrame[produced], DataFrame[required]).answer == answer
