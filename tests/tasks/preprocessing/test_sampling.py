"""Upsampling and downsampling: the published tracks, and gaps, order, zones and the antimeridian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal

from ecoscope_workflows.tasks.preprocessing import downsample_relocations, upsample_relocations
from ecoscope_workflows.tasks.schemas import Relocations

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def in_mali(movebank_relocations: Any) -> Any:
    """Return the fixes within the box of the published test."""
    x, y = movebank_relocations.geometry.x, movebank_relocations.geometry.y
    return movebank_relocations[(x > -5) & (x < 1) & (y > 12) & (y < 18)]


def assert_same_places(found: Any, published: Any) -> None:
    assert len(found) == len(published)
    assert (found["fixtime"].to_numpy() == published["fixtime"].to_numpy()).all()
    for axis in "xy":
        ours, theirs = getattr(found.geometry, axis), getattr(published.geometry, axis)
        assert np.abs(ours.to_numpy() - theirs.to_numpy()).max() < 1e-12


def test_upsampled_to_three_hours(in_mali: Any, segments: Any, reference_data: Path) -> None:
    published = gpd.read_feather(reference_data / "ecoscope2026/tests/downsampled_relocs.feather")
    found: Any = upsample_relocations(segments(in_mali), "10800S")
    assert len(found) == 7378
    assert_same_places(found, published)
    assert list(found["groupby_col"]) == list(published["groupby_col"])
    Relocations.validate(found)


@pytest.mark.parametrize(
    ("name", "count", "seconds", "freq"),
    [("upsampled_noncontiguous_1", 1000, 1, "3600S"), ("upsampled_noncontiguous_2", 10000, 2, "3S")],
)
def test_nothing_is_made_up_in_gaps(
    segments: Any, reference_data: Path, name: str, count: int, seconds: int, freq: str
) -> None:
    fixes = gpd.GeoDataFrame(
        {
            "groupby_col": "0",
            "fixtime": pd.date_range("1970-01-01", periods=count, freq=f"{seconds}s", tz="UTC"),
        },
        geometry=gpd.points_from_xy(np.zeros(count), np.linspace(0, 1, count), crs="EPSG:4326"),
    )
    found = upsample_relocations(segments(fixes).iloc[::2], freq)
    assert_same_places(found, gpd.read_feather(reference_data / f"ecoscope2026/tests/{name}.feather"))


def test_downsampled_to_three_hours(in_mali: Any, reference_data: Path) -> None:
    published = gpd.read_feather(reference_data / "ecoscope2026/tests/downsampled_relocs_noint.feather")
    found: Any = downsample_relocations(in_mali, "10800S", "900S")
    assert len(found) == 7331
    assert_same_places(found, published)
    assert list(found["extra__burst"]) == list(published["extra__burst"])
    assert list(found.columns) == [*in_mali.columns, "extra__burst"]
    assert found.index.isin(in_mali.index).all()


def lines(*rows: tuple[str, float, float, tuple[float, float], tuple[float, float]]) -> Any:
    """Return segments from an animal, minutes of start and end, and both places."""
    start = pd.Timestamp("2024-03-01", tz="UTC")
    return gpd.GeoDataFrame(
        {
            "groupby_col": pd.Series([row[0] for row in rows], dtype=str),
            "segment_start": start + pd.to_timedelta([row[1] for row in rows], unit="min"),
            "segment_end": start + pd.to_timedelta([row[2] for row in rows], unit="min"),
        },
        geometry=[shapely.LineString(row[3:]) for row in rows],
        crs="EPSG:4326",
    )


def places(found: Any) -> list[tuple[str, int, float, float]]:
    minutes = (found["fixtime"] - pd.Timestamp("2024-03-01", tz="UTC")).dt.total_seconds() / 60
    return [
        (animal, int(minute), round(point.x, 9), round(point.y, 9))
        for animal, minute, point in zip(found["groupby_col"], minutes, found.geometry, strict=True)
    ]


TWO = (("b", 0, 20, (0, 0), (0, 2)), ("a", 20, 30, (1, 0), (3, 0)), ("a", 5, 20, (0, 0), (1, 0)))


def test_each_animal_has_its_own_steps() -> None:
    frame = lines(*TWO)
    before = frame.copy(deep=True)
    found = upsample_relocations(frame, "10min")
    assert places(found) == [
        ("a", 5, 0, 0),
        ("a", 15, round(2 / 3, 9), 0),
        ("a", 25, 2, 0),
        ("b", 0, 0, 0),
        ("b", 10, 0, 1),
        ("b", 20, 0, 2),
    ]
    assert_frame_equal(frame, before)
    local = frame.assign(
        segment_start=frame["segment_start"].dt.tz_convert("Africa/Nairobi"),
        segment_end=[end.tz_convert("Asia/Tokyo") for end in frame["segment_end"]],
    )
    assert_frame_equal(upsample_relocations(local, "10min"), found)
    assert places(upsample_relocations(frame.to_crs("EPSG:3857"), "10min")) == places(found)


def test_the_antimeridian_is_crossed_the_short_way() -> None:
    found = upsample_relocations(lines(("a", 0, 40, (179, 0), (-179, 4))), "10min")
    assert [(x, y) for _, _, x, y in places(found)] == [
        (179, 0),
        (179.5, 1),
        (180, 2),
        (-179.5, 3),
        (-179, 4),
    ]


def test_upsampling_of_little_or_nothing() -> None:
    frame = lines(*TWO)
    nothing: Any = upsample_relocations(frame.iloc[:0], "10min")
    Relocations.validate(nothing)
    assert len(nothing) == 0
    frame.loc[0, "geometry"] = None
    frame.loc[1, "segment_end"] = pd.NaT
    assert places(upsample_relocations(frame, "1h")) == [("a", 5, 0, 0)]


@pytest.mark.parametrize("freq", ["", "soon", "3 potatoes", "-1h", "1.2.3h", "3M"])
def test_a_step_must_be_a_time_span(freq: str) -> None:
    with pytest.raises(ValueError, match="expected a time span, such as '3h', '15min' or '900s'"):
        upsample_relocations(lines(*TWO), freq)


def test_other_mistakes_are_named() -> None:
    frame = lines(*TWO)
    with pytest.raises(ValueError, match="freq is 0: give the time"):
        upsample_relocations(frame, "0s")
    with pytest.raises(ValueError, match="so short that there would be 2,700,000,000,000 fixes"):
        upsample_relocations(frame, "1ns")
    with pytest.raises(ValueError, match="lacks the column 'segment_end'"):
        upsample_relocations(frame.drop(columns="segment_end"), "1h")
    with pytest.raises(ValueError, match="has no CRS"):
        upsample_relocations(frame.set_crs(None, allow_override=True), "1h")
    with pytest.raises(ValueError, match="expected one line for each segment"):
        upsample_relocations(frame.set_geometry(frame.geometry.boundary), "1h")


def minutes_kept(found: Any) -> list[tuple[str, int, int]]:
    minutes = (found["fixtime"] - pd.Timestamp("2024-03-01", tz="UTC")).dt.total_seconds() / 60
    return list(zip(found["groupby_col"], minutes.astype(int), found["extra__burst"], strict=True))


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([], []),
        ([7], [(7, 1)]),
        ([0, 60], [(0, 1)]),
        # The last fix only ends the track.
        ([0, 30, 60, 90, 120, 180], [(0, 1), (60, 1), (120, 1)]),
        ([0, 55, 65, 130, 400, 460, 520], [(0, 1), (55, 1), (130, 2), (400, 3), (460, 3)]),
    ],
)
def test_greedy_steps_with_bursts(frame_of: Any, minutes: list[int], expected: list[tuple[int, int]]) -> None:
    found = downsample_relocations(frame_of([("a", minute, 0.0, 0.0) for minute in minutes]), "1h", "10min")
    assert minutes_kept(found) == [("a", *pair) for pair in expected]


def test_downsampling_goes_on_where_the_tolerance_is_as_long_as_the_step(frame_of: Any) -> None:
    frame = frame_of([("a", minute, 0.0, 0.0) for minute in range(5)])
    assert len(downsample_relocations(frame, "1min", "1h")) == 4


def test_rows_in_any_order_with_repeated_times(frame_of: Any) -> None:
    frame = frame_of(
        [("b", 60, 1, 1), ("a", 60, 1, 1), ("a", 0, 0, 0), ("a", 60, 5, 5), ("a", 90, 2, 2), ("b", 0, 0, 0)]
    )
    before = frame.copy(deep=True)
    with pytest.warns(UserWarning, match="of 6 fixes") as caught:
        found = downsample_relocations(frame, "1h")
    assert [str(warning.message)[:40] for warning in caught] == [
        "2 of 6 fixes are earlier than the fix of",
        "1 of 6 fixes repeat the animal and time ",
    ]
    assert minutes_kept(found) == [("a", 0, 1), ("a", 60, 1), ("b", 0, 1)]
    assert list(found.index) == ["fix-2", "fix-1", "fix-5"]
    assert_frame_equal(frame, before)
