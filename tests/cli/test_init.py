"""`ecoscope-workflows init`: what it makes runs as it is."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from ecoscope_workflows.cli import run
from ecoscope_workflows.compiler.init import MAX_NAME, new_project
from ecoscope_workflows.compiler.spec_schema import spec_schema
from ecoscope_workflows.errors import TargetError
from ecoscope_workflows.registry.catalog import Catalog, installed_catalog
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.spec.document import parse
from ecoscope_workflows.spec.load import load_spec

if TYPE_CHECKING:
    from collections.abc import Callable

FILES = {
    ".gitignore",
    "README.md",
    "params.yaml",
    "pyproject.toml",
    "resources/fixes.csv",
    "spec.schema.json",
    "spec.yaml",
    "src/my_tracks/__init__.py",
    "src/my_tracks/tasks.py",
    "tests/test_tasks.py",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def project(folder: Path) -> Path:
    """Return the folder of a new project."""
    assert run(["init", "my-tracks"]) == 0
    return folder / "my-tracks"


def test_a_project_has_a_spec_params_a_schema_and_a_package(project: Path) -> None:
    assert {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()} == FILES


def test_what_to_do_next_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "my-tracks"]) == 0
    assert list(folder.iterdir()) == [folder / "my-tracks"]
    assert capsys.readouterr().err.splitlines() == [
        "my-tracks: 10 files written",
        "next: install its package, compile its workflow, and run it",
        "  pip install --editable my-tracks",
        "  ecoscope-workflows compile --spec my-tracks/spec.yaml --outpath my-tracks/build",
        "  cd my-tracks/build && snakemake --profile profiles/local",
    ]


def test_hyphens_become_underscores_where_python_reads_the_name(project: Path) -> None:
    facts = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    assert facts["project"]["name"] == "my-tracks"
    assert facts["project"]["entry-points"] == {"ecoscope_workflows": {"tasks": "my_tracks.tasks"}}
    assert load_spec(project / "spec.yaml").id == "my_tracks_workflow"


def test_the_first_line_of_the_spec_names_the_schema_that_it_passes(project: Path) -> None:
    text = (project / "spec.yaml").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "# yaml-language-server: $schema=spec.schema.json"
    schema = json.loads((project / "spec.schema.json").read_text(encoding="utf-8"))
    assert schema == spec_schema()
    assert list(Draft202012Validator(schema).iter_errors(parse(text, "spec.yaml").value)) == []


def test_the_spec_passes_the_schema_that_knows_the_tasks(project: Path) -> None:
    made = runpy.run_path(str(project / "src" / "my_tracks" / "tasks.py"))
    own = task_info(made["daily_distances"], "my_tracks.tasks", "daily_distances")
    catalog = Catalog.of([*installed_catalog(), own])
    value = parse((project / "spec.yaml").read_text(encoding="utf-8"), "spec.yaml").value
    assert list(Draft202012Validator(spec_schema(catalog)).iter_errors(value)) == []
    value["workflow"][2]["partial"]["timezone"] = "UTC"
    (error,) = Draft202012Validator(spec_schema(catalog)).iter_errors(value)
    assert "'timezone' was unexpected" in error.message


@pytest.mark.parametrize("already", ["folder", "file", "link"])
def test_what_exists_is_never_written_into(
    already: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder / "my-tracks"
    make: dict[str, Callable[[], None]] = {
        "folder": place.mkdir,
        "file": place.touch,
        "link": lambda: place.symlink_to(folder / "nowhere"),
    }
    make[already]()
    assert run(["init", "my-tracks"]) == 1
    error = capsys.readouterr().err
    assert "error[EW732]" in error
    assert "my-tracks" in error
    assert [path for path in folder.rglob("*") if path != place] == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("", "try 'my-tracks'"),
        ("1st", "try 'st'"),
        ("my tracks", "try 'my-tracks'"),
        ("../up", "try 'up'"),
        ("a/b", "try 'a-b'"),
        ("größe", "try 'gr-e'"),
        ("tracks-", "try 'tracks'"),
        ('a"\n[tool', "try 'a-tool'"),
        ("a" * (MAX_NAME + 1), "shorten it"),
        ("class", "try 'my-class'"),
        ("list", "try 'my-list'"),
        ("json", "try 'my-json'"),
    ],
)
def test_a_name_that_no_package_can_have_is_refused(name: str, hint: str, folder: Path) -> None:
    with pytest.raises(TargetError) as caught:
        new_project(name, folder)
    (problem,) = caught.value.problems
    assert (problem.code, problem.hint) == ("EW731", hint)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["jinja2", "ecoscope-workflows"])
def test_the_name_of_an_installed_package_is_refused(name: str, folder: Path) -> None:
    with pytest.raises(TargetError) as caught:
        new_project(name, folder)
    assert [problem.code for problem in caught.value.problems] == ["EW732"]


@pytest.mark.parametrize("name", ["fixes", "trajectory", "distances", "x", "A_1", "a" * MAX_NAME])
def test_every_other_name_makes_a_spec_that_is_read(name: str, folder: Path) -> None:
    assert run(["init", name]) == 0
    assert len(load_spec(folder / name / "spec.yaml").instances) == 3


def call(*command: str | Path, cwd: Path, site: Path) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SNAKEMAKE")}
    environment = {
        **kept,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)]),
        "PYTHONPATH": str(site),
        "XDG_CACHE_HOME": str(site.with_name("cache")),
        "XDG_CONFIG_HOME": str(site.with_name("settings")),
    }
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_new_project_is_installed_compiled_and_run(project: Path) -> None:
    site = project.with_name("site")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index")
    call(*pip, "--no-deps", "--no-build-isolation", "--target", site, project, cwd=project, site=site)
    command = ("compile", "--spec", "my-tracks/spec.yaml", "--outpath", "my-tracks/build")
    call("ecoscope-workflows", *command, cwd=project.parent, site=site)
    call("snakemake", "--profile", "profiles/local", cwd=project / "build", site=site)
    show = "import pandas; print(pandas.read_parquet('results/distances.parquet').to_csv(index=False))"
    table = call(sys.executable, "-c", show, cwd=project / "build", site=site).split()
    assert table[0] == "animal,day,distance_km"
    # Two animals from one morning to the next but one, in the time zone of the params.
    assert [row.rpartition(",")[0] for row in table[1:]] == [
        f"{animal},2024-03-0{day}" for animal in ("Amara", "Baraka") for day in (1, 2, 3)
    ]
    assert all(0 < float(row.rpartition(",")[2]) < 30 for row in table[1:])
    call(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", cwd=project, site=site)
