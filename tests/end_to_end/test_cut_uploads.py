"""Uploads of results that break off, and runs that are killed in one: no part passes for the whole."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.end_to_end.conftest import PROFILE, Run
from tests.end_to_end.test_kubernetes_storage import Machine
from tests.standins import kubernetes_image as image
from tests.standins.broken_network import BrokenNetwork, broken_network
from tests.standins.google_bucket import GoogleBucket, google, packages
from tests.standins.kubernetes_api import NAMESPACE, KubernetesStandIn
from tests.standins.kubernetes_image import executors
from tests.standins.kubernetes_pods import Node
from tests.standins.object_storage import Bucket, S3Bucket, s3

from ecoscope_workflows.runtime.stores.location import STORE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.end_to_end.conftest import Project

SPEC = """\
id: cut
requirements: []
workflow:
  - {id: single, task: echo, partial: {value: 7}}
  - {id: numbers, task: noise, partial: {seed: 2, size: 2, seconds: 0}}
  - {id: each, task: echo, map: {argnames: value, argvalues: "${{ workflow.numbers.return }}"}}
  # So much is stored in parts.
  - {id: many, task: fieldkit.tasks.long_text, partial: {seed: 1, size: 4500000, seconds: 0}}
"""
FOLDER = {"index.json", "0000.json", "0001.json"}
PATIENCE = 120.0


Machines = Callable[[Bucket, Path, str], tuple[Machine, Machine]]


@pytest.fixture
def machines(project: Project, copy_of: Callable[[Project], Project]) -> Machines:
    """Return what makes two machines that have the same workflow, with a bucket, plugins and a spec."""

    def make(bucket: Bucket, plugins: Path, spec: str) -> tuple[Machine, Machine]:
        project.write_spec(spec)
        project.compiled()
        return Machine(project, bucket, plugins), Machine(copy_of(project), bucket, plugins)

    return make


def killed(machine: Machine, network: BrokenNetwork, variables: Mapping[str, str]) -> str:
    """Run Snakemake, kill all of it while an upload stands still, and return what it has said."""
    output = machine.project.folder / "killed"
    with output.open("wb") as stream:
        process = subprocess.Popen(
            ["snakemake", *PROFILE, *machine.options],
            cwd=machine.project.work,
            env=machine.project.environment(**variables, PYTHONPATH=machine.path),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
    stands = network.standing.wait(PATIENCE)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert stands, output.read_text(encoding="utf-8")
    return output.read_text(encoding="utf-8")


def test_what_breaks_off_on_the_way_to_s3_is_made_again_by_whoever_runs_next(
    machines: Machines,
) -> None:
    with s3() as address, broken_network(address) as network:
        bucket = S3Bucket(address, "cut")
        here, there = machines(bucket, executors(), SPEC)
        far = bucket.through(network.address)
        network.requests = r"PUT \S*/results/(single\.json$|each/0001\.json|many\.txt\?\S*partNumber=2)"
        cut = here.snakemake("--storage-s3-retries", "1", **far)
        assert cut.code == 1, cut.output
        for name in ("single", "each", "many"):
            assert f"Failed to store output in storage s3://cut/run/results/{name}" in cut.output
        made = {"single.json", "each/index.json", "many.txt"}
        assert made.isdisjoint(bucket.files("run/results"))
        status = here.project.call("ecoscope-workflows", "status", "work")
        assert (status.code, "EW607" in status.output) == (1, True), status.output
        network.mend()
        # Of a machine that is gone.
        bucket.begin_upload("run/results/many.txt")
        network.requests, network.stalls = r"PUT \S*/results/each/0001\.json", True
        planned = Run(0, killed(there, network, far)).plan
        assert planned == {"single": 1, "each": 1, "many": 1}
        left = bucket.files("run/results/each").keys()
        assert left
        assert "index.json" not in left
        rest = here.snakemake()
        assert rest.code == 0, rest.output
        assert "each" in rest.plan
        assert bucket.value("run/results/single.json") == 7
        assert bucket.text("run/results/many.txt").endswith("\n9000000")
        assert bucket.files("run/results/each").keys() >= FOLDER


def test_what_breaks_off_on_the_way_to_google_is_made_again_in_pods(
    machines: Machines, tmp_path: Path
) -> None:
    with google() as (address, storage), broken_network(address) as network:
        # Each listing is of several pages.
        storage.page = 3
        bucket, plugins = GoogleBucket(storage, address, "cut"), packages()
        here, there = machines(
            bucket, plugins, SPEC.replace("requirements", "cache_root: gs://cut/kept\nrequirements")
        )
        # Where the store is stands in the spec.
        settings = {name: value for name, value in bucket.store.items() if name != STORE_VARIABLE}
        # What is put is a part of a result; the store posts its parts.
        network.requests, network.stalls = "^PUT .*upload_id=", True
        killed(here, network, {**bucket.variables, **settings, "STORAGE_EMULATOR_HOST": network.address})
        assert "run/results/many.txt" not in storage.objects["cut"]
        assert len(storage.uploads) == 1
        rest = in_pods(there, tmp_path, {**bucket.variables, **settings})
        assert rest.code == 0, rest.output
        assert "many" in rest.plan
        assert bucket.text("run/logs/many.log") == "restored\n"
        assert bucket.text("run/results/many.txt").endswith("\n9000000")
        assert bucket.files("run/results/each").keys() >= FOLDER


def in_pods(machine: Machine, folder: Path, variables: Mapping[str, str]) -> Run:
    """Run the workflow of a machine on Kubernetes, with some variables in its pods too."""
    of_kubernetes, project = executors(), machine.project
    (folder / "node").mkdir()
    inside = image.variables(folder / "plugins", of_kubernetes, [project.site])
    inside["PYTHONPATH"] += f"{os.pathsep}{machine.plugins}"
    words = (
        "--profile",
        "profiles/k8s",
        "--container-image",
        image.NAME,
        "--kubernetes-namespace",
        NAMESPACE,
    )
    often = ("--seconds-between-status-checks", "1", "--latency-wait", "2", "--envvars", *sorted(variables))
    with KubernetesStandIn(Node(folder / "node", {image.NAME: inside})) as api:
        config = str(api.write_kubeconfig(folder / "kubeconfig"))
        path = f"{machine.path}{os.pathsep}{of_kubernetes}"
        command = ("snakemake", *words, *machine.options, *often)
        return project.call(*command, folder=project.work, **variables, KUBECONFIG=config, PYTHONPATH=path)
