"""The last step of a fork: it becomes what a cold process of the job would be, and ends like one."""

from __future__ import annotations

import atexit
import gc
import os
import random
import signal
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ecoscope_workflows.runtime import command
from ecoscope_workflows.runtime.orphans import Orphanage, ancestors, birth
from ecoscope_workflows.runtime.warm.announcement import announced
from ecoscope_workflows.runtime.warm.native_threads import all_single, set_openblas_threads, wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

# As Python itself ends when its output cannot be written.
FLUSH_FAILED = 120


def become(
    argv: Sequence[str], environment: dict[str, str], streams: Sequence[int], umask: int, client: int
) -> NoReturn:
    """Take on the place of a client, run its job, and end this process.

    Parameters
    ----------
    argv
        The arguments of the job.
    environment, streams, umask
        The client's: variables, descriptors of standard input, output and error, and mask for new files.
    client
        The client's process id.
    """
    code = 1
    try:
        _take_place(argv, environment, streams, umask)
        code = _run(list(argv), client)
    finally:
        os._exit(_finish(code))


def _take_place(argv: Sequence[str], environment: dict[str, str], streams: Sequence[int], umask: int) -> None:
    for own, given in enumerate(streams):
        os.dup2(given, own)
        os.close(given)
    os.umask(umask)
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    os.environ.update(environment)
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
