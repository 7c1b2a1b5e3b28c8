"""One use of a result as data: where it comes from, what it is used for, and whether the types fit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecoscope_workflows.contracts.verdicts import Verdict
    from ecoscope_workflows.graph.model import Node
    from ecoscope_workflows.registry.signature import Parameter
    from ecoscope_workflows.spec.model import Reference

Step = str | int


@dataclass(frozen=True)
class Place:
    """A place in an argument: keys and indices lead from the argument to it."""

    node: Node
    parameter: Parameter
    path: tuple[Step, ...] = ()

    def __str__(self) -> str:
        steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return f"{self.node.id}.{self.parameter.name}{steps}"

    def inside(self, step: Step) -> Place:
        """Return the place one step further in."""
        return replace(self, path=(*self.path, step))


@dataclass(frozen=True)
class TypedEdge:
    """One use of a result.

    Parameters
    ----------
    source
        The instance whose result it is.
    reference
        Where the spec refers to it.
    place
        What it is used for.
    each
        Whether it is one item of the result that goes there.
    produced, required
        The type that comes, and the type that is asked for.
    verdict
        Whether the one fits the other.
    """

    source: Node
    reference: Reference
    place: Place
    each: bool
    produced: Any
    required: Any
    verdict: Verdict
