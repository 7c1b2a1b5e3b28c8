"""Notebooks as people run them, by jupytext, Jupyter and papermill: as the other targets compute."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.end_to_end.conftest import whole

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Project, Run

NAME = "book"
PLACE = "Côte d'Ivoire"
ODDITIES = """\
id: oddities
requirements: []
workflow:
  - {id: odd, task: odd_values}
  - {id: odd_shown, task: show, partial: {value: {a: "${{ workflow.odd.return }}"}}}
  - {id: in_spec, task: echo, partial: {value: {z: 1, a: {y: 2, b: 3}}}}
  - {id: in_params, task: show}
  - {id: place, task: show, partial: {value: ["${{ env.FIELDKIT_PLACE }}", "${{ workflow.in_spec.return }}"]}}
"""
HERDING = """\
id: herding
requirements: []
task-instance-defaults: {skipif: {conditions: [any_empty, any_skipped]}}
workflow:
  - {id: herd, task: herds}
  - id: grown
    task: grow
    resources: {threads: 2}
    mapvalues: {argnames: frame, argvalues: "${{ workflow.herd.return }}"}
  - {id: counted, task: size, mapvalues: {argnames: frame, argvalues: "${{ workflow.grown.return }}"}}
  - {id: title, task: caption}
  - id: rows
    task: titled
    skipif: {conditions: [never]}
    partial: {title: "${{ workflow.title.return }}"}
    map: {argnames: [key, number], argvalues: "${{ workflow.counted.return }}"}
  - {id: text, task: joined, partial: {texts: "${{ workflow.rows.return }}"}}
"""
SCALING: list[dict[str, Any]] = [
    {"id": "numbers", "task": "read_numbers"},
    {"id": "scaled", "task": "scale", "partial": {"numbers": "${{ workflow.numbers.return }}"}},
    {"id": "added", "task": "total", "partial": {"numbers": "${{ workflow.scaled.return }}"}},
]


def compile_notebook(project: Project, *options: str, spec: Path | None = None) -> Path:
    """Compile a spec into a notebook, and have jupytext make the file that Jupyter runs."""
    words = ("compile", "--spec", str(spec or "spec.yaml"), "--template", "jupytext.jinja2", *options)
    for command in (
        ("ecoscope-workflows", *words, "--outpath", f"{NAME}.py"),
        ("jupytext", "--to", "ipynb", f"{NAME}.py"),
    ):
        run = project.call(*command)
        assert run.code == 0, run.output
    return project.folder / f"{NAME}.ipynb"


def execute(project: Project, path: Path, place: str = "") -> Run:
    """Run a notebook from top to bottom; what its cells show is in the file `executed.ipynb`."""
    return project.call("jupyter", "execute", path, "--output=executed", FIELDKIT_PLACE=place)


def executed(project: Project, path: Path, place: str = "") -> list[dict[str, Any]]:
    """Run a notebook, see that it worked, and return its cells."""
    run = execute(project, path, place)
    assert run.code == 0, run.output
    return cells_of(project.folder / "executed.ipynb")


def cells_of(path: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return cells


def shown(cells: list[dict[str, Any]], instance: str) -> dict[str, str]:
    """Return what the cell of an instance shows, by its kind."""
    (cell,) = [cell for cell in cells if "".join(cell["source"]).startswith(f"{instance}_return = ")]
    (data,) = [item["data"] for item in cell["outputs"] if item["output_type"] == "execute_result"]
    return {kind: "".join(text) for kind, text in data.items()}


def of_script(project: Project, params: Path, place: str = "") -> dict[str, bytes]:
    command = (
        sys.executable,
        project.compile_script(),
        "--config",
        params,
        "--results",
        "from_script/results",
    )
    run = project.call(*command, FIELDKIT_PLACE=place)
    assert run.code == 0, run.output
    return whole(project.folder / "from_script" / "results")


def test_every_value_reaches_the_next_task_as_in_the_other_targets(project: Project) -> None:
    project.write_spec(ODDITIES)
    given = {"in_params": {"value": {"z": 1.0, "a": {"y": None, "b": "on"}}}}
    project.compiled()
    params = project.write_params(given)
    run = project.snakemake(FIELDKIT_PLACE=PLACE)
    assert run.code == 0, run.output + project.logs()
    (project.folder / "params.yaml").write_bytes(params.read_bytes())
    cells = executed(project, compile_notebook(project), PLACE)
    by_notebook = whole(project.folder / "results")
    assert by_notebook == whole(project.results)
    assert by_notebook == of_script(project, params, PLACE)
    assert shown(cells, "in_spec")["text/plain"] == "{'a': {'b': 3, 'y': 2}, 'z': 1}"


def test_groups_skips_and_cheap_instances_are_as_in_the_other_targets(project: Project) -> None:
    project.write_spec(HERDING)
    project.compiled()
    given = {"herd": {"counts": {"north": 3, "south": 0}}, "grown": {"by": 1}, "title": {"text": "herd"}}
    params = project.write_params(given)
    project.finish()
    (project.folder / "params.yaml").write_bytes(params.read_bytes())
    cells = executed(project, compile_notebook(project))
    by_notebook = whole(project.folder / "results")
    assert by_notebook == whole(project.results)
    assert by_notebook == of_script(project, params)
    assert shown(cells, "grown")["text/plain"].endswith("2 items; shown is north")
    assert shown(cells, "counted")["text/plain"] == (
        "2 items\n- north: 3\n- south (skipped): grown was skipped: any_empty on 'frame'"
    )
    assert shown(cells, "title")["text/plain"] == "herd"
    assert shown(cells, "rows")["text/plain"] == "['herd north: 3', 'herd south: None']"


def test_tasks_may_be_named_as_what_a_program_calls_its_own(project: Project) -> None:
    names = ("params", "results", "workflow", "main", "Instance", "Script", "Notebook", "one_return")
    tasks = "".join(
        f"\n\n@distributed\ndef {name}(value: int) -> int:\n    return value + {number}\n"
        for number, name in enumerate(names)
    )
    source = project.site / "fieldkit" / "tasks.py"
    source.write_text(source.read_text() + tasks)
    instances = [{"id": f"use_{name}", "task": name, "partial": {"value": 10}} for name in names]
    project.write_instances([*instances, {"id": "one", "task": "echo", "partial": {"value": 1}}])
    executed(project, compile_notebook(project))
    expected = {f"use_{name}.json": f"{number + 10}\n".encode() for number, name in enumerate(names)}
    made = whole(project.folder / "results")
    assert {name: made[name] for name in expected} == expected
    (project.folder / "params.yaml").write_text("{}")
    assert of_script(project, project.folder / "params.yaml") == made


def test_papermill_gives_parameters_in_a_cell_of_its_own(project: Project) -> None:
    project.write_instances(SCALING)
    path = compile_notebook(project)
    for name in ("numbers.txt", "others.txt"):
        (project.folder / name).write_text("1 2 3" if name == "numbers.txt" else "7")
    run = execute(project, path)
    assert run.code != 0
    assert "EW404 numbers.path is empty" in run.output
    given = json.dumps({"params": {"numbers": {"path": "numbers.txt"}, "scaled": {"factor": 10}}})
    command = ("papermill", path, "out.ipynb", "--no-progress-bar")
    run = project.call(*command, "-y", given)
    assert run.code == 0, run.output
    tags = [cell["metadata"].get("tags") for cell in cells_of(project.folder / "out.ipynb")]
    assert tags.index(["injected-parameters"]) == tags.index(["parameters"]) + 1
    assert shown(cells_of(project.folder / "out.ipynb"), "added")["text/plain"] == "60"
    (project.folder / "params.yaml").write_text("numbers: {path: others.txt}\n")
    run = project.call(*command, "-p", "params", "params.yaml", "-p", "results", "elsewhere/results")
    assert run.code == 0, run.output
    assert json.loads((project.folder / "elsewhere/results/added.json").read_text()) == 7
    assert json.loads((project.folder / "results/added.json").read_text()) == 60


def test_a_cell_that_fails_names_its_instance_and_shows_the_task_alone(project: Project) -> None:
    project.write_instances(
        [{"id": "ratio", "task": "divide", "partial": {"number": 1, "by": 0}}, *SCALING[:1]]
    )
    (project.folder / "params.yaml").write_text("numbers: {path: spec.yaml}\n")
    run = execute(project, compile_notebook(project))
    assert run.code != 0
    assert "EW621 ratio (task 'divide') raised ZeroDivisionError" in run.output
    assert "return number / by" in run.output
    assert "ecoscope_workflows/runtime" not in run.output
    assert not list(project.folder.glob("results/*"))


def test_texts_full_of_code_execute_nothing(project: Project) -> None:
    hostile = (
        "\n# %%\n!touch PWNED\n\n%%bash\ntouch PWNED\n'''\"\"\"\\ $(touch PWNED) {x} \u2028import os\x85"
    )
    commands = ("!touch PWNED", "# !touch PWNED", "%%bash", "touch PWNED?", hostile)
    project.write_spec_of(
        {
            "id": "texts",
            "requirements": [],
            "metadata": {"name": hostile, "description": hostile, "maintainers": [], "license": hostile},
            "workflow": [
                {
                    "type": "task-group",
                    "title": text,
                    "description": text,
                    "tasks": [
                        {"id": f"text_{number}", "name": text, "task": "echo", "partial": {"value": [text]}},
                        {"id": f"given_{number}", "name": text, "task": "echo"},
                    ],
                }
                for number, text in enumerate(commands)
            ],
        }
    )
    values = {f"given_{number}": {"value": {text: text}} for number, text in enumerate(commands)}
    (project.folder / "params.yaml").write_bytes(project.write_params(values).read_bytes())
    odd = project.folder / 'it\'s\n"$(touch PWNED)" {x}.yaml'
    (project.folder / "spec.yaml").rename(odd)
    executed(project, compile_notebook(project, spec=odd))
    for number, text in enumerate(commands):
        for name, value in ((f"text_{number}", [text]), (f"given_{number}", {text: text})):
            path = project.folder / "results" / f"{name}.json"
            assert json.loads(path.read_text(encoding="utf-8")) == value
    assert not list(project.folder.rglob("PWNED*"))


@pytest.mark.parametrize(
    ("name", "options", "page"),
    [
        ("time_density", (), "draw_ecomap"),
        ("compare_density_methods", (), "map_formula"),
        ("elephant_dashboard", (), "dashboard"),
        ("calculate_time_density", ("--testing", "--mock-io"), "draw_ecomap"),
        ("time_density", ("--testing", "--mock-io"), "draw_ecomap"),
    ],
)
def test_an_example_runs_from_top_to_bottom_and_shows_its_map(
    project: Project, examples: Path, name: str, options: tuple[str, ...], page: str
) -> None:
    path = compile_notebook(project, *options, spec=examples / name / "spec.yaml")
    if not options:
        (project.folder / "resources").symlink_to(examples / name / "resources")
    cells = executed(project, path)
    assert "<iframe sandbox=" in shown(cells, page)["text/html"]
    params = examples / name / "params.yaml"
    script = project.compile_script(*options, spec=examples / name / "spec.yaml")
    by_notebook = whole(project.folder / "results")
    (project.folder / "results").rename(project.folder / "from_notebook")
    run = project.call(sys.executable, script, "--config", params)
    assert run.code == 0, run.output
    assert by_notebook == whole(project.folder / "results")


def test_jupytext_goes_there_and_back(project: Project, examples: Path) -> None:
    path = compile_notebook(project, spec=examples / "elephant_dashboard" / "spec.yaml")
    run = project.call("jupytext", "--to", "py:percent", path, "--output", "back.py")
    assert run.code == 0, run.output
    assert (project.folder / "back.py").read_text() == (project.folder / f"{NAME}.py").read_text()
