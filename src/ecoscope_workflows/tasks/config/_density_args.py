"""Tasks that hold the arguments of a density map in one form, and hand them to the tasks that need them."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from ecoscope_workflows.annotations import AnyGeoDataFrame, DataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.analysis._calculate_elliptical_time_density import (
    calculate_elliptical_time_density,
)
from ecoscope_workflows.tasks.analysis._calculate_linear_time_density import calculate_linear_time_density
from ecoscope_workflows.tasks.analysis._create_meshgrid import create_meshgrid
from ecoscope_workflows.tasks.densities import (
    AUTO_SCALE,
    ETD_PERCENTILES,
    EXPANSION_FACTOR,
    LTD_PERCENTILES,
    BandCount,
    Crs,
    DensityGridOptions,
    EtdArgsWithOpacity,
    ExpansionFactor,
    GridCellSize,
    IntersectingOnly,
    LinearTimeDensity,
    LtdArgsWithOpacity,
    MaxSpeedFactor,
    Meshgrid,
    MeshgridFrame,
    NoDataValue,
    PercentileLevels,
    TrackFrame,
    percentile_levels,
)
from ecoscope_workflows.tasks.schemas import TimeDensity
from ecoscope_workflows.tasks.written import ADVANCED

LayerOpacity = Annotated[
    float,
    Field(
        title="Layer Opacity",
        description="Set layer transparency from 1 (fully visible) to 0 (hidden).",
        ge=0,
        le=1,
        json_schema_extra=ADVANCED,
    ),
]
HeatmapOpacity = Annotated[
    float,
    Field(
        title="Heatmap Layer Opacity",
        description="Set heatmap layer transparency from 1 (fully visible) to 0 (hidden).",
        ge=0,
        le=1,
        json_schema_extra=ADVANCED,
    ),
]


@distributed(tags=["config"], cheap=True)
def set_etd_args_with_opacity(
    opacity: LayerOpacity = 1,
    auto_scale_or_custom_cell_size: GridCellSize = AUTO_SCALE,
    crs: Crs = "EPSG:3857",
    nodata_value: NoDataValue = "nan",
    band_count: BandCount = 1,
    max_speed_factor: MaxSpeedFactor = 1.05,
    expansion_factor: ExpansionFactor = EXPANSION_FACTOR,
    percentiles: PercentileLevels = ETD_PERCENTILES,
) -> EtdArgsWithOpacity:
    """Set what an elliptical time density is calculated and drawn with.

    The parameters are those of `calculate_elliptical_time_density`, beside `opacity`.
    The default of `expansion_factor` is that of published forms, 1.05; published functions called without a
    form use 1.3.

    Raises
    ------
    ValueError
        When `percentiles` is empty, or one is out of range.
    """
    if isinstance(nodata_value, float) and not math.isfinite(nodata_value):
        # JSON has no number for it.
        nodata_value = str(nodata_value)
    return EtdArgsWithOpacity(
        opacity=opacity,
        auto_scale_or_custom_cell_size=auto_scale_or_custom_cell_size,
        crs=crs,
        nodata_value=nodata_value,
        band_count=band_count,
        max_speed_factor=max_speed_factor,
        expansion_factor=expansion_factor,
        percentiles=percentile_levels(percentiles, ETD_PERCENTILES),
    )


@distributed(tags=["config"], cheap=True)
def set_ltd_args_with_opacity(
    opacity: LayerOpacity = 1,
    auto_scale_or_custom_cell_size: GridCellSize = AUTO_SCALE,
    crs: Crs = "EPSG:3857",
    intersecting_only: IntersectingOnly = False,  # noqa: FBT002  # the published parameter
    percentiles: PercentileLevels = LTD_PERCENTILES,
) -> LtdArgsWithOpacity:
    """Set what a linear time density, and the grid for it, are calculated and drawn with.

    The parameters are those of `create_meshgrid` and `calculate_linear_time_density`, beside `opacity`.

    Raises
    ------
    ValueError
        When `percentiles` is empty, or one is out of range.
    """
    return LtdArgsWithOpacity(
        opacity=opacity,
        auto_scale_or_custom_cell_size=auto_scale_or_custom_cell_size,
        crs=crs,
        intersecting_only=intersecting_only,
        percentiles=percentile_levels(percentiles, LTD_PERCENTILES),
    )


@distributed(tags=["config"], cheap=True)
def set_density_grid_options(
    opacity: HeatmapOpacity = 0.7,
    auto_scale_or_custom_cell_size: GridCellSize = AUTO_SCALE,
    crs: Crs = "EPSG:3857",
    intersecting_only: IntersectingOnly = False,  # noqa: FBT002  # the published parameter
) -> DensityGridOptions:
    """Grid and styling options shared by gridded density heatmaps.

    The parameters are those of `create_meshgrid`, beside `opacity`.
    """
    return DensityGridOptions(
        opacity=opacity,
        auto_scale_or_custom_cell_size=auto_scale_or_custom_cell_size,
        crs=crs,
        intersecting_only=intersecting_only,
    )


@distributed(tags=["config"], cheap=True)
def get_opacity_from_combined_params(
    combined_params: EtdArgsWithOpacity | LtdArgsWithOpacity | DensityGridOptions,
) -> float:
    """Return the opacity of a set of arguments, from 0 (hidden) to 1 (fully visible)."""
    return combined_params.opacity


@distributed(tags=["analysis"])
def call_etd_from_combined_params(
    trajectory_gdf: TrackFrame, combined_params: EtdArgsWithOpacity
) -> DataFrame[TimeDensity]:
    """Calculate an elliptical time density with a set of arguments.

    Parameters
    ----------
    trajectory_gdf
        Segments of one or more animals in any order and any CRS.
    combined_params
        What `set_etd_args_with_opacity` returns.

    Returns
    -------
    GeoDataFrame
        As `calculate_elliptical_time_density`, which also names the errors and warnings.
    """
    return calculate_elliptical_time_density(
        trajectory_gdf,
        auto_scale_or_custom_cell_size=combined_params.auto_scale_or_custom_cell_size,
        crs=combined_params.crs,
        nodata_value=combined_params.nodata_value,
        band_count=combined_params.band_count,
        max_speed_factor=combined_params.max_speed_factor,
        expansion_factor=combined_params.expansion_factor,
        percentiles=combined_params.percentiles,
    )


@distributed(tags=["analysis"])
def call_meshgrid_from_combined_params(
    aoi: Annotated[AnyGeoDataFrame, Field(description="The area to create a meshgrid of.", exclude=True)],
    combined_params: LtdArgsWithOpacity | DensityGridOptions,
) -> DataFrame[Meshgrid]:
    """Create a grid with a set of arguments.

    Parameters
    ----------
    aoi
        Geometries of any type with a CRS.
    combined_params
        What `set_ltd_args_with_opacity` or `set_density_grid_options` returns.

    Returns
    -------
    GeoDataFrame
        As `create_meshgrid`, which also names the errors.
    """
    return create_meshgrid(
        aoi,
        auto_scale_or_custom_cell_size=combined_params.auto_scale_or_custom_cell_size,
        crs=combined_params.crs,
        intersecting_only=combined_params.intersecting_only,
    )


@distributed(tags=["analysis"])
def call_ltd_from_combined_params(
    trajectory_gdf: TrackFrame, meshgrid: MeshgridFrame, combined_params: LtdArgsWithOpacity
) -> DataFrame[LinearTimeDensity]:
    """Calculate a linear time density with a set of arguments.

    Parameters
    ----------
    trajectory_gdf
        Segments in any order and any CRS.
    meshgrid
        Polygons in a projected CRS in metres, or in degrees.
    combined_params
        What `set_ltd_args_with_opacity` returns.

    Returns
    -------
    GeoDataFrame
        As `calculate_linear_time_density`, which also names the errors and warnings.
    """
    return calculate_linear_time_density(trajectory_gdf, meshgrid, percentiles=combined_params.percentiles)
