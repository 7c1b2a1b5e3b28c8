"""Tasks that replace values by others: by a table, by one value, or where they are missing."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame, Column
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.errors import did_you_mean
from ecoscope_workflows.tasks.frame_columns import require_columns

# The default of a form; nothing writes to it.
_NO_VALUES: dict[str, str] = {}

Text = Annotated[str, Column(nullable=False)]


def _map_values_effect(column_name: str, missing_values: str, replacement: str | None) -> Effect:
    _require_replacement(missing_values, replacement)
    kinds: dict[str, Any] = {"remove": Annotated[str, Column(nullable=True)], "replace": Text}
    return Effect(adds={column_name: kinds.get(missing_values, Any)})


def _require_replacement(missing_values: str, replacement: str | None) -> None:
    if missing_values == "replace" and replacement is None:
        raise ValueError(
            "replacement is missing: missing_values is 'replace', so give the text to replace by"
        )


@distributed(effect=_map_values_effect)
def map_values(
    df: AnyDataFrame,
    column_name: Annotated[str, Field(description="The column name to map.")],
    value_map: Annotated[dict[str, str], Field(description="A dictionary of values to map.")] = _NO_VALUES,
    missing_values: Annotated[
        Literal["preserve", "remove", "replace"],
        Field(description="How to handle values that aren't in value_map."),
    ] = "remove",
    replacement: Annotated[
        str | SkipJsonSchema[None], Field(description="The replacement for values not in value_map.")
    ] = None,
) -> AnyDataFrame:
    """Replace the values of a column by a table.

    Parameters
    ----------
    df
        Any frame.
    column_name
        The column.
    value_map
        New values by old ones; only text is replaced.
    missing_values
        What happens to values that the table does not have, missing ones among them:
        ``preserve`` keeps them, ``remove`` makes them missing, ``replace`` makes them `replacement`.
    replacement
        See `missing_values`.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When `missing_values` is ``replace`` and there is no `replacement`.
    """
    _require_replacement(missing_values, replacement)
    require_columns(df, [column_name], "column_name")
    column = df[column_name]
    others: Any = float("nan") if missing_values == "remove" else replacement
    preserve = missing_values == "preserve"
    mapped = [
        value_map[value] if isinstance(value, str) and value in value_map else value if preserve else others
        for value in column
    ]
    return df.assign(**{column_name: _like(column, mapped, text=not preserve)})


def _like(column: Any, values: list[Any], *, text: bool) -> Any:
    import pandas as pd

    if text:
        return pd.Series(values, index=column.index, dtype=str)
    if str(column.dtype) in {"str", "object", "category"}:
        kind = object if str(column.dtype) == "category" else column.dtype
        return pd.Series(values, index=column.index, dtype=kind)
    # Of a column of another type no value is text, so none was replaced.
    return column


@distributed(effect=lambda column_name: Effect(adds={column_name: Any}))
def assign_value(
    df: AnyDataFrame,
    column_name: Annotated[str, Field(description="The column name to map.")],
    value: Annotated[str | int | float | bool | SkipJsonSchema[None], Field(description="The column value.")],
    *,
    noop_if_column_exists: Annotated[
        bool, Field(description="If set to true and column_name exists on df, do nothing")
    ] = False,
) -> AnyDataFrame:
    """Give a column one value in every row; the column is added where it does not exist.

    Parameters
    ----------
    df
        Any frame.
    column_name
        The column.
    value
        The value, or None for a missing one.
    noop_if_column_exists
        Whether a column that exists keeps its values.
    """
    if noop_if_column_exists and column_name in df.columns:
        return df.copy(deep=False)
    return df.assign(**{column_name: value})


def _fill_na_effect(columns: list[str] | None) -> Effect:
    return Effect(adds=dict.fromkeys(columns or (), Any))


@distributed(effect=_fill_na_effect)
def fill_na(
    df: AnyDataFrame,
    value: Annotated[
        str | int | float | bool | SkipJsonSchema[None], Field(description="The value to fill.")
    ],
    columns: Annotated[
        list[str] | SkipJsonSchema[None],
        Field(description="Provided columns will have nan values filled."),
    ] = None,
) -> AnyDataFrame:
    """Replace missing values by one value.

    Parameters
    ----------
    df
        Any frame.
    value
        What stands where a value is missing.
    columns
        The columns; all but geometries where it is None.

    Raises
    ------
    KeyError
        When a column does not exist.
    ValueError
        When there is no value, or a column with missing values is of a type that cannot hold it.
    """
    if value is None:
        raise ValueError("value is None, which fills nothing: give a text, a number, or true or false")
    if columns is None:
        columns = [str(name) for name, dtype in df.dtypes.items() if str(dtype) != "geometry"]
    require_columns(df, columns, "columns")
    return df.assign(**{name: _filled(df[name], value) for name in columns})


def _filled(column: Any, value: str | float | bool) -> Any:  # noqa: FBT001  # a value
    missing = column.isna()
    if not missing.any():
        return column
    filled = column.astype(object).where(~missing, value).infer_objects()
    if str(filled.dtype) == "object" and str(column.dtype) != "object" and not missing.all():
        raise ValueError(
            f"column {column.name!r} holds {column.dtype} and cannot hold {value!r}; name only columns "
            "that can, or convert it with convert_column_values_to_string first"
        )
    return filled


@distributed(cheap=True)
def lookup_string_var(
    var: str,
    value_map: Annotated[dict[str, str], Field(description="A dictionary of values.")] = _NO_VALUES,
    *,
    raise_if_not_found: Annotated[
        bool, Field(description="Whether or not to raise if var is not in value_map.")
    ] = True,
) -> str:
    """Return what a table has for a text.

    Parameters
    ----------
    var
        The text.
    value_map
        The table.
    raise_if_not_found
        Whether a text that the table does not have is an error; if not, it is returned as it is.

    Raises
    ------
    KeyError
        When the table does not have the text and `raise_if_not_found` is true.
    """
    if raise_if_not_found and var not in value_map:
        raise KeyError(f"value_map has no {var!r}; {did_you_mean(var, value_map) or 'it has no such value'}")
    return value_map.get(var, var)
