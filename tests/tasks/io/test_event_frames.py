"""Frames of events, from records as a simulated site has them; the names of their types."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.contracts.parquet import read_frame, write_frame
from ecoscope_workflows.tasks.io import _event_frames as kernel
from ecoscope_workflows.tasks.io import get_event_type_display_names_from_events, get_events
from ecoscope_workflows.tasks.schemas import EventsWithDisplayNames
from ecoscope_workflows.tasks.time_ranges import TimeRange

if TYPE_CHECKING:
    from pathlib import Path

    from tests.standins.earthranger import EarthRangerStandIn

START = datetime(2024, 3, 1, tzinfo=UTC)
ALL_TIME = TimeRange(since=START, until=START + timedelta(days=365))
NEVER = TimeRange(since=START - timedelta(days=9), until=START - timedelta(days=8))


@pytest.mark.parametrize(("corners", "expected"), [
    # A square of two degrees around the antimeridian, as one ring and as two.
    ([[(179, 0), (-179, 0), (-179, 2), (179, 2), (179, 0)]], (180.0, 1.0)),
    ([[(179, 0), (180, 0), (180, 2), (179, 2), (179, 0)],
      [(-180, 0), (-179, 0), (-179, 2), (-180, 2), (-180, 0)]], (180.0, 1.0)),
    ([[(179, 0), (-177, 0), (-177, 2), (179, 2), (179, 0)]], (-179.0, 1.0)),
    ([[(10, 0), (12, 0), (12, 2), (10, 2), (10, 0)]], (11.0, 1.0)),
])  # fmt: skip
def test_the_centre_of_an_area_across_the_antimeridian_is_inside_of_it(
    corners: list[list[tuple[float, float]]], expected: tuple[float, float]
) -> None:
    geometry = {"type": "MultiPolygon", "coordinates": [[ring] for ring in corners]}
    found = kernel.geometries([{"geometry": geometry}], points=True)[0]
    assert (found.x, found.y) == pytest.approx(expected)


def test_an_event_without_a_time_is_refused(site: EarthRangerStandIn) -> None:
    record = {**site.activity.events[0], "time": None}
    with pytest.raises(ValueError, match=rf"event {record['id']} has no time \(1 in all\)"):
        kernel.events_frame([record], None, null_geometry=True, points=True)


def test_equal_times_are_in_the_order_of_serial_numbers(site: EarthRangerStandIn) -> None:
    records = [
        {**site.activity.events[0], "id": name, "serial_number": number, "time": moment}
        for name, number, moment in [
            ("c", 2, "2024-03-01T03:00:00+03:00"),
            ("b", 1, "2024-03-01T00:00:00Z"),
            ("a", 3, "2024-02-29T23:59:59Z"),
        ]
    ]
    frame = kernel.events_frame(records, None, null_geometry=True, points=True)
    assert list(frame["id"]) == ["a", "b", "c"]


@pytest.mark.parametrize(("values", "dtype"), [
    ([1, 2], "int64"), ([1, None], "Int64"), ([1.5, 2], "float64"), ([1.5, None], "float64"),
    ([True, False], "bool"), ([True, None], "object"), (["a", None], "str"), ([None, None], "str"),
    ([{"a": 1}, []], "str"), ([1, "a"], "str"), ([], "str"),
])  # fmt: skip
def test_a_column_has_one_type_that_a_file_can_hold(values: list[Any], dtype: str, tmp_path: Path) -> None:
    found = kernel.column([{"x": value} for value in values], "x")
    assert str(found.dtype) == dtype
    frame = pd.DataFrame({"x": found})
    write_frame(frame, tmp_path / "x.parquet", "{}")
    pd.testing.assert_frame_equal(read_frame(tmp_path / "x.parquet"), frame)


@pytest.mark.parametrize(("append", "camp", "fire"), [
    ("duplicates", {"Camp (Security)", "Camp (Monitoring)"}, "Fire"),
    ("always", {"Camp (Security)", "Camp (Monitoring)"}, "Fire (Monitoring)"),
    ("never", {"Camp"}, "Fire"),
])  # fmt: skip
def test_types_are_called_as_people_call_them(connected: str, append: Any, camp: set[str], fire: str) -> None:
    frame: Any = get_events(connected, ALL_TIME, [])
    before = frame.copy(deep=True)

    named = get_event_type_display_names_from_events(connected, frame, append)

    kinds = named.groupby("event_type")["event_type_display"].agg(set)
    assert kinds["camp_rep"] | kinds["old_camp_rep"] == camp
    assert kinds["fire_rep"] == {fire}
    sighting = "Elephant Sighting (Monitoring)" if append == "always" else "Elephant Sighting"
    assert kinds["elephant_sighting"] == {sighting}
    assert FrameContract(EventsWithDisplayNames, geo=True).faults(named)[1] == ()
    assert_geodataframe_equal(frame, before)


def test_types_that_are_not_among_the_events_are_no_duplicates(connected: str) -> None:
    frame: Any = get_events(connected, ALL_TIME, ["camp_rep", "fire_rep"])
    named = get_event_type_display_names_from_events(connected, frame)
    assert set(named["event_type_display"]) == {"Camp", "Fire"}


@pytest.mark.parametrize(("append", "shown"), [("never", "lost_rep"), ("always", "lost_rep (lost_rep)")])
def test_a_type_that_the_site_does_not_know_is_called_by_its_value(
    connected: str, append: Any, shown: str
) -> None:
    frame: Any = gpd.GeoDataFrame(
        {"event_type": ["lost_rep"], "time": pd.to_datetime(["2024-03-01"], utc=True)},
        geometry=gpd.GeoSeries([None], crs="EPSG:4326"),
        index=[7],
    )
    named = get_event_type_display_names_from_events(connected, frame, append)
    assert named["event_type_display"].to_dict() == {7: shown}


def test_names_of_no_events_are_asked_of_nobody(connected: str, site: EarthRangerStandIn) -> None:
    empty: Any = get_events(connected, NEVER, [], raise_on_empty=False)
    site.calls.clear()
    assert list(get_event_type_display_names_from_events(connected, empty)["event_type_display"]) == []
    assert site.calls == []
