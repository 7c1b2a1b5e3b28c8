"""A frame in, a chart of lines out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame, Html
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.results._chart_styles import (
    LayoutOptions,
    LineStyle,
    SmoothingConfig,
    WidgetId,
    options_of,
)
from ecoscope_workflows.tasks.written import ADVANCED

if TYPE_CHECKING:
    import pandas as pd


@distributed
def draw_line_chart(
    dataframe: AnyDataFrame,
    x_column: Annotated[str, Field(description="The dataframe column to plot in the x/time axis.")],
    y_column: Annotated[str, Field(description="The dataframe column to plot in the y/time axis.")],
    category_column: Annotated[
        str | SkipJsonSchema[None],
        Field(description="The column name in the dataframe to group by and plot separate traces."),
    ] = None,
    line_kwargs: Annotated[
        LineStyle | SkipJsonSchema[None],
        Field(description="Line style settings", json_schema_extra=ADVANCED),
    ] = None,
    layout_kwargs: LayoutOptions = None,
    smoothing: Annotated[
        SmoothingConfig | SkipJsonSchema[None],
        Field(
            description="Configuration for line smoothing. "
            "When set, creates a smoothed line with original data point markers.",
            json_schema_extra=ADVANCED,
        ),
    ] = None,
    widget_id: WidgetId = None,
) -> Html:
    """Draw one column against another as lines: one, or one for each category.

    Parameters
    ----------
    dataframe
        The data; rows are drawn in the order of their x values, those without one are left out.
        The frame is not changed.
    x_column, y_column
        What is drawn. Times are shown by the clock of their own zone, and as UTC where there are several.
    category_column
        The column with a line for each of its values, sorted; rows without one are left out.
        None, or an empty text, draws one line.
    line_kwargs, layout_kwargs
        Options of the lines, and of the chart.
    smoothing
        Draws an interpolating spline through the points, which are then marked; points at the same x are
        averaged.
    widget_id
        The title of the widget that will show the chart.

    Returns
    -------
    str
        The page; it opens without a network. The same input gives the same text.

    Raises
    ------
    ValueError
        When a column is missing, a line is too long to smooth, or plotly refuses an option.
    """
    from ecoscope_workflows.tasks.results import _chart_page
    from ecoscope_workflows.tasks.results._chart_values import check_columns, escaped

    check_columns(dataframe, [x_column, y_column, category_column or None])
    lines = _lines(dataframe, category_column)
    traces: list[dict[str, Any]] = []
    for name, frame in lines:
        points, curve = _points(frame, x_column, y_column, smoothing)
        line = {"line": {"width": 1.8, **options_of(line_kwargs)}, "name": escaped(name or y_column)}
        if curve is not None:
            traces += _smoothed(points, curve, line, len(traces) // 2)
        elif len(points["x"]):
            traces.append({"type": "scatter", "mode": "lines", **points, **line})
    layout = {
        "showlegend": len(lines) > 1,
        "xaxis": {"title": {"text": escaped(x_column)}},
        "yaxis": {"title": {"text": escaped(y_column)}},
    }
    drawn = _chart_page.figure(traces, layout if traces else {}, options_of(layout_kwargs))
    by = f", a line for each {category_column}" if category_column else ""
    return _chart_page.render(drawn, widget_id, f"{y_column} by {x_column}{by}")


def _lines(frame: pd.DataFrame, category_column: str | None) -> list[tuple[str, Any]]:
    """Return the name and the rows of each line; a line alone has no name."""
    if not category_column:
        return [("", frame)]
    groups = frame.groupby(category_column, observed=True)
    return sorted(((str(name), group) for name, group in groups), key=lambda line: line[0])


def _points(
    frame: pd.DataFrame, x_column: str, y_column: str, smoothing: SmoothingConfig | None
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return the points in order, and the curve through them if there is to be one."""
    from ecoscope_workflows.tasks.results._chart_values import axis_values, ordered, values_of

    order = ordered(values_of(frame, x_column))
    x, y = (values_of(frame, name).iloc[order] for name in (x_column, y_column))
    points = {"x": axis_values(x), "y": axis_values(y)}
    return points, _curve(x, y, smoothing) if smoothing is not None else None


def _curve(x: pd.Series[Any], y: pd.Series[Any], smoothing: SmoothingConfig) -> dict[str, Any] | None:
    """Return the spline through the points that have a value, if those are two or more."""
    import numpy as np
    import pandas as pd

    from ecoscope_workflows.tasks.results._chart_values import axis_values, is_time, wall_clock
    from ecoscope_workflows.tasks.results._spline import smooth

    times = is_time(x)
    numbers = wall_clock(x).to_numpy("datetime64[ms]").astype(np.int64) if times else x.to_numpy(float)
    values = pd.Series(y.to_numpy(float)).groupby(numbers).mean().dropna()
    if len(values) < 2:  # noqa: PLR2004  # a curve needs two ends
        return None
    at, curve = smooth(
        values.index.to_numpy(float), values.to_numpy(), smoothing.degree, smoothing.resolution
    )
    low = -np.inf if smoothing.y_min is None else smoothing.y_min
    high = np.inf if smoothing.y_max is None else smoothing.y_max
    shown = pd.Series(at.round().astype(np.int64).astype("datetime64[ms]") if times else at)
    return {"x": axis_values(shown), "y": np.clip(curve, low, high)}


def _smoothed(
    points: dict[str, Any], curve: dict[str, Any], line: dict[str, Any], number: int
) -> list[dict[str, Any]]:
    """Return the curve, and its points as marks of the same colour."""
    from ecoscope_workflows.tasks.results._map_colors import CATEGORY_COLORS

    color = line["line"].get("color", CATEGORY_COLORS[number % len(CATEGORY_COLORS)])
    group = {"type": "scatter", "legendgroup": line["name"], "name": line["name"]}
    return [
        {**group, **curve, "mode": "lines", "line": {**line["line"], "color": color}, "hoverinfo": "skip"},
        {**group, **points, "mode": "markers", "marker": {"size": 5, "color": color}, "showlegend": False},
    ]
