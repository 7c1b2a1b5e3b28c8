"""What published workflows compute: every case of the conformance suite, run as a script."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.contracts.stored import read_value

if TYPE_CHECKING:
    from pathlib import Path

TASKS = '''\
"""The stand-in tasks of the cases."""

from typing import Any

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.decorators import distributed, skip_condition


@skip_condition
def is_negative(*args: object) -> bool:
    return any(isinstance(value, int) and value < 0 for value in args)


@skip_condition
def any_none(*args: object) -> bool:
    return any(value is None for value in args)


@skip_condition
def any_skipped(*args: object) -> bool:
    return any(isinstance(value, SkipSentinel) for value in args)


@distributed
def fan_out(n: int) -> list[int]:
    return list(range(n))


@distributed
def total(values: list[int]) -> int:
    return sum(values)


@distributed
def opt(a: int, b: int | None = None) -> int:
    return a


@distributed
def pairs(n: int) -> list[tuple[int, int]]:
    return [(i, 10 * i) for i in range(n)]


@distributed
def keyed_pairs(n: int) -> list[tuple[str, tuple[int, int]]]:
    return [(f"k{i}", (i, 10 * i)) for i in range(n)]


@distributed
def keyed(values: list[int]) -> list[tuple[str, int]]:
    return [(f"k{value}", value) for value in values]


@distributed
def word(n: int) -> str:
    return "x" * n


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


CASES = (
    "chain",
    "env-ref",
    "env-ref-missing",
    "list-of-one-ref-stays-list",
    "literal-quotes",
    "map-bound-and-mapped",
    "map-list-of-one-ref",
    "map-one-arg",
    "map-one-arg-over-pairs",
    "map-over-int",
    "map-over-string",
    "map-two-args",
    "mapvalues-one-arg",
    "mapvalues-two-args",
    "nested-refs",
    "return-is-last-instance",
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
# These fail; what the message must say. Where types show it, before anything runs.
FAILING = {
    "env-ref-missing": "CONF_MISSING is not set",
    "map-one-arg-over-pairs": "name as many arguments in `argnames` as a tuple has items",
    "map-over-int": "t needs a list for its `map`",
}


def plain(value: Any) -> Any:
    """Return a result as the cases write it."""
    if isinstance(value, SkipSentinel):
        return "<skip>"
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def read(folder: Path, name: str) -> Any:
    (path,) = [path for path in folder.glob(f"{name}*") if "provenance" not in path.name]
    return plain(read_value(path))


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize("name", CASES)
def test_a_workflow_computes_what_the_published_system_does(
    name: str, reference_data: Path, tmp_path: Path
) -> None:
    path = reference_data.parent / "conformance" / "behaviour" / f"{name}.yaml"
    case: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    (tmp_path / "spec.yaml").write_text(case["spec"], encoding="utf-8")
    (tmp_path / "params.yaml").write_text(json.dumps(case["params"]), encoding="utf-8")
    words = ["-m", "ecoscope_workflows", "compile", "--spec", "spec.yaml", "--target", "script-sequential"]
    done = run(words, tmp_path, {})
    if done.returncode == 0:
        (tmp_path / "flow.py").write_text(done.stdout, encoding="utf-8")
        done = run(["flow.py", "--config", "params.yaml"], tmp_path, case["env"])
    if "error_type" in case["expect"]:
        assert done.returncode == 1
        assert FAILING[name] in done.stderr
        assert "Traceback" not in done.stderr
        return
    assert done.returncode == 0, done.stderr
    last = yaml.safe_load(case["spec"])["workflow"][-1]["id"]
    assert read(tmp_path / "results", last) == case["expect"]["result"]


def test_every_case_is_run(reference_data: Path) -> None:
    found = {path.stem for path in (reference_data.parent / "conformance" / "behaviour").glob("*.yaml")}
    assert found == set(CASES)
