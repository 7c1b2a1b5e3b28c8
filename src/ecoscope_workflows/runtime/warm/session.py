"""A job in the server's fork: it forks the job, hears the client, passes signals on, and tells the outcome.

It joins the client's process group, so that Ctrl-C, Ctrl-Z and a kill of the group reach the job as if it
were cold, and it is the one that orphans of the job are given to, so that none outlives a job that is killed.
"""

from __future__ import annotations

import array
import ctypes
import os
import select
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from ecoscope_workflows.runtime.warm.circumstances import (
    bound_variables,
    circumstances,
    difference,
    umask_of,
)
from ecoscope_workflows.runtime.warm.client import FORWARDED, GO, HEAD, READY
from ecoscope_workflows.runtime.warm.native_threads import all_single, obstacle
from ecoscope_workflows.runtime.warm.preloading import say
from ecoscope_workflows.runtime.warm.rehearsal import warm_up
from ecoscope_workflows.runtime.warm.worker import BLOCKED, Request, begin, run_one

if TYPE_CHECKING:
    from collections.abc import Mapping

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
# A signal to the whole group reaches this process when it reaches the client, but for the clock's grain.
SAME_MOMENT = 0.02
# A client sends its request at once; one that does not is none of ours.
PATIENCE = 10.0
# The most that the server says of a client.
SAID = 4096


@dataclass(frozen=True, slots=True)
class Origin:
    """What the server was started with: a job must have started with the same."""

    circumstances: Mapping[str, str]
    environment: Mapping[str, str]
    interpreter: list[str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The process of a job that has not begun.

    Parameters
    ----------
    pid
        Its id.
    process
        A descriptor of it.
    channel
        Where it is told what to do, and tells its exit code.
    """

    pid: int
    process: int
    channel: socket.socket


def stand_by(server: socket.socket, origin: Origin, *, early: bool) -> NoReturn:
    """Make a process for a job, run the job of the client that the server hands over, and end this process.

    Parameters
    ----------
    server
        Where the connection to a client comes from; it is closed where none will come.
    origin
        What the server was started with.
    early
        Whether nobody waits yet, so that the job's process has time to warm up.
    """
    try:
        _stand_by(server, origin, early=early)
    except Exception as error:  # noqa: BLE001  # this is the outermost frame of the session's process
        say(f"a session ends early: {type(error).__name__}: {error}")
    finally:
        os._exit(0)


def _stand_by(server: socket.socket, origin: Origin, *, early: bool) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, BLOCKED)
    _control(PR_SET_CHILD_SUBREAPER, 1)
    job = _prepare(server, early=early)
    begun = False
    try:
        said, descriptors, *_ = socket.recv_fds(server, SAID, 1)
        if descriptors:
            client, _, refusal = said.decode().partition(" ")
            with socket.socket(fileno=descriptors[0]) as connection:
                begun = _serve(connection, int(client), origin, refusal, job)
    finally:
        if not begun:
            _end_children()


def _prepare(server: socket.socket, *, early: bool) -> Waiting:
    """Fork the process of the job."""
    session = os.getpid()
    channel, other = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        _control(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != session:
            os._exit(1)
        server.close()
        channel.close()
        if early:
            warm_up()
        run_one(other)
    other.close()
    return Waiting(pid, os.pidfd_open(pid), channel)


def _serve(connection: socket.socket, client: int, origin: Origin, refusal: str, job: Waiting) -> bool:
    """Run the job of a client, or tell it a refusal; return whether the job was begun."""
    connection.settimeout(PATIENCE)
    request = _receive(connection, client)
    reason = refusal or _why_not(request, origin)
    if reason:
        connection.sendall(f"{reason}\n".encode(errors="backslashreplace"))
        # A client that is still sending would take the end of this process for the answer.
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)
        return False
    if select.select([job.process], [], [], 0)[0]:
        raise ChildProcessError("the process of the job has ended before its job has begun")
    for process in (0, job.pid):
        os.setpgid(process, os.getpgid(client))
    connection.sendall(READY)
    if connection.recv(len(GO)) != GO:
        return False
    connection.settimeout(None)
    begin(job.channel, request)
    for descriptor in request.streams:
        os.close(descriptor)
    told = _watch(connection, job)
    code = _end_of(job) if told is None else told
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(str(code).encode("ascii"))
    connection.close()
    if told is not None:
        os.waitpid(job.pid, 0)
    return True


def _end_of(job: Waiting) -> int:
    """Wait for the end of a job, of which nothing stays where it was killed."""
    code = os.waitstatus_to_exitcode(os.waitpid(job.pid, 0)[1])
    if code < 0:
        _end_children()
    return code


def _receive(connection: socket.socket, client: int) -> Request:
    size = array.array("i").itemsize
    data, ancillary, *_ = connection.recvmsg(1 << 16, socket.CMSG_SPACE(3 * size))
    streams = array.array("i")
    for level, kind, content in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            streams.frombytes(content[: len(content) - len(content) % size])
    whole = bytearray(data)
    while len(whole) < HEAD or len(whole) < HEAD + int.from_bytes(whole[:HEAD], "big"):
        more = connection.recv(1 << 16)
        if not more:
            raise ValueError("the request ends early")
        whole += more
    words = [os.fsdecode(word) for word in bytes(whole[HEAD:]).split(b"\0")]
    count = int(words[0])
    interpreter, words = words[1 : count + 2], words[count + 2 :]
    count = int(words[0])
    argv, variables = words[1 : count + 1], words[count + 1 :]
    environment = {name: value for name, _, value in (word.partition("=") for word in variables)}
    return Request(client, interpreter, argv, environment, list(streams), umask_of(client))


def _why_not(request: Request, origin: Origin) -> str:
    """Return why a job cannot be run by a fork of the server; empty where it can."""
    if request.interpreter != origin.interpreter:
        return "the job has another Python than the warm worker"
    different = difference(dict(origin.circumstances), circumstances(request.client))
    if different:
        return f"the {different} of the job differs from the warm worker's"
    different = difference(dict(origin.environment), bound_variables(request.environment))
    if different:
        return f"the variable {different} of the job differs from the warm worker's"
    if os.getsid(0) != os.getsid(request.client):
        return "the job is in another session than the warm worker"
    if len(request.streams) != 3:  # noqa: PLR2004  # standard input, output and error
        return "the job has no standard streams"
    library = "" if all_single(request.environment) else obstacle()
    return f"{library} cannot change its number of threads" if library else ""


def _watch(connection: socket.socket, job: Waiting) -> int | None:
    """Pass on what the client is told, until the job ends; where the client goes away before, end the job.

    Returns
    -------
    int or None
        The exit code, where the job says it: its client need not wait until the kernel has taken apart the
        memory that the job's process shares. None where it has to be asked for.
    """
    poll = select.poll()
    for one in (connection, job.process, job.channel):
        poll.register(one, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in poll.poll()}
        if job.channel.fileno() in ready:
            if code := _told(job.channel):
                return int(code)
            poll.unregister(job.channel)
        if job.process in ready:
            return None
        if connection.fileno() in ready:
            numbers = _told(connection)
            if not numbers:
                os.kill(job.pid, signal.SIGKILL)
                return None
            for number in numbers:
                # Where the whole group got it, the job has it already.
                if number in FORWARDED and signal.sigtimedwait([number], SAME_MOMENT) is None:
                    os.kill(job.pid, number)


def _told(connection: socket.socket) -> bytes:
    try:
        return connection.recv(64)
    except ConnectionResetError:
        return b""


def _end_children() -> None:
    """Kill all that the job has started: what loses its parent becomes a child of this process."""
    own = f"/proc/self/task/{os.getpid()}/children"
    with suppress(ChildProcessError):
        while True:
            with open(own, encoding="ascii") as file:  # noqa: PTH123  # a file of the kernel
                children = file.read().split()
            for child in children:
                with suppress(ProcessLookupError):
                    os.kill(int(child), signal.SIGKILL)
            os.waitpid(-1, 0)


def _control(option: int, value: int) -> None:
    if LIBC.prctl(option, value, 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
