"""Backgrounds of maps: image tiles from public servers, as specs and forms name them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, field_validator, model_validator
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.errors import did_you_mean
from ecoscope_workflows.tasks.results._layer_styles import Opacity
from ecoscope_workflows.tasks.results._map_options import parse_tile_layers
from ecoscope_workflows.tasks.written import ADVANCED

ESRI = "https://server.arcgisonline.com"
# Name in specs: title in forms, address.
PRESETS = {
    "OpenStreetMap": ("Open Street Map", "https://tile.openstreetmap.org/{z}/{x}/{y}.png"),
    "ROADMAP": ("Roadmap", f"{ESRI}/ArcGIS/rest/services/World_Street_Map/MapServer/tile/{{z}}/{{y}}/{{x}}"),
    "SATELLITE": ("Satellite", f"{ESRI}/ArcGIS/rest/services/World_Imagery/MapServer/tile/{{z}}/{{y}}/{{x}}"),
    "TERRAIN": ("Terrain", f"{ESRI}/ArcGIS/rest/services/World_Topo_Map/MapServer/tile/{{z}}/{{y}}/{{x}}"),
    "USGS HILLSHADE": (
        "USGS Hillshade",
        f"{ESRI}/arcgis/rest/services/Elevation/World_Hillshade/MapServer/tile/{{z}}/{{y}}/{{x}}",
    ),
}
URL_PATTERN = (
    r"https?:\/\/(www\.)?[-a-zA-Z0-9@:%._\+~#=]{1,256}\.[a-zA-Z0-9()]{1,6}"
    r"([-a-zA-Z0-9()@:%_\+.~#?&//=\{\}]*)"
)
MAX_ZOOM = 20


class TileLayer(BaseModel):
    """A tiled raster layer loaded on-demand from a URL template (e.g., base maps)."""

    layer_name: SkipJsonSchema[str] = ""
    url: Annotated[
        str,
        Field(
            title="Layer URL",
            pattern=URL_PATTERN,
            description="The URL of a publicly accessible tiled raster service.",
        ),
    ] = "https://example.tiles.com/{z}/{x}/{y}.png"
    opacity: Opacity = 1
    max_zoom: Annotated[
        int,
        Field(title="Layer Max Zoom", description="Set the maximum zoom level to fetch tiles for."),
    ] = MAX_ZOOM
    min_zoom: Annotated[
        int,
        Field(title="Layer Min Zoom", description="Set the minimum zoom level to fetch tiles for."),
    ] = 0

    @model_validator(mode="before")
    @classmethod
    def _address_of_preset(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        # As published, a form that was left empty says `null`.
        given = {name: value for name, value in given.items() if value is not None or "zoom" not in name}
        # Specs of 2024 and 2025 write `name`.
        name = given.get("layer_name") or given.get("name")
        if not name:
            return given
        if name not in PRESETS:
            hint = did_you_mean(str(name), PRESETS) or f"expected one of: {', '.join(PRESETS)}"
            raise ValueError(f"no background is called {name!r}; {hint}; or give a 'url'")
        rest = {key: value for key, value in given.items() if key != "name"}
        return {**rest, "layer_name": name, "url": PRESETS[name][1]}

    @field_validator("url")
    @classmethod
    def _usable_address(cls, url: str) -> str:
        parse_tile_layers([{"url": url}])
        return url


def _form(schema: dict[str, Any]) -> None:
    """Write the published form: a choice of presets, and a custom layer."""
    schema["items"] = {
        "title": "Base Layer",
        "anyOf": [*(_preset_form(*preset) for preset in PRESETS.values()), _custom_form()],
    }
    schema["default"] = [layer.model_dump(exclude={"layer_name"}) for layer in default_base_maps()]
    schema.update(ADVANCED)


def _preset_form(title: str, url: str) -> dict[str, Any]:
    form = TileLayer.model_json_schema()
    opacity = form["properties"]["opacity"]
    address = {"const": url, "default": url, "enum": [url], "title": "Preset Layer URL", "type": "string"}
    return {**form, "title": title, "properties": {"url": address, "opacity": opacity}}


def _custom_form() -> dict[str, Any]:
    form = TileLayer.model_json_schema()
    for name, title in (
        ("url", "URL"),
        ("opacity", "Opacity"),
        ("max_zoom", "Max Zoom"),
        ("min_zoom", "Min Zoom"),
    ):
        form["properties"][name]["title"] = f"Custom Layer {title}"
    return {**form, "title": "Custom Layer (Advanced)"}


def default_base_maps() -> list[TileLayer]:
    """Return the backgrounds of a map for which none are chosen: terrain under pale imagery."""
    return [
        TileLayer(layer_name="TERRAIN", url=PRESETS["TERRAIN"][1]),
        TileLayer(layer_name="SATELLITE", url=PRESETS["SATELLITE"][1], opacity=0.5),
    ]


@distributed(cheap=True)
def set_base_maps(
    base_maps: Annotated[
        list[TileLayer] | SkipJsonSchema[None],
        Field(
            title=" ",
            description=(
                "Select tile layers to use as base layers in map outputs. "
                "The first layer in the list will be the bottommost layer displayed."
            ),
            json_schema_extra=_form,
        ),
    ] = None,
) -> list[TileLayer]:
    """Choose the backgrounds of maps.

    Parameters
    ----------
    base_maps
        Image tiles by address, or in specs by ``layer_name`` (OpenStreetMap, ROADMAP, SATELLITE, TERRAIN,
        USGS HILLSHADE); the first lies at the bottom.
        None takes terrain under imagery at half opacity; an empty list takes no background.
        Maps do without a background that cannot be loaded.
    """
    return default_base_maps() if base_maps is None else list(base_maps)


@distributed(cheap=True)
def set_layer_opacity(opacity: Opacity = 1) -> float:
    """Choose the opacity of a layer.

    Parameters
    ----------
    opacity
        From 1 (fully visible) to 0 (hidden).
    """
    return opacity
