"""A frame and what a schema says of frames in; whether the frame surely satisfies it, out.

Most frames do, and to see it takes neither pandera, which loads for most of a second, nor a copy.
Whatever is not sure is left to pandera, which also says what is wrong.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from ecoscope_workflows.contracts.dtypes import ANY

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.contracts.dtypes import DType
    from ecoscope_workflows.contracts.frame_data import ColumnType, FrameType

    Column = pd.Series[Any] | pd.Index[Any]

_NUMBER = re.compile(r"u?int(8|16|32|64)|float(32|64)")
_BOUNDS: dict[str, Callable[[Any, Any], Any]] = {
    "ge": operator.ge,
    "gt": operator.gt,
    "le": operator.le,
    "lt": operator.lt,
}


def surely_satisfies(frame: pd.DataFrame, said: FrameType) -> bool:
    """Return True where the frame is all that is said; False where it is not, or that is not seen here.

    Parameters
    ----------
    frame
        The frame.
    said
        What the body of a schema says, in which no part is pandera's own.
    """
    if said.strict or said.ordered or said.rules or len(said.index) > 1 or not frame.columns.is_unique:
        return False
    for level in said.index:
        named = not level.name or level.name == frame.index.name
        if not (named and level.column.dtype != ANY and _is(frame.index, level.column)):
            return False
    return all(
        _is(frame[name], column) if name in frame.columns else not column.required and not column.regex
        for name, column in said.columns.items()
    )


def _is(values: Column, column: ColumnType) -> bool:
    if column.regex or column.coerce or not _is_of_type(values, column):
        return False
    if (column.constraints or column.unique or not column.nullable) and not _is_whole(values):
        return False
    if column.unique and not _is_unique(values):
        return False
    return all(_holds(values, name, bound) for name, bound in column.constraints)


def _is_of_type(values: Column, column: ColumnType) -> bool:
    wanted, found = column.dtype, values.dtype
    if wanted.name == "geometry":
        return str(found) == "geometry" and _is_shaped(values.array, wanted) and _is_in(values.array, column)
    if column.crs:
        return False
    if wanted.name == "datetime":
        zone = str(found.tz) if isinstance(found, pd.DatetimeTZDtype) else "naive"
        return not wanted.unit and zone != "naive" and wanted.zone in ("aware", zone)
    if wanted.name == "str":
        # Text as pandas 3 has it; of objects, each would have to be asked.
        return isinstance(found, pd.StringDtype) and str(found) == "str"
    plain = wanted.name == "bool" or _NUMBER.fullmatch(wanted.name) is not None
    return wanted == ANY or (plain and str(found) == wanted.name)


def _is_shaped(geometry: Any, wanted: DType) -> bool:
    # Frames without geometry do without these.
    import numpy as np  # noqa: PLC0415
    from shapely import GeometryType  # noqa: PLC0415

    from ecoscope_workflows.contracts.track_geometry import type_numbers  # noqa: PLC0415

    if not wanted.shapes:
        return True
    allowed = [GeometryType.MISSING, *(GeometryType[name.upper()] for name in sorted(wanted.shapes))]
    return bool(np.isin(type_numbers(geometry), allowed).all())


def _is_in(geometry: Any, column: ColumnType) -> bool:
    crs = geometry.crs
    return not column.crs or (crs is not None and bool(crs.equals(column.crs, ignore_axis_order=True)))


def _is_whole(values: Column) -> bool:
    # Columns and indexes both have an array, and a way of their own.
    return not values.array.isna().any()


def _is_unique(values: Column) -> bool:
    if isinstance(values.dtype, pd.StringDtype):
        return is_unique_text(values)
    # Records and lists cannot be looked up.
    return values.dtype != object and bool(values.is_unique)


def is_unique_text(values: Column) -> bool:
    """Return whether each value of a column of text stands once only.

    Pandas would make a new column of the different values first, of an index one of objects.
    """
    text = pa.chunked_array([pa.array(values.array)])
    return len(text.unique()) == len(text)


def _holds(values: Column, name: str, bound: Any) -> bool:
    if name not in _BOUNDS or not isinstance(bound, int | float) or not _NUMBER.fullmatch(str(values.dtype)):
        return False
    return bool(_BOUNDS[name](values.to_numpy(), bound).all())
