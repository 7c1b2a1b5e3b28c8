"""A spec file in, its graph out, with the tasks that are installed here.

Commands that only look at a spec import this module, and no target.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.validation import faults_in
from ecoscope_workflows.errors import Problem, SpecError, Where
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.catalog import installed_catalog
from ecoscope_workflows.spec.load import load_spec
from ecoscope_workflows.spec.model import Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecoscope_workflows.graph.model import Graph, Node
    from ecoscope_workflows.registry.signature import Parameter


def load_graph(spec: Path) -> Graph:
    """Read a spec file and find its tasks among those installed here.

    A parameter that is marked `BesideSpec` and not bound is bound to what the file beside the spec holds.

    Raises
    ------
    SpecError, RegistrationError
        With every fault of the phase that failed.
    """
    graph = resolve(load_spec(spec), installed_catalog())
    nodes = {node.id: _with_files(node, spec.parent) for node in graph}
    return replace(graph, nodes=nodes)


def files_beside(graph: Graph, folder: Path) -> list[Path]:
    """Return the files beside a spec that its instances take values from."""
    return sorted({path for node in graph for _, path in _found(node, folder)})


def _found(node: Node, folder: Path) -> Iterator[tuple[Parameter, Path]]:
    for parameter in node.task.parameters.values():
        if parameter.beside_spec is not None and (path := folder / parameter.beside_spec.file).is_file():
            yield parameter, path


def _with_files(node: Node, folder: Path) -> Node:
    found = {
        parameter.name: Literal(_read(node, parameter, path), Where(str(path), 1, 1))
        for parameter, path in _found(node, folder)
        if parameter.name not in node.bound
    }
    if not found:
        return node
    return replace(node, instance=replace(node.instance, arguments={**node.arguments, **found}))


def _read(node: Node, parameter: Parameter, path: Path) -> Any:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        where = Where(str(path), getattr(error, "lineno", 1), getattr(error, "colno", 1))
        raise SpecError(Problem("EW272", f"this file is no JSON: {error}", where)) from None
    problems = [
        Problem("EW272", f"{node.id}.{parameter.name}{fault.path}: {fault.message}", Where(str(path), 1, 1))
        for fault in faults_in(value, parameter.adapter)
    ]
    if problems:
        raise SpecError(problems)
    return value
