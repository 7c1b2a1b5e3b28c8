"""Pods as processes: what an image holds is given as variables, and nothing of the tests' own is handed on.

A pod has a working folder and a home of its own, reads its secrets from the API, and ends as a whole group of
processes. It may wait for ever, for a node or for an image, and be evicted.
"""

from __future__ import annotations

import base64
import os
import shutil
import signal
import subprocess
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PATIENCE = 30.0


def now() -> str:
    """Return the time as the API writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Node:
    """What there is to run pods on.

    Parameters
    ----------
    folder
        Where the pods have their working folders and logs.
    images
        The variables that each image sets, by its name.
    memory_mb
        What it has for all pods together.
    slots
        How many pods run at a time; the others wait for their turn.
    """

    folder: Path
    images: Mapping[str, Mapping[str, str]]
    memory_mb: int = 16_000
    slots: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(4))


class Pod:
    """One pod with one container.

    Parameters
    ----------
    job
        The name of the job that it belongs to.
    spec
        As in the template of that job.
    node
        Where it runs.
    secret
        Returns the data of a secret by its name; None where there is no such secret.
    ended
        Called once with it, when its process has ended.
    """

    def __init__(
        self,
        job: str,
        spec: Mapping[str, Any],
        node: Node,
        secret: Callable[[str], Mapping[str, str] | None],
        ended: Callable[[Pod], None],
    ) -> None:
        self.job, self.spec, self.node = job, spec, node
        self.name = f"{job}-{uuid.uuid4().hex[:5]}"
        self.phase, self.reason, self.message = "Pending", "", ""
        self.conditions: list[dict[str, str]] = []
        self.state: dict[str, Any] | None = None
        self.evicted, self.failed = False, False
        self._container = spec["containers"][0]
        self._secret, self._ended = secret, ended
        self._process: subprocess.Popen[bytes] | None = None
        self._gone = threading.Event()
        self._work = node.folder / self.name
        self._thread = threading.Thread(target=self._live, name=self.name)
        self._thread.start()

    @property
    def log(self) -> Path:
        """What it has printed."""
        return self.node.folder / f"{self.name}.log"

    @property
    def script(self) -> str:
        """What its shell is told to do."""
        return str(self._container["args"][1])

    def as_json(self, namespace: str) -> dict[str, Any]:
        """Return it as the API shows it."""
        status: dict[str, Any] = {"phase": self.phase, "conditions": self.conditions}
        if self.reason:
            status |= {"reason": self.reason, "message": self.message}
        if self.state is not None:
            container = {
                "name": self._container["name"],
                "image": self._container["image"],
                "imageID": "",
                "ready": False,
                "restartCount": 0,
                "lastState": {},
                "state": self.state,
            }
            status["containerStatuses"] = [container]
        labels = {"job-name": self.job, "batch.kubernetes.io/job-name": self.job}
        metadata = {"name": self.name, "namespace": namespace, "labels": labels, "resourceVersion": "1"}
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": metadata,
            "spec": dict(self.spec),
            "status": status,
        }

    def evict(self) -> None:
        """End it as a node does that runs out of disk."""
        self.evicted = True
        self.reason, self.message = "Evicted", "The node was low on resource: ephemeral-storage."
        self._kill()

    def delete(self) -> None:
        """End it, and forget what it has written."""
        self._gone.set()
        self._kill()
        self._thread.join(PATIENCE)
        shutil.rmtree(self._work, ignore_errors=True)

    def _kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)

    def _live(self) -> None:
        environment = self._admitted()
        if environment is None:
            return
        while not self.node.slots.acquire(timeout=0.1):
            if self._gone.is_set():
                return
        try:
            if not self._gone.is_set():
                self._run(environment)
        finally:
            self.node.slots.release()

    def _admitted(self) -> dict[str, str] | None:
        """Return the variables of its container, or None where it cannot start."""
        requests = self._container.get("resources", {}).get("requests", {})
        wanted = int(str(requests.get("memory", "0M")).removesuffix("M"))
        if wanted > self.node.memory_mb:
            message = f"0/1 nodes are available: 1 Insufficient memory ({wanted} MB)."
            self.conditions.append(
                {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
            )
            return None
        self.conditions.append({"type": "PodScheduled", "status": "True"})
        image = self.node.images.get(self._container["image"])
        if image is None:
            message = f'Back-off pulling image "{self._container["image"]}"'
            self.state = {"waiting": {"reason": "ImagePullBackOff", "message": message}}
            return None
        environment = {"HOME": str(self._work / "home"), "HOSTNAME": self.name, **image}
        for variable in self._container.get("env") or ():
            reference = variable["valueFrom"]["secretKeyRef"]
            data = self._secret(reference["name"])
            if data is None or reference["key"] not in data:
                message = f'secret "{reference["name"]}" has no key {reference["key"]}'
                self.state = {"waiting": {"reason": "CreateContainerConfigError", "message": message}}
                return None
            environment[variable["name"]] = base64.b64decode(data[reference["key"]]).decode()
        return environment

    def _run(self, environment: Mapping[str, str]) -> None:
        folder = self._work / "workdir"
        folder.mkdir(parents=True)
        (self._work / "home").mkdir()
        for claim in self._container.get("volumeMounts") or ():
            # A volume that is claimed has the same path on the node.
            if claim["name"] != "workdir":
                Path(claim["mountPath"]).mkdir(parents=True, exist_ok=True)
        command = [*self._container["command"], *self._container["args"]]
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self.state, self.phase = {"running": {"startedAt": now()}}, "Running"
            if self._gone.is_set():
                self._kill()
            code = self._process.wait()
        code = 128 - code if code < 0 else code
        self.failed = bool(code or self.evicted)
        self.phase = "Failed" if self.failed else "Succeeded"
        reason = "Error" if code else "Completed"
        self.state = {"terminated": {"exitCode": code, "reason": reason, "finishedAt": now()}}
        self._ended(self)
