"""A frame with geometries in, a page with its map out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import WithJsonSchema

from ecoscope_workflows.annotations import AnyGeoDataFrame, Html
from ecoscope_workflows.decorators import distributed

if TYPE_CHECKING:
    from ecoscope_workflows.tasks.results._map_classes import Classes
    from ecoscope_workflows.tasks.results._map_geometry import Placed, Shapes
    from ecoscope_workflows.tasks.results._map_options import FeatureStyle, TileLayer

# Published forms say "object" and no more.
Options = Annotated[dict[str, Any], WithJsonSchema({"type": "object"})]

MAX_PIXELS = 10_000
MANY_FEATURES = 3000
WORDS = {"polygons": ("area", "areas"), "lines": ("line", "lines"), "points": ("point", "points")}


@distributed(grammar="tasks")
def draw_ecomap(
    geodataframe: AnyGeoDataFrame,
    static: bool,  # noqa: FBT001  # published parameter
    height: int,
    width: int,
    search_control: bool,  # noqa: FBT001  # published parameter
    title: str,
    title_kws: Options,
    tile_layers: list[Options],
    north_arrow_kws: Options,
    add_gdf_kws: Options,
) -> Html:
    """Draw a frame as an interactive map in one HTML page that opens without a network.

    Areas, lines, points and mixtures of them can be drawn, in any CRS.
    The page shows them in Web Mercator with a grid of longitudes and latitudes, a scale bar, a north arrow,
    a legend, and the values of the feature under the pointer.
    A frame of percentile areas (columns ``percentile``, ``area_sqkm``) is coloured by percentile,
    a trajectory by ``speed_kmhr``, events by ``event_type`` and other frames by ``groupby_col``,
    unless `add_gdf_kws` says otherwise.

    Parameters
    ----------
    geodataframe
        What to draw. Rows without a geometry are counted in a note on the page. The frame is not changed.
    static
        True draws a picture: it cannot be moved or zoomed and has no buttons.
    height, width
        Size of the map with its title in CSS pixels, 0 to 10000; 0 fills the window.
        The page is never wider than its window.
    search_control
        True adds a box that finds features by the values of text columns and zooms to them.
        A column with more than 10,000 distinct values is left out.
        There is no box on a static map, nor where the frame has no text.
    title
        Shown above the map; blank shows none.
    title_kws
        ``font_size`` (pixels, or CSS such as ``"1.5em"``), ``font_color``, ``font_family`` (text or list),
        ``font_style`` (normal, italic, oblique), ``font_weight`` (normal, bold, 100 to 900),
        ``background_color``, ``align`` (left, center, right), ``position`` (top, bottom).
    tile_layers
        Backgrounds, the first at the bottom.
        Each has a ``name`` (``OpenStreetMap``, ``ROADMAP``, ``SATELLITE``, ``TERRAIN``) or a ``url`` such as
        ``https://example.org/{z}/{x}/{y}.png``, and may have ``attribution``, ``opacity`` (0 to 1),
        ``min_zoom`` and ``max_zoom``.
        An open page asks for one trial tile, and for more only when that has come; the map does without.
        Some servers refuse pages opened from a disk.
    north_arrow_kws
        ``placement`` or ``position`` (top-left, top-right, bottom-left, bottom-right, also without hyphen),
        ``scale`` (0.2 to 5), ``angle`` (degrees clockwise; north is up, so leave it 0), ``color``.
    add_gdf_kws
        Colour: ``column`` (numbers, times or words); ``cmap`` (a name such as ``"viridis"`` or ``"Reds_r"``,
        a list of colours, or ``{value: colour}``); ``scheme`` (equal_interval, quantile) with ``k`` classes;
        ``color`` (one for all); ``color_column`` (a column that holds colours, which ``column`` then names).
        For percentiles the end of the colour map goes to the smallest percentile, the core of the range.
        Drawing: ``opacity`` (0 to 1, of all features together), ``line_width``, ``point_radius`` (pixels).
        Text: ``legend`` (bool), ``legend_title``, ``tooltip``, ``popup`` (true, false, or names of columns).
        A colour is ``"#rrggbb"``, ``"rgb(r, g, b)"``, a common name, or 3 or 4 numbers from 0 to 255.

    Returns
    -------
    str
        The page. The same input gives the same text.

    Raises
    ------
    ValueError
        When the frame has no CRS, a dictionary holds an unknown key or a value out of range,
        or a named column is missing.

    Notes
    -----
    Coordinates are kept to 1e-6 degrees (0.11 m).
    An edge that spans more than 180 degrees of longitude is drawn the short way, over the antimeridian,
    and the map is cut where the data leave the widest gap, so a track from Fiji to Samoa stays in one piece.
    Mercator has no poles: what lies beyond 85 degrees is drawn on that line.
    """
    from ecoscope_workflows.tasks.results import _map_geometry, _map_options, _map_page
    from ecoscope_workflows.tasks.results._map_classes import classify
    from ecoscope_workflows.tasks.results._map_columns import plain_frame, searched_columns

    size = (_pixels(width, "width"), _pixels(height, "height"))
    title_style = _map_options.parse_title(title_kws)
    tiles = _map_options.parse_tile_layers(tile_layers)
    arrow = _map_options.parse_north_arrow(north_arrow_kws)
    style = _map_options.parse_features(add_gdf_kws)
    placed = _map_geometry.place(geodataframe)
    shapes = _map_geometry.pack_shapes(placed.geometries)
    frame = plain_frame(geodataframe.drop(columns=geodataframe.geometry.name)).iloc[placed.rows]
    kinds = [group["kind"] for group in shapes.groups]
    classes = classify(frame, style, areas="polygons" in kinds)
    searched = searched_columns(frame) if search_control and not static else []
    settings = {
        **_drawing(style, kinds, tiles, len(frame)),
        "static": static,
        "properties": _map_page.properties(size, title_style),
    }
    page = _map_page.Page(
        title=title,
        title_style=title_style,
        arrow=arrow,
        size=size,
        static=static,
        search=bool(searched),
        tiles=tiles,
        classes=classes,
        show_legend=style.legend,
        swatch=kinds[0] if kinds else "polygons",
        map_label=_map_label(kinds, len(frame), classes.title),
        empty="" if kinds else "No data to show",
        notes=_notes(placed),
        data={"settings": settings, **_features(frame, style, shapes, classes, searched)},
    )
    return _map_page.render(page)


def _pixels(value: int, what: str) -> int:
    if not 0 <= value <= MAX_PIXELS:
        raise ValueError(f"{what}: expected 0 to {MAX_PIXELS} pixels (0 fills the window), got {value!r}")
    return int(value)


def _drawing(style: FeatureStyle, kinds: list[str], tiles: list[TileLayer], features: int) -> dict[str, Any]:
    """Return how `map.js` draws: thin lines where there are many, and areas that let a background through."""
    see_through = 0.75 if tiles and "polygons" in kinds else 1.0
    many = features > MANY_FEATURES
    return {
        "opacity": see_through if style.opacity is None else style.opacity,
        "lineWidth": style.line_width or (1.4 if many else 2.2),
        "outlineWidth": 0.8 if style.line_width is None else style.line_width,
        "pointRadius": style.point_radius,
        "maxZoom": 20,
        "tiles": [
            {"url": tile.url, "opacity": tile.opacity, "minZoom": tile.min_zoom, "maxZoom": tile.max_zoom}
            for tile in tiles
        ],
    }


def _features(
    frame: Any, style: FeatureStyle, shapes: Shapes, classes: Classes, searched: list[str]
) -> dict[str, Any]:
    """Return the features and their values as `map.js` reads them."""
    from ecoscope_workflows.tasks.results._map_columns import pack_columns, shown_columns
    from ecoscope_workflows.tasks.results._map_packing import pack

    tooltip = shown_columns(frame, style.tooltip, "add_gdf_kws['tooltip']")
    popup = shown_columns(frame, style.popup, "add_gdf_kws['popup']")
    return {
        "bounds": shapes.bounds,
        "groups": shapes.groups,
        "colors": classes.colors,
        "codes": pack(classes.codes),
        "columns": pack_columns(frame, dict.fromkeys([*tooltip, *popup, *searched])),
        "tooltip": tooltip,
        "popup": popup,
        "search": searched,
    }


def _map_label(kinds: list[str], features: int, colored_by: str) -> str:
    if not kinds:
        return "Map without data"
    words = " and ".join(WORDS[kind][features != 1] for kind in kinds)
    by = f", coloured by {colored_by}" if colored_by else ""
    return f"Map of {features:,} {words}{by}; arrow keys move it, plus and minus zoom"


def _notes(placed: Placed) -> list[str]:
    """Return what the page says about rows that it does not show."""
    counts = {
        "without a geometry": placed.missing,
        "outside the range of longitude and latitude": placed.outside,
    }
    return [
        f"Not drawn: {count:,} {'row' if count == 1 else 'rows'} {why}."
        for why, count in counts.items()
        if count
    ]
