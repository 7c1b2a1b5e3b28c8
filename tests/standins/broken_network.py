"""A network between a client and a storage that breaks off transfers, once it is told which.

An upload that breaks off has never been: a storage does nothing with a request that has not arrived.
"""

from __future__ import annotations

import re
import socket
import struct
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 1 << 16
# So many bytes of an answer get through before it breaks off: its head, and not all of a large body.
SOME = 2000
# Closed like this, a connection is reset.
RESET = struct.pack("ii", 1, 0)


class BrokenNetwork:
    """What is between a client and a storage.

    Parameters
    ----------
    address
        Of the storage.

    Attributes
    ----------
    address
        Where clients are to find the storage.
    requests
        What the first line of a request has, or the beginning of what it posts, that never arrives.
    answers
        What the first line of a request has whose answer breaks off.
    stalls
        Whether what would break off stands still instead, until its client is gone.
    broken
        The first lines of the requests that broke off, or stand still.
    standing
        Is set when something stands still.
    """

    def __init__(self, address: str) -> None:
        self._storage = (str(urlsplit(address).hostname), urlsplit(address).port or 80)
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self.requests = self.answers = ""
        self.stalls = False
        self.broken: list[str] = []
        self.standing = threading.Event()

    def mend(self) -> None:
        """Let everything through from now on."""
        self.requests = self.answers = ""
        self.stalls = False
        self.broken.clear()
        self.standing.clear()

    def serve(self) -> None:
        """Take clients until the network is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Take no more clients."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _connect(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._storage) as storage, suppress(OSError):
            answers = _Answers(self, storage, client)
            while asked := client.recv(AT_ONCE):
                line, beginning = begun(client, asked)
                if self._breaks(self.requests, line, beginning):
                    self._stop(client, asked, beginning)
                    break
                if self._breaks(self.answers, line, b""):
                    answers.left = SOME
                storage.sendall(beginning)
            storage.shutdown(socket.SHUT_RDWR)
            answers.join()

    def _breaks(self, what: str, line: str, beginning: bytes) -> bool:
        of_body = beginning[:AT_ONCE].decode("latin-1") if line.startswith("POST") else ""
        is_meant = bool(what and line and re.search(what, line + of_body))
        if is_meant:
            self.broken.append(line)
        return is_meant

    def _stop(self, client: socket.socket, asked: bytes, beginning: bytes) -> None:
        if b"expect: 100-continue" in asked.lower():
            client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if beginning.startswith(b"P") and beginning.endswith(b"\r\n\r\n"):
            client.recv(AT_ONCE)
        if self.stalls:
            self.standing.set()
            while client.recv(AT_ONCE):
                pass
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)


class _Answers(threading.Thread):
    """Lets answers through, until no more bytes are left to be let through."""

    def __init__(self, network: BrokenNetwork, storage: socket.socket, client: socket.socket) -> None:
        super().__init__(daemon=True)
        self._network, self._storage, self._client = network, storage, client
        self.left: int | None = None
        self.start()

    def run(self) -> None:
        with suppress(OSError):
            while answer := self._storage.recv(AT_ONCE):
                if self.left is None:
                    self._client.sendall(answer)
                    continue
                self._client.sendall(answer[: self.left])
                self.left -= len(answer)
                if self.left <= 0 and self._network.stalls:
                    self._network.standing.set()
                    return
                if self.left <= 0:
                    break
            self._client.shutdown(socket.SHUT_RDWR)


def begun(client: socket.socket, asked: bytes) -> tuple[str, bytes]:
    """Return the first line of a request, and what has come of it; no line in the middle of one.

    What a client posts comes after the head, and says what it is.
    """
    line = asked.partition(b" HTTP/1.1\r\n")[0].decode("latin-1")
    if not re.match("(GET|PUT|POST|DELETE|HEAD) /", line):
        return "", asked
    is_posted = line.startswith("POST") and b"content-length: 0\r\n" not in asked.lower()
    return line, asked + client.recv(AT_ONCE) if is_posted and asked.endswith(b"\r\n\r\n") else asked


@contextmanager
def broken_network(address: str) -> Iterator[BrokenNetwork]:
    """Run a network in front of a storage, which lets everything through at first."""
    network = BrokenNetwork(address)
    thread = threading.Thread(target=network.serve)
    thread.start()
    try:
        yield network
    finally:
        network.close()
        thread.join()
