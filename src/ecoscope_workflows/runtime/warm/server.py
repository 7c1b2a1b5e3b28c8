"""The fork server of one run: a socket in, a process for each job that asks; ends with Snakemake.

It is started by Snakemake's process while it plans, or by the first job, as
``python -m ecoscope_workflows.runtime.warm.server DESCRIPTOR``.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from socket import socket

from ecoscope_workflows.runtime.warm.announcement import (
    START,
    Run,
    announced,
    stat_fields,
)
from ecoscope_workflows.runtime.warm.circumstances import bound_variables, circumstances, own_environment
from ecoscope_workflows.runtime.warm.client import interpreter, peer
from ecoscope_workflows.runtime.warm.preloading import Preloaded, say
from ecoscope_workflows.runtime.warm.session import Origin
from ecoscope_workflows.runtime.warm.sessions import Sessions

# A job that comes later than this finds a new server; until then the libraries stay in memory.
IDLE_SECONDS = 300.0
# So long after the last job the session of the next one is made: those that come at once have no use for it.
MOMENT = 0.002
# Standard input.
TASKS = 0


@dataclass(frozen=True, slots=True)
class Server:
    """A server at work.

    Parameters
    ----------
    listening
        The socket that jobs connect to.
    snakemake
        A descriptor of Snakemake's process.
    tasks
        A descriptor with the names of the tasks that Snakemake has come across, a line each.
    """

    run: Run
    listening: socket
    snakemake: int
    tasks: int
    preloaded: Preloaded
    origin: Origin

    def work(self, idle: float) -> None:
        """Fork for each job, until Snakemake has ended, nothing comes for `idle` seconds, or code changes."""
        with closing(Sessions(self.origin, [self.listening.fileno(), self.snakemake])) as sessions:
            say(self._serve(sessions, idle))

    def _serve(self, sessions: Sessions, idle: float) -> str:
        """Have sessions for all jobs, and return why there are no more."""
        poll = select.poll()
        for one in (self.listening, self.snakemake, self.tasks):
            poll.register(one, select.POLLIN)
        refusal = ""
        while not refusal:
            seconds = idle if sessions.has_spare else min(idle, MOMENT)
            ready = {descriptor for descriptor, _ in poll.poll(seconds * 1000)}
            if self.snakemake in ready:
                return "Snakemake has ended"
            if self.tasks in ready:
                sessions.close()
                if not self._follow():
                    poll.unregister(self.tasks)
            if self.listening.fileno() in ready:
                refusal = (
                    "code has changed since the warm worker was started" if self.preloaded.is_stale else ""
                )
                self._accept(sessions, refusal)
            elif not ready and sessions.has_spare:
                return f"no job for {idle:g} s"
            elif not ready:
                sessions.prepare(rehearsed=self.preloaded.is_rehearsed)
        return refusal

    def _accept(self, sessions: Sessions, refusal: str) -> None:
        connection, _ = self.listening.accept()
        with connection:
            pid, user = peer(connection)
            if user == os.getuid():
                sessions.hand_over(connection, pid, refusal)
            else:
                say(f"process {pid} of user {user} is refused")

    def _follow(self) -> bool:
        """Load what the next tasks need, and return whether there may be more."""
        names = os.read(self.tasks, 1 << 16)
        # A line is written as a whole, and the last one of so many may be cut: the jobs load what it needs.
        self.preloaded.follow(names.decode(errors="replace").split("\n")[:-1])
        return bool(names)


def main(descriptor: int) -> None:
    """Serve the run that the environment names."""
    environment = own_environment()
    own = circumstances(os.getpid())
    run = announced()
    if run is None:
        sys.exit("error: this is started by the jobs of a run, not by hand")
    _close_all_but(descriptor)
    snakemake = _watched(run)
    os.set_inheritable(descriptor, False)  # noqa: FBT003  # positional only
    preloaded = Preloaded(environment, descriptor, partial(_end_with, run, snakemake))
    origin = Origin(own, bound_variables(environment), [*interpreter(), sys.version])
    # A session is waited for by nobody: it tells its client all there is to say.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket(fileno=descriptor) as listening:
        _sweep(run)
        Server(run, listening, snakemake, TASKS, preloaded, origin).work(IDLE_SECONDS)
        _leave(run)


def _watched(run: Run) -> int:
    """Return a descriptor of Snakemake's process, or end this one where that has ended."""
    try:
        snakemake = os.pidfd_open(int(run.pid))
        if stat_fields(run.pid)[START] == run.started:
            return snakemake
    except OSError as error:
        say(str(error))
    _leave(run)
    sys.exit(0)


def _end_with(run: Run, snakemake: int) -> None:
    """End this process where Snakemake's has ended."""
    if select.select([snakemake], [], [], 0)[0]:
        say("Snakemake has ended")
        _leave(run)
        sys.exit(0)


def _leave(run: Run) -> None:
    """Remove the socket: one that stays behind, as of a server that was killed, makes jobs go cold."""
    (Path(run.folder) / run.socket).unlink(missing_ok=True)


def _close_all_but(descriptor: int) -> None:
    """Let go of what the first job had open beside its streams, and of which it does not know."""
    for path in list(Path("/proc/self/fd").iterdir()):
        if int(path.name) not in {0, 1, 2, descriptor}:
            with suppress(OSError):  # the folder itself, which is closed by now
                os.close(int(path.name))


def _sweep(run: Run) -> None:
    """Remove the sockets of runs of this machine that were killed with their servers."""
    for path in Path(run.folder).glob(f"{run.boot[:8]}-*"):
        pid, _, started = path.name.removeprefix(f"{run.boot[:8]}-").partition(".")[0].partition("-")
        with suppress(OSError):
            if stat_fields(pid)[START] == started:
                continue
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
