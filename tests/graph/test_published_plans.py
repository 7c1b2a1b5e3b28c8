"""Published specs become the graphs that the published compiler made of them, instance by instance.

Their tasks are not installed here; stubs with the same names and arguments stand in for them.
"""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.standins.published_tasks import stub_catalog

from ecoscope_workflows.graph.export import as_data
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.spec.load import load_spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ecoscope_workflows.registry.catalog import Catalog

FLATTENED = "its plan is of a time when a list of one result in `partial` became the result; today it stays"
OLDER = "its plan was made of an older text of the spec, with other values"
BACKSLASH = (
    'the spec says "Thompson\\\\\'s" with a backslash, which the published compiler loses in its quotes'
)

# Every fact of a plan that our graph does not have, by spec, instance and key.
DIFFERENCES = {
    ("ecoscope-platform-workflows-releases__NDVI__spec", "ndvi_dashboard", "bound.widgets"): FLATTENED,
    ("ecoscope-platform-workflows-releases__smart-patrols__spec", "td_ecomap", "bound.geo_layers"): FLATTENED,
    ("oderofrancis__ecoscope-workflows__examples--patrols", "td_ecomap", "bound.geo_layers"): FLATTENED,
    ("ericgitonga__wt-custom-events__spec", "events_colormap", "bound.colormap"): OLDER,
    ("wildlife-dynamics__mep__animate_tracks", "animation_settings", "bound.head_radius"): OLDER,
    ("wildlife-dynamics__mep__animate_tracks", "animation_settings", "bound.auto_rotate_speed"): OLDER,
    **{
        ("wildlife-dynamics__mep__animate_tracks", "create_animation", f"bound.{name}"): OLDER
        for name in ("camera", "duration", "fps", "height", "width")
    },
    ("wildlife-dynamics__mep__predation_report", "exclude_wild_species", "bound.values"): BACKSLASH,
    ("wildlife-dynamics__mep__predation_report", "get_species_colors", "bound.color_dict"): BACKSLASH,
    ("wildlife-dynamics__mep__predation_report", "map_color_species_killed", "bound.mapping"): BACKSLASH,
}


def value_of(source: str) -> Any:
    """Return what a Python expression in a plan says, in the form of our JSON."""
    return _value(ast.parse(source, mode="eval").body)


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Name(name):
            return {"ref": name}
        case ast.List(items) | ast.Tuple(items):
            return [_value(item) for item in items]
        case ast.Dict(keys, values):
            return {
                ast.literal_eval(key): _value(value) for key, value in zip(keys, values, strict=True) if key
            }
        case ast.Subscript(ast.Attribute(ast.Name("os"), "environ"), ast.Constant(name)):
            return {"env": name}
    return ast.literal_eval(node)


def facts(task: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a plan says of an instance, one fact for each argument and key."""
    bound = {f"bound.{name}": value_of(source) for name, source in task["partial"].items()}
    argvalues = value_of(task["argvalues"]) if "argvalues" in task else None
    return bound | {
        "task": {"module": task["module"], "function": task["function"]},
        "method": task["method"],
        "argnames": task.get("argnames", []),
        "argvalues": argvalues,
        "skipif": task["skipif"],
        "depends_on": names_in([*bound.values(), argvalues]),
    }


def names_in(value: Any) -> list[str]:
    """Return the instances that a value refers to, each once, sorted."""
    return sorted(set(_names_in(value)))


def _names_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict) and set(value) == {"ref"}:
        yield value["ref"]
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _names_in(item)


def our_facts(instance: Mapping[str, Any]) -> dict[str, Any]:
    bound = {f"bound.{name}": value for name, value in instance["bound"].items()}
    kept = ("task", "method", "argnames", "argvalues", "skipif")
    needs = {"depends_on": sorted(instance["depends_on"])}
    return bound | {key: instance[key] for key in kept} | needs


@pytest.fixture(scope="module")
def folder(reference_data: Path) -> Path:
    return reference_data / "published-specs"


@pytest.fixture(scope="module")
def signatures(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "task-signatures.json").read_text())
    return found


def plan_of(spec: Path) -> Any:
    return json.loads(spec.with_name(f"{spec.stem}.plan.json").read_text())


def graph_json(spec: Path, catalog: Catalog) -> Any:
    """Return the graph as whoever reads the file gets it."""
    return json.loads(json.dumps(as_data(resolve(load_spec(spec), catalog)), allow_nan=False))


def differences(spec: Path, signatures: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    plan = plan_of(spec)
    data = graph_json(spec, stub_catalog(signatures, plan))
    ours = {instance["id"]: our_facts(instance) for instance in data["instances"]}
    theirs = {task["id"]: facts(task) for task in plan["tasks"]}
    assert ours.keys() == theirs.keys()
    for name, said in theirs.items():
        for key in sorted(ours[name].keys() | said.keys()):
            if ours[name].get(key) != said.get(key) or (key in ours[name]) != (key in said):
                yield spec.stem, name, key


def test_every_fact_of_every_published_plan_is_in_our_graph(folder: Path, signatures: dict[str, Any]) -> None:
    specs = sorted(
        path.with_name(f"{path.name.removesuffix('.plan.json')}.yaml") for path in folder.glob("*.plan.json")
    )
    assert len(specs) == 49
    assert sum(len(plan_of(spec)["tasks"]) for spec in specs) == 3877
    found = [difference for spec in specs for difference in differences(spec, signatures)]
    assert set(found) == set(DIFFERENCES)


@pytest.mark.parametrize("workflow", ["subject-tracking", "events", "patrols"])
def test_a_published_workflow_with_results_becomes_its_plan(
    reference_data: Path, folder: Path, signatures: dict[str, Any], workflow: str
) -> None:
    spec = reference_data / "snapshots" / workflow / "spec.yaml"
    plan = plan_of(folder / f"ecoscope-platform-workflows-releases__{workflow}__spec.yaml")
    data = graph_json(spec, stub_catalog(signatures, plan))
    assert {instance["id"]: our_facts(instance) for instance in data["instances"]} == {
        task["id"]: facts(task) for task in plan["tasks"]
    }


def test_instances_stand_after_those_they_depend_on(folder: Path, signatures: dict[str, Any]) -> None:
    spec = folder / "ecoscope-platform-workflows-releases__patrols__spec.yaml"
    data = graph_json(spec, stub_catalog(signatures, plan_of(spec)))
    seen: set[str] = set()
    for instance in data["instances"]:
        assert set(instance["depends_on"]) <= seen
        seen.add(instance["id"])
    assert {(edge["from"], edge["to"]) for edge in data["edges"]} == {
        (need, instance["id"]) for instance in data["instances"] for need in instance["depends_on"]
    }
