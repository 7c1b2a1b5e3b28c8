"""The Kubernetes API as Airflow asks it: pods that it makes, watches, reads the log of and deletes itself.

What holds for a pod of Airflow and not for one of Snakemake stands here: variables with values,
in which Kubernetes fills in others, and secrets that are variables as a whole.
"""

from __future__ import annotations

import base64
import re
import threading
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from tests.standins.kubernetes_api import NAMESPACE, KubernetesStandIn, Refused, Request, _Handler
from tests.standins.kubernetes_pods import Node, Pod

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PODS = re.compile(r"/api/v1/namespaces/([^/]+)/pods(?:/([^/]+))?(/log)?")
EVENTS = f"/api/v1/namespaces/{NAMESPACE}/events"
# `$(NAME)` is filled in where there is such a variable, and `$$` keeps it from that.
VARIABLE = re.compile(r"\$(?:\$|\(([A-Za-z0-9_.-]+)\))")
PATIENCE = 120.0


class OwnPod(Pod):
    """A pod that belongs to no job.

    Parameters
    ----------
    manifest
        What was asked for.
    node
        Where it runs.
    secret
        As in `Pod`.
    """

    def __init__(
        self,
        manifest: Mapping[str, Any],
        node: Node,
        secret: Callable[[str], Mapping[str, str] | None],
    ) -> None:
        self._manifest = manifest
        self.labels = dict(manifest["metadata"].get("labels") or {})
        self.over = threading.Event()
        spec = manifest["spec"]
        container = {**spec["containers"][0], "env": []}
        super().__init__(
            manifest["metadata"]["name"],
            {**spec, "containers": [container]},
            node,
            secret,
            lambda _pod: self.over.set(),
        )

    def as_json(self, namespace: str) -> dict[str, Any]:
        """Return it as the API shows it."""
        metadata = {
            **self._manifest["metadata"],
            "namespace": namespace,
            "labels": self.labels,
            "uid": self.name,
        }
        return {**super().as_json(namespace), "metadata": metadata, "spec": self._manifest["spec"]}

    def printed(self) -> str:
        """Return what it has printed, each line with its time, when it has ended."""
        assert self.over.wait(PATIENCE), f"{self.name} does not end"
        time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "".join(f"{time} {line}\n" for line in text.splitlines())

    def _admitted(self) -> dict[str, str] | None:
        environment = super()._admitted()
        if environment is None:
            return None
        for source in self._manifest["spec"]["containers"][0].get("envFrom") or ():
            reference = source["secretRef"]
            data = self._secret(reference["name"])
            if data is None and not reference.get("optional"):
                message = f'secret "{reference["name"]}" not found'
                self.state = {"waiting": {"reason": "CreateContainerConfigError", "message": message}}
                return None
            environment |= {name: base64.b64decode(value).decode() for name, value in (data or {}).items()}
        given: dict[str, str] = {}
        for variable in self._manifest["spec"]["containers"][0].get("env") or ():
            given[variable["name"]] = filled_in(variable.get("value", ""), given)
        environment |= given
        words = {
            key: [filled_in(word, environment) for word in self._container[key]]
            for key in ("command", "args")
        }
        self._container = {**self._container, **words}
        return environment


def filled_in(text: str, variables: Mapping[str, str]) -> str:
    """Return a text of a manifest as its container gets it."""

    def value(found: re.Match[str]) -> str:
        return "$" if found[1] is None else variables.get(found[1], found[0])

    return VARIABLE.sub(value, text)


class AirflowStandIn(KubernetesStandIn):
    """The API, with pods that are asked for one by one."""

    def start(self) -> None:
        """Listen, to changes of a pod's labels too."""
        api = self

        class Handler(_Handler):
            standin = api
            do_PATCH = _Handler.handle_any  # noqa: N815  # the name that the base class looks for

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,)).start()

    def answer(self, request: Request, authorization: str) -> Any:
        """Return what a request is answered with."""
        found = PODS.fullmatch(request.path)
        if request.path != EVENTS and (found is None or found[1] != NAMESPACE):
            return super().answer(request, authorization)
        # Who may not ask for secrets may not ask for pods.
        super().answer(Request("GET", f"/api/v1/namespaces/{NAMESPACE}/secrets", {}, None), authorization)
        self.requests.append(request)
        if found is None:
            return {"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": []}
        return self._pods(request, found[2], is_log=bool(found[3]))

    def _pods(self, request: Request, name: str | None, *, is_log: bool) -> Any:
        if name is None and request.method == "POST":
            return self._start_own(request.body)
        if name is None:
            shown = [pod.as_json(NAMESPACE) for pod in self._own() if selected(pod, request.query)]
            return {"apiVersion": "v1", "kind": "PodList", "metadata": {}, "items": shown}
        with self._lock:
            pod = self.pods.get(name)
        if not isinstance(pod, OwnPod):
            raise Refused(404, "NotFound", f'pods "{name}" not found', "pods")
        if is_log:
            return pod.printed()
        shown_pod = pod.as_json(NAMESPACE)
        if request.method == "PATCH":
            pod.labels |= request.body["metadata"]["labels"]
        if request.method == "DELETE":
            with self._lock:
                del self.pods[name]
            pod.delete()
        return shown_pod

    def _own(self) -> list[OwnPod]:
        with self._lock:
            return [pod for pod in self.pods.values() if isinstance(pod, OwnPod)]

    def _start_own(self, body: dict[str, Any]) -> dict[str, Any]:
        name = body["metadata"]["name"]
        with self._lock:
            if name in self.pods:
                raise Refused(409, "AlreadyExists", f'pods "{name}" already exists', "pods")
            self.manifests.append(body)
            pod = OwnPod(body, self.node, lambda secret: self.secrets.get(secret, {}).get("data"))
            self.pods[name] = pod
        return pod.as_json(NAMESPACE)


def selected(pod: OwnPod, query: Mapping[str, str]) -> bool:
    """Return whether a pod has the labels that are asked for, and none that are not wanted."""
    for part in filter(None, query.get("labelSelector", "").split(",")):
        name, unequal, value = part.partition("!=")
        if not unequal:
            name, _, value = part.partition("=")
        if (pod.labels.get(name) == value) == bool(unequal):
            return False
    return True
