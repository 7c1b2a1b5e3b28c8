"""Displacement, tortuosity and turn angles."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal
from pyproj import Geod

from ecoscope_workflows.contracts.effects import Effect
from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.tasks.analysis import add_turn_angle, get_displacement, get_tortuosity

GEOD = Geod(ellps="WGS84")


def headed(*headings: float, animals: str = "", zone: str = "UTC") -> Any:
    """Return hourly segments, each starting when the one before ends."""
    starts = pd.date_range("2024-03-20", periods=len(headings), freq="1h", tz=zone)
    return gpd.GeoDataFrame(
        {
            "groupby_col": list(animals or "a" * len(headings)),
            "segment_start": starts,
            "segment_end": starts + pd.Timedelta(hours=1),
            "heading": headings,
            "dist_meters": 1.0,
        },
        geometry=[shapely.LineString([(0, 0), (0, 1)])] * len(headings),
        crs="EPSG:4326",
        index=pd.Index([f"fix-{row}" for row in range(len(headings))], name="id"),
    )


def through(*points: tuple[float, float]) -> Any:
    frame = headed(*[0.0] * (len(points) - 1))
    frame["geometry"] = shapely.linestrings(list(pairwise(points)))
    frame["dist_meters"] = [GEOD.inv(*a, *b)[2] for a, b in pairwise(points)]
    return frame


@pytest.mark.parametrize(
    ("animal", "displacement", "tortuosity"),
    [
        ("Habiba", 2633.9728734217356, 51.64971990070838),
        ("Salif Keita", 147960.93352796172, 75.85297059494991),
    ],
)
def test_published_numbers(
    movebank_trajectory: Any, animal: str, displacement: float, tortuosity: float
) -> None:
    track = movebank_trajectory[movebank_trajectory["groupby_col"] == animal]
    assert get_displacement(track) == pytest.approx(displacement, abs=1e-8)
    assert get_tortuosity(track) == pytest.approx(tortuosity, rel=1e-12)
    shuffled = track.sample(frac=1, random_state=1)
    assert get_displacement(shuffled) == get_displacement(track)


def test_a_straight_track_has_a_tortuosity_of_one_also_over_the_antimeridian() -> None:
    track = through((179.8, 0.0), (179.9, 0.0), (-179.9, 0.0), (-179.8, 0.0))
    assert get_displacement(track) == pytest.approx(GEOD.inv(179.8, 0, -179.8, 0)[2])
    assert get_tortuosity(track) == pytest.approx(1.0)
    projected = track.iloc[:1].to_crs("EPSG:32660")
    assert get_displacement(projected) == pytest.approx(get_displacement(track.iloc[:1]), abs=1e-4)


def test_a_closed_track_and_none() -> None:
    there_and_back = through((0, 0), (0, 1), (0, 0))
    assert (get_displacement(there_and_back), get_tortuosity(there_and_back)) == (0.0, math.inf)
    still = through((0, 0), (0, 0))
    assert math.isnan(get_tortuosity(still))
    for nothing in (still.iloc[:0], headed().iloc[:, :0]):
        assert math.isnan(get_displacement(nothing))
        assert math.isnan(get_tortuosity(nothing))


def test_segments_without_a_geometry_do_not_count() -> None:
    track = through((0, 0), (0, 1), (0, 2), (0, 3))
    track.loc["fix-0", "geometry"] = None
    track.loc["fix-2", "geometry"] = shapely.LineString()
    before = track.copy(deep=True)
    assert get_displacement(track) == pytest.approx(GEOD.inv(0, 1, 0, 2)[2])
    assert get_tortuosity(track) == pytest.approx(1.0)
    assert_frame_equal(track, before)


def test_several_animals_or_no_crs_are_refused() -> None:
    with pytest.raises(ValueError, match="that of 2 animals: split it"):
        get_displacement(headed(0, 0, animals="ab"))
    with pytest.raises(ValueError, match="has no CRS"):
        get_tortuosity(headed(0).set_crs(None, allow_override=True))
    with pytest.raises(ValueError, match="lacks the column 'dist_meters'"):
        get_tortuosity(headed(0).drop(columns="dist_meters"))


def test_turn_angles() -> None:
    frame = headed(0, 90, 120, 60, 300)
    before = frame.copy(deep=True)
    found: Any = add_turn_angle(frame)
    assert np.array_equal(found["turn_angle"], [math.nan, 90, 30, -60, -120], equal_nan=True)
    assert_frame_equal(frame, before)
    assert_frame_equal(found.drop(columns="turn_angle"), before)
    with_a_gap: Any = add_turn_angle(frame.drop("fix-2"))
    assert np.array_equal(with_a_gap["turn_angle"], [math.nan, 90, math.nan, -120], equal_nan=True)


@pytest.mark.parametrize(
    ("first", "second", "turn"), [(350, 10, 20), (10, 350, -20), (0, 180, -180), (5, 5, 0)]
)
def test_the_turn_is_the_short_way_round(first: float, second: float, turn: float) -> None:
    found: Any = add_turn_angle(headed(first, second))
    assert found["turn_angle"].iloc[1] == turn


def test_rows_in_any_order_of_several_animals_in_any_zone() -> None:
    frame = headed(0, 10, 90, 40, 180, animals="ababa", zone="Africa/Nairobi")
    frame["segment_start"] = frame["segment_start"] - pd.Timedelta(hours=1)
    expected = [math.nan, math.nan, 90, 30, 90]
    shuffled: Any = add_turn_angle(frame.sample(frac=1, random_state=3))
    found = shuffled["turn_angle"].reindex(frame.index)
    assert np.array_equal(found, expected, equal_nan=True)
    mixed = frame.assign(segment_end=[end.tz_convert("Asia/Tokyo") for end in frame["segment_end"]])
    again: Any = add_turn_angle(mixed)
    assert np.array_equal(again["turn_angle"], expected, equal_nan=True)


def test_turn_angles_of_no_segments_and_their_effect() -> None:
    found: Any = add_turn_angle(headed())
    assert str(found["turn_angle"].dtype) == "float64"
    metadata = task_metadata(add_turn_angle)
    assert metadata is not None
    assert isinstance(metadata.effect, Effect)
    assert dict(metadata.effect.adds) == {"turn_angle": float}
    one: Any = add_turn_angle(headed(10))
    assert one["turn_angle"].isna().all()
