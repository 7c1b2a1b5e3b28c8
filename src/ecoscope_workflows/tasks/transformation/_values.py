"""Cells of any type in, columns of one type out; needs pandas."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def is_missing(value: Any) -> bool:
    """Return whether a cell holds no value."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def objects(column: Any) -> list[Mapping[str, Any]]:
    """Return the objects in a column of dicts or of JSON text; a missing one is empty.

    Raises
    ------
    ValueError
        When a cell is something else.
    """
    return [_object(value, column.name, label) for label, value in zip(column.index, column, strict=True)]


def _object(value: Any, column: object, label: object) -> Mapping[str, Any]:
    if is_missing(value) or value == "":
        return {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except json.JSONDecodeError as error:
            raise ValueError(f"column {column!r}, row {label!r}: the text is no JSON ({error})") from error
        if value is None:
            return {}
    if not isinstance(value, Mapping):
        raise ValueError(  # noqa: TRY004  # the data is at fault, not the call
            f"column {column!r}, row {label!r}: expected an object with named fields, "
            f"got {type(value).__name__}; extract_column_as_type reads plain values"
        )
    return value


def first_field(found: Mapping[str, Any], names: Iterable[str]) -> Any:
    """Return the first of several fields that has a value, or None."""
    return next((found[name] for name in names if not is_missing(found.get(name))), None)


def as_type(values: Any, output_type: str) -> Any:
    """Return a column turned into a type; what cannot be turned is missing."""
    if output_type in {"datetime", "date"}:
        times = _times(values)
        return times if output_type == "datetime" else times.dt.date.astype(object)
    turned = [None if is_missing(value) else _TURN[output_type](value) for value in values]
    column = pd.Series(turned, index=values.index, dtype=object)
    if output_type == "float":
        return column.astype("float64")
    if output_type == "str":
        return pd.Series(turned, index=values.index, dtype=str)
    whole = output_type == "bool" and len(column) > 0 and not column.isna().any()
    return column.astype(bool) if whole else column


def _times(values: Any) -> Any:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return pd.to_datetime(values, utc=True)
    cells = [None if is_missing(value) or isinstance(value, Mapping | list) else value for value in values]
    column = pd.Series(cells, index=values.index, dtype=object)
    return pd.to_datetime(column, utc=True, errors="coerce", format="mixed")


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _plain(value: Any) -> Any:
    """Return what a Parquet file made an array of as a list again."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return str(value)


def _json(value: Any) -> Any:
    nested = isinstance(value, Mapping | list | tuple | np.ndarray)
    return json.dumps(value, default=_plain) if nested else value


def _list(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, np.ndarray):
        return list(value)
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


_TURN: dict[str, Any] = {
    "str": str,
    "float": _number,
    "bool": lambda value: _BOOLEANS.get(str(value).lower()),
    "json": _json,
    "series": _list,
}


def as_columns(values: Any, prefix: str) -> dict[str, Any]:
    """Return a column for each entry of the lists or objects in a column, in the order of appearance."""
    rows = [
        {}
        if is_missing(value)
        else {str(key): item for key, item in value.items()}
        if isinstance(value, Mapping)
        else {str(number): item for number, item in enumerate(_list(value))}
        for value in values
    ]
    names = dict.fromkeys(name for row in rows for name in row)
    return {
        f"{prefix}{name}": pd.Series(
            [row.get(name) for row in rows], index=values.index, dtype=object
        ).infer_objects()
        for name in names
    }
