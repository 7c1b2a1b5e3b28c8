"""The kernels of resampling: segments or fixes as arrays in, positions or rows at other times out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from ecoscope_workflows.tasks.preprocessing import _fixes

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

LINE_TYPE_ID = 1
HALF_CIRCLE = 180.0
FULL_CIRCLE = 360.0


@dataclass(frozen=True, slots=True)
class OrderedSegments:
    """Segments by animal and time.

    Parameters
    ----------
    row
        Position of each segment in the frame it came from.
    first
        Position of the first segment of each animal among these, and their number at the end.
    start, end
        Times in ns since 1970-01-01 UTC.
    ends
        Longitude and latitude of both ends in degrees, WGS 84, shape (n, 2, 2).
    """

    row: IntArray
    first: IntArray
    start: IntArray
    end: IntArray
    ends: FloatArray

    def span(self) -> IntArray:
        """Return per animal the time from its first segment's start to its last one's end, in ns."""
        return self.end[self.first[1:] - 1] - self.start[self.first[:-1]]


def ordered_segments(trajectory: gpd.GeoDataFrame) -> OrderedSegments:
    """Return the segments of a frame that have an animal, both times and a geometry, by animal and time.

    Raises
    ------
    ValueError
        When the geometry has no CRS or holds other geometries than lines, or times have no zone.
    """
    if trajectory.crs is None:
        raise ValueError("the trajectory has no CRS: say which one it has, e.g. with set_crs('EPSG:4326')")
    lines = trajectory.geometry.to_crs(_fixes.WGS84).to_numpy()
    drawn = ~shapely.is_missing(lines) & ~shapely.is_empty(lines)
    if (shapely.get_type_id(lines[drawn]) != LINE_TYPE_ID).any():
        raise ValueError(
            "the trajectory holds other geometries than lines: expected one line for each segment"
        )
    starts, ends = (_fixes.utc_times(trajectory[name]) for name in ("segment_start", "segment_end"))
    animal, _ = pd.factorize(_fixes.animal_names(trajectory["groupby_col"]), sort=True)
    usable = np.flatnonzero(drawn & (starts.notna() & ends.notna()).to_numpy() & (animal >= 0))
    start, end = (
        times.dt.tz_localize(None).to_numpy().astype("datetime64[ns]").view(np.int64)
        for times in (starts, ends)
    )
    row = usable[np.lexsort((start[usable], animal[usable]))]
    corners = [shapely.get_coordinates(shapely.get_point(lines[row], side)) for side in (0, -1)]
    return OrderedSegments(
        row=row,
        first=np.append(np.flatnonzero(np.diff(animal[row], prepend=-1)), len(row)),
        start=start[row],
        end=end[row],
        ends=np.stack(corners, axis=1),
    )


def upsampled(segments: OrderedSegments, step: int) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    """Return where animals were at equal steps of `step` ns.

    Returns
    -------
    tuple of arrays
        Per position: the row of the segment that it lies on, the time in ns, longitude and latitude.
    """
    numbers: list[IntArray] = [np.empty(0, dtype=np.int64)]
    times: list[IntArray] = [np.empty(0, dtype=np.int64)]
    for low, high in pairwise(segments.first.tolist()):
        grid = np.arange(segments.start[low], segments.end[high - 1] + 1, step)
        number = low + np.searchsorted(segments.start[low:high], grid, side="right") - 1
        inside = grid <= segments.end[number]
        numbers.append(number[inside])
        times.append(grid[inside])
    number, ticks = np.concatenate(numbers), np.concatenate(times)
    length = segments.end[number] - segments.start[number]
    share = (ticks - segments.start[number]) / np.where(length > 0, length, 1)
    begin, finish = segments.ends[number, 0], segments.ends[number, 1]
    way = finish - begin
    way[:, 0] -= FULL_CIRCLE * np.round(way[:, 0] / FULL_CIRCLE)
    place = begin + share[:, np.newaxis] * way
    x = place[:, 0]
    x = np.where(x > HALF_CIRCLE, x - FULL_CIRCLE, np.where(x < -HALF_CIRCLE, x + FULL_CIRCLE, x))
    return segments.row[number], ticks, x, place[:, 1]


def downsampled(animal: IntArray, ticks: IntArray, least: int, most: int) -> tuple[IntArray, IntArray]:
    """Return which fixes lie `least` to `most` ns after each other, and the burst that each belongs to.

    Parameters
    ----------
    animal, ticks
        The animal of each fix and its time in ns, ordered by both.
    least, most
        The shortest step between two fixes, and the longest one within a burst.
    """
    first = np.append(np.flatnonzero(np.diff(animal, prepend=-1)), len(animal))
    kept: list[int] = []
    burst: list[int] = []
    for low, high in pairwise(first.tolist()):
        times = ticks[low:high]
        # At least one on, where the step is no longer than its tolerance.
        following = np.maximum(np.searchsorted(times, times + least), np.arange(1, len(times) + 1)).tolist()
        seconds = times.tolist()
        here, number = 0, 1
        kept.append(low)
        burst.append(number)
        while (there := following[here]) < len(seconds) - 1:
            number += seconds[there] - seconds[here] > most
            kept.append(low + there)
            burst.append(number)
            here = there
    return np.array(kept, dtype=np.int64), np.array(burst, dtype=np.int64)
