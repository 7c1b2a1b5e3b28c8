"""A spec file in, its graph out, with the tasks that are installed here.

Commands that only look at a spec import this module, and no target.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.catalog import installed_catalog
from ecoscope_workflows.spec.load import load_spec

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.graph.model import Graph


def load_graph(spec: Path) -> Graph:
    """Read a spec file and find its tasks among those installed here.

    Raises
    ------
    SpecError, RegistrationError
        With every fault of the phase that failed.
    """
    return resolve(load_spec(spec), installed_catalog())
