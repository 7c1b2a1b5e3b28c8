"""Columns of a frame in, what a chart draws out: numbers, times on the wall clock, escaped texts, colours."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

COLOR_PARTS = (3, 4)
OPAQUE = 255
# A number for each row: text has none.
NUMERIC_AGGREGATES = frozenset({"sum", "mean", "median"})


def check_columns(frame: pd.DataFrame, names: Sequence[str | None]) -> None:
    """Check that a frame has columns or index levels of these names; None stands for no column.

    Raises
    ------
    ValueError
        When one is missing.
    """
    known = [*map(str, frame.columns), *(str(name) for name in frame.index.names if name is not None)]
    for name in names:
        if name is not None and name not in known:
            raise ValueError(f"there is no column {name!r}; the columns are {', '.join(known) or 'none'}")


def values_of(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    """Return a column, or an index level as one."""
    if name in frame.columns:
        column: pd.Series[Any] = frame[name]
        return column
    return pd.Series(frame.index.get_level_values(name), index=frame.index, name=name)


def is_time(values: pd.Series[Any]) -> bool:
    """Return whether all values are times, of one zone or of several."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return True
    present = values.dropna()
    return len(present) > 0 and all(
        isinstance(value, pd.Timestamp) or hasattr(value, "tzinfo") for value in present
    )


def wall_clock(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return times as a clock in their zone shows them, without the zone; those of several zones as UTC."""
    if not pd.api.types.is_datetime64_any_dtype(values):
        values = pd.to_datetime(values, utc=True)
    return values.dt.tz_localize(None) if values.dt.tz is not None else values


def axis_values(values: pd.Series[Any]) -> Any:
    """Return a column as plotly takes it: numbers as an array, times and texts as texts."""
    if is_time(values):
        clock = wall_clock(values).to_numpy("datetime64[ms]")
        texts = np.datetime_as_string(clock, unit="s" if _whole_seconds(clock) else "ms")
        return [None if text == "NaT" else str(text) for text in texts]
    if pd.api.types.is_bool_dtype(values):
        return [str(value) for value in values]
    if pd.api.types.is_numeric_dtype(values):
        return values.to_numpy(float, na_value=np.nan)
    return [None if pd.isna(value) else escaped(value) for value in values]


def _whole_seconds(times: np.ndarray[Any, Any]) -> bool:
    present = times[~np.isnat(times)]
    return bool((present == present.astype("datetime64[s]")).all())


def escaped(value: object) -> str:
    """Return a value as text that plotly shows as it is; it reads some tags and entities of HTML."""
    return html.escape(str(value), quote=False)


def ordered(values: pd.Series[Any]) -> np.ndarray[Any, Any]:
    """Return the positions of the values in order, equal ones as they stand, without the missing ones."""
    sortable = wall_clock(values) if is_time(values) else values
    if sortable.dtype == object:
        # Values of several kinds have no order but that of their texts.
        sortable = sortable.map(str, na_action="ignore")
    present = np.flatnonzero(sortable.notna().to_numpy())
    in_order: np.ndarray[Any, Any] = present[np.argsort(sortable.iloc[present].to_numpy(), kind="stable")]
    return in_order


def css_color(value: Any) -> str | None:
    """Return a colour as CSS: of 3 or 4 numbers from 0 to 255, or a text as it is; None for nothing.

    Raises
    ------
    ValueError
        When it is something else.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and np.isnan(value):
        return None
    parts = [float(part) for part in value] if hasattr(value, "__len__") else []
    if len(parts) not in COLOR_PARTS or not all(0 <= part <= OPAQUE for part in parts):
        raise ValueError(f"expected a colour as text or as 3 or 4 numbers from 0 to 255, got {value!r}")
    red, green, blue = (round(part) for part in parts[:3])
    alpha = parts[3] / OPAQUE if len(parts) > 3 else 1.0  # noqa: PLR2004  # the fourth is opacity
    return f"rgba({red}, {green}, {blue}, {alpha:g})"


def colors_by(frame: pd.DataFrame, category: str, color_column: str | None) -> dict[Any, str]:
    """Return the colour of each category: that of its first row. Without a colour column there are none."""
    if color_column is None:
        return {}
    found: dict[Any, str] = {}
    for value, color in zip(values_of(frame, category), values_of(frame, color_column), strict=True):
        css = css_color(color) if value not in found else None
        if css is not None:
            found[value] = css
    return found


def check_aggregate(values: pd.Series[Any], function: str) -> None:
    """Check that an aggregate can be computed of a column.

    Raises
    ------
    ValueError
        When it needs numbers and there are none.
    """
    if function in NUMERIC_AGGREGATES and not pd.api.types.is_numeric_dtype(values):
        what = f"the {function} of column {values.name!r} needs numbers, which it does not hold"
        raise ValueError(f"{what}: use count or nunique, or another column")
