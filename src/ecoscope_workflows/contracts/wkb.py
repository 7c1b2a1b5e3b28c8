"""Geometries as well-known binary, and back: tracks of points and two-point lines without a text per row.

A point is 21 bytes and a line of two points 41, so a column of either is one array of records.
Every other column goes through shapely, row by row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from ecoscope_workflows.contracts.collecting import without_collecting

if TYPE_CHECKING:
    from numpy.typing import NDArray

LITTLE_ENDIAN = 1
POINT = 1
LINE = 2
# Shapely's numbers of the two types, which are not those of WKB.
_POINT_ID = 0
_LINE_ID = 1
_DIMENSIONS = 2
_ENDS = 2
_POINTS = np.dtype([("order", "u1"), ("type", "<u4"), ("at", "<f8", (_DIMENSIONS,))])
_LINES = np.dtype(
    [("order", "u1"), ("type", "<u4"), ("vertices", "<u4"), ("at", "<f8", (_ENDS, _DIMENSIONS))]
)
# Offsets in a column are of 32 bits.
_MAX_BYTES = 2**31 - 1


def coordinates_of_tracks(geometries: NDArray[np.object_]) -> NDArray[np.float64] | None:
    """Return the coordinates of geometries that are all points, or all lines of two points, in a plane.

    Returns
    -------
    numpy.ndarray or None
        Shape ``(n, 2)`` for points, ``(n, 2, 2)`` for lines; None where one is something else, missing or
        empty.
    """
    kinds = shapely.get_type_id(geometries)
    kind = int(kinds[0]) if len(kinds) else -1
    if kind not in {_POINT_ID, _LINE_ID} or (kinds != kind).any():
        return None
    if (shapely.get_coordinate_dimension(geometries) != _DIMENSIONS).any():
        return None
    if kind == _LINE_ID and (shapely.get_num_coordinates(geometries) != _ENDS).any():
        return None
    at: NDArray[np.float64] = shapely.get_coordinates(geometries)
    # A point that is empty has no coordinates, and one of two NaN reads like one.
    if np.isnan(at).any() or (kind == _POINT_ID and len(at) != len(kinds)):
        return None
    return at if kind == _POINT_ID else at.reshape(-1, _ENDS, _DIMENSIONS)


def encoded(geometries: NDArray[np.object_]) -> pa.Array:
    """Return geometries as a column of ISO WKB, the bytes that shapely gives each; null where one is missing.

    Parameters
    ----------
    geometries
        Shapely's geometries or None, shape ``(n,)``.
    """
    return pa.array(shapely.to_wkb(geometries, flavor="iso"), type=pa.binary(), from_pandas=True)


def encoded_tracks(coordinates: NDArray[np.float64]) -> pa.Array | None:
    """Return what `encoded` returns of points or two-point lines; None where the column would be too large.

    Parameters
    ----------
    coordinates
        Shape ``(n, 2)`` for points, ``(n, 2, 2)`` for lines.
    """
    is_point = coordinates.ndim == _DIMENSIONS
    layout = _POINTS if is_point else _LINES
    if layout.itemsize * len(coordinates) > _MAX_BYTES:
        return None
    records = np.empty(len(coordinates), dtype=layout)
    records["order"] = LITTLE_ENDIAN
    records["type"] = POINT if is_point else LINE
    if not is_point:
        records["vertices"] = _ENDS
    records["at"] = coordinates
    offsets = np.arange(len(records) + 1, dtype=np.int32) * np.int32(layout.itemsize)
    # As bytes: Arrow knows no buffers of records.
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(records.view(np.uint8))]
    return pa.Array.from_buffers(pa.binary(), len(records), buffers)


def decoded(column: pa.ChunkedArray) -> NDArray[np.object_]:
    """Return the geometries of a column of WKB, None where it is null.

    Raises
    ------
    shapely.errors.GEOSException
        When a value is no WKB.
    """
    with without_collecting():
        found: NDArray[np.object_] = shapely.from_wkb(column.to_numpy())
    return found


def decoded_tracks(column: pa.ChunkedArray) -> NDArray[np.float64] | None:
    """Return the coordinates of a column of WKB that holds points only, or lines of two points only.

    Returns
    -------
    numpy.ndarray or None
        Shape ``(n, 2)`` for points, ``(n, 2, 2)`` for lines; None where one is something else, missing or
        empty, or where there is none.
    """
    if not len(column) or column.null_count or not pa.types.is_binary(column.type):
        return None
    for layout, kind in ((_POINTS, POINT), (_LINES, LINE)):
        parts = [_records_in(chunk, layout, kind) for chunk in column.chunks if len(chunk)]
        known = [part for part in parts if part is not None]
        if len(known) == len(parts):
            return np.concatenate(known)
    return None


def _records_in(chunk: Any, layout: np.dtype[np.void], kind: int) -> NDArray[np.float64] | None:
    """Return the coordinates in values that are all records of a layout."""
    _, offsets, data = chunk.buffers()
    at = np.frombuffer(offsets, dtype=np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
    if (np.diff(at) != layout.itemsize).any():
        return None
    records = np.frombuffer(data, dtype=layout, count=len(chunk), offset=int(at[0]))
    if (records["order"] != LITTLE_ENDIAN).any() or (records["type"] != kind).any():
        return None
    if kind == LINE and (records["vertices"] != _ENDS).any():
        return None
    coordinates: NDArray[np.float64] = records["at"]
    # A point of two NaN is an empty one.
    return None if np.isnan(coordinates).any() else coordinates
