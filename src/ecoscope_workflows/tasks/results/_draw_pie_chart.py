"""A frame in, a pie chart out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame, Html
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.results._chart_styles import (
    LayoutOptions,
    PlotStyle,
    WidgetId,
    options_of,
)
from ecoscope_workflows.tasks.written import ADVANCED

if TYPE_CHECKING:
    import pandas as pd

LAYOUT = {
    "legend": {"x": 0.5, "xanchor": "center", "y": -0.04, "yanchor": "top"},
    "margin": {"l": 16, "r": 16, "t": 28, "b": 16},
}


@distributed
def draw_pie_chart(
    dataframe: AnyDataFrame,
    value_column: Annotated[
        str, Field(description="The name of the dataframe column to pull slice values from.")
    ],
    label_column: Annotated[
        str | SkipJsonSchema[None],
        Field(
            description="The name of the dataframe column to label slices with, "
            "required if the data in value_column is numeric.",
            json_schema_extra=ADVANCED,
        ),
    ] = None,
    color_column: Annotated[
        str | SkipJsonSchema[None],
        Field(
            description="The name of the dataframe column to color slices with.", json_schema_extra=ADVANCED
        ),
    ] = None,
    plot_style: Annotated[
        PlotStyle | SkipJsonSchema[None],
        Field(description="Additional style kwargs passed to go.Pie().", json_schema_extra=ADVANCED),
    ] = None,
    layout_style: LayoutOptions = None,
    widget_id: WidgetId = None,
) -> Html:
    """Draw shares as a pie: sums of numbers by label, or counts of the values of a column of texts.

    Parameters
    ----------
    dataframe
        The data; slices stand in the order of their size. The frame is not changed.
    value_column
        Numbers, which are added up by label, or texts, whose rows are counted.
        Rows without a value are left out.
    label_column
        The labels of numbers; not used for texts.
    color_column
        The column with the colour of each slice: as text, or as 3 or 4 numbers from 0 to 255.
        A slice has the colour of its first row.
    plot_style, layout_style
        Options of the pie, and of the chart.
    widget_id
        The title of the widget that will show the chart.

    Returns
    -------
    str
        The page; it opens without a network. The same input gives the same text.

    Raises
    ------
    ValueError
        When a column is missing, numbers have no column of labels, or plotly refuses an option.
    """
    import pandas as pd

    from ecoscope_workflows.tasks.results import _chart_page
    from ecoscope_workflows.tasks.results._chart_values import check_columns, colors_by, values_of

    check_columns(dataframe, [value_column, label_column, color_column])
    values = values_of(dataframe, value_column)
    by_label = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if by_label and label_column is None:
        what = f"column {value_column!r} holds numbers, which need labels"
        raise ValueError(f"{what}: name the column that holds them as label_column")
    label = str(label_column) if by_label else value_column
    groups = values.groupby(values_of(dataframe, label).to_numpy(), sort=False, observed=True)
    slices = groups.sum() if by_label else groups.count()
    colors = colors_by(dataframe, label, color_column)
    traces = [{**_trace(slices, colors), **options_of(plot_style)}] if len(slices) else []
    drawn = _chart_page.figure(traces, LAYOUT, options_of(layout_style))
    what = f"sum of {value_column} by {label}" if by_label else f"number of rows by {label}"
    return _chart_page.render(drawn, widget_id, what)


def _trace(slices: pd.Series[Any], colors: dict[Any, str]) -> dict[str, Any]:
    from ecoscope_workflows.tasks.results._chart_values import escaped

    return {
        "type": "pie",
        "labels": [escaped(name) for name in slices.index],
        "values": slices.to_numpy(),
        "hole": 0.35,
        "marker": {"line": {"color": "#ffffff", "width": 1}},
        **({"marker_colors": [colors.get(name) for name in slices.index]} if colors else {}),
    }
