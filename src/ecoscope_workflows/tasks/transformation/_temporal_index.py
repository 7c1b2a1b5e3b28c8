"""Rows with a time in, the same rows under the month, hour, … of that time out."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from ecoscope_workflows.annotations import AnyDataFrame
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.groupers import Groupers, TemporalGrouper, as_list
from ecoscope_workflows.tasks.written import ADVANCED


def _effect(time_col: str) -> Effect:
    # The column may hold text before, and times after.
    return Effect(adds={time_col: Any}, reindexes=True)


@distributed(effect=_effect)
def add_temporal_index(
    df: AnyDataFrame,
    time_col: Annotated[str, Field(description="The name of the column containing time data.")],
    groupers: Annotated[Groupers, Field(exclude=True)],
    cast_to_datetime: Annotated[  # noqa: FBT002  # arguments of a task are named
        bool,
        Field(
            description="Whether to attempt casting `time_col` to datetime.",
            json_schema_extra=ADVANCED,
        ),
    ] = True,
    format: Annotated[  # noqa: A002  # as published
        str,
        Field(
            description=(
                "            If `cast_to_datetime=True`, the format to pass to `pd.to_datetime`\n"
                '            when attempting to cast `time_col` to datetime. Defaults to "mixed".\n'
                "            "
            ),
            json_schema_extra=ADVANCED,
        ),
    ] = "mixed",
) -> AnyDataFrame:
    """Add a level to the index for each temporal grouper, with the part of a time that it groups by.

    Parameters
    ----------
    df
        Rows with a time.
    time_col
        The column of the times.
        They count in the time zone that the column has: convert it first where another one is meant.
    groupers
        Temporal ones add a level named ``TemporalGrouper_%B`` or alike, unless the index has it already;
        others are left alone.
    cast_to_datetime
        Whether to read a column that is not of times yet, also where no level is added.
    format
        How times are written, in the directives of ``strptime``; ``mixed`` finds out for each of them.

    Returns
    -------
    DataFrame
        The same rows with an index level per temporal grouper: text, with English names of months and days
        whatever the locale, and null where the time is null.

    Raises
    ------
    ValueError
        When there is no such column, or its values are no times, cannot be read as such, or are of several
        offsets from UTC.
    """
    from ecoscope_workflows.tasks.transformation import _index_levels

    temporal = [grouper for grouper in as_list(groupers) if isinstance(grouper, TemporalGrouper)]
    if cast_to_datetime:
        df = _index_levels.with_times(df, time_col, format)
    for grouper in temporal:
        if grouper.index_name not in df.index.names:
            labels = _index_levels.temporal_labels(df, time_col, grouper.temporal_index)
            df = _index_levels.with_level(df, grouper.index_name, labels)
    return df
