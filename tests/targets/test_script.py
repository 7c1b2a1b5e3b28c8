"""The script: plain Python that a formatter and a linter leave alone."""

from __future__ import annotations

import ast
import subprocess
from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.errors import TargetError
from ecoscope_workflows.targets.script import script
from ecoscope_workflows.targets.view import view

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ecoscope_workflows.graph.model import Graph

WORKFLOW = """\
  - {id: numbers, task: load}
  - id: total
    task: work
    name: |
      A title with
      \\"\\"\\" two lines
    partial: {values: "${{ workflow.numbers.return }}", count: 3}
  - id: a_page_with_a_rather_long_name
    task: show
    partial:
      title: "a\\nb {x} '''"
      parts: ["${{ workflow.total.return }}", {raw: "${{ workflow.numbers.return }}", env: "${{ env.SITE }}"}]
"""


def test_a_script_is_formatted_and_clean(graph_of: Callable[[str], Graph], tmp_path: Path) -> None:
    path = tmp_path / "totals.py"
    path.write_text(script(view(graph_of(WORKFLOW))), encoding="utf-8")
    settings = ["--isolated", "--no-cache"]
    check = [["ruff", "format", "--check", *settings, str(path)], ["ruff", "check", *settings, str(path)]]
    for command in check:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr


def test_references_are_variables_and_values_literals(graph_of: Callable[[str], Graph]) -> None:
    text = script(view(graph_of(WORKFLOW)))
    assert "        values=numbers_return,\n        count=3,\n" in text
    assert '{"raw": numbers_return, "env": workflow.environment("SITE")},' in text


def test_a_mocked_task_is_declared_with_its_example_and_called_with_nothing(
    graph_of: Callable[[str], Graph],
) -> None:
    text = script(view(graph_of(WORKFLOW), {"total": "/data/total.json"}, testing=True))
    assert 'Instance(work, mock="/data/total.json")' in text
    assert 'total_return = workflow.run("total")' in text
    assert "FOR TESTING ONLY" in text


def test_a_name_of_the_workflow_cannot_end_the_docstring(graph_of: Callable[[str], Graph]) -> None:
    tree = ast.parse(script(view(graph_of(WORKFLOW))))
    assert (ast.get_docstring(tree) or "").startswith("demo: compiled by ecoscope-workflows")


def test_a_template_of_the_users_is_rendered_with_the_same_names(
    graph_of: Callable[[str], Graph], tmp_path: Path
) -> None:
    template = tmp_path / "mine.jinja2"
    template.write_text("{{ workflow_name }}:{% for step in steps %} {{ step.id }}{% endfor %}\n")
    assert script(view(graph_of(WORKFLOW)), template) == (
        "demo: numbers total a_page_with_a_rather_long_name"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{% for %}", "EW703 not a template: Expected an expression"),
        ("{{ stepz }}", "EW703 cannot be rendered: 'stepz' is undefined"),
        ("\n{{ 1 / 0 }}", r"jinja2:2:1: EW703 cannot be rendered: ZeroDivisionError: division by zero"),
    ],
    ids=["syntax", "unknown-name", "exception"],
)
def test_a_faulty_template_is_reported(
    graph_of: Callable[[str], Graph], tmp_path: Path, text: str, message: str
) -> None:
    template = tmp_path / "mine.jinja2"
    template.write_text(text)
    with pytest.raises(TargetError) as caught:
        script(view(graph_of(WORKFLOW)), template)
    assert message in str(caught.value)
    assert str(template) in str(caught.value)


def test_a_missing_template_is_reported(graph_of: Callable[[str], Graph], tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=r"EW703 there is no template 'none\.jinja2'"):
        script(view(graph_of(WORKFLOW)), tmp_path / "none.jinja2")
