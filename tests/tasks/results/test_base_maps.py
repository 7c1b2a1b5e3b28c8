"""Backgrounds of maps: the published form, names and addresses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pydantic
import pytest

from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.results import set_base_maps, set_layer_opacity
from ecoscope_workflows.tasks.results._base_maps import PRESETS, TileLayer
from ecoscope_workflows.tasks.results._ecomap_page import background

if TYPE_CHECKING:
    from pathlib import Path


def test_form_is_the_published_one(reference_data: Path) -> None:
    signatures = json.loads((reference_data / "published-specs/task-signatures.json").read_text())
    parameter = task_info(set_base_maps, "maps", "set_base_maps").parameters["base_maps"]
    assert parameter.adapter.json_schema() == signatures["set_base_maps"]["unbound"]["base_maps"]
    assert parameter.default is None


def test_without_a_choice_imagery_lies_half_transparent_on_terrain() -> None:
    assert [(layer.url, layer.opacity) for layer in set_base_maps()] == [
        (PRESETS["TERRAIN"][1], 1),
        (PRESETS["SATELLITE"][1], 0.5),
    ]
    assert set_base_maps([]) == []


@pytest.mark.parametrize("key", ["layer_name", "name"])
def test_preset_is_found_by_its_name(key: str) -> None:
    layer = TileLayer.model_validate({key: "ROADMAP", "opacity": 0.3})
    assert (layer.url, layer.opacity, layer.max_zoom) == (PRESETS["ROADMAP"][1], 0.3, 20)
    # What is stored is read back as it was.
    assert TileLayer.model_validate(json.loads(layer.model_dump_json())) == layer


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "TERAIN"}, "did you mean 'TERRAIN'"),
        ({"url": "https://example.org/tiles.png"}, "lacks one of"),
        ({"url": "javascript:alert(1)"}, "should match pattern"),
        ({"url": "https://example.org/{z}/{x}/{y}.png?{key}"}, "expected http"),
        ({"url": 'https://example.org/{z}/{x}/{y}"onload="'}, "expected http"),
        ({"name": "TERRAIN", "opacity": 1.1}, "less than or equal to 1"),
    ],
)
def test_what_is_no_background_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=message):
        TileLayer.model_validate(given)


def test_a_zoom_that_a_form_leaves_empty_is_the_default() -> None:
    layer = TileLayer.model_validate({"max_zoom": None, "min_zoom": None})
    assert (layer.max_zoom, layer.min_zoom) == (20, 0)


def test_known_servers_are_credited_and_not_asked_for_tiles_they_lack() -> None:
    known = background(TileLayer(url=PRESETS["SATELLITE"][1]))
    assert (known.max_zoom, known.attribution) == (17, "Imagery © Esri")
    other = background(TileLayer(max_zoom=12))
    assert (other.max_zoom, other.attribution, other.origin) == (12, "", "https://example.tiles.com")


def test_choices_need_no_job_of_their_own() -> None:
    assert set_layer_opacity(0.4) == 0.4
    for task in (set_base_maps, set_layer_opacity):
        metadata = task_metadata(task)
        assert metadata is not None
        assert metadata.cheap
