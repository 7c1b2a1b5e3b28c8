"""A frame and a style in; one colour class per feature, and the legend of the classes, out."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ecoscope_workflows.tasks.results._map_colors import (
    CATEGORY_COLORS,
    MISSING_COLOR,
    color_stops,
    parse_color,
    sample_colors,
)
from ecoscope_workflows.tasks.results._map_columns import label_of, require_column
from ecoscope_workflows.tasks.results._map_legend import LegendEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ecoscope_workflows.tasks.results._map_options import FeatureStyle

# Coloured by the first of these that the frame has, where the user names no column.
DEFAULT_COLUMNS = ("percentile", "speed_kmhr", "event_type", "groupby_col")
PLAIN_COLOR = "#1f6f78"
OTHER_COLOR = "#b3aea4"
MAX_LEGEND_ENTRIES = 24
# Which part of the default colour maps is used: the palest colours vanish on a light page.
AREA_SHARES = (0.12, 0.95)
TRACK_SHARES = (0.0, 0.82)


@dataclass(frozen=True, slots=True)
class Classes:
    """The colour class of every feature, shape (n,), the colours, and the legend in reading order."""

    codes: NDArray[np.int64]
    colors: list[str]
    title: str
    legend: list[LegendEntry]


def classify(frame: pd.DataFrame, style: FeatureStyle, *, areas: bool) -> Classes:
    """Give every row a colour.

    Parameters
    ----------
    frame
        The rows that are drawn, in any order.
    style
        Checked options.
    areas
        Whether the rows are areas: they get other default colours than lines and points.

    Raises
    ------
    ValueError
        When a named column is missing, or the colour column holds something that is no colour.
    """
    column = style.column or _default_column(frame, style)
    if style.color_column is not None:
        return _ready_made(frame, style, column)
    if column is None:
        return Classes(np.zeros(len(frame), dtype=np.int64), [style.color or PLAIN_COLOR], "", [])
    values = require_column(frame, column, "add_gdf_kws['column']")
    title = label_of(column) if style.legend_title is None else style.legend_title
    if column == "percentile" and pd.api.types.is_numeric_dtype(values.dtype):
        return _percentiles(frame, values, style, title)
    if isinstance(style.cmap, dict) or not _is_measure(values):
        return _categories(values, style, title)
    return _intervals(values, style, title, areas=areas)


def _default_column(frame: pd.DataFrame, style: FeatureStyle) -> str | None:
    if style.color is not None or style.color_column is not None:
        return None
    return next(
        (name for name in DEFAULT_COLUMNS if name in frame.columns and frame[name].notna().any()), None
    )


def _is_measure(values: pd.Series[Any]) -> bool:
    numeric = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
    return numeric or pd.api.types.is_datetime64_any_dtype(values.dtype)


def _stops(style: FeatureStyle, default: str) -> Sequence[str]:
    if isinstance(style.cmap, tuple):
        return style.cmap
    return color_stops(style.cmap if isinstance(style.cmap, str) else default, "add_gdf_kws['cmap']")


def _percentiles(frame: pd.DataFrame, values: pd.Series[Any], style: FeatureStyle, title: str) -> Classes:
    """Give every percentile its own colour, the strongest to the smallest area: the core of the range."""
    levels = sorted(values.dropna().unique().tolist())
    shares = AREA_SHARES if style.cmap is None else (0.0, 1.0)
    colors = sample_colors(_stops(style, "YlOrRd"), len(levels), *shares)[::-1]
    areas = _area_texts(frame["area_sqkm"].to_numpy(dtype=np.float64)) if "area_sqkm" in frame.columns else []
    legend = []
    for code, level in enumerate(levels):
        rows = (values == level).to_numpy()
        # Areas of several subjects may overlap, so their sum would be no area of anything.
        detail = areas[rows.argmax()] if areas and np.count_nonzero(rows) == 1 else ""
        legend.append(LegendEntry(code, colors[code], f"{level:g} %", detail))
    codes = np.searchsorted(
        np.array(levels, dtype=np.float64), values.to_numpy(dtype=np.float64, na_value=np.inf)
    )
    if style.legend_title is None:
        title = "Percentile and area" if any(entry.detail for entry in legend) else "Percentile"
    return _with_missing(codes.astype(np.int64), values.isna().to_numpy(), colors, title, legend)


def _area_texts(areas: NDArray[np.float64]) -> list[str]:
    """Write areas with as many decimals as give the smallest of them three digits."""
    smallest = float(areas[areas > 0].min(initial=np.inf))
    decimals = int(np.clip(2 - np.floor(np.log10(smallest)), 0, 6)) if np.isfinite(smallest) else 0
    unit = Decimal(1).scaleb(-decimals)
    # Rounded half up, as the page itself does for the values beside a feature.
    return [f"{Decimal(str(area)).quantize(unit, ROUND_HALF_UP):,} km²" for area in areas.tolist()]


def _intervals(values: pd.Series[Any], style: FeatureStyle, title: str, *, areas: bool) -> Classes:
    times = pd.api.types.is_datetime64_any_dtype(values.dtype)
    numbers = _seconds(values) if times else values.to_numpy(dtype=np.float64, na_value=np.nan)
    known = np.isfinite(numbers)
    if not known.any():
        return _with_missing(np.zeros(len(numbers), dtype=np.int64), ~known, [], title, [])
    levels = np.unique(numbers[known])
    edges = _edges(numbers[known], style)
    labels = _time_labels(edges) if times else _number_labels(edges)
    if len(levels) <= style.k and not times:
        edges, labels = np.concatenate([levels[:1], levels]), [f"{level:g}" for level in levels]
    default, shares = ("YlOrRd", AREA_SHARES) if areas else ("plasma", TRACK_SHARES)
    colors = _spread(_stops(style, default), len(labels), shares if style.cmap is None else (0.0, 1.0))
    # As in mapclassify: a value on an edge belongs to the class below it.
    codes = np.searchsorted(edges[1:-1], np.where(known, numbers, 0.0), side="left").astype(np.int64)
    legend = [LegendEntry(code, colors[code], label) for code, label in enumerate(labels)]
    return _with_missing(codes, ~known, colors, title, legend)


def _spread(stops: Sequence[str], count: int, shares: tuple[float, float]) -> list[str]:
    """Return one colour per class; a list with a colour for every class is taken as it is."""
    return (
        list(stops) if len(stops) == count and shares == (0.0, 1.0) else sample_colors(stops, count, *shares)
    )


def _seconds(values: pd.Series[Any]) -> NDArray[np.float64]:
    wall = values.dt.tz_localize(None).to_numpy(dtype="datetime64[s]")
    return np.where(np.isnat(wall), np.nan, wall.astype(np.int64).astype(np.float64))


def _edges(numbers: NDArray[np.float64], style: FeatureStyle) -> NDArray[np.float64]:
    if style.scheme == "quantile":
        edges = np.unique(np.quantile(numbers, np.linspace(0.0, 1.0, style.k + 1)))
    else:
        edges = np.unique(np.linspace(numbers.min(), numbers.max(), style.k + 1))
    return edges if len(edges) > 1 else np.repeat(edges, 2)


def _number_labels(edges: NDArray[np.float64]) -> list[str]:
    """Write ranges with as many decimals as tell the narrowest class apart by two digits."""
    if edges[0] == edges[-1]:
        return [f"{edges[0]:g}"]
    decimals = int(np.clip(1 - np.floor(np.log10(np.diff(edges).min())), 0, 9))
    texts = [f"{edge:,.{decimals}f}" for edge in edges]
    return [f"{low} – {high}" for low, high in itertools.pairwise(texts)]  # noqa: RUF001


def _time_labels(edges: NDArray[np.float64]) -> list[str]:
    unit = "D" if np.diff(edges).min() >= 86_400 else "m"  # noqa: PLR2004  # seconds of a day
    texts = [
        str(np.datetime64(int(edge), "s").astype(f"datetime64[{unit}]")).replace("T", " ") for edge in edges
    ]
    if edges[0] == edges[-1]:
        return texts[:1]
    return [f"{low} – {high}" for low, high in itertools.pairwise(texts)]  # noqa: RUF001


def _categories(values: pd.Series[Any], style: FeatureStyle, title: str) -> Classes:
    """Give every distinct value a colour; beyond the palette the rarest share one, called other."""
    missing = values.isna().to_numpy()
    text = np.array(
        ["" if lost else str(value) for value, lost in zip(values.tolist(), missing, strict=True)],
        dtype=object,
    )
    names, counts = np.unique(text[~missing].astype(str), return_counts=True)
    if isinstance(style.cmap, dict):
        palette = style.cmap
        kept = [name for name in names.tolist() if name in palette]
        colors = [palette[name] for name in kept]
    else:
        stops = _stops(style, "viridis") if style.cmap is not None else CATEGORY_COLORS
        room = max(len(stops), len(CATEGORY_COLORS))
        frequent = names if len(names) <= room else names[np.argsort(-counts, kind="stable")[: room - 1]]
        kept = sorted(frequent.tolist())
        fits = len(kept) <= len(stops) and not isinstance(style.cmap, str)
        colors = list(stops[: len(kept)]) if fits else sample_colors(stops, len(kept))
    index = {name: code for code, name in enumerate(kept)}
    legend = [LegendEntry(code, colors[code], name) for code, name in enumerate(kept)]
    others = len(names) - len(kept)
    if others:
        legend.append(LegendEntry(len(kept), OTHER_COLOR, f"other ({others} values)"))
        colors = [*colors, OTHER_COLOR]
    codes = np.array([index.get(name, len(kept)) for name in text], dtype=np.int64)
    return _with_missing(codes, missing, colors, title, legend)


def _ready_made(frame: pd.DataFrame, style: FeatureStyle, column: str | None) -> Classes:
    """Take the colour of every row from a column, as a colour map task leaves it."""
    what = f"column {style.color_column!r}"
    cells = require_column(frame, str(style.color_column), "add_gdf_kws['color_column']").tolist()
    keys = [tuple(cell) if isinstance(cell, (list, np.ndarray)) else cell for cell in cells]
    missing = np.array([key is None or key is pd.NA or key != key for key in keys], dtype=bool)  # noqa: PLR0124
    parsed = {key: parse_color(key, what) for key, lost in zip(keys, missing, strict=True) if not lost}
    colors = list(dict.fromkeys(parsed.values()))
    index = {color: code for code, color in enumerate(colors)}
    codes = np.array(
        [0 if lost else index[parsed[key]] for key, lost in zip(keys, missing, strict=True)], dtype=np.int64
    )
    if column is None:
        return _with_missing(codes, missing, colors, "", [])
    names = require_column(frame, column, "add_gdf_kws['column']").tolist()
    pairs = dict.fromkeys(
        (str(name), int(code)) for name, code, lost in zip(names, codes, missing, strict=True) if not lost
    )
    legend = [LegendEntry(code, colors[code], name) for name, code in pairs]
    title = label_of(column) if style.legend_title is None else style.legend_title
    return _with_missing(codes, missing, colors, title, legend if len(legend) <= MAX_LEGEND_ENTRIES else [])


def _with_missing(
    codes: NDArray[np.int64],
    missing: NDArray[np.bool_],
    colors: list[str],
    title: str,
    legend: list[LegendEntry],
) -> Classes:
    """Add the class of rows without a value, where there are such rows."""
    if not missing.any():
        return Classes(codes, colors, title, legend)
    entry = LegendEntry(len(colors), MISSING_COLOR, "no value")
    return Classes(np.where(missing, entry.code, codes), [*colors, MISSING_COLOR], title, [*legend, entry])
