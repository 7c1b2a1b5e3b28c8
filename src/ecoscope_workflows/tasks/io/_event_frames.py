"""EarthRanger's records of events in, a frame with one row per event out; needs geopandas."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import shape

from ecoscope_workflows.tasks.io._earthranger_frame import storable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Record = dict[str, Any]

TIME_COLUMNS = ("time", "end_time", "sort_at", "updated_at", "created_at")
INTEGER_COLUMNS = ("priority", "serial_number", "patrol_serial_number")
# What an answer without events has, where nobody says which columns it is to have.
CORE_COLUMNS = ("id", "time", "event_type", "event_category", "reported_by", "serial_number", "geometry")
DISPLAY = "event_type_display"
# Wider than this, an area in longitude and latitude crosses the antimeridian.
HALF_TURN = 180.0


def events_frame(
    records: Sequence[Record], columns: Sequence[str] | None, *, null_geometry: bool, points: bool
) -> gpd.GeoDataFrame:
    """Return one row per event, in the order of time, serial number and id.

    Parameters
    ----------
    records
        Events as the site describes them.
    columns
        Which columns the frame has, in this order; None for all.
    null_geometry
        Whether events without a geometry are kept.
    points
        Whether areas and lines become their centroids.

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4326; times in UTC; structures other than ``location`` as JSON text.
        A column that the site does not know is empty.
    """
    rows = _order(records)
    records = [records[row] for row in rows]
    geometry = geometries([record.get("geojson") for record in records], points=points)
    if not null_geometry:
        kept = [row for row, found in enumerate(geometry) if found is not None]
        records, geometry = [records[row] for row in kept], geometry[kept]
    names = list(dict.fromkeys(name for record in records for name in record)) or list(CORE_COLUMNS)
    frame = geo_frame({name: column(records, name) for name in names if name != "geometry"}, geometry)
    return frame if columns is None else _chosen(frame, columns)


def _order(records: Sequence[Record]) -> list[int]:
    times = times_of([record.get("time") for record in records])
    missing = np.flatnonzero(times.isna())
    if missing.size:
        raise ValueError(f"event {records[missing[0]]['id']} has no time ({missing.size} in all)")
    # Serial numbers are missing on some sites; what is compared then are the ids.
    rank = [
        (moment, record.get("serial_number") or 0, str(record["id"]))
        for moment, record in zip(times.astype("int64").tolist(), records, strict=True)
    ]
    return sorted(range(len(rank)), key=rank.__getitem__)


def _chosen(frame: gpd.GeoDataFrame, names: Sequence[str]) -> gpd.GeoDataFrame:
    """Return a frame with these columns."""
    missing = {name: column([{}] * len(frame), name) for name in names if name not in frame.columns}
    # The geometry may be none of those asked for.
    chosen: gpd.GeoDataFrame = frame.assign(**missing)[list(names)]
    return chosen


def geo_frame(columns: Mapping[str, Any], geometry: Any) -> gpd.GeoDataFrame:
    """Return columns and geometries in WGS 84 as a frame, numbered from 0."""
    frame = pd.DataFrame(dict(columns), index=pd.RangeIndex(len(geometry)))
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(geometry, index=frame.index, crs="EPSG:4326"))


def times_of(values: Sequence[Any]) -> pd.Series[Any]:
    """Return texts of the form ISO 8601 as times in UTC, missing where there is none."""
    texts = pd.Series(list(values), dtype=object)
    times: pd.Series[Any] = pd.to_datetime(texts, utc=True, format="ISO8601").dt.as_unit("ns")
    return times


def column(records: Sequence[Mapping[str, Any]], name: str) -> Any:
    """Return a field of records as a column of one type that a file can hold."""
    values = [record.get(name) for record in records]
    if name in TIME_COLUMNS:
        return times_of(values)
    if name == "location":
        # Two numbers with fixed names: the one structure that always fits into a file as it is.
        return pd.Series(values, dtype=object)
    return pd.Series(storable(values), dtype=_dtype(values, name))


def _dtype(values: Sequence[Any], name: str) -> Any:
    kinds = {type(value) for value in values if value is not None}
    whole = None not in values
    if kinds == {bool} or (name == "is_collection" and not values):
        return "bool" if whole else "object"
    if kinds == {int} or (name in INTEGER_COLUMNS and not kinds):
        return "int64" if whole else "Int64"
    return "float64" if kinds and kinds <= {int, float} else "str"


def geometries(features: Sequence[Any], *, points: bool) -> Any:
    """Return the geometry of GeoJSON features as an array; None where there is none, or it cannot be read.

    Parameters
    ----------
    features
        As records, or as JSON text.
    points
        Whether areas and lines become their centroids, those that cross the antimeridian too.
    """
    found = np.empty(len(features), dtype=object)
    unreadable = 0
    for row, feature in enumerate(features):
        record = json.loads(feature) if isinstance(feature, str) else feature
        geometry = record.get("geometry") if isinstance(record, dict) else None
        if not geometry:
            continue
        try:
            found[row] = shape(geometry)
        except (AttributeError, KeyError, TypeError, ValueError, IndexError, shapely.errors.ShapelyError):
            unreadable += 1
    if unreadable:
        warnings.warn(
            f"{unreadable} of {len(features)} events have a geometry that cannot be read as GeoJSON;"
            " they count as events without one",
            # The caller of the task, which calls the maker of a frame, which calls this.
            stacklevel=4,
        )
    found[shapely.is_empty(found)] = None
    return centroids(found) if points else found


def centroids(found: Any) -> Any:
    """Return points as they are, and the planar centroid in degrees of anything else."""
    result = found.copy()
    areas = np.flatnonzero((shapely.get_type_id(found) != 0) & (shapely.get_type_id(found) >= 0))
    for row in areas:
        west, _, east, _ = shapely.bounds(found[row])
        geometry = found[row]
        if east - west > HALF_TURN:
            geometry = shapely.transform(geometry, _eastwards)
        center = shapely.centroid(geometry)
        x, y = shapely.get_x(center), shapely.get_y(center)
        result[row] = shapely.Point(x - 2 * HALF_TURN if x > HALF_TURN else x, y)
    return result


def _eastwards(positions: Any) -> Any:
    shifted = positions.copy()
    shifted[shifted[:, 0] < 0, 0] += 2 * HALF_TURN
    return shifted


def with_display_names(
    events: pd.DataFrame, types: Sequence[Record], categories: Mapping[str, str], append: str
) -> pd.DataFrame:
    """Return events with the names of their types.

    Parameters
    ----------
    events
        With a column ``event_type``.
    types
        The types that the site knows; one that is not there is called by its value.
    categories
        What categories are called, by their values.
    append
        Where the category follows in brackets: ``always``, ``never``, or for ``duplicates``, which are types
        among these events that are called the same.
    """
    names: dict[str, str] = {}
    category_of: dict[str, str] = {}
    for record in types:
        value = str(record.get("value"))
        names.setdefault(value, str(record.get("display") or value))
        category_of.setdefault(value, _category(record, categories) or value)
    values = [str(value) for value in events["event_type"]]
    shown = {value: names.get(value, value) for value in values}
    alike = pd.Series(list(shown.values()), index=list(shown), dtype=object).duplicated(keep=False)
    appended = {
        value: f"{name} ({category_of.get(value, value)})"
        if append == "always" or (append == "duplicates" and alike[value])
        else name
        for value, name in shown.items()
    }
    display = pd.Series([appended[value] for value in values], index=events.index, dtype="str")
    return events.assign(**{DISPLAY: display.array})


def _category(record: Record, categories: Mapping[str, str]) -> str:
    """Return what the category of a type is called, from its record or its value."""
    category = record.get("category")
    if isinstance(category, dict):
        return str(category.get("display") or category.get("value") or "")
    return categories.get(str(category), str(category)) if category else ""
