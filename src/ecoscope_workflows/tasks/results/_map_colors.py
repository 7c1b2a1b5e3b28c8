"""Colours as users write them in, hexadecimal colours out; and the colour maps that a name stands for.

The sequential and diverging maps called after hues are ColorBrewer's (Cynthia Brewer, colorbrewer2.org);
viridis, plasma, magma, inferno and cividis are matplotlib's (CC0), each sampled at nine points.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

COLOR_MAPS = {
    "Blues": "#f7fbff #deebf7 #c6dbef #9ecae1 #6baed6 #4292c6 #2171b5 #08519c #08306b",
    "Greens": "#f7fcf5 #e5f5e0 #c7e9c0 #a1d99b #74c476 #41ab5d #238b45 #006d2c #00441b",
    "Reds": "#fff5f0 #fee0d2 #fcbba1 #fc9272 #fb6a4a #ef3b2c #cb181d #a50f15 #67000d",
    "RdYlBu": "#d73027 #f46d43 #fdae61 #fee090 #ffffbf #e0f3f8 #abd9e9 #74add1 #4575b4",
    "RdYlGn": "#d73027 #f46d43 #fdae61 #fee08b #ffffbf #d9ef8b #a6d96a #66bd63 #1a9850",
    "YlGnBu": "#ffffd9 #edf8b1 #c7e9b4 #7fcdbb #41b6c4 #1d91c0 #225ea8 #253494 #081d58",
    "YlOrRd": "#ffffcc #ffeda0 #fed976 #feb24c #fd8d3c #fc4e2a #e31a1c #bd0026 #800026",
    "cividis": "#00224e #123570 #3b496c #575d6d #707173 #8a8678 #a59c74 #c3b369 #fee838",
    "inferno": "#000004 #210c4a #57106e #8a226a #bc3754 #e45a31 #f98e09 #f9cb35 #fcffa4",
    "magma": "#000004 #1d1147 #51127c #832681 #b73779 #e75263 #fc8961 #fec488 #fcfdbf",
    "plasma": "#0d0887 #4c02a1 #7e03a8 #a92395 #cc4778 #e56b5d #f89540 #fdc527 #f0f921",
    "viridis": "#440154 #472d7b #3b528b #2c728e #21918c #28ae80 #5ec962 #addc30 #fde725",
}

# Told apart by most colour-blind readers, and dark enough for a light page (Okabe and Ito; Paul Tol).
CATEGORY_COLORS = (
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#332288"),
    *("#56b4e9", "#882255", "#117733", "#aa4499", "#8c564b", "#17a2b8"),
)

MISSING_COLOR = "#8c8c8c"

NAMED_COLORS = {
    "black": "#000000",
    "blue": "#0000ff",
    "brown": "#a52a2a",
    "cyan": "#00ffff",
    "gray": "#808080",
    "green": "#008000",
    "grey": "#808080",
    "magenta": "#ff00ff",
    "orange": "#ffa500",
    "pink": "#ffc0cb",
    "purple": "#800080",
    "red": "#ff0000",
    "teal": "#008080",
    "white": "#ffffff",
    "yellow": "#ffff00",
}

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,\s*([01]?\.?\d*)\s*)?\)")


def parse_color(value: object, what: str) -> str:
    """Return a colour as ``#rrggbb`` or ``#rrggbbaa``.

    Parameters
    ----------
    value
        Hexadecimal text, ``rgb(…)`` or ``rgba(…)``, one of `NAMED_COLORS`,
        or a sequence of three or four whole numbers from 0 to 255.
    what
        Where the colour stands, for the error message.

    Raises
    ------
    ValueError
        When the value is none of these.
    """
    color = _parse_text(value.strip()) if isinstance(value, str) else _parse_channels(value)
    if color is None:
        message = f"{what}: {value!r} is not a colour; write '#rrggbb', 'rgb(r, g, b)', (r, g, b) or one of "
        raise ValueError(message + ", ".join(NAMED_COLORS))
    return color


def _parse_text(text: str) -> str | None:
    if _HEX.fullmatch(text):
        digits = text[1:].lower()
        return "#" + ("".join(2 * digit for digit in digits) if len(digits) <= 4 else digits)  # noqa: PLR2004
    match = _RGB.fullmatch(text)
    if match is None:
        return NAMED_COLORS.get(text.lower())
    channels = [int(match[i]) for i in (1, 2, 3)]
    if match[4] not in (None, "", "."):
        channels.append(round(min(float(match[4]), 1.0) * 255))
    return _parse_channels(channels)


def _parse_channels(value: object) -> str | None:
    try:
        channels = [int(channel) for channel in value]  # type: ignore[attr-defined]  # whatever iterates
    except (TypeError, ValueError):
        return None
    if len(channels) not in (3, 4) or not all(0 <= channel <= 255 for channel in channels):  # noqa: PLR2004
        return None
    if channels[3:] == [255]:
        channels.pop()
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def color_stops(name: str, what: str) -> list[str]:
    """Return the colours of a named colour map; a name that ends in ``_r`` runs backwards.

    Raises
    ------
    ValueError
        When no colour map has this name.
    """
    stops = COLOR_MAPS.get(name.removesuffix("_r"))
    if stops is None:
        hint = did_you_mean(name, COLOR_MAPS) or f"expected one of: {', '.join(COLOR_MAPS)}"
        raise ValueError(f"{what}: unknown colour map {name!r}; {hint}")
    colors = stops.split()
    return colors[::-1] if name.endswith("_r") else colors


def sample_colors(stops: Sequence[str], count: int, low: float = 0.0, high: float = 1.0) -> list[str]:
    """Return `count` colours evenly spaced from `low` to `high` (shares of the map), blended linearly.

    Parameters
    ----------
    stops
        At least one ``#rrggbb``; with a single colour all samples are that colour.
    """
    colors = []
    for i in range(count):
        share = low + (high - low) * (i / (count - 1) if count > 1 else 1.0)
        place = share * (len(stops) - 1)
        first = min(int(place), max(len(stops) - 2, 0))
        second = min(first + 1, len(stops) - 1)
        colors.append(_blend(stops[first], stops[second], place - first))
    return colors


def _blend(first: str, second: str, share: float) -> str:
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]
