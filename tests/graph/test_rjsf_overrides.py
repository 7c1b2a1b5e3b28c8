"""Overrides of a form by dotted path: what they set, and which of them lead nowhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import pytest
from pydantic import BaseModel, Field
from tests.standins.published_tasks import stub_catalog

from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.errors import SpecError
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.graph.rjsf import form_schema, unmatched_overrides
from ecoscope_workflows.registry.catalog import Catalog
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.spec.load import load_spec, parse_spec

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.graph.model import Graph


class ValueGrouper(BaseModel):
    index_name: str


class SpatialGrouper(BaseModel):
    region: str


@distributed
def add(a: Annotated[int, Field(description="first")], b: int = 1) -> int:
    return a + b


@distributed
def group(groupers: list[ValueGrouper | SpatialGrouper]) -> int:
    return len(groupers)


CATALOG = Catalog.of(task_info(task, "demo_tasks.tasks", task.__name__) for task in (add, group))


def graph_of(workflow: str, overrides: str) -> Graph:
    return resolve(
        parse_spec(f"id: my_flow\nrequirements: []\n{overrides}workflow:\n{workflow}", "spec.yaml"), CATALOG
    )


def test_an_override_of_one_card_leaves_the_others_of_its_task_alone() -> None:
    overrides = "rjsf-overrides: {properties: {s.properties.a.title: Left}}\n"
    graph = graph_of("  - {id: s, task: add}\n  - {id: t, task: add}\n", overrides)
    cards = form_schema(graph)["properties"]
    assert cards["s"]["properties"]["a"]["title"] == "Left"
    assert cards["t"]["properties"]["a"]["title"] == "A"


def test_an_item_of_a_list_is_replaced_by_its_number() -> None:
    overrides = "rjsf-overrides: {$defs: {ValueGrouper.required.0: name}}\n"
    form = form_schema(graph_of("  - {id: g, task: group}\n", overrides))
    assert form["$defs"]["ValueGrouper"]["required"] == ["name"]


PATHS = {
    "a field": ("properties", "s.properties.a", True),
    "a keyword of a field": ("properties", "s.properties.a.title", True),
    "a new keyword of a field": ("properties", "s.properties.a.ecoscope:transform", True),
    "inside a new keyword of a vendor": ("properties", "s.properties.a.ecoscope:transform.kind", True),
    "a condition": ("properties", "s.if.properties.a.const", True),
    "inside a list": ("properties", "s.required.0", True),
    "past the end of a list": ("properties", "s.required.1", False),
    "a field that is not there": ("properties", "s.properties.c.title", False),
    "an instance that is not there": ("properties", "u.properties.a.title", False),
    "an instance in a group, without its group": ("properties", "t.properties.a.title", False),
    "an instance in a group": ("properties", "Card.properties.t.properties.a.title", True),
    "items of what is no list": ("properties", "s.properties.a.items.title", False),
    "a card of its own": ("properties", "other", False),
    "a definition": ("$defs", "ValueGrouper.title", True),
    "a field of a definition": ("$defs", "ValueGrouper.properties.index_name.oneOf", True),
    "a definition that is not there": ("$defs", "ValueGroupers.title", False),
    "the whole of a definition": ("$defs", "ValueGrouper", True),
    "a hint on a card": ("uiSchema", "s.ui:order", True),
    "a hint on a field": ("uiSchema", "s.a.ui:options.label", True),
    "hints below a field": ("uiSchema", "s.a", True),
    "a hint on a field that is not there": ("uiSchema", "s.c.ui:widget", False),
    "a hint by the way of a property": ("uiSchema", "s.properties.a.ui:widget", False),
    "a hint on a field in a group": ("uiSchema", "Card.t.a.ui:widget", True),
    "a hint on the items of a list": ("uiSchema", "g.groupers.items.ui:options.label", True),
    "a hint on a field behind a reference": ("uiSchema", "g.groupers.items.index_name.ui:widget", True),
    "a hint on a field of a branch": ("uiSchema", "g.groupers.items.anyOf.1.region.ui:widget", True),
    "a hint on items of what is no list": ("uiSchema", "s.a.items.ui:widget", False),
}


@pytest.mark.parametrize(("section", "path", "matches"), PATHS.values(), ids=PATHS)
def test_an_override_that_leads_nowhere_is_found_with_its_place(
    section: str, path: str, matches: bool
) -> None:
    graph = graph_of(
        "  - {id: s, task: add}\n"
        "  - {type: task-group, title: Card, tasks: [{id: t, task: add}]}\n  - {id: g, task: group}\n",
        f"rjsf-overrides:\n  {section}:\n    {path}: 1\n",
    )
    found = [(override.path, str(override.where)) for override in unmatched_overrides(graph)]
    assert found == ([] if matches else [(path, "spec.yaml:5:5")])


def test_what_one_override_that_leads_nowhere_makes_is_not_there_for_the_next() -> None:
    overrides = "rjsf-overrides: {properties: {u.properties.a.title: A, u.properties.a.default: 1}}\n"
    found = unmatched_overrides(graph_of("  - {id: s, task: add}\n", overrides))
    assert [override.path for override in found] == ["u.properties.a.title", "u.properties.a.default"]


def test_a_hint_on_what_another_override_adds_is_found() -> None:
    overrides = (
        "rjsf-overrides:\n"
        "  uiSchema: {s.a.inner.ui:widget: text}\n"
        "  properties: {s.properties.a: {type: object, properties: {inner: {type: string}}}}\n"
    )
    assert unmatched_overrides(graph_of("  - {id: s, task: add}\n", overrides)) == []


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("s.title.x", "'s.title' has no part 'x'"),
        ("s.properties.a.title.x.y", "'s.properties.a.title' has no part 'x'"),
        ("s.required.1", "'s.required' has no part '1'"),
        ("s.required.x.y", "'s.required' has no part 'x'"),
    ],
)
def test_an_override_through_something_without_parts_is_refused_at_its_path(path: str, message: str) -> None:
    graph = graph_of(
        "  - {id: s, task: add, name: Sum}\n", f"rjsf-overrides: {{properties: {{{path}: 1}}}}\n"
    )
    with pytest.raises(SpecError) as caught:
        form_schema(graph)
    (problem,) = caught.value.problems
    assert (problem.code, str(problem.where)) == ("EW342", "spec.yaml:3:31")
    assert message in problem.what
    assert [override.path for override in unmatched_overrides(graph)] == [path]


def test_overrides_do_not_change_what_the_spec_says() -> None:
    overrides = "rjsf-overrides: {$defs: {X: {title: one}, X.title: two}}\n"
    graph = graph_of("  - {id: s, task: add}\n", overrides)
    assert form_schema(graph)["$defs"] == {"X": {"title": "two"}}
    assert graph.spec.overrides[0].value == {"title": "one"}
    assert form_schema(graph) == form_schema(graph)


def test_a_definition_that_holds_itself_is_searched_once() -> None:
    overrides = (
        "rjsf-overrides:\n"
        "  $defs: {Loop: {anyOf: [{$ref: '#/$defs/Loop'}]}}\n"
        "  properties: {s.properties.a.$ref: '#/$defs/Loop'}\n"
        "  uiSchema: {s.a.b.ui:widget: text}\n"
    )
    graph = graph_of("  - {id: s, task: add}\n", overrides)
    found = [override.path for override in unmatched_overrides(graph)]
    assert "s.a.b.ui:widget" in found


def test_published_overrides_of_fields_lead_to_fields(reference_data: Path) -> None:
    folder = reference_data / "published-specs"
    signatures = json.loads((folder / "task-signatures.json").read_text(encoding="utf-8"))
    count = 0
    for path in sorted(folder.glob("*.plan.json")):
        plan = json.loads(path.read_text(encoding="utf-8"))
        spec = load_spec(path.with_name(path.name.replace(".plan.json", ".yaml")))
        graph = resolve(spec, stub_catalog(signatures, plan))
        form_schema(graph)
        unmatched = unmatched_overrides(graph)
        # Stubs have no models, so nothing is known of definitions, of items, and of hints on either.
        fields = {
            item.path for item in unmatched if item.section == "properties" and ".items." not in item.path
        }
        assert fields == set(), path.name
        count += len([item for item in spec.overrides if item.section == "properties"])
    assert count >= 100
