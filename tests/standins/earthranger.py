"""A small EarthRanger site on loopback, with simulated animals, and with faults on demand.

It behaves as the real API does where a client can notice: password sign-in, tokens that expire, nested
groups, inactive subjects, excluded observations, paging by page and by cursor, a cap on the page size, tokens
given out beforehand, details of observations, the wearing of collars, and spatial features.
A fault that a test asks for may be anything: `EarthRangerStandIn.fail` with a status of 429 and a header
``Retry-After``, one of 503 that passes, a connection that drops.
"""

from __future__ import annotations

import base64
import json
import random
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.standins.earthranger_activity import Activity
from tests.standins.earthranger_records import START as START  # noqa: PLC0414  # offered to who loads this
from tests.standins.earthranger_records import (
    Record,
    identifier,
    simulated_assignment,
    simulated_feature,
    simulated_subject,
    simulated_track,
)


@dataclass(frozen=True)
class Fault:
    """What one request gets instead of its answer."""

    status: int = 200
    body: str = '{"data": [{"id": "cut off he'
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False


@dataclass(frozen=True)
class Call:
    """One request as the site saw it."""

    resource: str
    query: dict[str, str]
    authorization: str
    connection: tuple[str, int]


class EarthRangerStandIn:
    """The site, served from a thread of its own; each subject has `fixes` observations."""

    username = "ranger"
    password = "s3cret & über+sicher"  # noqa: S105  # no real one; holds what a form must escape
    # Given out to somebody who does not sign in; it does not expire.
    token = "token-of-a-service-account"  # noqa: S105  # no real one

    def __init__(self, fixes: int = 50, seed: int = 1) -> None:
        rng = random.Random(seed)  # noqa: S311  # simulated animals, no secrets
        self.subjects = [
            simulated_subject("Habiba", rgb="0, 70, 255", tm_animal_id=12),
            simulated_subject("Salif Keita", sex="male", rgb="", region={"country": "Mali"}),
            simulated_subject("Nia", herd=["Nyota", "Habiba"]),
            simulated_subject("Tusk", active=False),
            simulated_subject("Mvubu"),
        ]
        # The site lists subjects by their ids, whatever group they came from.
        self.subjects.sort(key=lambda subject: str(subject["id"]))
        self.tracks = {s["id"]: simulated_track(s["name"], fixes, rng) for s in self.subjects}
        # Name -> names of subjects, names of nested groups.
        self.groups: dict[str, tuple[list[str], list[str]]] = {
            "Elephants": (["Habiba", "Salif Keita", "Tusk"], ["Elephants of the north"]),
            "Elephants of the north": (["Nia", "Habiba"], []),
            "Buffalo": (["Mvubu"], []),
            "Retired": (["Tusk"], []),
            "Empty": ([], []),
        }
        self.assignments = [simulated_assignment(subject) for subject in self.subjects]
        self.feature_groups: dict[str, list[Record]] = {
            "Laikipia": [simulated_feature(name, 36.5 + step) for step, name in enumerate(["West", "East"])],
            "Nothing yet": [],
        }
        self.activity = Activity([self.subject("Nia"), self.subject("Mvubu")], self._page)
        self.largest_page = 10_000
        self.uses_of_a_token: int | None = None
        self.seconds_per_answer = 0.0
        # After this many requests for data, one is told to come back later.
        self.requests_in_a_row: int | None = None
        self.names_itself = ""
        # Six bytes need no `=` at the end of the base64, which the public client would escape twice.
        self.cursor = b"p=%04d"
        self.calls: list[Call] = []
        self.most_at_once = 0
        self._faults: dict[str, list[Fault | None]] = defaultdict(list)
        self._tokens: dict[str, int] = {}
        self._at_once = 0
        self._lock = threading.Lock()
        site = self

        class Handler(_Handler):
            standin = site

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fail(self, resource: str, *, after: int = 0, times: int = 1, **fault: Any) -> None:
        """Answer `after` requests for `resource` well, then give as many as `times` the fault."""
        self._faults[resource] += [None] * after + [Fault(**fault)] * times

    def calls_of(self, resource: str) -> list[Call]:
        return [call for call in self.calls if call.resource == resource]

    def subject(self, name: str) -> Record:
        return next(subject for subject in self.subjects if subject["name"] == name)

    def track(self, name: str) -> list[Record]:
        return self.tracks[self.subject(name)["id"]]

    def enter(self, call: Call) -> Fault | None:
        with self._lock:
            self.calls.append(call)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            waiting = self._faults[call.resource]
            if self.requests_in_a_row and len(self.calls) % (self.requests_in_a_row + 1) == 0:
                return Fault(429, '{"status": {"detail": "throttled"}}', {"Retry-After": "0"})
            return waiting.pop(0) if waiting else None

    def leave(self) -> None:
        with self._lock:
            self._at_once -= 1

    def sign_in(self, form: dict[str, str]) -> tuple[int, Record]:
        expected = {"grant_type": "password", "username": self.username, "password": self.password}
        if form.pop("client_id", "") != "das_web_client" or form != expected:
            return 400, {"error": "invalid_grant", "error_description": "Invalid credentials given."}
        with self._lock:
            token = f"token-{len(self._tokens)}-{identifier(str(len(self._tokens)))}"
            self._tokens[token] = 0
        return 200, {"access_token": token, "expires_in": 36000, "token_type": "Bearer", "refresh_token": "r"}

    def accepts(self, authorization: str) -> bool:
        token = authorization.removeprefix("Bearer ")
        if token == self.token:
            return True
        with self._lock:
            if token not in self._tokens:
                return False
            self._tokens[token] += 1
            return self.uses_of_a_token is None or self._tokens[token] <= self.uses_of_a_token

    def data(self, resource: str, query: dict[str, str], host: str) -> Any:
        """Return what the API answers, or None where it has no such resource."""
        if resource == "user/me":
            return {"id": identifier("me"), "username": self.username}
        if resource == "subjectgroups":
            names = [query["group_name"]] if query.get("group_name") else sorted(self.groups)
            nested = query.get("flat", "").lower() != "true"
            return [self._group(name, nested=nested) for name in names if name in self.groups]
        if resource == "subjects":
            return self._page(resource, self._subjects(query), query, host)
        if resource == "observations":
            return self._page(resource, self._observations(query), query, host)
        if resource == "subjectsources":
            wanted = query.get("subjects", "").split(",")
            found = [record for record in self.assignments if record["subject"] in wanted]
            return self._page(resource, found, query, host)
        if resource == "spatialfeaturegroup" or resource.startswith("spatialfeaturegroup/"):
            return self._feature_groups(resource.partition("/")[2], host)
        return self.activity.data(resource, query, host)

    def _feature_groups(self, wanted: str, host: str) -> Any:
        """Return the groups by name, in short, or the one with the id `wanted` with its features."""
        for name, features in sorted(self.feature_groups.items()):
            found = identifier(f"feature group {name}")
            if found == wanted:
                url = f"{host}/api/v1.0/spatialfeaturegroup/{found}"
                return {"name": name, "features": features, "description": "", "url": url}
        if wanted:
            return None
        return [
            {"id": identifier(f"feature group {name}"), "name": name, "feature_count": len(features)}
            for name, features in sorted(self.feature_groups.items())
        ]

    def _group(self, name: str, *, nested: bool) -> Record:
        subgroups = [self._group(child, nested=True) for child in self.groups[name][1]] if nested else []
        members = [self.subject(member) for member in self.groups[name][0]]
        return {"id": identifier(f"group {name}"), "name": name, "subgroups": subgroups, "subjects": members}

    def _subjects(self, query: dict[str, str]) -> list[Record]:
        pending = [name for name in self.groups if identifier(f"group {name}") == query.get("subject_group")]
        members: set[str] = set()
        for name in pending:
            members.update(self.groups[name][0])
            pending.extend(self.groups[name][1])
        inactive = query.get("include_inactive", "").lower() == "true"
        return [s for s in self.subjects if s["name"] in members and (s["is_active"] or inactive)]

    def _observations(self, query: dict[str, str]) -> list[Record]:
        since = datetime.fromisoformat(query["since"])
        until = datetime.fromisoformat(query.get("until", "2100-01-01T00:00:00Z"))
        flags = query.get("filter", "0")
        detailed = query.get("include_details", "").lower() == "true"
        return [
            {**record, "observation_details": {"voltage": 3.6}} if detailed else record
            for record in self.tracks[query["subject_id"]]
            if since <= datetime.fromisoformat(record["recorded_at"] or query["since"]) <= until
            and flags in {"null", str(record["exclusion_flags"])}
        ]

    def _page(self, resource: str, records: list[Record], query: dict[str, str], host: str) -> Any:
        if "page_size" not in query and resource == "subjects":
            return records
        size = min(int(query.get("page_size", "25")), self.largest_page)
        cursor = query.get("use_cursor") == "true" and "page" not in query
        number = int(query.get("page", "1"))
        if "cursor" in query:
            number = int(base64.b64decode(query["cursor"]).removeprefix(b"p="))
        following = None
        if number * size < len(records):
            mark = base64.b64encode(self.cursor % (number + 1)).decode() if cursor else str(number + 1)
            link = {**query, "cursor" if cursor else "page": mark}
            following = f"{self.names_itself or host}/api/v1.0/{resource}/?{urlencode(link)}"
        counted = {} if cursor else {"count": len(records)}
        results = records[(number - 1) * size : number * size]
        return {**counted, "next": following, "previous": None, "results": results}


class _Handler(BaseHTTPRequestHandler):
    standin: ClassVar[EarthRangerStandIn]
    protocol_version = "HTTP/1.1"
    # Without this, the last part of each answer waits for the client's acknowledgement.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        self._serve(dict(parse_qsl(self.rfile.read(length).decode())))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name http.server calls
        """Keep quiet: `EarthRangerStandIn.calls` is the log."""

    def _serve(self, form: dict[str, str]) -> None:
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        resource = url.path.removeprefix("/api/v1.0").strip("/")
        call = Call(resource, query, self.headers.get("Authorization", ""), self.client_address)
        fault = self.standin.enter(call)
        try:
            time.sleep(self.standin.seconds_per_answer)
            if fault is None:
                status, payload = self._answer(call, form)
                self._send(status, json.dumps(payload), {})
            elif fault.drop:
                self.close_connection = True
            else:
                self._send(fault.status, fault.body, fault.headers)
        finally:
            self.standin.leave()

    def _answer(self, call: Call, form: dict[str, str]) -> tuple[int, Record]:
        if call.resource == "oauth2/token":
            return self.standin.sign_in(form)
        if not self.standin.accepts(call.authorization):
            return 401, {"status": {"code": 401, "detail": "Authentication credentials were not provided."}}
        data = self.standin.data(call.resource, call.query, self.standin.url)
        if data is None:
            return 404, {"status": {"code": 404, "message": "Not Found"}}
        return 200, {"data": data, "status": {"code": 200, "message": "OK"}}

    def _send(self, status: int, body: str, headers: dict[str, str]) -> None:
        content = body.encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
