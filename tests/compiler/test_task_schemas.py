"""The JSON Schema of specs with tasks: their names, and the types of their arguments."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from pydantic import BaseModel, Field, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame, FromEnvironment
from ecoscope_workflows.compiler.spec_schema import spec_schema
from ecoscope_workflows.decorators import TaskMetadata, distributed
from ecoscope_workflows.registry.catalog import installed_catalog
from ecoscope_workflows.registry.signature import REQUIRED, Parameter, TaskInfo, task_info
from ecoscope_workflows.spec.document import parse
from ecoscope_workflows.spec.load import load_spec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Layer(BaseModel):
    kind: Literal["layer"]
    opacity: Annotated[float, Field(ge=0, le=1)] = 1.0


class Tile(BaseModel):
    kind: Literal["tile"]
    url: str


@distributed
def draw(
    frame: AnyDataFrame,
    frames: list[AnyDataFrame],
    layers: list[Annotated[Layer | Tile, Field(discriminator="kind")]],
    width: Annotated[int, Field(description="In pixels.", ge=0)] = 100,
    colors: list[str] | SkipJsonSchema[None] = None,
    size: tuple[int, int] = (1, 2),
    password: Annotated[str, FromEnvironment("PASSWORD", secret=True)] = "",
) -> str:
    """Draw frames.

    Parameters
    ----------
    size
        In inches.
    """
    del frame, frames, layers, colors, size, password
    return str(width)


@distributed
def never(value: int) -> bool:
    """Skip nothing."""
    return value is None


def tasks() -> Iterator[TaskInfo]:
    yield task_info(draw, "demo.maps", "draw")
    yield task_info(never, "demo.maps", "never")
    yield task_info(never, "first.tasks", "run")
    yield task_info(never, "second.tasks", "run")


SCHEMA = spec_schema(tasks())
BUNCH = 'frames: ["${{ workflow.f.return }}"]'
ARGUMENTS = {
    "a result for a frame": ('frame: "${{ workflow.f.return }}"', True),
    "a value for a frame": ("frame: 1", False),
    "a list for a frame": ('frame: ["${{ workflow.f.return }}"]', True),
    "a list of results for frames": (BUNCH, True),
    "an empty list for frames": ("frames: []", False),
    "a list with a value for frames": ('frames: ["${{ workflow.f.return }}", 1]', False),
    "a part of a result for a frame": ('frame: "${{ workflow.f.return[0] }}"', True),
    "a variable for a frame": ('frame: "${{ env.FRAME }}"', False),
    "a constant for a frame": ('frame: "${{ vars.frame }}"', False),
    "a constant for a number": ('width: "${{ vars.width }}"', True),
    "a text with a constant": ('colors: ["dark${{ vars.color }}"]', True),
    "a number": ("width: 5", True),
    "a number out of bounds": ("width: -5", False),
    "a text for a number": ("width: wide", False),
    "a result for a number": ('width: "${{ workflow.f.return }}"', True),
    "a variable for a number": ('width: "${{ env.WIDTH }}"', True),
    "a malformed reference for a number": ('width: "${{ f }}"', False),
    "null where the type hides it": ("colors: null", True),
    "null where there is none": ("width: null", False),
    "a list": ("colors: [red]", True),
    "a result in a list": ('colors: [red, "${{ workflow.f.return }}"]', True),
    "a number in a list of text": ("colors: [1]", False),
    "a model": ("layers: [{kind: layer, opacity: 0.5}]", True),
    "a model of another kind": ("layers: [{kind: tile, url: here}]", True),
    "a model of no kind": ("layers: [{kind: none}]", False),
    "a value out of bounds in a model": ("layers: [{kind: layer, opacity: 2}]", False),
    "a result in a model": ('layers: [{kind: layer, opacity: "${{ workflow.f.return }}"}]', True),
    "a result for a model": ('layers: ["${{ workflow.f.return }}"]', True),
    "a result for all models": ('layers: "${{ workflow.f.return }}"', True),
    "a malformed reference in a model": ('layers: [{kind: layer, opacity: "${{ f }}"}]', False),
    "a tuple": ("size: [1, 2]", True),
    "a tuple that is too long": ("size: [1, 2, 3]", False),
    "a result in a tuple": ('size: [1, "${{ workflow.f.return }}"]', True),
    "an argument that is not there": ("widht: 5", False),
    "a secret": ("password: x", False),
}


def passes(instance: str) -> bool:
    text = f"id: w\nrequirements: []\nworkflow:\n  - {{id: s, {instance}}}\n"
    return not list(Draft202012Validator(SCHEMA).iter_errors(parse(text, "spec.yaml").value))


@pytest.mark.parametrize(("argument", "fits"), ARGUMENTS.values(), ids=ARGUMENTS)
@pytest.mark.parametrize("name", ["draw", "demo.maps.draw"])
def test_an_argument_is_checked_by_its_type_and_may_be_a_reference(
    name: str, argument: str, fits: bool
) -> None:
    assert passes(f"task: {name}, partial: {{{argument}}}") == fits


@pytest.mark.parametrize(
    ("rest", "fits"),
    [
        ("task: draw", True),
        ("task: drew", False),
        ("task: demo.maps.draw", True),
        ("task: demo.draw", False),
        ("task: run", False),
        ("task: first.tasks.run", True),
        ("task: second.tasks.run", True),
        ("task: draw, skipif: {conditions: [never]}", True),
        ("task: draw, skipif: {conditions: [nevr]}", False),
        ('task: draw, map: {argnames: width, argvalues: "${{ workflow.f.return }}"}', True),
        ('task: draw, map: {argnames: [width], argvalues: "${{ workflow.f.return }}"}', True),
        ('task: draw, map: {argnames: widht, argvalues: "${{ workflow.f.return }}"}', False),
        ('task: draw, mapvalues: {argnames: [width, x], argvalues: "${{ workflow.f.return }}"}', False),
    ],
)
def test_names_are_those_of_the_tasks_and_of_their_arguments(rest: str, fits: bool) -> None:
    assert passes(rest) == fits


@pytest.mark.parametrize(
    ("tasks_of_spec", "fits"),
    [
        ("{draw: {frame: never}, never: {}}", True),
        ("{demo.maps.draw: , first.tasks.run: }", True),
        ("{draw: {frame: nevr}}", False),
        ("{draw: {fram: never}}", False),
        ("{drew: {}}", False),
        ("{run: {}}", False),
    ],
)
def test_the_grammar_of_the_readme_knows_the_tasks_too(tasks_of_spec: str, fits: bool) -> None:
    value = parse(f"name: w\ntasks: {tasks_of_spec}\n", "spec.yaml").value
    assert (not list(Draft202012Validator(SCHEMA).iter_errors(value))) == fits


def test_tasks_and_arguments_are_described() -> None:
    definitions = SCHEMA["$defs"]
    shown = dict(zip(definitions["task"]["enum"], definitions["task"]["enumDescriptions"], strict=True))
    assert shown["draw"] == shown["demo.maps.draw"] == "Draw frames."
    use = definitions["task.demo.maps.draw"]
    assert use["description"] == "Draw frames."
    about = {
        name: schema["description"] for name, schema in use["properties"]["partial"]["properties"].items()
    }
    assert about == {
        "frame": "(data frame; required)",
        "frames": "(list of data frame; required)",
        "layers": "(list of Layer or Tile; required)",
        "width": "In pixels. (whole number; default: 100)",
        "colors": "(list of text or null; default: null)",
        "size": "In inches. ((whole number, whole number); default: [1, 2])",
    }


@pytest.mark.parametrize(
    ("points", "fits"),
    [
        ("[[0, 0], [180, 90]]", True),
        ("[{x: 0.0, y: 0.0}]", True),
        ('["${{ workflow.f.return }}"]', True),
        ("[{x: 0.0}]", False),
        ("[0, 0]", False),
    ],
)
def test_a_value_may_be_written_in_more_ways_than_its_form_shows(points: str, fits: bool) -> None:
    text = f"task: process_relocations, partial: {{filter_point_coords: {points}}}"
    value = parse(f"id: w\nrequirements: []\nworkflow: [{{id: a, {text}}}]\n", "spec.yaml").value
    assert (not list(Draft202012Validator(spec_schema(installed_catalog())).iter_errors(value))) == fits


def test_short_names_of_twins_follow_the_grammar() -> None:
    definitions = spec_schema(installed_catalog())["$defs"]
    readme = definitions["readme_spec"]["properties"]["tasks"]["properties"]
    name, module = "relocations_to_trajectory", "ecoscope_workflows.tasks"
    assert readme[name] == {"$ref": f"#/$defs/arguments.{module}.readme.{name}"}
    uses = {
        use: rule["then"]["$ref"]
        for rule in definitions["instance"]["allOf"]
        for use in rule["if"]["properties"]["task"]["enum"]
    }
    assert uses[name] == f"#/$defs/task.{module}.preprocessing.{name}"
    assert uses[f"{module}.readme.{name}"] == f"#/$defs/task.{module}.readme.{name}"


def test_the_installed_tasks_make_a_schema_that_the_examples_pass(pytestconfig: pytest.Config) -> None:
    schema = spec_schema(installed_catalog())
    Draft202012Validator.check_schema(schema)
    json.dumps(schema, allow_nan=False)
    paths = sorted(pytestconfig.rootpath.glob("specs/*/spec.yaml"))
    assert len(paths) >= 3
    for path in paths:
        value = parse(path.read_text(encoding="utf-8"), str(path)).value
        assert [error.message for error in Draft202012Validator(schema).iter_errors(value)] == [], path


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("any_is_empty_df", True),
        ("ecoscope_workflows.tasks.skip.never", True),
        ("invert_bool", True),
        ("any_is_empty", False),
    ],
)
def test_a_condition_is_an_installed_one_or_a_task(name: str, *, fits: bool) -> None:
    text = f"task: load_relocations, skipif: {{conditions: [{name}]}}"
    value = parse(f"id: w\nrequirements: []\nworkflow: [{{id: a, {text}}}]\n", "spec.yaml").value
    assert (not list(Draft202012Validator(spec_schema(installed_catalog())).iter_errors(value))) == fits


# The published forms of these arguments show no null, and their types take one.
HIDDEN_NULLS = {
    "wildlife-dynamics__dsc-analysis__spec.yaml": ["$.workflow[50].partial.drop_columns"],
    "wildlife-dynamics__home-range__spec.yaml": ["$.workflow[8].partial.filter_point_coords"],
}


def stub(name: str, facts: dict[str, Any]) -> TaskInfo:
    """Return a task with the arguments that published specs and their forms know of."""
    parameters = {}
    for argument in {**facts["unbound"], **facts["args"]}:
        # The file was read as YAML 1.1, to which `on` is no text.
        spelt = "on" if argument == "True" else argument
        schema = without_references(facts["unbound"].get(argument, {}))
        default = schema.pop("default", REQUIRED)
        annotation: Any = Annotated[Any, WithJsonSchema(schema)]
        parameters[spelt] = Parameter(spelt, annotation | None if default is None else annotation, default)
    return TaskInfo(name, "stub", never, parameters, bool, TaskMetadata())


def without_references(schema: Any) -> Any:
    """Return a schema without the definitions that its file leaves out."""
    if isinstance(schema, dict):
        return {key: without_references(part) for key, part in schema.items() if key != "$ref"}
    return [without_references(part) for part in schema] if isinstance(schema, list) else schema


@pytest.mark.slow
def test_published_specs_pass_with_the_tasks_that_they_use(reference_data: Path) -> None:
    file = reference_data / "published-specs" / "task-signatures.json"
    stubs = {name: stub(name, facts) for name, facts in json.loads(file.read_text(encoding="utf-8")).items()}
    published = reference_data.glob("published-specs/*.yaml")
    paths = [path for path in published if not path.name.endswith(".test-cases.yaml")]
    paths += reference_data.glob("snapshots/*/spec.yaml")
    assert len(paths) >= 50
    found = {}
    for path in paths:
        spec = load_spec(path)
        names = {item.task for item in spec.instances}
        names |= {name for item in spec.instances if item.skipif for name in item.skipif.conditions}
        used = []
        for name in sorted(names):
            module, _, short = name.rpartition(".")
            known = stubs.get(short) or stub(short, {"args": {}, "unbound": {}})
            used.append(replace(known, module=module or "stub"))
        schema = spec_schema(used)
        value = parse(path.read_text(encoding="utf-8"), str(path)).value
        found[path.name] = [error.json_path for error in Draft202012Validator(schema).iter_errors(value)]
    assert {name: faults for name, faults in found.items() if faults} == HIDDEN_NULLS
