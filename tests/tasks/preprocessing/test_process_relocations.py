"""`process_relocations`: equal to the published task, and clear where the published one is silent."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from pydantic import TypeAdapter, ValidationError

from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.preprocessing import process_relocations
from ecoscope_workflows.tasks.schemas import Relocations
from ecoscope_workflows.tasks.track_filters import Coordinate

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ["groupby_col", "fixtime", "junk_status", "geometry"]
FILTER_POINTS = [[180.0, 90.0], [0.0, 0.0]]

FIXES = [("a", 0, 37.0, 0.5), ("a", 60, 37.1, 0.6), ("b", 30, 38.0, -1.0)]


def assert_same_fixes(found: Any, published: Any) -> None:
    assert found.index.name == published.index.name == "id"
    assert list(found.index) == list(published.index)
    assert list(found.columns) == list(published.columns)
    assert found.crs == published.crs
    for column in set(published.columns) - {"geometry"}:
        assert (found[column] == published[column]).all(), column
    assert found.geometry.geom_equals(published.geometry).all()


@pytest.mark.parametrize(
    ("observations", "relocations", "count"),
    [
        (
            "seed_2024-05/get-subjectgroup-observations.example-return.parquet",
            "seed_2024-05/process-relocations.example-return.parquet",
            1500,
        ),
        (
            "ecoscope2026/io/get-subjectgroup-observations.example-return.parquet",
            "ecoscope2026/preprocessing/process-relocations.example-return.parquet",
            8928,
        ),
    ],
)
def test_gives_the_published_relocations(
    reference_data: Path, observations: str, relocations: str, count: int
) -> None:
    published = gpd.read_parquet(reference_data / relocations)
    found = process_relocations(gpd.read_parquet(reference_data / observations), FILTER_POINTS, COLUMNS)
    assert len(found) == count
    assert_same_fixes(found, published)
    Relocations.validate(found)


def test_removes_filter_points_junk_and_positions_off_the_globe(frame_of: Any) -> None:
    at = [(0.0, 0.0), (180.0, 90.0), (180.5, 0.0), (0.0, -90.5), (-180.0, -90.0), (5.0, 5.0), (0.0, 1e-9)]
    frame = frame_of([("a", minute, x, y) for minute, (x, y) in enumerate(at)])
    frame.loc["fix-5", "junk_status"] = True
    with pytest.warns(UserWarning, match=r"^2 of 7 fixes were removed: 0 without a position, 2 outside"):
        found = process_relocations(frame, FILTER_POINTS, COLUMNS)
    assert list(found.index) == ["fix-4", "fix-6"]


def test_counts_of_expected_removals_go_to_the_log(frame_of: Any, caplog: pytest.LogCaptureFixture) -> None:
    frame = frame_of([*FIXES, ("b", 90, 0.0, 0.0)])
    frame.loc["fix-0", "junk_status"] = True
    with caplog.at_level(logging.INFO):
        process_relocations(frame, FILTER_POINTS, COLUMNS)
    assert "of 4 fixes, 1 lie on a filter point and 1 are marked as junk" in caplog.text


def test_drops_missing_and_empty_positions_with_a_count(frame_of: Any) -> None:
    frame = frame_of([*FIXES, ("b", 90, np.nan, np.nan)])
    frame.loc["fix-1", "geometry"] = None
    with pytest.warns(UserWarning, match=r"^2 of 4 fixes were removed: 2 without a position, 0 outside"):
        found = process_relocations(frame, [], COLUMNS)
    assert list(found.index) == ["fix-0", "fix-2"]


def test_sorts_by_time_and_keeps_the_order_of_equal_times(frame_of: Any) -> None:
    frame = frame_of([("b", 5, 1, 1), ("a", 5, 2, 2), ("c", 1, 3, 3), ("a", 5, 4, 4)])
    assert list(process_relocations(frame, [], COLUMNS).index) == ["fix-2", "fix-0", "fix-1", "fix-3"]


def test_removes_prefixes_wherever_they_stand_and_keeps_the_order_asked_for(frame_of: Any) -> None:
    extra = {"extra__subject__sex": "female", "my_extra__note": "x", "subject__extra__subject__age": 7}
    frame = frame_of(FIXES, **extra)
    found = process_relocations(frame, [], [*extra, *reversed(COLUMNS)])
    assert list(found.columns) == ["sex", "my_note", "age", *reversed(COLUMNS)]
    assert isinstance(found, gpd.GeoDataFrame)
    assert (found["age"] == 7).all()


def test_two_columns_of_one_name_are_refused(frame_of: Any) -> None:
    frame = frame_of(FIXES, extra__name="x", extra__subject__name="y")
    with pytest.raises(ValueError, match=r"'extra__name' and 'extra__subject__name' -> 'name'"):
        process_relocations(frame, [], [*COLUMNS, "extra__name", "extra__subject__name"])
    with pytest.raises(ValueError, match=r"'fixtime' and 'fixtime' -> 'fixtime'"):
        process_relocations(frame, [], [*COLUMNS, "fixtime"])


def test_a_column_that_does_not_exist_is_named_with_the_nearest_one(frame_of: Any) -> None:
    with pytest.raises(
        ValueError, match=r"lacks the column 'fixtme' \(did you mean 'fixtime'\?\); existing columns: "
    ):
        process_relocations(frame_of(FIXES), [], ["groupby_col", "fixtme"])


def test_the_columns_of_every_relocation_must_be_kept(frame_of: Any) -> None:
    with pytest.raises(ValueError, match=r"relocs_columns must name 'junk_status', 'geometry'"):
        process_relocations(frame_of(FIXES), [], ["groupby_col", "fixtime"])


@pytest.mark.parametrize(
    "pair", [[], [1.0], [1.0, 2.0, 3.0], ["0", "0"], [None, 1.0], [float("nan"), 0.0], [True, False]]
)
def test_a_filter_point_must_be_a_pair_of_numbers(frame_of: Any, pair: Any) -> None:
    with pytest.raises(ValueError, match=r"filter point 2 of filter_point_coords is .* expected two numbers"):
        process_relocations(frame_of(FIXES), [[0.0, 0.0], pair], COLUMNS)


@pytest.mark.parametrize(
    "points", [[{"x": 37.0, "y": 0.5}], [Coordinate(x=37.0, y=0.5)], [[37.0, 0.5]], ((37.0, 0.5),)]
)
def test_a_filter_point_may_be_given_in_several_ways(frame_of: Any, points: Any) -> None:
    assert list(process_relocations(frame_of(FIXES), points, COLUMNS).index) == ["fix-2", "fix-1"]
    adapter = task_info(process_relocations, "m", "t").parameters["filter_point_coords"].adapter
    assert adapter.validate_python(points) == [[37.0, 0.5]]
    # In forms it stands as it did in the README.
    assert adapter.json_schema() == TypeAdapter(list[list[float]]).json_schema()


@pytest.mark.parametrize("points", [[{"x": 1}], [{"x": 1, "y": "north"}], [{"x": 1, "y": 2, "z": 3}], "text"])
def test_what_is_no_filter_point_is_refused_before_a_run(points: Any) -> None:
    adapter = task_info(process_relocations, "m", "t").parameters["filter_point_coords"].adapter
    with pytest.raises(ValidationError):
        adapter.validate_python(points)


OPTIONAL = ["extra__subject__name", "extra__subject__sex", "patrol_serial_number", "patrol_status"]


def test_optional_columns_that_are_missing_say_none(frame_of: Any) -> None:
    frame = frame_of(FIXES, extra__subject__sex=["male", None, np.nan], patrol_status=[None] * 3)
    before = frame.copy(deep=True)
    found: Any = process_relocations(frame, [], [*COLUMNS, *OPTIONAL])
    assert list(found.columns) == [*COLUMNS, "name", "sex", "patrol_serial_number", "patrol_status"]
    assert list(found["name"]) == list(found["patrol_serial_number"]) == ["None"] * 3
    assert list(found["sex"]) == ["male", "None", "None"]
    assert list(found["patrol_status"]) == ["None"] * 3
    assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([23456, 23457, 23458], ["23456", "23458", "23457"]),
        ([23456.0, np.nan, 7.0], ["23456", "7", "None"]),
        (["A-1", None, "7"], ["A-1", "7", "None"]),
    ],
)
def test_serial_numbers_of_patrols_are_text(frame_of: Any, numbers: list[Any], expected: list[str]) -> None:
    # The fixes come in another order of time.
    frame = frame_of(FIXES, patrol_serial_number=numbers)
    found: Any = process_relocations(frame, [], [*COLUMNS, "patrol_serial_number"])
    assert list(found["patrol_serial_number"]) == expected


def test_the_time_zone_is_kept(frame_of: Any) -> None:
    found: Any = process_relocations(frame_of(FIXES, zone="Africa/Nairobi"), [], COLUMNS)
    assert str(found["fixtime"].dt.tz) == "Africa/Nairobi"
    Relocations.validate(found)


def test_another_crs_is_reprojected_and_crs84_is_only_renamed(frame_of: Any) -> None:
    frame = frame_of(FIXES)
    projected = process_relocations(frame.to_crs("EPSG:32637"), [], COLUMNS)
    expected = process_relocations(frame, [], COLUMNS)
    assert projected.crs == expected.crs == "EPSG:4326"
    assert np.abs(projected.geometry.x - expected.geometry.x).max() < 1e-9
    renamed = process_relocations(frame.set_crs("OGC:CRS84", allow_override=True), [], COLUMNS)
    assert renamed.crs == "EPSG:4326"
    assert renamed.geometry.geom_equals(expected.geometry).all()


def test_a_frame_without_crs_or_without_points_is_refused(frame_of: Any) -> None:
    with pytest.raises(ValueError, match="has no CRS"):
        process_relocations(frame_of(FIXES, crs=None), [], COLUMNS)
    frame = frame_of(FIXES)
    with pytest.raises(ValueError, match="3 of 3 are Polygon"):
        process_relocations(frame.set_geometry([shapely.box(0, 0, 1, 1)] * 3, crs=4326), [], COLUMNS)
    text: Any = pd.DataFrame(frame).assign(geometry="POINT (1 1)")
    with pytest.raises(ValueError, match="holds no geometries"):
        process_relocations(text, [], COLUMNS)


def test_no_fixes_in_no_fixes_out(frame_of: Any) -> None:
    found = process_relocations(frame_of([]), FILTER_POINTS, COLUMNS)
    assert len(found) == 0
    Relocations.validate(found)
    assert len(process_relocations(frame_of([("a", 0, 0.0, 0.0)]), FILTER_POINTS, COLUMNS)) == 0


def test_the_input_is_never_changed(frame_of: Any) -> None:
    frame = frame_of([("b", 5, 1, 1), ("a", 1, 0, 0)], extra__x=1)
    before = frame.copy(deep=True)
    found = process_relocations(frame, FILTER_POINTS, [*COLUMNS, "extra__x"])
    found["x"] = 99
    assert_frame_equal(frame, before)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.integers(0, 20),
            st.sampled_from([-180.0, -1.5, 0.0, 42.25, 180.0]),
            st.sampled_from([-90.0, 0.0, 7.5, 90.0]),
        ),
        max_size=12,
    )
)
def test_what_is_kept_is_what_may_be_kept(fixes: list[tuple[str, int, float, float]]) -> None:
    frame = gpd.GeoDataFrame(
        {
            "groupby_col": pd.Series([fix[0] for fix in fixes], dtype=str),
            "fixtime": pd.to_datetime(
                pd.Series([fix[1] for fix in fixes], dtype="int64"), unit="s", utc=True
            ),
            "junk_status": pd.Series([False] * len(fixes), dtype=bool),
        },
        geometry=gpd.points_from_xy([fix[2] for fix in fixes], [fix[3] for fix in fixes], crs=4326),
    )
    found: Any = process_relocations(frame, FILTER_POINTS, COLUMNS)
    expected = [fix for fix in fixes if [fix[2], fix[3]] not in FILTER_POINTS]
    assert list(found["groupby_col"]) == [fix[0] for fix in sorted(expected, key=lambda fix: fix[1])]
    again = process_relocations(found, FILTER_POINTS, COLUMNS)
    assert_frame_equal(pd.DataFrame(again), pd.DataFrame(found))
