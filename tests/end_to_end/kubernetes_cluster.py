"""A cluster of Kubernetes with a storage, stand-ins or real ones, and programs that go on in it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.end_to_end.conftest import Project, Run
from tests.standins import kubernetes_image as image
from tests.standins.kubernetes_api import NAMESPACE, KubernetesStandIn
from tests.standins.kubernetes_pods import Node
from tests.standins.object_storage import S3Bucket, s3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 480.0
CONNECTION = "ECOSCOPE_WORKFLOWS__CONNECTIONS__EARTHRANGER__MARA__TOKEN"
PASSWORD = "FIELDKIT_PASSWORD"  # noqa: S105  # the name of a variable
SECRETS = {CONNECTION: "token-of-mara-1830", PASSWORD: "open sesame 1704"}
STORAGE_NAMES = ("ENDPOINT_URL", "ACCESS_KEY", "SECRET_KEY", "REGION")


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
    bucket: S3Bucket
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

    def start(self, project: Project, *command: str, **more: str) -> Going:
        """Start a program in the folder of a compiled workflow, with more variables than usual."""
        output = project.folder / f"output-{time.monotonic_ns()}"
        with output.open("wb") as stream:
            process = subprocess.Popen(
                command,
                cwd=project.work,
                env={**self.environment(project), **more},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        return Going(project, process, output)

    def files(self, project: Project, folder: str) -> dict[str, bytes]:
        """Return the files of a folder of a project in the storage."""
        return self.bucket.files(f"{self.storage(project)}/{folder}")


@contextmanager
def cluster_in(folder: Path, packages: Path) -> Iterator[Cluster]:
    """Start a cluster and a storage, or take the ones that are given.

    Parameters
    ----------
    folder
        Where its node and its files are.
    packages
        The folder of the task packages that are in the image.
    """
    plugins = image.executors()
    given = os.environ.get("ECOSCOPE_WORKFLOWS_KUBECONFIG", "")
    with ExitStack() as stack:
        if given:
            address, name = os.environ["ECOSCOPE_WORKFLOWS_S3"], os.environ["ECOSCOPE_WORKFLOWS_IMAGE"]
            yield Cluster(
                None, Path(given).resolve(), name, "default", S3Bucket(address, "elephants"), plugins
            )
            return
        bucket = S3Bucket(stack.enter_context(s3()), "elephants")
        (folder / "node").mkdir()
        variables = image.variables(folder / "plugins", plugins, [packages])
        api = stack.enter_context(KubernetesStandIn(Node(folder / "node", {image.NAME: variables})))
        path = api.write_kubeconfig(folder / "kubeconfig")
        yield Cluster(api, path, image.NAME, NAMESPACE, bucket, plugins)
