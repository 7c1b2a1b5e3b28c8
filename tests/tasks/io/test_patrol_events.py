"""The events reported on patrols, and asking for patrols with one set of settings."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.contracts.parquet import read_frame, write_frame
from ecoscope_workflows.tasks import io
from ecoscope_workflows.tasks.schemas import Events, EventsWithDisplayNames
from ecoscope_workflows.tasks.time_ranges import TimeRange

if TYPE_CHECKING:
    from pathlib import Path

    from tests.standins.earthranger import EarthRangerStandIn

START = datetime(2024, 3, 1, tzinfo=UTC)
ALL_TIME = TimeRange(since=START, until=START + timedelta(days=365))
NEVER = TimeRange(since=START - timedelta(days=9), until=START - timedelta(days=8))
# Of each leg: a point, an area and nothing, 25 minutes apart.
MORNING = TimeRange(
    since=START + timedelta(hours=2, minutes=25), until=START + timedelta(hours=4, minutes=49)
)


@pytest.fixture
def patrols(connected: str) -> Any:
    return io.get_patrols(connected, ALL_TIME, [])


def faults(frame: Any, schema: type = Events) -> Any:
    return FrameContract(schema, geo=True).faults(frame)[1]


def test_events_are_taken_out_of_their_patrols(
    patrols: Any, site: EarthRangerStandIn, tmp_path: Path
) -> None:
    before = patrols.copy(deep=True)

    frame: Any = io.unpack_events_from_patrols_df(patrols, [], ALL_TIME)

    legs = [(patrol, patrol["patrol_segments"][0]) for patrol in site.activity.patrols[:9]]
    expected = [(patrol, leg, event) for patrol, leg in legs for event in leg["events"]]
    assert list(frame["id"]) == [event["id"] for _, _, event in expected]
    assert list(frame["patrol_id"]) == [patrol["id"] for patrol, _, _ in expected]
    assert list(frame["patrol_serial_number"]) == [patrol["serial_number"] for patrol, _, _ in expected]
    assert list(frame["patrol_segment_id"]) == [leg["id"] for _, leg, _ in expected]
    assert list(frame["patrol_type"]) == [leg["patrol_type"] for _, leg, _ in expected]
    assert list(frame["patrol_subject"]) == [leg["leader"]["name"] for _, leg, _ in expected]
    assert list(frame["patrol_start_time"]) == [leg["time_range"]["start_time"] for _, leg, _ in expected]
    times = [datetime.fromisoformat(event["geojson"]["properties"]["datetime"]) for _, _, event in expected]
    assert list(frame["time"]) == times
    assert str(frame["time"].dtype) == str(frame["created_at"].dtype) == "datetime64[ns, UTC]"
    assert list(frame.geom_type[:2]) == ["Point", "Point"]
    assert frame.geometry[1].coords[0] == pytest.approx((37.01, 0.105))
    assert list(frame.index) == list(range(27))
    assert faults(frame) == ()
    pd.testing.assert_frame_equal(patrols, before)
    write_frame(frame, tmp_path / "events.parquet", "{}")
    assert_geodataframe_equal(read_frame(tmp_path / "events.parquet"), frame)


@pytest.mark.parametrize(("arguments", "expected"), [
    ({}, 27),
    ({"event_types": ["fire_rep", "unheard_of"]}, 9),
    ({"include_null_geometry": False}, 18),
    ({"include_null_geometry": False, "event_types": ["snare_rep"]}, 9),
    # Both bounds count: the first event is at 02:25, and one at 04:50 is late.
    ({"time_range": MORNING}, 4),
    ({"time_range": MORNING, "truncate_to_time_range": False}, 27),
    ({"time_range": NEVER}, 0),
    ({"time_range": NEVER, "truncate_to_time_range": False}, 27),
])  # fmt: skip
def test_what_is_asked_for_is_there(patrols: Any, arguments: dict[str, Any], expected: int) -> None:
    frame: Any = io.unpack_events_from_patrols_df(
        **{"patrols_df": patrols, "event_types": [], "time_range": ALL_TIME, **arguments}
    )
    assert len(frame) == expected
    assert list(frame.index) == list(range(expected))
    assert faults(frame) == ()


def test_an_event_without_a_time_is_left_out_with_a_warning(site: EarthRangerStandIn, connected: str) -> None:
    site.activity.patrols[0]["patrol_segments"][0]["events"][0]["geojson"] = None
    del site.activity.patrols[1]["patrol_segments"][0]["events"][0]["geojson"]["properties"]["datetime"]
    patrols: Any = io.get_patrols(connected, ALL_TIME, [])

    with pytest.warns(UserWarning, match="2 of 27 events have no time"):
        frame: Any = io.unpack_events_from_patrols_df(patrols, [], ALL_TIME)

    assert len(frame) == 25


def test_legs_may_be_records_in_place_of_text(patrols: Any) -> None:
    expected: Any = io.unpack_events_from_patrols_df(patrols, [], ALL_TIME)
    records = patrols.assign(patrol_segments=patrols["patrol_segments"].map(json.loads).astype(object))
    assert_geodataframe_equal(io.unpack_events_from_patrols_df(records, [], ALL_TIME), expected)


@pytest.mark.parametrize("case", ["no patrols", "no such type"])
def test_no_events_are_an_error_or_a_frame_of_the_same_shape(patrols: Any, case: str) -> None:
    given = patrols.head(0) if case == "no patrols" else patrols
    types = ["unheard_of"] if case == "no such type" else []
    with pytest.raises(ValueError, match=r"the [09] patrols have no such events"):
        io.unpack_events_from_patrols_df(given, types, ALL_TIME)

    empty: Any = io.unpack_events_from_patrols_df(given, types, ALL_TIME, raise_on_empty=False)
    full: Any = io.unpack_events_from_patrols_df(patrols, [], ALL_TIME)

    assert faults(empty) == ()
    assert list(empty.columns) == list(full.columns)
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert empty.crs == full.crs


@pytest.mark.parametrize("display", [False, True])
def test_all_at_once_is_the_same_as_step_by_step(connected: str, display: bool) -> None:
    period: dict[str, Any] = {"time_range": MORNING, "patrol_types": ["foot_patrol"], "status": []}
    at_once: Any = io.get_patrol_events(
        connected,
        event_types=["fire_rep", "snare_rep"],
        truncate_to_time_range=False,
        include_null_geometry=False,
        include_display_values=display,
        **period,
    )
    expected: Any = io.unpack_events_from_patrols_df(
        io.get_patrols(connected, **period),
        ["fire_rep", "snare_rep"],
        MORNING,
        truncate_to_time_range=False,
        include_null_geometry=False,
    )
    if display:
        expected = io.get_event_type_display_names_from_events(connected, expected)
        assert faults(at_once, EventsWithDisplayNames) == ()
    assert_geodataframe_equal(at_once, expected)


@pytest.mark.parametrize("settings", [
    {},
    {"status": [], "patrol_types": ["foot_patrol"], "event_types": ["fire_rep"], "sub_page_size": 3},
    {"time_range": MORNING, "patrols_overlap_daterange": False, "include_null_geometry": False},
    {"time_range": MORNING, "truncate_to_time_range": False, "include_patrol_details": False},
    {"time_range": NEVER, "raise_on_empty": False},
])  # fmt: skip
@pytest.mark.filterwarnings("ignore:.* legs of patrols have no leader:UserWarning")
def test_settings_together_say_what_they_say_one_by_one(connected: str, settings: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {
        "client": connected, "time_range": ALL_TIME, "patrol_types": [], "event_types": [], **settings
    }  # fmt: skip
    params = io.set_patrols_and_patrol_events_params(**arguments)
    asked = {k: v for k, v in arguments.items() if k not in {*OF_EVENTS, "include_patrol_details"}}
    of_events = {k: v for k, v in arguments.items() if k in OF_EVENTS}
    rest = {k: v for k, v in arguments.items() if k in {"raise_on_empty", "include_patrol_details"}}

    patrols: Any = io.get_patrols_from_combined_params(params)
    pd.testing.assert_frame_equal(patrols, io.get_patrols(**asked))
    fixes: Any = io.get_patrol_observations_from_patrols_df_and_combined_params(patrols, params)
    expected: Any = io.get_patrol_observations_from_patrols_df(connected, patrols, **rest)
    assert_geodataframe_equal(fixes, expected)
    assert_geodataframe_equal(io.get_patrol_observations_from_combined_params(params), fixes)
    events: Any = io.unpack_events_from_patrols_df_and_combined_params(patrols, params)
    raises = {k: v for k, v in rest.items() if k == "raise_on_empty"}
    unpacked: Any = io.unpack_events_from_patrols_df(
        patrols, time_range=arguments["time_range"], **of_events, **raises
    )
    assert_geodataframe_equal(events, unpacked)
    at_once: Any = io.get_patrol_events_from_combined_params(params)
    assert_geodataframe_equal(at_once, events)


OF_EVENTS = {"event_types", "include_null_geometry", "truncate_to_time_range"}


def test_settings_survive_being_written_down() -> None:
    params = io.set_patrols_and_patrol_events_params("site", MORNING, [" foot "], [], status=None)
    again = type(params).model_validate_json(params.model_dump_json())
    assert again == params
    assert (again.time_range.since, again.patrol_types) == (MORNING.since, ["foot"])


@pytest.mark.parametrize(("status", "expected"), [
    (None, ["done"]), ([], []), (["active", "done"], ["active", "done"]),
])  # fmt: skip
def test_a_status_is_done_where_nothing_is_said(status: Any, expected: list[str]) -> None:
    assert io.set_patrol_status(status) == expected
    assert io.set_patrol_status() == ["done"]
    assert io.set_patrol_types(["a", "b"]) == ["a", "b"]
