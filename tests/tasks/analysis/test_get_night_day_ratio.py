"""`get_night_day_ratio`: the published numbers by both definitions, and tracks whose ratio is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal

from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.analysis import get_night_day_ratio
from ecoscope_workflows.tasks.transformation._spatial_classification import classify_segments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Method = Literal["distance", "speed"]
METHODS: tuple[Method, ...] = ("distance", "speed")
ECO_1 = "ef343e5d-f6c7-4867-ab33-2b2933b3bce5"
ECO_2 = "e2e6a9ec-d68d-4940-bf07-7170d31f680d"


def hours(moved: Sequence[tuple[float, float]], lon: float = 0.0, lat: float = 0.0, zone: str = "UTC") -> Any:
    """Return segments of an hour each, from hours of local solar time since 2024-03-20, with lengths."""
    begin = pd.Timestamp("2024-03-20", tz="UTC") - pd.Timedelta(hours=lon / 15)
    starts = pd.DatetimeIndex([begin + pd.Timedelta(hours=hour) for hour, _ in moved], tz="UTC")
    return gpd.GeoDataFrame(
        {
            "segment_start": starts.tz_convert(zone),
            "segment_end": (starts + pd.Timedelta(hours=1)).tz_convert(zone),
            "dist_meters": np.array([meters for _, meters in moved], dtype=float),
        },
        geometry=[shapely.LineString([(lon, lat), (lon, lat + 0.001)])] * len(moved),
        crs="EPSG:4326",
    )


def one_day(night: float, day: float) -> list[tuple[float, float]]:
    """Return the hours from noon to noon, with the metres of an hour by night and by day."""
    return [(hour, night if hour % 24 < 5 or hour % 24 > 18 else day) for hour in range(12, 36)]


@pytest.fixture(scope="module")
def published(reference_data: Path) -> dict[str, Any]:
    folder = reference_data / "ecoscope2026"
    trajectory = gpd.read_parquet(folder / "preprocessing/relocations-to-trajectory.example-return.parquet")
    regions = gpd.read_parquet(folder / "io/get-spatial-features-group.example-return.parquet")
    groups = {"all": trajectory} | dict(iter(trajectory.groupby("groupby_col")))
    return groups | dict(iter(classify_segments(trajectory, regions).groupby("region")))


@pytest.mark.parametrize(
    ("group", "shown", "exact"),
    [
        ("all", "1.0", 1.015529),
        (ECO_1, "1.1", 1.085815),
        (ECO_2, "1.0", 0.992686),
        ("Central", "0.8", 0.800997),
        ("West", "1.0", 1.043067),
    ],
)
def test_the_default_gives_what_the_published_dashboard_shows(
    published: dict[str, Any], group: str, shown: str, exact: float
) -> None:
    found = get_night_day_ratio(published[group])
    assert f"{found:.1f}" == shown
    assert found == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize(
    ("group", "shown"), [("all", "1.0"), (ECO_1, "1.1"), (ECO_2, "1.0"), ("West", "1.0")]
)
def test_speeds_give_the_same_but_for_the_region_with_few_days(
    published: dict[str, Any], group: str, shown: str
) -> None:
    assert f"{get_night_day_ratio(published[group], method='speed'):.1f}" == shown
    assert f"{get_night_day_ratio(published['Central'], method='speed'):.2f}" == "0.95"


@pytest.mark.parametrize(("animal", "ratio"), [("Habiba", 0.3065743), ("Salif Keita", 1.4164027)])
def test_speeds_of_the_first_hundred_fixes_of_elephants(
    movebank_relocations: Any, segments: Any, animal: str, ratio: float
) -> None:
    fixes = movebank_relocations[movebank_relocations["groupby_col"] == animal]
    found = get_night_day_ratio(segments(fixes.sort_values("fixtime").head(100)), method="speed")
    # The ephemeris behind the published number differs by about a second of time.
    assert found == pytest.approx(ratio, rel=5e-5)


@pytest.mark.parametrize("lon", [0.0, 36.8, -77.0, 150.0, -150.0, 179.9, -179.9])
@pytest.mark.parametrize("method", METHODS)
def test_the_clock_is_the_solar_one_of_the_place(lon: float, method: Method) -> None:
    moved = [(14, 300.0), (15, 300.0), (26, 100.0), (27, 100.0), (34, 300.0), (22, 100.0)]
    # From noon to noon: 3 hours of daylight, 3 of night. From midnight: 900 / 300 m, in two days.
    expected = {"speed": 1 / 3, "distance": (100 / 600 + 200 / 300) / 2}[method]
    assert get_night_day_ratio(hours(moved, lon), method=method) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_time_zones_and_the_order_of_rows_do_not_matter(method: Method) -> None:
    moved = one_day(50.0, 120.0)
    expected = get_night_day_ratio(hours(moved), method=method)
    assert get_night_day_ratio(hours(moved, zone="Africa/Nairobi"), method=method) == expected
    mixed = hours(moved)
    mixed["segment_start"] = [
        time.tz_convert("Asia/Tokyo" if row % 2 else "UTC") for row, time in enumerate(mixed["segment_start"])
    ]
    assert get_night_day_ratio(mixed, method=method) == expected
    assert get_night_day_ratio(hours(moved).iloc[::-1], method=method) == pytest.approx(expected, rel=1e-12)
    seconds = hours(moved)
    for column in ("segment_start", "segment_end"):
        seconds[column] = seconds[column].dt.as_unit("s")
    assert get_night_day_ratio(seconds, method=method) == expected


@pytest.mark.parametrize("method", METHODS)
def test_a_track_over_the_antimeridian_is_one_track(method: Method) -> None:
    moved = one_day(50.0, 120.0)
    straight, crossing = hours(moved, lon=179.99), hours(moved, lon=179.99)
    crossing.loc[crossing.index[::2], "geometry"] = shapely.LineString([(-179.99, 0), (-179.99, 0.001)])
    expected = get_night_day_ratio(straight, method=method)
    assert get_night_day_ratio(crossing, method=method) == pytest.approx(expected, rel=1e-3)


def test_a_long_segment_is_shared_out_by_time_or_left_out() -> None:
    day = hours(one_day(50.0, 120.0))
    long = hours([(12, 1000.0)])
    long["segment_end"] = long["segment_start"] + pd.Timedelta(hours=24)
    both = gpd.GeoDataFrame(pd.concat([day, long], ignore_index=True))
    assert get_night_day_ratio(both, method="speed") == get_night_day_ratio(day, method="speed")
    # Noon to noon at the equinox on the equator is half night; most of a day's night is in its half.
    assert get_night_day_ratio(long) == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("method", METHODS)
def test_nan_where_no_day_can_be_measured(method: Method) -> None:
    nothing = hours([])
    still = hours(one_day(0.0, 0.0))
    polar = hours(one_day(50.0, 120.0), lat=89.0)
    polar[["segment_start", "segment_end"]] += pd.Timedelta(days=92)
    unplaced = hours(one_day(50.0, 120.0))
    unplaced["geometry"] = None
    instant = hours(one_day(50.0, 120.0))
    instant["segment_end"] = instant["segment_start"]
    frames = [nothing, nothing.iloc[:0].drop(columns="dist_meters"), still, polar, unplaced, instant]
    assert [math.isnan(get_night_day_ratio(frame, method=method)) for frame in frames] == [True] * 6


def test_movement_by_night_only() -> None:
    night = hours(one_day(50.0, 0.0))
    assert get_night_day_ratio(night, method="speed") == math.inf
    # A day without movement by daylight does not count.
    assert math.isnan(get_night_day_ratio(hours([(22, 10.0), (26, 10.0)])))


@pytest.mark.parametrize("method", METHODS)
def test_unusable_segments_do_not_count_and_the_input_stays_as_it_was(method: Method) -> None:
    usable = hours(one_day(50.0, 120.0))
    broken = hours([(20, 1e6), (21, 1e6), (22, math.nan), (23, 1e6)])
    broken.loc[0, "geometry"] = None
    broken.loc[1, "segment_end"] = pd.NaT
    broken.loc[3, "geometry"] = shapely.LineString()
    both = gpd.GeoDataFrame(pd.concat([broken, usable], ignore_index=True))
    before = both.copy(deep=True)
    assert get_night_day_ratio(both, method=method) == get_night_day_ratio(usable, method=method)
    assert_frame_equal(both, before)
    projected = usable.to_crs("EPSG:32631")
    assert get_night_day_ratio(projected, method=method) == pytest.approx(
        get_night_day_ratio(usable, method=method), rel=1e-9
    )


def test_what_is_missing_is_named() -> None:
    frame = hours([(12, 1.0)])
    with pytest.raises(ValueError, match="lacks the column 'dist_meters'"):
        get_night_day_ratio(frame.drop(columns="dist_meters"))
    with pytest.raises(ValueError, match="has no CRS"):
        get_night_day_ratio(frame.set_crs(None, allow_override=True))
    naive = frame.assign(segment_start=frame["segment_start"].dt.tz_localize(None))
    with pytest.raises(ValueError, match="has no time zone"):
        get_night_day_ratio(naive)


def test_the_definition_is_no_part_of_forms() -> None:
    info = task_info(get_night_day_ratio, get_night_day_ratio.__module__, "get_night_day_ratio")
    assert [(name, found.hidden) for name, found in info.parameters.items()] == [
        ("df", False),
        ("method", True),
    ]
