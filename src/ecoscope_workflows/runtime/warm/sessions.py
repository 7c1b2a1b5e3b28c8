"""Sessions for the next jobs: one is made before its job comes, for all the time until then is free."""

from __future__ import annotations

import os
import signal
from socket import send_fds, socket, socketpair
from typing import TYPE_CHECKING

from ecoscope_workflows.runtime.warm.preloading import say
from ecoscope_workflows.runtime.warm.session import Origin, stand_by

if TYPE_CHECKING:
    from collections.abc import Sequence


class Sessions:
    """The sessions of a server.

    Parameters
    ----------
    origin
        What the server was started with.
    closed
        Descriptors of the server that its sessions have no use for.
    """

    def __init__(self, origin: Origin, closed: Sequence[int]) -> None:
        self._origin, self._closed = origin, closed
        self._spare: socket | None = None

    @property
    def has_spare(self) -> bool:
        """Whether a session waits for the next job."""
        return self._spare is not None

    def prepare(self, *, rehearsed: bool) -> None:
        """Make the session of the next job; it ends with this process.

        Parameters
        ----------
        rehearsed
            Whether this process has done what the job's process is to do before its job comes.
        """
        # What it does then pays where a core has nothing else to do.
        self._spare = self._fork(early=rehearsed and _a_core_is_idle())

    def close(self) -> None:
        """End the session of the next job: it lacks what is loaded now, or none will come."""
        if self._spare is not None:
            self._spare.close()
            self._spare = None

    def hand_over(self, connection: socket, client: int, refusal: str) -> None:
        """Have a client served, or told a refusal."""
        for session in (self._spare, None):
            with session or self._fork(early=False) as channel:
                self._spare = None
                try:
                    send_fds(channel, [f"{client} {refusal}".encode()], [connection.fileno()])
                except OSError as error:  # it was killed while it waited
                    say(f"job of process {client}: {type(error).__name__}: {error}")
                else:
                    return

    def _fork(self, *, early: bool) -> socket:
        """Fork a session, and return where it waits for a connection; it ends where that is closed."""
        channel, other = socketpair()
        if os.fork() == 0:
            # The server does not wait for sessions: each tells its client all there is to say.
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            channel.close()
            for descriptor in self._closed:
                os.close(descriptor)
            stand_by(other, self._origin, early=early)
        other.close()
        return channel


def _a_core_is_idle() -> bool:
    """Return whether no more runs at this moment, this process included, than there are cores."""
    with open("/proc/loadavg", encoding="ascii") as file:  # noqa: PTH123  # a file of the kernel
        running, _, _ = file.read().split()[3].partition("/")
    return int(running) <= len(os.sched_getaffinity(0))
