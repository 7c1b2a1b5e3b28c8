"""The task that lays a grid over an area of interest."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ecoscope_workflows.annotations import AnyGeoDataFrame, DataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.densities import (
    AUTO_SCALE,
    Crs,
    GridCellSize,
    IntersectingOnly,
    Meshgrid,
    given_cell_size,
)

# The diagonal of the area is this many cells long where the cell size follows from it.
CELLS_ON_DIAGONAL = 100


@distributed(tags=["analysis"])
def create_meshgrid(
    aoi: Annotated[AnyGeoDataFrame, Field(description="The area to create a meshgrid of.", exclude=True)],
    auto_scale_or_custom_cell_size: GridCellSize = AUTO_SCALE,
    crs: Crs = "EPSG:3857",
    intersecting_only: IntersectingOnly = False,  # noqa: FBT002  # the published parameter
) -> DataFrame[Meshgrid]:
    """Create a grid from the provided area of interest.

    Where the cell size is scaled to the data, it is the geodesic diagonal of the bounds of the area,
    divided by 100 and rounded to whole metres, at least 1 m.
    The grid begins at a multiple of the cell size.

    Parameters
    ----------
    aoi
        Geometries of any type with a CRS; those that are missing do not count.
    auto_scale_or_custom_cell_size
        ``{"auto_scale_or_custom": "Auto-scale"}``, or ``{"auto_scale_or_custom": "Customize",
        "grid_cell_size": 5000}`` with an edge in the unit of `crs`, above 0 and below 10000.
    crs
        The CRS of the grid: an EPSG or ESRI code, or any text that pyproj reads.
    intersecting_only
        Whether to leave out cells that no geometry of `aoi` touches.
        (The published function compares with the bounds of the whole area, and so leaves out none.)

    Returns
    -------
    GeoDataFrame
        One square per row in `crs`, by column from west to east, in each from south to north; the index is
        the place in the whole grid.

    Raises
    ------
    ValueError
        When no geometry has coordinates, there is no CRS, or the grid has too many cells to fit in memory.
    """
    import geopandas as gpd
    import numpy as np
    import shapely

    from ecoscope_workflows.tasks.analysis._meshgrid import auto_cell_size, grid_boxes

    cell_size = given_cell_size(auto_scale_or_custom_cell_size)
    custom = cell_size is not None
    if cell_size is None:
        cell_size = auto_cell_size(aoi.geometry, CELLS_ON_DIAGONAL)
    boxes = grid_boxes(aoi.geometry, crs, cell_size, custom=custom)
    grid: DataFrame[Meshgrid] = gpd.GeoDataFrame(geometry=gpd.GeoSeries(boxes, crs=crs))
    if intersecting_only:
        area = np.asarray(aoi.geometry.to_crs(crs).array)
        touched = shapely.STRtree(boxes).query(area, predicate="intersects")[1]
        grid = grid.iloc[np.unique(touched)]
    return grid
