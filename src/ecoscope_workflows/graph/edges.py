"""The edges of a graph: which result goes into which argument, of what type both are, and whether that fits.

Each use of a result is one edge, wherever it stands: alone, inside lists and mappings, or gone through by
``map`` and ``mapvalues``.
The verdict on two types is found once, so checking is linear in the number of references.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.assignable import assignable
from ecoscope_workflows.contracts.parts import list_parts, mapping_parts
from ecoscope_workflows.contracts.verdicts import cannot_tell
from ecoscope_workflows.graph import edge_problems
from ecoscope_workflows.graph.fan_out import flattened, key_and_value, unpacked
from ecoscope_workflows.graph.typed_edge import Place, TypedEdge
from ecoscope_workflows.graph.types import ResultTypes
from ecoscope_workflows.spec.model import DictOf, ListOf, Literal, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecoscope_workflows.contracts.parts import Parts
    from ecoscope_workflows.contracts.verdicts import Verdict
    from ecoscope_workflows.errors import Problem
    from ecoscope_workflows.graph.model import Graph, Node
    from ecoscope_workflows.spec.model import Binding, FanOut


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
        for node in self.graph:
            self._arguments(node)
            if node.instance.fan_out is not None:
                self._fan_out(node, node.instance.fan_out)
        self.problems += self.results.problems
        self.problems += [edge_problems.clash(edge) for edge in self.edges if edge.verdict.answer == "no"]

    def untold(self) -> Iterator[Problem]:
        """Yield what is wrong where every edge must be known to fit."""
        for edge in self.edges:
            if edge.verdict.answer == "cannot tell":
                yield edge_problems.not_told(edge)

    def _fits(self, produced: Any, required: Any) -> Verdict:
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
                self._bound(Place(node, parameter), binding, parameter.annotation)

    def _bound(self, place: Place, binding: Binding, required: Any) -> None:
        match binding:
            case Reference():
                self._edge(place, binding, self.results.of(binding), required)
            case ListOf(items):
                found = list_parts(required, len(items))
                self._inside(place, binding, required, found, dict(enumerate(items)))
            case DictOf(entries):
                self._inside(place, binding, required, mapping_parts(required, entries), entries)
            case Literal() if place.path:
                self.problems += edge_problems.literal_faults(place, binding, required)

    def _inside(
        self,
        place: Place,
        binding: ListOf | DictOf,
        required: Any,
        parts: Parts | None,
        inner: Mapping[Any, Binding],
    ) -> None:
        if parts is None:
            self.problems.append(edge_problems.wrong_shape(place, binding, required))
            return
        self.problems += edge_problems.wrong_parts(place, binding, required, parts)
        known = len(self.edges)
        for key, part in inner.items():
            self._bound(place.inside(key), part, parts.types[key])
        if not parts.certain:
            doubt = cannot_tell("which of several types is meant depends on the other parts")
            self.edges[known:] = [
                replace(edge, verdict=doubt) if edge.verdict.answer == "yes" else edge
                for edge in self.edges[known:]
            ]

    def _fan_out(self, node: Node, fan_out: FanOut) -> None:
        match flattened(fan_out.argvalues):
            case Reference() as reference:
                item = self.results.item(reference)
                self._called_with(node, fan_out, reference, item, self.results.of(reference))
            case ListOf(items):
                for part in items:
                    if isinstance(part, Reference):
                        item = self.results.of(part)
                        self._called_with(node, fan_out, part, item, item)

    def _called_with(self, node: Node, fan_out: FanOut, reference: Reference, item: Any, whole: Any) -> None:
        source = self.graph.nodes.get(reference.instance)
        if source is None:
            return
        pair = (None, item) if fan_out.method == "map" else key_and_value(item)
        if item is None or pair is None:
            self.problems.append(edge_problems.no_list(node, fan_out, reference, source, whole))
            return
        value = pair[1]
        types = unpacked(value, len(fan_out.argnames), spread=fan_out.method == "map")
        if types is None:
            self.problems.append(edge_problems.not_unpacked(node, fan_out, reference, source, value))
            return
        for argument, kind in zip(fan_out.argnames, types, strict=True):
            parameter = node.task.parameters.get(argument)
            if parameter is not None:
                self._edge(Place(node, parameter), reference, kind, parameter.annotation, each=True)

    def _edge(
        self, place: Place, reference: Reference, comes: Any, required: Any, *, each: bool = False
    ) -> None:
        source = self.graph.nodes.get(reference.instance)
        # A file is given as its path, whatever it holds.
        if source is None or _is_given_as_path(place, reference, each=each):
            return
        produced = self.results.seen(place.node, comes)
        verdict = self._fits(produced, required)
        self.edges.append(TypedEdge(source, reference, place, each, produced, required, verdict))


def _is_given_as_path(place: Place, reference: Reference, *, each: bool) -> bool:
    return place.parameter.is_file and not place.path and not reference.path and not each


def edges_fit(graph: Graph) -> list[Problem]:
    """What a task returns is of the type that each argument takes which it goes into."""
    return EdgeTypes(graph).problems


def edges_are_told_to_fit(graph: Graph) -> list[Problem]:
    """The types alone say of every edge that it fits: a rule of strict checks only."""
    return list(EdgeTypes(graph).untold())
