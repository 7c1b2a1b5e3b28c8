"""A job in the server's fork: asked by a client, it forks the job, passes signals on, and tells the outcome.

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
from ecoscope_workflows.runtime.warm.worker import become

if TYPE_CHECKING:
    from collections.abc import Mapping

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
# A signal to the whole group reaches this process when it reaches the client, but for the clock's grain.
SAME_MOMENT = 0.02
# A client sends its request at once; one that does not is none of ours.
PATIENCE = 10.0
BLOCKED = (*FORWARDED, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)


@dataclass(frozen=True, slots=True)
class Origin:
    """What the server was started with: a job must have started with the same."""

    circumstances: Mapping[str, str]
    environment: Mapping[str, str]
    interpreter: list[str]


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for."""

    client: int
    interpreter: list[str]
    argv: list[str]
    environment: dict[str, str]
    streams: list[int]
    umask: int


def serve(connection: socket.socket, client: int, origin: Origin, refusal: str = "") -> NoReturn:
    """Run the job of a client, or tell it a refusal, and end this process."""
    try:
        _serve(connection, client, origin, refusal)
    except (OSError, ValueError) as error:
        say(f"job of process {client}: {type(error).__name__}: {error}")
    finally:
        os._exit(0)


def _serve(connection: socket.socket, client: int, origin: Origin, refusal: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    connection.settimeout(PATIENCE)
    request = _receive(connection, client)
    reason = refusal or _why_not(request, origin)
    if reason:
        connection.sendall(f"{reason}\n".encode(errors="backslashreplace"))
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, BLOCKED)
    os.setpgid(0, os.getpgid(client))
    _control(PR_SET_CHILD_SUBREAPER, 1)
    connection.sendall(READY)
    if connection.recv(len(GO)) != GO:
        return
    connection.settimeout(None)
    session = os.getpid()
    job = os.fork()
    if job == 0:
        connection.close()
        _control(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != session:
            os._exit(1)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, BLOCKED)
        become(request.argv, request.environment, request.streams, request.umask, client)
    for descriptor in request.streams:
        os.close(descriptor)
    gone = _watch(connection, job)
    _, status = os.waitpid(job, 0)
    code = os.waitstatus_to_exitcode(status)
    if gone or code < 0:
        _end_children()
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(str(code).encode("ascii"))


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


def _watch(connection: socket.socket, job: int) -> bool:
    """Pass on what the client is told, until the job ends; return whether the client went away before."""
    process = os.pidfd_open(job)
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    poll.register(process, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in poll.poll()}
        if process in ready:
            return False
        if connection.fileno() in ready:
            numbers = _told(connection)
            if not numbers:
                os.kill(job, signal.SIGKILL)
                return True
            for number in numbers:
                # Where the whole group got it, the job has it already.
                if number in FORWARDED and signal.sigtimedwait([number], SAME_MOMENT) is None:
                    os.kill(job, number)


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
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
