"""The rules that a whole graph must satisfy, each a function from the graph to what breaks the rule.

A further rule is a function more in `CHECKS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.parts import takes_null
from ecoscope_workflows.contracts.validation import faults_in
from ecoscope_workflows.errors import MAX_SHOWN, Problem, did_you_mean
from ecoscope_workflows.graph.edges import edges_are_told_to_fit, edges_fit
from ecoscope_workflows.graph.order import find_cycles
from ecoscope_workflows.spec.model import Environment, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecoscope_workflows.graph.model import Graph, Node
    from ecoscope_workflows.registry.signature import Parameter

# Ids of a circle that a message names; nobody reads more.
MAX_PATH = 12


def references_exist(graph: Graph) -> list[Problem]:
    """Every reference names an instance of this spec."""
    known = {instance.id for instance in graph.spec.instances}
    problems: list[Problem] = []
    for node in graph:
        for argument, reference in node.references:
            if reference.instance not in known:
                what = f"{node.id}.{argument} refers to {reference.instance!r}, which is not in this spec"
                # Looking through all names takes time; a report shows no more hints than these.
                near = known - {node.id} if len(problems) < MAX_SHOWN else ()
                hint = did_you_mean(reference.instance, near)
                problems.append(Problem("EW311", what, reference.where, hint))
    return problems


def no_cycles(graph: Graph) -> list[Problem]:
    """No instance needs its own result, not even by way of others."""
    problems = []
    for cycle in find_cycles(graph.nodes):
        references = graph.nodes[cycle[0]].references
        where = next(reference.where for _, reference in references if reference.instance == cycle[1])
        path = cycle if len(cycle) <= MAX_PATH else [*cycle[: MAX_PATH - 2], "...", cycle[-1]]
        what = f"instances need each other in a circle: {' -> '.join(path)}"
        problems.append(Problem("EW312", what, where, "remove one of these references"))
    return problems


def arguments_exist(graph: Graph) -> list[Problem]:
    """Every argument that a spec binds is a parameter of the task."""
    problems = []
    for node in graph:
        fan_out = node.instance.fan_out
        places = dict.fromkeys(fan_out.argnames, fan_out.where) if fan_out else {}
        places.update(node.instance.argument_places)
        for name, where in places.items():
            if name not in node.task.parameters:
                what = f"task {node.task.name!r} has no argument {name!r}"
                problems.append(Problem("EW321", what, where, did_you_mean(name, node.task.parameters)))
    return problems


def data_comes_from_tasks(graph: Graph) -> list[Problem]:
    """A required argument that no params file can hold is bound in the spec."""
    problems = []
    for node in graph:
        for name, parameter in node.task.parameters.items():
            if name in node.bound or not parameter.required or name in node.free or parameter.environment:
                continue
            what = f"{node.id} needs {name!r} ({type_name(parameter.annotation)})"
            hint = f"bind it to the task instance it comes from: `{name}: ...`"
            problems.append(Problem("EW322", what, node.instance.where, hint))
    return problems


def secrets_stay_out(graph: Graph) -> list[Problem]:
    """No spec holds the value of a secret."""
    return [
        Problem(
            "EW323",
            f"{node.id}.{name} is a secret and must not stand in a spec",
            node.instance.argument_places.get(name, node.instance.where),
            f"set the environment variable {parameter.environment.variable} where the task runs",
        )
        for node in graph
        for name, parameter in node.task.parameters.items()
        if name in node.bound
        and parameter.environment
        and parameter.environment.secret
        # A variable of another name is no value.
        and not isinstance(node.arguments.get(name), Environment)
    ]


def literals_fit(graph: Graph) -> list[Problem]:
    """A value written in the spec is of the type that the parameter takes."""
    problems: list[Problem] = []
    for node in graph:
        for name, binding in node.arguments.items():
            parameter = node.task.parameters.get(name)
            if parameter is not None and isinstance(binding, Literal):
                problems += _literal_faults(node, parameter, binding)
    return problems


def _literal_faults(node: Node, parameter: Parameter, binding: Literal) -> Iterator[Problem]:
    label = f"{node.id}.{parameter.name}"
    if not parameter.writable:
        if binding.value is None and takes_null(parameter.annotation):
            return
        what = f"{label} takes a {type_name(parameter.annotation)}, which cannot be written in a spec"
        yield Problem("EW324", what, binding.where, "refer to the task instance that makes it")
        return
    for fault in faults_in(binding.value, parameter.adapter):
        hint = f"{parameter.name!r} is {type_name(parameter.annotation)}"
        yield Problem("EW324", f"{label}{fault.path}: {fault.message}", binding.where, hint)


def values_come_from_somewhere(graph: Graph) -> list[Problem]:
    """An environment variable is text, from which no data frame is made."""
    return [
        Problem(
            "EW325",
            f"{node.id}.{name} takes a {type_name(parameter.annotation)}; an environment variable is text",
            binding.where,
            "refer to the task instance that makes it",
        )
        for node in graph
        for name, binding in node.arguments.items()
        if isinstance(binding, Environment)
        and (parameter := node.task.parameters.get(name)) is not None
        and not parameter.writable
    ]


def results_can_be_stored(graph: Graph) -> list[Problem]:
    """Every return type has a codec, so that it can be a file between two rules."""
    return [
        Problem(
            "EW331",
            f"the result of task {node.task.name!r} ({type_name(node.task.returns)}) cannot be stored",
            node.instance.task_where,
            "return a frame (`AnyDataFrame`, `DataFrame[<schema>]`), text, or a type that pydantic can"
            " serialise, or register a codec for it",
        )
        for node in graph
        if node.codec is None
    ]


CHECKS: tuple[Callable[[Graph], list[Problem]], ...] = (
    references_exist,
    no_cycles,
    arguments_exist,
    data_comes_from_tasks,
    secrets_stay_out,
    literals_fit,
    values_come_from_somewhere,
    results_can_be_stored,
    edges_fit,
)

# What is asked for beside where nothing may be left to the run.
STRICT_CHECKS: tuple[Callable[[Graph], list[Problem]], ...] = (edges_are_told_to_fit,)
