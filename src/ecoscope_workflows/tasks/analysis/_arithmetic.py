"""Tasks that calculate with two numbers, or with two or more columns row by row."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from ecoscope_workflows.annotations import AnyDataFrame
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.analysis._summary_params import Statistic
from ecoscope_workflows.tasks.frame_columns import require_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Operations = Literal["add", "subtract", "multiply", "divide", "floor_divide", "modulo", "power", "min", "max"]

_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "floor_divide": operator.floordiv,
    "modulo": operator.mod,
    "power": operator.pow,
    "min": min,
    "max": max,
}


@distributed(cheap=True)
def apply_arithmetic_operation(
    a: Annotated[float | int, Field(description="The first number")],
    b: Annotated[float | int, Field(description="The second number")],
    operation: Annotated[Operations, Field(description="The arithmetic operation to apply")],
) -> float | int:
    """Calculate with two numbers.

    Parameters
    ----------
    a, b
        The numbers, in this order.
    operation
        What is done; ``modulo`` has the sign of `b`.

    Raises
    ------
    ValueError
        When there is no such number: division by 0, a root of a negative number, or one that is too large.
    """
    try:
        found: float | complex = _OPERATORS[operation](a, b)
    except (ZeroDivisionError, OverflowError) as error:
        raise ValueError(f"{operation} of {a} and {b} is no number: {error}") from error
    if isinstance(found, complex):
        raise ValueError(f"{operation} of {a} and {b} is no real number")  # noqa: TRY004  # not of the type asked
    return found


def _effect(output_column: str) -> Effect:
    return Effect(adds={output_column: Any})


@distributed(effect=_effect)
def apply_arithmetic_operation_over_rows(
    df: AnyDataFrame,
    column_a: Annotated[str, Field(description="The first column name")],
    column_b: Annotated[str, Field(description="The second column name")],
    output_column: Annotated[str, Field(description="The output column name")],
    operation: Annotated[Operations, Field(description="The arithmetic operation to apply")],
) -> AnyDataFrame:
    """Calculate with two columns, row by row.

    The result is missing where one of the numbers is; division by 0 gives infinity, or nan for 0 / 0.

    Parameters
    ----------
    df
        Any frame.
    column_a, column_b
        Columns of numbers, in this order.
    output_column
        The column of the results; it may be one of the two.
    operation
        What is done.

    Raises
    ------
    KeyError
        When a column does not exist.
    ValueError
        When the operation does not exist for the values of the columns.
    """
    require_columns(df, [column_a, column_b], "column_a and column_b")
    a, b = df[column_a], df[column_b]
    try:
        if operation == "min":
            found = a.where((a <= b) | a.isna(), b)
        elif operation == "max":
            found = a.where((a >= b) | a.isna(), b)
        else:
            found = _OPERATORS[operation](a, b)
    except (TypeError, ZeroDivisionError) as error:
        raise ValueError(
            f"{operation} does not exist for {column_a!r} ({a.dtype}) and {column_b!r} ({b.dtype}): {error}"
        ) from error
    return df.assign(**{output_column: found})


@distributed(effect=_effect)
def aggregate_over_rows(
    df: AnyDataFrame,
    agg_ops: Annotated[
        Statistic,
        Field(description="The parameters that define how to calculate summary statistics."),
    ],
    output_column: Annotated[str, Field(description="The output column name.")],
    columns: Annotated[list[str], Field(description="The list of columns.")],
) -> AnyDataFrame:
    """Make one value of several columns in each row; missing values do not count.

    Parameters
    ----------
    df
        Any frame.
    agg_ops
        The statistic.
    output_column
        The column of the results.
    columns
        The columns.

    Raises
    ------
    KeyError
        When a column does not exist.
    ValueError
        When the columns do not hold numbers and the statistic needs some.
    """
    require_columns(df, columns, "columns")
    values = df[columns]
    try:
        found = getattr(values, agg_ops)(axis="columns")
    except TypeError as error:
        kinds = ", ".join(f"{name!r} ({dtype})" for name, dtype in values.dtypes.items())
        raise ValueError(f"{agg_ops} does not exist for the columns {kinds}: {error}") from error
    return df.assign(**{output_column: found})
