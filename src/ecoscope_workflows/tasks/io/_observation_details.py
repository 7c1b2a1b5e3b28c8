"""Observations of EarthRanger subjects in; the same with what the published columns of a frame hold out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ecoscope_workflows.tasks.io._earthranger_frame import SUBJECT_PREFIX, storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Record = dict[str, Any]

ASSIGNMENT_PREFIX = "extra__subjectsource__"
ADDITIONAL = f"{SUBJECT_PREFIX}additional"
# Groupers need a value in each row; what stands for a missing one is part of published results.
MISSING = "None"
NAMED_TRAITS = tuple(f"{SUBJECT_PREFIX}{trait}" for trait in ("name", "subject_subtype", "sex"))
# The columns of an answer without observations: those that every answer has.
TEXTS = ("extra__id", "extra__source", "extra__subject_id", f"{SUBJECT_PREFIX}id", f"{SUBJECT_PREFIX}hex")
TIMES = ("extra__recorded_at", "extra__created_at", "fixtime")
UTC_TIMES = "datetime64[ns, UTC]"


def with_traits(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame with a name, subtype and sex in each row, ``"None"`` where EarthRanger has none."""
    filled = {}
    for name in NAMED_TRAITS:
        values = frame[name] if name in frame.columns else pd.Series(None, frame.index, dtype=object)
        filled[name] = values.astype(object).where(values.notna(), MISSING).astype("str")
    return frame.assign(**filled)


def empty_observations() -> gpd.GeoDataFrame:
    """Return a frame without rows that has the columns of one with rows, and their types."""
    columns: dict[str, pd.Series[Any]] = {
        **{name: pd.Series(dtype="str") for name in TEXTS},
        "extra__location": pd.Series(dtype=object),
        "extra__exclusion_flags": pd.Series(dtype="int64"),
        **{name: pd.Series(dtype="str") for name in NAMED_TRAITS},
        "groupby_col": pd.Series(dtype="str"),
        **{name: pd.Series(dtype=UTC_TIMES) for name in TIMES},
        "junk_status": pd.Series(dtype=bool),
    }
    frame = pd.DataFrame(columns, index=pd.Index([], dtype="str", name="id"))
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([], index=frame.index, crs="EPSG:4326"))


def with_assignments(frame: gpd.GeoDataFrame, assignments: Sequence[Record]) -> gpd.GeoDataFrame:
    """Return the frame with what EarthRanger says of the subject's wearing the source that took the fix.

    Where a subject has worn a source several times, it is the time that the fix falls into, else the first.
    Every fix is kept; what is not known of one is missing.
    """
    by_pair: dict[tuple[str, str], list[tuple[pd.Timestamp, pd.Timestamp, int]]] = {}
    for number, record in enumerate(assignments):
        pair = (str(record.get("subject")), str(record.get("source")))
        by_pair.setdefault(pair, []).append((*_range(record), number))
    keys = dict.fromkeys(key for record in assignments for key in record)
    rows = np.array(
        [
            _assignment(by_pair.get((subject, source), []), moment)
            for subject, source, moment in zip(
                frame["groupby_col"], frame["extra__source"], frame["fixtime"], strict=True
            )
        ],
        dtype=np.intp,
    )
    found = {
        f"{ASSIGNMENT_PREFIX}{key}": pd.Series(storable([record.get(key) for record in assignments]))
        .reindex(np.where(rows < 0, len(assignments), rows))
        .array
        for key in keys
    }
    return frame.assign(**found)


def _assignment(known: Iterable[tuple[pd.Timestamp, pd.Timestamp, int]], moment: pd.Timestamp) -> int:
    numbers = [number for _, _, number in known]
    within = [number for lower, upper, number in known if lower <= moment < upper]
    return (within or numbers or [-1])[0]


def _range(record: Mapping[str, Any]) -> tuple[pd.Timestamp, pd.Timestamp]:
    assigned = record.get("assigned_range") or {}
    return _bound(assigned.get("lower"), pd.Timestamp.min), _bound(assigned.get("upper"), pd.Timestamp.max)


def _bound(text: Any, otherwise: pd.Timestamp) -> pd.Timestamp:
    """Return a bound as a time; EarthRanger writes the year 9999 for one that is open."""
    if not isinstance(text, str):
        return otherwise.tz_localize("UTC")
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    first, last = (bound.tz_localize("UTC") for bound in (pd.Timestamp.min, pd.Timestamp.max))
    if moment.year < first.year + 1:
        return first
    return last if moment.year >= last.year else pd.Timestamp(moment).tz_convert("UTC")
