"""`ecoscope-workflows tasks` says the same with an index of installed tasks as without, importing none."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = (
    "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr));"
    " from ecoscope_workflows.cli import run; sys.exit(run(sys.argv[1:]))"
)
COMPLETED = {
    "_ECOSCOPE_WORKFLOWS_COMPLETE": "bash_complete",
    "COMP_WORDS": "ecoscope-workflows tasks draw_",
    "COMP_CWORD": "2",
}


def ecoscope(*words: str, index: str, **variables: str) -> tuple[str, set[str]]:
    """Return what a command prints, and the modules that it imports."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        env={**os.environ, "ECOSCOPE_WORKFLOWS_INDEX": index, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, set(done.stderr.splitlines()[-1].split())


def of_tasks(modules: set[str]) -> set[str]:
    return {name for name in modules if name.startswith("ecoscope_workflows.tasks.")}


@pytest.mark.parametrize(
    ("words", "variables"),
    [(["tasks"], {}), (["tasks", "--format", "json"], {}), ([], COMPLETED)],
    ids=["text", "json", "completion"],
)
def test_a_list_is_the_same_from_the_index_and_imports_no_task(
    words: list[str], variables: dict[str, str], tmp_path: Path
) -> None:
    without, _ = ecoscope(*words, index="", **variables)
    cold, modules = ecoscope(*words, index=str(tmp_path), **variables)
    assert of_tasks(modules)
    warm, modules = ecoscope(*words, index=str(tmp_path), **variables)
    assert without == cold == warm
    assert "draw_ecomap" in warm
    assert not of_tasks(modules)
    assert not {"pydantic", "yaml", "jinja2"} & modules


def test_one_task_is_shown_from_its_own_module(tmp_path: Path) -> None:
    cold, _ = ecoscope("tasks", "load_relocations", index=str(tmp_path))
    warm, modules = ecoscope("tasks", "load_relocations", index=str(tmp_path))
    assert cold == warm
    assert "ecoscope_workflows.tasks.io" in modules
    assert "ecoscope_workflows.tasks.results" not in modules
