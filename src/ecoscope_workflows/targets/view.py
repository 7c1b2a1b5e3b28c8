"""A graph in, plain rows out: everything a template prints, decided beforehand."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecoscope_workflows import __version__
from ecoscope_workflows.errors import Problem, TargetError
from ecoscope_workflows.spec.encoding import encode
from ecoscope_workflows.spec.model import Literal, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ecoscope_workflows.graph.model import Graph, Node


@dataclass(frozen=True, slots=True)
class Input:
    """A file that an instance reads.

    Parameters
    ----------
    argument
        The argument that the file is for.
    instance
        The instance that makes the file, or an empty text for a file that a param names.
    file
        The name of the file in the results, or an empty text for a file that a param names.
    path
        The path of a file that the spec itself names.
    """

    argument: str
    instance: str = ""
    file: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One task instance as a template prints it."""

    id: str
    title: str
    group: str | None
    module: str
    function: str
    result: str
    node: Node
    inputs: tuple[Input, ...] = ()
    bound: Mapping[str, Any] = field(default_factory=dict)
    threads: int = 1
    resources: Mapping[str, int | float | str] = field(default_factory=dict)
    retries: int = 0
    timeout: int | None = None
    image: str | None = None
    mock: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A workflow as a template prints it."""

    name: str
    description: str
    spec_name: str
    spec_sha256: str
    version: str
    rows: tuple[Row, ...]
    wanted: tuple[str, ...]
    mocks: tuple[str, ...]
    testing: bool


def view(graph: Graph, mocks: Mapping[str, str] | None = None, *, testing: bool = False) -> View:
    """Lay a graph out for printing.

    Parameters
    ----------
    graph
        The workflow.
    mocks
        For each mocked instance the file that stands in for its result.
    testing
        Whether the program is for testing only; it says so in its header.

    Raises
    ------
    TargetError
        With every part of the spec that no target can run yet.
    """
    problems = list(_not_yet(graph))
    if problems:
        raise TargetError(problems)
    files = {node.id: f"{node.id}{_suffix(node)}" for node in graph}
    rows = tuple(_row(node, files, (mocks or {}).get(node.id)) for node in graph)
    spec = graph.spec
    return View(
        name=spec.id,
        description=spec.description,
        spec_name=spec.file.replace("\\", "/").rpartition("/")[2],
        spec_sha256=spec.sha256,
        version=__version__,
        rows=rows,
        wanted=_wanted(rows, [node.id for node in graph.leaves]),
        mocks=tuple(mocks or {}),
        testing=testing,
    )


def _wanted(rows: Sequence[Row], leaves: Sequence[str]) -> tuple[str, ...]:
    """Return the results that a run makes: the last ones, and what they are made of.

    What only a mocked instance would need is not among them.
    """
    wanted = set(leaves)
    for row in reversed(rows):
        if row.id in wanted:
            wanted |= {item.instance for item in row.inputs if item.instance}
    return tuple(row.result for row in rows if row.id in wanted)


def _not_yet(graph: Graph) -> Iterator[Problem]:
    for node in graph:
        fan_out, skipif = node.instance.fan_out, node.instance.skipif
        if fan_out:
            what = f"{node.id} uses `{fan_out.method}`, which the targets of this version cannot run"
            yield Problem("EW702", what, fan_out.where, "call the task once, without it")
        if skipif and skipif.conditions != ("never",):
            what = f"{node.id} uses `skipif`, which the targets of this version cannot run"
            yield Problem("EW702", what, skipif.where, "remove it, or use `conditions: [never]`")


def _suffix(node: Node) -> str:
    return node.codec.suffix if node.codec else ""


def _row(node: Node, files: Mapping[str, str], mock: str | None) -> Row:
    inputs: list[Input] = []
    bound: dict[str, Any] = {}
    for argument, binding in node.arguments.items():
        instances: list[str] = []
        encoded = encode(binding, instances)
        inputs += [Input(argument, instance, files[instance]) for instance in instances]
        parameter = node.task.parameters.get(argument)
        if parameter and parameter.is_file and isinstance(binding, Literal) and binding.value is not None:
            inputs.append(Input(argument, path=str(binding.value)))
        # A result as a whole is said by its file alone.
        elif not isinstance(binding, Reference) or binding.path:
            bound[argument] = encoded
    inputs += [Input(name) for name, parameter in node.free.items() if parameter.is_file]
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
        inputs=() if mock else tuple(inputs),
        bound={} if mock else bound,
        threads=threads,
        resources=resources,
        retries=metadata.retries if instance.retries is None else instance.retries,
        timeout=timeout,
        image=metadata.image,
        mock=mock,
    )
