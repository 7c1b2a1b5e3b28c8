"""What one layer of a map draws, ready for the page: small, plain data without a frame."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

LayerType = Literal["polyline", "polygon", "point"]
Bounds = tuple[tuple[float, float], tuple[float, float]]


class LegendItem(BaseModel):
    """A colour of the layer and what it stands for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    color: str


class LayerDrawing(BaseModel):
    """How `map_layers.js` draws the features of a layer.

    Parameters
    ----------
    outline_color
        None takes the colour of the feature where it has no fill, and else a colour that goes with all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    opacity: float
    pickable: bool
    highlight: bool
    filled: bool = True
    line_width: float = 0.0
    line_units: str = "pixels"
    cap: Literal["round", "butt"] = "round"
    outline_width: float = 0.0
    outline_color: str | None = None
    outline_units: str = "pixels"
    radius: float = 5.0
    radius_units: str = "pixels"


class LayerDefinition(BaseModel):
    """What one layer draws.

    Parameters
    ----------
    layer_type
        What the features are, for the legend and for words about the map.
    drawing
        How they are drawn.
    features
        How many there are.
    bounds
        South and west, north and east of them in degrees (EPSG:4326); None where there are none.
        Longitudes may pass 180 degrees: a layer over the antimeridian stays in one piece.
    groups
        Their coordinates, packed by `pack_shapes`.
    colors, codes
        The colours as ``#rrggbb`` or ``#rrggbbaa``, and the packed number of each feature's colour.
    radii
        Packed radii of points in hundredths, where each has its own.
    columns
        The values that a feature shows, packed by column.
    legend, legend_title
        What the colours stand for, in reading order, and what stands above.
    not_drawn
        How many rows are not drawn, by the reason.
    zoom
        Whether the map shows this layer at first, rather than all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    layer_type: LayerType
    drawing: LayerDrawing
    features: int
    bounds: Bounds | None = None
    groups: list[dict[str, str]] = []
    colors: list[str] = []
    codes: str = ""
    radii: str | None = None
    columns: list[dict[str, Any]] = []
    legend: list[LegendItem] = []
    legend_title: str = ""
    not_drawn: dict[str, int] = {}
    zoom: bool = False
