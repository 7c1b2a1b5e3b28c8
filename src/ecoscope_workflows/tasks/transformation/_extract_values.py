"""Tasks that take a value out of each cell of a column, as a type of choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from ecoscope_workflows.annotations import AnyDataFrame, Column, UTCDatetime
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.frame_columns import require_columns

if TYPE_CHECKING:
    import pandas as pd

FieldType = Literal["str", "float", "bool", "datetime", "date", "json", "series"]

OutputType = Annotated[FieldType, Field(description="The output type of the extracted value.")]
OutputColumn = Annotated[
    str,
    Field(
        description=(
            "The output column name to store the extracted value."
            " If it's a pandas series, then the output_column_name will be the column prefix."
        )
    ),
]

_KINDS: dict[str, Any] = {
    "str": Annotated[str, Column(nullable=True)],
    "float": Annotated[float, Column(nullable=True)],
    "datetime": Annotated[UTCDatetime, Column(nullable=True)],
}


def _effect(output_type: FieldType, output_column_name: str) -> Effect:
    if output_type == "series":
        # The names of these columns depend on the data.
        return Effect(adds_others=True)
    return Effect(adds={output_column_name: _KINDS.get(output_type, Any)})


@distributed(effect=_effect)
def extract_value_from_json_column(
    df: Annotated[AnyDataFrame, Field(description="The dataframe.", exclude=True)],
    column_name: Annotated[str, Field(description="The json column name to extract the value from.")],
    field_name_options: Annotated[
        list[str],
        Field(
            description=(
                "A list of field name options to extract the value from."
                " The first field name that is found will be used."
            )
        ),
    ],
    output_type: OutputType,
    output_column_name: OutputColumn,
    *,
    fan_out: bool = True,
) -> AnyDataFrame:
    """Take a field out of each cell of a column of objects (dicts, or JSON text).

    Parameters
    ----------
    df
        Any frame.
    column_name
        The column of objects; a missing object has no fields.
    field_name_options
        Names of the field: the first one under which an object has a value counts.
    output_type
        What the value is turned into, as in `extract_column_as_type`.
    output_column_name
        The new column, missing where no field is found.
    fan_out
        Whether a ``series`` becomes a column for each of its entries; if not, it stays a list in one column.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When a cell is neither missing, nor an object, nor the JSON text of one.
    """
    import pandas as pd

    from ecoscope_workflows.tasks.transformation import _values

    require_columns(df, [column_name], "column_name")
    objects = _values.objects(df[column_name])
    fields = [_values.first_field(found, field_name_options) for found in objects]
    values = pd.Series(fields, index=df.index, dtype=object)
    return _with_values(df, values, output_type, output_column_name, fan_out=fan_out)


@distributed(effect=_effect)
def extract_column_as_type(
    df: Annotated[AnyDataFrame, Field(description="The dataframe.", exclude=True)],
    column_name: Annotated[str, Field(description="The column name to extract the value from.")],
    output_type: OutputType,
    output_column_name: OutputColumn,
    *,
    fan_out: bool = True,
) -> AnyDataFrame:
    """Turn the values of a column into another type; what cannot be turned becomes missing.

    Parameters
    ----------
    df
        Any frame.
    column_name
        The column.
    output_type
        ``str``, ``float``, ``bool`` (from true, false, 1 or 0), ``datetime`` (in UTC, which a time
        without a zone is taken for), ``date`` (the day in UTC), ``json`` (text of lists and objects; other
        values stay) or ``series`` (a column for each entry of a list or object).
    output_column_name
        The new column; for ``series``, what the names of the new columns start with.
    fan_out
        Whether a ``series`` becomes a column for each of its entries; if not, it stays a list in one column.

    Raises
    ------
    KeyError
        When the column does not exist.
    """
    require_columns(df, [column_name], "column_name")
    return _with_values(df, df[column_name], output_type, output_column_name, fan_out=fan_out)


def _with_values(
    df: AnyDataFrame, values: pd.Series[Any], output_type: FieldType, name: str, *, fan_out: bool
) -> AnyDataFrame:
    from ecoscope_workflows.tasks.transformation import _values

    if output_type == "series" and fan_out:
        return df.assign(**_values.as_columns(values, name))
    return df.assign(**{name: _values.as_type(values, output_type)})
