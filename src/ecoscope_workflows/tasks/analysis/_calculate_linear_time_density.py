"""The task that turns track segments and a grid into areas between percentiles of the time spent."""

from __future__ import annotations

import warnings

from ecoscope_workflows.annotations import DataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.densities import (
    LTD_PERCENTILES,
    LinearTimeDensity,
    MeshgridFrame,
    PercentileLevels,
    TrackFrame,
    percentile_levels,
)


@distributed(tags=["analysis"])
def calculate_linear_time_density(
    trajectory_gdf: TrackFrame, meshgrid: MeshgridFrame, percentiles: PercentileLevels = LTD_PERCENTILES
) -> DataFrame[LinearTimeDensity]:
    """Calculate areas between percentiles of the time that tracks spend in the cells of a grid.

    Each segment spends its time evenly along its line.
    The density of a cell is the time spent in it, divided by the time spent on the grid (rounded to 0.1 s, as
    published).
    A cell belongs to the first of the levels whose smallest set of cells holds it.

    Parameters
    ----------
    trajectory_gdf
        Segments in any order and any CRS; they are reprojected to that of the grid.
    meshgrid
        Polygons in a projected CRS in metres, or in degrees.
    percentiles
        Levels in %, each above 0 and at most 100, as numbers or as text; repeated values count once.

    Returns
    -------
    GeoDataFrame
        Per level that has cells, in ascending order: ``percentile``, ``geometry`` (all its cells as one) in
        the CRS of the grid, ``density`` (sum of its cells) and ``area_sqkm`` (planar in a projected CRS).
        Cells above the largest level are not there; nor is any row when no segment meets the grid.

    Raises
    ------
    ValueError
        When a level is out of range, a frame has no CRS, or the grid is in other units.

    Warns
    -----
    UserWarning
        With the number of segments that are left out, and when no segment meets the grid.
    """
    import geopandas as gpd
    import numpy as np

    from ecoscope_workflows.tasks.analysis import _linear_time_density as kernel

    levels = percentile_levels(percentiles, LTD_PERCENTILES)
    crs = meshgrid.geometry.crs
    if crs is None:
        raise ValueError("the grid has no CRS, so the tracks cannot be placed on it; set one with `set_crs`")
    cells = np.asarray(meshgrid.geometry.array)
    density = kernel.time_shares(trajectory_gdf, cells, crs)
    if not (density > 0).any():
        warnings.warn("the linear time density is empty: no segment meets the grid", stacklevel=2)
    classes = kernel.percentile_classes(density, levels)
    members = [(level, np.flatnonzero(classes == level)) for level in levels]
    members = [(level, chosen) for level, chosen in members if chosen.size]
    geometry = np.array([kernel.outline_of(cells, chosen) for _, chosen in members], dtype=object)
    columns = {
        "percentile": np.array([level for level, _ in members], dtype=np.float64),
        "geometry": gpd.GeoSeries(geometry, crs=crs),
        "density": np.array([density[chosen].sum() for _, chosen in members], dtype=np.float64),
        "area_sqkm": kernel.square_kilometres(geometry, crs),
    }
    frame: DataFrame[LinearTimeDensity] = gpd.GeoDataFrame(columns, geometry="geometry", crs=crs)
    return frame
