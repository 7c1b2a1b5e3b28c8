"""A graph in, the form of its params out, as react-jsonschema-form shows it: cards, fields and their order.

Published workflows carry two such documents: a form whose task groups are cards (``rjsf.json``), and the same
without groups (``params.json``), which is what a params file looks like.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from ecoscope_workflows.errors import Problem, SpecError
from ecoscope_workflows.graph.forms import property_schema
from ecoscope_workflows.graph.params import ParamsModel
from ecoscope_workflows.graph.rjsf_overrides import overridden, without_effect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecoscope_workflows.graph.model import Graph
    from ecoscope_workflows.graph.params import InstanceParams
    from ecoscope_workflows.spec.model import Instance, Override

Schema = dict[str, Any]


class _FormSchema(GenerateJsonSchema):
    """Leaves a field out where its model excludes it, unless the field must be filled in."""

    def field_is_present(self, field: Any) -> bool:
        return not field.get("serialization_exclude") or self.field_is_required(field, total=True)


def flat_schema(graph: Graph) -> Schema:
    """Return the form with one object per task instance: the shape of a params file."""
    cards, definitions = _cards(graph)
    return _document(cards, definitions)


def form_schema(graph: Graph) -> Schema:
    """Return the form with its task groups, and with the overrides of the spec.

    Raises
    ------
    SpecError
        When a group has the title of an instance, so that one would hide the other, or when the path of an
        override leads through something that has no parts.
    """
    problems = hidden_cards(graph)
    if problems:
        raise SpecError(problems)
    cards, definitions = _cards(graph)
    return overridden(_grouped(graph, cards, definitions), graph.spec.overrides)


def unmatched_overrides(graph: Graph) -> list[Override]:
    """Return those overrides whose path leads to no field, item or definition of the form.

    Such an override does nothing but add keys that no form shows, mostly for a misspelt title or name.
    """
    if not graph.spec.overrides:
        return []
    return without_effect(_grouped(graph, *_cards(graph)), graph.spec.overrides)


def _grouped(graph: Graph, cards: Mapping[str, Schema], definitions: Schema) -> Schema:
    # Two groups of one title are one card, with the description of the first.
    groups = {group.title: group for group in reversed(graph.spec.groups)}
    shown: dict[str, Schema] = {}
    for instance in graph.spec.instances:
        if instance.id not in cards:
            continue
        if instance.group is None:
            shown[instance.id] = cards[instance.id]
            continue
        description = groups[instance.group].description
        card = shown.setdefault(instance.group, _group_card(description))
        card["properties"][instance.id] = cards[instance.id]
    return _document(shown, definitions)


def _group_card(description: str) -> Schema:
    return {"type": "object", "description": description, "ecoscope:task_group": True, "properties": {}}


def hidden_cards(graph: Graph) -> list[Problem]:
    """Return a fault for each group that has the title of an instance, so that one hides the other."""
    cards = ParamsModel.of(graph).instances
    shown = [instance for instance in graph.spec.instances if instance.id in cards]
    titles = {instance.group for instance in shown}
    alone = {instance.id for instance in shown if instance.group is None}
    return [
        Problem(
            "EW341",
            f"the title {group.title!r} of a task group is also the id of a task instance, and a form can"
            " show only one of them",
            group.where,
            "rename one of them",
        )
        for group in graph.spec.groups
        if group.title in titles & alone
    ]


def _cards(graph: Graph) -> tuple[dict[str, Schema], Schema]:
    """Return the schema of each instance that has something to fill in, as written, and the definitions."""
    instances = ParamsModel.of(graph).instances
    # All at once, so that two models of one name get two definitions; each task once, however often used.
    parameters = {
        (node.task.path, name): parameter
        for node in instances.values()
        for name, parameter in node.free.items()
    }
    adapters: list[Any] = [(key, "validation", parameter.adapter) for key, parameter in parameters.items()]
    schemas, definitions = TypeAdapter.json_schemas(adapters, schema_generator=_FormSchema)
    raw = {key: schema for (key, _), schema in schemas.items()}
    cards = {
        instance.id: _card(instance, instances[instance.id], raw)
        for instance in graph.spec.instances
        if instance.id in instances
    }
    return cards, definitions.get("$defs", {})


def _card(instance: Instance, node: InstanceParams, raw: Mapping[tuple[str, str], Schema]) -> Schema:
    properties = {}
    for name, parameter in node.free.items():
        # Overrides change one card and not the others of the same task.
        schema = copy.deepcopy(raw[(node.task.path, name)])
        # What its `Field` says of the default is meant for the form, the default of the function for calls.
        shown = {"default": schema["default"]} if "default" in schema else {}
        properties[name] = property_schema(parameter, schema) | shown
    card: Schema = {
        "additionalProperties": False,
        "properties": properties,
        "required": [name for name, parameter in node.free.items() if node.needs(parameter)],
        "type": "object",
    }
    if node.task.description:
        card["description"] = node.task.description
    return card | {"title": instance.name or ""}


def _document(cards: dict[str, Schema], definitions: Schema) -> Schema:
    order: Schema = {}
    for name, card in cards.items():
        hints = _order(card)
        if card.get("ecoscope:task_group"):
            hints |= {part: _order(inner) for part, inner in card["properties"].items() if _order(inner)}
        if hints:
            order[name] = hints
    return {
        "properties": cards,
        "$defs": definitions,
        "uiSchema": order | {"ui:order": list(cards)},
        "additionalProperties": False,
    }


def _order(card: Schema) -> Schema:
    """Return the order of the fields of a card; one field needs none."""
    names = list(card["properties"])
    return {"ui:order": names} if len(names) > 1 else {}
