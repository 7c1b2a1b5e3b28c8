"""Runs on Kubernetes that go on beside each other, and what is done to them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.end_to_end.conftest import Project, Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.standins.kubernetes_api import KubernetesStandIn
    from tests.standins.kubernetes_pods import Pod
    from tests.standins.object_storage import Bucket

PATIENCE = 240.0
CONNECTION = "ECOSCOPE_WORKFLOWS__CONNECTIONS__EARTHRANGER__MARA__TOKEN"
PASSWORD = "FIELDKIT_PASSWORD"  # noqa: S105  # the name of a variable
SECRETS = {CONNECTION: "token-of-mara-1830", PASSWORD: "open sesame 1704"}
FAULTS = """\
id: faults
requirements: []
workflow:
  - {id: noisy, task: talks, partial: {number: 7}}
  - {id: too_big, task: echo, partial: {value: 1}, resources: {mem_mb: 99000}}
  - {id: evicted, task: waits}
  - {id: removed, task: waits}
  - {id: secret, task: needs_password}
  - {id: after, task: echo, partial: {value: "${{ workflow.too_big.return }}"}}
"""
CHAIN = """\
id: chain
requirements: []
workflow:
  - {id: first, task: echo, partial: {value: 1}}
  - {id: second, task: waits, partial: {number: "${{ workflow.first.return }}"}}
  - {id: third, task: echo, partial: {value: "${{ workflow.second.return }}"}}
"""
STORAGE_NAMES = ("ENDPOINT_URL", "ACCESS_KEY", "SECRET_KEY", "REGION")
VOLUME = """\
id: volume
requirements: []
workflow:
  - {id: first, task: echo, partial: {value: 41}}
"""


@dataclass(frozen=True)
class Going:
    """A program that runs beside the others, in the folder of a compiled workflow."""

    project: Project
    process: subprocess.Popen[bytes]
    output: Path

    def stop(self) -> None:
        """Tell it to stop, as Ctrl-C does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)

    def said(self) -> str:
        """Return what it has printed so far."""
        return self.output.read_text(encoding="utf-8")

    def says(self, words: str) -> None:
        """Wait until it has printed something."""
        until(lambda: words in self.said(), f"not said: {words}", self.said)

    def finish(self) -> Run:
        """Wait for its end."""
        return Run(self.process.wait(PATIENCE), self.said())


def until(holds: Callable[[], bool], otherwise: str, more: Callable[[], str] = str) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"{otherwise}\n{more()}"
        time.sleep(0.2)


@dataclass(frozen=True)
class Cluster:
    """A cluster and a storage, and what finds them.

    Parameters
    ----------
    api
        The stand-in; None where the cluster is real.
    kubeconfig, image_name, namespace
        What a user says of it.
    bucket
        Where results are.
    plugins
        The folder of Snakemake's plugins for both.
    """

    api: KubernetesStandIn | None
    kubeconfig: Path
    image_name: str
    namespace: str
    bucket: Bucket
    plugins: Path

    def environment(self, project: Project) -> dict[str, str]:
        """Return the variables of a user of this cluster."""
        kept = project.environment()
        path = os.pathsep.join([kept["PYTHONPATH"], str(self.plugins)])
        return {
            **kept,
            **self.bucket.variables,
            **SECRETS,
            "KUBECONFIG": str(self.kubeconfig),
            "PYTHONPATH": path,
        }

    def storage(self, project: Project) -> str:
        """Return where the results of a project are, below the bucket."""
        return project.folder.name

    def options(self, project: Project) -> list[str]:
        """Return what a user says of this cluster on the command line."""
        words = {
            "profile": "profiles/k8s",
            "container-image": self.image_name,
            "kubernetes-namespace": self.namespace,
            "default-storage-prefix": f"s3://{self.bucket.name}/{self.storage(project)}",
            "seconds-between-status-checks": "1",
            "latency-wait": "2",
        }
        return [word for name, value in words.items() for word in (f"--{name}", value)]

    def here(self, project: Project) -> list[str]:
        """Return what a user says to run jobs on this machine with the same storage."""
        prefix = f"s3://{self.bucket.name}/{self.storage(project)}"
        return ["--default-storage-provider", "s3", "--default-storage-prefix", prefix]

    def start(self, project: Project, *command: str) -> Going:
        """Start a program in the folder of a compiled workflow."""
        output = project.folder / f"output-{time.monotonic_ns()}"
        with output.open("wb") as stream:
            process = subprocess.Popen(
                command,
                cwd=project.work,
                env=self.environment(project),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        return Going(project, process, output)

    def files(self, project: Project, folder: str) -> dict[str, bytes]:
        """Return the files of a folder of a project in the storage."""
        return self.bucket.files(f"{self.storage(project)}/{folder}")


@dataclass(frozen=True)
class Runs:
    """All runs that are disturbed, each of which has begun.

    Parameters
    ----------
    faults
        Pods that end badly, or never start, and an API that is away for a while.
    stopped
        A chain that is stopped while its second job waits in a pod.
    resumed
        A chain that was stopped while its second job waited here, and goes on in pods.
    groups
        A fan-out.
    volume
        Results on a persistent volume.
    """

    faults: Going
    stopped: Going
    resumed: Going
    groups: Going
    volume: Going


def disturbed(
    cluster: Cluster,
    api: KubernetesStandIn,
    *,
    resumed: Going,
    faults: Going,
    stopped: Going,
    **_: Going,
) -> Going:
    """Do to the runs what users, nodes and administrators do, and return the one that goes on in pods."""
    running(api, faults, "evicted").evict()
    api.remove_job(running(api, faults, "removed").job)
    running(api, stopped, "second")
    stopped.stop()
    api.stop()
    faults.says("Kubernetes does not answer (MaxRetryError)")
    api.answers_instead = 503
    api.start()
    faults.says("Kubernetes does not answer (ApiException)")
    api.answers_instead = None
    (faults.project.folder / "go").touch()
    resumed.says("rule second:")
    resumed.stop()
    assert resumed.finish().code != 0
    (resumed.project.folder / "go").touch()
    return cluster.start(resumed.project, "snakemake", *cluster.options(resumed.project))


def running(api: KubernetesStandIn, going: Going, rule: str) -> Pod:
    """Wait until a pod runs the job of a rule."""

    def found() -> list[Pod]:
        pods = api.pods_of(rule, going.project.folder.name)
        return [pod for pod in pods if pod.phase == "Running"]

    until(lambda: bool(found()), f"no pod runs {rule}", going.said)
    return found()[0]
