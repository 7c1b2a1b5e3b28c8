"""A job handed over by Snakemake's own process: what the client does, without a shell and a program for it.

The job is the same one: it has the words of the rule's command, the variables that Snakemake's shell would
give it, and the standard streams, the folder and the process group of Snakemake.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ecoscope_workflows.runtime.known_results import restored
from ecoscope_workflows.runtime.orphans import Orphanage, birth
from ecoscope_workflows.runtime.warm.ahead import OPTIONS
from ecoscope_workflows.runtime.warm.announcement import announced
from ecoscope_workflows.runtime.warm.circumstances import TEMPORARY_VARIABLES, THREAD_VARIABLES
from ecoscope_workflows.runtime.warm.client import ColdError, ask, connect, wait_for

if TYPE_CHECKING:
    from collections.abc import Sequence

# What a rule's command begins with.
PROGRAM = ["python", *OPTIONS, "-m", "ecoscope_workflows.runtime"]
# Words as `shlex.quote` writes them: nothing in them means anything to a shell.
_WORD = r"""(?:[\w@%+=:,./-]++|'[^']*+'|"'")++"""
_WORDS = re.compile(rf"{_WORD}(?:[ ]++{_WORD})*+[ ]*+", re.ASCII)


def job_in(command: str) -> list[str] | None:
    """Return the arguments of the job that a shell command is; None where it is anything else.

    Parameters
    ----------
    command
        The command of a rule, its wildcards filled in.
    """
    if _WORDS.fullmatch(command) is None:
        return None
    words = shlex.split(command)
    return words[len(PROGRAM) :] if words[: len(PROGRAM)] == PROGRAM else None


def run(argv: Sequence[str], *, threads: int, temporary: str) -> int:
    """Restore the result of a job, or have a warm worker make it; return when it has ended.

    Parameters
    ----------
    argv
        The arguments of the job.
    threads
        How many threads it may use.
    temporary
        Its folder for temporary files; empty where it has none of its own.

    Returns
    -------
    int
        The exit code, or minus the number of the signal that ended the job.

    Raises
    ------
    ColdError
        No worker can run it as a process of its own would; nothing of it has been done.
    """
    words = list(argv)
    try:
        if restored(words, Orphanage(os.getpid(), birth)):
            return 0
    except SystemExit:
        return 1  # the log says why
    run_ = announced()
    python = Path(sys.executable).with_name(PROGRAM[0])
    if run_ is None or not python.exists():
        raise ColdError("no warm worker is wanted")
    program = [str(python), *OPTIONS]
    try:
        connection = connect(run_, program)
    except OSError as error:
        raise ColdError(str(error)) from None
    try:
        try:
            ask(connection, program, words, _environment(threads, temporary))
        except OSError as error:
            raise ColdError(str(error)) from None
        return wait_for(connection)
    finally:
        connection.close()


def _environment(threads: int, temporary: str) -> dict[bytes, bytes]:
    """Return the variables that Snakemake's shell gives to a job."""
    own = dict.fromkeys(THREAD_VARIABLES, str(threads))
    if temporary:
        own |= dict.fromkeys(TEMPORARY_VARIABLES, temporary)
    return {**os.environb, **{os.fsencode(name): os.fsencode(value) for name, value in own.items()}}
