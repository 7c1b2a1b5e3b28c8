"""A frame in, a chart of bars out: over time, stacked by category, or by category, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame, Html
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.results._chart_styles import (
    AggOperations,
    BarConfig,
    BarLayoutOptions,
    LayoutOptions,
    PlotStyle,
    TimeInterval,
    WidgetId,
    options_of,
)
from ecoscope_workflows.tasks.written import ADVANCED

if TYPE_CHECKING:
    import pandas as pd

# Milliseconds, or months, as plotly measures the axis of time.
PERIODS: dict[str, int | str] = {
    "year": "M12",
    "month": "M1",
    "week": 7 * 86_400_000,
    "day": 86_400_000,
    "hour": 3_600_000,
}
# How an interval is named at the axis; the second line stands where it changes.
TIME_FORMATS = {
    "year": "%Y",
    "month": "%b\n%Y",
    "week": "%-d %b\n%Y",
    "day": "%-d %b\n%Y",
    "hour": "%H:%M\n%-d %b %Y",
}
# The first Monday of plotly's own beginning of time, from which it counts periods.
FIRST_MONDAY = "2000-01-03"
# More marks than this on an axis run into each other.
MAX_TICKS = 31


@distributed
def draw_time_series_bar_chart(
    dataframe: AnyDataFrame,
    x_axis: Annotated[str, Field(description="The dataframe column to plot in the x/time axis.")],
    y_axis: Annotated[str, Field(description="The dataframe column to plot in the y axis.")],
    category: Annotated[str, Field(description="The dataframe column to stack in the y axis.")],
    agg_function: Annotated[
        AggOperations, Field(description="The aggregate function to apply to the group.")
    ],
    time_interval: TimeInterval,
    color_column: Annotated[
        str | SkipJsonSchema[None],
        Field(description="The name of the dataframe column to color bars with.", json_schema_extra=ADVANCED),
    ] = None,
    plot_style: Annotated[
        PlotStyle | SkipJsonSchema[None],
        Field(description="Additional style kwargs passed to go.Bar().", json_schema_extra=ADVANCED),
    ] = None,
    layout_style: BarLayoutOptions = None,
    widget_id: WidgetId = None,
) -> Html:
    """Draw an aggregate over time as stacked bars: one for each interval, a part for each category.

    Parameters
    ----------
    dataframe
        The data, in any order. The frame is not changed.
    x_axis
        The column of times; rows without one are left out.
        Intervals are those of the clock of the column's zone, and of UTC where it holds several zones.
    y_axis
        The column that is aggregated.
    category
        The column with a part of the bars for each of its values; rows without one are left out.
    agg_function
        What is computed of each part; a part without rows is 0.
    time_interval
        The length of time that a bar stands for; weeks begin on Monday.
    color_column
        The column with the colour of each category: as text, or as 3 or 4 numbers from 0 to 255.
    plot_style, layout_style
        Options of the bars, and of the chart.
    widget_id
        The title of the widget that will show the chart.

    Returns
    -------
    str
        The page; it opens without a network. The same input gives the same text.

    Raises
    ------
    ValueError
        When a column is missing, the column of times has none, the aggregate needs numbers, or plotly refuses
        an option.
    """
    from ecoscope_workflows.tasks.results import _chart_page
    from ecoscope_workflows.tasks.results._chart_values import check_columns, colors_by

    check_columns(dataframe, [x_axis, y_axis, category, color_column])
    table = _table(dataframe, x_axis, y_axis, category, agg_function, time_interval)
    colors = colors_by(dataframe, category, color_column)
    traces = [
        {
            **_bars(table[name], time_interval),
            **({"marker_color": colors[name]} if name in colors else {}),
            **options_of(plot_style),
        }
        for name in table.columns
    ]
    layout = {
        "barmode": "stack",
        "showlegend": True,
        "xaxis": _time_axis(table.index, time_interval) if traces else {},
        "yaxis": {"title": {"text": agg_function}},
    }
    drawn = _chart_page.figure(traces, layout, options_of(layout_style))
    label = f"{agg_function} of {y_axis} by {time_interval}, stacked by {category}"
    return _chart_page.render(drawn, widget_id, label)


def _time_axis(starts: Any, interval: TimeInterval) -> dict[str, Any]:
    """Return the axis over whole intervals, as plotly names none that ends beyond it."""
    import pandas as pd

    end = starts[-1] + pd.DateOffset(**{f"{interval}s": 1})  # type: ignore[arg-type]  # "weeks" and the like
    axis = {"type": "date", "ticklabelmode": "period", "range": [str(starts[0]), str(end)]}
    if len(starts) > MAX_TICKS:
        return axis
    return {
        **axis,
        "dtick": PERIODS[interval],
        "tickformat": TIME_FORMATS[interval],
        "tick0": FIRST_MONDAY if interval == "week" else "2000-01-01",
    }


def _bars(values: pd.Series[Any], interval: TimeInterval) -> dict[str, Any]:
    """Return the bars of a category, each in the middle of its interval."""
    from ecoscope_workflows.tasks.results._chart_values import axis_values, escaped

    return {
        "type": "bar",
        "name": escaped(values.name),
        "x": axis_values(values.index.to_series()),
        "y": values.to_numpy(),
        "xperiod": PERIODS[interval],
        "xperiodalignment": "middle",
        **({"xperiod0": FIRST_MONDAY} if interval == "week" else {}),
    }


def _table(
    frame: pd.DataFrame, x_axis: str, y_axis: str, category: str, function: str, interval: str
) -> pd.DataFrame:
    """Return the aggregate: a row for the start of each interval that occurs, a column for each category."""
    import pandas as pd

    from ecoscope_workflows.tasks.results._chart_values import check_aggregate, is_time, values_of, wall_clock

    times = values_of(frame, x_axis)
    if times.notna().any() and not is_time(times):
        what = f"column {x_axis!r} holds no times"
        raise ValueError(f"{what}: convert it to times first, or name the column that holds them")
    y = values_of(frame, y_axis)
    check_aggregate(y, function)
    clock = wall_clock(times)
    if interval == "week":
        starts = clock.dt.normalize() - pd.to_timedelta(clock.dt.day_of_week, unit="D")
    elif interval in {"year", "month"}:
        starts = clock.dt.to_period("Y" if interval == "year" else "M").dt.start_time
    else:
        starts = clock.dt.floor("D" if interval == "day" else "h")
    parts = pd.DataFrame(
        {"start": starts.to_numpy(), "category": values_of(frame, category).to_numpy(), "y": y.to_numpy()}
    )
    table = parts.groupby(["start", "category"], observed=True)["y"].agg(function).unstack(fill_value=0)  # noqa: PD010  # a pivot
    return table.sort_index().sort_index(axis="columns")


@distributed
def draw_bar_chart(
    dataframe: AnyDataFrame,
    bar_chart_configs: Annotated[
        list[BarConfig], Field(description="Bar chart configuration.", title="Bar Chart Configuration")
    ],
    category: Annotated[
        str,
        Field(description="The column name in the dataframe to group by and use as the x-axis categories."),
    ],
    layout_kwargs: LayoutOptions = None,
    widget_id: WidgetId = None,
) -> Html:
    """Draw aggregates by category as bars side by side.

    Parameters
    ----------
    dataframe
        The data, in any order. The frame is not changed.
    bar_chart_configs
        The bars of each category: a column, what is computed of it, and its name in the legend.
    category
        The column with a place on the axis for each of its values, sorted; rows without one are left out.
    layout_kwargs
        Options of the chart.
    widget_id
        The title of the widget that will show the chart.

    Returns
    -------
    str
        The page; it opens without a network. The same input gives the same text.

    Raises
    ------
    ValueError
        When a column is missing, an aggregate needs numbers, or plotly refuses an option.
    """
    from ecoscope_workflows.tasks.results import _chart_page
    from ecoscope_workflows.tasks.results._chart_values import (
        axis_values,
        check_aggregate,
        check_columns,
        escaped,
        values_of,
    )

    check_columns(dataframe, [category, *(config.column for config in bar_chart_configs)])
    places = values_of(dataframe, category)
    traces = []
    for config in bar_chart_configs:
        values = values_of(dataframe, config.column)
        check_aggregate(values, config.agg_func)
        bars = values.groupby(places.to_numpy(), observed=True).agg(config.agg_func)
        label = {"text": axis_values(bars), "texttemplate": "%{y}"} if config.show_label else {}
        trace = {"type": "bar", "name": escaped(config.label), "y": axis_values(bars), **label}
        names = axis_values(bars.index.to_series())
        traces.append({**trace, "x": names, **options_of(config.style)})
    drawn_traces = traces if places.notna().any() else []
    layout = {
        "barmode": "group",
        "showlegend": len(traces) > 1,
        "xaxis": {"title": {"text": escaped(category)}},
    }
    drawn = _chart_page.figure(drawn_traces, layout, options_of(layout_kwargs))
    said = ", ".join(f"{config.agg_func} of {config.column}" for config in bar_chart_configs)
    return _chart_page.render(drawn, widget_id, f"{said} by {category}")
