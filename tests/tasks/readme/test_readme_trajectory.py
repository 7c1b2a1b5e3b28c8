"""The trajectory of the README: as published on its data, right on the globe, never silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal
from pydantic import TypeAdapter

from ecoscope_workflows.tasks.readme import relocations_to_trajectory
from ecoscope_workflows.tasks.schemas import UTCTrajectory

if TYPE_CHECKING:
    from pathlib import Path

OPEN: dict[str, float] = {
    "min_length_meters": 0.0,
    "max_length_meters": 1e8,
    "max_time_secs": 1e9,
    "min_time_secs": 0.0,
    "max_speed_kmhr": 1e9,
    "min_speed_kmhr": 0.0,
}
COLUMNS = [
    *("groupby_col", "segment_start", "segment_end", "timespan_seconds", "dist_meters"),
    *("speed_kmhr", "heading", "geometry", "junk_status"),
]
# Two animals, three fixes each, 10 minutes apart: four segments.
TWO = [
    (animal, minute, 37 + minute / 1000, shift)
    for minute in (0, 10, 20)
    for animal, shift in (("a", 0), ("b", 1))
]


@pytest.mark.parametrize(
    ("folder", "bounds", "fixes", "segments"),
    [
        ("seed_2024-05", (0.001, 10000, 3600, 1, 120, 0.0), 1500, 1499),
        ("ecoscope2026/preprocessing", (0.001, 10000, 21600, 1, 10, 0.01), 8928, 7186),
        ("oct2024", (0.001, 10000, 21600, 1, 10, 0.0), 44086, 41532),
    ],
)
def test_gives_the_published_trajectory(
    reference_data: Path, folder: str, bounds: tuple[float, ...], fixes: int, segments: int
) -> None:
    relocations = gpd.read_parquet(reference_data / folder / "process-relocations.example-return.parquet")
    path = reference_data / folder / "relocations-to-trajectory.example-return.parquet"
    published = gpd.read_parquet(path).drop(columns="nsd", errors="ignore")
    found: Any = relocations_to_trajectory(relocations, *bounds)
    assert (len(relocations), len(found)) == (fixes, segments)
    assert list(found.columns) == list(published.columns) == COLUMNS
    assert found.crs == published.crs
    assert found.index.name == published.index.name
    assert set(found.index) == set(published.index)
    assert found["segment_start"].is_monotonic_increasing
    # Segments of several animals that start at one time have no published order.
    ours = found.loc[published.index]
    for column in COLUMNS:
        if published[column].dtype == np.float64:
            assert np.abs(ours[column] - published[column]).max() < 1e-6, column
        elif column == "geometry":
            assert (shapely.get_coordinates(ours[column]) == shapely.get_coordinates(published[column])).all()
        else:
            assert (ours[column] == published[column]).all(), column
            assert ours[column].dtype == published[column].dtype, column
    UTCTrajectory.validate(found)


def test_the_published_form_of_the_parameters() -> None:
    task: Any = relocations_to_trajectory
    schema = TypeAdapter(task).json_schema()
    names = list(OPEN)
    assert [name for name in schema["properties"] if name != "relocations"] == names
    assert schema["required"] == ["relocations", *names]
    for name in names:
        assert schema["properties"][name] == {"title": name.replace("_", " ").title(), "type": "number"}


def test_a_degree_along_the_equator(frame_of: Any) -> None:
    found = relocations_to_trajectory(frame_of([("a", 0, 0, 0), ("a", 60, 1, 0)]), **OPEN)
    row = found.loc["fix-0"]
    # The equator is a circle of radius 6 378 137 m.
    assert row["dist_meters"] == pytest.approx(np.pi / 180 * 6378137, abs=1e-6)
    assert row["timespan_seconds"] == 3600
    assert row["speed_kmhr"] == pytest.approx(111.319490793, abs=1e-9)
    assert row["heading"] == pytest.approx(90)
    assert (row["segment_start"], row["segment_end"]) == (
        pd.Timestamp("2024-03-01T00:00Z"),
        pd.Timestamp("2024-03-01T01:00Z"),
    )
    assert row["geometry"].wkt == "LINESTRING (0 0, 1 0)"


def test_headings_run_from_0_to_360(frame_of: Any) -> None:
    around = [(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)]
    found = relocations_to_trajectory(frame_of([("a", n, x, y) for n, (x, y) in enumerate(around)]), **OPEN)
    assert found["heading"].to_numpy() == pytest.approx([0, 90, 180, 270], abs=0.01)


def test_a_segment_over_the_antimeridian_takes_the_short_way(frame_of: Any) -> None:
    found = relocations_to_trajectory(frame_of([("a", 0, 179.9, 0), ("a", 60, -179.9, 0)]), **OPEN)
    assert found["dist_meters"].to_list() == pytest.approx([0.2 * np.pi / 180 * 6378137])
    assert found["heading"].to_list() == pytest.approx([90])
    assert found.geometry.iloc[0].wkt == "LINESTRING (179.9 0, -179.9 0)"


def test_a_segment_over_the_pole_takes_the_short_way(frame_of: Any) -> None:
    found = relocations_to_trajectory(
        frame_of([("a", 0, 0, 89.9), ("a", 60, 180, 89.9), ("a", 90, 5, 90)]), **OPEN
    )
    # Near the pole a degree of latitude is 111.694 km.
    assert found["dist_meters"].to_list() == pytest.approx([0.2 * 111694, 0.1 * 111694], abs=0.5)
    assert np.isfinite(found[["heading", "speed_kmhr"]].to_numpy()).all()


def test_bounds_are_kept_and_name_what_lies_outside(frame_of: Any) -> None:
    frame = frame_of([("a", 0, 0, 0), ("a", 10, 0.01, 0), ("a", 40, 0.01, 0.02)])
    all_segments = relocations_to_trajectory(frame, **OPEN)
    for name, column in (
        ("length_meters", "dist_meters"),
        ("time_secs", "timespan_seconds"),
        ("speed_kmhr",) * 2,
    ):
        low, high = sorted(all_segments[column])
        assert len(relocations_to_trajectory(frame, **{**OPEN, f"min_{name}": low, f"max_{name}": high})) == 2
        above = relocations_to_trajectory(frame, **{**OPEN, f"min_{name}": np.nextafter(low, high)})
        assert above[column].to_list() == [high]
        below = relocations_to_trajectory(frame, **{**OPEN, f"max_{name}": np.nextafter(high, low)})
        assert below[column].to_list() == [low]


@pytest.mark.parametrize("name", ["length_meters", "time_secs", "speed_kmhr"])
@pytest.mark.parametrize("pair", [(5.0, 5.0), (5.0, 4.0), (float("nan"), 4.0)])
def test_a_maximum_must_be_greater_than_its_minimum(
    frame_of: Any, name: str, pair: tuple[float, float]
) -> None:
    bounds = {**OPEN, f"min_{name}": pair[0], f"max_{name}": pair[1]}
    with pytest.raises(ValueError, match=f"max_{name} must be greater than min_{name}"):
        relocations_to_trajectory(frame_of(TWO), **bounds)


def test_nothing_left_is_an_error_that_says_why(frame_of: Any) -> None:
    start = "^No Trajectory data left after applying segment filter\n"
    with pytest.raises(ValueError, match=start + "4 segments, 4 below min_length_meters; widen"):
        relocations_to_trajectory(frame_of(TWO), **{**OPEN, "min_length_meters": 1e6})
    with pytest.raises(ValueError, match=start + "there were no segments; .* 0 fixes came in"):
        relocations_to_trajectory(frame_of([]), **OPEN)
    with (
        pytest.warns(UserWarning, match="1 animals with a single fix have no segments: a"),
        pytest.raises(ValueError, match=start + "there were no segments; .* 1 fixes came in"),
    ):
        relocations_to_trajectory(frame_of([("a", 0, 1, 1)]), **OPEN)


def test_other_columns_come_from_the_start_fix(frame_of: Any) -> None:
    found = relocations_to_trajectory(frame_of(TWO, sex=list("abcdef"), extra__n=range(6)), **OPEN)
    assert list(found.columns) == [*COLUMNS, "extra__sex", "extra__n"]
    assert list(found["extra__sex"]) == list("abcd")
    assert list(found["extra__n"]) == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="columns that would both be called 'extra__sex'"):
        relocations_to_trajectory(frame_of(TWO, sex=1, extra__sex=2), **OPEN)


def test_the_input_is_never_changed(frame_of: Any) -> None:
    frame = frame_of([*reversed(TWO), ("a", 5, 1, 1)], note="x")
    before = frame.copy(deep=True)
    with pytest.warns(UserWarning, match="^4 of 7 fixes are earlier"):
        found = relocations_to_trajectory(frame, **OPEN)
    found["extra__note"] = "y"
    assert_frame_equal(frame, before)
