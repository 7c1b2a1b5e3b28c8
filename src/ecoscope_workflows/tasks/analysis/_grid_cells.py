"""What lies in which cell of a grid: points or straight pieces and cells in, pairs of both out.

The cells of a regular grid are found by arithmetic, a segment being cut where it crosses a grid line; the
cells of any other set of polygons are found by a search tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Cells may be off their place by this share of a cell: sums of sizes that are no whole numbers round.
OFF_PLACE = 1e-6
# A shorter piece, as a share of its segment, is the rounding of a corner that a segment passes through.
SHORTEST_PIECE = 1e-12
CORNERS_OF_A_BOX = 5
POINT = 0


@dataclass(frozen=True, slots=True)
class Lattice:
    """A regular grid, of which some cells may be missing.

    Parameters
    ----------
    x_min, y_min
        The outer corner of the southwesternmost place.
    width, height
        Edges of a cell.
    columns, rows
        Number of places.
    places
        The number of each cell, ``column * rows + row``, ascending, shape ``(cells,)``.
    cells
        The cell at each of these places, as its position among the cells.
    """

    x_min: float
    y_min: float
    width: float
    height: float
    columns: int
    rows: int
    places: Ints
    cells: Ints

    def cells_at(self, column: Ints, row: Ints) -> Ints:
        """Return the position of the cell at each place, -1 where there is none."""
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        wanted = np.where(inside, column * self.rows + row, -1)
        at = np.minimum(np.searchsorted(self.places, wanted), self.places.size - 1)
        return np.where(self.places[at] == wanted, self.cells[at], -1)


def lattice_of(cells: Any) -> Lattice | None:
    """Return the regular grid that the cells are part of, or None where they are not of one.

    Parameters
    ----------
    cells
        Polygons, shape ``(cells,)``.
    """
    bounds = shapely.bounds(cells)
    if not len(bounds) or not np.isfinite(bounds).all() or not _are_boxes(cells, bounds):
        return None
    width, height = np.median(bounds[:, 2:] - bounds[:, :2], axis=0).tolist()
    x_min, y_min = bounds[:, :2].min(axis=0).tolist()
    at = np.stack([(bounds[:, ::2] - x_min) / width, (bounds[:, 1::2] - y_min) / height], axis=1)
    whole = np.rint(at)
    if np.abs(at - whole).max() > OFF_PLACE or (np.diff(whole, axis=2) != 1).any():
        return None
    column, row = whole[:, :, 0].astype(np.int64).T
    columns, rows = int(column.max()) + 1, int(row.max()) + 1
    number = column * rows + row
    order = np.argsort(number, kind="stable")
    if (np.diff(number[order]) == 0).any():
        return None
    return Lattice(x_min, y_min, width, height, columns, rows, number[order], order.astype(np.int64))


def _are_boxes(cells: Any, bounds: Floats) -> bool:
    if (shapely.get_num_coordinates(cells) != CORNERS_OF_A_BOX).any():
        return False
    extent = np.prod(bounds[:, 2:] - bounds[:, :2], axis=1)
    return bool((extent > 0).all() and (np.abs(shapely.area(cells) - extent) <= OFF_PLACE * extent).all())


def within_cells(geometries: Any, cells: Any) -> tuple[Ints, Ints, int]:
    """Return which geometries lie within which cells; one that touches the edge of a cell does not.

    Parameters
    ----------
    geometries
        In the CRS of the cells, shape ``(n,)``, none missing or empty.
    cells
        Polygons, shape ``(cells,)``.

    Returns
    -------
    tuple
        Positions of geometries, positions of their cells, and how many points lie on the edge of a cell of
        a regular grid.
    """
    lattice = lattice_of(cells)
    if lattice is None or (shapely.get_type_id(geometries) != POINT).any():
        inside, cell = shapely.STRtree(cells).query(geometries, predicate="within")
        return inside.astype(np.int64), cell.astype(np.int64), 0
    points = shapely.get_coordinates(geometries)
    place = np.floor((points - (lattice.x_min, lattice.y_min)) / (lattice.width, lattice.height))
    place = np.clip(place, -1, max(lattice.columns, lattice.rows)).astype(np.int64)
    cell = lattice.cells_at(place[:, 0], place[:, 1])
    found = np.flatnonzero(cell >= 0)
    bounds = shapely.bounds(cells)[cell[found]]
    own = points[found]
    inside_it = ((own > bounds[:, :2]) & (own < bounds[:, 2:])).all(axis=1)
    return found[inside_it], cell[found[inside_it]], int((~inside_it).sum())


@dataclass(frozen=True, slots=True)
class Pieces:
    """The parts of straight segments in cells.

    Parameters
    ----------
    segment, cell
        Whose part it is and in which cell it lies, as positions, shape ``(n,)``.
    start, end
        Its ends, shape ``(n, 2)``.
    """

    segment: Ints
    cell: Ints
    start: Floats
    end: Floats


def pieces_in_cells(start: Floats, end: Floats, cells: Any) -> Pieces:
    """Cut straight segments at the edges of cells.

    A piece along an edge that two cells of a regular grid share counts once, for the cell to the east or to
    the north; on the outer edge of the grid it counts for the cell inside.

    Parameters
    ----------
    start, end
        Ends of the segments in the CRS of the cells, shape ``(n, 2)``, finite.
    cells
        Polygons, shape ``(cells,)``.
    """
    lattice = lattice_of(cells)
    if lattice is None:
        return _pieces_in_polygons(start, end, cells)
    origin, size = np.array([lattice.x_min, lattice.y_min]), np.array([lattice.width, lattice.height])
    a, b = (start - origin) / size, (end - origin) / size
    segment, near, far = _cuts(a, b, lattice)
    middle = a[segment] + (b - a)[segment] * ((near + far) / 2.0)[:, None]
    limit = np.array([lattice.columns, lattice.rows])
    place = np.where(middle == limit, limit - 1, np.floor(middle))
    place = np.clip(place, -1, limit).astype(np.int64)
    cell = lattice.cells_at(place[:, 0], place[:, 1])
    kept = cell >= 0
    segment, near, far = segment[kept], near[kept, None], far[kept, None]
    way = (end - start)[segment]
    return Pieces(segment, cell[kept], start[segment] + way * near, start[segment] + way * far)


def _cuts(a: Floats, b: Floats, lattice: Lattice) -> tuple[Ints, Floats, Floats]:
    """Return the pieces between grid lines: whose, and from which to which share of the way."""
    owners = [np.arange(len(a))] * 2
    shares = [np.zeros(len(a)), np.ones(len(a))]
    for axis, count in enumerate((lattice.columns, lattice.rows)):
        p, q = a[:, axis], b[:, axis]
        # Lines beyond the grid do not cut, however far a segment goes.
        first = np.clip(np.floor(np.minimum(p, q)) + 1, 0, count + 1).astype(np.int64)
        last = np.clip(np.ceil(np.maximum(p, q)) - 1, -1, count).astype(np.int64)
        number = np.maximum(last - first + 1, 0)
        owner = np.repeat(np.arange(len(a)), number)
        line = np.arange(owner.size) - np.repeat(np.cumsum(number) - number, number) + first[owner]
        owners.append(owner)
        shares.append((line - p[owner]) / (q - p)[owner])
    owner, share = np.concatenate(owners), np.concatenate(shares)
    order = np.lexsort((share, owner))
    owner, share = owner[order], share[order]
    kept = (owner[1:] == owner[:-1]) & (np.diff(share) > SHORTEST_PIECE)
    return owner[:-1][kept], share[:-1][kept], share[1:][kept]


def _pieces_in_polygons(start: Floats, end: Floats, cells: Any) -> Pieces:
    long_enough = np.flatnonzero((start != end).any(axis=1))
    lines = shapely.linestrings(np.stack([start, end], axis=1)[long_enough])
    segment, cell = shapely.STRtree(cells).query(lines, predicate="intersects")
    parts, pair = shapely.get_parts(
        shapely.intersection(lines[segment], cells[cell]) if segment.size else np.array([]), return_index=True
    )
    kept = shapely.length(parts) > 0
    parts, pair = parts[kept], pair[kept]
    ends = [shapely.get_coordinates(shapely.get_point(parts, place)) for place in (0, -1)]
    return Pieces(long_enough[segment[pair]], cell[pair].astype(np.int64), ends[0], ends[1])
