"""Columns of coordinates behave as the geometries that they stand for, and become them."""

from __future__ import annotations

import gc
import pickle
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.array import GeometryArray
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.contracts import track_geometry
from ecoscope_workflows.contracts.parquet import read_frame, write_frame
from ecoscope_workflows.contracts.track_geometry import (
    LINES,
    POINTS,
    TrackGeometry,
    coordinates_of,
    track_array,
    type_numbers,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POSITIONS = np.array([[36.5, 0.1], [-180.0, 90.0], [180.0, -0.0], [1e9, 1e-300]])
ENDS = np.stack([POSITIONS, POSITIONS[::-1]], axis=1)
CASES = pytest.mark.parametrize("coordinates", [POSITIONS, ENDS], ids=["points", "lines"])


def plain(coordinates: Any) -> Any:
    make = shapely.points if coordinates.ndim == POINTS else shapely.linestrings
    return gpd.array.from_shapely(make(coordinates), crs="EPSG:4326")


def frame_of(geometry: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"n": range(len(geometry)), "geometry": geometry}, index=list("wxyz"))


def identical(left: Any, right: Any) -> bool:
    """Return whether arrays hold the same geometries to the bit, in one CRS."""
    same = shapely.to_wkb(np.asarray(left)) == shapely.to_wkb(np.asarray(right))
    return bool(same.all()) and len(left) == len(right) and left.crs == right.crs


# What only passes geometries on.
PASSED_ON: dict[str, Callable[[Any], Any]] = {
    "as it is": lambda frame: frame,
    "a copy": lambda frame: frame.copy(),
    "a shallow copy": lambda frame: frame.copy(deep=False),
    "a mask": lambda frame: frame[frame["n"] > 1],
    "a slice": lambda frame: frame.iloc[1:3],
    "reversed": lambda frame: frame.iloc[::-1],
    "positions": lambda frame: frame.iloc[[2, 0, 0, -1]],
    "labels": lambda frame: frame.loc[["z", "w"]],
    "sorted": lambda frame: frame.sort_values("n", ascending=False),
    "another column": lambda frame: frame.assign(more=1.0).drop(columns="n"),
    "without an index": lambda frame: frame.reset_index(drop=True),
    "a group": lambda frame: frame.groupby(frame["n"] % 2).get_group(1),
    "none": lambda frame: frame.iloc[:0],
}
# What needs geometries.
LOOKED_AT: dict[str, Callable[[Any], Any]] = {
    "one": lambda frame: frame.geometry.iloc[-1],
    "bounds": lambda frame: frame.total_bounds.tolist(),
    "an array": lambda frame: np.asarray(frame.geometry.array).tolist(),
    "text": lambda frame: frame.to_wkt().to_csv(),
    "aligned": lambda frame: frame.reindex(list("xq")).geometry.tolist(),
    "shifted": lambda frame: frame.geometry.shift().tolist(),
    "taken with gaps": lambda frame: frame.geometry.array.take([0, -1], allow_fill=True).tolist(),
    "concatenated": lambda frame: pd.concat([frame, frame]).geometry.tolist(),
    "types": lambda frame: frame.geom_type.tolist(),
    "missing": lambda frame: frame.geometry.isna().tolist(),
    "filled": lambda frame: frame.geometry.fillna(shapely.Point(0, 0)).tolist(),
    "equal": lambda frame: (frame.geometry == frame.geometry.iloc[0]).tolist(),
    "pickled": lambda frame: pickle.loads(pickle.dumps(frame)).geometry.tolist(),  # noqa: S301  # our own bytes
}


@CASES
@pytest.mark.parametrize("name", PASSED_ON)
def test_passes_coordinates_on(coordinates: Any, name: str) -> None:
    made = PASSED_ON[name](frame_of(TrackGeometry(coordinates, "EPSG:4326")))
    expected = PASSED_ON[name](frame_of(plain(coordinates)))
    assert coordinates_of(made.geometry.array, coordinates.ndim) is not None
    assert type_numbers(made.geometry.array).tolist() == type_numbers(expected.geometry.array).tolist()
    assert made.geometry.array.nbytes == coordinates[: len(made)].nbytes
    assert identical(made.geometry.array, expected.geometry.array)
    assert_geodataframe_equal(made, expected)


@CASES
@pytest.mark.parametrize("name", LOOKED_AT)
def test_gives_the_geometries(coordinates: Any, name: str) -> None:
    made = LOOKED_AT[name](frame_of(TrackGeometry(coordinates, "EPSG:4326")))
    assert repr(made) == repr(LOOKED_AT[name](frame_of(plain(coordinates))))


@CASES
def test_writing_to_a_column_shows_in_its_views_and_not_in_copies(coordinates: Any) -> None:
    column = TrackGeometry(coordinates)
    view, copy = column[:], column.copy()
    column[1] = None
    column[2] = shapely.Point(7, 8)
    assert column.isna().tolist() == view.isna().tolist() == [False, True, False, False]
    assert (column[2], view[2]) == (shapely.Point(7, 8), shapely.Point(7, 8))
    assert coordinates_of(column, coordinates.ndim) is None
    assert identical(copy, TrackGeometry(coordinates))


@CASES
def test_views_make_the_geometries_once(coordinates: Any) -> None:
    column = TrackGeometry(coordinates)
    view = column[:]
    assert np.asarray(column)[0] is np.asarray(view)[0]
    assert (len(column), column.shape, column.nbytes) == (4, (4,), plain(coordinates).nbytes)
    assert type_numbers(column).tolist() == type_numbers(plain(coordinates)).tolist()


@CASES
def test_no_coordinate_changes_behind_its_back(coordinates: Any) -> None:
    given = coordinates.copy()
    column = TrackGeometry(given)
    known = column.coordinates
    assert known is not None
    with pytest.raises(ValueError, match="read-only"):
        known[0] = 5.0
    given[0] = given[0]  # that of the caller can still be written to


def test_coordinates_are_only_for_those_who_read_that_shape() -> None:
    assert coordinates_of(TrackGeometry(POSITIONS), LINES) is None
    assert coordinates_of(TrackGeometry(ENDS), POINTS) is None
    assert coordinates_of(plain(POSITIONS), POINTS) is None


@CASES
def test_a_long_file_comes_back_as_coordinates_and_goes_out_as_the_same_bytes(
    coordinates: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(track_geometry, "LONG", 1)
    write_frame(frame_of(plain(coordinates)), tmp_path / "plain.parquet", "{}")
    read = read_frame(tmp_path / "plain.parquet")
    write_frame(read, tmp_path / "again.parquet", "{}")
    assert coordinates_of(read.geometry.array, coordinates.ndim) is not None
    assert (tmp_path / "again.parquet").read_bytes() == (tmp_path / "plain.parquet").read_bytes()
    assert_geodataframe_equal(read, frame_of(plain(coordinates)))


@CASES
def test_a_short_column_is_like_any_other(coordinates: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert type(track_array(coordinates, "EPSG:4326")) is GeometryArray
    monkeypatch.setattr(track_geometry, "LONG", 1)
    assert type(track_array(coordinates, "EPSG:4326")) is TrackGeometry
    # What geopandas holds inside may be otherwise in a version that nobody has tried.
    monkeypatch.setattr("geopandas.__version__", "9.0.0")
    assert type(track_array(coordinates, "EPSG:4326")) is GeometryArray


@CASES
@pytest.mark.parametrize("collecting", [True, False])
def test_making_geometries_leaves_the_garbage_collector_as_it_was(coordinates: Any, collecting: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if collecting else gc.disable)()
        np.asarray(TrackGeometry(coordinates))
        assert gc.isenabled() is collecting
    finally:
        (gc.enable if before else gc.disable)()
