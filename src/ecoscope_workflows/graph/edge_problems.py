"""What is said of an edge that does not fit: both ends, the reason, and what could be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import PydanticUserError, TypeAdapter, ValidationError

from ecoscope_workflows.contracts.assignable import assignable
from ecoscope_workflows.contracts.classes import is_opaque
from ecoscope_workflows.contracts.codecs import holds_frames
from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.parts import Unsaid, item_type
from ecoscope_workflows.contracts.peeled import peel
from ecoscope_workflows.contracts.shapes import items_of
from ecoscope_workflows.contracts.validation import faults_of
from ecoscope_workflows.errors import Problem
from ecoscope_workflows.spec.model import references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecoscope_workflows.contracts.parts import Parts
    from ecoscope_workflows.contracts.verdicts import Verdict
    from ecoscope_workflows.errors import Where
    from ecoscope_workflows.graph.edges import Step, TypedEdge
    from ecoscope_workflows.graph.model import Graph, Node
    from ecoscope_workflows.registry.signature import Parameter
    from ecoscope_workflows.spec.model import DictOf, FanOut, ListOf, Literal, Reference

    Fits = Callable[[Any, Any], Verdict]

Related = tuple[tuple["Where", str], ...]


def clash(edge: TypedEdge, graph: Graph, fits: Fits) -> Problem:
    """Return what is wrong with an edge whose types contradict each other."""
    reason = f": {edge.verdict.reason}" if edge.verdict.reason else ""
    hint = _hint(edge, fits) or edge.verdict.hint
    return Problem("EW343", f"{_sentence(edge)}{reason}", edge.reference.where, hint, related=_other_end(edge, graph))


def not_told(edge: TypedEdge, graph: Graph) -> Problem:
    """Return what is wrong with an edge of which the types do not say that it fits."""
    reason = f"whether that fits cannot be told: {edge.verdict.reason}"
    return Problem(
        "EW344",
        f"{_sentence(edge)}; {reason}",
        edge.reference.where,
        edge.verdict.hint or "say more in the types of the tasks, or check without --strict",
        related=_other_end(edge, graph),
    )


def _sentence(edge: TypedEdge) -> str:
    comes = f"each item of {edge.source} is" if edge.each else f"{edge.source} returns"
    return f"{edge.label} needs {type_name(edge.required)}, and {comes} {_named(edge.produced)}"


def _named(annotation: Any) -> str:
    return "anything" if annotation is Unsaid else type_name(annotation)


def _other_end(edge: TypedEdge, graph: Graph) -> Related:
    node = graph.nodes[edge.source]
    return ((node.instance.where, f"{edge.source} returns {_named(node.task.returns)}"),)


def _hint(edge: TypedEdge, fits: Fits) -> str:
    """Return a hint where something near the edge would fit."""
    if not edge.each and not edge.path:
        item = item_type(edge.produced)
        pair = items_of(peel(edge.produced).kind)
        keyed = pair.pair if pair is not None else None
        if keyed is not None and _would(keyed[1], edge.required):
            return f"use `mapvalues` to call {edge.target} once for each value"
        if item not in (None, str) and _would(item, edge.required):
            return f"use `map` to call {edge.target} once for each item"
    wanted = items_of(peel(edge.required).kind)
    if wanted is not None and wanted.fixed is None and fits(edge.produced, wanted.item).answer == "yes":
        return f"write it as a list: `[${{{{ workflow.{edge.source}.return }}}}]`"
    return ""


def _would(item: Any, required: Any) -> bool:
    return not is_opaque(peel(item).kind) and assignable(item, required).answer == "yes"


def wrong_shape(
    node: Node, parameter: Parameter, binding: ListOf | DictOf, required: Any, path: tuple[Step, ...]
) -> Problem:
    """Return what is wrong with a list or mapping where the type takes none."""
    what = "list" if hasattr(binding, "items") and isinstance(binding.items, tuple) else "mapping"
    inner = [reference.instance for reference in references(binding)]
    hint = f"write `${{{{ workflow.{inner[0]}.return }}}}` without brackets" if len(inner) == 1 else ""
    return Problem(
        "EW343",
        f"{_label(node, parameter, path)} needs {type_name(required)}, and a {what} is written here",
        binding.where,
        hint if what == "list" else "",
    )


def wrong_parts(
    node: Node,
    parameter: Parameter,
    binding: ListOf | DictOf,
    required: Any,
    path: tuple[Step, ...],
    parts: Parts,
) -> Iterator[Problem]:
    """Yield what is wrong with a list or mapping whatever its parts are."""
    for fault in parts.faults:
        what = f"{_label(node, parameter, path)} needs {type_name(required)}: {fault}"
        yield Problem("EW343", what, binding.where)


def literal_faults(
    node: Node, parameter: Parameter, binding: Literal, required: Any, path: tuple[Step, ...]
) -> Iterator[Problem]:
    """Yield what is wrong with a value that stands beside references in a list or mapping."""
    label = _label(node, parameter, path)
    # Whether plain data is a data frame needs no pandas to be answered.
    if is_opaque(peel(required).kind) or holds_frames(required):
        return
    try:
        TypeAdapter(required).validate_python(binding.value)
    except ValidationError as error:
        for fault in faults_of(error, binding.value):
            hint = f"it is {type_name(required)}"
            yield Problem("EW324", f"{label}{fault.path}: {fault.message}", binding.where, hint)
    except PydanticUserError:
        what = f"{label} takes a {type_name(required)}, which cannot be written in a spec"
        yield Problem("EW324", what, binding.where, "refer to the task instance that makes it")


def no_list(node: Node, fan_out: FanOut, reference: Reference, graph: Graph, found: Any) -> Problem:
    """Return what is wrong with a fan-out over what is no list."""
    keyed = fan_out.method == "mapvalues"
    needed = "a list of (key, value)" if keyed else "a list"
    source = graph.nodes[reference.instance]
    what = f"{node.id} goes through {reference.instance} with `{fan_out.method}`, which needs {needed}"
    holds = "the items of which are" if keyed and items_of(found) is None and found else "which is"
    del holds
    return Problem(
        "EW345",
        f"{what}, and gets {_named(found)}",
        reference.where,
        f"call it once: `partial: {{{', '.join(fan_out.argnames)}: ${{{{ workflow.{source.id}.return }}}}}}`"
        if not keyed
        else "use `map` where there are no keys",
        related=((source.instance.where, f"{source.id} returns {_named(source.task.returns)}"),),
    )


def not_unpacked(node: Node, fan_out: FanOut, reference: Reference, graph: Graph, value: Any) -> Problem:
    """Return what is wrong with a fan-out whose items do not give one value to each argument."""
    count = len(fan_out.argnames)
    names = ", ".join(fan_out.argnames)
    source = graph.nodes[reference.instance]
    arguments = f"{count} argument{'' if count == 1 else 's'} ({names})"
    return Problem(
        "EW346",
        f"{node.id} is mapped over {arguments}, and each item of {source.id} is {_named(value)}",
        reference.where,
        "give as many names in `argnames` as a tuple has items",
        related=((source.instance.where, f"{source.id} returns {_named(source.task.returns)}"),),
    )


def _label(node: Node, parameter: Parameter, path: tuple[Step, ...]) -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return f"{node.id}.{parameter.name}{steps}"
