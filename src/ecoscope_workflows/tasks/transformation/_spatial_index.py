"""Rows with a place in, the same rows under the regions that they lie in out."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from ecoscope_workflows.annotations import AnyDataFrame, AnyGeoDataFrame
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.groupers import Groupers, SpatialGrouper, as_list
from ecoscope_workflows.tasks.skipped_values import without_skipped


@distributed(effect=Effect(reindexes=True))
def add_spatial_index(
    gdf: AnyGeoDataFrame, groupers: Annotated[Groupers, Field(exclude=True)]
) -> AnyGeoDataFrame:
    """Add a level to the index for each spatial grouper, with the region that a row lies in.

    Parameters
    ----------
    gdf
        Rows with a geometry and a CRS.
        Those with the columns ``segment_start`` and ``segment_end`` are segments of a trajectory: each is cut
        at the borders of regions.
        Any other row belongs to the regions that it intersects.
    groupers
        Spatial ones with their regions add a level named ``SpatialGrouper_<group>``, unless the index has
        it already; others are left alone.

    Returns
    -------
    GeoDataFrame
        One row per row and region, in the order of rows and then of regions: rows outside of every region
        are left out, and those in several of them stand more than once.
        `gdf` itself where there is no spatial grouper.

    Raises
    ------
    ValueError
        When the regions of a spatial grouper are not known, or `gdf` has no CRS.
    """
    spatial = [grouper for grouper in as_list(groupers) if isinstance(grouper, SpatialGrouper)]
    if not spatial:
        return gdf
    from ecoscope_workflows.tasks.transformation import _region_levels

    for grouper in spatial:
        if grouper.index_name not in gdf.index.names:
            gdf = _region_levels.with_regions(gdf, grouper)
    return gdf


@distributed
def resolve_spatial_feature_groups_for_spatial_groupers(
    groupers: Groupers,
    spatial_feature_groups: Annotated[
        list[AnyDataFrame] | AnyDataFrame | None, BeforeValidator(without_skipped)
    ],
) -> Groupers:
    """Give spatial groupers the regions of their feature groups.

    Parameters
    ----------
    groupers
        Any groupers.
    spatial_feature_groups
        Feature groups in any order: frames with ``name``, ``pk``, ``metadata`` (a mapping with the
        ``display_name`` of the group, the same in each row) and ``geometry``.
        Groups without rows, and those that were skipped, are left out.

    Returns
    -------
    AllGrouper or list of groupers
        The groupers, the spatial ones with the polygons of the feature group of their name in EPSG:4326.
        A region without a name is called by its ``pk``.
        A spatial grouper without a feature group stays without regions; `add_spatial_index` refuses it.

    Raises
    ------
    ValueError
        When the feature group of a spatial grouper has no polygon, or a group lacks a column or a CRS.
    """
    if not any(isinstance(grouper, SpatialGrouper) for grouper in as_list(groupers)):
        return groupers
    from ecoscope_workflows.tasks.transformation import _region_levels

    groups = spatial_feature_groups
    frames = groups if isinstance(groups, list) else [groups] if groups is not None else []
    return _region_levels.resolved(groupers, frames)
