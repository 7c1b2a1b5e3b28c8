"""The processes of a server: those that work for it, and those that wait for a job."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from tests.runtime.warm_run import is_alive


def servers_in(folder: Path) -> list[int]:
    """Return the process ids of the servers that work in a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended since, or is another user's
            pid = int(path.name)
            command = (path / "cmdline").read_bytes()
            # A session is in the group of its server until it has a client.
            if b"warm.server" in command and (path / "cwd").readlink() == folder and os.getpgid(pid) == pid:
                found.append(pid)
    return found


def waiting(server: int) -> list[int]:
    """Return the process ids of the session that waits for a job, and of its job; none where none waits."""
    for session in _children(server):
        jobs = _children(session)
        # From when it has a client it is in the client's group.
        if jobs and all(is_alive(pid) and os.getpgid(pid) == server for pid in (session, *jobs)):
            return [session, *jobs]
    return []


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
