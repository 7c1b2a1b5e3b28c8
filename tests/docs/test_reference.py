"""The reference is complete: each page lists what the code has, and nothing that it has not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from tests import task_pages

from ecoscope_workflows.annotations import __all__ as annotation_names
from ecoscope_workflows.cli import cli
from ecoscope_workflows.compiler.compile import listed_parameters
from ecoscope_workflows.compiler.loading import load_graph
from ecoscope_workflows.contracts.frame_types import schema_type
from ecoscope_workflows.contracts.schemas import LazyModel
from ecoscope_workflows.graph.params import ParamsModel
from ecoscope_workflows.registry.catalog import installed_catalog
from ecoscope_workflows.targets.airflow import Pods, airflow_context
from ecoscope_workflows.targets.jupytext import notebook_context
from ecoscope_workflows.targets.script import script_context
from ecoscope_workflows.targets.view import view
from ecoscope_workflows.tasks import densities, schemas

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def first_cells(text: str) -> list[str]:
    """Return what stands in backticks in the first cell of each row of the tables of a page."""
    rows = re.findall(r"^\| ([^|]*) \|", text, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


def test_every_error_code_is_documented_and_every_documented_one_exists() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")]
    used = {code for text in sources for code in re.findall(r"\bEW\d{3}\b", text)}
    documented = re.findall(r"^### (EW\d{3}): ", page("errors.md"), re.MULTILINE)
    assert sorted(documented) == sorted(used)


def test_every_documented_error_says_what_to_do() -> None:
    for section in page("errors.md").split("\n### ")[1:]:
        _, _, advice = section.partition("**What to do**\n")
        assert advice.strip(), section.partition("\n")[0]


def options(command: click.Command) -> Iterator[str]:
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield from (
                name for name in (*parameter.opts, *parameter.secondary_opts) if name.startswith("--")
            )
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield name
            yield from options(inner)


def test_every_command_and_option_is_documented() -> None:
    text = page("cli.md")
    for name in options(cli):
        assert re.search(rf"`{re.escape(name)}[` \\]", text), f"docs/reference/cli.md says nothing of {name}"


def test_the_names_of_a_template_are_those_that_are_documented() -> None:
    graph = load_graph(ROOT / "specs" / "time_density" / "spec.yaml")
    script = script_context(view(graph))
    notebook = notebook_context(graph, view(graph), listed_parameters(ParamsModel.of(graph)), {})
    sections = [set(first_cells(section)) for section in page("templates.md").split("\n## ")[1:]]
    of_workflow, of_step, of_notebook, of_notebook_step, of_dag, of_task = sections
    assert of_workflow == set(script)
    assert of_step == set(script["steps"][0])
    assert of_workflow | of_notebook == set(notebook)
    assert of_step | of_notebook_step == set(notebook["steps"][0])
    dag = airflow_context(view(graph), {}, {}, Pods())
    assert of_dag == set(dag)
    assert of_task == set(dag["tasks"][0])


def test_every_annotation_is_documented() -> None:
    text = page("schemas-and-annotations.md")
    # These two are how the others are made.
    names = set(annotation_names) - {"FileInput", "FileSuffix"}
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", text)] == []


def test_every_built_in_task_is_documented() -> None:
    """Where this fails, `python -m tests.regenerate` writes the pages anew."""
    written = {path.name: path.read_text(encoding="utf-8") for path in task_pages.FOLDER.glob("*.md")}
    assert written == task_pages.pages()
    own = {task.name for task in installed_catalog() if task.module.startswith("ecoscope_workflows.")}
    assert own <= set(first_cells(written[task_pages.INDEX]))


@pytest.mark.parametrize(
    ("page_name", "shown"),
    [
        ("filter.md", '| `time_format` | text | `"%d %b %Y %H:%M:%S"` | advanced | The time format |\n'),
        ("groupby.md", "| `df` | data frame | required | hidden | Rows with"),
        ("readme.md", "| `password` | text | required | from `$ER_PASSWORD` | "),
        ("results.md", "| from `layout.json` beside the spec | "),
        (
            "config.md",
            "Returns: true or false.\nThe same.\n\n- cheap: evaluated inside the jobs that need the result\n",
        ),
        (
            "io.md",
            "- no result is used again from the cache\n- a call that fails is tried again, 1 time\n",
        ),
        ("transformation.md", "- columns: pass through, `is_night` (true or false) added\n"),
        ("skip.md", "### never\n\nReturn False: "),
    ],
)
def test_a_task_is_documented_with_its_parameters_and_marks(page_name: str, shown: str) -> None:
    assert shown in task_pages.pages()[page_name]


@pytest.mark.parametrize("module", [schemas, densities])
def test_every_schema_and_every_column_is_documented(module: ModuleType) -> None:
    text = page("built-in-tasks.md")
    found = {
        name: kind
        for name, kind in vars(module).items()
        if isinstance(kind, LazyModel) and kind.__module__ == module.__name__
    }
    assert found
    for name, kind in found.items():
        assert f"`{name}`" in text
        for column in schema_type(kind).columns:
            short = column.removeprefix("extra__subject__")
            assert f"`{column}`" in text or f"`…{short}`" in text, f"column {column} of {name}"


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    notes = sorted(path.name for path in folder.glob("[0-9]*.md"))
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((\d{3}-[\w-]+\.md)\)", index) == notes
    for name in notes:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.startswith(f"# {name[:3]}: ")
        parts = re.findall(r"^\*\*(\w+)\.\*\*$", text, re.MULTILINE)
        assert parts == ["Context", "Decision", "Proof", "Consequences"], name


@pytest.mark.parametrize("name", sorted(path.parent.name for path in ROOT.glob("specs/*/spec.yaml")))
def test_every_example_is_in_the_readme(name: str) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"(specs/{name}/spec.yaml)" in text
    assert f"(rules/{name}/workflow/Snakefile)" in text
