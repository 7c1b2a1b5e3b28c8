"""The target ``snakemake``: a view in, a folder in the layout of the Snakemake workflow catalog out."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.errors import Problem, TargetError
from ecoscope_workflows.targets.lines import one_line, testing_note
from ecoscope_workflows.targets.quoting import INDENT, LINE_LENGTH, literal, text_literal
from ecoscope_workflows.targets.templating import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecoscope_workflows.targets.view import Input, Row, View

# What Snakemake's lists of files keep for themselves; an input of such a name gets an underscore behind it.
RESERVED = frozenset(dir(list)) | {
    "get",
    "items",
    "keys",
    "plainstrings",
    "self",
    "size",
    "size_files",
    "size_files_gb",
    "size_files_kb",
    "size_files_mb",
    "size_gb",
    "size_kb",
    "size_mb",
    "size_tempfiles",
    "temp_size_mb",
    "update",
    "values",
}
# Words that open a directive: as the name of a rule they read as one; and a key that no params file may hold.
KEYWORDS = frozenset(
    {"__use_yte__", "all", "checkpoint", "config", "module", "rule", "rules", "storage", "use", "workflow"}
)


def snakefile(view: View) -> str:
    """Return the Snakefile of a workflow.

    Raises
    ------
    TargetError
        Where an id cannot be the name of a rule.
    """
    problems = [
        Problem("EW704", f"a rule cannot be named {row.id!r}", row.node.instance.where, "rename the instance")
        for row in view.rows
        if row.id in KEYWORDS
    ]
    if problems:
        raise TargetError(problems)
    context = {
        "name": view.name,
        "version": view.version,
        "spec_name": one_line(view.spec_name),
        "spec_sha256": view.spec_sha256,
        "testing": view.testing,
        "testing_note": testing_note(view),
        "mocks": literal(list(view.mocks), 1) if view.mocks else "",
        "image": f"ecoscope-workflows:{view.version}",
        # Every result, not the last ones alone: Snakemake then notices one that was deleted in between.
        "targets": view.wanted,
        "rules": [_rule(row) for row in view.rows],
    }
    return render("Snakefile.jinja2", context)


def _rule(row: Row) -> dict[str, Any]:
    inputs = list(_inputs(row))
    return {
        "id": row.id,
        "title": one_line(row.title),
        "inputs": inputs,
        "result": row.result,
        "retries": row.retries,
        "image": text_literal(f"docker://{row.image}") if row.image else "",
        "threads": row.threads,
        "timeout": row.timeout,
        "resources": {name: literal(value) for name, value in row.resources.items()},
        "task": call("compiled.code", [text_literal(f"{row.module}:{row.function}")], "task="),
        "args": _args(row),
    }


def _args(row: Row) -> str:
    """Return the call that gives a rule its arguments."""
    args = [text_literal(row.id)]
    files = [item.argument for item in row.inputs if not item.file and not item.path]
    if row.bound:
        args.append(literal(row.bound, 3))
    if files:
        args.append(f"files=[{', '.join(map(text_literal, files))}]")
    return call("compiled.args", args, "args=")


def call(function: str, arguments: Sequence[str], prefix: str) -> str:
    """Return a call as an argument of a directive: on one line where it fits, else an argument a line."""
    line = f"{function}({', '.join(arguments)})"
    if len(f"{INDENT * 2}{prefix}{line},") <= LINE_LENGTH and "\n" not in line:
        return line
    return f"{function}(\n" + "".join(f"{INDENT * 3}{item},\n" for item in arguments) + f"{INDENT * 2})"


def _inputs(row: Row) -> Iterator[dict[str, str]]:
    if row.mock:
        yield {"keyword": "example", "value": text_literal(row.mock), "option": "mock "}
        return
    taken: set[str] = set()
    several = [item.argument for item in row.inputs]
    for number, item in enumerate(row.inputs):
        # Names that start with an underscore are Snakemake's own.
        name = f"input{item.argument}" if item.argument.startswith("_") else item.argument
        if several.count(item.argument) > 1:
            name = f"{name}_{several[:number].count(item.argument) + 1}"
        while name in RESERVED or keyword.iskeyword(name) or name in taken:
            name += "_"
        taken.add(name)
        yield {"keyword": name, "value": _input_value(row, item), "option": f"input {item.argument}="}


def _input_value(row: Row, item: Input) -> str:
    if item.file:
        return text_literal(f"<results>/{item.file}")
    arguments = [text_literal(row.id), text_literal(item.argument)]
    if item.path:
        arguments.append(text_literal(item.path))
    return call("compiled.file", arguments, f"{item.argument}=")


def config_readme(view: View, table: list[list[str]]) -> str:
    """Return the README of the folder that holds the params."""
    context = {"name": view.name, "description": one_line(view.description), "table": table}
    return render("config_readme.jinja2", context)
