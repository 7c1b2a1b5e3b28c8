"""The edges of a graph: which result goes into which argument, of what type both are, and whether that fits.

Each use of a result is one edge, wherever it stands: alone, inside lists and mappings, or gone through by
``map`` and ``mapvalues``.
Verdicts are found once for each pair of types, so checking is linear in the number of references.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.assignable import assignable
from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.parts import Parts, list_parts, mapping_parts
from ecoscope_workflows.contracts.verdicts import cannot_tell
from ecoscope_workflows.errors import Problem
from ecoscope_workflows.graph.edge_problems import (
    clash,
    literal_faults,
    no_list,
    not_told,
    not_unpacked,
    wrong_parts,
    wrong_shape,
)
from ecoscope_workflows.graph.fan_out import flattened, key_and_value, unpacked
from ecoscope_workflows.graph.types import ResultTypes
from ecoscope_workflows.spec.model import DictOf, ListOf, Literal, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecoscope_workflows.contracts.verdicts import Verdict
    from ecoscope_workflows.graph.model import Graph, Node
    from ecoscope_workflows.registry.signature import Parameter
    from ecoscope_workflows.spec.model import Binding, FanOut

Step = str | int


@dataclass(frozen=True)
class TypedEdge:
    """One use of a result.

    Parameters
    ----------
    reference
        Where it stands, and of which instance the result is.
    target
        The id of the instance that uses it.
    argument
        The argument that it is for.
    path
        Keys and indices that lead from the argument to the place of the result.
    each
        Whether it is one item of the result that the argument gets.
    produced, required
        The type that comes, and the type that is asked for at that place.
    verdict
        Whether the one fits the other.
    """

    reference: Reference
    target: str
    argument: str
    path: tuple[Step, ...]
    each: bool
    produced: Any
    required: Any
    verdict: Verdict

    @property
    def source(self) -> str:
        """Return the id of the instance whose result it is."""
        return self.reference.instance

    @property
    def label(self) -> str:
        """Return the place of the result as it is written: ``map.layers[1]``."""
        steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return f"{self.target}.{self.argument}{steps}"


@dataclass
class EdgeTypes:
    """Every edge of a graph with its types, and what is wrong with them.

    Parameters
    ----------
    graph
        The graph; what its other checks find wrong (unknown names, cycles) is passed over here.
    """

    graph: Graph
    results: ResultTypes = field(init=False)
    edges: list[TypedEdge] = field(default_factory=list, init=False)
    problems: list[Problem] = field(default_factory=list, init=False)
    _verdicts: dict[tuple[int, int], tuple[Verdict, Any, Any]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Walk through the graph once."""
        self.results = ResultTypes(self.graph)
        self.problems += self.results.problems
        for node in self.graph:
            self._arguments(node)
            if node.instance.fan_out is not None:
                self._fan_out(node, node.instance.fan_out)
        for edge in self.edges:
            if edge.verdict.answer == "no":
                self.problems.append(clash(edge, self.graph, self.fits))

    def untold(self) -> Iterator[Problem]:
        """Yield what is wrong where an edge must be known to fit."""
        for edge in self.edges:
            if edge.verdict.answer == "cannot tell":
                yield not_told(edge, self.graph)

    def fits(self, produced: Any, required: Any) -> Verdict:
        """Return the verdict on two types, which is found once."""
        key = (id(produced), id(required))
        if key not in self._verdicts:
            # With the types themselves, so that no other type gets their identity.
            self._verdicts[key] = (assignable(produced, required), produced, required)
        return self._verdicts[key][0]

    def _arguments(self, node: Node) -> None:
        mapped = node.instance.fan_out.argnames if node.instance.fan_out else ()
        for argument, binding in node.arguments.items():
            parameter = node.task.parameters.get(argument)
            # Where an argument is bound and mapped, what is mapped counts.
            if parameter is not None and argument not in mapped:
                self._bound(node, parameter, binding, parameter.annotation, ())

    def _bound(
        self, node: Node, parameter: Parameter, binding: Binding, required: Any, path: tuple[Step, ...]
    ) -> None:
        match binding:
            case Reference():
                produced = self.results.seen(node, self.results.of(binding))
                self._edge(node, parameter, binding, produced, required, path)
            case ListOf(items):
                parts = list_parts(required, len(items))
                self._inside(node, parameter, binding, required, path, parts, dict(enumerate(items)))
            case DictOf(entries):
                parts = mapping_parts(required, entries)
                self._inside(node, parameter, binding, required, path, parts, dict(entries))
            case Literal() if path:
                self.problems += literal_faults(node, parameter, binding, required, path)

    def _inside(  # noqa: PLR0913, PLR0917  # one step of a walk
        self,
        node: Node,
        parameter: Parameter,
        binding: ListOf | DictOf,
        required: Any,
        path: tuple[Step, ...],
        parts: Parts | None,
        inner: dict[Any, Binding],
    ) -> None:
        if parts is None:
            self.problems.append(wrong_shape(node, parameter, binding, required, path))
            return
        self.problems += wrong_parts(node, parameter, binding, required, path, parts)
        count = len(self.edges)
        for key, part in inner.items():
            self._bound(node, parameter, part, parts.types[key], (*path, key))
        if not parts.certain:
            doubt = cannot_tell("which of several types is meant depends on the other parts")
            self.edges[count:] = [
                edge if edge.verdict.answer != "yes" else TypedEdge(**{**vars(edge), "verdict": doubt})
                for edge in self.edges[count:]
            ]

    def _fan_out(self, node: Node, fan_out: FanOut) -> None:
        match flattened(fan_out.argvalues):
            case Reference() as reference:
                self._gone_through(node, fan_out, reference)
            case ListOf(items):
                for item in items:
                    if isinstance(item, Reference):
                        self._called_with(node, fan_out, item, self.results.of(item))

    def _gone_through(self, node: Node, fan_out: FanOut, reference: Reference) -> None:
        whole = self.results.of(reference)
        item = self.results.item(reference)
        if item is None:
            self.problems.append(no_list(node, fan_out, reference, self.graph, whole))
        else:
            self._called_with(node, fan_out, reference, item)

    def _called_with(self, node: Node, fan_out: FanOut, reference: Reference, item: Any) -> None:
        value = item
        if fan_out.method == "mapvalues":
            pair = key_and_value(item)
            if pair is None:
                self.problems.append(no_list(node, fan_out, reference, self.graph, item))
                return
            value = pair[1]
        types = unpacked(value, len(fan_out.argnames), spread=fan_out.method == "map")
        if types is None:
            self.problems.append(not_unpacked(node, fan_out, reference, self.graph, value))
            return
        for argument, kind in zip(fan_out.argnames, types, strict=True):
            parameter = node.task.parameters.get(argument)
            if parameter is not None:
                produced = self.results.seen(node, kind)
                self._edge(node, parameter, reference, produced, parameter.annotation, (), each=True)

    def _edge(  # noqa: PLR0913, PLR0917  # all that an edge is
        self,
        node: Node,
        parameter: Parameter,
        reference: Reference,
        produced: Any,
        required: Any,
        path: tuple[Step, ...],
        *,
        each: bool = False,
    ) -> None:
        # What is not in this spec is reported as such, and a file is given as its path, whatever it holds.
        if reference.instance not in self.graph.nodes or (parameter.is_file and not path):
            return
        verdict = self.fits(produced, required)
        self.edges.append(
            TypedEdge(reference, node.id, parameter.name, path, each, produced, required, verdict)
        )


def edges_fit(graph: Graph) -> list[Problem]:
    """What a task returns is of the type that each argument takes which it goes into."""
    return EdgeTypes(graph).problems


def edges_are_told_to_fit(graph: Graph) -> list[Problem]:
    """The types alone say of every edge that it fits; a rule of strict checks only."""
    return list(EdgeTypes(graph).untold())
