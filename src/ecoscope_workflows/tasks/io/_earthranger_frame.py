"""EarthRanger's records as a frame: subjects and the observations of each in, one row per fix out."""

from __future__ import annotations

import json
import logging
import math
import re
import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ecoscope_workflows.contracts.collecting import without_collecting
from ecoscope_workflows.contracts.track_geometry import track_array

if TYPE_CHECKING:
    from collections.abc import Sequence

Record = dict[str, Any]

log = logging.getLogger(__name__)

OBSERVATION_PREFIX = "extra__"
SUBJECT_PREFIX = "extra__subject__"
# The colour of a subject that has none of its own.
NO_COLOUR = "#ff0000"
TIME_COLUMNS = ("recorded_at", "created_at")


# A million small records: the garbage collector would go through them again and again.
@without_collecting()
def observations_frame(
    subjects: Sequence[Record], observations: Sequence[Sequence[Record]]
) -> gpd.GeoDataFrame:
    """Return one row per observation, in the order of the subjects and, within one, of time and id.

    Parameters
    ----------
    subjects
        Subjects as EarthRanger describes them.
    observations
        The observations of each subject, in the order of `subjects`.

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4326; index ``id``; ``groupby_col``, ``fixtime`` (UTC), ``junk_status``, ``geometry`` (none
        where EarthRanger has no position), ``extra__*`` of the observation, ``extra__subject__*`` of the
        subject.

    Raises
    ------
    ValueError
        When an observation has no time, or its position cannot be read.
    """
    records, owners = _unique(observations)
    times = _times(records, "recorded_at")
    ids = [record["id"] for record in records]
    missing = np.flatnonzero(times.isna())
    if missing.size:
        raise ValueError(f"observation {ids[missing[0]]} has no recorded_at ({missing.size} in all)")
    # Sites answer nearly in this order already, which makes this sort a single pass.
    rank = list(zip(owners.tolist(), times.asi8.tolist(), ids, strict=True))
    order = sorted(range(len(rank)), key=rank.__getitem__)
    records = [records[row] for row in order]
    owners, times = owners[order], times[order]

    columns = _observation_columns(records, times)
    columns[f"{OBSERVATION_PREFIX}subject_id"] = _of_subject([subject["id"] for subject in subjects], owners)
    columns["geometry"] = _points(records)
    for name, values in _subject_columns(subjects).items():
        columns[name] = _of_subject(values, owners)
    columns["groupby_col"] = columns[f"{OBSERVATION_PREFIX}subject_id"]
    columns["fixtime"] = times
    columns["junk_status"] = np.zeros(len(records), dtype=bool)
    index = pd.Index([record["id"] for record in records], name="id")
    return gpd.GeoDataFrame(columns, index=index, geometry="geometry", crs="EPSG:4326")


def _unique(
    observations: Sequence[Sequence[Record]],
) -> tuple[list[Record], np.ndarray[Any, np.dtype[np.intp]]]:
    """Return each observation once, and the position of its subject."""
    owner_of: dict[str, int] = {}
    records: list[Record] = []
    repeated = shared = 0
    for owner, of_subject in enumerate(observations):
        for record in of_subject:
            first_owner = owner_of.setdefault(record["id"], owner)
            if len(owner_of) > len(records):
                records.append(record)
            elif first_owner == owner:
                repeated += 1
            else:
                shared += 1
    if repeated:
        # Fixes that arrive during the download shift the pages behind them.
        log.info("%d observations came on two pages; each is kept once", repeated)
    if shared:
        warnings.warn(
            f"{shared} observations belong to two subjects of the group, whose sources overlap in time;"
            " each is kept for the first subject only",
            stacklevel=4,
        )
    return records, np.array([owner_of[record["id"]] for record in records], dtype=np.intp)


def _times(records: Sequence[Record], key: str) -> pd.DatetimeIndex:
    # One resolution, whichever pandas reads the text.
    texts: list[Any] = [record.get(key) for record in records]
    return pd.to_datetime(texts, utc=True, format="ISO8601").as_unit("ns")


def _points(records: Sequence[Record]) -> Any:
    positions = np.array([_position(record) for record in records], dtype=float).reshape(-1, 2)
    unknown = np.isnan(positions).any(axis=1)
    if not unknown.any():
        return track_array(positions, crs="EPSG:4326")
    with without_collecting():
        points = shapely.points(positions)
    points[unknown] = None
    return points


def _position(record: Record) -> tuple[float, float]:
    location = record.get("location") or {}
    try:
        longitude, latitude = location.get("longitude"), location.get("latitude")
        if longitude is None or latitude is None:
            return math.nan, math.nan
        return float(longitude), float(latitude)
    except (AttributeError, TypeError, ValueError):
        raise ValueError(
            f"observation {record['id']} has a location that cannot be read: {location!r};"
            " expected longitude and latitude in degrees"
        ) from None


def _observation_columns(records: Sequence[Record], times: pd.DatetimeIndex) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for key in dict.fromkeys(key for record in records for key in record):
        if key in TIME_COLUMNS:
            columns[OBSERVATION_PREFIX + key] = times if key == "recorded_at" else _times(records, key)
            continue
        values = [record.get(key) for record in records]
        # Two numbers with fixed names: the one structure that always fits into a file as it is.
        columns[OBSERVATION_PREFIX + key] = values if key == "location" else storable(values)
    return columns


def _subject_columns(subjects: Sequence[Record]) -> dict[str, list[Any]]:
    keys = dict.fromkeys(key for subject in subjects for key in subject)
    columns = {SUBJECT_PREFIX + key: storable([subject.get(key) for subject in subjects]) for key in keys}
    columns[f"{SUBJECT_PREFIX}hex"] = [colour(subject) for subject in subjects]
    return columns


def _of_subject(values: Sequence[Any], owners: np.ndarray[Any, np.dtype[np.intp]]) -> Any:
    """Return, for each row, the value of its subject."""
    return pd.Series(list(values)).take(owners).array


def storable(values: list[Any]) -> list[Any]:
    """Return a column of one type that a file can hold: structures and mixed types become JSON text.

    EarthRanger lets each site put anything into a subject's ``additional``, so its shape differs by row.
    """
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float} or (len(kinds) == 1 and kinds <= {bool, str}):
        return values
    return [
        value
        if value is None or isinstance(value, str)
        else json.dumps(value, sort_keys=True, ensure_ascii=False)
        for value in values
    ]


def colour(subject: Record) -> str:
    """Return a subject's colour as ``#rrggbb``, from its ``additional.rgb`` such as ``"0, 70, 255"``."""
    additional = subject.get("additional")
    rgb = additional.get("rgb") if isinstance(additional, dict) else None
    levels = [int(level) for level in re.findall(r"\d+", rgb)] if isinstance(rgb, str) else []
    if len(levels) != 3 or max(levels) > 255:  # noqa: PLR2004  # red, green and blue, one byte each
        return NO_COLOUR
    return "#{:02x}{:02x}{:02x}".format(*levels)
