"""`python -m ecoscope_workflows.runtime`: run one job of a generated Snakefile.

The rule's command line says everything; what the task prints goes to the rule's log.
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
from ecoscope_workflows.runtime.jobs import Job, read_arguments
from ecoscope_workflows.runtime.orphans import Orphanage
from ecoscope_workflows.runtime.timeouts import Timeout

ECHO_VARIABLE = "ECOSCOPE_WORKFLOWS_ECHO"
SPEC_VARIABLE = "ECOSCOPE_WORKFLOWS_SPEC"
USAGE = """\
usage: python -m ecoscope_workflows.runtime INSTANCE --task MODULE:NAME[@FINGERPRINT] --output FILE
           [--args JSON] [--input ARGUMENT=FILE]... [--mock FILE] [--timeout SECONDS] [--log FILE]"""


def parse(argv: list[str]) -> tuple[Job, Path | None]:
    """Read the command line of a rule; an option's value is the next word, whatever it looks like."""
    if len(argv) % 2 == 0 or argv[0].startswith("-"):
        raise SystemExit(USAGE)
    options: dict[str, str] = {}
    inputs: dict[str, tuple[Path, ...]] = {}
    for option, value in zip(argv[1::2], argv[2::2], strict=True):
        if option == "--input":
            name, _, path = value.partition("=")
            if path:  # an optional file that is not given
                inputs[name] = (*inputs.get(name, ()), Path(path))
        elif option in {"--task", "--output", "--args", "--mock", "--log", "--timeout"}:
            options[option] = value
        else:
            raise SystemExit(f"unknown option {option!r}\n{USAGE}")
    if not {"--task", "--output"} <= options.keys():
        raise SystemExit(USAGE)
    task, _, code = options["--task"].partition("@")
    job = Job(
        instance=argv[0],
        task=task,
        output=Path(options["--output"]),
        arguments=read_arguments(options.get("--args", "{}")),
        inputs=inputs,
        code=code,
        spec=os.environ.get(SPEC_VARIABLE, ""),
        mock=Path(options["--mock"]) if "--mock" in options else None,
        timeout=int(options["--timeout"]) if "--timeout" in options else None,
    )
    return job, Path(options["--log"]) if "--log" in options else None


def main(argv: list[str]) -> int:
    """Run one job and return its exit code."""
    job, log = parse(argv)
    terminal = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="backslashreplace")
    if log is not None:
        _redirect(log)
    warnings.showwarning = _show_warning
    report = partial(_report, log, terminal)
    try:
        with Timeout(job.instance, job.timeout, report):
            execute(job, allowed=Orphanage())
    except EcoscopeWorkflowsError as error:
        report(error)
        return 1
    return 0


def _redirect(log: Path) -> None:
    """Send what this process and native libraries print to the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
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
    if log is None or os.environ.get(ECHO_VARIABLE) != "never":
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


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except EcoscopeWorkflowsError as failure:
        sys.exit(f"error: {failure}")
    except OSError as failure:
        sys.exit(f"error: {Problem('EW605', str(failure))}")
