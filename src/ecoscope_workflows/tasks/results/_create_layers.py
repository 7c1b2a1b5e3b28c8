"""Frames with geometries in, layers of a map out: what `draw_ecomap` draws, without the frames."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyGeoDataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.results._layer_definition import LayerDefinition
from ecoscope_workflows.tasks.results._layer_styles import (
    LegendDefinition,
    PointLayerStyle,
    PolygonLayerStyle,
    PolylineLayerStyle,
)
from ecoscope_workflows.tasks.written import ADVANCED

if TYPE_CHECKING:
    from ecoscope_workflows.tasks.results._layer_packing import Style

logger = logging.getLogger(__name__)

Frame = Annotated[AnyGeoDataFrame, Field(description="The geodataframe to visualize.", exclude=True)]
Legend = Annotated[
    LegendDefinition | SkipJsonSchema[None],
    Field(description="If present, includes this layer in the map legend", json_schema_extra=ADVANCED),
]
TooltipColumns = Annotated[
    list[str] | SkipJsonSchema[None],
    Field(
        title="Tooltip Columns",
        description="If present, only the listed dataframe columns will display in the layer's picking info",
        json_schema_extra=ADVANCED,
    ),
]
Zoom = Annotated[
    bool,
    Field(description="If true, the map will be zoomed to the bounds of this layer", exclude=True),
]
ABOUT_STYLE = "Style arguments for the layer."


@distributed
def create_polyline_layer(
    geodataframe: Frame,
    layer_style: Annotated[
        PolylineLayerStyle | SkipJsonSchema[None], Field(description=ABOUT_STYLE, json_schema_extra=ADVANCED)
    ] = None,
    legend: Legend = None,
    tooltip_columns: TooltipColumns = None,
    zoom: Zoom = False,  # noqa: FBT002  # published parameter
) -> LayerDefinition:
    """Make a layer of lines, such as the segments of trajectories.

    Parameters
    ----------
    geodataframe
        What to draw, in any CRS; it is not changed. Later rows are drawn over earlier ones.
        Rows without a geometry, outside the globe or with a transparent colour are counted and left out.
    layer_style
        ``color_column`` (a column of colours as `apply_color_map` makes it; a missing one is grey) or
        ``get_color``; ``get_width`` (3) in ``width_units`` (pixels, meters, common); ``opacity``, …
    legend
        ``label_column`` and ``color_column``, or ``labels`` and ``colors``; ``sort``, ``label_suffix``.
        None adds nothing to the legend.
    tooltip_columns
        Columns whose values a feature shows; None shows the first 10 that hold plain values.
    zoom
        Whether the map shows this layer at first, rather than all layers.

    Returns
    -------
    LayerDefinition
        The layer in EPSG:4326, to 1e-6 degrees, small enough to store: about 20 bytes per segment.
        It has no features where the frame has no rows.

    Raises
    ------
    ValueError
        When the frame has rows and no CRS, a named column is missing, or a colour is none.

    Notes
    -----
    An edge that spans more than 180 degrees of longitude is drawn the short way, over the antimeridian.
    Labels that share a colour share an entry of the legend, which names them.
    """
    return _layer(geodataframe, layer_style or PolylineLayerStyle(), legend, tooltip_columns, zoom=zoom)


@distributed
def create_polygon_layer(
    geodataframe: Frame,
    layer_style: Annotated[
        PolygonLayerStyle | SkipJsonSchema[None], Field(description=ABOUT_STYLE, json_schema_extra=ADVANCED)
    ] = None,
    legend: Legend = None,
    tooltip_columns: TooltipColumns = None,
    zoom: Zoom = False,  # noqa: FBT002  # published parameter
) -> LayerDefinition:
    """Make a layer of areas, such as percentile areas or cells of a grid.

    Parameters
    ----------
    geodataframe
        What to draw, in any CRS; it is not changed. Small areas are drawn over large ones.
        Rows without a geometry, outside the globe or with a transparent colour are counted and left out.
    layer_style
        ``fill_color_column`` (a column of colours as `apply_color_map` makes it; a missing one is grey) or
        ``get_fill_color``; ``filled``; ``stroked`` for outlines, with ``get_line_color``,
        ``get_line_width`` and ``line_width_units``; ``opacity`` of the layer as a whole.
        The map is flat: ``extruded`` and ``get_elevation`` have no effect.
    legend
        ``label_column`` and ``color_column``, or ``labels`` and ``colors``; ``sort``, ``label_suffix``.
        None adds nothing to the legend.
    tooltip_columns
        Columns whose values a feature shows; None shows the first 10 that hold plain values.
    zoom
        Whether the map shows this layer at first, rather than all layers.

    Returns
    -------
    LayerDefinition
        The layer in EPSG:4326, to 1e-6 degrees; without features where the frame has no rows.

    Raises
    ------
    ValueError
        When the frame has rows and no CRS, a named column is missing, or a colour is none.
    """
    return _layer(geodataframe, layer_style or PolygonLayerStyle(), legend, tooltip_columns, zoom=zoom)


@distributed
def create_point_layer(
    geodataframe: Frame,
    layer_style: Annotated[
        PointLayerStyle | SkipJsonSchema[None], Field(description=ABOUT_STYLE, json_schema_extra=ADVANCED)
    ] = None,
    legend: Legend = None,
    tooltip_columns: TooltipColumns = None,
    zoom: Zoom = False,  # noqa: FBT002  # published parameter
) -> LayerDefinition:
    """Make a layer of points, such as events.

    Parameters
    ----------
    geodataframe
        What to draw, in any CRS; it is not changed. Later rows are drawn over earlier ones.
        Rows without a geometry, outside the globe or with a transparent colour are counted and left out.
    layer_style
        ``fill_color_column`` (a column of colours as `apply_color_map` makes it; a missing one is grey) or
        ``get_fill_color``; ``get_radius`` (5; a number, the name of a column or a number for each row) in
        ``radius_units`` (pixels, meters, common), times ``radius_scale``; ``stroked`` for an outline, with
        ``get_line_color`` and ``get_line_width``; without it points have a thin white edge.
        A column of radii with negative numbers is lifted until its least is 1; where numbers are missing,
        these become 1 and all others 1 larger.
    legend
        ``label_column`` and ``color_column``, or ``labels`` and ``colors``; ``sort``, ``label_suffix``.
        None adds nothing to the legend.
    tooltip_columns
        Columns whose values a feature shows; None shows the first 10 that hold plain values.
    zoom
        Whether the map shows this layer at first, rather than all layers.

    Returns
    -------
    LayerDefinition
        The layer in EPSG:4326, to 1e-6 degrees; without features where the frame has no rows.

    Raises
    ------
    ValueError
        When the frame has rows and no CRS, a named column is missing, or a colour is none.
    """
    return _layer(geodataframe, layer_style or PointLayerStyle(), legend, tooltip_columns, zoom=zoom)


def _layer(
    frame: AnyGeoDataFrame,
    style: Style,
    legend: LegendDefinition | None,
    tooltip_columns: list[str] | None,
    *,
    zoom: bool,
) -> LayerDefinition:
    from ecoscope_workflows.tasks.results._layer_packing import pack_layer

    layer = pack_layer(frame, style, legend, tooltip_columns, zoom=zoom)
    for why, count in layer.not_drawn.items():
        logger.warning("the %s layer leaves out %d of %d rows %s", layer.layer_type, count, len(frame), why)
    return layer
