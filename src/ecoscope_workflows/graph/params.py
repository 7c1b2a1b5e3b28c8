"""What a params file may hold, built from a graph; a file in, checked values per instance out."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.validation import faults_in
from ecoscope_workflows.errors import ParamsError, Problem, Where, did_you_mean
from ecoscope_workflows.graph.model import free_parameters
from ecoscope_workflows.spec.reader import kind_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ecoscope_workflows.graph.model import Graph
    from ecoscope_workflows.registry.signature import Parameter, TaskInfo
    from ecoscope_workflows.spec.document import Document

Values = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class InstanceParams:
    """The parameters of one task instance.

    Parameters
    ----------
    id
        The id of the instance.
    task
        Its task.
    bound
        The names of the arguments that the workflow itself gives.
    mocked
        Whether example data stands in for the result, so that no parameter is needed.
    """

    id: str
    task: TaskInfo
    bound: frozenset[str] = frozenset()
    mocked: bool = False

    @cached_property
    def free(self) -> Mapping[str, Parameter]:
        """Return the parameters that a params file may give."""
        return free_parameters(self.task, self.bound)

    def needs(self, parameter: Parameter) -> bool:
        """Return whether a params file must give a value of the parameter."""
        return parameter.required and parameter.environment is None and not self.mocked


@dataclass(frozen=True)
class ParamsModel:
    """The parameters of a workflow that are given when it runs: those that it does not bind itself.

    Parameters
    ----------
    name
        The name of the workflow.
    known
        Every instance of the workflow, by id.
    """

    name: str
    known: Mapping[str, InstanceParams]

    @classmethod
    def of(cls, graph: Graph, mocks: Collection[str] = ()) -> ParamsModel:
        """Return the model of a graph, in which the instances in `mocks` need no parameters."""
        known = {node.id: InstanceParams(node.id, node.task, node.bound, node.id in mocks) for node in graph}
        return cls(graph.spec.id, known)

    @property
    def instances(self) -> Mapping[str, InstanceParams]:
        """Return the instances that a params file may give parameters of."""
        return {name: instance for name, instance in self.known.items() if instance.free}

    def validate(self, document: Document) -> Values:
        """Check a whole params document.

        Returns
        -------
        dict
            For each instance its values as they are written; defaults are not filled in.

        Raises
        ------
        ParamsError
            With every fault, each at its line and key.
        """
        problems = list(_faults(self, document))
        if problems:
            raise ParamsError(sorted(problems, key=_position))
        given = document.value or {}
        return {name: dict(given.get(name) or {}) for name in self.instances}


def _position(problem: Problem) -> tuple[int, int]:
    # What is missing stands nowhere; it comes last.
    return (
        (problem.where.line, problem.where.column)
        if problem.where and problem.where.line
        else (sys.maxsize, 0)
    )


def _faults(model: ParamsModel, document: Document) -> Iterator[Problem]:
    given = {} if document.value is None else document.value
    if not isinstance(given, dict):
        what = f"a params file must be a mapping of task instances, not {kind_of(given)}"
        yield Problem("EW401", what, document.at(), "`ecoscope-workflows get-params --format yaml` shows one")
        return
    for name in given:
        if name not in model.known:
            hint = did_you_mean(name, model.instances)
            yield Problem("EW402", f"{name!r} is no task instance", document.key_at(name), hint)
    for node in model.known.values():
        if node.id in given or node.free:
            yield from _instance_faults(node, document, given.get(node.id))


def _instance_faults(node: InstanceParams, document: Document, given: Any) -> Iterator[Problem]:
    missing = [name for name, parameter in node.free.items() if node.needs(parameter)]
    if given is None:
        if missing:
            where = document.key_places.get((node.id,), Where(document.file))
            hint = f"it needs {', '.join(missing)}"
            yield Problem("EW404", f"the parameters of {node.id!r} are missing", where, hint)
        return
    if not isinstance(given, dict):
        what = f"the parameters of {node.id!r} must be a mapping, not {kind_of(given)}"
        yield Problem("EW401", what, document.at(node.id))
        return
    for name in given:
        if name not in node.free:
            yield _unknown(node, name, document.key_at(node.id, name))
    for name, parameter in node.free.items():
        if name in given:
            yield from _value_faults(node, parameter, document, given[name])
        elif name in missing:
            hint = f"add `{name}:` ({type_name(parameter.annotation)})"
            yield Problem("EW404", f"{node.id}.{name} is missing", document.key_at(node.id), hint)


def _unknown(node: InstanceParams, name: str, where: Where) -> Problem:
    if name in node.bound:
        what = f"{node.id}.{name} is already given in the spec"
        return Problem("EW403", what, where, "remove it here, or remove it from the spec")
    parameter = node.task.parameters.get(name)
    if parameter and parameter.environment and parameter.environment.secret:
        what = f"{node.id}.{name} is a secret and must not stand in a file"
        hint = f"remove it, and set the environment variable {parameter.environment.variable}"
        return Problem("EW405", what, where, hint)
    return Problem("EW403", f"{node.id!r} has no parameter {name!r}", where, did_you_mean(name, node.free))


def _value_faults(
    node: InstanceParams, parameter: Parameter, document: Document, value: Any
) -> Iterator[Problem]:
    label = f"{node.id}.{parameter.name}"
    faults = faults_in(value, parameter.adapter)
    if faults and value is None:
        hint = "give a value" + ("" if parameter.required else ", or remove the line to use the default")
        yield Problem("EW404", f"{label} is empty", document.key_at(node.id, parameter.name), hint)
        return
    for fault in faults:
        if fault.location and _is_empty(value, fault.location):
            where = document.key_at(node.id, parameter.name, *fault.location)
            yield Problem("EW404", f"{label}{fault.path} is empty", where, "give a value")
            continue
        where = _place(document, (node.id, parameter.name, *fault.location), fault.kind)
        hint = f"{parameter.name!r} is {type_name(parameter.annotation)}"
        yield Problem("EW406", f"{label}{fault.path}: {fault.message}", where, hint)


def _place(document: Document, path: tuple[str | int, ...], kind: str) -> Where:
    """Return where a fault stands: at a key that is not known, or at that of what lacks one."""
    if kind == "missing":
        return document.key_at(*path[:-1])
    return document.key_at(*path) if kind == "extra_forbidden" else document.at(*path)


def _is_empty(value: Any, location: tuple[str | int, ...]) -> bool:
    """Return whether a key has nothing behind it, as in a form that is not filled in."""
    for step in location:
        if isinstance(value, dict) and step not in value:
            return False
        value = value[step]
    return value is None
