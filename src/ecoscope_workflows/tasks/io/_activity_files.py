"""A file of events or of patrol tracks in; the columns that an EarthRanger site answers with out."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from ecoscope_workflows.tasks.io import _track_columns
from ecoscope_workflows.tasks.io._event_frames import DISPLAY, centroids
from ecoscope_workflows.tasks.io._patrol_frames import DETAILS
from ecoscope_workflows.tasks.io._track_files import read_table
from ecoscope_workflows.tasks.io._track_times import utc_times
from ecoscope_workflows.tasks.io._track_values import complain
from ecoscope_workflows.tasks.preprocessing._fixes import EXTRA_PREFIX, require_columns

if TYPE_CHECKING:
    from pathlib import Path

SERIAL = "patrol_serial_number"


class EventColumns(NamedTuple):
    """What the columns of a file are called: the type, the time, and x and y of the position."""

    kind: str
    time: str
    x: str
    y: str


def read_events(
    path: Path, names: EventColumns, *, crs: str, time_zone: str, points: bool
) -> gpd.GeoDataFrame:
    """Read events.

    Raises
    ------
    FileNotFoundError, ValueError
        As `load_events` says.
    """
    table = read_table(path, text_columns=(names.kind, names.time, "id", "reported_by"))
    geometry = getattr(table, "_geometry_column_name", None)
    position = [str(geometry)] if geometry in table.columns else [names.x, names.y]
    if not len(table.columns):
        table = pd.DataFrame({name: pd.Series(dtype="str") for name in (names.kind, names.time, *position)})
    require_columns(table, [names.kind, names.time, *position], f"the file {path.name!r}")
    kinds = table[names.kind]
    complain(kinds.isna(), kinds, f"column {names.kind!r} must say what happened in each row")
    numbers = pd.Series(np.arange(1, len(table) + 1), index=table.index)
    missing = pd.Series(None, index=table.index, dtype="str")
    columns: dict[str, Any] = {
        "id": table["id"].astype("str") if "id" in table.columns else "event-" + numbers.astype("str"),
        "time": utc_times(table[names.time], time_zone),
        "event_type": kinds.astype("str"),
        "event_category": table.get("event_category", missing),
        "reported_by": _reporters(table.get("reported_by", missing)),
        "serial_number": table.get("serial_number", numbers),
        DISPLAY: table.get(DISPLAY, kinds).astype("str"),
    }
    used = {*columns, names.kind, names.time, *position, "geometry"}
    columns |= {str(name): table[name] for name in table.columns if name not in used}
    found = _positions(table, position, crs)
    columns["geometry"] = centroids(found.to_numpy()) if points else found.to_numpy()
    frame = gpd.GeoDataFrame(pd.DataFrame(columns, index=table.index), geometry="geometry", crs="EPSG:4326")
    return frame.sort_values("time", kind="stable").reset_index(drop=True)


def _reporters(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return who reported as JSON text; a plain name becomes a record with that name."""
    return pd.Series([_reporter(value) for value in column], index=column.index, dtype="str")


def _reporter(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, str) and value.lstrip().startswith("{"):
        return value
    record = value if isinstance(value, dict) else {"name": str(value)}
    return json.dumps(record, sort_keys=True, ensure_ascii=False, default=str)


def _positions(table: pd.DataFrame, position: list[str], crs: str) -> gpd.GeoSeries:
    """Return where the events were in EPSG:4326; say how many positions are missing."""
    try:
        known = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise ValueError(
            f"crs={crs!r} is no coordinate reference system: expected e.g. 'EPSG:4326'"
        ) from error
    if len(position) == 1:
        found = gpd.GeoSeries(table[position[0]])
        found = found.set_crs(known) if found.crs is None else found
    else:
        x, y = (_numbers(table[name]) for name in position)
        finite = np.isfinite(x) & np.isfinite(y)
        made = shapely.points(np.where(finite, x, 0.0), np.where(finite, y, 0.0))
        found = gpd.GeoSeries(made, index=table.index, crs=known).where(finite)
    try:
        found = found.where(~found.is_empty).to_crs("EPSG:4326")
    except pyproj.exceptions.ProjError as error:
        raise ValueError(f"positions in crs={crs!r} cannot be turned into EPSG:4326: {error}") from error
    bounds = found.bounds.to_numpy()
    outside = (np.abs(bounds[:, [0, 2]]) > 180).any(axis=1) | (np.abs(bounds[:, [1, 3]]) > 90).any(axis=1)  # noqa: PLR2004  # degrees
    finite_bounds = np.isfinite(bounds).all(axis=1)
    wrong = outside & finite_bounds
    if wrong.any():
        raise ValueError(
            f"{int(wrong.sum())} of {len(found)} positions lie outside of longitude -180 to 180 or latitude"
            f" -90 to 90: are the columns and crs={crs!r} right?"
        )
    if not finite_bounds.all():
        text = f"{int((~finite_bounds).sum())} of {len(found)} events have no position"
        # The caller of load_events, which calls read_events, which calls this.
        warnings.warn(text, stacklevel=4)
    return found.where(finite_bounds)


def _numbers(column: pd.Series[Any]) -> Any:
    numbers = pd.to_numeric(column, errors="coerce")
    complain(numbers.isna() & column.notna(), column, f"column {column.name!r} must hold numbers")
    return numbers.to_numpy(dtype=float, na_value=np.nan)


def read_patrol_observations(
    path: Path, names: _track_columns.ColumnNames, *, crs: str, time_zone: str
) -> gpd.GeoDataFrame:
    """Read the fixes of patrols.

    Raises
    ------
    FileNotFoundError, ValueError
        As `load_relocations` says.
    """
    table = read_table(path, text_columns=(names.animal, names.time, "id"))
    table = table.reset_index("id") if table.index.name == "id" else table
    ids = table["id"].astype("str") if "id" in table.columns and table["id"].notna().all() else None
    # A frame that was stored names the patrol twice, and a fix twice that two patrols share.
    twice = {*([] if ids is None else ["id"]), "groupby_col"} - {names.animal, names.time}
    table = table.drop(columns=list(twice & set(table.columns)))
    found = _track_columns.observations(table, names, crs=crs, time_zone=time_zone, source=path.name)
    if ids is not None:
        found.index = pd.Index(ids.array, name="id")
    own = {f"{EXTRA_PREFIX}{name}": name for name in DETAILS if f"{EXTRA_PREFIX}{name}" in found.columns}
    found = found.rename(columns=own)
    known = _known_of_patrols(found)
    frame = found.assign(patrol_id=found["groupby_col"])
    added = {name: known[name] for name in DETAILS if name not in frame.columns}
    return frame.assign(**added)


def _known_of_patrols(fixes: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return what can be said of the patrol of each fix, whatever else the file says."""
    patrol = fixes["groupby_col"]
    times = fixes["fixtime"].groupby(patrol.to_numpy(), sort=False)
    missing = pd.Series(None, index=fixes.index, dtype="str")
    known: dict[str, Any] = dict.fromkeys(DETAILS, missing.array)
    known[SERIAL] = pd.factorize(patrol)[0].astype("int64") + 1
    for name, which in (("patrol_start_time", "min"), ("patrol_end_time", "max")):
        moments = times.transform(which)
        known[name] = pd.Series([moment.isoformat() for moment in moments], dtype="str").array
    return known
