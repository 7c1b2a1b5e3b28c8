"""How layers and maps look, as specs write it: the models of style arguments; nothing here imports numpy."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.tasks.written import ADVANCED, Written

Units = Literal["meters", "pixels", "common"]
Placement = Literal["top-left", "top-right", "bottom-left", "bottom-right", "fill"]
# A name, hexadecimal text, or red, green, blue and perhaps opacity, 0 to 255; or such a list for each row.
ColorValue = str | SkipJsonSchema[list[int]] | SkipJsonSchema[list[list[int]]] | SkipJsonSchema[None]

Opacity = Annotated[
    float,
    Field(
        title="Layer Opacity",
        description="Set layer transparency from 1 (fully visible) to 0 (hidden).",
        ge=0,
        le=1,
        json_schema_extra={"default": 1, **ADVANCED},
    ),
]
Flag = Annotated[bool, Field(json_schema_extra=ADVANCED)]
Size = Annotated[float, Field(ge=0, json_schema_extra=ADVANCED)]
ColumnName = Annotated[str | SkipJsonSchema[None], Field(json_schema_extra=ADVANCED)]
UnitName = Annotated[Units, Field(json_schema_extra=ADVANCED)]


class LayerStyle(BaseModel):
    """What the styles of all layers share.

    Parameters
    ----------
    auto_highlight
        Whether the feature under the pointer gets a dark edge.
    opacity
        Of the whole layer, 0 to 1: features that overlap do not add up.
    pickable
        Whether features show their values.
    """

    model_config = ConfigDict(extra="forbid")

    auto_highlight: Flag = False
    opacity: Opacity = 1
    pickable: Flag = True


class PolylineLayerStyle(LayerStyle):
    """How lines look.

    Parameters
    ----------
    get_color
        The colour of all lines; `color_column`, which holds a colour per row, goes before it.
    get_width
        The width of lines in `width_units`.
    cap_rounded
        Whether the ends of lines are round.
    """

    get_color: ColorValue = None
    get_width: Size = 3
    color_column: ColumnName = None
    width_units: UnitName = "pixels"
    cap_rounded: Flag = True


class ShapeLayerStyle(LayerStyle):
    """What the styles of points and polygons share.

    Parameters
    ----------
    filled, stroked
        Whether features have a fill, and whether they have an outline.
    get_fill_color
        The fill of all features; `fill_color_column`, which holds a colour per row, goes before it.
    get_line_color, get_line_width
        The colour of all outlines, and their width in `line_width_units`; a width of 0 draws none.
    """

    filled: Flag = True
    get_fill_color: ColorValue = None
    get_line_color: ColorValue = None
    get_line_width: Size = 1
    fill_color_column: ColumnName = None
    line_width_units: UnitName = "pixels"
    stroked: Flag = False


class PointLayerStyle(ShapeLayerStyle):
    """How points look.

    Parameters
    ----------
    get_radius
        The radius of all points in `radius_units`; the name of a column that holds one per row;
        or a list of them.
    radius_scale
        A factor for all radii.
    """

    get_radius: Annotated[
        float | str | SkipJsonSchema[list[float]] | SkipJsonSchema[None], Field(json_schema_extra=ADVANCED)
    ] = 5
    radius_units: UnitName = "pixels"
    radius_scale: Size = 1


class PolygonLayerStyle(ShapeLayerStyle):
    """How polygons look; heights are taken and not drawn, as the map is flat."""

    extruded: Flag = False
    get_elevation: Annotated[float, Field(json_schema_extra=ADVANCED)] = 1000


class LegendDefinition(Written):
    """What a layer adds to the legend: a label for each colour of a column, or labels and colours as given.

    Parameters
    ----------
    label_column, color_column
        Columns with the label and the colour of each row; without `color_column` the colours of the layer.
    labels, colors
        As many labels as colours.
    sort
        By label, as numbers where all labels are numbers; None leaves the order of the rows.
    label_suffix
        Stands behind every label, such as ``" %"``.
    title
        Stands above the labels of this layer.
    """

    model_config = ConfigDict(extra="forbid")

    label_column: ColumnName = None
    color_column: ColumnName = None
    labels: list[str] | SkipJsonSchema[None] = None
    colors: list[str] | SkipJsonSchema[None] = None
    sort: Annotated[Literal["ascending", "descending"] | None, Field(json_schema_extra=ADVANCED)] = None
    label_suffix: ColumnName = None
    title: SkipJsonSchema[str | None] = None


class NorthArrowStyle(BaseModel):
    """Where the north arrow stands, and ``{"transform": "scale(0.8)"}``, its size."""

    model_config = ConfigDict(extra="forbid")

    placement: Annotated[Placement, Field(json_schema_extra=ADVANCED)] = "top-left"
    style: Annotated[dict[str, str], Field(json_schema_extra=ADVANCED)] = {"transform": "scale(0.8)"}


class LegendStyle(BaseModel):
    """Where the legend stands and what it is called; `format_title` makes words of a column's name."""

    model_config = ConfigDict(extra="forbid")

    placement: Annotated[Placement, Field(json_schema_extra=ADVANCED)] = "bottom-right"
    title: Annotated[str, Field(json_schema_extra=ADVANCED)] = "Legend"
    format_title: Flag = False

    @property
    def display_name(self) -> str:
        """Return the title as it is shown."""
        return self.title.replace("_", " ").title() if self.format_title else self.title


class ViewState(BaseModel):
    """What part of the world a map shows at first; zoom 0 shows the world on 512 pixels.

    The map is flat with north up: pitch and bearing are taken and not drawn.
    """

    model_config = ConfigDict(extra="forbid")

    longitude: Annotated[float, Field(ge=-180, le=180, json_schema_extra=ADVANCED)] = 0
    latitude: Annotated[float, Field(ge=-90, le=90, json_schema_extra=ADVANCED)] = 0
    zoom: Annotated[float, Field(ge=0, le=20, json_schema_extra=ADVANCED)] = 0
    pitch: Annotated[float, Field(ge=0, le=60, json_schema_extra=ADVANCED)] = 0
    bearing: Annotated[float, Field(ge=0, le=360, json_schema_extra=ADVANCED)] = 0
