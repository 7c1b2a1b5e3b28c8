"""Checked options, classes and packed features in; one HTML page that needs no other file out.

What users give reaches the page in two ways only: as text that jinja escapes, or as JSON in a data block.
The page allows no script and no style but its own, named by their hashes, and images only from its tiles.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from ecoscope_workflows.tasks.results._map_legend import Legend, LegendSection
from ecoscope_workflows.tasks.results._page_text import clean_text, data_block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.tasks.results._map_classes import Classes
    from ecoscope_workflows.tasks.results._map_legend import LegendEntry
    from ecoscope_workflows.tasks.results._map_options import NorthArrow, TileLayer, TitleStyle

PACKAGE = "ecoscope_workflows.tasks.results"
# What a page is made of beside code: an edit of one of these makes the maps anew.
FINGERPRINTED_FILES = (
    "page.html.jinja2",
    "map.css",
    "map.js",
    "map_background.js",
    "map_data.js",
    "map_layers.js",
    "map_pointer.js",
    "leaflet/LICENSE",
    "leaflet/leaflet.css",
    "leaflet/leaflet.js",
)
OWN_SCRIPTS = ("map_data.js", "map_background.js", "map_layers.js", "map_pointer.js", "map.js")
ARROW_WIDTH = 32
ARROW_HEIGHT = 44
# The drawing of a class in the legend looks like its features.
SWATCHES = {
    "polygons": {"x": 0.5, "y": 0.5, "width": 21, "height": 13, "rx": 1.5},
    "lines": {"x": 0.5, "y": 4.5, "width": 21, "height": 5, "rx": 2},
    "points": {"x": 5, "y": 1, "width": 12, "height": 12, "rx": 6},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything a page shows.

    Parameters
    ----------
    title
        Any text; nothing is drawn above the map when it is blank.
    size
        Width and height in CSS pixels; 0 fills the window.
    map_label
        What the map shows, for readers who cannot see it.
    classes, show_legend, swatch
        The legend of a map with one layer, whether it is shown, and which of `SWATCHES` stands in it.
    legend
        The legend of a map with any layers, instead.
    name
        What the window is called where there is no title.
    data
        What `map.js` draws, ready for JSON.
    """

    title: str
    title_style: TitleStyle
    arrow: NorthArrow
    size: tuple[int, int]
    static: bool
    search: bool
    tiles: Sequence[TileLayer]
    classes: Classes | None = None
    show_legend: bool = True
    swatch: str = "polygons"
    legend: Legend | None = None
    name: str = ""
    map_label: str
    empty: str
    notes: Sequence[str]
    data: dict[str, Any]


@functools.cache
def _asset(name: str) -> str:
    return files(PACKAGE).joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")


@functools.cache
def _parts() -> tuple[str, tuple[str, ...]]:
    """Return the style and the scripts, Leaflet first, of every page."""
    # An image beside leaflet.css, or a source map, would be a request to a file that is not there.
    leaflet_css = re.sub(r"[a-z-]+:\s*url\([^)]*\);?", "", _asset("leaflet/leaflet.css"))
    leaflet_js = re.sub(r"\n//# sourceMappingURL=.*", "", _asset("leaflet/leaflet.js"))
    licence = _asset("leaflet/LICENSE").strip()
    own = [_asset(name) for name in OWN_SCRIPTS]
    return leaflet_css + _asset("map.css"), (f"/*! {licence} */\n{leaflet_js}\n", *own)


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return environment.from_string(_asset("page.html.jinja2"))


def _hash_source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _policy(tiles: Sequence[TileLayer]) -> str:
    style, scripts = _parts()
    origins = " ".join(sorted({tile.origin for tile in tiles}))
    rules = (
        "default-src 'none'",
        f"script-src {' '.join(map(_hash_source, scripts))}",
        f"style-src {_hash_source(style)}",
        f"img-src data: {origins}".rstrip(),
        "base-uri 'none'",
        "form-action 'none'",
    )
    return "; ".join(rules)


def render(page: Page) -> str:
    """Return the page as HTML; the same page gives the same bytes."""
    style, scripts = _parts()
    title = clean_text(page.title)
    credits_ = [clean_text(tile.attribution) for tile in page.tiles]
    return _template().render(
        policy=_policy(page.tiles),
        page_title=title or clean_text(page.name) or "Map",
        headings=[title] if title else [],
        body_class=_body_class(page),
        map_label=clean_text(page.map_label),
        empty=[page.empty] if page.empty else [],
        arrow=_arrow(page.arrow),
        searches=["Find on the map"] if page.search else [],
        legends=_legends(page),
        notes=page.notes,
        credits=" · ".join(dict.fromkeys([*filter(None, credits_), "Leaflet 1.9.4", "WGS 84, Web Mercator"])),
        style=Markup(style),  # noqa: S704  # our own file
        data=Markup(data_block(page.data)),  # noqa: S704  # escaped above
        scripts=[Markup(script) for script in scripts],  # noqa: S704  # our own files and Leaflet's
    )


def _body_class(page: Page) -> str:
    flags = {
        "fill": page.size[0] == 0,
        "static": page.static,
        "searching": page.search,
        f"title-{page.title_style.position}": True,
    }
    return " ".join(name for name, on in flags.items() if on)


def _arrow(arrow: NorthArrow) -> dict[str, str]:
    return {
        "placement": arrow.placement,
        "width": f"{ARROW_WIDTH * arrow.scale:g}",
        "height": f"{ARROW_HEIGHT * arrow.scale:g}",
        "angle": f"{arrow.angle:g}",
        "color": arrow.color,
    }


def _legends(page: Page) -> list[dict[str, Any]]:
    legend = page.legend or _legend_of_classes(page)
    if legend is None or not any(section.entries for section in legend.sections):
        return []
    return [
        {
            "placement": legend.placement,
            "title": clean_text(legend.title),
            "sections": [
                {
                    "headings": [clean_text(section.heading)] if section.heading.strip() else [],
                    "entries": [_entry(entry, page) for entry in section.entries],
                }
                for section in legend.sections
            ],
            "state": "disabled" if page.static else "",
        }
    ]


def _legend_of_classes(page: Page) -> Legend | None:
    if page.classes is None or not page.show_legend:
        return None
    placement = "top-right" if page.arrow.placement == "bottom-right" else "bottom-right"
    return Legend(page.classes.title, placement, [LegendSection("", page.classes.legend)])


def _entry(entry: LegendEntry, page: Page) -> dict[str, Any]:
    opacity = page.data["settings"]["opacity"] if entry.opacity is None else entry.opacity
    return {
        "code": entry.code,
        "color": entry.color,
        "label": clean_text(entry.label),
        "detail": entry.detail,
        "swatch": SWATCHES[entry.swatch or page.swatch],
        "opacity": f"{opacity:g}",
    }


def properties(page_size: tuple[int, int], title: TitleStyle) -> dict[str, str]:
    """Return the CSS custom properties that `map.css` reads; the script sets them, so no style is inline."""
    width, height = page_size
    sizes = {
        **({"--map-width": f"{width}px"} if width else {}),
        **({"--map-height": f"{height}px"} if height else {}),
    }
    return {
        **sizes,
        "--title-size": title.font_size,
        "--title-family": title.font_family,
        "--title-style": title.font_style,
        "--title-weight": title.font_weight,
        "--title-color": title.font_color,
        "--title-align": title.align,
        "--title-background": title.background_color,
    }
