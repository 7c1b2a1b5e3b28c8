"""The target ``snakemake``: a view in, a folder in the layout of the Snakemake workflow catalog out."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.errors import Problem, TargetError
from ecoscope_workflows.spec.encoding import INPUT
from ecoscope_workflows.targets.lines import one_line, testing_note
from ecoscope_workflows.targets.quoting import INDENT, LINE_LENGTH, literal, text_literal
from ecoscope_workflows.targets.templating import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecoscope_workflows.targets.view import Input, Row, SkipIf, View

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
        for row in view.jobs
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
        "mocks": literal(list(view.mocks), 1, 10) if view.mocks else "",
        "image": f"ecoscope-workflows:{view.version}",
        # Every result, not the last ones alone: Snakemake then notices one that was deleted in between.
        "targets": view.wanted,
        "rules": [_rule(row, view.skipif) for row in view.jobs],
        "cheap": [_declared(row, view.skipif) for row in view.cheap],
        "skipif": _skipif(view.skipif, 1) if view.skipif else [],
    }
    return render("Snakefile.jinja2", context)


def _rule(row: Row, default: SkipIf | None) -> dict[str, Any]:
    inputs = list(_inputs(row))
    return {
        "id": row.id,
        "title": one_line(row.title),
        "inputs": inputs,
        "result": row.result,
        "is_folder": row.is_folder,
        "companions": [
            {"keyword": suffix.strip("."), "file": f"{row.id}{suffix}"} for suffix in row.companions
        ],
        "retries": row.retries,
        "image": text_literal(f"docker://{row.image}") if row.image else "",
        "threads": row.threads,
        "is_parallel": row.each is not None,
        "timeout": row.timeout,
        "resources": {name: literal(value) for name, value in row.resources.items()},
        "task": call("compiled.code", [text_literal(f"{row.module}:{row.function}")], "task="),
        "args": call("compiled.args", [text_literal(row.id), *_said(row, default)], "args="),
    }


def _declared(row: Row, default: SkipIf | None) -> dict[str, str]:
    """Return the statement that declares a cheap instance."""
    words = [text_literal(row.id), text_literal(f"{row.module}:{row.function}"), *_said(row, default, 1)]
    line = f"compiled.cheap({', '.join(words)})"
    if len(line) > LINE_LENGTH or "\n" in line:
        line = "compiled.cheap(\n" + "".join(f"{INDENT}{word},\n" for word in words) + ")"
    return {"title": one_line(row.title), "statement": line}


def _said(row: Row, default: SkipIf | None, level: int = 3) -> list[str]:
    """Return what a call says beside the name of its instance: what is bound, mapped, and when skipped."""
    said = [literal(row.bound, level)] if row.bound else []
    files = [item.argument for item in row.inputs if not item.file and not item.path and not item.owner]
    if files:
        said.append(f"files=[{', '.join(map(text_literal, files))}]")
    if row.each is not None:
        names = list(row.each.argnames)
        said.append(f"{row.each.method}={_flat(names)}")
        if row.each.argvalues != {INPUT: 0}:
            said.append(f"argvalues={literal(row.each.argvalues, level, 4 * level + 10)}")
    if row.skipif != default and row.mock is None:
        said += _skipif(row.skipif, level)
    return said


def _flat(names: Sequence[str]) -> str:
    """Return the names of mapped arguments: the name, or a list on one line."""
    if len(names) == 1:
        return text_literal(names[0])
    return f"[{', '.join(map(text_literal, names))}]"


def _skipif(skipif: SkipIf | None, level: int) -> list[str]:
    conditions = list(skipif.conditions) if skipif else []
    said = [f"skipif={literal(conditions, level, 4 * level + 7)}"]
    return [*said, f"unpack_depth={skipif.unpack_depth}"] if skipif and skipif.unpack_depth != 1 else said


def call(function: str, arguments: Sequence[str], prefix: str) -> str:
    """Return a call as an argument of a directive: on one line where it fits, else an argument a line."""
    line = f"{function}({', '.join(arguments)})"
    if len(f"{INDENT * 2}{prefix}{line},") <= LINE_LENGTH and "\n" not in line:
        return line
    return f"{function}(\n" + "".join(f"{INDENT * 3}{item},\n" for item in arguments) + f"{INDENT * 2})"


def _inputs(row: Row) -> Iterator[dict[str, str]]:
    if row.mock:
        yield {"keyword": "example", "value": text_literal(row.mock), "option": "mock "}
    taken = {"example"} if row.mock else set()
    names = [f"{item.owner}_{item.argument}" if item.owner else item.argument for item in row.inputs]
    for number, item in enumerate(row.inputs):
        name = names[number]
        if names.count(name) > 1:
            name = f"{name}_{names[:number].count(name) + 1}"
        # Names that start with an underscore are Snakemake's own.
        name = f"input{name}" if name.startswith("_") else name
        while name in RESERVED or keyword.iskeyword(name) or name in taken:
            name += "_"
        taken.add(name)
        yield {"keyword": name, "value": _input_value(row, item), "option": _option(row, item)}


def _option(row: Row, item: Input) -> str:
    """Return the option of the job's command line that an input file is the value of."""
    if item.each:
        return f"each {item.owner or row.id}="
    return f"input {item.owner}.{item.argument}=" if item.owner else f"input {item.argument}="


def _input_value(row: Row, item: Input) -> str:
    if item.file:
        return text_literal(f"<results>/{item.file}")
    arguments = [text_literal(item.owner or row.id), text_literal(item.argument)]
    if item.path:
        arguments.append(text_literal(item.path))
    return call("compiled.file", arguments, f"{item.argument}=")


def config_readme(view: View, table: list[list[str]]) -> str:
    """Return the README of the folder that holds the params."""
    context = {"name": view.name, "description": one_line(view.description), "table": table}
    return render("config_readme.jinja2", context)
