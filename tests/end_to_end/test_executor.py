"""The executor of the local profile: no shell where a warm worker runs a job, as Snakemake's own else."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from snakemake_interface_executor_plugins.registry import ExecutorPluginRegistry

from ecoscope_workflows.runtime.stores.location import STORE_VARIABLE
from ecoscope_workflows.runtime.warm.announcement import SWITCH_VARIABLE

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Project, Run

linux = pytest.mark.skipif(not Path("/proc/self/ns/mnt").exists(), reason="warm workers need Linux")
CHAIN: list[dict[str, Any]] = [
    {"id": "speeds", "task": "any_speeds"},
    {"id": "top", "task": "fastest", "partial": {"speeds": "${{ workflow.speeds.return }}"}},
]
BY_HAND = """
rule all:
    input: "shouted", "counted", "again"

rule shout:
    output: "shouted"
    benchmark: "shout.tsv"
    shell: "echo hello | tr a-z A-Z > {output}; echo $OMP_NUM_THREADS >> {output}"

rule count:
    input: "shouted"
    output: "counted"
    run:
        with open(output[0], "w") as file:
            file.write(str(len(open(input[0]).read())))

rule again:
    input: "counted"
    output: "again"
    shell: "python -P -m ecoscope_workflows.runtime 2> {output} || true"
"""
# A bash that leaves a line for each time it is started.
COUNTING = '#!/bin/sh\necho >> "$STARTED"\nexec {bash} "$@"\n'


class Shells:
    """Counts how often Snakemake starts a shell."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._started = project.folder / "started"
        folder = project.folder / "counting"
        folder.mkdir()
        bash = next(
            path for name in os.environ["PATH"].split(os.pathsep) if (path := Path(name, "bash")).exists()
        )
        (folder / "bash").write_text(COUNTING.format(bash=bash))
        (folder / "bash").chmod(0o755)
        python = project.environment()["PATH"]
        self._path = os.pathsep.join([str(folder), python])

    def of(self, *options: str, **extra: str) -> tuple[int, Run]:
        """Return how many a run of Snakemake's real program started."""
        self._started.write_text("")
        run = self._project.program(*options, PATH=self._path, STARTED=str(self._started), **extra)
        return len(self._started.read_text().splitlines()), run


def test_snakemake_finds_the_plugin() -> None:
    assert "ecoscope" in ExecutorPluginRegistry().get_registered_plugins()


@linux
def test_a_warm_or_restored_job_needs_no_shell(project: Project) -> None:
    project.write_instances(CHAIN)
    shells = Shells(project.compiled())
    started, run = shells.of()
    assert run.code == 0, run.output + project.logs()
    assert (started, run.made) == (0, frozenset({"speeds", "top"}))
    files = project.files()
    restored = shells.of("--forceall")
    assert (restored[0], project.log("top")) == (0, "restored\n")
    # Each way back to the shell makes the same.
    for options, extra in (((), {SWITCH_VARIABLE: "0"}), (("--executor", "local"), {})):
        started, run = shells.of("--forceall", *options, **{STORE_VARIABLE: "", **extra})
        assert run.code == 0, run.output + project.logs()
        assert (started, run.made) == (2, frozenset({"speeds", "top"}))
        assert project.files() == files


def test_rules_of_other_kinds_run_as_ever(project: Project) -> None:
    project.work.mkdir()
    (project.work / "Snakefile").write_text(BY_HAND)
    run = project.call("snakemake", "--executor", "ecoscope", "--cores", "2", folder=project.work)
    assert run.code == 0, run.output
    assert (project.work / "shouted").read_text() == "HELLO\n1\n"
    assert (project.work / "counted").read_text() == "8"
    assert (project.work / "shout.tsv").read_text().startswith("s\t")
    assert "usage: python -m ecoscope_workflows.runtime" in (project.work / "again").read_text()


def test_what_is_said_of_a_failure_is_the_same_as_with_a_shell(project: Project) -> None:
    project.write_instances([{"id": "bad", "task": "divide", "partial": {"number": 1, "by": 0}}])
    project.compiled()
    said = []
    for executor in ("local", "ecoscope"):
        run = project.snakemake("--executor", executor)
        assert run.code == 1
        text = run.output.replace("set -euo pipefail;  ", "")
        # The rule begins some lines before its command.
        text = re.sub(r'(Snakefile", line) \d+|^\[.* \d{4}\]$', r"\1", text, flags=re.MULTILINE)
        said.append(text[text.index("RuleException") : text.index("Complete log")])
    assert said[0] == said[1]
    assert "returned non-zero exit status 1" in said[0]
