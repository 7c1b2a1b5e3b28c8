"""What is said of an edge that does not fit: both ends, the reason, and what could be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import PydanticUserError

from ecoscope_workflows.contracts.assignable import assignable
from ecoscope_workflows.contracts.classes import is_opaque
from ecoscope_workflows.contracts.codecs import holds_frames
from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.parts import Unsaid, item_type
from ecoscope_workflows.contracts.peeled import peel
from ecoscope_workflows.contracts.shapes import items_of
from ecoscope_workflows.contracts.validation import adapter_of, faults_in
from ecoscope_workflows.errors import Problem
from ecoscope_workflows.graph.types import written
from ecoscope_workflows.spec.model import ListOf, references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecoscope_workflows.contracts.parts import Parts
    from ecoscope_workflows.graph.model import Node
    from ecoscope_workflows.graph.typed_edge import Place, TypedEdge
    from ecoscope_workflows.spec.model import DictOf, FanOut, Literal, Reference


def clash(edge: TypedEdge) -> Problem:
    """Return what is wrong with an edge whose types contradict each other."""
    reason = f": {edge.verdict.reason}" if edge.verdict.reason else ""
    return Problem(
        "EW343",
        f"{_sentence(edge)}{reason}",
        edge.reference.where,
        _hint(edge) or edge.verdict.hint,
        related=(_end(edge.source),),
    )


def not_told(edge: TypedEdge) -> Problem:
    """Return what is wrong with an edge of which the types do not say that it fits."""
    return Problem(
        "EW344",
        f"{_sentence(edge)}; whether that fits cannot be told: {edge.verdict.reason}",
        edge.reference.where,
        edge.verdict.hint or "say more in the types of the tasks, or check without --strict",
        related=(_end(edge.source),),
    )


def _sentence(edge: TypedEdge) -> str:
    comes = f"{edge.source.id} returns"
    if edge.reference.path:
        comes = f"`{written(edge.reference)}` is"
    if edge.each:
        comes = f"each item of {edge.source.id} is"
    return f"{edge.place} needs {type_name(edge.required)}, and {comes} {_named(edge.produced)}"


def _named(annotation: Any) -> str:
    return "anything" if annotation is Unsaid else type_name(annotation)


def _end(source: Node) -> tuple[Any, str]:
    return source.instance.where, f"{source.task.name} returns {_named(source.task.returns)}"


def _hint(edge: TypedEdge) -> str:
    """Return a hint where something near the edge would fit."""
    target = edge.place.node.id
    items = items_of(peel(edge.produced).kind)
    if items is not None and not edge.each and not edge.place.path:
        if items.pair is not None and _would(items.pair[1], edge.required):
            return f"use `mapvalues` to call {target} once for each value"
        if _would(item_type(edge.produced), edge.required):
            return f"use `map` to call {target} once for each item"
    wanted = items_of(peel(edge.required).kind)
    if wanted is not None and wanted.fixed is None and not edge.each and _would(edge.produced, wanted.item):
        return f"write it as a list: `[${{{{ workflow.{edge.source.id}.return }}}}]`"
    return ""


def _would(produced: Any, required: Any) -> bool:
    return not is_opaque(peel(produced).kind) and assignable(produced, required).answer == "yes"


def wrong_shape(place: Place, binding: ListOf | DictOf, required: Any) -> Problem:
    """Return what is wrong with a list or mapping where the type takes none."""
    inner = [reference.instance for reference in references(binding)]
    alone = isinstance(binding, ListOf) and len(inner) == len(binding.items) == 1
    return Problem(
        "EW343",
        f"{place} needs {type_name(required)}, and a {_shape(binding)} is written here",
        binding.where,
        f"write `${{{{ workflow.{inner[0]}.return }}}}` without brackets" if alone else "",
    )


def _shape(binding: ListOf | DictOf) -> str:
    return "list" if isinstance(binding, ListOf) else "mapping"


def wrong_parts(place: Place, binding: ListOf | DictOf, required: Any, parts: Parts) -> Iterator[Problem]:
    """Yield what is wrong with a list or mapping whatever its parts are."""
    for fault in parts.faults:
        yield Problem("EW343", f"{place} needs {type_name(required)}: {fault}", binding.where)


def literal_faults(place: Place, binding: Literal, required: Any) -> Iterator[Problem]:
    """Yield what is wrong with a value that stands beside references in a list or mapping."""
    # Where the type asks for data frames, pydantic would import pandas to look at the value.
    if is_opaque(peel(required).kind) or holds_frames(required):
        return
    try:
        adapter = adapter_of(required)
    except PydanticUserError:
        what = f"{place} takes a {type_name(required)}, which cannot be written in a spec"
        yield Problem("EW324", what, binding.where, "refer to the task instance that makes it")
        return
    for fault in faults_in(binding.value, adapter):
        hint = f"it is {type_name(required)}"
        yield Problem("EW324", f"{place}{fault.path}: {fault.message}", binding.where, hint)


def no_list(node: Node, fan_out: FanOut, reference: Reference, source: Node, whole: Any) -> Problem:
    """Return what is wrong with a fan-out over what is no list, or no list of keys with values."""
    keyed = fan_out.method == "mapvalues"
    needed = "a list of (key, value)" if keyed else "a list"
    return Problem(
        "EW345",
        f"{node.id} needs {needed} for its `{fan_out.method}`, and {source.id} returns {_named(whole)}",
        reference.where,
        "use `map` where there are no keys" if keyed else f"call {node.id} once, without `map`",
        related=(_end(source),),
    )


def not_unpacked(node: Node, fan_out: FanOut, reference: Reference, source: Node, value: Any) -> Problem:
    """Return what is wrong with a fan-out whose items do not give one value to each argument."""
    count = len(fan_out.argnames)
    arguments = f"{count} argument{'' if count == 1 else 's'} ({', '.join(fan_out.argnames)})"
    part = "value" if fan_out.method == "mapvalues" else "item"
    return Problem(
        "EW346",
        f"{node.id} gives each {part} of {source.id} to {arguments}, and that is {_named(value)}",
        reference.where,
        "name as many arguments in `argnames` as a tuple has items",
        related=(_end(source),),
    )
