"""The raster of elliptical time density: straight segments in a plane in, a utilization distribution out.

Each segment is spread over the cells of the box around its own truncated ellipse, and over no others.
Segments of like size are evaluated together as one dense block of ``(segments, rows, columns)``.
Beside the raster itself, memory is bounded: a block never holds more than ``max(chunk_cells, columns of the
grid)`` cells, and at most eight arrays of that size exist at a time; a segment that is larger is taken in
bands of rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ecoscope_workflows.tasks.analysis._planar_segments import PlanarSegments
    from ecoscope_workflows.tasks.analysis._speed_tables import SpeedTable

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# 0.8 GB for the raster, and about three times that at the peak.
MAX_GRID_CELLS = 100_000_000
# A block of float64 that stays in the cache of one core.
CHUNK_CELLS = 1 << 16
# A block may be this much larger than its segments' own boxes; more padding costs more than a new block.
MAX_PADDING = 1.15
# Cells of a box up to which adding it to the raster by itself costs more than finding a place for each cell.
SMALL_BOX = 400
# The boxes of a block may lie over this many times their cells to be added at once.
MAX_SPREAD = 8


@dataclass(frozen=True, slots=True)
class Grid:
    """A raster of square cells; row 0 is the northernmost, column 0 the westernmost.

    Parameters
    ----------
    x_min, y_max
        The outer corner of cell (0, 0) in metres of the CRS.
    pixel_size
        Edge of a cell in metres.
    rows, columns
        Number of cells.
    """

    x_min: float
    y_max: float
    pixel_size: float
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class TimeDensityRaster:
    """A utilization distribution and what it cost.

    Parameters
    ----------
    density
        Share of each cell, shape ``(rows, columns)``; sums to 1, or is 0 all over when no segment counts.
    grid
        Where the cells are.
    unreachable
        Segments that are too long in the plane for their duration at any speed that counts.
    between_cells
        Segments whose ellipse holds no cell centre.
    visited
        Cells evaluated.
    """

    density: Floats
    grid: Grid
    unreachable: int
    between_cells: int
    visited: int


def grid_around(segments: PlanarSegments, pixel_size: float, expansion_factor: float) -> Grid:
    """Lay a grid over the bounds of the segments, widened by `expansion_factor` about their middle.

    Raises
    ------
    ValueError
        When the grid has more than `MAX_GRID_CELLS` cells; the message says which pixel size fits.
    """
    ends = np.concatenate([segments.start, segments.end])
    (x_min, y_min), (x_max, y_max) = ends.min(axis=0), ends.max(axis=0)
    grow_x = (x_max - x_min) * (expansion_factor - 1.0) / 2.0
    grow_y = (y_max - y_min) * (expansion_factor - 1.0) / 2.0
    x_min, x_max, y_min, y_max = x_min - grow_x, x_max + grow_x, y_min - grow_y, y_max + grow_y
    width, height = float(x_max - x_min), float(y_max - y_min)
    rows, columns = math.ceil(height / pixel_size), math.ceil(width / pixel_size)
    if rows * columns > MAX_GRID_CELLS:
        raise ValueError(
            f"pixel_size={pixel_size:g} m gives a grid of {rows} x {columns} cells over {width / 1000:.0f} "
            f"x {height / 1000:.0f} km, more than the {MAX_GRID_CELLS:,} that fit in memory; "
            f"use pixel_size >= {fitting_pixel_size(width, height):g}, or remove fixes far from the rest"
        )
    return Grid(float(x_min), float(y_max), pixel_size, rows, columns)


def fitting_pixel_size(width: float, height: float) -> float:
    """Return a pixel size of three digits with which an extent in metres fits `MAX_GRID_CELLS`."""
    size = max(math.sqrt(width * height / MAX_GRID_CELLS), (width + height) / MAX_GRID_CELLS)
    while True:
        unit = 10.0 ** (math.floor(math.log10(size)) - 2)
        size = float(f"{math.ceil(size / unit) * unit:.3g}")
        if math.ceil(width / size) * math.ceil(height / size) <= MAX_GRID_CELLS:
            return size
        size += unit


def time_density(
    segments: PlanarSegments, grid: Grid, table: SpeedTable, *, chunk_cells: int = CHUNK_CELLS
) -> TimeDensityRaster:
    """Spread every segment over the cells its animal could have visited, and add them up.

    Each segment is normalised over the cells of the grid, then given the weight of the table's method.

    Parameters
    ----------
    segments
        At least one segment.
    grid
        The cells.
    table
        The density of a place on a segment, and the weight of a segment.
    chunk_cells
        The bound of the cells in one block.
    """
    boxes = _Boxes(segments, grid, table)
    density = np.zeros((grid.rows, grid.columns))
    visited = 0
    counted = np.zeros(segments.hours.size, dtype=bool)
    for part in _batches(boxes, chunk_cells):
        bands = boxes.bands(part, chunk_cells)
        total = np.zeros(part.size)
        for band in bands:
            block = boxes.block(part, band)
            total += block.sum(axis=(1, 2))
            visited += block.size
        share = np.divide(boxes.weight[part], total, out=np.zeros(part.size), where=total > 0)
        counted[part] = total > 0
        for band in bands:
            # Only a segment larger than a chunk has more than one band, and is evaluated a second time.
            again = block if len(bands) == 1 else boxes.block(part, band)
            again *= share[:, None, None]
            boxes.add(again, part, band, density)
    mass = density.sum()
    if mass > 0:
        density /= mass
    missed = int((boxes.reachable & ~counted).sum())
    return TimeDensityRaster(density, grid, int((~boxes.reachable).sum()), missed, visited)


class _Boxes:
    """Each segment in cell coordinates, and the box of cells around its truncated ellipse."""

    def __init__(self, segments: PlanarSegments, grid: Grid, table: SpeedTable) -> None:
        self.table = table
        self.weight = table.weight(segments.hours)
        # Cell centres are whole numbers; rows count southward.
        corner, sign = np.array([grid.x_min, grid.y_max]), np.array([1.0, -1.0])
        self.start = (segments.start - corner) * sign / grid.pixel_size - 0.5
        self.end = (segments.end - corner) * sign / grid.pixel_size - 0.5
        # Metres per hour for each cell of way.
        self.pace = grid.pixel_size / segments.hours
        along = self.end - self.start
        focal = np.hypot(along[:, 0], along[:, 1])
        self.straight = focal * self.pace
        length = np.maximum(table.reach(self.straight) / self.pace, 0.0)
        self.reachable = length > focal
        major, minor = (length / 2.0) ** 2, np.maximum(length**2 - focal**2, 0.0) / 4.0
        cosine2 = np.divide(along[:, 0] ** 2, focal**2, out=np.ones_like(focal), where=focal > 0)
        half = np.sqrt(
            np.stack([minor + (major - minor) * cosine2, major - (major - minor) * cosine2], axis=1)
        )
        middle = (self.start + self.end) / 2.0
        limit = np.array([grid.columns, grid.rows])
        self.first = np.ceil(np.clip(middle - half, 0, limit)).astype(np.int64)
        last = np.floor(np.clip(middle + half, -1, limit - 1)).astype(np.int64)
        self.size = np.where(self.reachable[:, None], np.maximum(last - self.first + 1, 0), 0)

    def bands(self, part: Ints, chunk_cells: int) -> list[range]:
        """Divide the rows of a block; a block of several segments fits a chunk as it is."""
        columns, rows = self.size[part].max(axis=0).tolist()
        step = rows if part.size > 1 else max(1, chunk_cells // columns)
        return [range(row, min(row + step, rows)) for row in range(0, rows, step)]

    def block(self, part: Ints, band: range) -> Floats:
        """Return the relative density of some rows of the boxes, 0 outside a box: ``(n, rows, columns)``."""
        needed = self._ways(self.start, part, band)
        needed += self._ways(self.end, part, band)
        return self.table.values(needed, self.straight[part])

    def _ways(self, focus: Floats, part: Ints, band: range) -> Floats:
        """Return the ways between a block's cells and a focus in metres per hour, infinite outside a box."""
        columns, rows = np.arange(int(self.size[part, 0].max())), np.arange(band.start, band.stop)
        offset, pace = self.first[part] - focus[part], self.pace[part, None]
        x = ((columns + offset[:, :1]) * pace) ** 2
        y = ((rows + offset[:, 1:]) * pace) ** 2
        x[columns >= self.size[part, :1]] = np.inf
        y[rows >= self.size[part, 1:]] = np.inf
        ways = x[:, None, :] + y[:, :, None]
        return np.asarray(np.sqrt(ways, out=ways), dtype=np.float64)

    def add(self, block: Floats, part: Ints, band: range, density: Floats) -> None:
        """Add a block to the raster: small boxes that are close all at once, others one by one."""
        rows, columns = block.shape[1:]
        stride = density.shape[1]
        corner = (self.first[part, 1] + band.start) * stride + self.first[part, 0]
        low = int(corner.min())
        # What is beyond a box is 0, and may lie beyond the end of a row, or of the raster.
        stop = min(int(corner.max()) + (rows - 1) * stride + columns, density.size)
        if rows * columns <= SMALL_BOX and stop - low <= MAX_SPREAD * block.size:
            inside = np.arange(rows)[:, None] * stride + np.arange(columns)
            place = inside + (corner - low)[:, None, None]
            sums = np.bincount(place.ravel(), block.ravel(), minlength=stop - low)
            density.reshape(-1)[low:stop] += sums[: stop - low]
            return
        first, size = self.first[part].tolist(), self.size[part].tolist()
        for cells, (column, row), (width, height) in zip(block, first, size, strict=True):
            top, high = row + band.start, min(height, band.stop) - band.start
            density[top : top + high, column : column + width] += cells[:high, :width]


def _batches(boxes: _Boxes, chunk_cells: int) -> Iterator[Ints]:
    """Group segments whose boxes are of like size, so that a block of them has little padding."""
    columns, rows = boxes.size.T
    order = np.flatnonzero((columns > 0) & (rows > 0))
    # Widths within 6 % of each other are alike; the heights then decide.
    order = order[np.lexsort((rows[order], np.ceil(np.log(columns[order]) * 16)))]
    columns, rows = columns[order], rows[order]
    first = 0
    while first < order.size:
        most = max(1, chunk_cells // int(columns[first] * rows[first]))
        last = min(order.size, first + most)
        wide = np.maximum.accumulate(columns[first:last])
        high = np.maximum.accumulate(rows[first:last])
        padded = wide * high * np.arange(1, wide.size + 1)
        own = np.cumsum(columns[first:last] * rows[first:last])
        misfit = np.flatnonzero((padded > chunk_cells) | (padded > MAX_PADDING * own))
        count = max(1, int(misfit[0])) if misfit.size else wide.size
        yield order[first : first + count]
        first += count
