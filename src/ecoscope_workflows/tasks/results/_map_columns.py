"""Columns of a frame in; what a page needs to write their values beside a feature out, packed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ecoscope_workflows.errors import did_you_mean
from ecoscope_workflows.tasks.results._map_packing import MAX_PACKED, pack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

logger = logging.getLogger(__name__)

# What readers call the columns of the built-in tasks, and the units they are in.
LABELS = {
    "area_sqkm": "Area (km²)",
    "dist_meters": "Distance (m)",
    "event_type": "Event",
    "fixtime": "Time",
    "groupby_col": "Subject",
    "heading": "Heading (°)",
    "name": "Name",
    "nsd": "Net squared displacement (km²)",
    "percentile": "Percentile (%)",
    "segment_end": "End",
    "segment_start": "Start",
    "speed_kmhr": "Speed (km/h)",
    "time": "Time",
    "timespan_seconds": "Duration (s)",
}

# Shown first where the user names no columns.
PREFERRED = (
    *("percentile", "area_sqkm", "name", "event_type", "groupby_col"),
    *("fixtime", "time", "segment_start", "speed_kmhr", "dist_meters"),
)
MAX_DEFAULT_COLUMNS = 5

# More suggestions than this would make the page larger than the map, and a list nobody scrolls.
MAX_SEARCH_VALUES = 10_000

SIGNIFICANT_DIGITS = 6
MAX_DECIMALS = 12


def plain_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose columns have texts for names, each once (the first of twins is kept)."""
    named = frame.rename(columns=str)
    return named.loc[:, ~named.columns.duplicated()]


def label_of(column: str) -> str:
    """Return what a reader calls a column."""
    return LABELS.get(column, column.replace("_", " "))


def require_column(frame: pd.DataFrame, column: str, what: str) -> pd.Series[Any]:
    """Return a column, or raise ValueError with the names that are there."""
    names = [str(name) for name in frame.columns]
    if column not in names:
        hint = did_you_mean(column, names)
        near = f"; {hint}" if hint.startswith("did") else ""
        raise ValueError(
            f"{what}: geodataframe has no column {column!r}{near} Its columns: {', '.join(names)}."
        )
    return frame[column]


def shown_columns(frame: pd.DataFrame, wanted: bool | tuple[str, ...], what: str) -> list[str]:  # noqa: FBT001
    """Return the columns to show: those named, or for True the most telling ones that hold plain values."""
    if isinstance(wanted, tuple):
        for column in wanted:
            require_column(frame, column, what)
        return list(wanted)
    if not wanted:
        return []
    plain = plain_columns(frame)
    known = [column for column in PREFERRED if column in plain]
    return (known or plain)[:MAX_DEFAULT_COLUMNS]


def searched_columns(frame: pd.DataFrame) -> list[str]:
    """Return the text columns, without those of more than `MAX_SEARCH_VALUES` distinct values."""
    text = [str(column) for column in frame.columns if _is_text(frame[column])]
    small = [column for column in text if frame[column].nunique() <= MAX_SEARCH_VALUES]
    for column in text:
        if column not in small:
            logger.warning(
                "search leaves out column %r: more than %d distinct values", column, MAX_SEARCH_VALUES
            )
    return small


def plain_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns that hold numbers, times, texts or truths."""
    return [str(column) for column in frame.columns if _is_plain(frame[column])]


def pack_columns(
    frame: pd.DataFrame, columns: Iterable[str], label: Callable[[str], str] = label_of
) -> list[dict[str, Any]]:
    """Return each column as its name, its label, its type and its packed values."""
    return [{"name": column, "label": label(column), **_pack_column(frame[column])} for column in columns]


def _pack_column(values: pd.Series[Any]) -> dict[str, Any]:
    if isinstance(values.dtype, pd.DatetimeTZDtype) or pd.api.types.is_datetime64_any_dtype(values.dtype):
        return _pack_times(values)
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        finite = np.isfinite(numbers)
        largest = float(np.abs(numbers[finite]).max(initial=0.0))
        whole = bool(np.all(numbers[finite] == np.rint(numbers[finite])))
        if largest < MAX_PACKED and (whole or largest < 10.0**SIGNIFICANT_DIGITS):
            return _pack_numbers(np.where(finite, numbers, 0.0), finite, 0 if whole else _decimals(largest))
    return _pack_text(values)


def _decimals(largest: float) -> int:
    return int(np.clip(SIGNIFICANT_DIGITS - 1 - np.floor(np.log10(max(largest, 1e-12))), 0, MAX_DECIMALS))


def _pack_numbers(numbers: NDArray[np.float64], present: NDArray[np.bool_], decimals: int) -> dict[str, Any]:
    units = np.rint(numbers * 10.0**decimals).astype(np.int64)
    missing = np.flatnonzero(~present).astype(np.int64)
    return {"type": "number", "decimals": decimals, "values": pack(units), "missing": pack(missing)}


def _pack_times(values: pd.Series[Any]) -> dict[str, Any]:
    """Pack times to the second as the clock on the wall shows them, with the name of its zone."""
    zone = "" if values.dt.tz is None else str(values.dt.tz)
    present = values.notna().to_numpy()
    wall = values.dt.tz_localize(None).to_numpy(dtype="datetime64[s]").astype(np.int64)
    packed = _pack_numbers(np.where(present, wall, 0).astype(np.float64), present, 0)
    return {**packed, "type": "time", "zone": zone}


def _pack_text(values: pd.Series[Any]) -> dict[str, Any]:
    """Pack any values as text: each distinct one once, and a code per row (0 stands for a missing value)."""
    text = [None if _is_missing(value) else str(value) for value in values.tolist()]
    words = {word: code for code, word in enumerate(dict.fromkeys(w for w in text if w is not None), start=1)}
    codes = np.array([0 if word is None else words[word] for word in text], dtype=np.int64)
    return {"type": "text", "words": list(words), "values": pack(codes)}


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value  # noqa: PLR0124  # NaN


def _is_text(values: pd.Series[Any]) -> bool:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return _is_text(values.dtype.categories.to_series())
    if not (pd.api.types.is_string_dtype(values.dtype) or pd.api.types.is_object_dtype(values.dtype)):
        return False
    return pd.api.types.infer_dtype(values, skipna=True) == "string"


def _is_plain(values: pd.Series[Any]) -> bool:
    kinds = (pd.api.types.is_numeric_dtype, pd.api.types.is_bool_dtype, pd.api.types.is_datetime64_any_dtype)
    return any(kind(values.dtype) for kind in kinds) or _is_text(values)
