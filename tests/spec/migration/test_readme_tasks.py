"""Tasks of the README keep their meaning in the `workflow:` grammar: they get their dotted paths."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecoscope_workflows.registry.catalog import installed_catalog
from ecoscope_workflows.registry.signature import TaskInfo
from ecoscope_workflows.spec.load import parse_spec
from ecoscope_workflows.spec.migration import readme_tasks
from ecoscope_workflows.spec.migration.migrate import migrate
from ecoscope_workflows.tasks import readme


def migrated(tasks: str, name: str = "flow") -> str:
    """Return what becomes of the tasks of a spec."""
    return migrate(f"name: {name}\ntasks:\n{tasks}", "s.yaml").text.partition("workflow:\n")[2]


README_MODULE = "ecoscope_workflows.tasks.readme"


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        ("  draw_ecomap:\n", f"  - id: draw_ecomap\n    task: {README_MODULE}.draw_ecomap\n"),
        ('  "draw_ecomap": {}\n', f'  - id: draw_ecomap\n    task: "{README_MODULE}.draw_ecomap"\n'),
        (
            "  relocations_to_trajectory:\n    relocations: load\n  load: {}\n",
            (
                f"  - id: relocations_to_trajectory\n    task: {README_MODULE}.relocations_to_trajectory\n"
                "    partial:\n      relocations: ${{ workflow.load.return }}\n"
                "  - id: load\n    task: load\n"
            ),
        ),
        # A dotted path says already which task it means.
        ("  birds.draw_ecomap: {}\n", "  - id: draw_ecomap\n    task: birds.draw_ecomap\n"),
    ],
    ids=["plain", "quoted", "with-arguments", "dotted"],
)
def test_tasks_of_the_readme_get_their_dotted_path(tasks: str, expected: str) -> None:
    assert migrated(tasks) == expected


def test_the_tasks_of_the_readme_in_braces_get_their_dotted_path() -> None:
    text = migrate("{name: w, tasks: {draw_ecomap: {geodataframe: load}, load}}", "s.yaml").text
    assert f"{{id: draw_ecomap, task: {README_MODULE}.draw_ecomap, partial:" in text


def test_what_the_migration_knows_of_the_tasks_of_the_readme_is_so() -> None:
    assert sorted(readme_tasks.README_TASKS) == sorted(readme.__all__)
    assert readme_tasks.README_MODULE == README_MODULE == readme.__name__


def test_a_migrated_example_of_the_readme_means_the_same_tasks() -> None:
    path = Path(__file__).parents[3] / "specs" / "calculate_time_density" / "spec.yaml"
    text = path.read_text(encoding="utf-8")
    before, after = parse_spec(text, "s.yaml"), parse_spec(migrate(text, "s.yaml").text, "s.yaml")
    assert (before.grammar, after.grammar) == ("tasks", "workflow")
    named = [
        [installed_catalog().find(instance.task, instance.grammar) for instance in spec.instances]
        for spec in (before, after)
    ]
    assert named[0] == named[1]
    assert all(isinstance(task, TaskInfo) for task in named[0])
