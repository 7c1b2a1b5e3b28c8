"""Tasks that make one number of a frame or of one of its columns."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import Field

from ecoscope_workflows.annotations import AnyDataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.frame_columns import require_columns

ColumnName = Annotated[str, Field(description="Column to aggregate")]


@distributed
def dataframe_count(df: AnyDataFrame) -> int:
    """Return the number of rows."""
    return len(df)


@distributed
def dataframe_column_mean(df: AnyDataFrame, column_name: ColumnName) -> float:
    """Return the mean of the numbers in a column; missing ones do not count. It is nan where there is none.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When it does not hold numbers.
    """
    return float(_numbers(df, column_name).mean())


@distributed
def dataframe_column_sum(df: AnyDataFrame, column_name: ColumnName) -> float:
    """Return the sum of the numbers in a column; missing ones do not count. It is 0 where there is none.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When it does not hold numbers.
    """
    return _plain_number(_numbers(df, column_name).sum())


@distributed
def dataframe_column_max(df: AnyDataFrame, column_name: ColumnName) -> float:
    """Return the greatest number in a column; missing ones do not count. It is nan where there is none.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When it does not hold numbers.
    """
    return _plain_number(_numbers(df, column_name).max())


@distributed
def dataframe_column_min(df: AnyDataFrame, column_name: ColumnName) -> float:
    """Return the least number in a column; missing ones do not count. It is nan where there is none.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When it does not hold numbers.
    """
    return _plain_number(_numbers(df, column_name).min())


@distributed
def dataframe_column_nunique(df: AnyDataFrame, column_name: ColumnName) -> int:
    """Return how many different values a column holds; missing ones do not count.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When its values cannot be compared, such as lists.
    """
    require_columns(df, [column_name], "column_name")
    try:
        return int(df[column_name].nunique())
    except TypeError as error:
        raise ValueError(
            f"the values of column {column_name!r} cannot be compared ({error}); "
            "convert_column_values_to_string makes text of them"
        ) from error


@distributed
def dataframe_column_first_unique(df: AnyDataFrame, column_name: ColumnName) -> Any:
    """Return the value in the first row of a column.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When there are no rows.
    """
    require_columns(df, [column_name], "column_name")
    if df.empty:
        raise ValueError(
            f"the frame has no rows, so column {column_name!r} has no first value; "
            "the condition any_is_empty_df skips this task then"
        )
    value = df[column_name].iloc[0]
    return value.item() if hasattr(value, "item") else value


@distributed
def dataframe_column_percentile(df: AnyDataFrame, column_name: ColumnName, percentile: float) -> float:
    """Return a percentile of the numbers in a column; missing ones do not count.

    It is nan where there is none, and interpolated linearly between two numbers.

    Parameters
    ----------
    df
        Any frame.
    column_name
        The column.
    percentile
        0 for the least number, 50 for the median, 100 for the greatest.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When it does not hold numbers, or `percentile` is not between 0 and 100.
    """
    if not 0 <= percentile <= 100:  # noqa: PLR2004  # per cent
        raise ValueError(f"percentile must be from 0 to 100, got {percentile}")
    import numpy as np

    numbers = _numbers(df, column_name).dropna().to_numpy(dtype="float64")
    return float(np.percentile(numbers, percentile)) if len(numbers) else math.nan


def _numbers(df: Any, column_name: str) -> Any:
    import pandas as pd

    require_columns(df, [column_name], "column_name")
    column = df[column_name]
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column
    values = column.dropna()
    if str(column.dtype) == "object" and all(
        isinstance(value, int | float) or hasattr(value, "__float__") for value in values
    ):
        return values.astype("float64")
    if not len(values):
        return pd.Series(dtype="float64")
    raise ValueError(
        f"column {column_name!r} holds {column.dtype}, not numbers; "
        "convert_column_values_to_numeric makes numbers of text"
    )


def _plain_number(value: Any) -> float:
    """Return a number of Python's: an int stays an int, a missing one becomes nan."""
    import pandas as pd

    if pd.isna(value):
        return math.nan
    number: float = value.item() if hasattr(value, "item") else value
    return int(number) if isinstance(number, bool) else number
