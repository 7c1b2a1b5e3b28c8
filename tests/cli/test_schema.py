"""`ecoscope-workflows schema` as a user types it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.cli import run
from ecoscope_workflows.compiler.spec_schema import spec_schema
from ecoscope_workflows.registry.catalog import installed_catalog

if TYPE_CHECKING:
    from pathlib import Path


def test_the_schema_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == spec_schema()


def test_with_tasks_it_knows_those_that_are_installed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "--with-tasks"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema == spec_schema(installed_catalog())
    assert "calculate_time_density" in schema["$defs"]["task"]["enum"]


def test_it_is_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deep" / "spec.schema.json"
    assert run(["schema", "--outpath", str(path)]) == 0
    assert capsys.readouterr().err == f"wrote {path}\n"
    assert json.loads(path.read_text(encoding="utf-8")) == spec_schema()


def test_the_same_schema_is_the_same_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / "first.json", tmp_path / "second.json"]
    for path in paths:
        assert run(["schema", "--with-tasks", "--outpath", str(path)]) == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("form", ["rjsf", "rjsf-flat"])
def test_get_params_prints_a_form(
    form: str, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = pytestconfig.rootpath / "specs" / "compare_density_methods" / "spec.yaml"
    assert run(["get-params", "--spec", str(spec), "--format", form]) == 0
    document = json.loads(capsys.readouterr().out)
    groups = [name for name, card in document["properties"].items() if card.get("ecoscope:task_group")]
    assert groups == (["As published", "By the formula"] if form == "rjsf" else [])
    assert document["uiSchema"]["ui:order"] == list(document["properties"])


@pytest.mark.parametrize(
    "words",
    [
        ["schema", "--with-tasks"],
        ["get-params", "--format", "rjsf", "--spec", "specs/compare_density_methods/spec.yaml"],
        ["init", "my-tracks"],
    ],
    ids=["schema", "get-params", "init"],
)
def test_nothing_heavy_is_imported(words: list[str], pytestconfig: pytest.Config, tmp_path: Path) -> None:
    (tmp_path / "specs").symlink_to(pytestconfig.rootpath / "specs")
    program = (
        "import sys; from ecoscope_workflows.cli import run; code = run(sys.argv[1:]);"
        " print(code, *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    code, *modules = done.stderr.splitlines()[-1].split()
    assert code == "0"
    assert not {"pandas", "pandera", "geopandas", "shapely", "snakemake", "numpy"} & set(modules)
