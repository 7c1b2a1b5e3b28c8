"""The log of a job as a file that is written to: alone, or with the terminal where nobody sees the file."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from ecoscope_workflows.runtime.words import ECHO_ALWAYS, ECHO_VARIABLE, LOG_BEGINS, LOG_ENDS

if TYPE_CHECKING:
    from pathlib import Path

SECONDS_FOR_LAST_WORDS = 2


def open_log(log: Path) -> int:
    """Return a file descriptor: what is written to it goes to the log, and to the terminal if asked."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if os.environ.get(ECHO_VARIABLE) == ECHO_ALWAYS:
        return _to_both(log)
    return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)


def _to_both(log: Path) -> int:
    import atexit  # noqa: PLC0415  # of a job without a common file system alone
    import subprocess  # noqa: PLC0415  # as above

    terminal = os.dup(2)
    os.write(terminal, LOG_BEGINS.encode())
    reading, writing = os.pipe()
    # A process of its own, which writes the last words of one that is killed.
    tee = subprocess.Popen(["tee", "--", log], stdin=reading, stdout=terminal)  # noqa: S603, S607  # of every system
    os.close(reading)

    def finish() -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        # A process that the task has left behind may hold the other end for ever.
        with suppress(subprocess.TimeoutExpired):
            tee.wait(SECONDS_FOR_LAST_WORDS)
        os.write(terminal, LOG_ENDS.encode())

    # The last thing of all: after the trace of an error that nobody has caught.
    atexit.register(finish)
    return writing
