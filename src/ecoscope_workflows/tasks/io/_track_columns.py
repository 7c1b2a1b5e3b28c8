"""The columns of a track file in; observations with checked names, times and positions out."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from ecoscope_workflows.tasks.io._track_times import utc_times
from ecoscope_workflows.tasks.io._track_values import complain
from ecoscope_workflows.tasks.preprocessing._fixes import (
    MAX_LATITUDE,
    MAX_LONGITUDE,
    coordinates,
    extra_names,
    require_columns,
    wgs84_points,
)

ID = "id"
JUNK = "junk_status"
TRUTH = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """What the columns of a file are called: the animal, the time, and x and y of the position."""

    animal: str
    time: str
    x: str
    y: str


def observations(
    table: pd.DataFrame, names: ColumnNames, *, crs: str, time_zone: str, source: str
) -> gpd.GeoDataFrame:
    """Return the observations in a table of fixes.

    Parameters
    ----------
    table
        As the file holds it; with an active geometry column, `names.x` and `names.y` are other columns.
    names
        The names of the columns in the file.
    crs
        Of the positions, where the table says none.
    time_zone
        Of times that name none.
    source
        The name of the file, for messages.

    Raises
    ------
    ValueError
        As `load_relocations` says.
    """
    table = _with_id_column(table, names)
    geometry = getattr(table, "_geometry_column_name", None)
    position = [geometry] if geometry in table.columns else [names.x, names.y]
    used = [names.animal, names.time, *position]
    require_columns(table, used, f"the file {source!r}")
    animals = _animals(table[names.animal])
    points = _points(table, position, _parsed_crs(crs))
    columns: dict[str, Any] = {
        "groupby_col": animals.array,
        "fixtime": utc_times(table[names.time], time_zone).array,
        JUNK: _junk_status(table),
        "geometry": points.array,
    }
    ids = _ids(table, names)
    used += [JUNK] if JUNK in table.columns else []
    used += [ID] if ids is not None else []
    extra = extra_names(table, used, f"the file {source!r}")
    columns |= {name: table[column].array for column, name in extra.items()}
    index = pd.Index(_numbered(animals) if ids is None else ids, name=ID, dtype=str)
    return gpd.GeoDataFrame(columns, index=index, geometry="geometry")


def _with_id_column(table: pd.DataFrame, names: ColumnNames) -> pd.DataFrame:
    """Return the table with its named index as columns; an empty file without columns gets those it needs."""
    if not len(table.columns):
        return pd.DataFrame(
            {name: pd.Series(dtype=str) for name in (names.animal, names.time, names.x, names.y)}
        )
    named = [name for name in table.index.names if name is not None and name not in table.columns]
    return table.reset_index(named) if named else table


def _parsed_crs(crs: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise ValueError(
            f"crs={crs!r} is no coordinate reference system: expected e.g. 'EPSG:4326'"
        ) from error


def _animals(names: pd.Series[Any]) -> pd.Series[Any]:
    complain(names.isna(), names, f"column {names.name!r} must name the animal in each row")
    return names.astype(str)


def _ids(table: pd.DataFrame, names: ColumnNames) -> pd.Series[Any] | None:
    """Return the ids of the file, or None where it has none that tell all fixes apart."""
    if ID not in table.columns or ID in (names.animal, names.time):
        return None
    ids = table[ID].astype(str)
    return ids if table[ID].notna().all() and ids.is_unique else None


def _numbered(animals: pd.Series[Any]) -> pd.Series[Any]:
    return animals + "-" + (animals.groupby(animals, sort=False).cumcount() + 1).astype(str)


def _junk_status(table: pd.DataFrame) -> Any:
    if JUNK not in table.columns:
        return np.zeros(len(table), dtype=bool)
    status = table[JUNK]
    if status.dtype == bool:
        return status.to_numpy()
    truth = status.astype(str).str.lower().map(TRUTH)
    complain(truth.isna(), status, f"column {JUNK!r} must be true or false in each row")
    return truth.to_numpy(dtype=bool)


def _points(table: pd.DataFrame, position: list[Any], crs: pyproj.CRS) -> gpd.GeoSeries:
    """Return the positions in EPSG:4326; say how many are missing or off the globe."""
    if len(position) == 1:
        points = gpd.GeoSeries(table[position[0]])
        points = points.set_crs(crs) if points.crs is None else points
    else:
        x, y = (_numbers(table[name]) for name in position)
        finite = np.isfinite(x) & np.isfinite(y)
        points = gpd.GeoSeries(
            shapely.points(np.where(finite, x, 0.0), np.where(finite, y, 0.0)), index=table.index, crs=crs
        ).where(finite)
    points = wgs84_points(gpd.GeoDataFrame(geometry=points))
    longitude, latitude = coordinates(points)
    missing = ~(np.isfinite(longitude) & np.isfinite(latitude))
    outside = ~missing & ((np.abs(longitude) > MAX_LONGITUDE) | (np.abs(latitude) > MAX_LATITUDE))
    _report_positions(int(missing.sum()), int(outside.sum()), len(points), crs.to_string())
    return points.where(~missing)


def _numbers(column: pd.Series[Any]) -> Any:
    numbers = pd.to_numeric(column, errors="coerce")
    complain(numbers.isna() & column.notna(), column, f"column {column.name!r} must hold numbers")
    return numbers.to_numpy(dtype=float, na_value=np.nan)


def _report_positions(missing: int, outside: int, total: int, crs: str) -> None:
    if total and missing + outside == total:
        raise ValueError(
            f"none of the {total} positions lies on the globe ({missing} missing or not finite, {outside} "
            f"outside of longitude -180 to 180 or latitude -90 to 90): are the columns and crs={crs!r} right?"
        )
    if missing or outside:
        text = (
            f"of {total} positions, {missing} are missing or not finite, and {outside} lie outside of "
            "longitude -180 to 180 or latitude -90 to 90"
        )
        # Level 5 is the caller of load_relocations: load_relocations, observations, _points, this.
        warnings.warn(text, UserWarning, stacklevel=5)
