"""A fan-out by several jobs whose results are in object storage: no folder, no record of Snakemake's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.end_to_end.kubernetes_runs import IN_CHUNKS, ONE_FAN_OUT
from tests.end_to_end.test_kubernetes_storage import Machine
from tests.standins.kubernetes_image import executors
from tests.standins.object_storage import S3Bucket, s3

from ecoscope_workflows.contracts.stored import read_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.end_to_end.conftest import Project


@dataclass(frozen=True)
class Herding:
    """A machine with a workflow that goes through herds."""

    machine: Machine
    folder: Path

    def made(self, counts: dict[str, int], **params: Any) -> dict[str, int]:
        """Run it for some herds, and return how many jobs of each rule have run."""
        self.machine.project.write_params({"herd": {"counts": counts}, "grown": {"by": 1}, **params})
        run = self.machine.snakemake()
        assert run.code == 0, run.output
        words = ("rule ", "checkpoint ", "localrule ", "localcheckpoint ")
        lines = [line for line in run.output.splitlines() if line.startswith(words) and line.endswith(":")]
        names = [line.split()[1].rstrip(":") for line in lines]
        return {name: names.count(name) for name in names if name != "all"}

    def sizes(self) -> dict[str, int]:
        """Return how many rows the frame of each herd has."""
        path = self.folder / "grown.zip"
        path.write_bytes(self.machine.bucket.files("run")["results/grown.zip"])
        return {key: len(frame) for key, frame in read_value(path)}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Run an S3."""
    with s3() as address:
        yield address


@pytest.fixture
def herding(address: str, new_project: Callable[[], Project], tmp_path: Path) -> Herding:
    """Return a machine with the compiled workflow."""
    plugins = executors()
    project = new_project()
    project.write_spec(ONE_FAN_OUT)
    project.compiled(*IN_CHUNKS)
    return Herding(Machine(project, S3Bucket(address, "herding"), plugins), tmp_path)


def test_chunks_in_object_storage_are_computed_where_a_group_changes(herding: Herding) -> None:
    rest = {"herd": 1, "grown": 1}
    assert herding.made({"north": 3, "south": 5}) == {"grown_chunk": 2, **rest}
    assert herding.sizes() == {"north": 3, "south": 5}
    # What a run without work leaves on the machine is in no later run's way.
    assert herding.made({"north": 3, "south": 5}) == {}
    assert herding.made({"north": 3, "south": 5}) == {}
    assert herding.made({"north": 3, "south": 6}) == {"grown_chunk": 1, **rest}
    assert herding.sizes() == {"north": 3, "south": 6}
    assert herding.made({"north": 3}) == rest
    assert herding.sizes() == {"north": 3}
    behind = {"grown_chunk": 1, "grown": 1}
    assert herding.made({"north": 3}, grown={"by": 2}) == behind
    # In a clone nothing is known of earlier runs but what is in the storage.
    herding.machine.forgets()
    assert herding.made({"north": 3}, grown={"by": 2}) == {}
    assert herding.made({"north": 3}, grown={"by": 3}) == behind
