"""Forms as published workflows carry them: cards, groups, order and overrides."""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from pydantic import BaseModel, Field, create_model

from ecoscope_workflows.annotations import AnyDataFrame, FromEnvironment
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.graph.rjsf import flat_schema, form_schema
from ecoscope_workflows.registry.catalog import Catalog, installed_catalog
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.spec.document import parse
from ecoscope_workflows.spec.load import load_spec, parse_spec

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.graph.model import Graph

    # Types of tasks are read while the tests run; a checker needs classes that it can see.
    class FirstUnit(BaseModel):
        metres: float

    class SecondUnit(BaseModel):
        degrees: float
else:
    FirstUnit = create_model("Unit", __module__="first.units", metres=(float, 1.0))
    SecondUnit = create_model("Unit", __module__="second.units", degrees=(float, 0.1))


class Choice(Enum):
    MEAN = "mean"
    SUM = "sum"


class Grouper(BaseModel):
    index_name: str
    internal: Annotated[str, Field(exclude=True)] = ""
    demanded: Annotated[str, Field(exclude=True)]


def shown_default(schema: dict[str, Any]) -> None:
    schema["default"] = ["shown"]


@distributed
def add(a: Annotated[int, Field(description="first")], b: int = 1) -> int:
    """Add two integers."""
    return a + b


@distributed
def double(n: int) -> int:
    return 2 * n


@distributed
def fan_out(n: int) -> list[int]:
    return list(range(n))


@distributed
def group(  # noqa: PLR0917  # arguments of a task are given by name
    frame: AnyDataFrame,
    groupers: list[Grouper],
    choice: Choice = Choice.MEAN,
    crs: Annotated[
        str, Field(title="Coordinates", json_schema_extra={"ecoscope:advanced": True})
    ] = "EPSG:3857",
    percentiles: Annotated[
        list[float] | None, Field(json_schema_extra={"default": [50.0], "ecoscope:advanced": True})
    ] = None,
    base_maps: Annotated[list[str] | None, Field(json_schema_extra=shown_default)] = None,
    missing: float = float("nan"),
    password: Annotated[str, FromEnvironment("PASSWORD", secret=True)] = "",
    server: Annotated[str | None, FromEnvironment("SERVER")] = None,
    hidden: Annotated[int, Field(exclude=True)] = 0,
) -> AnyDataFrame:
    """Group a frame.

    What follows is for readers of the documentation.
    """
    del groupers, choice, crs, percentiles, base_maps, missing, password, server, hidden
    return frame


@distributed
def frame() -> AnyDataFrame:
    raise NotImplementedError


@distributed
def first_unit(unit: FirstUnit) -> float:
    return float(unit.metres)


@distributed
def second_unit(unit: SecondUnit) -> float:
    return float(unit.degrees)


TASKS = (add, double, fan_out, group, frame, first_unit, second_unit)
CATALOG = Catalog.of(task_info(task, "demo_tasks.tasks", task.__name__) for task in TASKS)
GROUPING = (
    '  - {id: made, task: frame}\n  - {id: g, task: group, partial: {frame: "${{ workflow.made.return }}"}}\n'
)
CASES = (
    "all-bound",
    "group-all-bound",
    "group",
    "mapped-arg",
    "override-group-with-dots",
    "override-properties",
    "override-ui",
    "required-emptied",
    "title-from-name",
)


def graph_of(workflow: str, overrides: str = "") -> Graph:
    head = f"id: my_flow\nrequirements: []\n{overrides}workflow:\n"
    return resolve(parse_spec(head + workflow, "spec.yaml"), CATALOG)


def grouped(*titles: str) -> Graph:
    """Return a graph with one instance of `add` in a group of each title."""
    return graph_of(
        "".join(
            f"  - {{type: task-group, title: {title}, description: d{number},"
            f" tasks: [{{id: t{number}, task: add}}]}}\n"
            for number, title in enumerate(titles)
        )
    )


@pytest.mark.parametrize("name", CASES)
def test_the_forms_are_the_published_ones(name: str, reference_data: Path) -> None:
    folder = reference_data.parent / "conformance" / "schema"
    assert sorted(path.stem for path in folder.glob("*.yaml")) == sorted(CASES)
    case = yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))
    expected = json.loads(case["expect"])
    graph = resolve(parse_spec(case["spec"], name), CATALOG)
    documents = {"params.json": flat_schema(graph), "rjsf.json": form_schema(graph)}
    assert documents == expected
    for file, document in documents.items():
        # Dictionaries are equal in any order, but the cards of a form are shown in theirs.
        assert list(document["properties"]) == list(expected[file]["properties"])


def test_cards_stand_in_the_order_that_they_are_written_in() -> None:
    graph = graph_of(
        '  - {id: later, task: add, partial: {a: "${{ workflow.first.return }}"}}\n'
        "  - {id: first, task: double}\n"
    )
    assert list(graph.nodes) == ["first", "later"]
    assert form_schema(graph)["uiSchema"]["ui:order"] == ["later", "first"]
    assert list(form_schema(graph)["properties"]) == ["later", "first"]


def test_a_form_holds_what_a_params_file_may_hold_and_nothing_else() -> None:
    graph = graph_of(GROUPING)
    (card,) = form_schema(graph)["properties"].values()
    assert list(card["properties"]) == [
        "groupers",
        "choice",
        "crs",
        "percentiles",
        "base_maps",
        "missing",
        "server",
    ]
    assert card["required"] == ["groupers"]
    assert card["description"] == "Group a frame."


def test_what_fields_say_of_themselves_is_shown() -> None:
    graph = graph_of(GROUPING)
    form = form_schema(graph)
    fields = form["properties"]["g"]["properties"]
    assert fields["crs"] == {
        "title": "Coordinates",
        "type": "string",
        "default": "EPSG:3857",
        "ecoscope:advanced": True,
    }
    assert fields["percentiles"]["ecoscope:advanced"] is True
    assert fields["percentiles"]["default"] == [50.0], "the default that is meant for the form"
    assert fields["base_maps"]["default"] == ["shown"]
    assert fields["choice"] == {"$ref": "#/$defs/Choice", "default": "mean"}
    assert fields["missing"]["default"] == "nan", "JSON has no such number"
    assert fields["server"]["default"] is None
    assert set(form["$defs"]) == {"Choice", "Grouper"}
    json.dumps(form, allow_nan=False)


def test_a_field_that_its_model_excludes_is_shown_only_where_it_must_be_given() -> None:
    graph = graph_of(GROUPING)
    assert set(form_schema(graph)["$defs"]["Grouper"]["properties"]) == {"index_name", "demanded"}


def test_two_models_of_one_name_keep_their_own_definitions() -> None:
    form = form_schema(graph_of("  - {id: a, task: first_unit}\n  - {id: b, task: second_unit}\n"))
    fields = {
        name: list(
            form["$defs"][card["properties"]["unit"]["$ref"].rpartition("/")[2]]["properties"],
        )
        for name, card in form["properties"].items()
    }
    assert fields == {"a": ["metres"], "b": ["degrees"]}


def test_groups_of_one_title_are_one_card_with_all_their_fields() -> None:
    form = form_schema(grouped("Same", "Other", "Same"))
    assert form["uiSchema"]["ui:order"] == ["Same", "Other"]
    card = form["properties"]["Same"]
    assert card["description"] == "d0"
    assert list(card["properties"]) == ["t0", "t2"]
    assert form["uiSchema"]["Same"]["ui:order"] == ["t0", "t2"]


def test_a_group_with_the_title_of_an_instance_is_refused_at_its_title() -> None:
    workflow = "  - {id: s, task: add}\n  - {type: task-group, title: s, tasks: [{id: t, task: add}]}\n"
    with pytest.raises(SpecError) as caught:
        form_schema(graph_of(workflow))
    (problem,) = caught.value.problems
    assert (problem.code, str(problem.where)) == ("EW341", "spec.yaml:5:31")
    assert set(flat_schema(graph_of(workflow))["properties"]) == {"s", "t"}


def test_a_group_of_one_instance_may_have_its_id_as_title() -> None:
    graph = graph_of("  - {type: task-group, title: t, tasks: [{id: t, task: add}]}\n")
    assert form_schema(graph)["properties"]["t"]["properties"].keys() == {"t"}


def test_forms_of_the_examples_are_schemas_that_their_params_satisfy(pytestconfig: pytest.Config) -> None:
    for path in sorted(pytestconfig.rootpath.glob("specs/*/spec.yaml")):
        graph = resolve(load_spec(path), installed_catalog())
        params = parse(path.with_name("params.yaml").read_text(encoding="utf-8"), "params.yaml").value
        for schema in (flat_schema(graph), form_schema(graph)):
            Draft202012Validator.check_schema(schema)
        assert list(Draft202012Validator(flat_schema(graph)).iter_errors(params)) == [], path
