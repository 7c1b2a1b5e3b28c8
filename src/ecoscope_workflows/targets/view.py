"""A graph in, plain rows out: everything a template prints, decided beforehand."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ecoscope_workflows import __version__
from ecoscope_workflows.graph.fan_out import flattened
from ecoscope_workflows.spec.encoding import INPUT, called, encode
from ecoscope_workflows.spec.model import Literal
from ecoscope_workflows.targets.layout import FOLDERS, Layout, in_chunks
from ecoscope_workflows.targets.rows import Each, Input, Row, SkipIf

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from ecoscope_workflows.graph.model import Graph, Node

__all__ = ["Each", "Input", "Layout", "Row", "SkipIf", "View", "view"]


@dataclass(frozen=True, slots=True)
class View:
    """A workflow as a template prints it.

    Parameters
    ----------
    rows
        The instances that get a job, and among them the cheap ones, that do not; each after those it needs.
    wanted
        The files of the results that a run makes.
    mocks
        The instances whose results are example data.
    testing
        Whether the program is for testing only.
    skipif
        When an instance is skipped where nothing else is said.
    cache_root
        The folder or URL that the store of results is in; empty where the spec names none.
    layout
        How collections are stored, and computed.
    """

    name: str
    description: str
    spec_name: str
    spec_sha256: str
    version: str
    rows: tuple[Row, ...]
    wanted: tuple[str, ...]
    mocks: tuple[str, ...]
    testing: bool
    skipif: SkipIf | None = None
    cache_root: str = ""
    layout: Layout = FOLDERS

    @property
    def jobs(self) -> tuple[Row, ...]:
        """Return the instances that get a job of their own."""
        return tuple(row for row in self.rows if not row.cheap)

    @property
    def cheap(self) -> tuple[Row, ...]:
        """Return the instances that are evaluated in the jobs that need them; not those that none needs."""
        used = _used(self.rows)
        return tuple(row for row in self.rows if row.cheap and row.id in used)


def view(
    graph: Graph,
    mocks: Mapping[str, str] | None = None,
    *,
    testing: bool = False,
    layout: Layout = FOLDERS,
) -> View:
    """Lay a graph out for printing.

    Parameters
    ----------
    graph
        The workflow.
    mocks
        For each mocked instance the file that stands in for its result.
    testing
        Whether the program is for testing only; it says so in its header.
    layout
        How collections are stored, and computed.
    """
    mocked = mocks or {}
    cheap = _cheap(graph, mocked)
    files = {node.id: layout.file_of(node.id, node.suffix) for node in graph}
    found: dict[str, Row] = {}
    for node in graph:
        found[node.id] = _row(node, files, mocked.get(node.id), cheap, found)
    rows = in_chunks(tuple(found.values()), layout)
    default = _skipif(graph)
    spec = graph.spec
    return View(
        name=spec.id,
        description=spec.description,
        spec_name=spec.file.replace("\\", "/").rpartition("/")[2],
        spec_sha256=spec.sha256,
        version=__version__,
        rows=rows,
        wanted=_wanted(rows, [node.id for node in graph.leaves]),
        mocks=tuple(mocked),
        testing=testing,
        skipif=default,
        cache_root=spec.cache_root or "",
        layout=layout,
    )


def _cheap(graph: Graph, mocks: Mapping[str, str]) -> frozenset[str]:
    """Return the instances that get no job: cheap tasks, for which nothing special is asked."""
    leaves = {node.id for node in graph.leaves}
    return frozenset(
        node.id
        for node in graph
        if node.task.metadata.cheap
        and node.id not in leaves
        and node.id not in mocks
        and not _asks_for_something(node)
        and not any(parameter.is_file for parameter in node.task.parameters.values())
    )


def _asks_for_something(node: Node) -> bool:
    """Return whether an instance, or its task, asks for what only a job of its own can give."""
    metadata, instance = node.task.metadata, node.instance
    return (
        bool(metadata.image or metadata.resources or metadata.retries or metadata.timeout)
        or bool(instance.resources)
        or instance.retries is not None
        or instance.timeout is not None
    )


def _used(rows: Sequence[Row]) -> set[str]:
    """Return the cheap instances that a job needs: not those that only a mocked one would."""
    used: set[str] = set()
    for row in reversed(rows):
        if not row.cheap or row.id in used:
            used |= {name for value in _encoded(row) for name in called(value)}
    return used


def _encoded(row: Row) -> list[Any]:
    return [*row.bound.values(), *([row.each.argvalues] if row.each else [])]


def _skipif(graph: Graph) -> SkipIf | None:
    """Return the conditions that most instances have, so that each need not say so."""
    default = graph.spec.default_skipif
    found = [node for node in graph if default is not None and node.instance.skipif == default]
    if not found or default is None or not found[0].conditions:
        return None
    return SkipIf(found[0].conditions, default.unpack_depth)


def _wanted(rows: Sequence[Row], leaves: Sequence[str]) -> tuple[str, ...]:
    """Return the results that a run makes: the last ones, and what they are made of.

    What only a mocked instance would need is not among them.
    """
    wanted = set(leaves)
    for row in reversed(rows):
        if row.id in wanted:
            wanted |= {item.instance for item in row.inputs if item.instance}
    return tuple(row.result for row in rows if row.id in wanted)


def _row(
    node: Node, files: Mapping[str, str], mock: str | None, cheap: Collection[str], before: Mapping[str, Row]
) -> Row:
    inputs: list[Input] = []
    bound: dict[str, Any] = {}
    for argument, binding in node.arguments.items() if mock is None else ():
        instances: list[str] = []
        encoded = encode(binding, instances, cheap)
        inputs += [Input(argument, instance, files[instance]) for instance in instances]
        parameter = node.task.parameters.get(argument)
        if parameter and parameter.is_file and isinstance(binding, Literal) and binding.value is not None:
            inputs.append(Input(argument, path=str(binding.value)))
        # A result as a whole is said by its file alone.
        elif encoded != {INPUT: 0}:
            bound[argument] = encoded
    inputs += [Input(name) for name, parameter in node.free.items() if parameter.is_file and mock is None]
    each, each_inputs = _each(node, files, cheap)
    inputs += each_inputs
    values = [*bound.values(), *([each.argvalues] if each else [])]
    if node.id not in cheap:
        inputs += _inputs_of_cheap(values, before)
    metadata, instance = node.task.metadata, node.instance
    resources = {**metadata.resources, **instance.resources}
    threads = int(resources.pop("threads", 1))
    timeout = metadata.timeout if instance.timeout is None else instance.timeout
    if timeout is not None:
        # Schedulers of clusters count in minutes; the runner itself in seconds.
        resources = {"runtime": math.ceil(timeout / 60), "timeout_s": timeout, **resources}
    return Row(
        id=node.id,
        title=node.instance.name or node.task.description or node.id,
        group=node.instance.group,
        module=node.task.module,
        function=node.task.name,
        result=files[node.id],
        node=node,
        inputs=tuple(inputs),
        bound=bound,
        threads=threads,
        resources=resources,
        retries=metadata.retries if instance.retries is None else instance.retries,
        timeout=timeout,
        image=metadata.image,
        mock=mock,
        each=each,
        skipif=SkipIf(node.conditions, instance.skipif.unpack_depth)
        if instance.skipif and node.conditions
        else None,
        companions=tuple(getattr(node.codec, "companions", ())) if not instance.fan_out else (),
        cheap=node.id in cheap,
    )


def _each(node: Node, files: Mapping[str, str], cheap: Collection[str]) -> tuple[Each | None, list[Input]]:
    fan_out = node.instance.fan_out
    if fan_out is None:
        return None, []
    instances: list[str] = []
    encoded = encode(flattened(fan_out.argvalues), instances, cheap)
    inputs = [Input("argvalues", instance, files[instance], each=True) for instance in instances]
    return Each(fan_out.method, fan_out.argnames, encoded), inputs


def _inputs_of_cheap(values: Sequence[Any], before: Mapping[str, Row]) -> Iterator[Input]:
    """Yield the files that the cheap instances in some encoded values need, each instance once."""
    seen: dict[str, None] = {}
    waiting = [name for value in values for name in called(value)]
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen[name] = None
            waiting += [inner for value in _encoded(before[name]) for inner in called(value)]
    for name in seen:
        yield from (replace(item, owner=name) for item in before[name].inputs)
