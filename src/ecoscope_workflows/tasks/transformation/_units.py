"""Tasks that give numbers a unit, and convert them to another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame, Column
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.frame_columns import require_columns
from ecoscope_workflows.tasks.quantities import Quantity, Unit
from ecoscope_workflows.tasks.unit_conversion import converted
from ecoscope_workflows.tasks.written import ADVANCED

if TYPE_CHECKING:
    import pandas as pd

OriginalUnit = Annotated[Unit | SkipJsonSchema[None], Field(description="The original unit of measurement.")]
NewUnit = Annotated[Unit | SkipJsonSchema[None], Field(description="The unit to convert to.")]


@distributed(cheap=True)
def with_unit(
    value: Annotated[float, Field(description="The original value.")],
    original_unit: OriginalUnit = None,
    new_unit: NewUnit = None,
) -> Quantity:
    """Give a number a unit, and convert it to another one.

    Parameters
    ----------
    value
        The number.
    original_unit
        The unit that it is in; without one it stays a number alone.
    new_unit
        The unit of the result; `original_unit` where it is None.

    Returns
    -------
    Quantity
        The number with its unit.

    Raises
    ------
    ValueError
        When the two units measure different things, such as ``m`` and ``s``.
    """
    if original_unit is None:
        return Quantity(value=value)
    unit = new_unit or original_unit
    return Quantity(value=converted(value, original_unit, unit), unit=unit)


def _map_values_with_unit_effect(output_column_name: str) -> Effect:
    return Effect(adds={output_column_name: Annotated[str, Column(nullable=False)]})


@distributed(effect=_map_values_with_unit_effect)
def map_values_with_unit(
    df: AnyDataFrame,
    input_column_name: Annotated[str, Field(description="The column name to map.")],
    output_column_name: Annotated[str, Field(description="The new column name.")],
    original_unit: OriginalUnit = None,
    new_unit: NewUnit = None,
    decimal_places: Annotated[
        int, Field(description="The number of decimal places to display.", json_schema_extra=ADVANCED)
    ] = 1,
) -> AnyDataFrame:
    """Write the numbers of a column as text with their unit: ``12.35 km²``.

    A missing number is written ``nan``, as the published task does.

    Parameters
    ----------
    df
        Any frame.
    input_column_name
        A column of numbers in `original_unit`.
    output_column_name
        The column of the text; it may be the same.
    original_unit
        The unit of the numbers; without one the text is the number alone.
    new_unit
        The unit of the text; `original_unit` where it is None.
    decimal_places
        How many digits stand after the point.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When the column does not hold numbers, or the two units measure different things.
    """
    require_columns(df, [input_column_name], "input_column_name")
    values = _numbers(df[input_column_name])
    unit = (new_unit or original_unit) if original_unit else None
    if original_unit and unit:
        values = converted(values, original_unit, unit)
    suffix = f" {unit}" if unit else ""
    return df.assign(**{output_column_name: _texts(values, decimal_places, suffix, df.index)})


def _numbers(column: pd.Series[Any]) -> Any:
    try:
        return column.to_numpy(dtype="float64", na_value=float("nan"))
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"column {column.name!r} holds {column.dtype}, not numbers, so it cannot be given a unit; "
            "convert_column_values_to_numeric makes numbers of text"
        ) from error


def _texts(values: Any, decimal_places: int, suffix: str, index: Any) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series([f"{value:.{decimal_places}f}{suffix}" for value in values], index=index, dtype=str)
