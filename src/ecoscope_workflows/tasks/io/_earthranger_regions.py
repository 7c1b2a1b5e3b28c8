"""A group of spatial features as EarthRanger holds it in, a frame of named areas out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry import shape

from ecoscope_workflows.tasks.io._earthranger_frame import storable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Record = dict[str, Any]

# What each area has, whatever else a site says of it.
TEXT_COLUMNS = ("pk", "name", "short_name", "feature_type")


def regions_frame(group: Mapping[str, Any]) -> gpd.GeoDataFrame:
    """Return one row per feature of a group, in the site's order.

    Parameters
    ----------
    group
        With ``id``, ``name`` and ``features``, each a GeoJSON feature or a collection of them.

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4326; ``pk``, ``name``, ``short_name``, ``feature_type``, ``metadata`` (the group's id and name),
        ``geometry`` (none where a feature has none) and all else that the site says of a feature.

    Raises
    ------
    ValueError
        When a geometry cannot be read.
    """
    features = list(_features(group["features"]))
    properties = [_properties(feature) for feature in features]
    names = dict.fromkeys([*TEXT_COLUMNS, *(name for record in properties for name in record)])
    columns: dict[str, Any] = {"geometry": [_geometry(feature) for feature in features]}
    for name in names:
        values = [record.get(name) for record in properties]
        columns[name] = _texts(values) if name in TEXT_COLUMNS else storable(values)
    metadata = {"id": str(group["id"]), "display_name": str(group["name"])}
    columns["metadata"] = [dict(metadata) for _ in features]
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(features)))
    typed = frame.astype({**dict.fromkeys(TEXT_COLUMNS, "str"), "metadata": object})
    return gpd.GeoDataFrame(typed, geometry="geometry", crs="EPSG:4326")


def _features(features: Sequence[Any]) -> Iterator[Record]:
    """Yield features, also those that stand in collections of their own, as sites wrap them."""
    for feature in features:
        if feature.get("type") == "FeatureCollection":
            yield from _features(feature.get("features") or [])
        else:
            yield feature


def _properties(feature: Record) -> Record:
    properties = dict(feature.get("properties") or {})
    if properties.get("pk") is None:
        properties["pk"] = feature.get("id")
    return properties


def _texts(values: Sequence[Any]) -> list[str]:
    # A record of a type says its name; what is missing is an empty text, as sites write it.
    named = [value.get("name") if isinstance(value, dict) else value for value in values]
    return ["" if value is None else str(value) for value in named]


def _geometry(feature: Record) -> Any:
    geometry = feature.get("geometry")
    if not geometry:
        return None
    try:
        return shape(geometry)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, shapely.errors.ShapelyError):
        name = _properties(feature).get("name")
        raise ValueError(f"the geometry of spatial feature {name!r} cannot be read as GeoJSON") from None
