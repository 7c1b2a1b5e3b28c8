"""The command line as a user types it, each command in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ecoscope_workflows import __version__
from ecoscope_workflows.cli import one_value_each, run
from ecoscope_workflows.contracts.validation import MAX_VALUE

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "specs" / "time_density" / "spec.yaml"
HEAVY = {
    "geopandas",
    "shapely",
    "snakemake",
    "matplotlib",
    "rasterio",
    "pandas",
    "pandera",
    "pyproj",
    "scipy",
}


def ecoscope(*words: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ecoscope_workflows", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, **variables},
    )


def test_without_a_command_the_help_is_shown() -> None:
    done = ecoscope()
    assert done.returncode == 0
    for command in ("compile", "tasks", "get-params", "completion"):
        assert command in done.stdout


def test_the_version_is_told() -> None:
    assert ecoscope("--version").stdout == f"ecoscope-workflows, version {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["compile", "--help"],
        ["compile", "--spec", str(SPEC), "--outpath", "out"],
        ["compile", "--spec", str(SPEC), "--target", "script-sequential"],
        ["compile", "--spec", str(SPEC), "--target", "jupytext"],
        ["check", str(SPEC), "--params", str(SPEC.with_name("params.yaml")), "--strict"],
        ["explain", "EW301"],
        ["get-params", "--spec", str(SPEC), "--format", "yaml"],
        ["tasks"],
    ],
    ids=[
        "help",
        "compile-help",
        "snakemake",
        "script",
        "notebook",
        "check",
        "explain",
        "get-params",
        "tasks",
    ],
)
def test_nothing_heavy_is_imported(words: list[str], tmp_path: Path) -> None:
    program = (
        "import sys; from ecoscope_workflows.cli import run; code = run(sys.argv[1:]);"
        " print(code, *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    code, *modules = done.stderr.splitlines()[-1].split()
    assert code == "0"
    assert not HEAVY & set(modules)


def test_a_misspelt_task_is_shown_in_its_line_with_a_caret(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text("name: w\ntasks:\n  load_relocation: {}\n")
    done = ecoscope("compile", "--spec", "spec.yaml", "--outpath", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        "error[EW301]: unknown task 'load_relocation'\n"
        " --> spec.yaml:3:3\n"
        "  |\n"
        "3 |   load_relocation: {}\n"
        "  |   ^^^^^^^^^^^^^^^\n"
        "  = hint: did you mean 'load_relocations'?\n\n"
    )
    assert not (tmp_path / "out").exists()


def test_errors_are_json_for_tools(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text("name: w\ntasks:\n  load_relocation: {}\n")
    done = ecoscope(
        "--error-format", "json", "compile", "--spec", "spec.yaml", "--outpath", "o", cwd=tmp_path
    )
    assert done.returncode == 1
    (record,) = json.loads(done.stderr)
    assert record == {
        "code": "EW301",
        "severity": "error",
        "what": "unknown task 'load_relocation'",
        "file": "spec.yaml",
        "line": 3,
        "column": 3,
        "hint": "did you mean 'load_relocations'?",
        "related": [],
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["compile"], "Missing option '--spec'"),
        (["compile", "--spec", "none.yaml"], "File 'none.yaml' does not exist"),
        (["compile", "--spec", str(SPEC)], "say which with --outpath"),
        (["compile", str(SPEC), "--target", "airflow", "--outpath", str(SPEC)], "is the spec itself"),
        (["compile", "--spec", str(SPEC), "--target", "snakmake"], "'snakmake' is not one of"),
        (["compile", "--spec", str(SPEC), "--mock-tasks", "x"], "add --testing"),
        (["compile", "--spec", str(SPEC), "--outpath", "o", "--fan-out", "jobs"], "give both, or none"),
        (["compile", "--spec", str(SPEC), "--outpath", "o", "--chunk-size", "5"], "give both, or none"),
        (
            ["compile", "--spec", str(SPEC), "--target", "jupytext", "--collections", "file"],
            "are for the target snakemake, not for jupytext",
        ),
        (["get-params", "--spec", str(SPEC), "--format", "xml"], "'xml' is not one of"),
        (["compil"], "No such command 'compil'"),
    ],
    ids=[
        "no-spec",
        "no-file",
        "no-outpath",
        "onto-the-spec",
        "target",
        "mocks",
        "jobs-without-size",
        "size-without-jobs",
        "files-elsewhere",
        "format",
        "command",
    ],
)
def test_a_wrong_command_line_is_exit_code_2(words: list[str], message: str) -> None:
    done = ecoscope(*words)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_tasks_lists_module_tags_and_signature() -> None:
    listing = ecoscope("tasks").stdout
    assert f"ecoscope_workflows.tasks.io  (ecoscope-workflows {__version__})" in listing
    assert "get_subjectgroup_observations  [io]" in listing
    assert "-> data frame (UTCTrajectory)" in listing


def test_one_task_is_shown_with_its_parameters() -> None:
    page = ecoscope("tasks", "calculate_time_density").stdout
    assert "pixel_size" in page
    assert "Pixel size for raster profile." in page
    assert "Returns: data frame (TimeDensity)" in page


def test_tasks_are_json_for_tools() -> None:
    records = {record["name"]: record for record in json.loads(ecoscope("tasks", "--format", "json").stdout)}
    density = {item["name"]: item for item in records["calculate_time_density"]["parameters"]}
    assert density["pixel_size"] == {
        "name": "pixel_size",
        "type": "number",
        "required": False,
        "default": 250.0,
        "description": "Pixel size for raster profile.",
    }


def test_a_misspelt_task_name_is_answered_with_the_nearest() -> None:
    done = ecoscope("tasks", "draw_ecomp")
    assert done.returncode == 1
    assert "did you mean 'draw_ecomap'?" in done.stderr


def test_get_params_prints_json_that_is_json() -> None:
    schema = json.loads(ecoscope("get-params", "--spec", str(SPEC)).stdout)
    assert schema["load_relocations"]["required"] == ["path"]


def test_get_params_writes_a_file(tmp_path: Path) -> None:
    form = tmp_path / "deep" / "params.yaml"
    done = ecoscope("get-params", "--spec", str(SPEC), "--format", "yaml", "--outpath", str(form))
    assert done.returncode == 0
    assert "# Parameters of time_density." in form.read_text()


def test_the_template_of_the_readme_goes_to_standard_output_or_a_file(tmp_path: Path) -> None:
    words = ["compile", "--spec", str(SPEC), "--template", "script-sequential.jinja2"]
    printed = ecoscope(*words).stdout
    path = tmp_path / "dags" / "time_density_dag.script_sequential.py"
    ecoscope(*words, "--outpath", str(path))
    assert path.read_text() == printed
    assert printed.startswith('"""time_density: compiled by ecoscope-workflows')


def test_recompiling_reports_what_is_new_and_gone(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text("name: w\ntasks:\n  load_relocations: {}\n")
    out = tmp_path / "my out"
    done = ecoscope("compile", "--spec", "spec.yaml", "--outpath", out.name, cwd=tmp_path)
    assert "  cd 'my out' && snakemake " in done.stderr
    (out / "config" / "params.yaml").write_text("load_relocations: {path: mine.csv}\n")
    bound = "id: w\nrequirements: []\nworkflow:\n  - {id: load_relocations, task: load_relocations,"
    spec.write_text(f"{bound} partial: {{crs: EPSG:4326}}}}\n  - {{id: more, task: load_relocations}}\n")
    done = ecoscope("compile", "--spec", "spec.yaml", "--outpath", out.name, cwd=tmp_path)
    assert "config/params.yaml is yours and was kept" in done.stderr
    assert "  new: more.path\n" in done.stderr
    assert "  gone: load_relocations.crs (remove it from config/params.yaml)\n" in done.stderr
    assert (out / "config" / "params.yaml").read_text() == "load_relocations: {path: mine.csv}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_program(shell: str) -> None:
    done = ecoscope("completion", shell)
    assert done.returncode == 0
    assert "_ECOSCOPE_WORKFLOWS_COMPLETE" in done.stdout


def test_task_names_are_completed() -> None:
    done = ecoscope(
        _ECOSCOPE_WORKFLOWS_COMPLETE="bash_complete",
        COMP_WORDS="ecoscope-workflows tasks draw_",
        COMP_CWORD="2",
    )
    assert "draw_ecomap" in done.stdout


def test_several_mocks_behind_one_option_are_read() -> None:
    assert one_value_each(["compile", "--mock-tasks", "a", "b=c", "--testing"], "--mock-tasks") == [
        "compile",
        "--mock-tasks",
        "a",
        "--mock-tasks",
        "b=c",
        "--testing",
    ]


def test_a_spec_full_of_faults_is_capped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text("name: w\ntasks:\n" + "".join(f"  unknown_{number}: {{}}\n" for number in range(50)))
    assert run(["compile", "--spec", str(spec), "--outpath", str(tmp_path / "out")]) == 1
    error = capsys.readouterr().err
    assert error.count("error[EW301]") == 20
    assert error.rstrip().endswith("... and 30 more")


def test_long_values_are_cut_in_messages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    partial = f"partial: {{x_column: [{'1, ' * 500}1]}}"
    spec.write_text(f"id: w\nrequirements: []\nworkflow:\n  - {{id: a, task: load_relocations, {partial}}}\n")
    assert run(["get-params", "--spec", str(spec)]) == 1
    first = capsys.readouterr().err.splitlines()[0]
    assert len(first) < MAX_VALUE + 100
