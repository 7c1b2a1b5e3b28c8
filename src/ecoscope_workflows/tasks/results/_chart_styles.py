"""How charts look, as forms and specs give it: the options of traces, axes, layouts and bars."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.tasks.written import ADVANCED, Written

AggOperations = Literal["sum", "count", "min", "max", "mean", "nunique", "median"]
TimeInterval = Literal["year", "month", "week", "day", "hour"]

Value = TypeVar("Value")
# An option that a form shows among the advanced ones, and that may be left out.
Option = Annotated[Value | SkipJsonSchema[None], Field(json_schema_extra=ADVANCED)]
Fraction = Annotated[float, Field(ge=0, le=1)]

WidgetId = Annotated[
    str | SkipJsonSchema[None],
    Field(
        description="The id of the dashboard widget that this tile layer belongs to. "
        "If set this MUST match the widget title as defined downstream in create_widget tasks",
        exclude=True,
    ),
]


class LineStyle(BaseModel):
    """How a line is drawn: its colour, ``dash`` (such as ``"dot"``) and ``shape`` (such as ``"spline"``)."""

    color: Option[str] = None
    dash: Option[str] = None
    shape: Option[str] = None


class AxisStyle(BaseModel):
    """The title of an axis, and its range: two ends, of which either may be None."""

    title: Option[str] = None
    range: Option[list[float | SkipJsonSchema[None]]] = None


class PlotStyle(BaseModel):
    """Options of a trace, as ``plotly.graph_objects`` names them."""

    xperiodalignment: Option[str] = None
    marker_colors: Option[list[str]] = None
    textinfo: Option[str] = None
    line: Option[LineStyle] = None
    fillcolor: Option[str] = None
    mode: Option[str] = None
    name: Option[str] = None
    width: Option[int | list[int]] = None
    xperiod: Option[str] = None


class PlotCategoryStyle(BaseModel):
    """Options of the bars of one category."""

    marker_color: Option[str] = None
    textposition: Option[str] = None
    texttemplate: Option[str] = None


class LayoutStyle(BaseModel):
    """Options of a chart as a whole, as ``plotly.graph_objects.Layout`` names them."""

    font_size: Option[float] = None
    font_color: Option[str] = None
    font_style: Option[str] = None
    plot_bgcolor: Option[str] = None
    showlegend: Option[bool] = None
    hovermode: Option[str] = None
    legend_title: Option[str] = None
    title: Option[str] = None
    title_x: Option[Fraction] = None
    title_y: Option[Fraction] = None
    xaxis: Option[AxisStyle] = None
    yaxis: Option[AxisStyle] = None


class BarLayoutStyle(LayoutStyle):
    """Options of a bar chart as a whole: the gaps are shares of the width of a bar's place."""

    bargap: Option[Fraction] = None
    bargroupgap: Option[Fraction] = None


LAYOUT_FIELD = Field(
    description="Additional kwargs passed to plotly.go.Figure(layout).", json_schema_extra=ADVANCED
)
LayoutOptions = Annotated[LayoutStyle | SkipJsonSchema[None], LAYOUT_FIELD]
BarLayoutOptions = Annotated[BarLayoutStyle | SkipJsonSchema[None], LAYOUT_FIELD]


class BarConfig(BaseModel):
    """One bar of each category."""

    column: Annotated[str, Field(description="The dataframe column to aggregate.")]
    agg_func: Annotated[AggOperations, Field(description="The aggregate function to apply.")]
    label: Annotated[str, Field(description="The label for the bar in the chart legend.")]
    show_label: Annotated[
        bool,
        Field(description="Whether to show the value label on top of the bar.", json_schema_extra=ADVANCED),
    ] = False
    style: Annotated[
        PlotCategoryStyle | SkipJsonSchema[None],
        Field(description="The style parameters for the category", json_schema_extra=ADVANCED),
    ] = None


class EcoplotConfig(BaseModel):  # published specs give it keys that it does not have
    """One curve of each group."""

    x_col: Annotated[str, Field(description="The dataframe column to plot in the x axis.")]
    y_col: Annotated[str, Field(description="The dataframe column to plot in the y axis.")]
    color_col: Annotated[
        str | SkipJsonSchema[None],
        Field(
            description="The name of the dataframe column to color each plot group with.",
            json_schema_extra=ADVANCED,
        ),
    ] = None
    plot_style: Annotated[
        PlotStyle | SkipJsonSchema[None],
        Field(description="Style arguments passed to plotly.graph_objects.Scatter."),
    ] = PlotStyle()


class SmoothingConfig(Written):
    """How a line is smoothed."""

    method: Annotated[
        Literal["spline"], Field(description="The smoothing method to apply. Currently supports 'spline'.")
    ] = "spline"
    y_min: Annotated[
        float | SkipJsonSchema[None],
        Field(
            description="The minimum value to clamp smoothed values to. "
            "Useful for data like precipitation where values should not go below zero.",
            json_schema_extra=ADVANCED,
        ),
    ] = None
    y_max: Annotated[
        float | SkipJsonSchema[None],
        Field(description="The maximum value to clamp smoothed values to.", json_schema_extra=ADVANCED),
    ] = None
    resolution: Annotated[
        int,
        Field(
            ge=1,
            description="The resolution multiplier for interpolation points. "
            "The number of output points will be len(x) * resolution.",
            json_schema_extra=ADVANCED,
        ),
    ] = 10
    degree: Annotated[
        int,
        Field(
            ge=1,
            le=5,
            description="The degree of the spline. "
            "1: Linear, 2: Quadratic, 3: Cubic (recommended), 4-5: Higher degree.",
            json_schema_extra=ADVANCED,
        ),
    ] = 3


def options_of(style: BaseModel | None) -> dict[str, Any]:
    """Return the options that are set, as plotly takes them."""
    return style.model_dump(exclude_none=True) if style is not None else {}
