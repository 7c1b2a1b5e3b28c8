"""Layers in, a page with their map out."""

from __future__ import annotations

import logging
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import Html
from ecoscope_workflows.contracts.skipping import is_skipped
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.results._base_maps import MAX_ZOOM, TileLayer
from ecoscope_workflows.tasks.results._layer_definition import LayerDefinition
from ecoscope_workflows.tasks.results._layer_styles import LegendStyle, NorthArrowStyle, ViewState
from ecoscope_workflows.tasks.written import ADVANCED

logger = logging.getLogger(__name__)

# Published forms hold these texts to the letter, white space and all.
ABOUT_TITLE = """\
            The map title. Note this is the title drawn on the map canvas itself, and will result
            in duplicate titles if set in the context of a dashboard in which the iframe/widget
            container also has a title set on it.
            """
ABOUT_WIDGET_ID = """\
            The id of the dashboard widget that this tile layer belongs to.
            If set this MUST match the widget title as defined downstream in create_widget tasks
            """


def _present(layers: Any) -> Any:
    """Return those layers of a list that there are: a group may lack some, or their making was skipped."""
    if not isinstance(layers, list | tuple):
        return layers
    return [layer for layer in layers if layer is not None and not is_skipped(layer)]


@distributed
def draw_ecomap(
    geo_layers: Annotated[
        LayerDefinition | list[LayerDefinition],
        BeforeValidator(_present),
        Field(description="A list of map layers to add to the map.", exclude=True),
    ],
    tile_layers: Annotated[
        list[TileLayer] | SkipJsonSchema[None],
        Field(description="A list of named tile layer with opacity, ie OpenStreetMap."),
    ] = None,
    static: Annotated[bool, Field(description="Set to true to disable map pan/zoom.")] = False,  # noqa: FBT002  # published parameter
    title: Annotated[
        str | None, Field(title="Title", description=ABOUT_TITLE, json_schema_extra=ADVANCED)
    ] = None,
    north_arrow_style: Annotated[
        NorthArrowStyle | SkipJsonSchema[None],
        Field(description="Additional arguments for configuring the North Arrow."),
    ] = None,
    legend_style: Annotated[
        LegendStyle | SkipJsonSchema[None],
        Field(description="Additional arguments for configuring the legend."),
    ] = None,
    max_zoom: Annotated[int, Field(description="Max zoom level.")] = MAX_ZOOM,
    view_state: Annotated[
        ViewState | SkipJsonSchema[None],
        Field(
            description="Manually set the view state of the map, overrides any layer zoom settings.",
            exclude=True,
        ),
    ] = None,
    widget_id: Annotated[str | SkipJsonSchema[None], Field(description=ABOUT_WIDGET_ID, exclude=True)] = None,
) -> Html:
    """Draw layers as an interactive map in one HTML page that opens without a network.

    The map fills its window, and shows a grid of longitudes and latitudes, a scale bar, a north arrow, the
    legend, and the values of the feature under the pointer.
    With the keyboard: arrow keys move it, plus and minus zoom, and Enter goes from feature to feature.

    Parameters
    ----------
    geo_layers
        Layers, the first at the bottom; those that are missing or were skipped are passed over.
    tile_layers
        Backgrounds, the first at the bottom.
        An open page asks for one trial tile, and for more only when that has come; the map does without.
    static
        True draws a picture: it does not move, and nothing answers.
    title
        Shown above the map; None or blank shows none.
    north_arrow_style
        ``placement`` (top-left) and ``style``: ``{"transform": "scale(0.8)"}`` for its size.
    legend_style
        ``title`` (Legend), ``format_title`` (true makes "Patrol Type" of "patrol_type") and ``placement``
        (bottom-right).
    max_zoom
        The closest view, 0 to 24; the map opens no closer than 16 by itself.
    view_state
        ``longitude``, ``latitude`` and ``zoom`` that the map opens with, rather than showing all features.
        The map is flat and north is up, so ``pitch`` and ``bearing`` have no effect.
    widget_id
        The name of the page's widget in a dashboard; it names the page where there is no title.

    Returns
    -------
    str
        The page. The same input gives the same text.

    Raises
    ------
    ValueError
        When an option is out of range.

    Notes
    -----
    Layers on both sides of the antimeridian are brought together.
    Mercator has no poles: what lies beyond 85 degrees is drawn on that line.
    """
    from ecoscope_workflows.tasks.results._ecomap_page import ecomap_page

    present = _present(geo_layers)
    if view_state is not None and (view_state.pitch or view_state.bearing):
        logger.warning("the map is flat and north is up: pitch and bearing of view_state have no effect")
    return ecomap_page(
        present if isinstance(present, list) else [present],
        tiles=tile_layers or [],
        static=static,
        title=title or "",
        name=widget_id or "",
        arrow=north_arrow_style or NorthArrowStyle(),
        legend=legend_style or LegendStyle(),
        max_zoom=max_zoom,
        view=view_state,
    )
