"""Google Cloud Storage on loopback, as far as its clients in Python ask it: the JSON API, from threads.

It behaves as the real one does where a client can notice: an object appears whole when the last byte of its
upload has arrived and never before, a resumable upload says how far it came, listings come in pages, a
precondition that does not hold is a 412, and what is not there a 404.
It knows neither rights nor versions.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUTE = re.compile(r"/(?:(upload|download)/)?storage/v1/b/([^/]+)(?:/(o)(?:/([^/]+))?)?")
RANGE = re.compile(r"bytes=(\d+)-(\d*)")
CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")
# Parts of a resumable upload, but for the last one, are a multiple of this.
QUANTUM = 256 << 10
# By way, method, and whether it is about objects or a bucket.
ANSWERS = {
    ("", "GET", False): "tell_bucket",
    ("", "GET", True): "tell",
    ("", "DELETE", True): "delete",
    ("download", "GET", True): "download",
    ("upload", "POST", True): "upload",
    ("upload", "PUT", True): "go_on",
    ("upload", "DELETE", True): "give_up",
}


class Refused(Exception):  # noqa: N818  # an answer, no fault
    """A request that is answered with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Stored(NamedTuple):
    """An object, and what the API says of it."""

    data: bytes
    facts: dict[str, str]


class Upload(NamedTuple):
    """A resumable upload that has begun."""

    facts: dict[str, Any]
    query: dict[str, str]
    received: bytearray


class GoogleStorage:
    """The storage.

    Attributes
    ----------
    objects
        All objects, by bucket and name.
    uploads
        The resumable uploads that have begun and not ended.
    page
        How many objects a page of a listing holds at most.
    """

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Stored]] = {}
        self.uploads: dict[str, Upload] = {}
        self.page = 1000
        self.lock = threading.Lock()
        self.numbers = count(1_700_000_000_000_000)

    def bucket(self, name: str) -> dict[str, Stored]:
        """Return the objects of a bucket by name."""
        if name not in self.objects:
            raise Refused(404, "The specified bucket does not exist.")
        return self.objects[name]

    def found(self, bucket: str, name: str, query: dict[str, str]) -> Stored:
        """Return an object, if it is there and as a request wants it."""
        stored = self.bucket(bucket).get(name)
        if stored is None or query.get("generation") not in {None, stored.facts["generation"]}:
            raise Refused(404, f"No such object: {bucket}/{name}")
        check(stored, query)
        return stored

    def put(self, bucket: str, given: dict[str, Any], data: bytes, query: dict[str, str]) -> dict[str, str]:
        """Store an object, whole, and return what the API says of it."""
        name = given.get("name") or query["name"]
        check(self.bucket(bucket).get(name), query)
        digests = digests_of(data)
        if any(given.get(digest, value) != value for digest, value in digests.items()):
            raise Refused(400, "A checksum does not match.")
        when = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        number = str(next(self.numbers))
        facts = {"kind": "storage#object", "name": name, "bucket": bucket, "id": f"{bucket}/{name}/{number}"}
        facts |= {"generation": number, "metageneration": "1", "size": str(len(data)), **digests}
        facts |= {"timeCreated": when, "updated": when, "contentType": given["contentType"]}
        self.objects[bucket][name] = Stored(data, facts)
        return facts

    def listed(self, bucket: str, query: dict[str, str]) -> dict[str, Any]:
        """Return one page of a listing."""
        prefix, delimiter, before = (query.get(name, "") for name in ("prefix", "delimiter", "pageToken"))
        size = min(int(query.get("maxResults", self.page)), self.page)
        items: list[Any] = []
        prefixes: list[str] = []
        for name, stored in sorted(self.bucket(bucket).items()):
            folder, end, _ = name[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
            below = f"{prefix}{folder}{end}" if end else ""
            if not name.startswith(prefix) or name <= before or below in prefixes[-1:]:
                continue
            if len(items) + len(prefixes) == size:
                return {"items": items, "prefixes": prefixes, "nextPageToken": before}
            if end:
                prefixes.append(below)
            else:
                items.append(stored.facts)
            # All that is below a prefix is told with it.
            before = f"{below}\U0010ffff" if end else name
        return {"items": items, "prefixes": prefixes}


class Handler(BaseHTTPRequestHandler):
    """Answers one client."""

    protocol_version = "HTTP/1.1"
    # An answer is sent at once: its head alone would wait for the client to say that it has it.
    wbufsize = 1 << 16
    storage: GoogleStorage

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def answer(self, code: int, body: Any = b"", **headers: str) -> None:
        """Send an answer."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        self.send_response(code)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def handle_request(self) -> None:
        """Read a request to its end, and answer it; one that is cut off has done nothing."""
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        if len(body) < size:
            self.close_connection = True
            return
        parts = urlsplit(self.path)
        route, query = ROUTE.fullmatch(parts.path), dict(parse_qsl(parts.query))
        way, bucket, objects, name = [unquote(part or "") for part in route.groups()] if route else [""] * 4
        answer = ANSWERS.get((way, self.command, bool(objects)), "tell_unknown") if route else "tell_unknown"
        try:
            with self.storage.lock:
                getattr(self, answer)(bucket, name, query, body)
        except Refused as refused:
            self.answer(refused.code, {"error": {"code": refused.code, "message": str(refused)}})

    do_GET = do_POST = do_PUT = do_DELETE = handle_request  # noqa: N815  # as the library calls them

    def tell_unknown(self, *_: Any) -> None:
        raise Refused(501, f"{self.command} {self.path} is not known here")

    def tell_bucket(self, bucket: str, *_: Any) -> None:
        self.storage.bucket(bucket)
        self.answer(200, {"kind": "storage#bucket", "name": bucket, "id": bucket})

    def tell(self, bucket: str, name: str, query: dict[str, str], body: bytes) -> None:
        if not name:
            self.answer(200, {"kind": "storage#objects", **self.storage.listed(bucket, query)})
        elif query.get("alt") == "media":
            self.download(bucket, name, query, body)
        else:
            self.answer(200, self.storage.found(bucket, name, query).facts)

    def delete(self, bucket: str, name: str, query: dict[str, str], _: bytes) -> None:
        self.storage.found(bucket, name, query)
        del self.storage.bucket(bucket)[name]
        self.answer(204)

    def download(self, bucket: str, name: str, query: dict[str, str], _: bytes) -> None:
        data, facts = self.storage.found(bucket, name, query)
        asked = RANGE.fullmatch(self.headers.get("Range", ""))
        hashes = f"crc32c={facts['crc32c']},md5={facts['md5Hash']}"
        headers = {"X-Goog-Hash": hashes, "X-Goog-Generation": facts["generation"]}
        if asked is None:
            self.answer(200, data, **headers)
            return
        first, last = int(asked[1]), min(int(asked[2] or len(data)), len(data) - 1)
        if first >= len(data):
            raise Refused(416, "The requested range cannot be satisfied.")
        headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        self.answer(206, data[first : last + 1], **headers)

    def upload(self, bucket: str, name: str, query: dict[str, str], body: bytes) -> None:
        if "upload_id" in query:
            self.go_on(bucket, name, query, body)
        elif query.get("uploadType") == "multipart":
            facts, data = parts_of(body, self.headers["Content-Type"])
            self.answer(200, self.storage.put(bucket, facts, data, query))
        elif query.get("uploadType") == "resumable":
            self.storage.bucket(bucket)
            facts = {"contentType": self.headers.get("X-Upload-Content-Type"), **json.loads(body or "{}")}
            number = f"upload-{next(self.storage.numbers)}"
            self.storage.uploads[number] = Upload(facts, query, bytearray())
            path = f"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&upload_id={number}"
            self.answer(200, Location=f"http://{self.headers['Host']}{path}")
        else:
            raise Refused(501, "this kind of upload is not known here")

    def give_up(self, _: str, __: str, query: dict[str, str], ___: bytes) -> None:
        self.storage.uploads.pop(query["upload_id"], None)
        self.answer(499)

    def go_on(self, bucket: str, _: str, query: dict[str, str], body: bytes) -> None:
        upload = self.storage.uploads.get(query["upload_id"])
        if upload is None:
            raise Refused(410, "This upload has ended.")
        asked = CONTENT_RANGE.fullmatch(self.headers.get("Content-Range", f"bytes 0-0/{len(body)}"))
        first = int(asked[1] or 0) if asked else 0
        if asked is None or (asked[3] == "*" and len(body) % QUANTUM) or first > len(upload.received):
            raise Refused(400, "Failed to parse Content-Range header.")
        if asked[1] is not None:
            upload.received[first:] = body
        if asked[3] == "*" or len(upload.received) < int(asked[3]):
            self.answer(308, **({"Range": f"bytes=0-{len(upload.received) - 1}"} if upload.received else {}))
            return
        del self.storage.uploads[query["upload_id"]]
        self.answer(200, self.storage.put(bucket, upload.facts, bytes(upload.received), upload.query))


def check(stored: Stored | None, query: dict[str, str]) -> None:
    """Refuse a request whose precondition does not hold."""
    wanted = query.get("ifGenerationMatch")
    if wanted is not None and wanted != (stored.facts["generation"] if stored else "0"):
        raise Refused(412, "At least one of the pre-conditions you specified did not hold.")


def digests_of(data: bytes) -> dict[str, str]:
    """Return the checksums of an object, by their names in the API."""
    # It comes with the clients of Google's that are tested.
    crc = import_module("google_crc32c").Checksum(data).digest()
    digests = {"md5Hash": hashlib.md5(data, usedforsecurity=False).digest(), "crc32c": crc}
    return {name: base64.b64encode(digest).decode() for name, digest in digests.items()}


def parts_of(body: bytes, content_type: str) -> tuple[dict[str, Any], bytes]:
    """Return what is said of an object, and its content, from an upload of both."""
    boundary = b"--" + content_type.partition("boundary=")[2].strip("\"'").encode()
    end = b"\r\n" if body.startswith(boundary + b"\r\n") else b"\n"
    first, _, rest = body.removeprefix(boundary + end).partition(end + boundary + end)
    head, _, rest = rest.partition(end + end)
    data, closing, _ = rest.rpartition(end + boundary + b"--")
    if not closing:
        raise Refused(400, "Malformed multipart body.")
    said: dict[str, Any] = json.loads(first.partition(end + end)[2])
    return {"contentType": head.partition(b": ")[2].decode(), **said}, data


class Server(ThreadingHTTPServer):
    """Serves clients that may leave before they have their answer."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def google_storage() -> Iterator[tuple[str, GoogleStorage]]:
    """Run the storage, and give its address and what is in it."""
    storage = GoogleStorage()
    with Server(("127.0.0.1", 0), type("Answers", (Handler,), {"storage": storage})) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", storage
        finally:
            server.shutdown()
            thread.join()
