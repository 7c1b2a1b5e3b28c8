"""Problems in, text for a person or JSON for a tool out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecoscope_workflows.errors import MAX_SHOWN

if TYPE_CHECKING:
    from ecoscope_workflows.errors import EcoscopeWorkflowsError, Problem, Where


def print_error(error: EcoscopeWorkflowsError, *, as_json: bool) -> None:
    """Print every problem of an error on standard error."""
    if as_json:
        click.echo(json.dumps([as_record(problem) for problem in error.problems], indent=2), err=True)
        return
    for problem in error.problems[:MAX_SHOWN]:
        click.echo(as_text(problem), err=True)
    hidden = len(error.problems) - MAX_SHOWN
    if hidden > 0:
        click.echo(f"... and {hidden} more", err=True)


def as_record(problem: Problem) -> dict[str, object]:
    """Return a problem as JSON data."""
    where = problem.where
    return {
        "code": problem.code,
        "what": problem.what,
        "file": where.file if where else None,
        "line": where.line if where else None,
        "column": where.column if where else None,
        "hint": problem.hint or None,
    }


def as_text(problem: Problem) -> str:
    """Return a problem as text: what, the line it stands in with a caret below, and what to do."""
    lines = [f"{click.style(f'error[{problem.code}]', fg='red', bold=True)}: {problem.what}"]
    margin = ""
    if problem.where:
        margin = " " * len(str(problem.where.line))
        lines.append(f"{margin}--> {problem.where}")
        lines += _snippet(problem.where, margin)
    if problem.hint:
        lines.append(f"{margin} = hint: {problem.hint}")
    return "\n".join([*lines, ""])


def _snippet(where: Where, margin: str) -> list[str]:
    source = _line_of(where)
    if source is None:
        return []
    # A tab is as wide as the terminal says; repeat it so that the caret stands below its letter.
    before = "".join("\t" if letter == "\t" else " " for letter in source[: where.column - 1])
    caret = click.style("^" * _word_length(source, where.column), fg="red", bold=True)
    return [f"{margin} |", f"{where.line} | {source}", f"{margin} | {before}{caret}"]


def _line_of(where: Where) -> str | None:
    if not where.line or not where.column:
        return None
    try:
        lines = Path(where.file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        # The file has gone or is no text: the message stands without a snippet.
        return None
    return lines[where.line - 1] if where.line <= len(lines) else None


def _word_length(source: str, column: int) -> int:
    rest = source[column - 1 :]
    ends = [rest.find(mark) for mark in (" ", ":", ",", "}", "]") if rest.find(mark) > 0]
    return max(1, min([*ends, len(rest)]))
