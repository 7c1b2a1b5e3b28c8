"""Lines as straight segments in a plane: geometries of any CRS in, the ends of their segments out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

HALF_TURN = 180.0
LINES = (1, 2, 5)  # LineString, LinearRing, MultiLineString


@dataclass(frozen=True, slots=True)
class StraightPieces:
    """The straight segments of lines.

    Parameters
    ----------
    start, end
        Their ends in the CRS that was asked for, shape ``(n, 2)``, finite.
    line
        Which line each is of, as its position, shape ``(n,)``.
    unplaced
        How many lines the CRS cannot show, and which are left out.
    """

    start: Floats
    end: Floats
    line: Ints
    unplaced: int


def straight_pieces(geometry: Any, crs: Any) -> StraightPieces:
    """Take lines apart into their straight segments, in another CRS.

    In degrees, a segment across more than 180 degrees of longitude is one across the antimeridian: it is cut
    there, because in a plane its two ends lie at opposite sides.

    Parameters
    ----------
    geometry
        A GeoSeries with a CRS; what is missing, empty or no line has no segments.
    crs
        The CRS of the result.

    Raises
    ------
    ValueError
        When the geometries have no CRS.
    """
    if geometry.crs is None:
        raise ValueError("the lines have no CRS, so they cannot be projected; set one with `set_crs`")
    lines = np.asarray(geometry.array)
    drawn = np.flatnonzero(np.isin(shapely.get_type_id(lines), LINES))
    parts, part_of = shapely.get_parts(lines[drawn], return_index=True)
    vertices, vertex_of = shapely.get_coordinates(parts, return_index=True)
    joined = vertex_of[1:] == vertex_of[:-1]
    start, end = vertices[:-1][joined], vertices[1:][joined]
    line = drawn[part_of[vertex_of[:-1][joined]]]
    if geometry.crs.is_geographic:
        start, end, line = _cut_at_antimeridian(start, end, line)
    transformer = pyproj.Transformer.from_crs(geometry.crs, crs, always_xy=True)
    start, end = (np.stack(transformer.transform(*ends.T), axis=-1) for ends in (start, end))
    placed = np.isfinite(start).all(axis=1) & np.isfinite(end).all(axis=1)
    unplaced = np.unique(line[~placed]).size
    return StraightPieces(start[placed], end[placed], line[placed].astype(np.int64), unplaced)


def _cut_at_antimeridian(start: Floats, end: Floats, line: Ints) -> tuple[Floats, Floats, Ints]:
    # Longitudes of 0 to 360 have no jump there.
    usual = np.maximum(np.abs(start[:, 0]), np.abs(end[:, 0])) <= HALF_TURN
    across = np.flatnonzero(usual & (np.abs(end[:, 0] - start[:, 0]) > HALF_TURN))
    if not across.size:
        return start, end, line
    side = np.where(start[across, 0] > 0, HALF_TURN, -HALF_TURN)
    # The end, as far beyond the antimeridian as it is on the other side.
    beyond = end[across, 0] + 2.0 * side
    share = (side - start[across, 0]) / (beyond - start[across, 0])
    latitude = start[across, 1] + share * (end[across, 1] - start[across, 1])
    here, there = np.stack([side, latitude], axis=1), np.stack([-side, latitude], axis=1)
    first_end = end.copy()
    first_end[across] = here
    return (
        np.concatenate([start, there]),
        np.concatenate([first_end, end[across]]),
        np.concatenate([line, line[across]]),
    )
