"""A Kubernetes API on loopback, as far as Snakemake's executor asks it, with pods that are processes.

It behaves as the real one does where a client can notice: bearer tokens, namespaces, 404 and 409 with a
`Status`, a log of a container that has not run before (400), jobs that fail with their pod and are not tried
again, secrets that reach pods as variables. It may be down for a while, and keeps its state.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

import yaml
from tests.standins.kubernetes_pods import Node, Pod, now

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

TOKEN = "a-bearer-token"  # noqa: S105  # no real one
NAMESPACE = "tracks"
PATIENCE = 120.0
ROUTE = re.compile(
    r"/(?:api/v1|apis/batch/v1)/namespaces/([^/]+)/(secrets|pods|jobs)(?:/([^/]+))?(?:/(log|status))?"
)
KINDS = {"secrets": "Secret", "jobs": "Job"}


@dataclass(frozen=True)
class Request:
    """One request as the API saw it."""

    method: str
    path: str
    query: dict[str, str]
    body: Any


class Refused(Exception):  # noqa: N818  # an answer, no fault
    """A request that is answered with a `Status` of failure."""

    def __init__(self, code: int, reason: str, message: str, kind: str = "") -> None:
        self.code = code
        self.status = {
            "kind": "Status",
            "apiVersion": "v1",
            "status": "Failure",
            "reason": reason,
            "message": message,
            "code": code,
            "details": {"kind": kind},
        }


class KubernetesStandIn:
    """The API, served from threads between `__enter__` and `__exit__`.

    Parameters
    ----------
    node
        Where pods run.
    """

    def __init__(self, node: Node) -> None:
        self.node = node
        self.requests: list[Request] = []
        self.secrets: dict[str, dict[str, Any]] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.pods: dict[str, Pod] = {}
        # What there ever was: jobs are deleted when they have ended.
        self.manifests: list[dict[str, Any]] = []
        self.logs: dict[str, str] = {}
        self.answers_instead: int | None = None
        # A rule and its folder: who makes a job for it is answered late.
        self.late: tuple[str, str] | None = None
        self.answer_now = threading.Event()
        self._lock = threading.RLock()
        self._port = 0
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        for pod in list(self.pods.values()):
            pod.delete()

    def start(self) -> None:
        """Listen, at the same address as before, if it does not."""
        if self._server is not None:
            return
        api = self

        class Handler(_Handler):
            standin = api

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,)).start()

    def stop(self) -> None:
        """Refuse connections; pods go on."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def write_kubeconfig(self, path: Path) -> Path:
        """Write what clients find and enter it with."""
        entry = {"name": "standin"}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "standin",
            "clusters": [{**entry, "cluster": {"server": f"http://127.0.0.1:{self._port}"}}],
            "users": [{**entry, "user": {"token": TOKEN}}],
            "contexts": [
                {**entry, "context": {"cluster": "standin", "user": "standin", "namespace": NAMESPACE}}
            ],
        }
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        return path

    def answer(self, request: Request, authorization: str) -> Any:
        """Return what a request is answered with: a text, or an object.

        Raises
        ------
        Refused
            With a `Status`.
        """
        if authorization != f"Bearer {TOKEN}":
            raise Refused(401, "Unauthorized", "Unauthorized")
        found = ROUTE.fullmatch(request.path)
        if found is None:
            raise Refused(404, "NotFound", f"the server could not find {request.path}")
        namespace, resource, name, sub = found.groups()
        with self._lock:
            self.requests.append(request)
            if self.answers_instead is not None:
                raise Refused(self.answers_instead, "InternalError", "etcdserver: leader changed")
            if namespace != NAMESPACE:
                raise Refused(404, "NotFound", f'namespaces "{namespace}" not found', "namespaces")
            if request.method == "POST":
                return self._create(resource, request.body)
            if name is None:
                return self._list(resource, request.query)
            if name not in getattr(self, resource):
                raise Refused(404, "NotFound", f'{resource} "{name}" not found', resource)
            if request.method == "DELETE":
                return self._delete(resource, name)
            if sub == "log":
                return self._log(self.pods[name], request.query)
            return self._shown(resource, name)

    def wait_for_answer(self, request: Request) -> None:
        """Keep the answer to a request back where it comes late."""
        if self.late is not None and request.method == "POST" and request.path.endswith("/jobs"):
            script = container_of(request.body)["args"][1]
            if is_for(script, *self.late):
                self.answer_now.wait(PATIENCE)

    def remove_job(self, name: str) -> None:
        """Delete a job, as somebody else may."""
        with self._lock:
            self._delete("jobs", name)

    def pods_of(self, rule: str, folder: str) -> list[Pod]:
        """Return the pods that there are for a rule of the run with results in a folder of the storage."""
        return [pod for pod in list(self.pods.values()) if is_for(pod.script, rule, folder)]

    def printed(self, rule: str, folder: str) -> list[str]:
        """Return what each pod for a rule has printed that has ended."""
        scripts = {body["metadata"]["name"]: container_of(body)["args"][1] for body in self.manifests}
        return [text for job, text in self.logs.items() if is_for(scripts[job], rule, folder)]

    def _create(self, resource: str, body: dict[str, Any]) -> dict[str, Any]:
        name = body["metadata"]["name"]
        known = getattr(self, resource)
        if name in known:
            raise Refused(409, "AlreadyExists", f'{resource} "{name}" already exists', resource)
        metadata = {**body["metadata"], "namespace": NAMESPACE, "resourceVersion": "1"}
        version = "batch/v1" if resource == "jobs" else "v1"
        known[name] = {**body, "apiVersion": version, "kind": KINDS[resource], "metadata": metadata}
        if resource == "jobs":
            self.manifests.append(body)
            known[name]["status"] = {"active": 1, "startTime": now()}
            self._start_pod(known[name])
        return dict(known[name])

    def _start_pod(self, job: dict[str, Any]) -> None:
        def ended(pod: Pod) -> None:
            # Not tried again: the executor asks for no second pod.
            job["status"] = {"failed": 1} if pod.failed else {"succeeded": 1, "completionTime": now()}
            self.logs[pod.job] = pod.log.read_text(encoding="utf-8", errors="replace")

        def secret(name: str) -> dict[str, str] | None:
            return self.secrets[name].get("data") or {} if name in self.secrets else None

        with self._lock:
            pod = Pod(job["metadata"]["name"], job["spec"]["template"]["spec"], self.node, secret, ended)
            self.pods[pod.name] = pod

    def _list(self, resource: str, query: dict[str, str]) -> dict[str, Any]:
        items = [self._shown(resource, name) for name in getattr(self, resource)]
        found = [item for item in items if _selected(item, query)]
        return {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": "1"}, "items": found}

    def _shown(self, resource: str, name: str) -> dict[str, Any]:
        shown = getattr(self, resource)[name]
        return shown.as_json(NAMESPACE) if isinstance(shown, Pod) else dict(shown)

    def _delete(self, resource: str, name: str) -> dict[str, Any]:
        if resource == "jobs":
            for pod in [pod for pod in self.pods.values() if pod.job == name]:
                self.pods.pop(pod.name).delete()
            del self.jobs[name]
        elif resource == "pods":
            self.pods.pop(name).delete()
        else:
            del self.secrets[name]
        return {"kind": "Status", "apiVersion": "v1", "status": "Success"}

    def _log(self, pod: Pod, query: dict[str, str]) -> str:
        if query.get("previous", "").lower() == "true":
            what = f'previous terminated container "{query.get("container")}" in pod "{pod.name}" not found'
            raise Refused(400, "BadRequest", what)
        if pod.evicted or pod.phase == "Pending":
            raise Refused(400, "BadRequest", f'container in pod "{pod.name}" is not available')
        return pod.log.read_text(encoding="utf-8", errors="replace")


def container_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the container of a job."""
    found: dict[str, Any] = manifest["spec"]["template"]["spec"]["containers"][0]
    return found


def is_for(script: str, rule: str, folder: str) -> bool:
    """Return whether a container runs a rule, with its results in a folder of the storage."""
    return f"--target-jobs {rule}:" in script.replace("'", "") and f"/{folder}/" in script


class _Handler(BaseHTTPRequestHandler):
    standin: KubernetesStandIn
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name of the base class
        """Say nothing."""

    def handle_any(self) -> None:
        """Answer one request."""
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        try:
            authorization = self.headers.get("Authorization", "")
            request = Request(self.command, parts.path, query, body)
            answer = self.standin.answer(request, authorization)
            self.standin.wait_for_answer(request)
            self._send(201 if self.command == "POST" else 200, answer)
        except Refused as refused:
            self._send(refused.code, refused.status)
        # A server that has stopped answers nobody, on a connection that is kept open neither.
        self.close_connection = True

    def _send(self, code: int, answer: Any) -> None:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        content = text.encode()
        self.send_response(code)
        kind = "text/plain" if isinstance(answer, str) else "application/json"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = handle_any  # noqa: N815  # the names that the base class looks for


def _selected(item: dict[str, Any], query: dict[str, str]) -> bool:
    """Return whether an object has the labels, with or without a value, and the phase that are asked for."""
    labels = item["metadata"].get("labels") or {}
    wanted = [part.partition("=") for part in query.get("labelSelector", "").split(",") if part]
    phase = query.get("fieldSelector", "").removeprefix("status.phase=")
    return all(name in labels and (not is_ or labels[name] == value) for name, is_, value in wanted) and (
        not phase or item["status"]["phase"] == phase
    )
