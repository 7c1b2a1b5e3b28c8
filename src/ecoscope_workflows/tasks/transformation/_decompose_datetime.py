"""The task that takes times apart: year, month, day of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from ecoscope_workflows.annotations import AnyDataFrame
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.frame_columns import require_columns

if TYPE_CHECKING:
    import pandas as pd

TemporalComponent = Literal[
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
    "microsecond",
    "nanosecond",
    "date",
    "time",
    "timetz",
    "dayofyear",
    "weekofyear",
    "week",
    "dayofweek",
    "weekday",
    "quarter",
    "is_month_start",
    "is_month_end",
    "is_quarter_start",
    "is_quarter_end",
    "is_year_start",
    "is_year_end",
    "is_leap_year",
    "month_name",
    "day_name",
]


def _effect(
    datetime_column: str,
    components: list[TemporalComponent],
    column_prefix: str | None,
    *,
    remove_source: bool,
) -> Effect:
    prefix = column_prefix or datetime_column
    drops = [datetime_column] if remove_source else []
    return Effect(drops=drops, adds={f"{prefix}_{component}": Any for component in components})


@distributed(effect=_effect)
def decompose_datetime(
    df: Annotated[
        AnyDataFrame, Field(description="Input DataFrame containing the datetime column.", exclude=True)
    ],
    datetime_column: Annotated[str, Field(description="Name of the datetime column to decompose.")],
    components: Annotated[
        list[TemporalComponent],
        Field(description="List of temporal components to extract (e.g., 'year', 'month')."),
    ],
    *,
    remove_source: Annotated[
        bool, Field(description="If True, drops the original datetime column after extraction.")
    ] = False,
    column_prefix: Annotated[
        str | None,
        Field(description="Custom prefix for generated columns (defaults to datetime_column name)."),
    ] = None,
) -> AnyDataFrame:
    """Add a column ``<prefix>_<component>`` for each part of a time, as clocks in its zone show it.

    Names of months and days are English. Weeks are those of ISO 8601; a day of the week is 0 on Monday.

    Parameters
    ----------
    df
        Any frame.
    datetime_column
        A column of times, or of text that is a time.
    components
        The parts.
    remove_source
        Whether the column of times is removed.
    column_prefix
        What the new names start with; the name of the column where it is None.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When a text is no time.
    """
    import pandas as pd

    require_columns(df, [datetime_column], "datetime_column")
    times = df[datetime_column]
    if not pd.api.types.is_datetime64_any_dtype(times.dtype):
        times = pd.to_datetime(times)
    prefix = column_prefix or datetime_column
    parts = {f"{prefix}_{component}": _part(times, component) for component in components}
    kept = df.drop(columns=[datetime_column]) if remove_source else df
    return kept.assign(**parts)


def _part(times: pd.Series[Any], component: str) -> pd.Series[Any]:
    if component in {"week", "weekofyear"}:
        weeks: pd.Series[Any] = times.dt.isocalendar()["week"]
        return weeks
    found = getattr(times.dt, component)
    part: pd.Series[Any] = found() if callable(found) else found
    return part
