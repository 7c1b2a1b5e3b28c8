"""Tasks that turn values into text, numbers, or times of another zone."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from ecoscope_workflows.contracts.parquet import read_frame, write_frame
from ecoscope_workflows.tasks.time_ranges import UTC_TIMEZONE, TimezoneInfo
from ecoscope_workflows.tasks.transformation import (
    convert_column_values_to_numeric,
    convert_column_values_to_string,
    convert_crs,
    convert_values_to_timezone,
)

if TYPE_CHECKING:
    from pathlib import Path

NAIROBI = TimezoneInfo(label="Africa/Nairobi (UTC+03:00)", tzCode="Africa/Nairobi", name="EAT", utc="+03:00")
NEWFOUNDLAND = TimezoneInfo(label="St John's", tzCode="America/St_Johns", name="NST", utc="-03:30")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([50.0, 99.999, float("nan")], ["50.0", "99.999", "nan"]),
        ([True, False], ["True", "False"]),
        ([1, 2], ["1", "2"]),
        (["a", None], ["a", "None"]),
        ([{"k": 1}, 2, None], ["{'k': 1}", "2", "None"]),
        (pd.to_datetime(["2017-01-01 06:00", "NaT"], utc=True), ["2017-01-01 06:00:00+00:00", "NaT"]),
        (pd.array([1, None], dtype="Int64"), ["1", "<NA>"]),
        (pd.Categorical(["x", "y"]), ["x", "y"]),
        ([], []),
    ],
)
def test_writes_values_as_text(values: Any, expected: list[str]) -> None:
    text = convert_column_values_to_string(pd.DataFrame({"x": values}), ["x"])["x"]
    assert list(text) == expected
    assert text.dtype == pd.Series(dtype=str).dtype


def test_turns_text_into_numbers_and_counts_what_is_none(caplog: pytest.LogCaptureFixture) -> None:
    frame = pd.DataFrame({"x": ["1", "2.5", "many", None]})
    with caplog.at_level(logging.WARNING):
        numbers = convert_column_values_to_numeric(frame, ["x"])["x"]
    assert numbers.fillna(-1).tolist() == [1, 2.5, -1, -1]
    assert "column 'x': 1 of 4 values are no numbers" in caplog.text


@pytest.mark.parametrize("task", [convert_column_values_to_string, convert_column_values_to_numeric])
def test_a_column_that_does_not_exist_is_an_error(task: Any) -> None:
    with pytest.raises(KeyError, match=r"columns names the column 'speeds'.*did you mean 'speed'"):
        task(pd.DataFrame({"speed": [1]}), ["speeds"])


@pytest.mark.parametrize(
    ("zone", "clock", "offset"),
    [
        (NAIROBI, "2017-07-01 02:30", timedelta(hours=3)),
        # A form's zone is its offset: no summer time.
        (NEWFOUNDLAND, "2017-06-30 20:00", -timedelta(hours=3, minutes=30)),
        ("America/St_Johns", "2017-06-30 21:00", -timedelta(hours=2, minutes=30)),
        (UTC_TIMEZONE, "2017-06-30 23:30", timedelta(0)),
        ("UTC", "2017-06-30 23:30", timedelta(0)),
    ],
)
def test_shows_the_same_moment_in_another_zone(
    tmp_path: Path, zone: Any, clock: str, offset: timedelta
) -> None:
    frame = pd.DataFrame({"time": pd.to_datetime(["2017-06-30 23:30", "NaT"], utc=True)})
    shown = convert_values_to_timezone(frame, zone, ["time"])
    first = shown["time"][0]
    assert first.tz_localize(None) == pd.Timestamp(clock)
    assert first.utcoffset() == offset
    assert first == frame["time"][0]
    assert pd.isna(shown["time"][1])
    write_frame(shown, tmp_path / "times.parquet", "")
    again = read_frame(tmp_path / "times.parquet")
    assert again["time"][0].tz_localize(None) == pd.Timestamp(clock)
    assert again["time"].dtype == shown["time"].dtype


def test_leaves_alone_and_logs_what_has_no_zone_or_does_not_exist(caplog: pytest.LogCaptureFixture) -> None:
    frame = pd.DataFrame({"text": ["2017-01-01T00:00Z"], "naive": [datetime(2017, 1, 1)]})  # noqa: DTZ001
    with caplog.at_level(logging.WARNING):
        shown = convert_values_to_timezone(frame, NAIROBI, ["text", "naive", "gone"])
    pd.testing.assert_frame_equal(shown, frame)
    assert "['gone']" in caplog.text
    assert "['text', 'naive']" in caplog.text


def test_mixed_zones_become_one() -> None:
    east = timezone(timedelta(hours=3))
    times = [datetime(2017, 1, 1, 3, tzinfo=east), None, datetime(2017, 1, 1, 1, tzinfo=UTC)]
    frame = pd.DataFrame({"time": pd.Series(times, dtype=object)})
    shown = convert_values_to_timezone(frame, NAIROBI, ["time"])
    assert isinstance(shown["time"].dtype, pd.DatetimeTZDtype)
    assert shown["time"].dt.hour.fillna(-1).tolist() == [3, -1, 4]


def test_finds_times_itself_where_asked_to() -> None:
    frame = pd.DataFrame({"a": pd.to_datetime(["2017-01-01"], utc=True), "b": ["x"]})
    assert convert_values_to_timezone(frame, NAIROBI, [])["a"].dt.hour[0] == 0
    assert convert_values_to_timezone(frame, NAIROBI, [], auto_detect=True)["a"].dt.hour[0] == 3


@pytest.mark.parametrize("zone", ["Afrika/Nairobi", ""])
def test_an_unknown_zone_is_an_error(zone: str) -> None:
    with pytest.raises(ValueError, match="expected a name such as 'Africa/Nairobi'"):
        convert_values_to_timezone(pd.DataFrame({"a": [1]}), zone, ["a"])


def test_published_events_keep_their_moments(reference_data: Path) -> None:
    events = gpd.read_parquet(reference_data / "ecoscope2026/io/get-events.example-return.parquet")
    shown = convert_values_to_timezone(events, NAIROBI, ["time"])
    assert (shown["time"] == events["time"]).all()
    assert str(shown["time"].dt.tz) == "UTC+03:00"
    assert shown.crs == events.crs


def test_reprojects() -> None:
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(180, 0)], crs="EPSG:4326")
    assert convert_crs(frame, "EPSG:3857").geometry.x[0] == pytest.approx(20037508.342789244)
    with pytest.raises(ValueError, match="the frame has no CRS"):
        convert_crs(frame.set_crs(None, allow_override=True))
    with pytest.raises(ValueError, match="crs 'EPSG:1' is not known"):
        convert_crs(frame, "EPSG:1")
