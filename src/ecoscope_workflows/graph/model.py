"""The graph of a workflow: frozen nodes, each a task instance with its task."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ecoscope_workflows.spec.model import references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecoscope_workflows.contracts.codecs import Codec
    from ecoscope_workflows.registry.signature import Parameter, TaskInfo
    from ecoscope_workflows.spec.model import Binding, Instance, Reference, Spec


def free_parameters(task: TaskInfo, bound: frozenset[str]) -> Mapping[str, Parameter]:
    """Return the parameters of a task that a params file may give: no frames, secrets or bound ones."""
    return {
        name: parameter
        for name, parameter in task.parameters.items()
        if name not in bound
        and not parameter.hidden
        and parameter.writable
        and not (parameter.environment and parameter.environment.secret)
    }


@dataclass(frozen=True)
class Node:
    """One task instance and the task it uses.

    Parameters
    ----------
    instance
        What the author wrote.
    task
        The task it uses.
    conditions
        Under which it is skipped, each as ``module:name``.
    """

    instance: Instance
    task: TaskInfo
    conditions: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Return the id of the instance."""
        return self.instance.id

    @property
    def arguments(self) -> Mapping[str, Binding]:
        """Return what the spec binds, by argument."""
        return self.instance.arguments

    @property
    def bound(self) -> frozenset[str]:
        """Return the names of the arguments that the spec gives."""
        fan_out = self.instance.fan_out
        return frozenset(self.arguments) | frozenset(fan_out.argnames if fan_out else ())

    @cached_property
    def free(self) -> Mapping[str, Parameter]:
        """Return the parameters that a params file may give."""
        return free_parameters(self.task, self.bound)

    @property
    def references(self) -> Iterator[tuple[str, Reference]]:
        """Yield each reference with the argument it stands in, in the order they are written."""
        for argument, binding in self.arguments.items():
            for reference in references(binding):
                yield argument, reference
        if self.instance.fan_out:
            for reference in references(self.instance.fan_out.argvalues):
                yield "argvalues", reference

    @cached_property
    def depends_on(self) -> tuple[str, ...]:
        """Return the ids of the instances whose results this one needs."""
        return tuple(dict.fromkeys(reference.instance for _, reference in self.references))

    @property
    def suffix(self) -> str:
        """Return the suffix of its result: empty for a folder, which a collection is."""
        return "" if self.instance.fan_out or self.codec is None else self.codec.suffix

    @property
    def codec(self) -> Codec | None:
        """Return how the result of one call is stored."""
        return self.task.codec


@dataclass(frozen=True)
class Graph:
    """A workflow whose tasks are known.

    Parameters
    ----------
    spec
        What the author wrote.
    nodes
        The task instances by id, each after those it depends on.
    """

    spec: Spec
    nodes: Mapping[str, Node]

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    @property
    def leaves(self) -> tuple[Node, ...]:
        """Return the instances that no other instance needs."""
        needed = {name for node in self for name in node.depends_on}
        return tuple(node for node in self if node.id not in needed)
