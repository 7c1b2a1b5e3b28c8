"""From a spec file to the files of a program."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ecoscope_workflows.compiler.artifacts import write
from ecoscope_workflows.compiler.compile import Request, compile_workflow, params_changes
from ecoscope_workflows.errors import SpecError, TargetError
from ecoscope_workflows.targets.airflow import Pods
from ecoscope_workflows.targets.catalog import SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """\
name: tracks
cache_root: results
tasks:
  load_relocations: {}
  process_relocations:
    observations: load_relocations
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "spec" / "spec.yaml"
    path.parent.mkdir()
    path.write_text(SPEC)
    return path


def test_the_folder_has_the_layout_of_the_workflow_catalog(spec: Path) -> None:
    paths = {artifact.path for artifact in compile_workflow(Request(spec))}
    assert paths == {
        ".gitignore",
        SETTINGS,
        "README.md",
        "config/README.md",
        "config/params.yaml",
        "profiles/k8s/profile.yaml",
        "profiles/local/profile.yaml",
        "profiles/slurm/profile.yaml",
        "workflow/Snakefile",
        "workflow/envs/environment.yaml",
        "workflow/plan.json",
        "workflow/report/workflow.rst",
        "workflow/schemas/params.schema.json",
        "workflow/spec.yaml",
    }


@pytest.mark.parametrize(("conda", "image"), [(False, ""), (True, ""), (True, "registry.example/tracks:1")])
def test_the_catalog_is_told_how_the_software_comes(spec: Path, image: str, *, conda: bool) -> None:
    made = compile_workflow(Request(spec, conda=conda, pods=Pods(image=image)))
    usage = yaml.safe_load(next(artifact.content for artifact in made if artifact.path == SETTINGS))["usage"]
    deployment = {"conda": conda, "apptainer": bool(image), "apptainer+conda": conda and bool(image)}
    assert usage["software-stack-deployment"] == deployment
    assert usage["mandatory-flags"]["flags"] == ""


def test_params_and_resources_beside_a_spec_come_along(spec: Path) -> None:
    spec.with_name("params.yaml").write_text("load_relocations: {path: resources/a/tracks.csv}\n")
    tracks = spec.parent / "resources" / "a" / "tracks.csv"
    tracks.parent.mkdir(parents=True)
    tracks.write_bytes(b"id,x\n")
    files = {artifact.path: artifact for artifact in compile_workflow(Request(spec))}
    assert files["config/params.yaml"].content.startswith(b"load_relocations: {path:")
    assert files["resources/a/tracks.csv"].content == b"id,x\n"


def test_compiling_twice_changes_nothing(spec: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write(compile_workflow(Request(spec)), folder)
    times = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    report = write(compile_workflow(Request(spec)), folder)
    assert report.written == ()
    assert times == {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_what_the_user_owns_is_kept(spec: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write(compile_workflow(Request(spec)), folder)
    for name in ("config/params.yaml", "profiles/local/profile.yaml", "README.md", SETTINGS):
        (folder / name).write_text("mine\n")
    with (folder / "workflow/Snakefile").open("a") as stream:
        stream.write("# edited\n")
    report = write(compile_workflow(Request(spec)), folder)
    assert report.written == ("workflow/Snakefile",)
    assert "config/params.yaml" in report.kept
    assert (folder / "config/params.yaml").read_text() == "mine\n"


@pytest.mark.parametrize(
    ("target", "name"), [("snakemake", "workflow/Snakefile"), ("script-sequential", "tracks.py")]
)
def test_a_program_of_somebody_s_own_is_not_replaced(
    spec: Path, tmp_path: Path, target: str, name: str
) -> None:
    folder = tmp_path / "out"
    path = folder / name
    path.parent.mkdir(parents=True)
    path.write_text("# By hand, not compiled.\n")
    artifacts = [replace(one, path=name) for one in compile_workflow(Request(spec, target))[:1]]
    with pytest.raises(TargetError, match=rf"{name}: EW711 this file was not compiled"):
        write(artifacts, folder)
    assert path.read_text() == "# By hand, not compiled.\n"
    path.write_text("")
    assert write(artifacts, folder).written == (name,)


def test_a_folder_that_cannot_be_written_is_reported(spec: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(TargetError, match="EW711 cannot be written"):
        write(compile_workflow(Request(spec)), tmp_path / "out")


def test_new_and_gone_parameters_are_told_apart() -> None:
    old: dict[str, Any] = {"a": {"properties": {"x": {}, "y": {}}}, "b": {"properties": {"z": {}}}}
    new: dict[str, Any] = {"a": {"properties": {"x": {}, "w": {}}}}
    assert params_changes(old, new) == (["a.w"], ["a.y", "b.z"])


def test_an_unknown_target_is_refused(spec: Path) -> None:
    with pytest.raises(TargetError, match=r"EW705 unknown target 'snakmake'(.|\n)*did you mean 'snakemake'"):
        compile_workflow(Request(spec, "snakmake"))


def test_a_template_for_a_folder_is_refused(spec: Path, tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="EW706"):
        compile_workflow(Request(spec, template=tmp_path / "x.jinja2"))


def test_a_mocked_task_brings_its_packaged_example(spec: Path) -> None:
    request = Request(spec, mocks={"load_relocations": None}, testing=True)
    files = {artifact.path: artifact.content for artifact in compile_workflow(request)}
    assert files["resources/mocks/load_relocations.parquet"].startswith(b"PAR1")
    assert b'mocks=["load_relocations"],' in files["workflow/Snakefile"]


def test_a_mock_may_be_a_file_of_the_users(spec: Path, tmp_path: Path) -> None:
    mock = tmp_path / "mine.parquet"
    mock.write_bytes(b"PAR1mine")
    request = Request(spec, mocks={"load_relocations": mock}, testing=True)
    files = {artifact.path: artifact.content for artifact in compile_workflow(request)}
    assert files["resources/mocks/load_relocations.parquet"] == b"PAR1mine"


def test_all_faults_of_the_mocks_are_told_at_once(spec: Path, tmp_path: Path) -> None:
    mocks = {"load_relocation": None, "process_relocations": tmp_path / "none.parquet"}
    with pytest.raises(TargetError) as caught:
        compile_workflow(Request(spec, mocks=mocks, testing=True))
    assert [problem.code for problem in caught.value.problems] == ["EW707", "EW708"]
    assert caught.value.problems[0].hint == "did you mean 'load_relocations'?"


def test_the_schema_of_the_params_is_json(spec: Path) -> None:
    files = {artifact.path: artifact.content for artifact in compile_workflow(Request(spec))}
    schema = json.loads(files["workflow/schemas/params.schema.json"])
    assert schema["process_relocations"]["required"] == ["filter_point_coords", "relocs_columns"]


def test_faults_of_a_spec_name_its_file(spec: Path) -> None:
    spec.write_text(SPEC.replace("process_relocations:", "proces_relocations:"))
    with pytest.raises(SpecError) as caught:
        compile_workflow(Request(spec))
    assert str(caught.value) == (
        f"{spec}:5:3: EW301 unknown task 'proces_relocations'\n  hint: did you mean 'process_relocations'?"
    )
