"""The observations of a subject group from a slow site on loopback, beside a client written by hand.

Run ``python benchmarks/earthranger_download.py``.
The site holds its answers ready and waits 80 ms before each, as one far away does.
It runs in a process of its own, so that CPU is that of the client alone.
"published" is what the published client took, measured once on a machine of the same class.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

RUNS = 5
SUBJECTS = 40
OBSERVATIONS = 2_500
SECONDS_PER_ANSWER = 0.08
CLIENTS = ("get_subjectgroup_observations", "by hand")
PUBLISHED = ["published", "23.9", "16.4", "85", ""]
HEADER = ["40 subjects, 100,000 observations, 80 ms", "wall s", "CPU s", "requests", "peak MB"]
# Linux counts in KiB, macOS in bytes.
BYTES_PER_MAXRSS = 1 if sys.platform == "darwin" else 1024
START = datetime(2024, 1, 1, tzinfo=UTC)


def answers() -> dict[str, bytes]:
    """Return what the site says, by resource, and by subject for observations."""
    subjects = [
        {"id": f"subject-{number}", "name": f"Animal {number}", "subject_subtype": "elephant", "sex": "male"}
        for number in range(SUBJECTS)
    ]
    groups = [{"id": "group", "name": "Elephants", "subgroups": [], "subjects": subjects}]
    data: dict[str, Any] = {"subjectgroups": groups, "subjects": _page(subjects)}
    for number, subject in enumerate(subjects):
        data[subject["id"]] = _page([_observation(number, fix) for fix in range(OBSERVATIONS)])
    ready = {
        name: json.dumps({"data": value, "status": {"code": 200}}).encode() for name, value in data.items()
    }
    token = {"access_token": "token", "expires_in": 36000, "token_type": "Bearer", "refresh_token": "r"}
    return {**ready, "token": json.dumps(token).encode()}


def _page(records: list[dict[str, Any]]) -> dict[str, Any]:
    return {"count": len(records), "next": None, "previous": None, "results": records}


def _observation(subject: int, fix: int) -> dict[str, Any]:
    when = (START + timedelta(minutes=30 * fix)).isoformat().replace("+00:00", "Z")
    place = {"longitude": 37.0 + subject / 100 + fix / 1e5, "latitude": 0.5 + fix / 1e5}
    source = f"source-{subject}"
    own = {"id": f"fix-{subject}-{fix}", "location": place, "source": source, "exclusion_flags": 0}
    return {**own, "created_at": when, "recorded_at": when}


class Site(BaseHTTPRequestHandler):
    """Gives the answers, and says at ``/count`` how often it was asked since it was last asked that."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    ready = answers() if sys.argv[1:] == ["site"] else {}
    lock = threading.Lock()
    count = 0

    def do_GET(self) -> None:
        """Answer."""
        url = urlsplit(self.path)
        if url.path == "/count":
            self._send(str(Site.count).encode())
            Site.count = 0
            return
        name = url.path.strip("/").rpartition("/")[2]
        self._answer(parse_qs(url.query)["subject_id"][0] if name == "observations" else name)

    def do_POST(self) -> None:
        """Sign in whoever asks."""
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._answer("token")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name http.server calls
        """Keep quiet."""

    def _answer(self, name: str) -> None:
        with Site.lock:
            Site.count += 1
        time.sleep(SECONDS_PER_ANSWER)
        self._send(Site.ready[name])

    def _send(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def serve() -> None:
    """Serve until this process is ended."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


def by_task(url: str) -> int:
    """Download with the task; return the number of observations."""
    from ecoscope_workflows.tasks.io import get_subjectgroup_observations  # noqa: PLC0415  # half a second
    from ecoscope_workflows.tasks.time_ranges import TimeRange  # noqa: PLC0415  # as above

    prefix = "ECOSCOPE_WORKFLOWS__CONNECTIONS__EARTHRANGER__BENCH__"
    settings = {"SERVER": url, "USERNAME": "ranger", "PASSWORD": "secret"}
    os.environ.update({prefix + name: value for name, value in settings.items()})
    period = TimeRange(since=START, until=START + timedelta(days=365))
    return len(get_subjectgroup_observations("bench", "Elephants", period))


def by_hand(url: str) -> int:
    """Download one subject after the other over one connection, as a script does."""
    import geopandas as gpd  # noqa: PLC0415  # half a second
    import httpx  # noqa: PLC0415  # as above
    import pandas as pd  # noqa: PLC0415  # as above

    with httpx.Client(base_url=url, trust_env=False) as http:
        form = {"grant_type": "password", "username": "ranger", "password": "secret"}
        token = http.post("/oauth2/token", data={**form, "client_id": "das_web_client"}).json()[
            "access_token"
        ]
        http.headers["Authorization"] = f"Bearer {token}"

        def ask(path: str, **query: Any) -> Any:
            return http.get(f"/api/v1.0/{path}/", params=query).raise_for_status().json()["data"]

        group = ask("subjectgroups", group_name="Elephants")[0]["id"]
        subjects = ask("subjects", subject_group=group, page_size=4000)["results"]
        since = START.isoformat()
        records = [
            {**record, "subject": subject["name"]}
            for subject in subjects
            for record in ask("observations", subject_id=subject["id"], since=since, page_size=4000)[
                "results"
            ]
        ]
    frame = pd.json_normalize(records)
    for name in ("recorded_at", "created_at"):
        frame[name] = pd.to_datetime(frame[name])
    points = gpd.points_from_xy(frame["location.longitude"], frame["location.latitude"], crs="EPSG:4326")
    return len(gpd.GeoDataFrame(frame, geometry=points))


def measured(client: str, url: str) -> list[str]:
    """Return the row of a client: the least of some runs, each in a process of its own."""
    import httpx  # noqa: PLC0415  # the site does without

    walls, cpus, peaks, requests = [], [], [], 0
    for _ in range(RUNS):
        started = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-W", "ignore", __file__, client, url])
        _, status, usage = os.wait4(process.pid, 0)
        walls.append(time.perf_counter() - started)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{client} failed")
        cpus.append(usage.ru_utime + usage.ru_stime)
        peaks.append(usage.ru_maxrss * BYTES_PER_MAXRSS / 1e6)
        requests = int(httpx.get(f"{url}/count", trust_env=False).text)
    return [client, f"{min(walls):.2f}", f"{min(cpus):.2f}", str(requests), f"{min(peaks):.0f}"]


def rows() -> list[list[str]]:
    """Return the header and a row per client: whole processes, imports included."""
    with subprocess.Popen([sys.executable, __file__, "site"], stdout=subprocess.PIPE, text=True) as site:
        try:
            port = site.stdout.readline().strip() if site.stdout else ""
            return [HEADER, *(measured(client, f"http://127.0.0.1:{port}") for client in CLIENTS), PUBLISHED]
        finally:
            site.terminate()


if __name__ == "__main__":
    if sys.argv[1:] == ["site"]:
        serve()
    elif len(sys.argv) > 1:
        downloaded = {"by hand": by_hand}.get(sys.argv[1], by_task)(sys.argv[2])
        if downloaded != SUBJECTS * OBSERVATIONS:
            sys.exit(f"{downloaded} observations came")
    else:
        from benchmarks.tables import markdown

        print(markdown(rows()))
