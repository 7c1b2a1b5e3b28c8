"""A graph in, plain facts about it out: what `ecoscope-workflows graph` prints and draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.frame_types import frame_type
from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.graph.forms import plain
from ecoscope_workflows.spec.model import DictOf, Environment, ListOf, Literal, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecoscope_workflows.graph.model import Graph, Node
    from ecoscope_workflows.spec.model import Binding

# A reader asks for this number first; it grows when a key changes its meaning or goes.
VERSION = 1
REFERENCE, ENVIRONMENT, LITERAL = "ref", "env", "literal"
_MARKS = frozenset({REFERENCE, ENVIRONMENT, LITERAL})
Step = str | int


@dataclass(frozen=True, slots=True)
class Edge:
    """One use of a result.

    Parameters
    ----------
    source, target
        The instance that returns the result, and the one that uses it.
    arguments
        The arguments of the target that it is for: several where `each` value is unpacked over them.
    path
        Keys and indices that lead from the argument (or from ``argvalues``) to the place of the result.
    each
        Whether the target is called once for each value in the result.
    carries
        The type of the result, in words.
    takes
        The type of the argument as a whole, in words; empty where there are several.
    """

    source: str
    target: str
    arguments: tuple[str, ...]
    path: tuple[Step, ...]
    each: bool
    carries: str
    takes: str


def as_data(graph: Graph) -> dict[str, Any]:
    """Return a graph as JSON data of the documented form."""
    names = type_names(graph)
    return {
        "version": VERSION,
        "id": graph.spec.id,
        "description": graph.spec.description,
        "instances": [_instance(node, names[node.id]) for node in graph],
        "edges": [
            {
                "from": edge.source,
                "to": edge.target,
                "arguments": list(edge.arguments),
                "path": list(edge.path),
                "each": edge.each,
                "type": edge.carries,
                "takes": edge.takes,
            }
            for edge in edges(graph, names)
        ],
    }


def type_names(graph: Graph) -> dict[str, tuple[str, str]]:
    """Return by instance the type of one call and the type of the whole result, in words."""
    return {node.id: (type_name(node.task.returns), type_name(result_type(node))) for node in graph}


def result_type(node: Node) -> Any:
    """Return the type of the result of an instance: of all its calls together where there are several."""
    method = node.instance.fan_out.method if node.instance.fan_out else "call"
    returns = node.task.returns
    if method == "map":
        return list[returns]
    return list[tuple[Any, returns]] if method == "mapvalues" else returns


def columns_of(annotation: Any) -> list[dict[str, Any]] | None:
    """Return the columns that every frame of a type has or may have, or None where no schema says them."""
    for item in getattr(annotation, "__metadata__", ()):
        if isinstance(item, FrameContract) and item.schema is not None:
            said = frame_type(item).columns
            return [
                {
                    "name": name,
                    "type": str(column.dtype),
                    "required": column.required,
                    "nullable": bool(column.nullable),
                }
                for name, column in said.items()
            ]
    return None


def edges(graph: Graph, names: Mapping[str, tuple[str, str]]) -> Iterator[Edge]:
    """Yield every use of a result, in the order of the instances that use one."""
    for node in graph:
        parameters = node.task.parameters
        for argument, binding in node.arguments.items():
            takes = type_name(parameters[argument].annotation)
            for reference, path in _uses(binding, ()):
                whole = names[reference.instance][1]
                yield Edge(
                    reference.instance, node.id, (argument,), path, each=False, carries=whole, takes=takes
                )
        fan_out = node.instance.fan_out
        if fan_out is None:
            continue
        single = parameters[fan_out.argnames[0]].annotation if len(fan_out.argnames) == 1 else None
        takes = type_name(single) if single is not None else ""
        for reference, path in _uses(fan_out.argvalues, ()):
            whole = names[reference.instance][1]
            yield Edge(
                reference.instance, node.id, fan_out.argnames, path, each=True, carries=whole, takes=takes
            )


def as_written(binding: Binding) -> Any:
    """Return a bound value as JSON data.

    Plain data stands as it is, a result is ``{"ref": id}``, an environment variable ``{"env": name}``, and a
    mapping that would read like one of these three is ``{"literal": mapping}``.
    """
    match binding:
        case Literal(value):
            return _plain(plain(value))
        case Reference(instance, path=path):
            return {REFERENCE: instance, "path": list(path)} if path else {REFERENCE: instance}
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
    return {LITERAL: entries} if len(entries) == 1 and next(iter(entries)) in _MARKS else entries


def _uses(binding: Binding, path: tuple[Step, ...]) -> Iterator[tuple[Reference, tuple[Step, ...]]]:
    match binding:
        case Reference():
            yield binding, path
        case ListOf(items):
            for number, item in enumerate(items):
                yield from _uses(item, (*path, number))
        case DictOf(entries):
            for key, item in entries.items():
                yield from _uses(item, (*path, key))
        case _:
            return


def _instance(node: Node, names: tuple[str, str]) -> dict[str, Any]:
    instance, fan_out, skipif = node.instance, node.instance.fan_out, node.instance.skipif
    call, whole = names
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
        "returns": call,
        "result": whole,
        "columns": columns_of(node.task.returns),
    }
