"""Time spent per cell of a grid: track segments and cells in, shares, percentile classes and outlines out."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely

from ecoscope_workflows.tasks.analysis._cell_polygons import mask_polygons
from ecoscope_workflows.tasks.analysis._elliptical_time_density import MAX_GRID_CELLS
from ecoscope_workflows.tasks.analysis._grid_cells import OFF_PLACE, lattice_of, pieces_in_cells
from ecoscope_workflows.tasks.analysis._percentile_areas import percentile_cuts
from ecoscope_workflows.tasks.analysis._straight_pieces import straight_pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

METRES_PER_SECOND = 1000.0 / 3600.0


def time_shares(trajectory: Any, cells: Any, crs: pyproj.CRS) -> Floats:
    """Return the share of all time on the grid that is spent in each cell, NaN where none is.

    The time of a piece of a segment is its length divided by the speed of the segment.
    Lengths are planar in a projected CRS and geodesic in degrees.

    Parameters
    ----------
    trajectory
        Segments with ``speed_kmhr`` and a CRS.
    cells
        Polygons, shape ``(cells,)``.
    crs
        The CRS of the cells.

    Raises
    ------
    ValueError
        When the CRS is projected and not in metres, or the segments have no CRS.

    Warns
    -----
    UserWarning
        With the number of segments that are left out, by reason.
    """
    _require_metres(crs)
    speeds = trajectory["speed_kmhr"].to_numpy(dtype=np.float64, na_value=np.nan)
    segments = straight_pieces(trajectory.geometry, crs)
    usable = np.isfinite(speeds) & (speeds > 0)
    _warn_of_missing(trajectory, usable, segments.unplaced)
    kept = usable[segments.line]
    line = segments.line[kept]
    pieces = pieces_in_cells(segments.start[kept], segments.end[kept], cells)
    if crs.is_projected:
        metres = np.hypot(*(pieces.end - pieces.start).T)
    else:
        metres = pyproj.Geod(ellps="WGS84").inv(*pieces.start.T, *pieces.end.T)[2]
    seconds = metres / (speeds[line[pieces.segment]] * METRES_PER_SECOND)
    time = np.bincount(pieces.cell, weights=seconds, minlength=len(cells))
    # The published divisor is rounded; where that leaves nothing, the time itself is the divisor.
    total = round(float(time.sum()), 1) or float(time.sum())
    shares = np.full(len(cells), np.nan)
    return np.asarray(np.divide(time, total, out=shares, where=time > 0), dtype=np.float64)


def _require_metres(crs: pyproj.CRS) -> None:
    if crs.is_projected and crs.axis_info[0].unit_conversion_factor != 1.0:
        raise ValueError(
            f"the CRS of the grid ({crs.name}) is in {crs.axis_info[0].unit_name}: lengths are divided by "
            "speeds in km/h, so a projected CRS must be in metres"
        )


def _warn_of_missing(trajectory: Any, usable: NDArray[np.bool_], unplaced: int) -> None:
    drawn = ~(trajectory.geometry.isna() | trajectory.geometry.is_empty).to_numpy()
    counts = {
        "without geometry": int((~drawn).sum()),
        "without a speed above 0": int((drawn & ~usable).sum()),
        "outside of the CRS of the grid": unplaced,
    }
    if any(counts.values()):
        reasons = ", ".join(f"{count} {reason}" for reason, count in counts.items() if count)
        warnings.warn(
            f"of {len(drawn)} segments, some are left out of the linear time density: {reasons}", stacklevel=4
        )


def percentile_classes(density: Floats, levels: Sequence[float]) -> Floats:
    """Return for each cell the first level whose smallest set of cells holds it, NaN where none does.

    Parameters
    ----------
    density
        Shape ``(cells,)``; NaN and 0 belong to no level.
    levels
        In %, ascending.
    """
    classes = np.full(density.shape, np.nan)
    if (density > 0).any():
        for level, cut in zip(levels[::-1], percentile_cuts(density, levels)[::-1], strict=True):
            classes[density >= cut] = level
    return classes


def outline_of(cells: Any, chosen: Ints) -> Any:
    """Return the union of some cells as one geometry.

    The outline of cells of a regular grid is made by arithmetic, so that sizes that are no whole numbers
    leave no slivers between neighbours.

    Parameters
    ----------
    cells
        Polygons, shape ``(cells,)``.
    chosen
        Positions of cells, at least one.
    """
    lattice = lattice_of(cells[chosen])
    if (
        lattice is None
        or abs(lattice.width - lattice.height) > OFF_PLACE * lattice.width
        or lattice.columns * lattice.rows > MAX_GRID_CELLS
    ):
        return shapely.union_all(cells[chosen])
    mask = np.zeros((lattice.rows, lattice.columns), dtype=bool)
    column, row = np.divmod(lattice.places, lattice.rows)
    mask[lattice.rows - 1 - row, column] = True
    y_max = lattice.y_min + lattice.rows * lattice.height
    return mask_polygons(mask, lattice.x_min, y_max, lattice.width)


def square_kilometres(geometries: Any, crs: pyproj.CRS) -> Floats:
    """Return planar areas in a projected CRS, and geodesic ones in degrees."""
    if crs.is_projected:
        return np.asarray(shapely.area(geometries) / 1e6, dtype=np.float64)
    geod = pyproj.Geod(ellps="WGS84")
    return np.array([abs(geod.geometry_area_perimeter(area)[0]) / 1e6 for area in geometries])
