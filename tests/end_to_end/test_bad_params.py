"""Params that do not fit: refused before anything runs, with the line and key, alike in both targets."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.conftest import Project

INSTANCES: list[dict[str, Any]] = [
    {"id": "numbers", "task": "read_numbers"},
    {"id": "bigger", "task": "scale", "partial": {"numbers": "${{ workflow.numbers.return }}"}},
    {"id": "shown", "task": "echo"},
    {"id": "secret", "task": "needs_password"},
]
GOOD = "numbers: {path: numbers.txt}\nbigger: {factor: 2}\nshown: {value: x}\n"
YTE = "__use_yte__: true\n"
# A params file, and what is said of it, in which {file} stands for its name.
BAD = {
    "missing key": (
        GOOD.replace("value: x", ""),
        "{file}:3:1: EW404 shown.value is missing\n  hint: add `value:` (anything)",
    ),
    "missing instance": (
        GOOD.replace("shown: {value: x}", ""),
        "{file}: EW404 the parameters of 'shown' are missing\n  hint: it needs value",
    ),
    "unknown key": (
        GOOD.replace("factor", "fctor"),
        "{file}:2:10: EW403 'bigger' has no parameter 'fctor'\n  hint: did you mean 'factor'?",
    ),
    "unknown instance": (
        GOOD.replace("bigger", "biger"),
        "{file}:2:1: EW402 'biger' is no task instance\n  hint: did you mean 'bigger'?",
    ),
    "wrong type": (
        GOOD.replace("factor: 2", "factor: many"),
        "{file}:2:18: EW406 bigger.factor: expected integer, got 'many'",
    ),
    "missing file": (
        GOOD.replace("numbers.txt", "gone.txt"),
        "{file}:1:17: EW407 numbers.path: there is no file 'gone.txt'\n  hint: relative paths start at",
    ),
    "given in the spec": (
        GOOD.replace("factor: 2", "numbers: [2]"),
        "{file}:2:10: EW403 bigger.numbers is already given in the spec\n  hint: remove it here",
    ),
    "a secret": (
        GOOD + "secret: {password: abc}\n",
        "{file}:4:10: EW405 secret.password is a secret and must not stand in a file\n  hint: remove it",
    ),
    "not a mapping": (
        "- 1\n",
        "{file}:1:1: EW401 a params file must be a mapping of task instances, not a list",
    ),
    "no YAML": (
        GOOD + "shown: [\n",
        "{file}:5:1: EW201 not valid YAML: while parsing a flow node: did not find expected node content",
    ),
    "twice the same key": (
        GOOD + "shown: {value: y}\n",
        "{file}:4:1: EW202 key 'shown' is given twice\n  hint: first given at {file}:3:1",
    ),
    "a tag that makes an object": (
        GOOD.replace("value: x", "value: !!python/object/apply:os.system ['touch PWNED']"),
        "{file}:3:16: EW203 tag '!!python/object/apply:os.system' is not allowed",
    ),
    "a template of YTE": (
        YTE + GOOD.replace("value: x", "value: {\"?__import__('os').system('touch PWNED')\": 1}"),
        "{file}:1:1: EW4",
    ),
    "a template of YTE that is no truth value": (
        YTE.replace("true", "{value: x}") + "? \"?__import__('os').system('touch PWNED')\"\n: 1\n" + GOOD,
        "{file}:1:1: EW4",
    ),
}


@pytest.fixture(scope="module")
def compiled(new_project: Callable[[], Project]) -> tuple[Project, Path]:
    """Return a compiled project, and the script of the same spec."""
    project = new_project()
    project.write_instances(INSTANCES)
    project.compiled()
    (project.work / "numbers.txt").write_text("1 2")
    return project, project.compile_script()


@pytest.mark.parametrize("name", BAD)
def test_bad_params_are_refused_before_anything_runs(compiled: tuple[Project, Path], name: str) -> None:
    project, script = compiled
    content, told = BAD[name]
    file = project.write_params(content)
    run = project.snakemake()
    assert run.code == 1
    message = told.format(file="config/params.yaml", work=project.work)
    assert run.output.partition("\n")[2].startswith(f"error: {message}")
    assert "Traceback" not in run.output
    assert "Building DAG" not in run.output
    run = project.call(sys.executable, script, "--config", file, folder=project.work)
    assert run.code == 1
    assert run.output.startswith(f"error: {told.format(file=file, work=project.work)}")
    assert not project.results.exists()
    assert not list(project.folder.rglob("PWNED"))


def test_all_faults_of_params_are_told_at_once_in_the_order_of_their_lines(
    compiled: tuple[Project, Path],
) -> None:
    project, _ = compiled
    project.write_params("biger: {factor: 2}\nnumbers: {path: [1], pth: 2}\n")
    run = project.snakemake()
    told = [line.removeprefix("error: ") for line in run.output.splitlines() if " EW4" in line]
    assert [line.rpartition(" EW4")[0] for line in told] == [
        "config/params.yaml:1:1:",
        "config/params.yaml:2:17:",
        "config/params.yaml:2:22:",
        "config/params.yaml:",
    ]


def test_a_file_that_vanishes_between_two_runs_is_told(compiled: tuple[Project, Path]) -> None:
    project, _ = compiled
    project.write_params(GOOD)
    assert project.snakemake("--dry-run").code == 0
    numbers = project.work / "numbers.txt"
    numbers.unlink()
    run = project.snakemake("--dry-run")
    numbers.write_text("1 2")
    assert run.code == 1
    assert "numbers.txt" in run.output
    assert "Traceback" not in run.output


def test_params_that_were_good_once_are_checked_again_when_they_change(
    compiled: tuple[Project, Path],
) -> None:
    project, _ = compiled
    for content, code in ((GOOD, 0), (GOOD.replace("2", "two"), 1), (GOOD, 0)):
        project.write_params(content)
        assert project.snakemake("--dry-run").code == code
