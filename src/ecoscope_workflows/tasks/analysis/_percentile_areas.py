"""Percentile areas: a utilization distribution and percentiles in, one polygon area per percentile out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ecoscope_workflows.tasks.analysis._cell_polygons import mask_polygons

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from ecoscope_workflows.tasks.analysis._elliptical_time_density import Grid


@dataclass(frozen=True, slots=True)
class PercentileArea:
    """The smallest set of cells that holds a share of a distribution.

    Parameters
    ----------
    percentile
        The share in %.
    geometry
        A MultiPolygon in the CRS of the raster.
    area_sqkm
        Planar area in km²: the number of cells times the area of a cell.
    """

    percentile: float
    geometry: Any
    area_sqkm: float


def checked_percentiles(percentiles: Iterable[float]) -> list[float]:
    """Return the different percentiles, descending.

    Raises
    ------
    ValueError
        When there is none, or one is not above 0 and at most 100.
    """
    levels = sorted({float(level) for level in percentiles}, reverse=True)
    if not levels:
        raise ValueError("percentiles is empty; give at least one, such as [50.0, 95.0]")
    wrong = [level for level in levels if not 0.0 < level <= 100.0]  # noqa: PLR2004  # it is a percentage
    if wrong:
        raise ValueError(f"percentiles {wrong} are out of range; each must be above 0 and at most 100")
    return levels


def percentile_cuts(density: NDArray[np.float64], percentiles: Sequence[float]) -> NDArray[np.float64]:
    """Return for each percentile the lowest density a cell of its area has.

    Cells are taken in ascending order of density and summed; the cut is the cell whose sum is nearest to
    the share ``1 - p / 100`` that stays outside, the first of two that are as near.
    Cells without density never count, so 100 % is every cell that has any.

    Parameters
    ----------
    density
        Any shape, at least one value above 0.
    percentiles
        In %, shape ``(n,)``.
    """
    values = density[density > 0]
    values.sort()
    sums = np.cumsum(values)
    outside = sums[-1] * (1.0 - np.asarray(percentiles) / 100.0)
    after = np.minimum(np.searchsorted(sums, outside), sums.size - 1)
    before = np.maximum(after - 1, 0)
    nearest = np.where(np.abs(sums[before] - outside) <= np.abs(sums[after] - outside), before, after)
    return np.asarray(values[nearest], dtype=np.float64)


def percentile_areas(
    density: NDArray[np.float64], grid: Grid, percentiles: Sequence[float]
) -> list[PercentileArea]:
    """Return the area of each percentile, in the order given."""
    areas = []
    cell_sqkm = grid.pixel_size * grid.pixel_size / 1e6
    for percentile, cut in zip(percentiles, percentile_cuts(density, percentiles), strict=True):
        mask = density >= cut
        geometry = mask_polygons(mask, grid.x_min, grid.y_max, grid.pixel_size)
        areas.append(PercentileArea(percentile, geometry, int(mask.sum()) * cell_sqkm))
    return areas
