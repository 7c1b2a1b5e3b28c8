"""`classify_is_night`: the labels that an exact ephemeris gives, and fixes without an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal

from ecoscope_workflows.tasks.transformation import classify_is_night

if TYPE_CHECKING:
    from pathlib import Path

# 21:00, 04:30 and noon by the sun at 37 degrees east, on the equator.
TIMES = ["2024-03-20 18:32", "2024-03-20 02:02", "2024-03-20 09:32"]


def fixes(times: Any = TIMES, x: float = 37.0, y: float = 0.0, crs: Any = "EPSG:4326") -> Any:
    return gpd.GeoDataFrame(
        {"fixtime": pd.to_datetime(pd.Series(times), utc=True)},
        geometry=[shapely.Point(x, y)] * len(times),
        crs=crs,
    )


def test_labels_of_a_month_of_fixes(reference_data: Path) -> None:
    relocations = gpd.read_parquet(
        reference_data / "ecoscope2026/preprocessing/process-relocations.example-return.parquet"
    )
    before = relocations.copy(deep=True)
    found: Any = classify_is_night(relocations)
    assert_frame_equal(relocations, before)
    assert_frame_equal(found.drop(columns="is_night"), before)
    assert found["is_night"].dtype == bool
    # As many as by the ephemeris of ERFA (astropy), which gives each of the 8928 fixes the same label.
    assert int(found["is_night"].sum()) == 4418
    sunrise = found[found["is_night"] & ~found["is_night"].shift(-2, fill_value=True)]
    assert sunrise["fixtime"].dt.hour.isin([3]).all()


def test_night_night_day() -> None:
    assert classify_is_night(fixes())["is_night"].tolist() == [True, True, False]


def test_time_zones_and_the_crs_make_no_difference() -> None:
    expected = [True, True, False]
    local = fixes().assign(fixtime=lambda frame: frame["fixtime"].dt.tz_convert("Africa/Nairobi"))
    mixed = fixes()
    mixed["fixtime"] = [
        time.tz_convert(zone)
        for time, zone in zip(mixed["fixtime"], ["UTC", "Asia/Tokyo", "Africa/Nairobi"], strict=True)
    ]
    seconds = fixes().assign(fixtime=lambda frame: frame["fixtime"].dt.as_unit("s"))
    for frame in (local, mixed, seconds, fixes().to_crs("EPSG:32637")):
        assert classify_is_night(frame)["is_night"].tolist() == expected


def test_both_sides_of_the_antimeridian_share_a_night() -> None:
    noon = ["2024-03-20 00:00"]
    for x in (179.9, -179.9, 180.0, -180.0):
        assert classify_is_night(fixes(noon, x))["is_night"].tolist() == [False]


def test_polar_day_and_night() -> None:
    times = ["2024-06-21 00:00", "2024-12-21 12:00"]
    assert classify_is_night(fixes(times, 0.0, 80.0))["is_night"].tolist() == [False, True]


def test_of_other_shapes_the_centroid_counts() -> None:
    lines = fixes().set_geometry([shapely.LineString([(36, 0), (38, 0)])] * 3, crs="EPSG:4326")
    assert classify_is_night(lines)["is_night"].tolist() == [True, True, False]


def test_a_fix_without_a_place_or_a_time_has_no_answer() -> None:
    frame = fixes([*TIMES, TIMES[0], TIMES[0]])
    frame.loc[1, "geometry"] = None
    frame.loc[3, "geometry"] = shapely.Point()
    frame.loc[4, "fixtime"] = pd.NaT
    with pytest.warns(UserWarning, match="^of 3 of 5 fixes it is not known") as caught:
        found = classify_is_night(frame)["is_night"]
    assert caught[0].filename == __file__
    assert str(found.dtype) == "boolean"
    assert found.isna().tolist() == [False, True, False, True, True]
    assert found.dropna().tolist() == [True, False]


def test_no_fixes_and_one() -> None:
    nothing: Any = classify_is_night(fixes().iloc[:0])
    assert nothing["is_night"].dtype == bool
    assert classify_is_night(fixes(TIMES[:1]))["is_night"].tolist() == [True]


def test_mistakes_are_named() -> None:
    with pytest.raises(KeyError, match="names the column 'fixtime'"):
        classify_is_night(fixes().rename(columns={"fixtime": "time"}))
    for bad in (fixes(crs=None), pd.DataFrame(fixes())):
        with pytest.raises(ValueError, match="no geometry or no CRS"):
            classify_is_night(bad)
    naive = fixes().assign(fixtime=lambda frame: frame["fixtime"].dt.tz_localize(None))
    with pytest.raises(ValueError, match="has no time zone"):
        classify_is_night(naive)
