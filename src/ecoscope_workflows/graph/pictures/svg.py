"""The words of a picture in, an SVG page out that any browser shows without a network."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ecoscope_workflows.graph.pictures.labels import one_line, shortened
from ecoscope_workflows.graph.pictures.layout import Box, draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.graph.pictures.labels import Label, Link, Words
    from ecoscope_workflows.graph.pictures.layout import Place, Point

LINE, HEAD, PADDING, MARGIN = 15.0, 40.0, 10.0, 24.0
# A letter of the fonts below is at most this wide, as a share of its height.
LETTER = 0.61
LARGE, SMALL = 12.5, 10.5
# Longer texts are cut, and whole where the pointer rests.
LONGEST, LONGEST_TYPE = 44, 34
STYLE = f"""
svg {{ background: #fff; font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace }}
text {{ font-size: {SMALL}px; fill: #4a5560 }}
.box {{ fill: #f7f9fa; stroke: #8a98a5 }}
.id {{ font-size: {LARGE}px; font-weight: 600; fill: #16202a }}
.group {{ fill: #8a4b08 }}
.rule {{ stroke: #d5dce2 }}
.edge {{ fill: none; stroke: #2f6f8f; stroke-opacity: 0.75 }}
.edge:hover {{ stroke: #c2410c; stroke-width: 2.5 }}
.port {{ fill: #2f6f8f }}
.type {{ fill: #1d566f; paint-order: stroke; stroke: #fff; stroke-width: 3px }}
"""


def svg(words: Words) -> str:
    """Draw a graph as an SVG page."""
    ports = _ports(words.links)
    used = {link.source for link in words.links}
    types = {label.id: shortened(label.result, LONGEST_TYPE) for label in words.labels if label.id in used}
    boxes = {
        label.id: _box(label, ports.get(label.id, []), types.get(label.id, "")) for label in words.labels
    }
    drawing = draw(boxes, [(link.source, link.target) for link in words.links])
    width, height = drawing.width + 2 * MARGIN, drawing.height + 2 * MARGIN
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"{-MARGIN:g} {-MARGIN:g} {width:.0f} {height:.0f}",
            "width": f"{width:.0f}",
            "height": f"{height:.0f}",
            "role": "img",
        },
    )
    SubElement(root, "title").text = one_line(words.title)
    SubElement(root, "style").text = STYLE
    lines = SubElement(root, "g")
    for link, route in zip(words.links, drawing.routes, strict=True):
        out, into = drawing.places[link.source], drawing.places[link.target]
        level = out.y + out.height / 2
        port = HEAD + LINE * ports[link.target].index(link.port) + LINE / 3
        below_type = out.x + out.width + _width(types[link.source], SMALL) + 14
        points = [(out.x + out.width, level), (below_type, level), *route, (into.x, into.y + port)]
        _draw_link(lines, link, points)
    for label in words.labels:
        place = drawing.places[label.id]
        _draw_box(root, label, place, ports.get(label.id, []))
        if label.id in types:
            x, y = place.x + place.width + 8, place.y + place.height / 2 - 5
            _text(root, types[label.id], "type", x, y)
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def _ports(links: Sequence[Link]) -> dict[str, list[str]]:
    """Return by instance the arguments that results are for, in order."""
    ports: dict[str, dict[str, None]] = {}
    for link in links:
        ports.setdefault(link.target, {})[link.port] = None
    return {name: list(words) for name, words in ports.items()}


def _width(text: str, size: float) -> float:
    # Letters of East Asian scripts take the room of two.
    letters = sum(2 if unicodedata.east_asian_width(letter) in "FW" else 1 for letter in text)
    return letters * size * LETTER


def _box(label: Label, ports: Sequence[str], carries: str) -> Box:
    small = [label.task, label.group, *ports, *label.columns]
    widest = max(
        _width(shortened(label.id, LONGEST), LARGE) * 1.05,
        *(_width(shortened(text, LONGEST), SMALL) for text in small),
    )
    rows = len(ports) + len(label.columns) + bool(label.group)
    return Box(widest + 2 * PADDING, HEAD + rows * LINE + 4, 70.0 + _width(carries, SMALL))


def _draw_box(parent: Element, label: Label, place: Place, ports: Sequence[str]) -> None:
    group = SubElement(parent, "g", {"transform": f"translate({place.x:.1f} {place.y:.1f})"})
    SubElement(group, "title").text = one_line(f"{label.id}: {label.task} returns {label.result}")
    size = {"width": f"{place.width:.1f}", "height": f"{place.height:.1f}"}
    SubElement(group, "rect", {"class": "box", "rx": "5", **size})
    _text(group, label.id, "id", PADDING, 17)
    _text(group, label.task, "task", PADDING, 32)
    y = HEAD
    for number, port in enumerate(ports):
        SubElement(group, "circle", {"class": "port", "r": "3", "cy": f"{y + LINE * number + LINE / 3:.1f}"})
        _text(group, port, "argument", PADDING, y + LINE * number + 9)
    y += LINE * len(ports)
    if label.columns:
        SubElement(group, "line", {"class": "rule", "x2": size["width"], "y1": f"{y:.1f}", "y2": f"{y:.1f}"})
    for number, column in enumerate(label.columns):
        _text(group, column, "column", PADDING, y + LINE * number + 12)
    if label.group:
        _text(group, label.group, "group", PADDING, place.height - 6)


def _text(parent: Element, text: str, kind: str, x: float, y: float) -> None:
    attributes = {"class": kind, "x": f"{x:.1f}", "y": f"{y:.1f}"}
    SubElement(parent, "text", attributes).text = shortened(text, LONGEST)


def _draw_link(parent: Element, link: Link, points: Sequence[Point]) -> None:
    """Draw straight lines across columns, and curves that leave and arrive level between them."""
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for number, (x, y) in enumerate(points[1:]):
        if number % 2 == 0:
            parts.append(f"L{x:.1f} {y:.1f}")
            continue
        before_x, before_y = points[number]
        middle = (before_x + x) / 2
        parts.append(f"C{middle:.1f} {before_y:.1f} {middle:.1f} {y:.1f} {x:.1f} {y:.1f}")
    path = SubElement(parent, "path", {"class": "edge", "d": "".join(parts)})
    SubElement(path, "title").text = one_line(f"{link.source} to {link.target}: {', '.join(link.carries)}")
