"""Small graphs of stand-in tasks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from ecoscope_workflows.annotations import Html, InputFile
from ecoscope_workflows.decorators import distributed, skip_condition
from ecoscope_workflows.graph.resolve import resolve
from ecoscope_workflows.registry.catalog import Catalog
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.spec.load import parse_spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.graph.model import Graph


@distributed
def load(path: InputFile, sep: str = ",") -> list[int]:
    """Read numbers from a file."""
    return [int(word) for word in path.read_text().split(sep)]


@distributed(
    image="registry.example/heavy:1.2", resources={"mem_mb": 4000, "threads": 4}, retries=2, timeout=90
)
def work(values: list[int], count: int = 1) -> int:
    """Add numbers up."""
    return sum(values) * count


@distributed
def show(parts: Any, title: Annotated[str, "a title"] = "") -> Html:
    """Show what there is."""
    return f"<h1>{title}</h1>{parts}"


@distributed
def double(value: int) -> int:
    """Double a number."""
    return 2 * value


@distributed
def by_site() -> list[tuple[str, int]]:
    """Count by site."""
    return [("north", 1)]


@distributed(cheap=True)
def caption(text: Any = "") -> str:
    """Set a text."""
    return str(text)


@distributed(cheap=True, image="registry.example/heavy:1.2")
def demanding_caption(text: Any = "") -> str:
    """Set a text where the image is."""
    return str(text)


@distributed(cheap=True)
def first_line(path: InputFile) -> str:
    """Read a field of a file."""
    return path.read_text().partition("\n")[0]


@skip_condition
def any_empty(*args: object) -> bool:
    """Hold where a value is empty."""
    return not all(args)


@skip_condition
def never(*args: object) -> bool:
    """Hold for nothing."""
    return args is None


TASKS = (load, work, show, double, by_site, caption, demanding_caption, first_line)
CONDITIONS = (any_empty, never)


def catalog() -> Catalog:
    return replace(
        Catalog.of(task_info(task, "demo.tasks", task.__name__, "demo 1.0") for task in TASKS),
        conditions={f"demo.skip.{condition.__name__}": condition for condition in CONDITIONS},
    )


@pytest.fixture
def graph_of() -> Callable[[str], Graph]:
    """Return a function that makes a graph from the text of a spec's workflow."""

    def make(workflow: str, name: str = "demo", head: str = "") -> Graph:
        text = f"id: {name}\nrequirements: []\n{head}workflow:\n{workflow}"
        return resolve(parse_spec(text, "specs/spec.yaml"), catalog())

    return make
