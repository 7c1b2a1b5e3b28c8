"""What a spec, a form and the runner read from the signature of the task."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from pydantic import create_model

from ecoscope_workflows.annotations import FromEnvironment
from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.tasks.readme import get_subjectgroup_observations

if TYPE_CHECKING:
    from pathlib import Path


def test_the_task_is_described_as_published() -> None:
    hints = get_type_hints(get_subjectgroup_observations, include_extras=True)
    markers = {
        name: [m for m in get_args(hint) if isinstance(m, FromEnvironment)] for name, hint in hints.items()
    }

    assert {name: found for name, found in markers.items() if found} == {
        "server": [FromEnvironment("ER_SERVER")],
        "username": [FromEnvironment("ER_USERNAME")],
        "password": [FromEnvironment("ER_PASSWORD", secret=True)],
    }
    metadata = task_metadata(get_subjectgroup_observations)
    assert metadata is not None
    assert metadata.tags == ("io",)


def test_its_form_is_the_published_one(reference_data: Path) -> None:
    published = json.loads((reference_data / "specs/seed_2024-05/time_density_params.json").read_text())
    hints: dict[str, Any] = get_type_hints(get_subjectgroup_observations, include_extras=True)
    del hints["return"]
    fields: dict[str, Any] = {name: (hint, ...) for name, hint in hints.items()}
    model = create_model("Form", **fields)

    form = model.model_json_schema()

    assert form["properties"] == published["get_subjectgroup_observations"]["properties"]
    assert form["required"] == published["get_subjectgroup_observations"]["required"]


def test_reading_the_signature_imports_nothing_heavy() -> None:
    program = (
        "import sys, ecoscope_workflows.tasks.io\n"
        "print({'httpx', 'pandas', 'numpy', 'geopandas', 'shapely', 'pyproj', 'pyarrow'} & set(sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"
