"""Layers and options in, the page of their map out; nothing here imports numpy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.tasks.results import _map_options, _map_page
from ecoscope_workflows.tasks.results._map_legend import Legend, LegendEntry, LegendSection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.tasks.results._base_maps import TileLayer
    from ecoscope_workflows.tasks.results._layer_definition import Bounds, LayerDefinition, LegendItem
    from ecoscope_workflows.tasks.results._layer_styles import LegendStyle, NorthArrowStyle, ViewState

WORDS = {"polygon": ("area", "areas"), "polyline": ("line", "lines"), "point": ("point", "points")}
SWATCHES = {"polygon": "polygons", "polyline": "lines", "point": "points"}
TURN = 360.0
# One point alone would else be shown at the scale of a doorstep, where no background has tiles.
CLOSEST_FIT = 16
LARGEST_ZOOM = 24
_TRANSFORM = re.compile(r"\s*(?:scale\((?P<scale>\d{0,2}\.?\d{1,3})\))?\s*")


@dataclass(frozen=True, slots=True)
class Placement:
    """Layers, by how many degrees each is turned to lie beside the first, and what the map shows of them."""

    layers: Sequence[LayerDefinition]
    turns: Sequence[float]
    bounds: Bounds | None


def ecomap_page(
    layers: Sequence[LayerDefinition],
    *,
    tiles: Sequence[TileLayer],
    static: bool,
    title: str,
    name: str,
    arrow: NorthArrowStyle,
    legend: LegendStyle,
    max_zoom: int,
    view: ViewState | None,
) -> str:
    """Return the page; see `draw_ecomap`."""
    if not 0 <= max_zoom <= LARGEST_ZOOM:
        raise ValueError(f"max_zoom: expected 0 to {LARGEST_ZOOM}, got {max_zoom!r}")
    backgrounds = [background(tile) for tile in tiles]
    placed = _placed(layers)
    sections, keys = _legend_of(layers)
    north = _arrow(arrow, legend)
    title_style = _map_options.TitleStyle()
    settings = {
        "static": static,
        "cased": True,
        "maxZoom": max_zoom,
        "fitZoom": min(max_zoom, CLOSEST_FIT),
        "view": None if view is None else _view(view, max_zoom),
        "tiles": [_tile(tile) for tile in backgrounds],
        "properties": _map_page.properties((0, 0), title_style),
    }
    drawn = zip(layers, placed.turns, keys, strict=True)
    data = {
        "settings": settings,
        "bounds": placed.bounds,
        "layers": [_layer(layer, turn, layer_keys, static=static) for layer, turn, layer_keys in drawn],
    }
    page = _map_page.Page(
        title=title,
        title_style=title_style,
        arrow=north,
        size=(0, 0),
        static=static,
        search=False,
        tiles=backgrounds,
        legend=Legend(legend.display_name, _corner(legend.placement, "bottom-right"), sections),
        name=name,
        map_label=_label(layers, legend.display_name if any(part.entries for part in sections) else ""),
        empty="" if any(layer.features for layer in layers) else "No data to show",
        notes=_notes(layers),
        data=data,
    )
    return _map_page.render(page)


def background(tile: TileLayer) -> _map_options.TileLayer:
    """Return a background as the page takes it, with the credits and the limits of a server that is known."""
    known = next((kws for kws in _map_options.PRESET_TILES.values() if kws["url"] == tile.url), {})
    max_zoom = min(tile.max_zoom, known.get("max_zoom", _map_options.MAX_ZOOM))
    kws = {"url": tile.url, "opacity": tile.opacity, "attribution": known.get("attribution", "")}
    (layer,) = _map_options.parse_tile_layers(
        [{**kws, "min_zoom": min(tile.min_zoom, max_zoom), "max_zoom": max_zoom}]
    )
    return layer


def _tile(tile: _map_options.TileLayer) -> dict[str, Any]:
    return {"url": tile.url, "opacity": tile.opacity, "minZoom": tile.min_zoom, "maxZoom": tile.max_zoom}


def _placed(layers: Sequence[LayerDefinition]) -> Placement:
    """Bring layers together that lie a turn of the globe apart, such as on both sides of the antimeridian."""
    turns = []
    bounds: list[tuple[float, float, float, float]] = []
    middle: float | None = None
    for layer in layers:
        turn = 0.0
        if layer.bounds is not None:
            (south, west), (north, east) = layer.bounds
            own = (west + east) / 2
            middle = own if middle is None else middle
            turn = -TURN * round((own - middle) / TURN)
            bounds.append((south, west + turn, north, east + turn))
        turns.append(turn)
    zoomed = [
        box for box, layer in zip(bounds, (one for one in layers if one.bounds), strict=True) if layer.zoom
    ]
    shown = zoomed or bounds
    if not shown:
        return Placement(layers, turns, None)
    souths, wests, norths, easts = zip(*shown, strict=True)
    return Placement(layers, turns, ((min(souths), min(wests)), (max(norths), max(easts))))


def _legend_of(layers: Sequence[LayerDefinition]) -> tuple[list[LegendSection], list[list[int | None]]]:
    """Return the legend of all layers, and per layer the legend key of each of its colours.

    The key is None where a layer says nothing in the legend, and -1 for a colour that its legend leaves out.
    What several layers say alike stands in the legend once.
    """
    sections: list[LegendSection] = []
    codes: dict[tuple[str, str, str], int] = {}
    keys: list[list[int | None]] = []
    for layer in layers:
        entries = []
        of_color: dict[str, int] = {}
        for item in layer.legend:
            said = (layer.legend_title, item.label, item.color)
            if said not in codes:
                codes[said] = len(codes)
                entries.append(_entry(codes[said], item, layer))
            of_color.setdefault(item.color, codes[said])
        if entries and sections and sections[-1].heading == layer.legend_title:
            sections[-1] = LegendSection(layer.legend_title, [*sections[-1].entries, *entries])
        elif entries:
            sections.append(LegendSection(layer.legend_title, entries))
        keys.append([of_color.get(color, -1) if layer.legend else None for color in layer.colors])
    return sections, keys


def _entry(code: int, item: LegendItem, layer: LayerDefinition) -> LegendEntry:
    look = SWATCHES[layer.layer_type]
    return LegendEntry(code, item.color, item.label, swatch=look, opacity=layer.drawing.opacity)


def _layer(layer: LayerDefinition, turn: float, keys: list[int | None], *, static: bool) -> dict[str, Any]:
    """Return a layer as `map_data.js` and `map_layers.js` read it; a picture does not answer."""
    drawing = layer.drawing.model_dump()
    return {
        "drawing": {re.sub(r"_(.)", lambda part: part[1].upper(), key): drawing[key] for key in drawing},
        "turn": turn,
        "groups": layer.groups,
        "colors": layer.colors,
        "codes": layer.codes,
        "keys": keys,
        "radii": layer.radii,
        "columns": [] if static else layer.columns,
    }


def _view(view: ViewState, max_zoom: int) -> dict[str, Any]:
    # At zoom 0 the world is 512 pixels wide there, and 256 here.
    return {"center": [view.latitude, view.longitude], "zoom": min(view.zoom + 1, max_zoom)}


def _corner(placement: str, usual: str) -> str:
    """Return a corner; what fills the map would hide it."""
    return usual if placement == "fill" else placement


def _arrow(style: NorthArrowStyle, legend: LegendStyle) -> _map_options.NorthArrow:
    """Return the north arrow, in another corner than the legend."""
    transform = _TRANSFORM.fullmatch(style.style.get("transform", ""))
    others = sorted(set(style.style) - {"transform"})
    if transform is None or others:
        wrong = others[0] if others else "transform"
        raise ValueError(
            f"north_arrow_style['style'][{wrong!r}]: expected no more than "
            f"{{'transform': 'scale(0.8)'}}, got {style.style!r}"
        )
    placement = _corner(style.placement, "top-left")
    if placement == _corner(legend.placement, "bottom-right"):
        vertical, horizontal = placement.split("-")
        placement = f"{vertical}-{'right' if horizontal == 'left' else 'left'}"
    scale = _map_options.number_in(
        float(transform["scale"] or 1), 0.2, 5.0, "north_arrow_style['style']['transform'] scale"
    )
    return _map_options.NorthArrow(placement=placement, scale=scale)


def _label(layers: Sequence[LayerDefinition], colored_by: str) -> str:
    counts: dict[str, int] = {}
    for layer in layers:
        counts[layer.layer_type] = counts.get(layer.layer_type, 0) + layer.features
    words = [f"{count:,} {WORDS[kind][count != 1]}" for kind, count in counts.items() if count]
    if not words:
        return "Map without data"
    by = f", coloured by {colored_by}" if colored_by else ""
    keys = "arrow keys move it, plus and minus zoom, Enter goes from feature to feature"
    return f"Map of {' and '.join(words)}{by}; {keys}"


def _notes(layers: Sequence[LayerDefinition]) -> list[str]:
    """Return what the page says about rows that it does not show."""
    counts: dict[str, int] = {}
    for layer in layers:
        for why, count in layer.not_drawn.items():
            counts[why] = counts.get(why, 0) + count
    return [f"Not drawn: {count:,} {'row' if count == 1 else 'rows'} {why}." for why, count in counts.items()]
