"""What published workflows compute: the cases that need neither `map` nor `skipif`, run as scripts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from pathlib import Path

TASKS = '''\
"""The stand-in tasks of the cases."""

from typing import Any

from ecoscope_workflows.decorators import distributed


@distributed
def add(a: int, b: int = 1) -> int:
    return a + b


@distributed
def double(n: int) -> int:
    return 2 * n


@distributed
def echo(value: Any) -> Any:
    return value


@distributed
def pack(context: dict) -> dict:
    return context


@distributed(tags=["io"])
def load_number(path: str) -> int:
    return len(path)
'''
NOW = (
    "chain",
    "env-ref",
    "env-ref-missing",
    "list-of-one-ref-stays-list",
    "literal-quotes",
    "nested-refs",
    "return-is-last-instance",
)
# These need `map`, `mapvalues` or `skipif` while the workflow runs, which no target does yet.
LATER = (
    "map-bound-and-mapped",
    "map-list-of-one-ref",
    "map-one-arg",
    "map-one-arg-over-pairs",
    "map-over-int",
    "map-over-string",
    "map-two-args",
    "mapvalues-one-arg",
    "mapvalues-two-args",
    "skip-call-ignores-defaults",
    "skip-cascade-by-condition",
    "skip-default-null-inherits",
    "skip-dicts-not-unpacked",
    "skip-map-over-marker",
    "skip-map-sees-defaults",
    "skip-not",
    "skip-own-replaces-default",
    "skip-unpack-depth-1",
)


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Return a folder for PYTHONPATH with the installed package of the stand-in tasks."""
    folder = tmp_path / "packages"
    (folder / "demo_tasks").mkdir(parents=True)
    (folder / "demo_tasks" / "__init__.py").touch()
    (folder / "demo_tasks" / "tasks.py").write_text(TASKS, encoding="utf-8")
    info = folder / "demo_tasks-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: demo-tasks\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[ecoscope_workflows]\ntasks = demo_tasks.tasks\n")
    return folder


def run(words: list[str], folder: Path, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder / "packages"), **variables}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize("name", NOW)
def test_a_workflow_computes_what_the_published_system_does(
    name: str, reference_data: Path, tmp_path: Path
) -> None:
    path = reference_data.parent / "conformance" / "behaviour" / f"{name}.yaml"
    case: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    (tmp_path / "spec.yaml").write_text(case["spec"], encoding="utf-8")
    (tmp_path / "params.yaml").write_text(json.dumps(case["params"]), encoding="utf-8")
    compiled = run(
        ["-m", "ecoscope_workflows", "compile", "--spec", "spec.yaml", "--target", "script-sequential"],
        tmp_path,
        {},
    )
    assert compiled.returncode == 0, compiled.stderr
    (tmp_path / "flow.py").write_text(compiled.stdout, encoding="utf-8")
    done = run(["flow.py", "--config", "params.yaml"], tmp_path, case["env"])
    if "error_type" in case["expect"]:
        assert done.returncode == 1
        assert "CONF_MISSING is not set" in done.stderr
        assert "Traceback" not in done.stderr
        return
    assert done.returncode == 0, done.stderr
    last = yaml.safe_load(case["spec"])["workflow"][-1]["id"]
    result = tmp_path / "results" / f"{last}.json"
    assert json.loads(result.read_text(encoding="utf-8")) == case["expect"]["result"]


def test_every_case_is_run_or_named(reference_data: Path) -> None:
    found = {path.stem for path in (reference_data.parent / "conformance" / "behaviour").glob("*.yaml")}
    assert found == {*NOW, *LATER}
