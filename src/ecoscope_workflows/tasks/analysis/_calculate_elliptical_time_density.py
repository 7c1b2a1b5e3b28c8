"""The task that turns track segments into percentile areas, with a cell size that may follow from them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.annotations import DataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.analysis._calculate_time_density import calculate_time_density
from ecoscope_workflows.tasks.densities import (
    AUTO_SCALE,
    ETD_PERCENTILES,
    EXPANSION_FACTOR,
    BandCount,
    Crs,
    ExpansionFactor,
    GridCellSize,
    MaxSpeedFactor,
    NoDataValue,
    PercentileLevels,
    TrackFrame,
    given_cell_size,
    percentile_levels,
)
from ecoscope_workflows.tasks.schemas import TimeDensity

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# The diagonal of the tracks is this many cells long where the cell size follows from them.
CELLS_ON_DIAGONAL = 500


@distributed(tags=["analysis"])
def calculate_elliptical_time_density(
    trajectory_gdf: TrackFrame,
    auto_scale_or_custom_cell_size: GridCellSize = AUTO_SCALE,
    crs: Crs = "EPSG:3857",
    nodata_value: NoDataValue = "nan",
    band_count: BandCount = 1,
    max_speed_factor: MaxSpeedFactor = 1.05,
    expansion_factor: ExpansionFactor = EXPANSION_FACTOR,
    percentiles: PercentileLevels = ETD_PERCENTILES,
) -> DataFrame[TimeDensity]:
    """Calculate percentile areas of the elliptical time density of tracks.

    The density is that of `calculate_time_density` with its method ``ecoscope``, after Wall et al. 2014
    (Methods in Ecology and Evolution 5: 780-790).
    Where the cell size is scaled to the data, it is the geodesic diagonal of the bounds of the segments,
    divided by 500 and rounded to whole metres, at least 1 m.

    Parameters
    ----------
    trajectory_gdf
        Segments of one or more animals in any order and any CRS; all rows go into one distribution.
    auto_scale_or_custom_cell_size
        ``{"auto_scale_or_custom": "Auto-scale"}``, or ``{"auto_scale_or_custom": "Customize",
        "grid_cell_size": 250}`` with an edge in metres, above 0 and below 10000.
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
        Width and height of the grid, as a multiple of those of the tracks.
        The default is that of published forms, 1.05; published functions called without a form use 1.3.
    percentiles
        Shares in %, each above 0 and at most 100, as numbers or as text; repeated values count once.

    Returns
    -------
    GeoDataFrame
        Columns ``percentile`` (descending), ``geometry`` (MultiPolygon in `crs`) and ``area_sqkm`` (planar
        area in `crs`).
        No rows when there are too few segments for a distribution of speeds, or too few cells.

    Raises
    ------
    ValueError
        When a parameter is out of range, no segment of a trajectory that has some can be used, or the grid
        does not fit in memory.

    Warns
    -----
    UserWarning
        When the result is empty, and why; and with the number of segments that are not in the density.
    """
    del nodata_value
    levels = percentile_levels(percentiles, ETD_PERCENTILES)
    if fault := _without_distribution(trajectory_gdf):
        warnings.warn(f"the time density is empty: {fault}", stacklevel=2)
        return _empty(crs)
    cell_size = given_cell_size(auto_scale_or_custom_cell_size)
    if cell_size is None:
        from ecoscope_workflows.tasks.analysis._meshgrid import auto_cell_size

        cell_size = auto_cell_size(trajectory_gdf.geometry, CELLS_ON_DIAGONAL)
    # That task promises more columns of a trajectory than it reads.
    segments: Any = trajectory_gdf
    return calculate_time_density(
        segments,
        pixel_size=cell_size,
        crs=crs,
        band_count=band_count,
        max_speed_factor=max_speed_factor,
        expansion_factor=expansion_factor,
        percentiles=levels,
    )


def _without_distribution(trajectory: Any) -> str:
    """Return why there is no distribution of speeds, or nothing where there is one.

    A group of a few segments is common in data that is split by month or by place; it must not stop the
    other groups.
    """
    import numpy as np

    from ecoscope_workflows.tasks.analysis._weibull import fit_weibull

    if trajectory.empty:
        return "the trajectory has no segments"
    speeds: NDArray[np.float64] = trajectory["speed_kmhr"].to_numpy(dtype=np.float64, na_value=np.nan)
    drawn = ~(trajectory.geometry.isna() | trajectory.geometry.is_empty).to_numpy()
    moving = drawn & np.isfinite(speeds) & (speeds > 0)
    if not moving.any() and not drawn.any():
        return ""  # What is wrong with these segments is said where they are read.
    try:
        fit_weibull(speeds[moving] * 1000.0)
    except ValueError as error:
        return str(error)
    return ""


def _empty(crs: str) -> DataFrame[TimeDensity]:
    import geopandas as gpd
    import numpy as np

    from ecoscope_workflows.tasks.analysis._planar_segments import metric_crs

    no_numbers = np.array([], dtype=np.float64)
    geometry = gpd.GeoSeries([], crs=metric_crs(crs))
    columns = {"percentile": no_numbers, "geometry": geometry, "area_sqkm": no_numbers.copy()}
    frame: DataFrame[TimeDensity] = gpd.GeoDataFrame(columns, geometry="geometry", crs=crs)
    return frame
