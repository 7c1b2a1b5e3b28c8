"""In whatever order, zone or CRS fixes come: the trajectory is right, or the fault is counted or named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal

from ecoscope_workflows.tasks.readme import relocations_to_trajectory
from ecoscope_workflows.tasks.schemas import UTCTrajectory

OPEN: dict[str, float] = {
    "min_length_meters": 0.0,
    "max_length_meters": 1e8,
    "max_time_secs": 1e9,
    "min_time_secs": 0.0,
    "max_speed_kmhr": 1e9,
    "min_speed_kmhr": 0.0,
}
# Two animals, three fixes each, 10 minutes apart: four segments.
TWO = [
    (animal, minute, 37 + minute / 1000, shift)
    for minute in (0, 10, 20)
    for animal, shift in (("a", 0), ("b", 1))
]


def test_animals_with_one_fix_are_named_and_left_out(frame_of: Any) -> None:
    with pytest.warns(UserWarning, match="^2 animals with a single fix have no segments: x, y$"):
        found = relocations_to_trajectory(frame_of([("y", 0, 1, 1), *TWO, ("x", 5, 1, 1)]), **OPEN)
    assert set(found["groupby_col"]) == {"a", "b"}


def test_unsorted_fixes_give_the_same_segments_and_a_warning(frame_of: Any) -> None:
    frame = frame_of(TWO)
    shuffled = frame.iloc[[4, 0, 5, 3, 2, 1]]
    with pytest.warns(UserWarning, match=r"^3 of 6 fixes are earlier than the fix of the same animal before"):
        found = relocations_to_trajectory(shuffled, **OPEN)
    assert_frame_equal(pd.DataFrame(found), pd.DataFrame(relocations_to_trajectory(frame, **OPEN)))


def test_animals_mixed_in_order_of_time_are_in_order(frame_of: Any) -> None:
    frame = frame_of(TWO)
    by_animal = frame.sort_values(["groupby_col", "fixtime"], ascending=[False, True])
    # No warning: each animal's own fixes are in order in both.
    one, other = relocations_to_trajectory(frame, **OPEN), relocations_to_trajectory(by_animal, **OPEN)
    assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other))
    assert list(one["groupby_col"]) == ["a", "b", "a", "b"]


def test_of_fixes_at_one_time_the_first_is_kept(frame_of: Any) -> None:
    frame = frame_of(
        [("a", 0, 1, 1), ("a", 10, 2, 1), ("a", 10, 2, 1), ("a", 10, 3, 3), ("b", 10, 2, 1), ("b", 11, 2, 1)]
    )
    expected = r"^2 of 6 fixes repeat the animal and time .*: 1 at its position, 1 elsewhere$"
    with pytest.warns(UserWarning, match=expected):
        found = relocations_to_trajectory(frame, **OPEN)
    assert list(found.index) == ["fix-0", "fix-4"]
    assert found.geometry.iloc[0].wkt == "LINESTRING (1 1, 2 1)"
    assert np.isfinite(found["speed_kmhr"]).all()


def test_unusable_fixes_are_left_out_with_counts(frame_of: Any) -> None:
    frame = frame_of([("a", n, 10 + n, 1) for n in range(8)])
    frame.loc["fix-1", "geometry"] = None
    frame.loc["fix-2", "fixtime"] = pd.NaT
    frame.loc["fix-3", "groupby_col"] = None
    frame.loc["fix-4", "junk_status"] = True
    frame.loc["fix-5", "geometry"] = shapely.Point(1, 91)
    expected = (
        "^5 of 8 fixes were left out: 1 marked as junk, 1 without an animal, 1 without a time, "
        "2 without a position on the globe$"
    )
    with pytest.warns(UserWarning, match=expected) as caught:
        found = relocations_to_trajectory(frame, **OPEN)
    assert caught[0].filename == __file__
    assert list(found.index) == ["fix-0", "fix-6"]
    assert found["timespan_seconds"].to_list() == [360, 60]


def test_times_of_any_zone_become_utc(frame_of: Any) -> None:
    expected = relocations_to_trajectory(frame_of(TWO), **OPEN)
    nairobi = frame_of(TWO)
    nairobi["fixtime"] = nairobi["fixtime"].dt.tz_convert("Africa/Nairobi")
    assert_frame_equal(pd.DataFrame(relocations_to_trajectory(nairobi, **OPEN)), pd.DataFrame(expected))
    mixed = frame_of(TWO)
    zones = ["UTC", "Africa/Nairobi", "Asia/Tokyo"] * 2
    times = [time.tz_convert(zone) for time, zone in zip(mixed["fixtime"], zones, strict=True)]
    mixed["fixtime"] = pd.Series(times, index=mixed.index, dtype=object)
    found = relocations_to_trajectory(mixed, **OPEN)
    assert str(found["segment_start"].dt.tz) == "UTC"
    assert (found["segment_start"] == expected["segment_start"]).all()
    assert (found["dist_meters"] == expected["dist_meters"]).all()


def test_times_without_a_zone_and_text_are_refused(frame_of: Any) -> None:
    frame = frame_of(TWO)
    naive = frame.assign(fixtime=frame["fixtime"].dt.tz_localize(None))
    with pytest.raises(ValueError, match="column 'fixtime' has no time zone"):
        relocations_to_trajectory(naive, **OPEN)
    with pytest.raises(ValueError, match="column 'fixtime' holds no date-times"):
        relocations_to_trajectory(frame.assign(fixtime="2024-01-01"), **OPEN)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_every_resolution_of_time_gives_seconds(frame_of: Any, unit: str) -> None:
    frame = frame_of(TWO)
    frame["fixtime"] = frame["fixtime"].dt.as_unit(unit)
    found = relocations_to_trajectory(frame, **OPEN)
    assert found["timespan_seconds"].to_list() == [600.0] * 4
    assert found["segment_end"].dt.unit == unit


def test_another_crs_is_reprojected_and_no_crs_is_refused(frame_of: Any) -> None:
    frame = frame_of(TWO)
    expected = relocations_to_trajectory(frame, **OPEN)
    found = relocations_to_trajectory(frame.to_crs("EPSG:32637"), **OPEN)
    assert found.crs == "EPSG:4326"
    assert np.abs(found["dist_meters"] - expected["dist_meters"]).max() < 1e-3
    with pytest.raises(ValueError, match="has no CRS"):
        relocations_to_trajectory(frame_of(TWO, crs=None), **OPEN)


def test_ids_are_text_and_unique_whatever_the_index(frame_of: Any) -> None:
    frame = frame_of(TWO)
    numbered = relocations_to_trajectory(frame.reset_index(drop=True), **OPEN)
    assert list(numbered.index) == ["0", "1", "2", "3"]
    frame.index = pd.Index(["p", "p", "p-2", "q", "p", "q"])
    # In order of animal and time: a is p, p-2, p; b is p, q, q.
    found = relocations_to_trajectory(frame, **OPEN)
    assert found.index.name == "id"
    assert list(zip(found["groupby_col"], found.index, strict=True)) == [
        ("a", "p"),
        ("b", "p-4"),
        ("a", "p-2"),
        ("b", "q"),
    ]
    slower = relocations_to_trajectory(frame.iloc[[0, 2, 1, 3, 5]], **OPEN)
    UTCTrajectory.validate(slower)


def test_animals_named_by_numbers_or_categories_become_text(frame_of: Any) -> None:
    frame = frame_of([("1", 0, 1, 1), ("1", 1, 2, 2)])
    for dtype in ("int64", "category"):
        found = relocations_to_trajectory(frame.astype({"groupby_col": dtype}), **OPEN)
        assert list(found["groupby_col"]) == ["1"]
        UTCTrajectory.validate(found)


def test_a_missing_column_is_named(frame_of: Any) -> None:
    with pytest.raises(ValueError, match=r"lacks the column 'fixtime' \(did you mean 'fixtimes'\?\)"):
        relocations_to_trajectory(frame_of(TWO).rename(columns={"fixtime": "fixtimes"}), **OPEN)
    frame = frame_of(TWO)
    with pytest.raises(ValueError, match="more than one column named 'fixtime'"):
        relocations_to_trajectory(pd.concat([frame, frame["fixtime"]], axis=1), **OPEN)
