"""Times as files hold them in; UTC out, or a complaint that names the rows."""

from __future__ import annotations

import zoneinfo
from typing import Any

import pandas as pd

from ecoscope_workflows.tasks.io._track_values import complain

# A time of day, then an offset: "…T06:30:00Z", "… 06:30:00.5+03:00", "…T0630+03"; not the date "2024-03-01".
HAS_ZONE = r"\d[T ]\d{2}.*(?:[Zz]|[+-]\d{2}(?::?\d{2})?)$"
# What a timestamp in nanoseconds, as in published data, can hold.
FIRST_YEAR, LAST_YEAR = 1678, 2261


def utc_times(times: pd.Series[Any], time_zone: str) -> pd.Series[Any]:
    """Return a column of times in UTC, with nanosecond resolution.

    Parameters
    ----------
    times
        Date-times with or without a zone, or text of the form ISO 8601; both kinds may be mixed.
    time_zone
        IANA name of the zone of times that have none.

    Raises
    ------
    ValueError
        When the zone is unknown, the column holds numbers, or a time is empty, cannot be read, or does not
        exist exactly once in `time_zone`. Up to five rows are named with their values.
    """
    try:
        zone = zoneinfo.ZoneInfo(time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(
            f"time_zone={time_zone!r} is unknown: expected an IANA name such as 'Africa/Nairobi'"
        ) from error
    if isinstance(times.dtype, pd.DatetimeTZDtype):
        return _checked(times.dt.tz_convert("UTC"), times)
    if pd.api.types.is_datetime64_dtype(times):
        return _checked(_localized(times, times, zone), times)
    if pd.api.types.is_numeric_dtype(times):
        raise ValueError(
            f"column {times.name!r} holds numbers: expected date-times such as '2024-03-01 06:30:00'"
        )
    return _from_text(times, zone)


def _from_text(times: pd.Series[Any], zone: zoneinfo.ZoneInfo) -> pd.Series[Any]:
    text = times.astype(str).str.strip()
    aware = text.str.contains(HAS_ZONE, regex=True).astype(bool)
    # Naive times are read as if they were in UTC first, so that one parser reads both kinds.
    parsed = _checked(pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True), times)
    naive = parsed.dt.tz_localize(None).mask(aware)
    return parsed.where(aware, _localized(naive, times, zone))


def _localized(naive: pd.Series[Any], times: pd.Series[Any], zone: zoneinfo.ZoneInfo) -> pd.Series[Any]:
    """Return times of `zone` in UTC, missing where they are missing."""
    local = naive.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    rule = f"each time in column {times.name!r} must exist once in time zone {zone.key!r}"
    complain(local.isna() & naive.notna(), times, rule)
    in_utc: pd.Series[Any] = local.dt.tz_convert("UTC")
    return in_utc


def _checked(parsed: pd.Series[Any], times: pd.Series[Any]) -> pd.Series[Any]:
    year = parsed.dt.year
    unreadable = parsed.isna() | (year < FIRST_YEAR) | (year > LAST_YEAR)
    rule = f"column {times.name!r} must hold a date-time such as '2024-03-01 06:30:00' in each row"
    complain(unreadable, times, rule)
    in_nanoseconds: pd.Series[Any] = parsed.dt.as_unit("ns")
    return in_nanoseconds
