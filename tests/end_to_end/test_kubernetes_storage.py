"""Results in object storage, from several machines: what a change reruns, whoever made it and runs it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.standins.kubernetes_image import executors
from tests.standins.object_storage import Bucket, S3Bucket, s3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.end_to_end.conftest import Project, Run

SPEC = """\
id: numbers
requirements: []
workflow:
  - {id: read, task: read_numbers}
  - {id: scaled, task: scale, partial: {numbers: "${{ workflow.read.return }}"}}
  - {id: added, task: total, partial: {numbers: "${{ workflow.scaled.return }}"}}
  - {id: most, task: largest, partial: {numbers: "${{ workflow.read.return }}"}}
"""
PARAMS: dict[str, Any] = {"read": {"path": "numbers.txt"}, "scaled": {"factor": 2}, "most": {"floor": 1}}
FACTOR_3 = {**PARAMS, "scaled": {"factor": 3}}


@dataclass(frozen=True)
class Machine:
    """A machine with a clone of the workflow, whose results are in a bucket."""

    project: Project
    bucket: Bucket
    plugins: Path

    @property
    def options(self) -> tuple[str, ...]:
        """What a user says of the storage on the command line."""
        prefix = f"{self.bucket.url}/run"
        return "--default-storage-provider", self.bucket.provider, "--default-storage-prefix", prefix

    @property
    def path(self) -> str:
        """Where Python finds the tasks, and the plugins of Snakemake."""
        given = os.environ.get("PYTHONPATH", "")
        return os.pathsep.join([str(self.project.site), given, str(self.plugins)])

    def snakemake(self, *options: str, **variables: str) -> Run:
        """Run Snakemake here, with some variables for others."""
        found_by = {**self.bucket.variables, **variables, "PYTHONPATH": self.path}
        return self.project.snakemake(*self.options, *options, **found_by)

    def runs(self, *options: str, **params: Any) -> set[str]:
        """Run it with some params, and return the rules that ran."""
        self.project.write_params(params)
        run = self.snakemake(*options)
        assert run.code == 0, run.output
        return set(run.plan)

    def value(self, instance: str) -> Any:
        """Return a result."""
        return self.bucket.value(f"run/results/{instance}.json")

    def forgets(self) -> None:
        """Have Snakemake know nothing of earlier runs, as in a fresh clone."""
        shutil.rmtree(self.project.work / ".snakemake")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Run an S3."""
    with s3() as address:
        yield address


def compiled(new_project: Callable[[], Project]) -> Project:
    """Return a project with the compiled workflow, and the file that it reads."""
    project = new_project()
    project.write_spec(SPEC)
    project.compiled()
    (project.work / "numbers.txt").write_text("1 2 3")
    return project


@pytest.fixture
def machine(address: str, new_project: Callable[[], Project], request: pytest.FixtureRequest) -> Machine:
    """Return a machine that has run the workflow once."""
    plugins = executors()
    bucket = S3Bucket(address, request.node.name.replace("_", "-")[:60])
    machine = Machine(compiled(new_project), bucket, plugins)
    bucket.put(machine.project.work / "numbers.txt", "run/numbers.txt")
    assert machine.runs(**PARAMS) == {"read", "scaled", "added", "most"}
    assert (machine.value("added"), machine.value("most")) == (12, 3)
    return machine


def other(machine: Machine, new_project: Callable[[], Project]) -> Machine:
    """Return another machine with the same workflow and storage."""
    return Machine(compiled(new_project), machine.bucket, machine.plugins)


def test_a_fresh_clone_makes_anew_what_has_changed(machine: Machine) -> None:
    assert machine.runs(**PARAMS) == set()
    machine.forgets()
    assert machine.runs(**PARAMS) == set()
    machine.forgets()
    assert machine.runs("--dry-run", **FACTOR_3) == {"scaled", "added"}
    # A dry run has not changed what the results are for.
    assert machine.runs("--dry-run", **PARAMS) == set()
    assert machine.runs(**FACTOR_3) == {"scaled", "added"}
    assert machine.value("added") == 18
    machine.forgets()
    assert machine.runs(**FACTOR_3) == set()
    machine.forgets()
    machine.project.edit("tasks", "return sum(numbers)", "return sum(numbers) + 100")
    assert machine.runs(**FACTOR_3) == {"added"}
    assert machine.value("added") == 118


def test_machines_never_take_results_of_other_params_for_their_own(
    machine: Machine, new_project: Callable[[], Project]
) -> None:
    second = other(machine, new_project)
    assert second.runs(**FACTOR_3) == {"scaled", "added"}
    assert machine.runs(**PARAMS) == {"scaled", "added"}
    assert machine.value("added") == 12
    # The same where a run has broken off after a change.
    machine.forgets()
    machine.project.edit("tasks", "return sum(numbers)", "return sum(numbers) // 0")
    machine.project.write_params(FACTOR_3)
    broken = machine.snakemake("--until", "added")
    assert broken.code == 1, broken.output
    # The sum of old is still there; it is of other numbers, and of other code.
    assert second.runs(**FACTOR_3) == {"added"}
    assert second.value("added") == 18
