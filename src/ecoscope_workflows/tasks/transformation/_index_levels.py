"""Levels of an index that rows are grouped by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ecoscope_workflows.tasks.groupers import MONTHS, WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.tasks.groupers import TemporalIndex

# Per directive: what distinguishes its groups as a number, and how that is written.
# `strftime` itself writes in the language of the process, and row by row.
_PARTS: dict[TemporalIndex, tuple[Callable[[Any], Any], Callable[[int], str]]] = {
    "%Y": (lambda times: times.year, "{}".format),
    "%B": (lambda times: times.month, lambda month: MONTHS[month - 1]),
    "%Y-%m": (
        lambda times: times.year * 100 + times.month,
        lambda number: f"{number // 100}-{number % 100:02}",
    ),
    "%j": (lambda times: times.day_of_year, "{:03}".format),
    "%d": (lambda times: times.day, "{:02}".format),
    "%A": (lambda times: times.day_of_week, WEEKDAYS.__getitem__),
    "%H": (lambda times: times.hour, "{:02}".format),
    "%Y-%m-%d": (
        lambda times: times.year * 10000 + times.month * 100 + times.day,
        lambda number: f"{number // 10000}-{number // 100 % 100:02}-{number % 100:02}",
    ),
}


def with_times(frame: pd.DataFrame, column: str, time_format: str) -> pd.DataFrame:
    """Return the frame with a column read as times; one of times stays as it is."""
    written = _column(frame, column)
    if pd.api.types.is_datetime64_any_dtype(written):
        return frame
    try:
        times = pd.to_datetime(written, format=time_format)
    except ValueError as error:
        raise ValueError(
            f"column {column!r} cannot be read as times with format={time_format!r}: {error}; "
            "times of several offsets from UTC must be converted to one zone before, "
            "e.g. with convert_values_to_timezone"
        ) from error
    return frame.assign(**{column: times})


def temporal_labels(frame: pd.DataFrame, column: str, directive: TemporalIndex) -> pd.Index:
    """Return for each row what a directive of ``strftime`` makes of its time; null where there is none."""
    times = _column(frame, column)
    if not pd.api.types.is_datetime64_any_dtype(times):
        raise ValueError(
            f"column {column!r} is of {times.dtype}, not of times of one zone: "
            "set cast_to_datetime to true, or convert it before"
        )
    number, written = _PARTS[directive]
    places, numbers = pd.factorize(number(times.dt))
    # A null time has the place -1, that of the null behind the texts.
    texts = np.array([*(written(int(found)) for found in numbers), None], dtype=object)[places]
    labels: pd.Index = pd.Index(texts, dtype=None if len(texts) else "str")
    return labels


def with_level(frame: pd.DataFrame, name: str, labels: pd.Index) -> pd.DataFrame:
    """Return the frame with a level behind those of its index."""
    return frame.set_index(labels.rename(name), append=True)


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame.columns:
        raise ValueError(
            f"there is no column {name!r} of times; existing columns: {', '.join(map(str, frame.columns))}"
        )
    return frame[name]
