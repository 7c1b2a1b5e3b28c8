"""The compiled examples in `rules/`: equal to a fresh compile, and run as they stand."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[1]
NAMES = sorted(path.parent.name for path in ROOT.glob("specs/*/spec.yaml"))


@pytest.fixture(scope="module")
def golden() -> ModuleType:
    """Return the module that makes the golden files."""
    spec = importlib.util.spec_from_file_location(
        "golden_examples", Path(__file__).with_name("golden_examples.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tracked(folder: Path) -> dict[str, bytes]:
    """Return the files of a compiled folder, without what a run leaves in it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name: (folder / name).read_bytes() for name in listed.stdout.splitlines()}


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_workflow_is_what_the_spec_compiles_to(name: str, golden: ModuleType) -> None:
    fresh = {artifact.path: artifact.content for artifact in golden.compiled(name)}
    committed = tracked(ROOT / "rules" / name)
    assert sorted(committed) == sorted(fresh), "run `make golden`"
    for path, content in fresh.items():
        assert committed[path] == content, f"rules/{name}/{path} is stale: run `make golden`"


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_script_is_what_the_spec_compiles_to(name: str, golden: ModuleType) -> None:
    committed = ROOT / "tests" / "targets" / "golden" / f"{name}.py"
    assert committed.read_bytes() == golden.compiled_script(name), "run `make golden`"


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_notebook_is_what_the_spec_compiles_to(name: str, golden: ModuleType) -> None:
    committed = ROOT / "tests" / "targets" / "golden" / f"{name}.jupytext.py"
    assert committed.read_bytes() == golden.compiled_notebook(name), "run `make golden`"


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_dag_is_what_the_spec_compiles_to(name: str, golden: ModuleType) -> None:
    committed = ROOT / "tests" / "targets" / "golden" / f"{name}.airflow.py"
    assert committed.read_bytes() == golden.compiled_dag(name), "run `make golden`"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "pages"),
    [
        ("time_density", ["draw_ecomap.html"]),
        ("compare_density_methods", ["map_published.html", "map_formula.html", "map_track.html"]),
    ],
)
def test_the_committed_workflow_runs_as_it_is(name: str, pages: list[str], tmp_path: Path) -> None:
    folder = tmp_path / name
    shutil.copytree(
        ROOT / "rules" / name, folder, ignore=shutil.ignore_patterns(".snakemake", "results", "logs")
    )
    command = ["snakemake", "--profile", "profiles/local"]
    first = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    for page in pages:
        assert (folder / "results" / page).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    second = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "Nothing to be done" in second.stderr


def test_no_folder_of_rules_is_without_its_spec() -> None:
    assert sorted(path.name for path in (ROOT / "rules").iterdir()) == NAMES
