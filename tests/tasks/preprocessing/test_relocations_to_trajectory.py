"""`relocations_to_trajectory` as published: equal to the published frames, doubtful fixes counted."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal
from pydantic import ValidationError

from ecoscope_workflows.graph.forms import property_schema
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.preprocessing import process_relocations, relocations_to_trajectory
from ecoscope_workflows.tasks.preprocessing._fixes import marked_as_junk, ordered_fixes
from ecoscope_workflows.tasks.preprocessing._trajectory import SegmentFilter
from ecoscope_workflows.tasks.preprocessing._trajectory_frame import kept_segments
from ecoscope_workflows.tasks.schemas import DisplacedTrajectory, Trajectory
from ecoscope_workflows.tasks.track_filters import TrajectorySegmentFilter

if TYPE_CHECKING:
    from pathlib import Path

SUBJECT = ["name", "subject_subtype", "sex"]
COLUMNS = ["groupby_col", "fixtime", "junk_status", "geometry"]
# Two animals, three fixes each, 10 minutes apart: four segments.
TWO = [
    (animal, minute, 37 + minute / 1000, shift)
    for minute in (0, 10, 20)
    for animal, shift in (("a", 0), ("b", 1))
]


@pytest.fixture
def relocations(reference_data: Path) -> Any:
    """Return the relocations of the published subject-tracking workflow."""
    path = reference_data / "ecoscope2026" / "io" / "get-subjectgroup-observations.example-return.parquet"
    names = [*COLUMNS, *(f"extra__subject__{name}" for name in SUBJECT)]
    points = [{"x": 180.0, "y": 90.0}, {"x": 0.0, "y": 0.0}, {"x": 1.0, "y": 1.0}]
    found: Any = process_relocations(gpd.read_parquet(path), points, names)  # type: ignore[arg-type]  # as a spec
    return found


def test_gives_the_published_trajectory(reference_data: Path, relocations: Any) -> None:
    bounds = TrajectorySegmentFilter(max_length_meters=10000, max_time_secs=21600, max_speed_kmhr=10)
    found: Any = relocations_to_trajectory(relocations, bounds)
    folder = reference_data / "ecoscope2026" / "preprocessing"
    published = gpd.read_parquet(folder / "relocations-to-trajectory.example-return.parquet")
    assert (len(relocations), len(found)) == (8928, 7186)
    assert list(found.columns) == [*published.columns, *(f"extra__{name}" for name in SUBJECT)]
    assert found["segment_start"].is_monotonic_increasing
    # Segments of several animals that start at one time have no published order.
    assert set(found.index) == set(published.index)
    ours = found.loc[published.index]
    for column in published.columns:
        if published[column].dtype == np.float64:
            assert np.abs(ours[column] - published[column]).max() < 1e-9, column
        elif column == "geometry":
            assert (shapely.get_coordinates(ours[column]) == shapely.get_coordinates(published[column])).all()
        else:
            assert (ours[column] == published[column]).all(), column
    DisplacedTrajectory.validate(found)
    Trajectory.validate(found)


def test_the_kernel_gives_the_published_count_without_a_least_speed(reference_data: Path) -> None:
    relocations = gpd.read_parquet(reference_data / "oct2024" / "process-relocations.example-return.parquet")
    fixes = ordered_fixes(relocations, keeps_doubtful=True)
    bounds = SegmentFilter(0.001, 10000, 1, 21600, 0.0, 10)
    assert len(fixes.row) == 44086
    found = kept_segments(relocations, fixes, bounds, junk=marked_as_junk(relocations))
    assert len(found.start) == 41532


def test_net_squared_displacements_of_a_known_track(reference_data: Path) -> None:
    data = pd.read_feather(reference_data / "ecoscope2026" / "tests" / "movebank_data.feather")
    data = data[data["individual-local-identifier"] == "Habiba"]
    relocations = gpd.GeoDataFrame(
        {
            "groupby_col": data["individual-local-identifier"],
            "fixtime": pd.to_datetime(data["timestamp"]).dt.tz_localize("UTC"),
            "junk_status": False,
        },
        geometry=gpd.points_from_xy(data["location-long"], data["location-lat"], crs=4326),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found: Any = relocations_to_trajectory(relocations)
    first_five = [0.0008928503827820089, 0.003606306058710857, 0.005832637360735169]
    first_five += [0.057819257649871836, 0.14495082024232853]
    assert list(found["nsd"][:5]) == pytest.approx(first_five, abs=1e-9)


def test_the_published_form_of_the_filter(reference_data: Path) -> None:
    path = reference_data / "published-specs" / "task-signatures.json"
    published = json.loads(path.read_text(encoding="utf-8"))["relocations_to_trajectory"]["unbound"]
    expected = published["trajectory_segment_filter"]
    parameter = task_info(relocations_to_trajectory, "m", "t").parameters["trajectory_segment_filter"]
    shown = property_schema(parameter, parameter.adapter.json_schema())
    assert expected.pop("allOf") == [{"$ref": shown.pop("$ref")}]
    shown.pop("$defs")
    assert shown == expected


def test_none_stands_for_the_default_bounds(frame_of: Any) -> None:
    frame = frame_of(TWO)
    one, other = relocations_to_trajectory(frame, None), relocations_to_trajectory(frame)
    assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other))
    assert len(one) == 4


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"min_length_meters": 50.0, "max_length_meters": 50.0}, "max_length_meters must be greater"),
        ({"min_time_secs": 60, "max_time_secs": 20}, "max_time_secs must be greater than min_time_secs"),
        ({"min_speed_kmhr": 7.0, "max_speed_kmhr": 6.0}, "max_speed_kmhr must be greater than min_"),
        ({"min_length_meters": 0.0}, "min_length_meters\n  Input should be greater than or equal to 0.001"),
        ({"min_time_secs": 0.5}, "min_time_secs\n  Input should be greater than or equal to 1"),
        ({"min_speed_kmhr": 0.001}, "min_speed_kmhr\n  Input should be greater than 0.001"),
    ],
)
def test_bounds_that_make_no_sense_are_refused(given: dict[str, float], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TrajectorySegmentFilter(**given)


def test_times_keep_their_zone_and_other_columns_those_of_the_start_fix(frame_of: Any) -> None:
    frame = frame_of(TWO, zone="Africa/Nairobi", is_night=[True, False] * 3, extra__name=list("stuvwx"))
    found: Any = relocations_to_trajectory(frame)
    for column in ("segment_start", "segment_end"):
        assert str(found[column].dt.tz) == "Africa/Nairobi"
    assert list(found["segment_start"]) == [frame["fixtime"][f"fix-{row}"] for row in range(4)]
    assert list(found["extra__is_night"]) == [True, False, True, False]
    assert list(found["extra__name"]) == list("stuv")
    assert list(found.index) == ["fix-0", "fix-1", "fix-2", "fix-3"]
    assert "is_night" not in found


def test_times_in_several_zones_become_utc(frame_of: Any) -> None:
    frame = frame_of(TWO)
    zones = ["UTC", "Africa/Nairobi"] * 3
    mixed = frame.assign(
        fixtime=pd.Series(
            [time.tz_convert(zone) for time, zone in zip(frame["fixtime"], zones, strict=True)],
            index=frame.index,
            dtype=object,
        )
    )
    found, plain = relocations_to_trajectory(mixed), relocations_to_trajectory(frame)
    assert_frame_equal(pd.DataFrame(found), pd.DataFrame(plain))


def test_displacement_counts_from_the_first_fix_even_where_its_segment_is_left_out(frame_of: Any) -> None:
    # The first segment is too short to be kept; 0.01 degrees along the equator are 1113.19 m.
    frame = frame_of([("a", 0, 0, 0), ("a", 10, 0, 0), ("a", 20, 0.01, 0), ("a", 30, 0, 0)])
    found: Any = relocations_to_trajectory(frame)
    assert list(found["nsd"]) == pytest.approx([1.1131949**2, 0], abs=1e-6)


def test_segments_from_junk_are_left_out_and_segments_to_it_are_not(frame_of: Any) -> None:
    frame = frame_of([("a", 10 * number, number / 100, 0) for number in range(4)])
    frame["junk_status"] = [False, True, False, False]
    with pytest.warns(UserWarning, match=r"^1 of 4 fixes are marked as junk: segments that start at one"):
        found: Any = relocations_to_trajectory(frame)
    assert list(found.index) == ["fix-0", "fix-2"]
    assert not found["junk_status"].any()


def test_of_fixes_at_one_time_the_last_leads_on(frame_of: Any) -> None:
    fixes = [("a", 0, 1, 1), ("a", 10, 1.01, 1), ("a", 10, 1.02, 1), ("a", 20, 1.03, 1)]
    expected = r"^1 of 4 fixes repeat .*: 0 at its position, 1 elsewhere; segments without a duration are"
    with pytest.warns(UserWarning, match=expected):
        found: Any = relocations_to_trajectory(frame_of(fixes))
    assert list(found.index) == ["fix-0", "fix-2"]
    assert np.isfinite(found["speed_kmhr"]).all()


def test_unsorted_fixes_give_the_same_segments_and_a_warning(frame_of: Any) -> None:
    frame = frame_of(TWO)
    with pytest.warns(UserWarning, match=r"^3 of 6 fixes are earlier than the fix of the same animal before"):
        found = relocations_to_trajectory(frame.iloc[[4, 0, 5, 3, 2, 1]])
    assert_frame_equal(pd.DataFrame(found), pd.DataFrame(relocations_to_trajectory(frame)))


def test_single_fixes_and_missing_positions_are_left_out_with_a_warning(frame_of: Any) -> None:
    frame = frame_of([*TWO, ("c", 0, 1, 1), ("a", 30, 1, 1)])
    frame.loc["fix-7", "geometry"] = None
    with pytest.warns(UserWarning, match="left out|single fix") as caught:
        found: Any = relocations_to_trajectory(frame)
    texts = [str(warning.message) for warning in caught]
    assert texts == [
        "1 of 8 fixes were left out: 1 without a position on the globe",
        "1 animals with a single fix have no segments: c",
    ]
    # Warnings point at whoever calls the task.
    assert {warning.filename for warning in caught} == {__file__}
    assert len(found) == 4


def test_a_segment_over_the_antimeridian_takes_the_short_way(frame_of: Any) -> None:
    found: Any = relocations_to_trajectory(frame_of([("a", 0, 179.99, 0), ("a", 60, -179.99, 0)]))
    assert found["dist_meters"].iloc[0] == pytest.approx(2226.39, abs=0.01)
    assert found["nsd"].iloc[0] == pytest.approx(2.22639**2, abs=1e-4)


@pytest.mark.parametrize("rows", [0, 1])
def test_nothing_left_is_an_error(frame_of: Any, rows: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        expected = f"^No Trajectory data left after .*\n.* and {rows} fixes came in$"
        with pytest.raises(ValueError, match=expected):
            relocations_to_trajectory(frame_of(TWO).iloc[:rows])


def test_nothing_left_but_segments_from_junk_says_so(frame_of: Any) -> None:
    frame = frame_of(TWO).assign(junk_status=True)
    expected = "^No Trajectory data left .*\n4 segments, 4 start at a fix marked as junk; widen the bounds$"
    with pytest.warns(UserWarning, match="6 of 6"), pytest.raises(ValueError, match=expected):
        relocations_to_trajectory(frame)


def test_ids_that_repeat_become_unique(frame_of: Any) -> None:
    frame = frame_of(TWO)
    frame.index = pd.Index(["x"] * 6, name="id")
    assert sorted(relocations_to_trajectory(frame).index) == ["x", "x-2", "x-4", "x-5"]


def test_the_input_is_never_changed(relocations: Any) -> None:
    before = relocations.copy(deep=True)
    relocations_to_trajectory(relocations)
    assert_frame_equal(pd.DataFrame(relocations), pd.DataFrame(before))
