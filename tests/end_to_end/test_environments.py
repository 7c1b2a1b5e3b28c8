"""What rules ask for beside their task reaches it: its image by apptainer, the spec's packages by conda.

Neither is on the machine of these tests: stand-ins take the words that Snakemake says to them.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.conftest import Project

APPTAINER = """\
import os, subprocess, sys
from pathlib import Path
words = sys.argv[1:]
if words == ["--version"]:
    print("apptainer version 1.3.4")
elif words[0] == "pull":
    _, _, name, address = words
    Path(name).write_text(address)
else:
    assert "exec" in words, words
    image, shell, _, command = words[-4:]
    with open(os.environ["SEEN"], "a") as seen:
        instance = command.partition("ecoscope_workflows.runtime ")[2].partition(" ")[0]
        print(instance, Path(image).read_text(), file=seen)
    sys.exit(subprocess.run([shell, "-c", command]).returncode)
"""
CONDA = """\
import json, os, shutil, sys
from pathlib import Path
words = sys.argv[1:]
prefix = Path(os.environ["SEEN"]).with_name("conda")
if words == ["--version"]:
    print("conda 25.1.1")
elif words == ["info", "--json"]:
    print(json.dumps({"conda_prefix": str(prefix), "platform": "linux-64"}))
elif words[:2] == ["config", "--get"]:
    print(json.dumps({"get": {"channel_priority": "strict"}}))
elif words[0] != "clean":
    assert words[:2] == ["env", "create"], words
    made = Path(words[words.index("--prefix") + 1])
    (made / "bin").mkdir(parents=True)
    shutil.copy(words[words.index("--file") + 1], made / "environment.yaml")
    python = made / "bin" / "python"
    python.write_text(f'#!/bin/sh\\necho "$4 {made.name}" >> "$SEEN"\\nexec {sys.executable} "$@"\\n')
    python.chmod(0o755)
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "activate").write_text('PATH="$1/bin:$PATH"\\n')
"""
SPEC = {
    "id": "project",
    "requirements": [
        {"name": "fieldkit", "version": "1.*"},
        {"name": "rings", "git": "https://git.example/rings.git", "tag": "v2", "subdirectory": "python"},
    ],
    "workflow": [
        {"id": "numbers", "task": "noise", "partial": {"seed": 1, "size": 3, "seconds": 0.0}},
        {
            "id": "heavy",
            "task": "demanding",
            "partial": {"values": ["${{ workflow.numbers.return }}"], "options": {}},
        },
    ],
}


@pytest.fixture(scope="module")
def made(new_project: Callable[[], Project]) -> Project:
    """Return a workflow that names an image and an environment, and the stand-ins of both programs."""
    project = new_project()
    project.write_spec_of(SPEC)
    project.compiled("--conda", "--image", "registry.example/tracks:1")
    programs = project.folder / "programs"
    programs.mkdir()
    for name, text in (("apptainer", APPTAINER), ("conda", CONDA)):
        program = programs / name
        program.write_text(f"#!{sys.executable}\n{text}")
        program.chmod(0o755)
    return project


def run(project: Project, *options: str) -> list[str]:
    """Run all jobs anew, and return what the stand-ins have seen."""
    seen = project.folder / "seen.txt"
    seen.write_text("")
    programs = os.pathsep.join([str(project.folder / "programs"), project.environment()["PATH"]])
    done = project.snakemake("--forceall", *options, PATH=programs, SEEN=str(seen))
    assert done.code == 0, done.output + project.logs()
    assert done.made == {"numbers", "heavy"}
    return sorted(seen.read_text().splitlines())


def test_each_task_runs_in_its_image_where_apptainer_is_asked_for(made: Project) -> None:
    assert run(made) == []
    assert run(made, "--sdm", "apptainer") == [
        "heavy docker://registry.example/heavy:1.2",
        "numbers docker://registry.example/tracks:1",
    ]


def test_who_runs_a_spec_is_told_that_images_are_ignored(made: Project) -> None:
    done = made.call("ecoscope-workflows", "run", "spec.yaml", "--", "--dry-run")
    assert done.code == 0, done.output
    assert "warning[EW387]: Snakemake by itself ignores the image registry.example/heavy:1.2" in done.output
    assert "--sdm apptainer" in done.output


def test_each_task_runs_with_the_packages_of_the_spec_where_conda_is_asked_for(made: Project) -> None:
    seen = dict(line.split() for line in run(made, "--sdm", "conda"))
    assert seen.keys() == {"heavy", "numbers"}
    (environment,) = set(seen.values())
    given = made.work / ".snakemake" / "conda" / environment / "environment.yaml"
    written = made.work / "workflow" / "envs" / "environment.yaml"
    assert given.read_bytes() == written.read_bytes()
    packages = yaml.safe_load(given.read_text())["dependencies"]
    assert "fieldkit 1.*" in packages
    assert "rings @ git+https://git.example/rings.git@v2#subdirectory=python" in packages[-1]["pip"]


def test_a_task_that_fails_is_tried_again_as_often_as_it_says(project: Project) -> None:
    project.write_instances(
        [{"id": "quotient", "task": "divide", "partial": {"number": 1, "by": 0}, "retries": 2}]
    )
    done = project.compiled().snakemake()
    assert done.code == 1
    assert done.output.count("Trying to restart job") == 2


def test_a_workflow_with_environments_is_clean_by_snakemakes_linter(made: Project) -> None:
    linted = made.snakemake("--lint")
    assert "Congratulations, your workflow is in a good condition!" in linted.output
