"""The dictionaries of `draw_ecomap` in, checked options out; nothing here imports pandas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.errors import did_you_mean
from ecoscope_workflows.tasks.results._map_colors import color_stops, parse_color

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

Kws = dict[str, Any]

PRESET_TILES: dict[str, Kws] = {
    "OpenStreetMap": {
        "url": "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        "attribution": "© OpenStreetMap contributors (openstreetmap.org/copyright)",
        "max_zoom": 19,
    },
    "ROADMAP": {
        "url": "https://server.arcgisonline.com/ArcGIS/rest/services/World_Street_Map/MapServer/tile/{z}/{y}/{x}",
        "attribution": "Tiles © Esri",
        "max_zoom": 18,
    },
    "SATELLITE": {
        "url": "https://server.arcgisonline.com/ArcGIS/rest/services/World_Imagery/MapServer/tile/{z}/{y}/{x}",
        "attribution": "Imagery © Esri",
        "max_zoom": 17,
    },
    "TERRAIN": {
        "url": "https://server.arcgisonline.com/ArcGIS/rest/services/World_Topo_Map/MapServer/tile/{z}/{y}/{x}",
        "attribution": "Tiles © Esri",
        "max_zoom": 17,
    },
}

CORNERS = ("top-left", "top-right", "bottom-left", "bottom-right")
MAX_ZOOM = 22

_CSS_LENGTH = re.compile(r"\d{1,3}(?:\.\d{1,3})?(?:px|pt|em|rem)")
_CSS_FONTS = re.compile(r"[A-Za-z][A-Za-z0-9 ,-]{0,120}")
# A fixed set of placeholders: anything else in braces would stop the map with an error in the browser.
_TILE_URL = re.compile(
    r"(?P<scheme>https?)://(?P<any>\{s\}\.)?(?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?P<port>:\d{1,5})?"
    r"/(?:[A-Za-z0-9._~:/?#\[\]@!$&()*+,=%-]|\{[zxyrs]\})*"
)


@dataclass(frozen=True, slots=True)
class TitleStyle:
    """How the title looks, as CSS values."""

    font_size: str = "1.25rem"
    font_color: str = "#1d2721"
    font_family: str = "inherit"
    font_style: str = "normal"
    font_weight: str = "600"
    background_color: str = "#ffffff"
    align: str = "left"
    position: str = "top"


@dataclass(frozen=True, slots=True)
class NorthArrow:
    """Where the north arrow stands; `scale` 1 is 44 pixels high."""

    placement: str = "top-right"
    scale: float = 1.0
    angle: float = 0.0
    color: str = "#1d2721"


@dataclass(frozen=True, slots=True)
class TileLayer:
    """A background of image tiles, and the origin that a page must allow for it."""

    name: str
    url: str
    attribution: str
    opacity: float
    min_zoom: int
    max_zoom: int
    origin: str


@dataclass(frozen=True, slots=True)
class FeatureStyle:
    """How features are coloured, drawn and explained; None leaves the choice to the data."""

    column: str | None = None
    color_column: str | None = None
    cmap: str | tuple[str, ...] | dict[str, str] | None = None
    color: str | None = None
    scheme: str = "equal_interval"
    k: int = 6
    opacity: float | None = None
    line_width: float | None = None
    point_radius: float = 5.0
    legend: bool = True
    legend_title: str | None = None
    tooltip: bool | tuple[str, ...] = True
    popup: bool | tuple[str, ...] = False


def parse_title(kws: Mapping[str, Any]) -> TitleStyle:
    """Check ``title_kws``; see `draw_ecomap`."""
    _refuse_unknown(kws, TitleStyle.__dataclass_fields__, "title_kws")
    checked: Kws = {}
    for key, value in kws.items():
        what = f"title_kws[{key!r}]"
        if key in ("font_color", "background_color"):
            checked[key] = parse_color(value, what)
        elif key == "font_size":
            checked[key] = _length(value, what)
        elif key == "font_family":
            family = ", ".join(value) if isinstance(value, (list, tuple)) else value
            checked[key] = _matching(family, _CSS_FONTS, what, "font names, such as 'Georgia, serif'")
        else:
            checked[key] = one_of(str(value), _TITLE_CHOICES[key], what)
    return TitleStyle(**checked)


_TITLE_CHOICES = {
    "font_style": ("normal", "italic", "oblique"),
    "font_weight": ("normal", "bold", *(str(weight) for weight in range(100, 1000, 100))),
    "align": ("left", "center", "right"),
    "position": ("top", "bottom"),
}


def parse_north_arrow(kws: Mapping[str, Any]) -> NorthArrow:
    """Check ``north_arrow_kws``; see `draw_ecomap`."""
    _refuse_unknown(kws, (*NorthArrow.__dataclass_fields__, "position"), "north_arrow_kws")
    if "placement" in kws and "position" in kws:
        raise ValueError("north_arrow_kws: 'placement' and 'position' mean the same; give one of them")
    checked: Kws = {}
    for key, value in kws.items():
        what = f"north_arrow_kws[{key!r}]"
        if key == "color":
            checked[key] = parse_color(value, what)
        elif key in ("scale", "angle"):
            checked[key] = number_in(value, *((0.2, 5.0) if key == "scale" else (-360.0, 360.0)), what)
        else:
            # Leaflet writes 'topright' where other map libraries write 'top-right'.
            corner = re.sub(r"^(top|bottom)(left|right)$", r"\1-\2", str(value))
            checked["placement"] = one_of(corner, CORNERS, what)
    return NorthArrow(**checked)


def parse_tile_layers(layers: Sequence[Mapping[str, Any]]) -> list[TileLayer]:
    """Check ``tile_layers``; see `draw_ecomap`."""
    return [_parse_tile_layer(layer, f"tile_layers[{i}]") for i, layer in enumerate(layers)]


def _parse_tile_layer(layer: Mapping[str, Any], what: str) -> TileLayer:
    _refuse_unknown(layer, ("name", "url", "attribution", "opacity", "min_zoom", "max_zoom"), what)
    name = str(layer.get("name", ""))
    if not layer.get("url") and name not in PRESET_TILES:
        hint = did_you_mean(name, PRESET_TILES) or f"expected one of: {', '.join(sorted(PRESET_TILES))}"
        raise ValueError(f"{what}: no background is called {name!r}; {hint}; or give a 'url'")
    given: Kws = {**PRESET_TILES.get(name, {}), **layer}
    expected = "http(s)://host/path with {z}, {x} and {y} (and {s}, {r} where the server has them)"
    url = _matching(given["url"], _TILE_URL, f"{what}['url']", expected)
    parts = _TILE_URL.fullmatch(url)
    if parts is None or not all(hole in url for hole in ("{z}", "{x}", "{y}")):
        raise ValueError(f"{what}['url']: {url!r} lacks one of {{z}}, {{x}} and {{y}}; expected {expected}")
    min_zoom = int(number_in(given.get("min_zoom", 0), 0, MAX_ZOOM, f"{what}['min_zoom']"))
    return TileLayer(
        name=name or parts["host"],
        url=url,
        attribution=str(given.get("attribution", "")),
        opacity=number_in(given.get("opacity", 1.0), 0.0, 1.0, f"{what}['opacity']"),
        min_zoom=min_zoom,
        max_zoom=int(number_in(given.get("max_zoom", 19), min_zoom, MAX_ZOOM, f"{what}['max_zoom']")),
        origin=f"{parts['scheme']}://{'*.' if parts['any'] else ''}{parts['host']}{parts['port'] or ''}",
    )


def parse_features(kws: Mapping[str, Any]) -> FeatureStyle:
    """Check ``add_gdf_kws`` as far as that needs no data; see `draw_ecomap`."""
    _refuse_unknown(kws, FeatureStyle.__dataclass_fields__, "add_gdf_kws")
    given = {key: value for key, value in kws.items() if value is not None}
    return FeatureStyle(**{key: _feature_value(key, given[key]) for key in given})


_NUMBER_RANGES = {"opacity": (0.0, 1.0), "line_width": (0.1, 30.0), "point_radius": (0.5, 50.0), "k": (1, 20)}


def _feature_value(key: str, value: Any) -> Any:
    what = f"add_gdf_kws[{key!r}]"
    if key == "color":
        return parse_color(value, what)
    if key == "cmap":
        return _color_map(value, what)
    if key in _NUMBER_RANGES:
        number = number_in(value, *_NUMBER_RANGES[key], what)
        return int(number) if key == "k" else number
    if key == "scheme":
        return one_of(value, ("equal_interval", "quantile"), what)
    if key in ("tooltip", "popup"):
        return _columns(value, what)
    expected = bool if key == "legend" else str
    if not isinstance(value, expected):
        raise ValueError(f"{what}: expected {expected.__name__}, got {value!r}")  # noqa: TRY004  # a user's value
    return value


def _columns(value: Any, what: str) -> bool | tuple[str, ...]:
    if isinstance(value, bool):
        return value
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{what}: expected true, false or names of columns, got {value!r}")
    return tuple(names)


def _color_map(value: Any, what: str) -> str | tuple[str, ...] | dict[str, str]:
    if isinstance(value, str):
        color_stops(value, what)
        return value
    if isinstance(value, dict) and value:
        return {str(key): parse_color(color, what) for key, color in value.items()}
    if isinstance(value, (list, tuple)) and value:
        return tuple(parse_color(color, what)[:7] for color in value)
    raise ValueError(f"{what}: expected a name, a list of colours or {{value: colour}}, got {value!r}")


def number_in(value: Any, low: float, high: float, what: str) -> float:
    """Return a number between two bounds (both allowed), or raise ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ValueError(f"{what}: expected a number from {low:g} to {high:g}, got {value!r}")
    return float(value)


def one_of(value: Any, choices: Collection[str], what: str) -> str:
    """Return a word that is among the choices, or raise ValueError."""
    if value not in choices:
        raise ValueError(f"{what}: expected one of {', '.join(choices)}; got {value!r}")
    return str(value)


def _length(value: Any, what: str) -> str:
    text = f"{value:g}px" if isinstance(value, (int, float)) and not isinstance(value, bool) else value
    return _matching(text, _CSS_LENGTH, what, "pixels as a number, or a CSS length such as '24px' or '1.5em'")


def _matching(value: Any, pattern: re.Pattern[str], what: str, expected: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{what}: expected {expected}; got {value!r}")
    return value


def _refuse_unknown(kws: Mapping[str, Any], known: Collection[str], what: str) -> None:
    unknown = [key for key in kws if key not in known]
    if unknown:
        hint = did_you_mean(str(unknown[0]), known)
        near = f"; {hint}" if hint.startswith("did") else ""
        raise ValueError(f"{what}: unknown key {unknown[0]!r}{near} Known keys: {', '.join(sorted(known))}.")
