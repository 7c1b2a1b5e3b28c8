"""Well-known binary: the bytes are shapely's, and all but points and two-point lines is left to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from ecoscope_workflows.contracts import wkb

POINT = shapely.Point(36.5, -0.0)
LINE = shapely.LineString([(1, 2), (3, np.inf)])


def column_of(geometries: list[Any]) -> Any:
    return np.array([*geometries, None], dtype=object)[:-1]


@pytest.mark.parametrize("geometries", [[POINT] * 3, [LINE] * 3, [POINT], [LINE]])
def test_tracks_are_the_bytes_of_shapely(geometries: list[Any]) -> None:
    values = column_of(geometries)
    coordinates = wkb.coordinates_of_tracks(values)
    assert coordinates is not None
    column = wkb.encoded_tracks(coordinates)
    assert column is not None
    column.validate(full=True)
    assert column.equals(wkb.encoded(values))
    back = wkb.decoded_tracks(pa.chunked_array([column.slice(1), column.slice(0, 0), column]))
    assert back is not None
    assert back.tolist() == np.concatenate([coordinates[1:], coordinates]).tolist()


OTHERS = {
    "none": [],
    "missing": [POINT, None],
    "all missing": [None],
    "empty": [POINT, shapely.Point()],
    "not a number": [shapely.points(np.nan, 1.0)],
    "height": [shapely.Point(1, 2, 3)],
    "measure": [shapely.from_wkt("POINT M (1 2 3)")],
    "mixed": [POINT, LINE],
    "long line": [shapely.LineString([(0, 0), (1, 1), (2, 2)])],
    # As many points as two-point lines would have.
    "one empty, one long": [shapely.LineString(), shapely.LineString([(0, 0), (1, 1), (2, 2), (3, 3)])],
    "ring": [shapely.LinearRing([(0, 0), (1, 1), (2, 0)])],
    "polygon": [shapely.box(0, 0, 1, 1)],
    # 21 bytes are not a point, nor 41 a line.
    "collection": [shapely.MultiPoint([(1, 2)])],
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_geometries_are_left_to_shapely(name: str) -> None:
    values = column_of(OTHERS[name])
    assert wkb.coordinates_of_tracks(values) is None
    column = pa.chunked_array([wkb.encoded(values)])
    assert wkb.decoded_tracks(column) is None
    assert wkb.decoded(column).tolist() == shapely.from_wkb(shapely.to_wkb(values, flavor="iso")).tolist()


def point(order: int, kind: int) -> bytes:
    mark = ">" if order == 0 else "<"
    return np.array([(order, kind, 1.5, 2.5)], dtype=f"u1,{mark}u4,{mark}f8,{mark}f8").tobytes()


@pytest.mark.parametrize(("order", "kind"), [(0, 1), (1, 7)])
def test_bytes_of_the_right_length_may_be_something_else(order: int, kind: int) -> None:
    assert wkb.decoded_tracks(pa.chunked_array([pa.array([point(order, kind)])])) is None


def test_another_byte_order_is_read() -> None:
    assert wkb.decoded(pa.chunked_array([pa.array([point(0, 1), None])])).tolist() == [
        shapely.Point(1.5, 2.5),
        None,
    ]


@pytest.mark.parametrize("values", [pa.array([b"xx"], pa.large_binary()), pa.array(["POINT (1 2)"])])
def test_other_columns_are_no_tracks(values: Any) -> None:
    assert wkb.decoded_tracks(pa.chunked_array([values])) is None


def test_a_column_beyond_the_reach_of_its_offsets_is_left_to_shapely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wkb, "_MAX_BYTES", 41)
    assert wkb.encoded_tracks(np.zeros((1, 2))) is not None
    assert wkb.encoded_tracks(np.zeros((2, 2))) is None
