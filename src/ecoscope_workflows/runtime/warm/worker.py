"""The last step of a fork: it becomes what a cold process of the job would be, and ends like one."""

from __future__ import annotations

import atexit
import gc
import json
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ecoscope_workflows.runtime import command
from ecoscope_workflows.runtime.orphans import Orphanage, ancestors, birth
from ecoscope_workflows.runtime.warm.announcement import announced
from ecoscope_workflows.runtime.warm.client import FORWARDED
from ecoscope_workflows.runtime.warm.native_threads import all_single, set_openblas_threads, wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

# As Python itself ends when its output cannot be written.
FLUSH_FAILED = 120
STREAMS = 3
# What a session passes on, and what is not for it.
BLOCKED = (*FORWARDED, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for.

    Parameters
    ----------
    client
        Its process id.
    interpreter
        Its Python, with options and version.
    argv
        The arguments of the job.
    environment, streams, umask
        Its variables, descriptors of its standard input, output and error, and mask for new files.
    """

    client: int
    interpreter: list[str]
    argv: list[str]
    environment: dict[str, str]
    streams: list[int]
    umask: int


def begin(channel: socket.socket, request: Request) -> None:
    """Let a process that waits run a job."""
    socket.send_fds(channel, [b"\0"], request.streams)
    # Names and values that are no UTF-8 have lone surrogates, which JSON writes as ASCII.
    channel.sendall(json.dumps(asdict(replace(request, streams=[]))).encode("ascii"))
    channel.shutdown(socket.SHUT_WR)


def run_one(channel: socket.socket) -> NoReturn:
    """Wait for a job, take on the place of its client, run it, and end this process."""
    code = 1
    own = os.getpid()
    try:
        _, streams, *_ = socket.recv_fds(channel, 1, STREAMS)
        with channel.makefile("rb") as file:
            request = Request(**json.loads(file.read()))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, BLOCKED)
        _take_place(request.argv, request.environment, streams, request.umask)
        code = _run(list(request.argv), request.client)
    finally:
        code = _finish(code)
        # A fork of the task that comes here as well has nothing to say.
        if os.getpid() == own:
            with suppress(OSError):  # the task may have closed all that it has not opened
                channel.send(str(code).encode("ascii"))
        os._exit(code)


def _take_place(argv: Sequence[str], environment: dict[str, str], streams: Sequence[int], umask: int) -> None:
    for own, given in enumerate(streams):
        os.dup2(given, own)
        os.close(given)
    os.umask(umask)
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    # Most are the same, and each that is set costs memory that is not shared any more.
    os.environ.update(environment.items() - os.environ.items())
    tempfile.tempdir = None
    sys.argv = [str(Path(command.__file__).with_name("__main__.py")), *argv]
    for stream, terminal in ((sys.stdout, os.isatty(1)), (sys.stderr, True)):
        stream.reconfigure(line_buffering=terminal)  # type: ignore[union-attr]  # the server's own, never replaced
    _reseed()
    gc.enable()
    if not all_single(environment):
        set_openblas_threads(wanted(environment))
    with suppress(OSError):
        # What `ps` and `top` show.
        Path("/proc/self/comm").write_text(argv[0][:15] if argv else "job", encoding="utf-8")


def _reseed() -> None:
    """Give this process random numbers of its own."""
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def _run(argv: list[str], client: int) -> int:
    """Return the exit code that Python gives to what the job's program returns or raises."""
    try:
        run = announced()
        # Snakemake itself is the client where it hands its jobs over without a shell.
        origin = birth if run is not None and run.pid == str(client) else ancestors
        return command.main(argv, allowed=Orphanage(client, origin))
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)  # noqa: T201  # as Python does
        return 1
    except KeyboardInterrupt:
        traceback.print_exc()
        _finish(1)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
        return 128 + signal.SIGINT
    except BaseException:  # noqa: BLE001  # this is the outermost frame of the job's process
        traceback.print_exc()
        return 1


def _finish(code: int) -> int:
    """Do what Python does at its end, but for taking apart what the fork shares; return the exit code."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001  # as the interpreter does
        atexit._run_exitfuncs()  # noqa: SLF001  # as above
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return FLUSH_FAILED
    return code & 0xFF
