"""`ecoscope-workflows graph` as a user types it."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "specs" / "compare_density_methods" / "spec.yaml"
HEAVY = ("geopandas", "jinja2", "numpy", "pandas", "pandera", "pyarrow", "shapely", "snakemake")
STEPS = (
    ("fixes", "load_relocations", ""),
    ("clean", "process_relocations", "observations"),
    ("track", "ecoscope_workflows.tasks.readme.relocations_to_trajectory", "relocations"),
    ("areas", "calculate_time_density", "trajectory_gdf"),
    ("map", "ecoscope_workflows.tasks.readme.draw_ecomap", "geodataframe"),
)


def ecoscope(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ecoscope_workflows", *map(str, words)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=cwd)


def shown(*words: str | Path, cwd: Path | None = None) -> str:
    done = ecoscope(*words, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_json_is_shown_unless_something_else_is_asked_for() -> None:
    data = json.loads(shown("graph", SPEC))
    assert data["version"] == 1
    assert [instance["id"] for instance in data["instances"]][:3] == [
        "relocations",
        "clean_relocations",
        "trajectory",
    ]
    assert data["instances"][1]["bound"]["observations"] == {"ref": "relocations"}
    assert data["edges"][0]["type"] == data["edges"][0]["takes"] == "data frame (Observations)"


def test_mermaid_shows_types_on_the_edges_and_groups() -> None:
    text = shown("graph", SPEC, "--format", "mermaid")
    assert '  n2 -->|"relocations: data frame (Relocations)"| n3\n' in text
    assert '  subgraph g2["As published"]\n' in text
    assert "fixtime" not in text


def test_dot_shows_types_on_the_edges() -> None:
    text = shown("graph", SPEC, "--format", "dot")
    assert text.startswith('digraph "compare_density_methods" {\n')
    assert '  n2 -> n3 [label="relocations: data frame (Relocations)"]\n' in text


def test_svg_is_a_page_with_a_box_for_each_instance() -> None:
    root = ET.fromstring(shown("graph", SPEC, "--format", "svg"))  # noqa: S314  # of our own making
    rects = [element for element in root.iter() if element.tag.endswith("}rect")]
    assert len(rects) == 8


@pytest.mark.parametrize("form", ["mermaid", "dot", "svg"])
def test_pictures_show_columns_on_request(form: str) -> None:
    assert "fixtime: datetime with a time zone" in shown("graph", SPEC, "--format", form, "--columns")
    assert "fixtime" not in shown("graph", SPEC, "--format", form)


def test_a_picture_goes_to_a_file_on_request(tmp_path: Path) -> None:
    done = ecoscope("graph", SPEC, "--format", "svg", "--outpath", "picture.svg", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "wrote picture.svg\n")
    assert (tmp_path / "picture.svg").read_text(encoding="utf-8") == shown("graph", SPEC, "--format", "svg")


def test_a_spec_of_tasks_that_are_not_installed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_text(
        "id: x\nrequirements: []\nworkflow:\n  - {id: a, task: no_such_task}\n"
    )
    done = ecoscope("graph", "spec.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "unknown task 'no_such_task'" in done.stderr
    assert "spec.yaml:4:19" in done.stderr


def test_a_spec_that_does_not_exist_is_a_fault_of_the_command_line() -> None:
    assert ecoscope("graph", "nowhere.yaml").returncode == 2


@pytest.mark.parametrize("form", ["json", "svg"])
def test_nothing_heavy_is_imported(form: str) -> None:
    program = (
        "import sys; from ecoscope_workflows.cli import run; code = run(sys.argv[1:]);"
        f" print(code, [name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    command = [sys.executable, "-c", program, "graph", str(SPEC), "--format", form]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == "0 []\n"


def chains(folder: Path, instances: int) -> Path:
    """Write a spec of chains of five instances."""
    lines = ["id: big", "requirements: []", "workflow:"]
    for number in range(instances // len(STEPS)):
        before = ""
        for name, task, argument in STEPS:
            bound = f'{{{argument}: "${{{{ workflow.{before}.return }}}}"}}' if argument else "{}"
            before = f"{name}{number}"
            lines.append(f"  - {{id: {before}, task: {task}, partial: {bound}}}")
    path = folder / f"spec{instances}.yaml"
    path.write_text("\n".join(lines))
    return path


def seconds(*words: str | Path) -> float:
    """Return the processor time of a whole process: unlike the clock, it knows no other programs."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    shown(*words)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


@pytest.mark.parametrize("form", ["json", "svg"])
def test_five_hundred_instances_are_shown_at_once(tmp_path: Path, form: str) -> None:
    assert min(seconds("graph", chains(tmp_path, 500), "--format", form) for _ in range(2)) < 0.8
