"""A frame in, a chart of curves out: one panel for each group, one above the other, over one axis of time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from ecoscope_workflows.annotations import AnyDataFrame, Html
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.results._chart_styles import EcoplotConfig, WidgetId, options_of
from ecoscope_workflows.tasks.written import ADVANCED

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

# What a format of times says of days or hours; letters as in d3-time-format.
_FINER_THAN_MONTHS = re.compile(r"%[-_0]?[aAcdefgGHIjLMnpqQsSuUVwWxX]")
PANEL_HEIGHT = 110
# The share of a panel's height that is left free between it and the next.
PANEL_GAP = 0.08


@distributed
def draw_ecoplot(
    dataframe: AnyDataFrame,
    group_by: Annotated[str, Field(description="The dataframe column to group by.")],
    ecoplot_configs: Annotated[list[EcoplotConfig], Field(description="ecoplot configs.")],
    tickformat: Annotated[
        str, Field(description="The time format for timeseries data.", json_schema_extra=ADVANCED)
    ] = "%b-%Y",
    widget_id: WidgetId = None,
) -> Html:
    """Draw curves as an interactive chart: a panel for each group, sorted, over one horizontal axis.

    Parameters
    ----------
    dataframe
        The data; rows are drawn in the order of their x values. The frame is not changed.
    group_by
        The column, or index level, that has a panel for each of its values; rows without one are left out.
    ecoplot_configs
        What is drawn in each panel.
        Columns for y other than the first are drawn against an axis of their own, on the right.
    tickformat
        How times stand at the axis, as d3 formats them; a format of months or years gets the day where the
        axis shows less than that.
        Times are shown by the clock of their own zone, and as UTC where a column holds several zones.
    widget_id
        The title of the widget that will show the chart.

    Returns
    -------
    str
        The page; it opens without a network. The same input gives the same text.

    Raises
    ------
    ValueError
        When a column is missing, there is nothing to draw, or plotly refuses a style.
    """
    from ecoscope_workflows.tasks.results import _chart_page
    from ecoscope_workflows.tasks.results._chart_values import check_columns, escaped
    from ecoscope_workflows.tasks.results._map_colors import CATEGORY_COLORS

    if not ecoplot_configs:
        raise ValueError("ecoplot_configs is empty: name at least one column for x and one for y")
    first = ecoplot_configs[0]
    columns = [name for one in ecoplot_configs for name in (one.x_col, one.y_col, one.color_col)]
    check_columns(dataframe, [group_by, *columns])
    groups = sorted(
        ((str(name), group) for name, group in dataframe.groupby(group_by, observed=True)),
        key=lambda group: group[0],
    )
    panels = len(groups)
    second = next((one.y_col for one in ecoplot_configs if one.y_col != first.y_col), None)
    # One curve in each panel: a colour for each panel; several: a colour for each curve.
    colors = (
        dict(zip((one.y_col for one in ecoplot_configs), CATEGORY_COLORS, strict=False)) if second else {}
    )
    traces = [
        {
            "name": escaped(name),
            **_trace(group, config, colors.get(config.y_col)),
            "yaxis": f"y{row if config.y_col == first.y_col else panels + row}",
        }
        for row, (name, group) in enumerate(groups, 1)
        for config in ecoplot_configs
    ]
    layout = _layout([escaped(name) for name, _ in groups], first, second) if traces else {}
    drawn = _chart_page.figure(traces, {**layout, **_time_format(tickformat)}, {})
    label = f"{first.y_col} by {first.x_col} of {', '.join(name for name, _ in groups) or 'no group'}"
    return _chart_page.render(drawn, widget_id, label, panels * PANEL_HEIGHT if panels > 1 else 0)


def _trace(group: pd.DataFrame, config: EcoplotConfig, color: str | None) -> dict[str, Any]:
    from ecoscope_workflows.tasks.results._chart_values import axis_values, css_color, ordered, values_of

    x = values_of(group, config.x_col)
    order = ordered(x)
    if config.color_col:
        color = css_color(values_of(group, config.color_col).iloc[0])
    return {
        "type": "scatter",
        "x": axis_values(x.iloc[order]),
        "y": axis_values(values_of(group, config.y_col).iloc[order]),
        "mode": "lines+markers",
        "marker": {"size": 4, **({"color": color} if color else {})},
        "line": {"width": 1.2, **({"color": color} if color else {})},
        **options_of(config.plot_style),
    }


def _layout(names: Sequence[str], first: EcoplotConfig, second: str | None) -> dict[str, Any]:
    """Return the axes: one below for all panels, one on the left of each, and one on the right if needed."""
    from ecoscope_workflows.tasks.results._chart_page import AXIS
    from ecoscope_workflows.tasks.results._chart_values import escaped

    panels = len(names)
    layout: dict[str, Any] = {
        "showlegend": False,
        "xaxis": {**AXIS, "anchor": f"y{panels}", "title": {"text": escaped(first.x_col)}},
        "annotations": [],
    }
    middle = (panels + 1) // 2
    for row, name in enumerate(names, 1):
        top = 1 - (row - 1) / panels
        domain = [top - (1 - (PANEL_GAP if row < panels else 0)) / panels, top]
        title = {"title": {"text": escaped(first.y_col)}} if row == middle else {"title": {"text": ""}}
        layout[_axis(row)] = {**AXIS, **title, "domain": domain, "anchor": "x"}
        if second is not None:
            right = {"title": {"text": escaped(second) if row == middle else ""}}
            overlay = {
                "overlaying": f"y{row}",
                "side": "right",
                "anchor": "x",
                "showgrid": False,
                "tickmode": "auto",
            }
            layout[_axis(panels + row)] = {**AXIS, **right, **overlay}
        layout["annotations"].append(
            {
                "text": name,
                "showarrow": False,
                "bgcolor": "rgba(255, 255, 255, 0.8)",
                "xref": "paper",
                "x": 0.005,
                "xanchor": "left",
                "yref": "paper",
                "y": top - 0.01 / panels,
                "yanchor": "top",
            }
        )
    return layout


def _time_format(wanted: str) -> dict[str, Any]:
    """Return how times stand at the axis: as wanted, or with their day where marks are closer than months."""
    if _FINER_THAN_MONTHS.search(wanted):
        return {"xaxis_tickformat": wanted}
    stops = [
        {"dtickrange": ["M1", None], "value": wanted},
        {"dtickrange": [86_400_000, "M1"], "value": "%-d %b<br>%Y"},
        {"dtickrange": [None, 86_400_000], "value": "%-d %b<br>%H:%M"},
    ]
    return {"xaxis_tickformatstops": stops}


def _axis(number: int) -> str:
    return "yaxis" if number == 1 else f"yaxis{number}"
