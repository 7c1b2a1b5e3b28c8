"""The published test cases that group by areas run on nothing but the example data that is packaged."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CASE = "spatial-grouper"
# The dashboard of a workflow, and the areas that have data.
EXPECTED = {
    "events": ("events_dashboard", {"Coast", "Hills", "Plains"}),
    "patrols": ("patrol_dashboard", {"Hills", "Plains"}),
    "subject-tracking": ("subject_tracking_dashboard", {"Central", "East", "West"}),
}


@pytest.mark.parametrize(
    "workflow",
    [
        "events",
        pytest.param("patrols", marks=pytest.mark.slow),
        pytest.param("subject-tracking", marks=pytest.mark.slow),
    ],
)
def test_a_published_workflow_has_a_view_for_each_area(
    workflow: str, reference_data: Path, tmp_path: Path
) -> None:
    for path in (reference_data / "snapshots" / workflow).glob("*.*"):
        shutil.copyfile(path, tmp_path / path.name)
    command = ("test", "spec.yaml", "--case", CASE, "--mock-io", "--update", "--keep", "kept")
    done = subprocess.run(
        [Path(sys.executable).with_name("ecoscope-workflows"), *command],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines() == [f"passed  {CASE}", "1 case, 0 failed"]

    name, areas = EXPECTED[workflow]
    result = tmp_path / "kept" / f"{CASE}-data" / "results" / f"{name}.json"
    views = json.loads(result.read_text(encoding="utf-8"))["views"]
    assert {json.loads(key)["SpatialGrouper_SpatialGrouperTest"] for key in views} == areas
    # Each view has the same widgets, none of them without a file or a number.
    assert len({tuple(widget["title"] for widget in view) for view in views.values()}) == 1
    assert all(widget["data"] is not None for view in views.values() for widget in view)
