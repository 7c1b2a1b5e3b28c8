"""Tasks that order rows, keep some of them, or make several out of one."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from ecoscope_workflows.annotations import AnyDataFrame, AnyGeoDataFrame
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.errors import did_you_mean
from ecoscope_workflows.tasks.frame_columns import require_columns
from ecoscope_workflows.tasks.written import ADVANCED

if TYPE_CHECKING:
    import pandas as pd

logger = logging.getLogger(__name__)

ComparisonOperator = Literal["equal", "ge", "gt", "le", "lt", "ne"]

GEOMETRY_TYPES = (
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)

# Rows come and go; columns stay what they are.
_SAME_COLUMNS = Effect()


@distributed(effect=_SAME_COLUMNS)
def sort_values(
    df: AnyDataFrame,
    column_name: Annotated[str, Field(description="The column name to sort values by.")],
    *,
    ascending: Annotated[bool, Field(description="Sort ascending if true")] = True,
    na_position: Annotated[
        Literal["first", "last"],
        Field(description="Where to place NaN values in the sort", json_schema_extra=ADVANCED),
    ] = "last",
) -> AnyDataFrame:
    """Put rows in the order of the values of a column; rows of the same value stay in their order.

    Parameters
    ----------
    df
        Any frame.
    column_name
        A column, or a level of the index.
    ascending
        Whether the smallest value comes first.
    na_position
        Where rows without a value stand.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When the values cannot be compared with each other, such as text with numbers.
    """
    if column_name not in df.index.names:
        require_columns(df, [column_name], "column_name")
    try:
        return df.sort_values(by=column_name, ascending=ascending, na_position=na_position, kind="stable")
    except TypeError as error:
        raise ValueError(
            f"the values of column {column_name!r} have no common order ({error}); "
            "convert_column_values_to_string or convert_column_values_to_numeric make them of one type"
        ) from error


@distributed(effect=_SAME_COLUMNS)
def drop_nan_values_by_column(
    df: AnyDataFrame, column_name: Annotated[str, Field(description="The column to check")]
) -> AnyDataFrame:
    """Remove the rows that have no value in a column.

    Raises
    ------
    KeyError
        When the column does not exist.
    """
    require_columns(df, [column_name], "column_name")
    return df[df[column_name].notna()]


@distributed(effect=_SAME_COLUMNS)
def drop_null_geometry(gdf: AnyGeoDataFrame) -> AnyGeoDataFrame:
    """Remove the rows whose geometry is missing or empty; how many is said in the log."""
    geometry = gdf.geometry
    keep = ~(geometry.isna() | geometry.is_empty)
    logger.info("%d of %d rows have no geometry and are removed", int((~keep).sum()), len(gdf))
    return gdf[keep]


@distributed(effect=_SAME_COLUMNS)
def filter_by_geometry_type(
    df: AnyGeoDataFrame,
    geometry_types: Annotated[
        list[str],
        Field(
            description="Shapely geometry type names to keep (e.g. ['Point'], ['Polygon', 'MultiPolygon'])."
        ),
    ],
) -> AnyGeoDataFrame:
    """Keep the rows whose geometry is of one of several types; a missing geometry is of none.

    Raises
    ------
    ValueError
        When there is no such type.
    """
    for name in geometry_types:
        if name not in GEOMETRY_TYPES:
            hint = did_you_mean(name, GEOMETRY_TYPES)
            raise ValueError(f"geometry_types has {name!r}, which is no type of geometry; {hint}")
    return df[df.geometry.geom_type.isin(geometry_types)]


# An index that is reset becomes columns.
@distributed(effect=Effect(adds_others=True, reindexes=True))
def filter_df(
    df: Annotated[AnyDataFrame, Field(description="The dataframe.", exclude=True)],
    column_name: Annotated[str, Field(description="The column name to filter on.")],
    op: Annotated[ComparisonOperator, Field(description="The comparison operator")],
    value: Annotated[str, Field(description="The comparison operand")],
    *,
    reset_index: Annotated[bool, Field(description="If reset index, default is False")] = False,
) -> AnyDataFrame:
    """Keep the rows whose value in a column compares with a value as asked.

    The value is read as the column's type: a number, ``true`` or ``false``, a time, or text.
    A missing value fulfils ``ne`` and nothing else.

    Parameters
    ----------
    df
        Any frame.
    column_name
        The column.
    op
        Equal, not equal, greater than, greater or equal, less than, less or equal.
    value
        What the values are compared with; a time without a zone is taken in the zone of the column.
    reset_index
        Whether rows are numbered anew; the old index becomes a column, as published.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When the value cannot be read as the type of the column.
    """
    require_columns(df, [column_name], "column_name")
    column = df[column_name]
    method = {"equal": "eq"}.get(op, op)
    try:
        # Of no values at all the type says nothing.
        fits = getattr(column, method)(_operand(column, value) if len(column) else None)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"column {column_name!r} holds {column.dtype}, which cannot be compared with {value!r}; "
            "write the value as the column has it"
        ) from error
    kept: AnyDataFrame = df[fits.fillna(op == "ne").astype(bool)]
    return kept.reset_index() if reset_index else kept


def _operand(column: pd.Series[Any], value: str) -> Any:
    import pandas as pd

    if pd.api.types.is_bool_dtype(column.dtype):
        if value.lower() not in {"true", "false"}:
            raise ValueError("expected true or false")
        return value.lower() == "true"
    if pd.api.types.is_numeric_dtype(column.dtype):
        return float(value)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        moment = pd.Timestamp(value)
        zone = column.dt.tz
        return moment.tz_localize(zone) if zone is not None and moment.tzinfo is None else moment
    return value


@distributed(effect=lambda column_name: Effect(adds={column_name: Any}, reindexes=True))
def explode(
    df: AnyDataFrame,
    column_name: Annotated[str, Field(description="The column name to explode.")],
    ignore_index: Annotated[bool, Field(description="Whether to ignore the index.")],
) -> AnyDataFrame:
    """Make one row of each item of the lists in a column; an empty list becomes one row without a value.

    Parameters
    ----------
    df
        Any frame.
    column_name
        A column of lists, or of multi-part geometries.
    ignore_index
        Whether rows are numbered anew; if not, they repeat the index of the row they come from.

    Raises
    ------
    KeyError
        When the column does not exist.
    """
    require_columns(df, [column_name], "column_name")
    return df.explode(column_name, ignore_index=ignore_index)
