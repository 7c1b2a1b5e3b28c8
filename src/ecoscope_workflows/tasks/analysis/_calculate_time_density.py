"""The task that turns a trajectory into percentile areas of its elliptical time density."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from ecoscope_workflows.annotations import DataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.schemas import TimeDensity, Trajectory

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ecoscope_workflows.tasks.analysis._elliptical_time_density import Grid, TimeDensityRaster
    from ecoscope_workflows.tasks.analysis._percentile_areas import PercentileArea
    from ecoscope_workflows.tasks.analysis._planar_segments import PlanarSegments
    from ecoscope_workflows.tasks.analysis._speed_tables import SpeedTable

# A grid of fewer cells says nothing about where an animal spends its time.
MIN_GRID_CELLS = 50
# The published table of speeds steps by 1 m per hour and needs some steps; receivers scatter by far more.
MIN_METRES_PER_HOUR = 10.0
# A speed that only one in so many tracks of this length holds is no animal's.
TRACKS_PER_OUTLIER = 1e6


@distributed(tags=["analysis"])
def calculate_time_density(  # the published parameters, and always given by name
    trajectory_gdf: DataFrame[Trajectory],
    pixel_size: Annotated[float, Field(description="Pixel size for raster profile.")] = 250.0,
    crs: str = "ESRI:102022",
    nodata_value: float = math.nan,
    band_count: int = 1,
    max_speed_factor: float = 1.05,
    expansion_factor: float = 1.3,
    percentiles: list[float] = [50.0, 60.0, 70.0, 80.0, 90.0, 95.0],  # noqa: B006  # never changed; shown in forms
    method: Annotated[
        Literal["ecoscope", "wall2014"],
        Field(
            description="'ecoscope' gives the numbers of the published system; 'wall2014' follows the "
            "formula of Wall et al. (2014), in which each segment counts with its duration."
        ),
    ] = "ecoscope",
) -> DataFrame[TimeDensity]:
    """Calculate percentile areas of the elliptical time density of a trajectory.

    Between two fixes an animal of mean speed s is somewhere in the ellipse with the fixes as foci and s t as
    major axis.
    A Weibull distribution fitted to all speeds says how likely each s is; summed over all segments this
    gives the share of time spent in each cell, and a percentile area is the smallest set of cells that
    holds that share (Wall et al. 2014, Methods in Ecology and Evolution 5: 780-790).

    The two methods differ in two points, and their maps differ most where fixes are taken at uneven times.
    ``ecoscope`` integrates over the speeds above the minimum speed m that a place needs with
    ``1 / sqrt(s² - m²)``, and gives each segment the weight 1 / t.
    ``wall2014`` integrates with the density of the ellipse itself, ``1 / sqrt(s² - (d / t)²)``, where d is
    the distance between the fixes, and gives each segment the weight t.
    With both, each segment is first normalised over the grid.

    Parameters
    ----------
    trajectory_gdf
        Segments of one or more animals, in any CRS; all rows go into one distribution.
    pixel_size
        Edge of a cell in metres, above 0.
    crs
        The projected CRS of the raster, in metres: an EPSG or ESRI code, or any text that pyproj reads.
    nodata_value
        Accepted because published workflows set it; polygons have no cells without data, so it has no
        effect.
    band_count
        Accepted because published workflows set it; a distribution has one band, so only 1 is valid.
    max_speed_factor
        The largest possible speed, as a multiple above 1 of the largest recorded speed.
    expansion_factor
        Width and height of the grid, as a multiple of those of the trajectory; 1 does not widen it.
    percentiles
        Shares in %, each above 0 and at most 100; repeated values count once. 100 is every cell that the
        search around some segment covers, which ends where its density is below 1e-9 of its peak.
    method
        ``ecoscope`` or ``wall2014``.

    Returns
    -------
    GeoDataFrame
        Columns ``percentile`` (descending), ``geometry`` (MultiPolygon in `crs`) and ``area_sqkm`` (planar
        area in `crs`); no rows when the grid is too coarse for the trajectory, with a warning.

    Raises
    ------
    ValueError
        When a parameter is out of range, the trajectory has no usable segment, its speeds are too few or
        too much alike for a distribution, or the grid does not fit in memory.

    Warns
    -----
    UserWarning
        With the number of segments that could not be used or lie between the cell centres, with the number
        of those that are faster than the other speeds make likely, and when the grid is too coarse.
    """
    del nodata_value
    _check_parameters(pixel_size, band_count, max_speed_factor, expansion_factor, method)
    from ecoscope_workflows.tasks.analysis._elliptical_time_density import grid_around
    from ecoscope_workflows.tasks.analysis._percentile_areas import checked_percentiles, percentile_areas
    from ecoscope_workflows.tasks.analysis._planar_segments import metric_crs, planar_segments

    levels = checked_percentiles(percentiles)
    plane = metric_crs(crs)
    segments = planar_segments(trajectory_gdf, plane)
    grid = grid_around(segments, float(pixel_size), expansion_factor)
    areas = []
    if _is_fine_enough(grid):
        raster = _raster(segments, grid, max_speed_factor, method)
        _warn_of_missing(raster, segments.hours.size)
        if raster.density.any():
            areas = percentile_areas(raster.density, grid, levels)
    return _frame(areas, crs)


def _check_parameters(
    pixel_size: float, band_count: int, max_speed_factor: float, expansion_factor: float, method: str
) -> None:
    if not (math.isfinite(pixel_size) and pixel_size > 0):
        raise ValueError(f"pixel_size={pixel_size} must be a number of metres above 0, such as 250")
    if band_count != 1:
        raise ValueError(f"band_count={band_count} must be 1: a time density has a single band")
    if not (math.isfinite(max_speed_factor) and max_speed_factor > 1):
        raise ValueError(
            f"max_speed_factor={max_speed_factor} must be above 1, such as 1.05: the largest possible speed "
            "is above the largest recorded one"
        )
    if not (math.isfinite(expansion_factor) and expansion_factor >= 1):
        raise ValueError(
            f"expansion_factor={expansion_factor} must be at least 1, such as 1.3: "
            "the grid holds the trajectory"
        )
    if method not in {"ecoscope", "wall2014"}:
        raise ValueError(f"method={method!r} must be 'ecoscope' or 'wall2014'")


def _is_fine_enough(grid: Grid) -> bool:
    cells = grid.rows * grid.columns
    if cells < MIN_GRID_CELLS:
        warnings.warn(
            f"the trajectory covers a grid of {grid.rows} x {grid.columns} cells of {grid.pixel_size:g} m; "
            f"at least {MIN_GRID_CELLS} cells are needed, so the result is empty; use a smaller pixel_size",
            stacklevel=3,
        )
    return cells >= MIN_GRID_CELLS


def _raster(segments: PlanarSegments, grid: Grid, max_speed_factor: float, method: str) -> TimeDensityRaster:
    from ecoscope_workflows.tasks.analysis._elliptical_time_density import time_density
    from ecoscope_workflows.tasks.analysis._speed_tables import FormulaTable, PublishedTable
    from ecoscope_workflows.tasks.analysis._weibull import fit_weibull

    moving = segments.speeds > 0
    if not moving.all():
        warnings.warn(
            f"{int((~moving).sum())} of {moving.size} segments have speed 0: they count as time spent, but "
            "not in the distribution of speeds, which has no value at 0",
            stacklevel=3,
        )
    metres_per_hour = segments.speeds[moving] * 1000.0
    weibull = fit_weibull(metres_per_hour)
    _warn_of_outliers(metres_per_hour, weibull.exceeded_once_in(metres_per_hour.size * TRACKS_PER_OUTLIER))
    fastest = max_speed_factor * float(metres_per_hour.max())
    if fastest < MIN_METRES_PER_HOUR:
        raise ValueError(
            f"the largest possible speed is {fastest:.3g} m per hour, less than the "
            f"{MIN_METRES_PER_HOUR:g} that any receiver measures; check that speed_kmhr is in km/h"
        )
    table: SpeedTable = (
        PublishedTable(weibull, fastest) if method == "ecoscope" else FormulaTable(weibull, fastest)
    )
    return time_density(segments, grid, table)


def _warn_of_outliers(metres_per_hour: NDArray[np.float64], limit: float) -> None:
    outliers = metres_per_hour[metres_per_hour > limit]
    if outliers.size:
        warnings.warn(
            f"{outliers.size} of {metres_per_hour.size} segments are faster than {limit / 1000.0:.3g} km/h, "
            f"up to {outliers.max() / 1000.0:.3g} km/h; by the distribution of all speeds, one in a million "
            "such tracks has a single one: check them for wrong fixes, or lower the maximum speed",
            stacklevel=4,
        )


def _warn_of_missing(raster: TimeDensityRaster, count: int) -> None:
    if raster.between_cells:
        warnings.warn(
            f"{raster.between_cells} of {count} segments are not in the time density: their ellipse holds no "
            f"cell centre; a pixel_size below {raster.grid.pixel_size:g} m shows more of them",
            stacklevel=3,
        )
    if raster.unreachable:
        warnings.warn(
            f"{raster.unreachable} of {count} segments are not in the time density: in the plane of the crs "
            "they are too long for their duration at any speed that counts; remove wrong fixes, or use a crs "
            "that keeps distances in this area",
            stacklevel=3,
        )


def _frame(areas: list[PercentileArea], crs: str) -> DataFrame[TimeDensity]:
    import geopandas as gpd
    import numpy as np

    columns = {
        "percentile": np.array([area.percentile for area in areas], dtype=np.float64),
        "geometry": gpd.GeoSeries([area.geometry for area in areas], crs=crs),
        "area_sqkm": np.array([area.area_sqkm for area in areas], dtype=np.float64),
    }
    frame: DataFrame[TimeDensity] = gpd.GeoDataFrame(columns, geometry="geometry", crs=crs)
    return frame
