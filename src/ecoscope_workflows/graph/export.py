"""A graph in, plain facts about it out: what `ecoscope-workflows graph` prints and draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.parts import item_type, members
from ecoscope_workflows.contracts.peeled import peel
from ecoscope_workflows.contracts.plain import plain
from ecoscope_workflows.contracts.skipping import is_skip_sentinel
from ecoscope_workflows.graph.edges import EdgeTypes
from ecoscope_workflows.graph.fan_out import key_and_value
from ecoscope_workflows.spec.model import DictOf, Environment, ListOf, Literal, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecoscope_workflows.contracts.frame_data import FrameType
    from ecoscope_workflows.graph.model import Graph, Node
    from ecoscope_workflows.spec.model import Binding

# A reader asks for this number first; it grows when a key changes its meaning or goes.
VERSION = 1
REFERENCE, PATH, ENVIRONMENT, LITERAL = "ref", "path", "env", "literal"
_MARKS = ({REFERENCE}, {REFERENCE, PATH}, {ENVIRONMENT}, {LITERAL})
Step = str | int


@dataclass(frozen=True, slots=True)
class Edge:
    """One use of a result.

    Parameters
    ----------
    source, target
        The instance that returns the result, and the one that uses it.
    argument
        The argument of the target that it is for.
    path
        Keys and indices that lead from the argument to the place of the result in it.
    each
        Whether the target is called once for each value in the result.
    carries
        The type of what comes, in words: a result, a part of one, or one of its values.
    takes
        The type that is asked for in that place, in words.
    """

    source: str
    target: str
    argument: str
    path: tuple[Step, ...]
    each: bool
    carries: str
    takes: str


@dataclass(frozen=True, slots=True)
class Result:
    """What an instance returns.

    Parameters
    ----------
    returns
        The type that its task declares for one call, in words.
    whole
        The type of the whole result, in words, as far as the graph tells.
    columns
        The columns of the frame that one call returns, where they are known.
    """

    returns: str
    whole: str
    columns: tuple[dict[str, Any], ...] | None


@dataclass(frozen=True, slots=True)
class Facts:
    """The types of a graph in words: the result of each instance, and every use of one."""

    results: dict[str, Result]
    edges: tuple[Edge, ...]


def facts_of(graph: Graph) -> Facts:
    """Return the types of a graph in words."""
    types = EdgeTypes(graph)
    # By the reference itself: two may stand in one place, and one for several arguments.
    known = {(id(edge.reference), edge.place.parameter.name): edge for edge in types.edges}
    edges = []
    for node in graph:
        for argument, path, reference, each in _uses(node):
            edge = known.get((id(reference), argument))
            carries = edge.produced if edge else types.results.of(reference)
            takes = edge.required if edge else node.task.parameters[argument].annotation
            edges.append(
                Edge(reference.instance, node.id, argument, path, each, type_name(carries), type_name(takes))
            )
    results = {node.id: _result(node, types.results.result(node.id)) for node in graph}
    return Facts(results, tuple(edges))


def _uses(node: Node) -> Iterator[tuple[str, tuple[Step, ...], Reference, bool]]:
    """Yield every use of a result: its argument, the place in it, the reference, and if by each value."""
    for argument, binding in node.arguments.items():
        for path, reference in _references(binding, ()):
            yield argument, path, reference, False
    fan_out = node.instance.fan_out
    if fan_out is not None:
        for _, reference in _references(fan_out.argvalues, ()):
            for argument in fan_out.argnames:
                yield argument, (), reference, True


def _references(binding: Binding, path: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], Reference]]:
    match binding:
        case Reference():
            yield path, binding
        case ListOf(items):
            for number, item in enumerate(items):
                yield from _references(item, (*path, number))
        case DictOf(entries):
            for key, item in entries.items():
                yield from _references(item, (*path, key))
        case _:
            return


def _result(node: Node, whole: Any) -> Result:
    frame = _frame_of_one_call(node, whole)
    columns = None
    if frame is not None and frame.columns:
        columns = tuple(
            {
                "name": name,
                "type": type_of_column(str(column.dtype)),
                "required": column.required,
                "nullable": column.nullable,
            }
            for name, column in frame.columns.items()
        )
    return Result(type_name(node.task.returns), type_name(whole), columns)


def type_of_column(dtype: str) -> str:
    """Return the type of a column in the words of `type_name`."""
    return "anything" if dtype == "any" else dtype


def _frame_of_one_call(node: Node, whole: Any) -> FrameType | None:
    """Return what is known of the frame that a call returns which is not skipped."""
    one = whole
    if node.instance.fan_out is not None:
        one = item_type(whole)
        pair = key_and_value(one) if node.instance.fan_out.method == "mapvalues" else None
        one = pair[1] if pair else one
    frames = [peel(part).frame for part in members(one) if not is_skip_sentinel(part)]
    return frames[0] if len(frames) == 1 else None


def as_data(graph: Graph) -> dict[str, Any]:
    """Return a graph as JSON data of the documented form."""
    facts = facts_of(graph)
    return {
        "version": VERSION,
        "id": graph.spec.id,
        "description": graph.spec.description,
        "instances": [_instance(node, facts.results[node.id]) for node in graph],
        "edges": [
            {
                "from": edge.source,
                "to": edge.target,
                "argument": edge.argument,
                "path": list(edge.path),
                "each": edge.each,
                "type": edge.carries,
                "takes": edge.takes,
            }
            for edge in facts.edges
        ],
    }


def as_written(binding: Binding) -> Any:
    """Return a bound value as JSON data.

    Plain data stands as it is, a result is ``{"ref": id}`` (with a ``path`` where it is a part of one), an
    environment variable is ``{"env": name}``, and a mapping that would read like one of these is
    ``{"literal": mapping}``.
    """
    match binding:
        case Literal(value):
            return _plain(plain(value))
        case Reference(instance, path=path):
            return {REFERENCE: instance, PATH: list(path)} if path else {REFERENCE: instance}
        case Environment(name):
            return {ENVIRONMENT: name}
        case ListOf(items):
            return [as_written(item) for item in items]
        case DictOf(entries):
            return _mapping({key: as_written(item) for key, item in entries.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return _mapping({key: _plain(item) for key, item in value.items()})
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _mapping(entries: dict[str, Any]) -> dict[str, Any]:
    return {LITERAL: entries} if entries.keys() in _MARKS else entries


def _instance(node: Node, result: Result) -> dict[str, Any]:
    instance, fan_out, skipif = node.instance, node.instance.fan_out, node.instance.skipif
    return {
        "id": node.id,
        "name": instance.name,
        "group": instance.group,
        "task": {"module": node.task.module, "function": node.task.name},
        "method": fan_out.method if fan_out else "call",
        "bound": {argument: as_written(binding) for argument, binding in node.arguments.items()},
        "argnames": list(fan_out.argnames) if fan_out else [],
        "argvalues": as_written(fan_out.argvalues) if fan_out else None,
        "skipif": {"conditions": list(skipif.conditions), "unpack_depth": skipif.unpack_depth}
        if skipif
        else None,
        "depends_on": list(node.depends_on),
        "returns": result.returns,
        "result": result.whole,
        "columns": list(result.columns) if result.columns is not None else None,
    }
