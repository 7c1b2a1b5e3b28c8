"""The task that makes a table of summaries of a frame, one row per group."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.analysis._summary_params import (
    RatioSummaryParam,
    StatSummaryParam,
    SummaryParam,
    UniqueSummaryParam,
)
from ecoscope_workflows.tasks.frame_columns import require_columns, require_unique
from ecoscope_workflows.tasks.written import ADVANCED

_KINDS: dict[str, Any] = {"count": int, "nunique": int, "ratio": float, "coverage_area": float, "unique": str}


def _effect(
    summary_params: list[SummaryParam], groupby_cols: list[str] | None, *, reset_index: bool | None
) -> Effect:
    groups = dict.fromkeys(groupby_cols or () if reset_index else (), Any)
    require_unique([*groups, *(param.display_name for param in summary_params)], "summary_params")
    kinds = {param.display_name: _KINDS.get(param.aggregator, Any) for param in summary_params}
    return Effect(keeps=(), adds={**groups, **kinds}, reindexes=True)


@distributed(effect=_effect)
def summarize_df(
    df: AnyDataFrame,
    summary_params: Annotated[
        list[SummaryParam],
        Field(description="The parameters that define how to calculate summary statistics."),
    ],
    groupby_cols: Annotated[
        list[str] | SkipJsonSchema[None],
        Field(
            description=(
                "The columns to group by. If None, the summary is calculated for the entire DataFrame."
            )
        ),
    ] = None,
    *,
    reset_index: Annotated[
        bool | SkipJsonSchema[None],
        Field(
            description="Whether to reset the dataframe index after summarizing.", json_schema_extra=ADVANCED
        ),
    ] = False,
) -> AnyDataFrame:
    """Make a table of summaries, with a row per group or a single row.

    Missing values do not count in statistics; rows without a group are left out.

    Parameters
    ----------
    df
        Any frame.
    summary_params
        The columns of the table, each one of:
        a statistic of a column, in another unit where two are given;
        its different values as text, in the order of appearance;
        the ratio of two statistics times a scale, nan where the second one is 0;
        the area in km² that swaths along the geometries cover, measured in the UTM zone of their centre,
        merged or as a sum;
        the ratio of movement by night to movement by day (`get_night_day_ratio`).
    groupby_cols
        Columns, or levels of the index, that make the groups, in the order of their values.
    reset_index
        Whether the groups are columns of the table; if not, they are its index.

    Returns
    -------
    AnyDataFrame
        The table, rounded to the decimal places of each column.

    Raises
    ------
    KeyError
        When a column does not exist.
    ValueError
        When two columns of the table have the same name, a statistic does not exist for the values of a
        column, two units measure different things, or a geometry has no CRS.
    """
    import pandas as pd

    from ecoscope_workflows.tasks.analysis import _summaries

    require_unique([param.display_name for param in summary_params], "summary_params")
    for param in summary_params:
        require_columns(df, _columns_of(param), f"summary_params ({param.display_name!r})")
    if not groupby_cols:
        whole = {param.display_name: _summaries.of_frame(df, param) for param in summary_params}
        return pd.DataFrame(whole, index=pd.RangeIndex(1))
    require_columns(df, [name for name in groupby_cols if name not in df.index.names], "groupby_cols")
    grouped = df.groupby(groupby_cols, observed=True)
    index = grouped.size().index
    table = pd.DataFrame(
        {param.display_name: _summaries.of_groups(grouped, param, index) for param in summary_params},
        index=index,
    )
    return table.reset_index() if reset_index else table


def _columns_of(param: SummaryParam) -> list[str]:
    if isinstance(param, RatioSummaryParam):
        return [param.numerator.column, param.denominator.column]
    return [param.column] if isinstance(param, StatSummaryParam | UniqueSummaryParam) else []
