"""Points and two-point lines as arrays of coordinates that become geometries when one is asked for.

A million geometries take 0.3 GB and most of a second to make and to throw away, and most tasks only pass
them on: to them, coordinates are enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from geopandas.array import GeometryArray

from ecoscope_workflows.contracts.collecting import without_collecting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Coordinates = NDArray[np.float64]
    Objects = NDArray[np.object_]

POINTS = 2
LINES = 3
# Of a shorter column the geometries cost next to nothing, and it is one like any other from the start.
LONG = 100_000
# What geopandas calls the geometries inside of a column is no promise of its own; these versions are tested.
_TESTED = ("1.2",)


class TrackGeometry(GeometryArray):  # type: ignore[misc]  # geopandas has no types
    """A column of geometries, of which only the coordinates exist until somebody asks for a geometry.

    From then on it is a column like any other.

    Parameters
    ----------
    coordinates
        Of points, shape ``(n, 2)``, or of both ends of lines, shape ``(n, 2, 2)``; none is missing (NaN).
        Whoever hands them over must not change them.
    crs
        The CRS, as geopandas takes it.
    """

    def __init__(self, coordinates: Coordinates, crs: Any = None) -> None:
        self._column = _Column(coordinates)
        super().__init__(np.empty(0, dtype=object), crs=crs)

    @property
    def _data(self) -> Objects:
        return self._column.objects()

    @_data.setter
    def _data(self, data: Objects) -> None:
        """Ignore the data that the base class is given in its constructor, which there are none of."""

    @property
    def coordinates(self) -> Coordinates | None:
        """Return the coordinates, read-only, as long as nobody has asked for a geometry; then None."""
        return self._column.coordinates

    @property
    def size(self) -> int:
        """Return the number of geometries."""
        return len(self._column)

    @property
    def nbytes(self) -> int:
        """Return the bytes of the coordinates, or of what stands in their place."""
        known = self.coordinates
        return int(super().nbytes if known is None else known.nbytes)

    def isna(self) -> NDArray[np.bool_]:
        """Return which geometries are missing."""
        known = self.coordinates
        missing: NDArray[np.bool_] = super().isna() if known is None else np.zeros(len(known), dtype=bool)
        return missing

    def copy(self, *args: Any, **kwargs: Any) -> GeometryArray:
        """Return the geometries; what is done to them is not done to these."""
        known = self.coordinates
        return super().copy(*args, **kwargs) if known is None else TrackGeometry(known, self.crs)

    def take(self, indices: Any, allow_fill: bool = False, fill_value: Any = None) -> GeometryArray:  # noqa: FBT001, FBT002  # pandas' own signature
        """Return the geometries at these positions."""
        known = self.coordinates
        where = np.asarray(indices, dtype=np.intp)
        if known is None or (allow_fill and (where < 0).any()):
            return super().take(indices, allow_fill=allow_fill, fill_value=fill_value)
        return TrackGeometry(known[where], self.crs)

    def __getitem__(self, idx: Any) -> Any:
        """Return one geometry, or some of them."""
        known = self.coordinates
        if known is None or (np.ndim(idx) != 1 and not isinstance(idx, slice)):
            return super().__getitem__(idx)
        if isinstance(idx, slice) and idx == slice(None):
            # What is done to such a view is done to its base.
            view = TrackGeometry.__new__(TrackGeometry)
            view.__dict__.update(self.__dict__)
            return view
        return TrackGeometry(known[pd.api.indexers.check_array_indexer(self, idx)], self.crs)

    def __reduce__(self) -> Any:
        """Travel as plain geometries."""
        return GeometryArray, (self._data, self.crs)


def track_array(coordinates: Coordinates, crs: Any = None) -> GeometryArray:
    """Return points or two-point lines as a column of geometries; a long one makes them when asked.

    Parameters
    ----------
    coordinates, crs
        As `TrackGeometry` takes them.
    """
    if len(coordinates) >= LONG and geopandas.__version__.rpartition(".")[0] in _TESTED:
        return TrackGeometry(coordinates, crs)
    make = shapely.points if coordinates.ndim == POINTS else shapely.linestrings
    return GeometryArray(make(coordinates), crs=crs)


class _Column:
    """Coordinates, or the geometries made of them; views of a column share it."""

    def __init__(self, coordinates: Coordinates) -> None:
        self.coordinates: Coordinates | None = coordinates.view()
        self.coordinates.flags.writeable = False
        self._objects: Objects = np.empty(0, dtype=object)

    def __len__(self) -> int:
        return len(self._objects if self.coordinates is None else self.coordinates)

    def objects(self) -> Objects:
        """Return the geometries, which are made now if need be."""
        # Another thread may ask at the same time.
        known = self.coordinates
        if known is not None:
            make = shapely.points if known.ndim == POINTS else shapely.linestrings
            with without_collecting():
                self._objects = make(known)
            # They can be changed from here on, so that the coordinates would no longer be theirs.
            self.coordinates = None
        return self._objects


def type_numbers(geometry: Any) -> NDArray[np.int32]:
    """Return shapely's number of the type of each geometry in an array, -1 where it is missing."""
    known = geometry.coordinates if isinstance(geometry, TrackGeometry) else None
    if known is None:
        numbers: NDArray[np.int32] = shapely.get_type_id(np.asarray(geometry))
        return numbers
    kind = shapely.GeometryType.POINT if known.ndim == POINTS else shapely.GeometryType.LINESTRING
    return np.full(len(known), kind, dtype=np.int32)


def coordinates_of(geometry: Any, dimensions: int) -> Coordinates | None:
    """Return the coordinates of a column of geometries, where they can be had without the geometries.

    Parameters
    ----------
    geometry
        An array of geometries, as ``GeoSeries.array`` is.
    dimensions
        `POINTS` or `LINES`: what the caller reads.

    Returns
    -------
    numpy.ndarray or None
        Shape ``(n, 2)`` for points, ``(n, 2, 2)`` for lines.
    """
    known = geometry.coordinates if isinstance(geometry, TrackGeometry) else None
    return known if known is not None and known.ndim == dimensions else None
