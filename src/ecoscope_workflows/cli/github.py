"""Problems in, workflow commands of GitHub Actions out: each becomes an annotation of its line.

The commands and their escapes:
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.errors import Problem


def as_commands(problems: Sequence[Problem]) -> str:
    """Return one line for each problem."""
    return "\n".join(map(_command, problems))


def _command(problem: Problem) -> str:
    properties: dict[str, object] = {}
    where = problem.where
    if where:
        properties["file"] = where.file
        if where.line:
            properties |= {"line": where.line, "col": where.column}
    properties["title"] = problem.code
    told = [problem.what, *(f"{place}: {what}" for place, what in problem.related)]
    if problem.hint:
        told.append(f"hint: {problem.hint}")
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{problem.severity} {listed}::{_data(chr(10).join(told))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
