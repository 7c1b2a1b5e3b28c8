"""Spec files in, everything that is wrong with them out, in one list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import EcoscopeWorkflowsError, ParamsError, RegistrationError, SpecError
from ecoscope_workflows.graph.lints import lint
from ecoscope_workflows.graph.params import ParamsModel
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.catalog import installed_catalog
from ecoscope_workflows.spec.document import parse
from ecoscope_workflows.spec.load import load_spec, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    from ecoscope_workflows.errors import Problem
    from ecoscope_workflows.graph.model import Graph
    from ecoscope_workflows.registry.catalog import Catalog
    from ecoscope_workflows.spec.document import Document
    from ecoscope_workflows.spec.model import Spec


def check_specs(
    specs: Iterable[Path],
    params: Path | None = None,
    *,
    strict: bool = False,
    ignore: Collection[str] = (),
    find_tasks: Callable[[], Catalog] = installed_catalog,
) -> list[Problem]:
    """Return what is wrong with some specs, errors first: of each all faults of the phase that fails.

    Parameters
    ----------
    specs
        The spec files.
    params
        A params file, meant for each of them.
    strict
        Whether warnings are errors, and edges whose types do not say that they fit.
    ignore
        Codes of warnings to leave out.
    find_tasks
        Where the tasks come from.
    """
    found: list[Problem] = []
    document = _document(params, found)
    loaded = list(_loaded(specs, found))
    if loaded:
        try:
            catalog = find_tasks()
        except RegistrationError as error:
            # Without all tasks there is no telling which names are wrong.
            found += error.problems
        else:
            found += [
                problem for spec in loaded for problem in _check(spec, catalog, document, strict=strict)
            ]
    found = [item for item in found if item.severity == "error" or item.code not in ignore]
    if strict:
        found = [replace(problem, severity="error") for problem in found]
    return sorted(found, key=lambda problem: problem.severity != "error")


def _document(params: Path | None, found: list[Problem]) -> Document | None:
    if params is None:
        return None
    try:
        return parse(read_text(params), str(params))
    except SpecError as error:
        found += error.problems
        return None


def _loaded(specs: Iterable[Path], found: list[Problem]) -> Iterator[Spec]:
    for path in specs:
        try:
            yield load_spec(path)
        except SpecError as error:
            found += error.problems


def _check(spec: Spec, catalog: Catalog, document: Document | None, *, strict: bool) -> list[Problem]:
    try:
        graph = resolve(spec, catalog, strict=strict)
    except EcoscopeWorkflowsError as error:
        return list(error.problems)
    return [*_params_faults(graph, document), *lint(graph)]


def _params_faults(graph: Graph, document: Document | None) -> tuple[Problem, ...]:
    if document is None:
        return ()
    try:
        ParamsModel.of(graph).validate(document)
    except ParamsError as error:
        return error.problems
    return ()
