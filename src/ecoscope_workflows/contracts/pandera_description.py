"""A pandera ``DataFrameModel`` in, what it says of a frame out.

Only for schemas that use pandera themselves: importing this module imports pandera.
"""

from __future__ import annotations

import datetime as dt
import decimal
import inspect
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pandera.engines import pandas_engine

from ecoscope_workflows.contracts import pandera_models
from ecoscope_workflows.contracts.constraints import constraints
from ecoscope_workflows.contracts.dtypes import ANY, KINDS, PYTHON_TYPES, DType, dtype_named
from ecoscope_workflows.contracts.frame_data import ColumnType, FrameType, IndexLevel, Rest, unfolded
from ecoscope_workflows.contracts.schemas import LazyModel

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

# pandera's name of a check, its argument, and the keyword of ``Field`` that makes it.
_CHECKS = {
    "equal_to": ("value", "eq"),
    "not_equal_to": ("value", "ne"),
    "greater_than": ("min_value", "gt"),
    "greater_than_or_equal_to": ("min_value", "ge"),
    "less_than": ("max_value", "lt"),
    "less_than_or_equal_to": ("max_value", "le"),
    "isin": ("allowed_values", "isin"),
    "notin": ("forbidden_values", "notin"),
    "str_matches": ("pattern", "str_matches"),
    "str_contains": ("pattern", "str_contains"),
    "str_startswith": ("string", "str_startswith"),
    "str_endswith": ("string", "str_endswith"),
    pandera_models.CRS_CHECK: ("crs", "crs"),
}


def described(schema: Any) -> FrameType:
    """Return what a pandera model, or a schema of ours that uses pandera in its body, says of a frame."""
    model = schema.pandera_model() if isinstance(schema, LazyModel) else schema
    said = model.to_schema()
    columns = {
        name: replace(_column(model, column), coerce=bool(column.coerce or said.coerce))
        for name, column in said.columns.items()
    }
    rest: Rest = "nothing" if said.strict else "extra" if columns or said.index is not None else "unknown"
    return FrameType(
        name=schema.__name__,
        columns=MappingProxyType(columns),
        index=tuple(_levels(model, said)),
        rest=rest,
        strict=said.strict is True,
        ordered=bool(said.ordered),
        rules=frozenset(_rules(model, said)),
    )


def _column(model: Any, column: Any) -> ColumnType:
    checks = dict(_check(model, check) for check in column.checks)
    checks |= {f"parser {number}": _origin(model, parser) for number, parser in enumerate(column.parsers)}
    return ColumnType(
        dtype=_dtype(column.dtype),
        nullable=bool(column.nullable),
        required=getattr(column, "required", True),
        coerce=bool(column.coerce),
        unique=bool(column.unique),
        crs=str(checks.pop("crs", "")),
        constraints=constraints(unfolded({**checks, "default": getattr(column, "default", None)})),
        regex=bool(getattr(column, "regex", False)),
    )


def _levels(model: Any, said: Any) -> Iterator[IndexLevel]:
    for level in getattr(said.index, "indexes", [said.index] if said.index is not None else []):
        column = _column(model, level)
        yield IndexLevel(level.name or "", replace(column, coerce=bool(level.coerce or said.coerce)))


def _check(model: Any, check: Any) -> tuple[str, Any]:
    if check.name in _CHECKS:
        argument, keyword = _CHECKS[check.name]
        value = check.statistics[argument]
        return keyword, getattr(value, "pattern", value)
    if check.name == "in_range":
        return "in_range", check.statistics
    if check.name == "str_length":
        return "str_length", {name: value for name, value in check.statistics.items() if value is not None}
    return f"check {check.name or check}", _origin(model, check)


def _origin(model: Any, check: Any) -> Hashable:
    """Return what is the same object in a model and in those that inherit the check from it."""
    found: Hashable = inspect.getattr_static(model, str(check.name), check)
    return found


def _rules(model: Any, said: Any) -> Iterator[tuple[Hashable, ...]]:
    for check in [*said.checks, *said.parsers]:
        yield ("check", str(check.name), _origin(model, check))
    if said.unique:
        yield ("unique", tuple(said.unique))
    if said.dtype is not None:
        yield ("dtype", str(said.dtype))
    for setting in ("unique_column_names", "drop_invalid_rows", "add_missing_columns"):
        if getattr(said, setting, False):
            yield (setting, True)


def _dtype(dtype: Any) -> DType:
    if dtype is None:
        return ANY
    for kind, said in KINDS.items():
        if kind is not Any and isinstance(dtype, pandera_models.KINDS[kind]):
            return said
    for python_type in (str, dt.date, decimal.Decimal):
        if dtype == pandas_engine.Engine.dtype(python_type):
            return PYTHON_TYPES[python_type]
    if getattr(dtype, "time_zone_agnostic", False):
        return DType("datetime", "aware")
    return dtype_named(str(dtype))
