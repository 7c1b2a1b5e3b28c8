"""Events from a simulated site, beside the public client; the names of their types."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
import pytest
import shapely
from erclient import ERClient
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.contracts.parquet import read_frame, write_frame
from ecoscope_workflows.tasks.io import get_events
from ecoscope_workflows.tasks.schemas import Events, EventsWithDisplayNames
from ecoscope_workflows.tasks.time_ranges import TimeRange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd
    from tests.standins.earthranger import EarthRangerStandIn

START = datetime(2024, 3, 1, tzinfo=UTC)
ALL_TIME = TimeRange(since=START, until=START + timedelta(days=365))
NEVER = TimeRange(since=START - timedelta(days=9), until=START - timedelta(days=8))
# What the published workflow asks for, in its order.
COLUMNS = ["id", "time", "event_type", "event_category", "reported_by", "serial_number", "geometry"]


class Asked(Protocol):
    """Call the task with arguments that fit the site, some of them replaced."""

    def __call__(self, **replaced: Any) -> gpd.GeoDataFrame: ...


@pytest.fixture
def events(connected: str) -> Asked:
    """Return the task, bound to the site and to all of its time."""

    def call(**replaced: Any) -> gpd.GeoDataFrame:
        return get_events(**{"client": connected, "time_range": ALL_TIME, "event_types": [], **replaced})

    return call


@pytest.fixture
def client(site: EarthRangerStandIn) -> Iterator[Any]:
    """Return the public client."""
    found = ERClient(
        service_root=site.url, username=site.username, password=site.password, client_id="das_web_client"
    )
    yield found
    found._http_session.close()


def faults(frame: Any, schema: type = Events) -> Any:
    return FrameContract(schema, geo=True).faults(frame)[1]


def test_the_public_client_and_the_task_read_the_same(events: Asked, client: Any) -> None:
    period = TimeRange(since=START + timedelta(hours=2), until=START + timedelta(hours=20))
    dates = {"lower": period.since.isoformat(), "upper": period.until.isoformat()}
    theirs = sorted(
        client.get_events(filter=json.dumps({"date_range": dates}), page_size=7), key=lambda e: e["time"]
    )

    ours = events(time_range=period)

    assert len(theirs) == 28
    assert list(ours["id"]) == [record["id"] for record in theirs]
    assert list(ours["time"]) == [datetime.fromisoformat(record["time"]) for record in theirs]
    assert list(ours["serial_number"]) == [record["serial_number"] for record in theirs]
    reporters = [None if pd.isna(text) else json.loads(text) for text in ours["reported_by"]]
    assert reporters == [record["reported_by"] for record in theirs]
    shapes = [
        shapely.geometry.shape(r["geojson"]["geometry"]) if r["geojson"]["geometry"] else None for r in theirs
    ]
    assert [s and s.centroid for s in shapes] == list(ours.geometry)


def test_the_types_are_those_of_the_public_client(site: EarthRangerStandIn, client: Any) -> None:
    first = client.get_event_types(include_inactive="true", version="v1.0")
    second = client.get_event_types(version="v2.0")

    assert [record["value"] for record in first] == [r["value"] for r in site.activity.event_types]
    assert [record["value"] for record in second] == ["elephant_sighting"]


def test_the_frame_is_of_its_schema_and_survives_a_file(events: Asked, tmp_path: Path) -> None:
    frame = events(include_display_values=True)

    assert len(frame) == 45
    assert faults(frame, EventsWithDisplayNames) == ()
    assert str(frame["time"].dtype) == "datetime64[ns, UTC]"
    assert frame["time"].is_monotonic_increasing
    write_frame(frame, tmp_path / "events.parquet", "{}")
    assert_geodataframe_equal(read_frame(tmp_path / "events.parquet"), frame)


def test_the_columns_are_those_that_were_asked_for(events: Asked) -> None:
    frame = events(event_columns=COLUMNS)
    named = events(event_columns=COLUMNS, include_display_values=True)

    assert list(frame.columns) == COLUMNS
    assert list(named.columns) == [*COLUMNS, "event_type_display"]
    assert_geodataframe_equal(named[COLUMNS], frame)


def test_a_column_that_the_site_does_not_know_is_empty(events: Asked) -> None:
    frame = events(event_columns=["id", "event_type", "time", "geometry", "event_details", "provenance"])

    assert frame[["event_details", "provenance"]].isna().all(axis=None)
    assert {str(frame[name].dtype) for name in ("event_details", "provenance")} == {"str"}


@pytest.mark.parametrize(("argument", "column", "text"), [
    ("include_details", "event_details", '{"count": 7, "kind": "wire"}'),
    ("include_updates", "updates", '[{"message": "Added"}]'),
])  # fmt: skip
def test_more_comes_on_demand(events: Asked, argument: str, column: str, text: str) -> None:
    assert column not in events()
    more: Any = {argument: True}
    assert text in set(events(**more)[column])


def test_related_events_come_on_demand(events: Asked, site: EarthRangerStandIn) -> None:
    events(include_related_events=True)
    assert site.calls_of("activity/events")[0].query["include_related_events"] == "true"


@pytest.mark.parametrize("version", ["both", "first alone"])
def test_types_choose_events(events: Asked, site: EarthRangerStandIn, version: str) -> None:
    types = ["fire_rep", "elephant_sighting", "old_camp_rep"]
    if version == "first alone":
        site.activity.event_types_v2 = None
        types = ["fire_rep", "old_camp_rep"]

    frame = events(event_types=types)

    expected = [e["id"] for e in site.activity.events if e["event_type"] in types]
    assert list(frame["id"]) == expected
    assert len(expected) == 9 * len(types)


def test_many_types_go_into_several_requests(events: Asked, site: EarthRangerStandIn) -> None:
    extra = [dict(site.activity.event_types[0], id=f"id {n}", value=f"type {n}") for n in range(150)]
    site.activity.event_types += extra

    frame = events(event_types=["snare_rep", *(record["value"] for record in extra)])

    assert set(frame["event_type"]) == {"snare_rep"}
    asked = [json.loads(call.query["filter"])["event_type"] for call in site.calls_of("activity/events")]
    assert [len(ids) for ids in asked] == [100, 51]


def test_an_unknown_type_is_left_out_with_a_warning(events: Asked, site: EarthRangerStandIn) -> None:
    with pytest.warns(UserWarning, match=r"no event type 'fire_repp'.*fire_rep"):
        frame = events(event_types=["fire_repp", "snare_rep"])
    assert set(frame["event_type"]) == {"snare_rep"}

    site.calls.clear()
    with (
        pytest.warns(UserWarning, match="no event type"),
        pytest.raises(ValueError, match=r"no events of the types fire_repp from 2024-03-01"),
    ):
        events(event_types=["fire_repp"])
    # To ask for no types would bring all of them.
    assert site.calls_of("activity/events") == []


def test_events_on_two_pages_count_once(events: Asked, site: EarthRangerStandIn) -> None:
    assert {call.query.get("page") for call in site.calls_of("activity/events")} == set()
    frame = events()
    assert frame["id"].is_unique
    pages = site.calls_of("activity/events")
    assert [call.query.get("page") for call in pages] == [None, "2", "3"]
    assert {call.query["sort_by"] for call in pages} == {"serial_number"}


@pytest.mark.parametrize("points", [True, False])
def test_areas_become_points_on_demand(events: Asked, points: bool) -> None:
    kinds = events(force_point_geometry=points, include_null_geometry=False).geom_type.value_counts()
    assert dict(kinds) == ({"Point": 39} if points else {"Point": 31, "Polygon": 8})


def test_events_without_a_geometry_are_left_out_on_demand(events: Asked) -> None:
    assert events().geometry.isna().sum() == 6
    found = events(include_null_geometry=False)
    assert len(found) == 39
    assert list(found.index) == list(range(39))


@pytest.mark.parametrize("broken", [
    {"type": "Point"}, {"type": "Pont", "coordinates": [1, 2]}, {"type": "Point", "coordinates": ["a"]}, 7,
])  # fmt: skip
def test_a_geometry_that_cannot_be_read_is_counted(
    events: Asked, site: EarthRangerStandIn, broken: Any
) -> None:
    site.activity.events[0]["geojson"]["geometry"] = broken

    with pytest.warns(UserWarning, match="1 of 45 events have a geometry that cannot be read"):
        frame = events()

    assert frame.geometry.isna().sum() == 7


@pytest.mark.parametrize("columns", [COLUMNS, None])
@pytest.mark.parametrize("display", [True, False])
def test_no_events_are_an_error_or_a_frame_of_the_same_shape(
    events: Asked, columns: list[str] | None, display: bool
) -> None:
    with pytest.raises(ValueError, match="there are no events from 2024-02-21"):
        events(time_range=NEVER)

    options = {"event_columns": columns, "include_display_values": display}
    empty = events(time_range=NEVER, raise_on_empty=False, **options)
    full = events(**options)

    assert len(empty) == 0
    assert faults(empty, EventsWithDisplayNames if display else Events) == ()
    assert set(empty.columns) <= set(full.columns)
    assert empty.dtypes.to_dict() == full.dtypes[list(empty.columns)].to_dict()
    assert empty.crs == full.crs
    if columns:
        assert list(empty.columns) == list(full.columns)


def test_one_event_without_anything_is_read(events: Asked, site: EarthRangerStandIn) -> None:
    site.activity.events = site.activity.events[:1]
    for name in ("reported_by", "serial_number", "geojson", "priority", "event_category"):
        site.activity.events[0][name] = None
    frame = events()
    assert len(frame) == 1
    assert faults(frame) == ()
    assert frame[["reported_by", "serial_number", "geometry"]].isna().all(axis=None)


@pytest.mark.parametrize("resource", ["activity/events", "activity/events/eventtypes"])
def test_a_busy_site_is_asked_again(events: Asked, site: EarthRangerStandIn, resource: str) -> None:
    expected = events(event_types=["fire_rep"])
    site.fail(resource, status=429, headers={"Retry-After": "0"})
    site.fail(resource, drop=True)
    assert_geodataframe_equal(events(event_types=["fire_rep"]), expected)


@pytest.mark.parametrize(("status", "error"), [(403, PermissionError), (404, ConnectionError)])
def test_what_the_site_refuses_is_an_error(
    events: Asked, site: EarthRangerStandIn, status: int, error: type[Exception]
) -> None:
    site.fail("activity/events", status=status)
    with pytest.raises(error, match="/activity/events/"):
        events()


def test_a_site_without_any_event_types_is_an_error(events: Asked, site: EarthRangerStandIn) -> None:
    site.fail("activity/events/eventtypes", status=404)
    site.activity.event_types_v2 = None
    with pytest.raises(ConnectionError, match="answered 404 to /activity/eventtypes/"):
        events(event_types=["fire_rep"])
