"""Problems in, text for a person or JSON for a tool out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecoscope_workflows.errors import MAX_SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecoscope_workflows.errors import EcoscopeWorkflowsError, Problem, Where

_COLORS = {"error": "red", "warning": "yellow"}
# Of a longer line, such as a whole spec in braces, only what stands around the place is shown.
_WIDTH = 160
_BEFORE = 60
# What YAML counts as the end of a line; a file is read with "\n" for "\r\n" and "\r".
_LINE_END = re.compile("[\n\x85\u2028\u2029]")
_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|\$\{\{.*?\}\}|.[^\s:,}\]]*')


def print_error(error: EcoscopeWorkflowsError, *, as_json: bool, color: bool | None = None) -> None:
    """Print every problem of an error on standard error; in colours, without, or as the terminal is."""
    text = as_json_list(error.problems) if as_json else as_texts(error.problems)
    click.echo(text, err=True, color=color)


def written(count: int) -> str:
    """Return how many files of a folder have changed, as all commands say it."""
    return f"{count} file{'' if count == 1 else 's'} written" if count else "unchanged"


def print_warnings(problems: Sequence[Problem]) -> None:
    """Print what stops nothing on standard error, for people."""
    if problems:
        click.echo(as_texts(problems), err=True)


def as_json_list(problems: Sequence[Problem]) -> str:
    """Return all problems as one JSON list."""
    return json.dumps([as_record(problem) for problem in problems], indent=2)


def as_record(problem: Problem) -> dict[str, object]:
    """Return a problem as JSON data."""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "what": problem.what,
        **_place(problem.where),
        "hint": problem.hint or None,
        "related": [{**_place(where), "what": what} for where, what in problem.related],
    }


def _place(where: Where | None) -> dict[str, object]:
    if where is None:
        return {"file": None, "line": None, "column": None}
    return {"file": where.file, "line": where.line, "column": where.column}


def as_texts(problems: Sequence[Problem]) -> str:
    """Return the first problems as text, and how many there are beyond."""
    shown = [as_text(problem) for problem in problems[:MAX_SHOWN]]
    hidden = len(problems) - len(shown)
    return "\n".join([*shown, f"... and {hidden} more"] if hidden else shown)


def as_text(problem: Problem) -> str:
    """Return a problem as text: what, the line it stands in with a caret below, and what to do."""
    color = _COLORS[problem.severity]
    label = click.style(f"{problem.severity}[{problem.code}]", fg=color, bold=True)
    lines = [f"{label}: {problem.what}"]
    places = [(problem.where, "")] if problem.where else []
    places += problem.related
    margin = " " * max((len(str(where.line)) for where, _ in places), default=0)
    for number, (where, what) in enumerate(places):
        lines.append(f"{margin}{'-->' if not number else ':::'} {where}")
        lines += _snippet(where, margin, what, color if not number else "blue")
    if problem.hint:
        lines.append(f"{margin} = hint: {problem.hint}")
    return "\n".join([*lines, ""])


def _snippet(where: Where, margin: str, what: str, color: str) -> Iterator[str]:
    source = _line_of(where)
    if source is None:
        if what:
            yield f"{margin} = {what}"
        return
    source, start = _around(source, where.column - 1)
    # A tab is as wide as the terminal says; repeat it so that the caret stands below its letter.
    before = "".join("\t" if letter == "\t" else " " for letter in source[:start])
    word = _WORD.match(source, start)
    caret = click.style("^" * max(1, len(word.group()) if word else 0), fg=color, bold=True)
    yield f"{margin} |"
    yield f"{str(where.line).rjust(len(margin))} | {_printable(source)}"
    yield f"{margin} | {before}{caret}{f' {what}' if what else ''}"


def _line_of(where: Where) -> str | None:
    if not where.line or not where.column:
        return None
    try:
        lines = _LINE_END.split(Path(where.file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        # The file has gone or is no text: the message stands without a snippet.
        return None
    return lines[where.line - 1] if where.line <= len(lines) else None


def _around(source: str, start: int) -> tuple[str, int]:
    """Cut a long line to what stands around `start`, and return where that is in the rest."""
    if len(source) <= _WIDTH:
        return source, start
    cut = max(0, start - _BEFORE)
    return source[cut : cut + _WIDTH], start - cut


def _printable(text: str) -> str:
    """Return text that cannot steer the terminal it is shown on."""
    return "".join(
        letter if letter.isprintable() or letter == "\t" else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
