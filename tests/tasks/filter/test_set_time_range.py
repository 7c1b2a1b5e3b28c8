"""The form of a time range, and what the task makes of it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.filter import get_timezone_from_time_range, set_time_range
from ecoscope_workflows.tasks.time_ranges import UTC_TIMEZONE, TimezoneInfo

if TYPE_CHECKING:
    from pathlib import Path

NAIROBI = TimezoneInfo(label="Nairobi", tzCode="Africa/Nairobi", name="Nairobi", utc="+03:00")
SINCE, UNTIL = datetime(2015, 1, 1), datetime(2015, 12, 31, 23, 59, 59)  # noqa: DTZ001  # as forms give them


def test_a_time_range_in_a_zone() -> None:
    found = set_time_range(SINCE, UNTIL, NAIROBI)
    assert found.since.isoformat() == "2015-01-01T00:00:00+03:00"
    assert found.until.isoformat() == "2015-12-31T23:59:59+03:00"
    assert found.time_format == "%d %b %Y %H:%M:%S"
    assert get_timezone_from_time_range(found) == NAIROBI


def test_without_a_zone_it_is_utc() -> None:
    found = set_time_range(SINCE, UNTIL, time_format="%Y")
    assert found.since.isoformat() == "2015-01-01T00:00:00+00:00"
    assert get_timezone_from_time_range(found) == UTC_TIMEZONE
    assert found.time_format == "%Y"


def test_ends_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValidationError, match="must not be after"):
        set_time_range(UNTIL, SINCE)


def test_the_form_is_the_published_one(reference_data: Path) -> None:
    published: dict[str, Any] = json.loads(
        (reference_data / "published-specs" / "task-signatures.json").read_text(encoding="utf-8")
    )["set_time_range"]["unbound"]
    task = task_info(set_time_range, "filter", "set_time_range")
    for name, parameter in task.parameters.items():
        schema = parameter.adapter.json_schema()
        expected = published[name]
        assert schema.get("title", name.replace("_", " ").title()) == expected["title"]
        assert parameter.description == expected.get("description", "")
        assert parameter.required == ("default" not in expected)
        assert schema.get("ecoscope:advanced") == expected.get("ecoscope:advanced")
        assert schema.get("format") == expected.get("format")
        if not parameter.required:
            assert parameter.default == expected["default"]
    # Older versions of pydantic wrap a reference.
    assert task.parameters["timezone"].adapter.json_schema()["$ref"] == "#/$defs/TimezoneInfo"


def test_both_tasks_are_cheap() -> None:
    for task in (set_time_range, get_timezone_from_time_range):
        metadata = task_metadata(task)
        assert metadata is not None
        assert metadata.cheap
