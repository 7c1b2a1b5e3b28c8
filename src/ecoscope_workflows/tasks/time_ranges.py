"""A period of time with the zone it is meant in."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

DEFAULT_TIME_FORMAT = "%d %b %Y %H:%M:%S"

_OFFSET = re.compile(r"([+-])(\d{1,2}):(\d{2})")


def _without_description(schema: dict[str, Any]) -> None:
    # Published definitions have none.
    schema.pop("description", None)


class TimezoneInfo(BaseModel):
    """A time zone as a form gives it."""

    model_config = ConfigDict(json_schema_extra=_without_description)

    label: str
    tzCode: str  # noqa: N815  # the name in published params files
    name: str
    utc: str

    @field_validator("utc")
    @classmethod
    def _is_offset(cls, text: str) -> str:
        _offset(text)
        return text

    @property
    def offset(self) -> timezone:
        """Return the fixed offset from UTC; as published, daylight saving time is not taken into account."""
        return _offset(self.utc)


def _offset(text: str) -> timezone:
    found = _OFFSET.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no offset from UTC: write hours and minutes, such as '+03:00'")
    sign = -1 if found[1] == "-" else 1
    return timezone(sign * timedelta(hours=int(found[2]), minutes=int(found[3])))


UTC_TIMEZONE = TimezoneInfo(label="UTC", tzCode="UTC", name="UTC", utc="+00:00")


class TimeRange(BaseModel):
    """From `since` until `until`, both included.

    A time without a zone is taken in the offset of `timezone`.
    """

    since: datetime
    until: datetime
    timezone: TimezoneInfo = UTC_TIMEZONE
    time_format: str = DEFAULT_TIME_FORMAT

    @model_validator(mode="after")
    def _times_are_aware(self) -> Self:
        if (self.since.tzinfo is None) != (self.until.tzinfo is None):
            raise ValueError("since and until must both have a time zone, or both have none")
        if self.since.tzinfo is None:
            self.since = self.since.replace(tzinfo=self.timezone.offset)
            self.until = self.until.replace(tzinfo=self.timezone.offset)
        if self.since > self.until:
            raise ValueError(f"since ({self.since}) must not be after until ({self.until})")
        return self
