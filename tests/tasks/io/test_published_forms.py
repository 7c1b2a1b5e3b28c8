"""What a form asks of the tasks is what published forms ask."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.registry.signature import REQUIRED, task_info
from ecoscope_workflows.tasks import io

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED = [
    "set_er_connection",
    "set_smart_connection",
    "set_gee_connection",
    "get_subjectgroup_observations",
    "load_spatial_features_group",
    "persist_df",
    "persist_df_wrapper",
]
HIDDEN = {
    "persist_text": {"filename", "filename_suffix"},
    "persist_json": {"filename", "filename_suffix"},
    "persist_df_wrapper": {"filename"},
}
CHEAP = {"set_er_connection", "set_smart_connection", "set_gee_connection"}


def form(task: str, name: str) -> dict[str, Any]:
    """Return what a form shows of a parameter."""
    parameter = task_info(getattr(io, task), "ecoscope_workflows.tasks.io", task).parameters[name]
    schema = {"title": name.replace("_", " ").title(), **parameter.adapter.json_schema()}
    schema.pop("$defs", None)
    if parameter.default is not REQUIRED:
        schema["default"] = parameter.default
    return schema


@pytest.mark.parametrize("task", PUBLISHED)
def test_a_parameter_looks_as_published(task: str, reference_data: Path) -> None:
    file = reference_data / "published-specs" / "task-signatures.json"
    published = json.loads(file.read_text(encoding="utf-8"))[task]["unbound"]

    for name, expected in published.items():
        assert form(task, name) == expected


@pytest.mark.parametrize("task", [*PUBLISHED, *HIDDEN, "get_spatial_features_group", "load_regions"])
def test_hidden_parameters_and_cheap_tasks_are_marked(task: str) -> None:
    info = task_info(getattr(io, task), "ecoscope_workflows.tasks.io", task)

    assert {name for name, item in info.parameters.items() if item.hidden} == HIDDEN.get(task, set())
    metadata = task_metadata(getattr(io, task))
    assert metadata is not None
    assert metadata.cheap == (task in CHEAP)


def test_importing_the_tasks_imports_nothing_heavy() -> None:
    program = (
        "import sys, ecoscope_workflows.tasks.io\n"
        "print({'httpx', 'pandas', 'numpy', 'geopandas', 'shapely', 'pyproj', 'pyarrow'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"
