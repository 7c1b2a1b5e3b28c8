"""The outline of raster cells: a mask in, polygons with holes out.

Cells that share an edge belong together (4-connectivity), cells that share only a corner do not: the same
polygons that ``rasterio.features.shapes`` finds, made with numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

# Directions of the edges, counter-clockwise, so that the next number is a turn to the left.
WEST, SOUTH, EAST, NORTH = range(4)


def mask_polygons(mask: NDArray[np.bool_], x_min: float, y_max: float, pixel_size: float) -> Any:
    """Return the cells that are True as one valid MultiPolygon.

    Parameters
    ----------
    mask
        Shape ``(rows, columns)``, row 0 the northernmost.
    x_min, y_max
        The outer corner of cell (0, 0).
    pixel_size
        Edge of a cell.

    Returns
    -------
    shapely.MultiPolygon
        Polygons ordered by their northernmost, then westernmost corner; shells counter-clockwise, holes
        clockwise; vertices at corners only. Empty when no cell is True.
    """
    if not mask.any():
        return shapely.MultiPolygon()
    edges = _Edges(mask)
    rings = _rings(edges)
    owners = _owners(edges, mask, rings)
    # By polygon; each shell precedes its holes because its first corner does.
    rings = [rings[place] for place in np.argsort(owners, kind="stable")]
    lengths = np.fromiter(map(len, rings), dtype=np.int64, count=len(rings))
    row, column = np.divmod(edges.start[np.concatenate(rings)], edges.stride)
    vertices = np.stack([x_min + column * pixel_size, y_max - row * pixel_size], axis=1)
    lines = shapely.linearrings(vertices, indices=np.repeat(np.arange(len(rings)), lengths))
    _, polygon = np.unique(np.sort(owners), return_inverse=True)
    return shapely.multipolygons(shapely.polygons(lines, indices=polygon))


class _Edges:
    """Every maximal straight piece of the outline, the mask on its left, ordered by its start corner.

    A corner is numbered ``row * stride + column``.
    """

    def __init__(self, mask: NDArray[np.bool_]) -> None:
        self.stride = mask.shape[1] + 1
        inside = np.pad(mask, 1)
        own = inside[1:-1, 1:-1]
        pieces = []
        for direction, outside in (
            (WEST, ~inside[:-2, 1:-1]),
            (SOUTH, ~inside[1:-1, :-2]),
            (EAST, ~inside[2:, 1:-1]),
            (NORTH, ~inside[1:-1, 2:]),
        ):
            exposed = own & outside
            if direction in (WEST, EAST):
                row, low, high = _runs(exposed)
                row += direction == EAST
                low, high = row * self.stride + low, row * self.stride + high
            else:
                column, low, high = _runs(exposed.T)
                column += direction == NORTH
                low, high = low * self.stride + column, high * self.stride + column
            ends = (high, low) if direction in (WEST, NORTH) else (low, high)
            pieces.append(np.stack([*ends, np.full_like(low, direction)]))
        start, end, heading = np.concatenate(pieces, axis=1)
        order = np.lexsort((heading, start))
        self.start, self.end, self.heading = start[order], end[order], heading[order]

    def successors(self) -> Ints:
        """Return which edge follows each; where two corners of the mask touch, the one to the left."""
        key = self.start * 4 + self.heading
        left, right = self.end * 4 + (self.heading + 1) % 4, self.end * 4 + (self.heading + 3) % 4
        place = np.minimum(np.searchsorted(key, left), key.size - 1)
        following: Ints = np.where(key[place] == left, place, np.searchsorted(key, right))
        return following


def _runs(exposed: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Return line, start and stop of each run of True along the lines of an array."""
    padded = np.pad(exposed, ((0, 0), (1, 1)))
    line, place = np.nonzero(padded[:, 1:] != padded[:, :-1])
    return line[::2], place[::2], place[1::2]


def _rings(edges: _Edges) -> list[list[int]]:
    """Follow the outline; return closed rings of edges, each first edge starting at the ring's first corner.

    An outline may touch itself where two cells share only a corner; it is divided there into rings that
    are simple, as the validity of polygons demands.
    """
    following: list[int] = edges.successors().tolist()
    start: list[int] = edges.start.tolist()
    twice = set(edges.start[1:][edges.start[1:] == edges.start[:-1]].tolist())
    seen = bytearray(len(start))
    rings = []
    for first in range(len(start)):
        path: list[int] = []
        touched: dict[int, int] = {}
        edge = first
        while not seen[edge]:
            seen[edge] = 1
            corner = start[edge]
            if corner in twice:
                if corner in touched:
                    rings.append(path[touched[corner] :])
                    del path[touched[corner] :]
                touched[corner] = len(path)
            path.append(edge)
            edge = following[edge]
        if path:
            rings.append(path)
    rolled = []
    for ring in rings:
        place = ring.index(min(ring))
        rolled.append(ring[place:] + ring[:place])
    return sorted(rolled)


def _owners(edges: _Edges, mask: NDArray[np.bool_], rings: list[list[int]]) -> Ints:
    """Return for each ring the number of the shell it belongs to.

    The first corner of a shell leads south, that of a hole east.
    The cell west of a hole's first corner belongs to its polygon, and so does the outline at the western
    end of that cell's run, whose ring has its first corner earlier.
    """
    first = np.fromiter((ring[0] for ring in rings), dtype=np.int64, count=len(rings))
    ring_of = np.empty(edges.start.size, dtype=np.int64)
    ring_of[np.concatenate(rings)] = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    owners = np.arange(len(rings))
    holes = np.flatnonzero(edges.heading[first] == EAST)
    row, column = np.divmod(edges.start[first[holes]], edges.stride)
    run_row, run_start, _ = _runs(mask)
    run = (
        np.searchsorted(run_row * edges.stride + run_start, row * edges.stride + column - 1, side="right") - 1
    )
    southward = np.flatnonzero(edges.heading == SOUTH)
    # Southward edges by column, then row: the last that starts at or above the cell covers it.
    from_row, at_column = np.divmod(edges.start[southward], edges.stride)
    key = at_column * (mask.shape[0] + 1) + from_row
    order = np.argsort(key)
    place = np.searchsorted(key[order], run_start[run] * (mask.shape[0] + 1) + row, side="right") - 1
    beside = ring_of[southward[order[place]]]
    for hole, ring in zip(holes.tolist(), beside.tolist(), strict=True):
        owners[hole] = owners[ring]
    return owners
