"""A figure in, one HTML page out that shows it without another file and without a network.

What users give reaches the page as text that jinja escapes, or as JSON in a data block.
The page allows no script but its own, named by their hashes.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from ecoscope_workflows.tasks.results._map_colors import CATEGORY_COLORS
from ecoscope_workflows.tasks.results._page_text import clean_text, data_block

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGE = "ecoscope_workflows.tasks.results"
# What a page is made of beside code: an edit of one of these makes the charts anew.
FINGERPRINTED_FILES = ("chart.html.jinja2", "chart.css", "chart.js")
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
INK = "#26322c"
FAINT = "#5a665f"
GRID = "#e7ebe6"
NO_DATA = "No data to show"
TITLE_SPACE = 56

AXIS: dict[str, Any] = {
    "automargin": True,
    "gridcolor": GRID,
    "linecolor": "#b8c1ba",
    "zerolinecolor": "#cfd6d0",
    "tickcolor": "#b8c1ba",
    "tickfont": {"color": FAINT},
    "title": {"font": {"color": INK}, "standoff": 12},
}
CONFIG = {
    "responsive": True,
    "displaylogo": False,
    # One button, to save a picture; plotly's own set has one that uploads the data.
    "modeBarButtons": [["toImage"]],
    "plotlyServerURL": "",
}


def figure(
    traces: Sequence[dict[str, Any]], layout: dict[str, Any], options: dict[str, Any]
) -> dict[str, Any]:
    """Return a figure as plotly's JSON, checked by plotly.

    Parameters
    ----------
    traces
        What is drawn; a note stands in its place where that is nothing.
    layout
        What the kind of chart says about the whole.
    options
        What the user says about the whole, as ``plotly.graph_objects.Layout`` takes it.

    Raises
    ------
    ValueError
        When plotly does not know an option, or what it is set to.
    """
    import plotly.graph_objects as go

    drawn = go.Figure(data=list(traces), layout=go.Layout(**_base_layout()))
    drawn.update_layout(**layout)
    if "title" in options:
        drawn.update_layout(margin_t=TITLE_SPACE)
    drawn.update_layout(**options)
    if not traces:
        drawn.add_annotation(text=NO_DATA, showarrow=False, xref="paper", yref="paper", x=0.5, y=0.5)
        drawn.update_xaxes(visible=False)
        drawn.update_yaxes(visible=False)
    found: dict[str, Any] = json.loads(drawn.to_json())
    return found


def _base_layout() -> dict[str, Any]:
    return {
        # Plotly's own template takes longer to read than a chart to draw.
        "template": "none",
        "font": {"family": FONT, "size": 13, "color": INK},
        "colorway": list(CATEGORY_COLORS),
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "margin": {"l": 64, "r": 24, "t": 28, "b": 48},
        "xaxis": AXIS,
        "yaxis": AXIS,
        "hoverlabel": {"font": {"family": FONT}},
        "legend": {
            "orientation": "h",
            "traceorder": "normal",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
        },
    }


@functools.cache
def _asset(name: str) -> str:
    return files(PACKAGE).joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")


@functools.cache
def _scripts() -> tuple[str, ...]:
    """Return plotly's script and our own."""
    from plotly.offline import get_plotlyjs

    # What ends a script element may stand in a string of the library's one day.
    library = get_plotlyjs().replace("</script", "<\\/script")
    return f"\n{library}\n", f"\n{_asset('chart.js')}"


@functools.cache
def _policy() -> str:
    digests = (hashlib.sha256(script.encode()).digest() for script in _scripts())
    sources = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    rules = (
        "default-src 'none'",
        f"script-src {sources}",
        # Plotly writes styles of its own into the page.
        "style-src 'unsafe-inline'",
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return "; ".join(rules)


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return environment.from_string(_asset("chart.html.jinja2"))


def render(drawn: dict[str, Any], widget_id: str | None, label: str, min_height: int = 0) -> str:
    """Return the page of a figure; the same figure gives the same bytes.

    Parameters
    ----------
    drawn
        The figure, as `figure` returns it.
    widget_id
        The title of the widget that shows the chart; the page tells the window around it when it is drawn.
    label
        What the chart shows, for readers who cannot see it.
    min_height
        In CSS pixels; the chart fills its window, and scrolls where that is lower.
    """
    title = clean_text(widget_id or "")
    settings = {"figure": drawn, "config": CONFIG, "minHeight": min_height, "widgetId": widget_id or ""}
    return _template().render(
        policy=_policy(),
        page_title=title or "Chart",
        label=clean_text(f"{title}: {label}" if title else label),
        style=Markup(_asset("chart.css")),  # noqa: S704  # our own file
        data=Markup(data_block(settings)),  # noqa: S704  # escaped there
        scripts=[Markup(script) for script in _scripts()],  # noqa: S704  # our own file and plotly's
    )
