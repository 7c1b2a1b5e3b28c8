"""What the details of events are called on a simulated site."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from erclient import ERClient

from ecoscope_workflows.tasks.io import (
    get_choices_from_v2_event_type,
    get_events,
    get_fields_from_event_type_schema,
    process_events_details,
)
from ecoscope_workflows.tasks.time_ranges import TimeRange

if TYPE_CHECKING:
    from tests.standins.earthranger import EarthRangerStandIn

START = datetime(2024, 3, 1, tzinfo=UTC)
ALL_TIME = TimeRange(since=START, until=START + timedelta(days=365))
SIGHTING, SNARE = "elephant_sighting", "snare_rep"
IN_WORDS = (
    '{"How many elephants?": 3, "Herd Type": "Bull Only", "Seen": [{"Herd Type": "Mix", "Name": "Nia"}]}'
)
HERD = {"bull_only": "Bull Only", "female_only": "Female Only", "mix": "Mix"}


@pytest.mark.parametrize(("kind", "field", "expected"), [
    (SIGHTING, "herd", HERD),
    (SIGHTING, "count", {}),
    (SIGHTING, "unheard_of", {}),
    (SIGHTING, None, {}),
    (SNARE, "kind", {}),
    ("unheard of/../x", "herd", {}),
])  # fmt: skip
def test_choices_are_those_of_the_field(
    connected: str, kind: str, field: str | None, expected: dict[str, str]
) -> None:
    found = get_choices_from_v2_event_type(connected, kind, field)
    assert list(found.items()) == list(expected.items())


@pytest.mark.parametrize("reference", [
    "https://elsewhere.example/api/v2.0/schemas/choices.json", "//elsewhere.example/api/v2.0/x",
    "/static/x", None,
])  # fmt: skip
def test_choices_of_another_place_are_not_asked_for(
    connected: str, site: EarthRangerStandIn, monkeypatch: pytest.MonkeyPatch, reference: str | None
) -> None:
    schema = {"json": {"properties": {"herd": {"anyOf": [{"$ref": reference}]}}}}
    monkeypatch.setattr(
        site.activity, "_schema", lambda resource, _: schema if "schema" in resource else None
    )
    assert get_choices_from_v2_event_type(connected, SIGHTING, "herd") == {}
    assert [call.resource for call in site.calls if "eventtypes" not in call.resource] == ["oauth2/token"]


def test_choices_may_stand_in_the_form_itself(
    connected: str, site: EarthRangerStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = {"oneOf": [{"const": "mix", "title": "Mix"}, {"const": 3}, {"title": "no value"}]}
    schema = {"json": {"properties": {"herd": {"type": "array", "items": {"anyOf": [listed]}}}}}
    monkeypatch.setattr(site.activity, "_schema", lambda *_: schema)
    assert get_choices_from_v2_event_type(connected, SIGHTING, "herd") == {"mix": "Mix", "3": "3"}


def test_fields_are_called_as_in_the_form(connected: str, site: EarthRangerStandIn) -> None:
    client = ERClient(
        service_root=site.url, username=site.username, password=site.password, client_id="das_web_client"
    )
    theirs = client.get_event_schema(SNARE)["schema"]["properties"]
    client._http_session.close()

    first = get_fields_from_event_type_schema(connected, SNARE)
    second = get_fields_from_event_type_schema(connected, SIGHTING)

    assert set(first) == set(theirs)
    assert first["count"] == theirs["count"]["title"]
    # In the order of the form; what is asked for under a condition comes last.
    assert list(first) == ["kind", "count"]
    assert list(second.items()) == [
        ("count", "How many elephants?"),
        ("herd", "Herd Type"),
        ("seen", "Seen"),
        ("collar", "Collar"),
    ]


def test_the_fields_of_no_type_are_an_error(connected: str) -> None:
    with pytest.raises(ValueError, match="no event type 'unheard_of'"):
        get_fields_from_event_type_schema(connected, "unheard_of")


@pytest.mark.parametrize(("titles", "ordered", "expected"), [
    (True, True, {
        SIGHTING: IN_WORDS,
        SNARE: '{"kind": "Wire", "How many snares?": 7}',
    }),
    (False, True, {
        SIGHTING: '{"count": 3, "herd": "Bull Only", "seen": [{"herd": "Mix", "name": "Nia"}]}',
        SNARE: '{"kind": "Wire", "count": 7}',
    }),
    (True, False, {
        SIGHTING: IN_WORDS,
        SNARE: '{"How many snares?": 7, "kind": "Wire"}',
    }),
])  # fmt: skip
def test_details_are_put_into_words(
    connected: str, titles: bool, ordered: bool, expected: dict[str, str]
) -> None:
    events: Any = get_events(connected, ALL_TIME, [], include_details=True)
    before = events.copy(deep=True)

    found = process_events_details(events, connected, map_to_titles=titles, ordered=ordered)

    for kind, text in expected.items():
        assert set(found.loc[found["event_type"] == kind, "event_details"]) == {text}
    assert set(found.loc[found["event_type"] == "fire_rep", "event_details"]) == {"{}"}
    pd.testing.assert_frame_equal(events, before)
    pd.testing.assert_frame_equal(found.drop(columns="event_details"), events.drop(columns="event_details"))


@pytest.mark.parametrize(("details", "expected"), [
    ({"count": 1, "herd": ["mix", "lost"], "other": 5, "updates": []},
     {"How many elephants?": 1, "Herd Type": ["Mix", "lost"], "other": 5}),
    ('{"herd": "mix"}', {"Herd Type": "Mix"}),
    ({"herd": None, "count": "mix"}, {"How many elephants?": "mix", "Herd Type": None}),
    # A key that is called as another is keeps its name.
    ({"herd": "mix", "Herd Type": "x"}, {"herd": "Mix", "Herd Type": "x"}),
    ({}, {}),
    (None, None),
    (float("nan"), None),
])  # fmt: skip
def test_details_of_all_kinds(connected: str, details: Any, expected: Any) -> None:
    events = pd.DataFrame({"event_type": [SIGHTING, "lost_rep"], "event_details": [details, details]})
    found = process_events_details(events, connected)["event_details"]
    assert (None if pd.isna(found[0]) else json.loads(found[0])) == expected
    # What the site has no form for stays as it is.
    unknown = json.loads(details) if isinstance(details, str) else details
    assert pd.isna(found[1]) if expected is None else json.loads(found[1]) == unknown


@pytest.mark.parametrize("details", [7, [1]])
def test_details_that_are_no_record_are_an_error(connected: str, details: Any) -> None:
    events = pd.DataFrame({"event_type": [SIGHTING], "event_details": [details]})
    with pytest.raises(ValueError, match="event_details must hold records"):
        process_events_details(events, connected)


@pytest.mark.parametrize("columns", [["event_type"], ["event_details"], []])
def test_without_details_events_stay_as_they_are(
    connected: str, site: EarthRangerStandIn, columns: list[str]
) -> None:
    events = pd.DataFrame({name: ["x"] for name in columns})
    pd.testing.assert_frame_equal(process_events_details(events, connected), events)
    pd.testing.assert_frame_equal(process_events_details(events.head(0), connected), events.head(0))
    assert site.calls == []


def test_a_failing_site_is_no_missing_type(connected: str, site: EarthRangerStandIn) -> None:
    events = pd.DataFrame({"event_type": [SIGHTING], "event_details": ["{}"]})
    site.fail(f"api/v2.0/activity/eventtypes/{SIGHTING}/schema", status=403)
    with pytest.raises(PermissionError, match="does not let this user read"):
        process_events_details(events, connected)


def test_each_form_is_asked_for_once(connected: str, site: EarthRangerStandIn) -> None:
    events = pd.DataFrame({"event_type": [SIGHTING] * 50, "event_details": ['{"herd": "mix"}'] * 50})
    process_events_details(events, connected)
    assert len(site.calls_of(f"api/v2.0/activity/eventtypes/{SIGHTING}/schema")) == 1
