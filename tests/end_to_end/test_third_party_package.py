"""A package of tasks that is installed beside this one: its tasks are found, compiled and run like ours."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.conftest import Project

SPEC = """\
name: sums
tasks:
  read_numbers: {}
  fieldkit.tasks.scale: {numbers: read_numbers}
  total: {numbers: scale}
"""


@pytest.fixture(scope="module")
def installed(new_project: Callable[[], Project]) -> Project:
    """Return a project into whose `site` pip has installed the package, with no network."""
    project = new_project()
    shutil.rmtree(project.site)
    source = project.folder / "source"
    shutil.copytree(Path(__file__).with_name("fieldkit"), source)
    (source / "src" / "fieldkit" / "__init__.py").touch()
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet")
    pip = (sys.executable, "-m", "pip", "install", *options, "--target", project.site, source)
    run = project.call(*pip, PYTHONPATH="")
    assert run.code == 0, run.output
    shutil.rmtree(source)
    return project


@pytest.mark.slow
def test_the_tasks_of_an_installed_package_are_listed(installed: Project) -> None:
    run = installed.call("ecoscope-workflows", "tasks", "--format", "json")
    assert run.code == 0, run.output
    listed = {task["name"]: task for task in json.loads(run.output)}
    assert {"read_numbers", "scale", "total", "load_relocations"} <= listed.keys()
    assert "fieldkit" in json.dumps(listed["scale"])


@pytest.mark.slow
def test_the_tasks_of_an_installed_package_run_in_a_spec(installed: Project) -> None:
    installed.write_spec(SPEC)
    installed.compiled()
    (installed.work / "numbers.txt").write_text("1 2 3")
    params = installed.write_params({"read_numbers": {"path": "numbers.txt"}, "scale": {"factor": 10}})
    installed.finish()
    assert installed.value("total") == 60
    assert installed.finish().plan == {}
    script = installed.compile_script()
    run = installed.call(sys.executable, script, "--config", params, folder=installed.work)
    assert run.code == 0, run.output
    assert installed.value("total") == 60


@pytest.mark.slow
def test_a_package_that_is_gone_is_named_when_its_workflow_is_started(installed: Project) -> None:
    installed.write_spec(SPEC)
    installed.compiled()
    hidden = installed.folder / "hidden"
    installed.site.rename(hidden)
    run = installed.snakemake("--dry-run")
    hidden.rename(installed.site)
    assert run.code == 1
    assert "fieldkit" in run.output
    assert "Traceback" not in run.output


@pytest.mark.slow
def test_a_task_whose_name_two_packages_claim_must_be_written_out(installed: Project) -> None:
    twin = installed.site / "fieldkit" / "frames.py"
    source = twin.read_text()
    twin.write_text(source + "\n\n@distributed\ndef total(numbers: list[int]) -> int:\n    return 0\n")
    installed.write_spec(SPEC)
    run = installed.compile()
    twin.write_text(source)
    assert run.code == 1
    assert "2 tasks are named 'total'" in run.output
    assert "fieldkit.tasks.total" in run.output
    assert "fieldkit.frames.total" in run.output
