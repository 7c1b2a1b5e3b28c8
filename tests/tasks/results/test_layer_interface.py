"""The tasks of maps as specs and forms see them: the published parameters, and light to import."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pydantic
import pytest
import yaml

from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.results import (
    create_point_layer,
    create_polygon_layer,
    create_polyline_layer,
    draw_ecomap,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CREATORS = [create_point_layer, create_polyline_layer, create_polygon_layer]
MAP_TASKS: list[Any] = [*CREATORS, draw_ecomap]
TASKS = {task.__name__: task_info(task, "maps", task.__name__) for task in MAP_TASKS}
HIDDEN = {"geo_layers", "view_state", "widget_id"}


def test_form_of_the_title_is_the_published_one(reference_data: Path) -> None:
    signatures = json.loads((reference_data / "published-specs/task-signatures.json").read_text())
    task: Any = draw_ecomap
    form = pydantic.TypeAdapter(task).json_schema()
    assert form["properties"]["title"] == signatures["draw_ecomap"]["unbound"]["title"]
    parameters = task_info(draw_ecomap, "maps", "draw_ecomap").parameters
    assert {name for name, parameter in parameters.items() if parameter.hidden} == HIDDEN
    assert form["required"] == ["geo_layers"]


def test_importing_the_tasks_of_maps_imports_nothing_heavy() -> None:
    heavy = "{'pandas', 'numpy', 'geopandas', 'shapely', 'pyproj', 'pyarrow', 'jinja2'}"
    modules = ("_base_maps", "_create_layers", "_ecomap")
    load = "; ".join(f"__import__('ecoscope_workflows.tasks.results.{name}')" for name in modules)
    # The package imports all tasks; what matters here is what these modules bring in.
    stub = "import sys, types; p = types.ModuleType('ecoscope_workflows.tasks.results'); "
    stub += "import ecoscope_workflows.tasks as t; p.__path__ = [t.__path__[0] + '/results']; "
    code = f"{stub}sys.modules[p.__name__] = p; {load}; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("create", CREATORS)
def test_form_of_the_open_parameter_is_the_published_one(create: Any, reference_data: Path) -> None:
    signatures = json.loads((reference_data / "published-specs/task-signatures.json").read_text())
    published = signatures["create_polygon_layer"]["unbound"]
    form = pydantic.TypeAdapter(create).json_schema()["properties"]
    assert {name: form[name] for name in published} == published
    assert all(form[name]["ecoscope:advanced"] for name in ("layer_style", "legend"))


def literal_calls(node: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield task, parameter and value of what a spec gives to the tasks of maps, references left out."""
    if isinstance(node, list):
        for item in node:
            yield from literal_calls(item)
    if isinstance(node, dict):
        name = str(node.get("task", "")).rpartition(".")[2]
        for parameter, value in (node.get("partial") or {}).items() if name in TASKS else ():
            if "${{" not in json.dumps(value):
                yield name, parameter, value
        for item in node.values():
            yield from literal_calls(item)


def test_what_published_specs_say_is_understood(reference_data: Path) -> None:
    checked = 0
    for path in sorted((reference_data / "published-specs").glob("*.yaml")):
        # One published spec holds a tab that other readers let pass.
        spec = yaml.load(path.read_text().replace("\t", " "), yaml.CSafeLoader)
        for name, parameter, value in literal_calls(spec):
            TASKS[name].parameters[parameter].adapter.validate_python(value)
            checked += 1
    assert checked > 100
