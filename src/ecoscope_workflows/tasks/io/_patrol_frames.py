"""EarthRanger's records of patrols in; frames of patrols, of their fixes and of their events out."""

from __future__ import annotations

import json
import logging
import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ecoscope_workflows.tasks.io import _event_frames
from ecoscope_workflows.tasks.io._earthranger_frame import SUBJECT_PREFIX, observations_frame

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

Record = dict[str, Any]

log = logging.getLogger(__name__)

SEGMENTS = "patrol_segments"
# What a frame has of each patrol, whatever else a site says.
PATROL_COLUMNS = ("id", "state", "serial_number", "title", SEGMENTS)
# What a frame of fixes says of the patrol, in the order of published frames.
DETAILS = (
    "patrol_id",
    "patrol_title",
    "patrol_serial_number",
    "patrol_start_time",
    "patrol_end_time",
    "patrol_type",
    "patrol_type__value",
    "patrol_type__display",
    "patrol_status",
    "patrol_subject",
)
# The columns of fixes of nobody: those that every answer has.
FIX_TEXTS = ("extra__id", "extra__source", "extra__subject_id", "groupby_col")
FIX_TIMES = ("extra__created_at", "extra__recorded_at", "fixtime")
# What an event says of the patrol that it was reported on.
EVENT_DETAILS = (
    "patrol_id",
    "patrol_segment_id",
    "patrol_start_time",
    "patrol_type",
    "patrol_serial_number",
    "patrol_subject",
)
EVENT_COLUMNS = (
    "id",
    "serial_number",
    "event_type",
    "priority",
    "title",
    "state",
    "contains",
    "updated_at",
    "created_at",
    "geojson",
    "is_collection",
    "time",
    *EVENT_DETAILS,
)


def patrols_frame(records: Sequence[Record]) -> pd.DataFrame:
    """Return one row per patrol, in the order of serial numbers; structures are JSON text.

    Raises
    ------
    ValueError
        When a patrol has no serial number or no state.
    """
    for record in records:
        missing = [name for name in ("serial_number", "state") if record.get(name) is None]
        if missing:
            raise ValueError(f"patrol {record['id']} has no {missing[0]}")
    ordered = sorted(records, key=lambda record: (int(record["serial_number"]), str(record["id"])))
    # A patrol that has no legs yet has an empty list of them.
    ordered = [{**record, SEGMENTS: record.get(SEGMENTS) or []} for record in ordered]
    names = dict.fromkeys([*PATROL_COLUMNS, *(name for record in ordered for name in record)])
    frame = pd.DataFrame({name: _event_frames.column(ordered, name) for name in names})
    return frame.set_index(pd.RangeIndex(len(frame)))


def segments_of(patrols: pd.DataFrame) -> Iterator[tuple[Record, Record]]:
    """Yield each leg with its patrol, both as records.

    Raises
    ------
    ValueError
        When the legs of a patrol are no list of records.
    """
    for patrol in patrols.to_dict("records"):
        legs = _plain(patrol[SEGMENTS])
        legs = json.loads(legs) if isinstance(legs, str) else legs or []
        if not isinstance(legs, list) or not all(isinstance(leg, dict) for leg in legs):
            raise ValueError(
                f"{SEGMENTS} of patrol {patrol['id']} is no list of records, nor the JSON text of one"
            )
        known = {str(name): None if _is_missing(value) else value for name, value in patrol.items()}
        yield from ((known, leg) for leg in legs)


def _is_missing(value: Any) -> bool:
    return value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value))


def _plain(value: Any) -> Any:
    """Return a structure as it was before it was read from a file that holds it as one, not as text."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {name: _plain(item) for name, item in value.items()} if isinstance(value, dict) else value


def legs_of(patrols: pd.DataFrame, types: Sequence[Record]) -> list[Record]:
    """Return the legs that fixes can be asked for, with what a frame of fixes says of each.

    A leg without a leader or without a start is left out, with a counted warning.

    Parameters
    ----------
    patrols
        As `patrols_frame` returns them.
    types
        The types of patrols that the site knows.
    """
    by_value = {str(record.get("value")): record for record in types}
    legs = []
    total = 0
    for patrol, leg in segments_of(patrols):
        total += 1
        leader = leg.get("leader") or {}
        period = leg.get("time_range") or {}
        if leader.get("id") is None or period.get("start_time") is None:
            continue
        kind = by_value.get(str(leg.get("patrol_type")), {})
        details = (
            patrol["id"],
            patrol.get("title"),
            int(patrol["serial_number"]),
            period["start_time"],
            period.get("end_time"),
            kind.get("id"),
            leg.get("patrol_type"),
            kind.get("display"),
            patrol["state"],
            leader.get("name"),
        )
        legs.append(
            {
                "leader": leader["id"],
                "since": period["start_time"],
                "until": period.get("end_time"),
                **dict(zip(DETAILS, details, strict=True)),
            }
        )
    if len(legs) < total:
        warnings.warn(
            f"{total - len(legs)} of {total} legs of patrols have no leader or have not started;"
            " there are no fixes of them",
            stacklevel=3,
        )
    return legs


def fixes_frame(
    legs: Sequence[Record], fixes: Sequence[Sequence[Record]], *, details: bool
) -> gpd.GeoDataFrame:
    """Return the fixes of all legs, in their order and within one in that of time.

    Parameters
    ----------
    legs
        As `legs_of` returns them.
    fixes
        The fixes of each.
    details
        Whether each fix says which patrol it belongs to.

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4326; ``groupby_col`` is the id of the patrol. A fix that two patrols share stands in both, with
        the same id; one that two legs of a patrol share stands in the first.
    """
    owned = _owned(legs, fixes)
    if not any(owned):
        return _no_fixes(details=details)
    # The frame knows a fix by its id, and a leg where it knows a subject.
    numbered = [
        [{**record, "id": f"{number:09d} {record['id']}"} for record in of_leg]
        for number, of_leg in enumerate(owned)
    ]
    subjects = [{"id": leg["leader"], **{name: leg[name] for name in DETAILS}} for leg in legs]
    frame = observations_frame(subjects, numbered)
    ids = pd.Index([name.partition(" ")[2] for name in frame.index], name="id", dtype="str")
    patrol = {f"{SUBJECT_PREFIX}{name}": name for name in DETAILS}
    found = frame.set_index(ids).assign(extra__id=ids, groupby_col=frame[f"{SUBJECT_PREFIX}patrol_id"].array)
    unwanted = [name for name in found.columns if name.startswith(SUBJECT_PREFIX) and name not in patrol]
    found = found.drop(columns=unwanted if details else [*unwanted, *patrol]).rename(columns=patrol)
    texts = [name for name in DETAILS if name in found.columns and name != "patrol_serial_number"]
    return found.astype(dict.fromkeys(texts, "str"))


def _owned(legs: Sequence[Record], fixes: Sequence[Sequence[Record]]) -> list[list[Record]]:
    """Return the fixes of each leg without those that an earlier leg of the same patrol has."""
    seen: set[tuple[str, str]] = set()
    owned: list[list[Record]] = []
    repeated = 0
    for leg, of_leg in zip(legs, fixes, strict=True):
        new = [record for record in of_leg if (leg["patrol_id"], record["id"]) not in seen]
        repeated += len(of_leg) - len(new)
        seen.update((leg["patrol_id"], record["id"]) for record in new)
        owned.append(new)
    if repeated:
        log.info("%d fixes belong to two legs of a patrol; each is kept once", repeated)
    return owned


def _no_fixes(*, details: bool) -> gpd.GeoDataFrame:
    """Return a frame without rows that has the columns of one with rows, and their types."""
    columns: dict[str, Any] = {
        **{name: _event_frames.column([], name) for name in FIX_TEXTS},
        "extra__location": _event_frames.column([], "location"),
        "extra__exclusion_flags": pd.Series(dtype="int64"),
        **{name: _event_frames.times_of([]) for name in FIX_TIMES},
        "junk_status": pd.Series(dtype="bool"),
        **{name: _event_frames.column([], name) for name in (DETAILS if details else ())},
    }
    frame = pd.DataFrame(columns, index=pd.Index([], dtype="str", name="id"))
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([], index=frame.index, crs="EPSG:4326"))


def patrol_events_frame(
    patrols: pd.DataFrame, types: Collection[str], *, null_geometry: bool
) -> gpd.GeoDataFrame:
    """Return the events reported on patrols, in the order of the patrols, as published frames have them.

    Parameters
    ----------
    patrols
        As `patrols_frame` returns them.
    types
        Values of types; empty for all types.
    null_geometry
        Whether events without a geometry are kept.

    Returns
    -------
    geopandas.GeoDataFrame
        EPSG:4326; areas as their centroids; ``time`` in UTC. An event without a time is left out.
    """
    events = [
        {**event, **_patrol_of(patrol, leg)}
        for patrol, leg in segments_of(patrols)
        for event in _events_of(leg)
        if not types or event.get("event_type") in types
    ]
    timed = [event for event in events if event["time"] is not None]
    if len(timed) < len(events):
        warnings.warn(
            f"{len(events) - len(timed)} of {len(events)} events have no time; they are left out",
            stacklevel=3,
        )
    events = timed
    geometry = _event_frames.geometries([event.get("geojson") for event in events], points=True)
    if not null_geometry:
        kept = [row for row, found in enumerate(geometry) if found is not None]
        events, geometry = [events[row] for row in kept], geometry[kept]
    names = dict.fromkeys([*EVENT_COLUMNS, *(name for event in events for name in event)])
    columns: Mapping[str, Any] = {
        name: _event_frames.column(events, name) for name in names if name != "geometry"
    }
    return _event_frames.geo_frame(columns, geometry)


def _events_of(leg: Record) -> Iterator[Record]:
    """Yield the events of a leg with their times, which stand with the position."""
    for event in leg.get("events") or []:
        feature = event.get("geojson")
        feature = json.loads(feature) if isinstance(feature, str) else feature or {}
        yield {**event, "time": (feature.get("properties") or {}).get("datetime")}


def _patrol_of(patrol: Record, leg: Record) -> Record:
    values = (
        patrol["id"],
        leg.get("id"),
        (leg.get("time_range") or {}).get("start_time"),
        leg.get("patrol_type"),
        int(patrol["serial_number"]),
        (leg.get("leader") or {}).get("name"),
    )
    return dict(zip(EVENT_DETAILS, values, strict=True))
