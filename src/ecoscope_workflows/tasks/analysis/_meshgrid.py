"""A grid of square cells over an area: geometries and a CRS in, one box per cell out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely
from geopandas.array import GeometryArray

from ecoscope_workflows.tasks.analysis._straight_pieces import straight_pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Some 4 GB of boxes.
MAX_CELLS = 10_000_000
WGS84 = "EPSG:4326"
HALF_TURN = 180.0
TOO_SMALL = "Custom grid cell size is too small for the extent of the area of interest"


def auto_cell_size(geometry: Any, cells_on_diagonal: int) -> float:
    """Return the geodesic diagonal of the bounds, divided by a number of cells, in whole metres.

    Parameters
    ----------
    geometry
        A GeoSeries with a CRS; missing geometries do not count.
    cells_on_diagonal
        How many cells long the diagonal shall be.

    Returns
    -------
    float
        At least 1 m. Bounds that cross the antimeridian are measured across it, not around the world.

    Raises
    ------
    ValueError
        When there is no CRS, or no geometry with coordinates.
    """
    west, south, east, north = _degrees(geometry)
    diagonal = pyproj.Geod(ellps="WGS84").inv(west, south, east, north)[2]
    return float(max(1, round(diagonal / cells_on_diagonal)))


def _degrees(geometry: Any) -> tuple[float, float, float, float]:
    geographic = geometry if geometry.crs == WGS84 else _with_crs(geometry).to_crs(WGS84)
    west, south, east, north = _bounds(geographic.array)
    if east - west > HALF_TURN:
        longitudes = shapely.get_coordinates(np.asarray(geographic.array))[:, 0] % (2 * HALF_TURN)
        turned_west, turned_east = float(longitudes.min()), float(longitudes.max())
        if turned_east - turned_west < east - west:
            west, east = turned_west, turned_east
    return west, south, east, north


def _with_crs(geometry: Any) -> Any:
    if geometry.crs is None:
        raise ValueError("the geometries have no CRS, so they cannot be placed; set one with `set_crs`")
    return geometry


def _bounds(geometry: Any) -> tuple[float, float, float, float]:
    """Return the common bounds of geometries, without those that a CRS cannot show."""
    bounds = shapely.bounds(np.asarray(geometry))
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        raise ValueError(
            "there is no area to lay a grid over: no geometry has finite coordinates in the CRS of the grid; "
            "check the data and the crs"
        )
    west, south = bounds[:, :2].min(axis=0).tolist()
    east, north = bounds[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def grid_boxes(geometry: Any, crs: Any, cell_size: float, *, custom: bool) -> Any:
    """Return the cells that cover geometries, by column from west to east, in each from south to north.

    The grid begins at a multiple of the cell size, so that grids of one size fit onto each other.
    Its extent is that of the bounds, taken to the CRS by their corners as published grids do, and that of
    the geometries in the CRS themselves, so that none lies outside where the CRS bends the bounds.

    Parameters
    ----------
    geometry
        A GeoSeries with a CRS.
    crs
        The CRS of the cells.
    cell_size
        Edge of a cell in the unit of `crs`.
    custom
        Whether the cell size was given; the message of the error says so.

    Returns
    -------
    array of Polygon
        Shape ``(cells,)``, at least one.

    Raises
    ------
    ValueError
        When there are no geometries, or more than `MAX_CELLS` cells.
    """
    _with_crs(geometry)
    corners = shapely.box(*_bounds(geometry.array))
    array = GeometryArray(np.append(np.asarray(geometry.array), corners), crs=geometry.crs)
    pieces = straight_pieces(geometry, crs)
    # A segment across the antimeridian ends at both sides of the world, and is drawn up to them.
    ends = shapely.points(np.concatenate([pieces.start, pieces.end]))
    west, south, east, north = _bounds(np.append(np.asarray(array.to_crs(crs)), ends))
    west, south = west - west % cell_size, south - south % cell_size
    columns = max(1, math.ceil((east - west) / cell_size))
    rows = max(1, math.ceil((north - south) / cell_size))
    if columns * rows > MAX_CELLS:
        raise _too_many(columns * rows, cell_size, (east - west) * (north - south), custom=custom)
    x = np.repeat(np.arange(columns) * cell_size + west, rows)
    y = np.tile(np.arange(rows) * cell_size + south, columns)
    return shapely.box(x, y, x + cell_size, y + cell_size)


def _too_many(cells: int, cell_size: float, area: float, *, custom: bool) -> ValueError:
    what = TOO_SMALL if custom else "The area of interest is too large for cells of the automatic size"
    error = ValueError(what)
    fitting = math.sqrt(area / MAX_CELLS)
    error.add_note(
        f"cells of {cell_size:g} would be {cells:,}, and at most {MAX_CELLS:,} fit in memory; use a "
        f"grid_cell_size of at least {fitting:.3g}, remove places far from the rest, or use a crs that is "
        "made for this area"
    )
    return error
