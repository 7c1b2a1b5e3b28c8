"""Params of a compiled workflow in; nothing out, or every fault with its line: before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import ParamsError, Problem
from ecoscope_workflows.graph.params import ParamsModel
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.catalog import installed_catalog
from ecoscope_workflows.spec.load import load_spec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ecoscope_workflows.graph.params import Values
    from ecoscope_workflows.spec.document import Document


def check_params(
    spec: Path, document: Document, mocks: Collection[str] = (), *, files: bool = True
) -> Values:
    """Check params against the spec that a workflow was compiled from, and that their files are there.

    Raises
    ------
    SpecError, RegistrationError, ParamsError
        With every fault.
    """
    graph = resolve(load_spec(spec), installed_catalog())
    model = ParamsModel.of(graph, mocks)
    return validated(model, document) if files else model.validate(document)


def validated(model: ParamsModel, document: Document) -> Values:
    """Return the values of a params document once they fit the model and the files they name are there.

    Raises
    ------
    ParamsError
        With every fault.
    """
    values = model.validate(document)
    missing = list(_missing_files(model, document, values))
    if missing:
        raise ParamsError(missing)
    return values


def _missing_files(model: ParamsModel, document: Document, values: Values) -> Iterator[Problem]:
    for name, given in values.items():
        instance = model.known[name]
        for key, value in given.items():
            # A URL is for whoever reads it to find.
            if not instance.free[key].is_file or value is None or "://" in str(value) or instance.mocked:
                continue
            if not Path(str(value)).is_file():
                hint = f"relative paths start at {Path.cwd()}"
                what = f"{name}.{key}: there is no file {str(value)!r}"
                yield Problem("EW407", what, document.at(name, key), hint)
