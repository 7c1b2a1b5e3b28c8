"""What a form says of the period to analyse in, a time range out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.time_ranges import DEFAULT_TIME_FORMAT, UTC_TIMEZONE, TimeRange, TimezoneInfo
from ecoscope_workflows.tasks.written import ADVANCED


@distributed(cheap=True)
def set_time_range(
    since: Annotated[datetime, Field(description="The start time")],
    until: Annotated[datetime, Field(description="The end time")],
    timezone: Annotated[TimezoneInfo | SkipJsonSchema[None], Field(title="Timezone")] = None,
    time_format: Annotated[
        str, Field(description="The time format", json_schema_extra=ADVANCED)
    ] = DEFAULT_TIME_FORMAT,
) -> TimeRange:
    """Choose the period of time to analyze.

    Parameters
    ----------
    since, until
        First and last moment; both with a time zone, or both without one.
    timezone
        The zone that times without one are meant in, and that results are shown in; UTC where it is not
        given.
        Its fixed offset counts: daylight saving time is not taken into account.
    time_format
        How times are written in results, in the directives of ``strftime``.

    Returns
    -------
    TimeRange
        The period, its ends with a time zone.

    Raises
    ------
    ValueError
        When one of the ends has a time zone and the other has none, or `since` is after `until`.
    """
    return TimeRange(since=since, until=until, timezone=timezone or UTC_TIMEZONE, time_format=time_format)


@distributed(cheap=True)
def get_timezone_from_time_range(time_range: TimeRange) -> TimezoneInfo:
    """Return the time zone of a time range.

    Parameters
    ----------
    time_range
        A period of time.

    Returns
    -------
    TimezoneInfo
        The zone that the period is meant in.
    """
    return time_range.timezone
