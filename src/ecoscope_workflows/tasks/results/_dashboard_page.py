"""A dashboard in, one HTML page out, which holds every view with its maps, charts and tables.

What users give reaches the page as text that jinja escapes, or as JSON in data blocks.
Each map, chart and table stays the page that it is, in a frame of its own that cannot reach the dashboard.
"""

from __future__ import annotations

import functools
import json
import re
from importlib.resources import files
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from ecoscope_workflows.tasks.results._dashboard_contents import WARNING_KEY, ViewWithFiles
from ecoscope_workflows.tasks.results._dashboard_documents import (
    Documents,
    UnreadablePageError,
    read_page,
    web_address,
)
from ecoscope_workflows.tasks.results._dashboard_layout import places
from ecoscope_workflows.tasks.results._page_text import clean_text, data_block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.tasks.results._dashboard_contents import DashboardContents, DashboardWidget
    from ecoscope_workflows.tasks.results._dashboard_layout import Place

PACKAGE = "ecoscope_workflows.tasks.results"
# What a page is made of beside code: an edit of one of these makes the dashboards anew.
FINGERPRINTED_FILES = ("dashboard.html.jinja2", "dashboard.css", "dashboard.js")
PAGES = frozenset({"map", "graph", "table"})
NO_NUMBER = re.compile(r"-?(nan|inf)\b")
# The filter of a dashboard without groups has one choice, which says nothing.
ALL = "All"


def render(dashboard: DashboardContents) -> str:
    """Return the page; the same dashboard with the same files gives the same bytes."""
    documents = Documents()
    views = [_view(key, view, documents) for key, view in dashboard.views.items()]
    filters = _filters(dashboard)
    first = next(iter(dashboard.views.values()), [])
    widgets = _widgets_of(first)
    metadata = {name: clean_text(text) for name, text in dashboard.metadata.items()}
    data = {"views": views, "first": _first_view(views, filters), "pages": documents.pages}
    return _template().render(
        title=metadata.get("title") or "Dashboard",
        description=_shown(metadata.get("description")),
        period=_shown(" · ".join(filter(None, (metadata.get("time_range"), metadata.get("time_zone"))))),
        warnings=_shown(metadata.get(WARNING_KEY)),
        filters=[one for one in filters if one["name"] != ALL],
        widgets=_cards(widgets, places(widgets, dashboard.page_layout)),
        files=["Files"] if any(view["files"] for view in views) else [],
        style=Markup(_asset("dashboard.css")),  # noqa: S704  # our own file
        script=Markup(_asset("dashboard.js")),  # noqa: S704  # our own file
        data=Markup(data_block(data)),  # noqa: S704  # escaped there
        parts=[
            {"hash": digest, "json": Markup(data_block({"text": text}))}  # noqa: S704  # escaped there
            for digest, text in documents.parts.items()
        ],
    )


def _shown(text: str | None) -> list[str]:
    return [text] if text else []


def _widgets_of(view: Any) -> list[DashboardWidget]:
    widgets: list[DashboardWidget] = view.dashboard if isinstance(view, ViewWithFiles) else view
    return widgets


def _filters(dashboard: DashboardContents) -> list[dict[str, Any]]:
    properties = (dashboard.filters or {}).get("schema", {}).get("properties", {})
    return [
        {
            "name": name,
            "title": clean_text(one["title"]),
            "default": one["default"],
            "choices": [
                {"value": choice["const"], "title": clean_text(choice["title"])} for choice in one["oneOf"]
            ],
        }
        for name, one in properties.items()
    ]


def _first_view(views: Sequence[dict[str, Any]], filters: Sequence[dict[str, Any]]) -> int:
    """Return the view of the default choices, or the first where they are no view together."""
    wanted = {one["name"]: one["default"] for one in filters}
    return next((number for number, view in enumerate(views) if view["values"] == wanted), 0)


def _view(key: str, view: Any, documents: Documents) -> dict[str, Any]:
    return {
        "values": json.loads(key),
        "widgets": {widget.id: _content(widget, documents) for widget in _widgets_of(view)},
        "files": [file.path for file in view.files] if isinstance(view, ViewWithFiles) else [],
    }


def _content(widget: DashboardWidget, documents: Documents) -> dict[str, Any]:
    """Return what a widget shows, or why it shows nothing."""
    data = widget.data
    if data is None:
        return _empty(widget.reason)
    if isinstance(data, dict):
        return _empty("This page cannot draw maps described for deck.gl: draw them as pages.")
    if widget.widget_type not in PAGES:
        if widget.widget_type == "stat" and NO_NUMBER.match(data):
            return _empty("It cannot be computed from these data.")
        return {"kind": "text", "text": data}
    address = web_address(data)
    if address is not None:
        return {"kind": "link", "address": address}
    try:
        return {"kind": "page", "page": documents.add(read_page(data))}
    except UnreadablePageError as error:
        return _empty(str(error))


def _empty(reason: str) -> dict[str, Any]:
    return {"kind": "empty", "reason": reason}


def _cards(widgets: Sequence[DashboardWidget], found: Sequence[Place]) -> list[dict[str, Any]]:
    """Return the widgets in reading order, with their places on the grid, of which CSS counts from 1."""
    cards: list[dict[str, Any]] = [
        {
            "id": widget.id,
            "kind": widget.widget_type.replace("_", "-"),
            "title": clean_text(widget.title),
            "place": f"--x: {place.x + 1}; --y: {place.y + 1}; --w: {place.w}; --h: {place.h}",
            "width": "",
            "expands": [clean_text(widget.title)] if widget.widget_type in PAGES else [],
            "order": (place.y, place.x),
        }
        for widget, place in zip(widgets, found, strict=True)
    ]
    cards.sort(key=lambda card: card["order"])
    run = 0
    for card, after in zip_longest(cards, cards[1:], fillvalue={"kind": ""}):
        run = run + 1 if card["kind"] == "stat" else 0
        # In two columns, the last of an odd number of statistics has a row of its own.
        if run % 2 and after["kind"] != "stat":
            card["width"] = "wide"
    return cards


@functools.cache
def _asset(name: str) -> str:
    return files(PACKAGE).joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return environment.from_string(_asset("dashboard.html.jinja2"))
