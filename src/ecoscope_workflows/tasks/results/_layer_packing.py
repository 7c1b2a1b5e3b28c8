"""A frame and its style in; a layer that is ready for the page out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ecoscope_workflows.tasks.results import _layer_colors, _map_geometry
from ecoscope_workflows.tasks.results._layer_definition import LayerDefinition, LayerDrawing
from ecoscope_workflows.tasks.results._layer_styles import (
    PointLayerStyle,
    PolygonLayerStyle,
    PolylineLayerStyle,
)
from ecoscope_workflows.tasks.results._map_colors import parse_color
from ecoscope_workflows.tasks.results._map_columns import (
    pack_columns,
    plain_columns,
    plain_frame,
    require_column,
)
from ecoscope_workflows.tasks.results._map_packing import pack

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from ecoscope_workflows.tasks.results._layer_definition import LayerType
    from ecoscope_workflows.tasks.results._layer_styles import LegendDefinition

Style = PolylineLayerStyle | PolygonLayerStyle | PointLayerStyle

# What a feature shows where no columns are named; more would hide the map.
MAX_COLUMNS = 10
RADIUS_UNITS = 100
LAYER_TYPES: dict[type[Style], LayerType] = {
    PolylineLayerStyle: "polyline",
    PolygonLayerStyle: "polygon",
    PointLayerStyle: "point",
}


def pack_layer(
    frame: GeoDataFrame,
    style: Style,
    legend: LegendDefinition | None,
    tooltip_columns: list[str] | None,
    *,
    zoom: bool,
) -> LayerDefinition:
    """Return what a layer draws; see `create_polyline_layer`."""
    layer_type = LAYER_TYPES[type(style)]
    drawing = _drawing(style)
    if len(frame) == 0:
        return LayerDefinition(layer_type=layer_type, drawing=drawing, features=0, zoom=zoom)
    placed = _map_geometry.place(frame)
    table = plain_frame(frame.drop(columns=frame.geometry.name))
    colors = _colors(table, style)
    visible = colors.visible[placed.rows]
    order = placed.rows[visible]
    shapes = _map_geometry.pack_shapes(placed.geometries[visible])
    tooltip = _tooltip(table, style, tooltip_columns)
    # Things are drawn in an order of their own, but a legend follows the rows.
    in_order = np.sort(order)
    seen = _layer_colors.RowColors(colors.colors, colors.codes[in_order])
    return LayerDefinition(
        layer_type=layer_type,
        drawing=drawing,
        features=len(order),
        bounds=shapes.bounds,
        groups=shapes.groups,
        colors=colors.colors,
        codes=pack(colors.codes[order]),
        radii=_radii(table, style, order),
        columns=pack_columns(table[tooltip].iloc[order], tooltip, label=str),
        legend=[] if legend is None else _layer_colors.legend_items(table.iloc[in_order], seen, legend),
        legend_title="" if legend is None or legend.title is None else legend.title,
        not_drawn=_not_drawn(placed, int(np.count_nonzero(~visible))),
        zoom=zoom,
    )


def _drawing(style: Style) -> LayerDrawing:
    common = {"opacity": style.opacity, "pickable": style.pickable, "highlight": style.auto_highlight}
    if isinstance(style, PolylineLayerStyle):
        return LayerDrawing(
            **common,
            filled=False,
            line_width=style.get_width,
            line_units=style.width_units,
            cap="round" if style.cap_rounded else "butt",
        )
    outline = style.get_line_color
    if isinstance(outline, list) and outline and isinstance(outline[0], list):
        raise ValueError(
            "layer_style['get_line_color']: expected one colour for all outlines, got a list of them"
        )
    # What has neither a fill nor an outline would be nothing at all.
    outlined = style.stroked or not style.filled
    shape: dict[str, Any] = {
        **common,
        "filled": style.filled,
        "outline_width": style.get_line_width if outlined else 0.0,
        "outline_units": style.line_width_units,
        "outline_color": None if outline is None else parse_color(outline, "layer_style['get_line_color']"),
    }
    if isinstance(style, PointLayerStyle):
        radius = float(style.get_radius) if isinstance(style.get_radius, int | float) else 5.0
        shape |= {"radius": radius * style.radius_scale, "radius_units": style.radius_units}
    return LayerDrawing(**shape)


def _colors(table: pd.DataFrame, style: Style) -> _layer_colors.RowColors:
    if isinstance(style, PolylineLayerStyle):
        column, name, value = style.color_column, "get_color", style.get_color
    else:
        column, name, value = style.fill_color_column, "get_fill_color", style.get_fill_color
        if not style.filled and column is None and value is None:
            name, value = "get_line_color", style.get_line_color
    if column is None:
        return _layer_colors.given_colors(value, len(table), f"layer_style[{name!r}]")
    key = "color_column" if name == "get_color" else "fill_color_column"
    return _layer_colors.colors_of_column(table, column, f"layer_style[{key!r}]")


def _tooltip(table: pd.DataFrame, style: Style, columns: list[str] | None) -> list[str]:
    if not style.pickable:
        return []
    if columns is None:
        return plain_columns(table)[:MAX_COLUMNS]
    for column in columns:
        require_column(table, column, "tooltip_columns")
    return list(dict.fromkeys(columns))


def _radii(table: pd.DataFrame, style: Style, order: NDArray[np.intp]) -> str | None:
    """Return a radius per feature, packed, where not all have the same.

    A column with negative numbers is lifted until its least is 1; where numbers are missing, these get 1 and
    all others are 1 larger, so that nothing vanishes.
    """
    if not isinstance(style, PointLayerStyle) or style.get_radius is None:
        return None
    if isinstance(style.get_radius, int | float):
        return None
    if isinstance(style.get_radius, str):
        values = require_column(table, style.get_radius, "layer_style['get_radius']")
        radii = values.to_numpy(dtype=np.float64, na_value=np.nan)
        if (radii < 0).any():
            radii = radii - np.nanmin(radii) + 1
        if np.isnan(radii).any():
            radii = np.where(np.isnan(radii), 1.0, radii + 1)
    else:
        radii = np.array(style.get_radius, dtype=np.float64)
        if len(radii) != len(table):
            raise ValueError(
                f"layer_style['get_radius']: expected {len(table)} radii, one for each row; got {len(radii)}"
            )
    return pack(np.rint(radii[order] * style.radius_scale * RADIUS_UNITS).astype(np.int64))


def _not_drawn(placed: _map_geometry.Placed, transparent: int) -> dict[str, int]:
    """Return how many rows are not drawn, by the reason."""
    counts = {
        "without a geometry": placed.missing,
        "outside the range of longitude and latitude": placed.outside,
        "with a transparent colour": transparent,
    }
    return {why: count for why, count in counts.items() if count}
