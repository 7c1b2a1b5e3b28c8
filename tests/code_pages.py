"""The pages of all codes: the messages of their examples, and the reference page that is made of them."""

from __future__ import annotations

import contextlib
import importlib.util
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecoscope_workflows.cli.codes import FOLDER, PHASES, all_codes, code_page, page_text
from ecoscope_workflows.cli.reporting import as_texts
from ecoscope_workflows.compiler.checking import check_specs
from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.registry.catalog import Catalog, installed_catalog
from ecoscope_workflows.registry.signature import task_info

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecoscope_workflows.cli.codes import CodePage
    from ecoscope_workflows.errors import Problem
    from ecoscope_workflows.registry.signature import TaskInfo

REFERENCE = Path(__file__).parents[1] / "docs" / "reference" / "errors.md"
BUILT_IN = "ecoscope_workflows.tasks."
_MESSAGE = re.compile(r"^```text\n.*?^```\n", re.MULTILINE | re.DOTALL)
_INTRODUCTION = """\
# Errors and warnings

Every error and warning has a code.
`ecoscope-workflows explain CODE` shows what stands here of each.
An error stops what is being done.
A warning does not, unless it is found by `ecoscope-workflows check --strict`.
"""


def problems_of(page: CodePage, folder: Path) -> list[Problem]:
    """Check the example of a code, with the tasks of its Python files beside those installed."""
    example = page.example
    for name, text in example.items():
        (folder / name).write_text(text, encoding="utf-8")
    with contextlib.chdir(folder):
        modules = [Path(name) for name in example if name.endswith(".py")]
        own = [task for module in modules for task in _tasks_of(module)]
        # Whatever else is installed here has no part in what is documented.
        installed = installed_catalog()
        catalog = Catalog.of([*(task for task in installed if task.module.startswith(BUILT_IN)), *own])
        conditions = {
            path: function for path, function in installed.conditions.items() if path.startswith(BUILT_IN)
        }
        params = Path("params.yaml") if "params.yaml" in example else None
        return check_specs(
            [Path("spec.yaml")],
            params,
            strict=page.phase == "strict",
            find_tasks=lambda: replace(catalog, conditions=conditions),
        )


def _tasks_of(path: Path) -> Iterator[TaskInfo]:
    found = importlib.util.spec_from_file_location(path.stem, path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    for name, member in vars(module).items():
        if task_metadata(member):
            yield task_info(member, path.stem, name, path.stem)


def message_of(code: str) -> str:
    """Return what is reported of the example of a code, as a terminal without colours shows it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        problems = problems_of(code_page(code), folder)
        with contextlib.chdir(folder):
            return click.unstyle(as_texts(problems))


def reference_page() -> str:
    """Return the reference page, made of all pages."""
    lines = [_INTRODUCTION]
    for phase, name in PHASES.items():
        codes = [code for code in all_codes() if code_page(code).phase == name]
        lines.append(f"## {phase.rstrip('.')}\n\n| code | what it says |\n| --- | --- |")
        lines += [f"| [{code}](#{_anchor(code)}) | {code_page(code).title} |" for code in codes]
        lines.append("")
        lines += [_section(code, phase) for code in codes]
    return "\n".join(lines).rstrip() + "\n"


def _section(code: str, phase: str) -> str:
    text = page_text(code).replace(f"\n{phase}\n", "", 1).replace("\n## What to do\n", "\n**What to do**\n")
    return re.sub("^# ", "### ", text)


def _anchor(code: str) -> str:
    heading = f"{code}: {code_page(code).title}"
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def regenerate() -> None:
    """Write the message of every example into its page, and the reference page anew."""
    for code in all_codes():
        if code_page(code).example:
            block = f"```text\n{message_of(code).rstrip()}\n```\n"
            text = _MESSAGE.sub(lambda _, block=block: block, page_text(code), count=1)  # type: ignore[misc]
            (FOLDER / f"{code}.md").write_text(text, encoding="utf-8")
    REFERENCE.parent.mkdir(exist_ok=True)
    REFERENCE.write_text(reference_page(), encoding="utf-8")


if __name__ == "__main__":
    regenerate()
