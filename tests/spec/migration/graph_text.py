"""Graphs as text that two specs can be compared by, and tasks that take anything to make graphs of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecoscope_workflows.decorators import TaskMetadata
from ecoscope_workflows.graph.checks import references_exist
from ecoscope_workflows.graph.model import Graph, Node
from ecoscope_workflows.graph.order import in_order
from ecoscope_workflows.registry.catalog import Catalog
from ecoscope_workflows.registry.signature import Parameter, TaskInfo
from ecoscope_workflows.spec.load import parse_spec
from ecoscope_workflows.spec.model import DictOf, Environment, ListOf, Literal, Reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecoscope_workflows.spec.model import Binding


def stub(**arguments: object) -> object:
    """Stand for the function of any task."""
    return arguments


def catalog_of(tasks: Mapping[str, str]) -> Catalog:
    """Return a catalog of tasks by the names of their parameters; each takes and returns anything."""
    return Catalog.of(
        TaskInfo(
            name=name.rpartition(".")[2],
            module=name.rpartition(".")[0] or "stubs",
            function=stub,
            parameters={parameter: Parameter(parameter, Any) for parameter in parameters.split()},
            returns=Any,
            metadata=TaskMetadata(),
        )
        for name, parameters in tasks.items()
    )


def graph_of(text: str, tasks: Mapping[str, str]) -> Graph:
    """Find the stub tasks of a spec; whether its types fit is not asked, only what it says."""
    spec, catalog = parse_spec(text, "spec.yaml"), catalog_of(tasks)
    nodes = {}
    for instance in spec.instances:
        task = catalog.find(instance.task)
        assert isinstance(task, TaskInfo), task
        nodes[instance.id] = Node(instance, task)
    assert references_exist(Graph(spec, nodes)) == []
    return Graph(spec, {name: nodes[name] for name in in_order(nodes)})


def as_lines(graph: Graph) -> list[str]:
    """Return a line for each instance: ``id = task(argument=id).map(argument=id) <- free parameters``."""
    return [f"{_call(node)} <- {' '.join(node.free)}".rstrip() for node in graph]


def _call(node: Node) -> str:
    bound = ", ".join(f"{name}={_value(value)}" for name, value in node.arguments.items())
    call = f"{node.id} = {node.task.name}({bound})"
    each = node.instance.fan_out
    return f"{call}.{each.method}({' '.join(each.argnames)}={_value(each.argvalues)})" if each else call


def _value(value: Binding) -> str:
    match value:
        case Reference(instance):
            return instance
        case Environment(name):
            return f"${name}"
        case ListOf(items):
            return f"[{', '.join(map(_value, items))}]"
        case DictOf(entries):
            return f"{{{', '.join(f'{key}: {_value(item)}' for key, item in entries.items())}}}"
        case Literal(data):
            return repr(data)
        case _:
            raise AssertionError(value)
