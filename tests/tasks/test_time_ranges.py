"""Time ranges: zones that are given, taken from the form, or do not go together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from ecoscope_workflows.tasks.time_ranges import UTC_TIMEZONE, TimeRange, TimezoneInfo

NAIROBI = {
    "label": "Africa/Nairobi (UTC+03:00)",
    "tzCode": "Africa/Nairobi",
    "name": "(UTC+03:00) Nairobi",
    "utc": "+03:00",
}


def zone(offset: str) -> TimezoneInfo:
    return TimezoneInfo(label="", tzCode="", name="", utc=offset)


@pytest.mark.parametrize(
    ("text", "minutes"), [("+03:00", 180), ("-09:30", -570), ("+00:00", 0), ("-00:30", -30), ("+5:45", 345)]
)
def test_offsets(text: str, minutes: int) -> None:
    assert zone(text).offset.utcoffset(None) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "03:00", "+03", "UTC", "+03:00:00", "+25:00"])
def test_what_is_no_offset_is_refused_when_the_form_is_read(text: str) -> None:
    with pytest.raises(ValidationError, match=r"offset|strictly between"):
        zone(text)


def test_the_definition_of_a_zone_is_the_published_one() -> None:
    titles = {"label": "Label", "tzCode": "Tzcode", "name": "Name", "utc": "Utc"}
    assert TimezoneInfo.model_json_schema() == {
        "title": "TimezoneInfo",
        "type": "object",
        "properties": {name: {"title": title, "type": "string"} for name, title in titles.items()},
        "required": list(titles),
    }


@pytest.mark.parametrize(
    ("since", "zone_info", "expected"),
    [
        ("2015-01-01T00:00:00", NAIROBI, "2015-01-01T00:00:00+03:00"),
        ("2015-01-01T00:00:00", UTC_TIMEZONE, "2015-01-01T00:00:00+00:00"),
        ("2015-01-01T00:00:00Z", NAIROBI, "2015-01-01T00:00:00+00:00"),
    ],
)
def test_times_without_a_zone_are_meant_in_that_of_the_form(
    since: str, zone_info: Any, expected: str
) -> None:
    until = since.replace("2015", "2016")
    found = TimeRange.model_validate({"since": since, "until": until, "timezone": zone_info})
    assert found.since.isoformat() == expected
    assert found.until.isoformat() == expected.replace("2015", "2016")
    assert TimeRange.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    ("since", "until", "message"),
    [
        ("2015-01-01T00:00:00Z", "2016-01-01T00:00:00", "both have a time zone"),
        ("2015-01-01T00:00:00", "2016-01-01T00:00:00+03:00", "both have a time zone"),
        ("2016-01-01T00:00:00", "2015-01-01T00:00:00", "must not be after"),
        ("2015-01-01T01:00:00+00:00", "2015-01-01T03:00:00+03:00", "must not be after"),
    ],
)
def test_ends_that_do_not_go_together(since: str, until: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TimeRange.model_validate({"since": since, "until": until})


def test_one_moment_is_a_time_range() -> None:
    found = TimeRange.model_validate({"since": "2015-01-01T00:00:00", "until": "2015-01-01T00:00:00"})
    assert found.since == found.until
    assert found.time_format == "%d %b %Y %H:%M:%S"
