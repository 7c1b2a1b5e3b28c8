"""Generated workflows read as if an expert wrote them: clean by Snakemake's linter and by snakefmt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.conftest import Project

CONDITION = "Congratulations, your workflow is in a good condition!"
LONG_ID = "a_name_as_long_as_names_may_be_1"
LONG_TEXT = "A title that says in many words what is done here, and then goes on until it is cut, " * 3


def rich() -> list[dict[str, Any]]:
    """Return instances that use everything that a spec may hold."""
    numbers = "${{ workflow.numbers.return }}"
    nested = {
        "a": [numbers, {"b": numbers, "$env": "${{ env.HOME }}"}],
        "c": [1.5e300, None, True, 'it\'s "q"'],
    }
    wide: dict[str, Any] = {f"parameter_number_{number}": [number, str(number)] for number in range(100)}
    return [
        {
            "id": "numbers",
            "name": LONG_TEXT,
            "task": "noise",
            "partial": {"seed": 1, "size": 3, "seconds": 0.0},
        },
        {"id": "from_file", "task": "read_numbers"},
        {
            "type": "task-group",
            "title": LONG_TEXT,
            "tasks": [
                {
                    "id": LONG_ID,
                    "task": "demanding",
                    "partial": {"values": [numbers, "x"], "options": nested},
                },
                {"id": "empty", "task": "demanding", "partial": {"values": [], "options": {}}},
                {"id": "free", "task": "demanding"},
            ],
        },
        {
            "id": "wide",
            "task": "echo",
            "partial": {"value": {**wide, "last": f"${{{{ workflow.{LONG_ID}.return }}}}"}},
        },
        {"id": "long", "task": "echo_text", "partial": {"value": "word " * 5000}},
        {"id": "mocked", "task": "any_speeds"},
        {"id": "winner", "task": "fastest", "partial": {"speeds": "${{ workflow.mocked.return }}"}},
        {
            "id": "hundred",
            "task": "hundred",
            "partial": {f"argument_{number}": numbers for number in range(100)},
        },
        {
            "id": "hundred_values",
            "task": "hundred",
            "partial": {f"argument_{number}": number for number in range(100)},
        },
    ]


def hundred_arguments() -> str:
    """Return the source of a task with a hundred parameters."""
    parameters = ", ".join(f"argument_{number}: object" for number in range(100))
    return f"\n\n@distributed\ndef hundred({parameters}) -> int:\n    return 100\n"


@pytest.fixture(scope="module")
def rich_project(new_project: Callable[[], Project]) -> Project:
    project = new_project()
    source = project.site / "fieldkit" / "tasks.py"
    source.write_text(source.read_text() + hundred_arguments())
    project.write_instances(rich())
    (project.folder / "numbers.txt").write_text("1 2 3")
    example = [{"id": "example", "task": "any_speeds"}]
    maker = new_project()
    maker.write_instances(example)
    maker.compiled().finish()
    mock = f"any_speeds={maker.results / 'example.parquet'}"
    project.compiled("--testing", "--mock-tasks", mock)
    (project.work / "numbers.txt").write_text("1 2 3")
    project.write_params({"from_file": {"path": "numbers.txt"}, "free": {"values": [1]}})
    return project


def assert_clean(project: Project) -> None:
    run = project.call("snakemake", "--lint", folder=project.work)
    assert run.code == 0, run.output
    assert CONDITION in run.output
    run = project.call("snakefmt", "--check", "--diff", "workflow", folder=project.work)
    assert run.code == 0, run.output


def assert_listed(folder: Path) -> None:
    """Assert what the catalog of Snakemake workflows asks of a repository under "standardized usage".

    The rules are those of ``scripts/generate-catalog.py`` and ``source/build_wf_pages.py`` of
    github.com/snakemake/snakemake-workflow-catalog; it lints and formats as `assert_clean` does.
    """
    readme = (folder / "README.md").read_text(encoding="utf-8").lower()
    assert "snakemake" in readme
    assert "workflow" in readme
    assert (folder / "workflow" / "Snakefile").is_file()
    assert not (folder / "workflow" / "rules").exists()
    assert (folder / "config" / "README.md").read_text(encoding="utf-8").startswith("# ")
    settings = yaml.safe_load((folder / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8"))
    usage = settings["usage"]
    assert set(usage["mandatory-flags"]) == {"desc", "flags"}
    methods = usage["software-stack-deployment"]
    assert set(methods) == {"conda", "apptainer", "apptainer+conda"}
    assert {type(works) for works in methods.values()} == {bool}
    assert usage["report"] is True


def test_a_workflow_that_uses_everything_is_clean(rich_project: Project) -> None:
    assert_clean(rich_project)
    assert_listed(rich_project.work)


@pytest.mark.slow
def test_a_workflow_that_uses_everything_runs(rich_project: Project) -> None:
    run = rich_project.finish()
    assert set(run.plan) == run.made
    assert rich_project.value(LONG_ID)["options"]["c"] == [1.5e300, None, True, 'it\'s "q"']
    assert (rich_project.results / "winner.txt").read_text() == "j"
    assert rich_project.value("hundred") == 100
    assert rich_project.finish().plan == {}


@pytest.mark.parametrize("name", ["time_density", "compare_density_methods"])
def test_an_example_is_clean(project: Project, name: str, examples: Path) -> None:
    project.compiled(spec=examples / name / "spec.yaml")
    assert_clean(project)
    assert_listed(project.work)


def test_the_example_of_the_readme_is_clean(project: Project, reference_data: Path) -> None:
    observations = reference_data / "seed_2024-05" / "get-subjectgroup-observations.example-return.parquet"
    spec = reference_data / "specs" / "seed_2024-05" / "time-density.yaml"
    mock = f"get_subjectgroup_observations={observations}"
    project.compiled("--testing", "--mock-tasks", mock, spec=spec)
    form = project.work / "config" / "params.yaml"
    filled = {
        "process_relocations": {"filter_point_coords": [], "relocs_columns": []},
        "relocations_to_trajectory": dict.fromkeys(
            [
                f"{end}_{what}"
                for what in ("length_meters", "time_secs", "speed_kmhr")
                for end in ("min", "max")
            ],
            1.0,
        ),
        "draw_ecomap": {
            "title": "",
            **dict.fromkeys(["static", "search_control"], False),
            **dict.fromkeys(["width", "height"], 0),
            **{key: {} for key in ("title_kws", "north_arrow_kws", "add_gdf_kws")},
            "tile_layers": [],
        },
    }
    assert form.read_text().startswith("# ")
    project.write_params(filled)
    assert_clean(project)
