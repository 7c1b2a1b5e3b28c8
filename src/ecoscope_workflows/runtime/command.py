"""The command line of a rule in, its job run: the same in a cold process and in a warm worker.

The command line says everything; what the task prints goes to the rule's log.
An error goes to the log and, unless Snakemake shows the log itself, to the terminal.
"""

from __future__ import annotations

import os
import sys
import warnings
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from ecoscope_workflows.errors import EcoscopeWorkflowsError, Problem
from ecoscope_workflows.runtime.execute import execute
from ecoscope_workflows.runtime.job_log import open_log
from ecoscope_workflows.runtime.jobs import Job, calls_of, how_called, read_arguments
from ecoscope_workflows.runtime.orphans import Orphanage
from ecoscope_workflows.runtime.place import place
from ecoscope_workflows.runtime.spec_hashes import spec_of
from ecoscope_workflows.runtime.timeouts import Timeout
from ecoscope_workflows.runtime.usage import Usage
from ecoscope_workflows.runtime.words import (
    CALLS,
    EACH,
    ECHO_ALWAYS,
    ECHO_NEVER,
    ECHO_VARIABLE,
    SKIPIF,
)

USAGE = """\
usage: python -m ecoscope_workflows.runtime INSTANCE --task MODULE:NAME[@FINGERPRINT] --output FILE
           [--args JSON] [--input ARGUMENT=FILE]... [--each INSTANCE=FILE]... [--mock FILE]
           [--threads N] [--timeout SECONDS] [--log FILE]
           [--chunk-size N [--chunk NAME]] [--index FILE]"""
OPTIONS = frozenset(
    {
        *("--task", "--output", "--args", "--mock", "--log", "--timeout", "--threads"),
        *("--chunk-size", "--chunk", "--index"),
    }
)


def parse(argv: list[str]) -> tuple[Job, Path | None]:
    """Read the command line of a rule; an option's value is the next word, whatever it looks like."""
    if len(argv) % 2 == 0 or argv[0].startswith("-"):
        raise SystemExit(USAGE)
    instance = argv[0]
    options: dict[str, str] = {}
    files: dict[str, dict[str, tuple[Path, ...]]] = {"--input": {}, "--each": {}}
    for option, value in zip(argv[1::2], argv[2::2], strict=True):
        if option in files:
            name, _, path = value.partition("=")
            if path:  # an optional file that is not given
                files[option][name] = (*files[option].get(name, ()), Path(path))
        elif option in OPTIONS:
            options[option] = value
        else:
            raise SystemExit(f"unknown option {option!r}\n{USAGE}")
    if not {"--task", "--output"} <= options.keys():
        raise SystemExit(USAGE)
    task, _, code = options["--task"].partition("@")
    encoded = read_arguments(options.get("--args", "{}"))
    inputs, each_files = files["--input"], files["--each"]
    calls = calls_of(encoded, inputs, each_files)
    each, skipif = how_called(encoded, each_files.get(instance, ()))
    job = Job(
        instance=instance,
        task=task,
        output=Path(options["--output"]),
        arguments={name: value for name, value in encoded.items() if name not in {EACH, SKIPIF, CALLS}},
        inputs={name: paths for name, paths in inputs.items() if "." not in name},
        code=code,
        each=each,
        skipif=skipif,
        calls=calls,
        spec=spec_of(options["--output"]),
        mock=Path(options["--mock"]) if "--mock" in options else None,
        timeout=int(options["--timeout"]) if "--timeout" in options else None,
        threads=int(options.get("--threads", "1")),
        chunk_size=int(options.get("--chunk-size", "0")),
        chunk=options.get("--chunk", ""),
        index=Path(options["--index"]) if "--index" in options else None,
    )
    return job, Path(options["--log"]) if "--log" in options else None


def main(argv: list[str], *, allowed: Orphanage | None = None, cold: str = "") -> int:
    """Run one job and return its exit code.

    Parameters
    ----------
    argv
        The words of the command line behind the program.
    allowed
        Whether a result is still wanted, where this process is not the one that the scheduler started.
    cold
        Why no warm worker runs the job, for its log; empty where none is wanted.
    """
    try:
        return _run(argv, allowed or Orphanage(os.getpid()), cold)
    except EcoscopeWorkflowsError as failure:
        raise SystemExit(f"error: {failure}") from None
    except OSError as failure:
        raise SystemExit(f"error: {Problem('EW605', str(failure))}") from None


def _run(argv: list[str], allowed: Orphanage, cold: str) -> int:
    job, log = parse(argv)
    terminal = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="backslashreplace")
    if log is not None:
        _redirect(log)
        if where := place():
            print(where, file=sys.stderr, flush=True)  # noqa: T201  # the log
    if cold:
        print(f"note: runs without a warm worker: {cold}", file=sys.stderr, flush=True)  # noqa: T201  # the log
    warnings.showwarning = _show_warning
    report = partial(_report, log, terminal)
    try:
        name = f"{job.instance}.{job.chunk}" if job.chunk else job.instance
        with Usage(name), Timeout(job.instance, job.timeout, report):
            execute(job, allowed=allowed, words=argv)
    except EcoscopeWorkflowsError as error:
        report(error)
        return 1
    return 0


def _redirect(log: Path) -> None:
    """Send what this process and native libraries print to the log."""
    descriptor = open_log(log)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    # What is printed first stands first, and nothing is lost when the process is killed.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(line_buffering=True)


def _report(log: Path | None, terminal: TextIO, error: EcoscopeWorkflowsError) -> None:
    text = f"error: {error}"
    if log is not None:
        print(text, file=sys.stderr, flush=True)  # noqa: T201  # this is the rule's log
    if log is None or os.environ.get(ECHO_VARIABLE) not in {ECHO_NEVER, ECHO_ALWAYS}:
        print(text, file=terminal, flush=True)  # the one place where a job speaks


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print a warning as one line: its source line says nothing to the reader of a log."""
    del filename, lineno, line
    print(f"{category.__name__}: {message}", file=file or sys.stderr, flush=True)
