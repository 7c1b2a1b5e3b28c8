"""Regions of feature groups in, the regions that rows lie in out."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ecoscope_workflows.tasks.groupers import AllGrouper, Region, SpatialGrouper
from ecoscope_workflows.tasks.transformation._index_levels import with_level
from ecoscope_workflows.tasks.transformation._spatial_classification import classify_segments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.tasks.groupers import Groupers

logger = logging.getLogger(__name__)

WGS84 = "EPSG:4326"
POLYGON_TYPES = ("Polygon", "MultiPolygon")
SEGMENT_COLUMNS = ("segment_start", "segment_end")
GROUP_COLUMNS = ("name", "pk", "metadata")
# What the column of regions is called in a classified trajectory.
REGION_COLUMN = "region"
_SET_ASIDE = "\0region"


def resolved(groupers: Groupers, feature_groups: Sequence[pd.DataFrame]) -> Groupers:
    """Return groupers, the spatial ones with the regions of the feature group of their name."""
    if isinstance(groupers, AllGrouper):
        return groupers
    by_name = {_group_name(group): group for group in feature_groups if not group.empty}
    return [
        grouper.model_copy(update={"regions": _regions(by_name[grouper.spatial_index_name])})
        if isinstance(grouper, SpatialGrouper) and grouper.spatial_index_name in by_name
        else grouper
        for grouper in groupers
    ]


def _group_name(group: Any) -> str:
    missing = [name for name in GROUP_COLUMNS if name not in group.columns]
    if missing or getattr(group, "_geometry_column_name", None) not in group.columns:
        raise ValueError(
            f"a spatial feature group lacks {', '.join(map(repr, missing)) or 'a geometry'}: expected the "
            f"columns {', '.join(GROUP_COLUMNS)} and a geometry, got {', '.join(map(str, group.columns))}"
        )
    metadata = group["metadata"].iloc[0]
    if not isinstance(metadata, Mapping) or "display_name" not in metadata:
        raise ValueError(
            f"the metadata of a spatial feature group is {metadata!r}: expected a mapping with 'display_name'"
        )
    return str(metadata["display_name"])


def _regions(group: gpd.GeoDataFrame) -> tuple[Region, ...]:
    """Return the polygons of a feature group with their names."""
    display_name = _group_name(group)
    if group.crs is None:
        raise ValueError(f"no CRS is said of feature group {display_name!r}: set one, e.g. 'EPSG:4326'")
    areas = group[group.geometry.geom_type.isin(POLYGON_TYPES)].to_crs(WGS84)
    if areas.empty:
        raise ValueError(
            f"There are no polygons in Feature Group {display_name}, you must select a feature collection "
            "that contains at least 1 polygon."
        )
    names = areas["name"].astype(object)
    names = names.where(names.notna() & (names != ""), areas["pk"])
    geometries = shapely.to_wkb(areas.geometry.to_numpy(), hex=True)
    return tuple(Region(name=str(name), wkb=wkb) for name, wkb in zip(names, geometries, strict=True))


def with_regions(gdf: gpd.GeoDataFrame, grouper: SpatialGrouper) -> gpd.GeoDataFrame:
    """Return one row per row and region that it lies in, with the name of the region as a level."""
    if grouper.regions is None:
        raise ValueError(
            f"the regions of spatial grouper {grouper.display_name!r} are not known: take the groupers from "
            "resolve_spatial_feature_groups_for_spatial_groupers, and check that the data source has a "
            "feature group of that name with something in it"
        )
    if gdf.crs is None:
        raise ValueError("no CRS is said of the rows to index by region: set one, e.g. 'EPSG:4326'")
    regions = gpd.GeoDataFrame(
        {"name": [region.name for region in grouper.regions]},
        geometry=shapely.from_wkb([region.wkb for region in grouper.regions]),
        crs=WGS84,
    )
    nowhere = int((gdf.geometry.isna() | gdf.geometry.is_empty).sum())
    if nowhere:
        warnings.warn(
            f"{nowhere} of {len(gdf)} rows have no geometry and were left out: they lie in no region of "
            f"{grouper.display_name!r}",
            UserWarning,
            stacklevel=3,
        )
    classified = all(name in gdf.columns for name in SEGMENT_COLUMNS)
    indexed = (_cut if classified else _joined)(gdf, regions, grouper.index_name)
    logger.info("%d rows became %d in %d regions", len(gdf), len(indexed), len(regions))
    return indexed


def _cut(trajectory: gpd.GeoDataFrame, regions: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Return segments cut at the borders of regions."""
    # A column that is called like the one of the regions is kept aside.
    parts = classify_segments(trajectory.rename(columns={REGION_COLUMN: _SET_ASIDE}), regions)
    labels = pd.Index(parts[REGION_COLUMN])
    parts = parts.drop(columns=REGION_COLUMN).rename(columns={_SET_ASIDE: REGION_COLUMN})
    return with_level(parts, name, labels)


def _joined(rows: gpd.GeoDataFrame, regions: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Return rows, each once per region that it intersects."""
    row, region = regions.to_crs(rows.crs).sindex.query(rows.geometry, predicate="intersects")
    order = np.lexsort((region, row))
    found: gpd.GeoDataFrame = rows.iloc[row[order]]
    return with_level(found, name, pd.Index(regions["name"].array.take(region[order])))
