"""Rows with colours in; a short list of colours, the number of each row's colour, and legend entries out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ecoscope_workflows.tasks.results._layer_definition import LegendItem
from ecoscope_workflows.tasks.results._map_colors import MISSING_COLOR, parse_color
from ecoscope_workflows.tasks.results._map_columns import require_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecoscope_workflows.tasks.results._layer_styles import LegendDefinition

PLAIN_COLOR = "#1f6f78"
NO_VALUE = "no value"
# A legend entry names so many of the labels that share its colour.
MAX_LABELS = 3


@dataclass(frozen=True, slots=True)
class RowColors:
    """The distinct colours in order of appearance, and the number of each row's colour, shape (n,)."""

    colors: list[str]
    codes: NDArray[np.int64]

    @property
    def visible(self) -> NDArray[np.bool_]:
        """Whether each row has a colour that is not wholly transparent, shape (n,)."""
        seen = np.array([not (len(color) == 9 and color.endswith("00")) for color in self.colors], dtype=bool)  # noqa: PLR2004
        return seen[self.codes] if len(seen) else np.zeros(0, dtype=bool)


def colors_of_column(frame: pd.DataFrame, column: str, what: str) -> RowColors:
    """Return the colours that a column holds: RGBA lists, tuples or arrays, or text; a missing one is grey.

    Raises
    ------
    ValueError
        When the column is missing, or holds something that is no colour.
    """
    cells = require_column(frame, column, what).tolist()
    keys = _keys(cells)
    codes, distinct = pd.factorize(keys, use_na_sentinel=True)
    colors = [parse_color(key, f"column {column!r}") for key in distinct]
    # Different spellings of one colour are one class.
    names = list(dict.fromkeys(colors))
    if (codes < 0).any():
        names = list(dict.fromkeys([*names, MISSING_COLOR]))
        codes = np.where(codes < 0, len(colors), codes)
        colors.append(MISSING_COLOR)
    number = np.array([names.index(color) for color in colors], dtype=np.int64)
    return RowColors(names, number[codes] if len(codes) else np.zeros(0, dtype=np.int64))


def _keys(cells: list[Any]) -> NDArray[np.object_]:
    """Return one hashable object per cell: text, a tuple, or None where there is no colour."""
    keys = np.empty(len(cells), dtype=object)
    for i, cell in enumerate(cells):
        if isinstance(cell, np.ndarray):
            keys[i] = tuple(cell.tolist())
        elif isinstance(cell, (list, tuple)):
            keys[i] = tuple(cell)
        else:
            keys[i] = cell if isinstance(cell, str) else None if pd.isna(cell) else repr(cell)
    return keys


def given_colors(value: str | Sequence[Any] | None, rows: int, what: str) -> RowColors:
    """Return the colours that a style names: one for all rows, one for each, or the usual one for None.

    Raises
    ------
    ValueError
        When the value is no colour, or the list has another length than the frame.
    """
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], (list, tuple)):
        if len(value) != rows:
            raise ValueError(f"{what}: expected one colour or {rows}, one for each row; got {len(value)}")
        return colors_of_column(pd.DataFrame({what: pd.Series(list(value), dtype=object)}), what, what)
    color = PLAIN_COLOR if value is None else parse_color(value, what)
    return RowColors([color], np.zeros(rows, dtype=np.int64))


def legend_items(frame: pd.DataFrame, drawn: RowColors, legend: LegendDefinition) -> list[LegendItem]:
    """Return what the legend says of a layer.

    Parameters
    ----------
    frame
        The rows that are drawn, in their own order.
    drawn
        Their colours.
    legend
        What was asked for.

    Raises
    ------
    ValueError
        When a column is missing, a colour has no label, or a label no colour.
    """
    suffix = legend.label_suffix or ""
    if legend.labels is not None or legend.colors is not None:
        labels, colors = legend.labels or [], legend.colors or []
        if len(labels) != len(colors):
            raise ValueError(
                f"legend: {len(labels)} labels and {len(colors)} colors; give one color per label"
            )
        return [
            LegendItem(label=label + suffix, color=parse_color(color, "legend['colors']"))
            for label, color in zip(labels, colors, strict=True)
        ]
    if legend.label_column is None:
        if legend.color_column is None:
            return []
        raise ValueError(
            f"legend: color_column {legend.color_column!r} has no label_column; name the column of its labels"
        )
    shown = drawn if legend.color_column is None else _legend_colors(frame, legend.color_column)
    values = require_column(frame, legend.label_column, "legend['label_column']").tolist()
    labels_of: dict[int, dict[str, None]] = {}
    for code, value, seen in zip(shown.codes.tolist(), values, shown.visible.tolist(), strict=True):
        if seen:
            labels_of.setdefault(code, {})[_text(value)] = None
    entries = [(list(labels), shown.colors[code]) for code, labels in labels_of.items()]
    if legend.sort is not None:
        entries = _sorted(entries, descending=legend.sort == "descending")
    return [LegendItem(label=_joined(labels, suffix), color=color) for labels, color in entries]


def _legend_colors(frame: pd.DataFrame, column: str) -> RowColors:
    return colors_of_column(frame, column, "legend['color_column']")


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return NO_VALUE if value is None or value is pd.NA or value != value else str(value)  # noqa: PLR0124  # NaN


def _joined(labels: list[str], suffix: str) -> str:
    """Return one text for all labels of a colour; a colour map with few colours gives several the same."""
    shown = [label if label == NO_VALUE else label + suffix for label in labels[:MAX_LABELS]]
    more = len(labels) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _sorted(entries: list[tuple[list[str], str]], *, descending: bool) -> list[tuple[list[str], str]]:
    """Sort by the first label, as numbers where all are; what has no value stands last."""
    known = [entry for entry in entries if entry[0][0] != NO_VALUE]
    numbers = [_number(labels[0]) for labels, _ in known]
    if all(number is not None for number in numbers):
        order = sorted(range(len(known)), key=lambda i: numbers[i] or 0.0, reverse=descending)
    else:
        order = sorted(range(len(known)), key=lambda i: known[i][0][0], reverse=descending)
    return [known[i] for i in order] + [entry for entry in entries if entry[0][0] == NO_VALUE]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
