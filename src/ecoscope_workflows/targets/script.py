"""The target ``script-sequential``: a view in, one plain Python file out that needs no Snakemake."""

from __future__ import annotations

import keyword
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.graph.fan_out import flattened
from ecoscope_workflows.spec.model import DictOf, Environment, ListOf, Literal, Reference
from ecoscope_workflows.targets.lines import one_line, testing_note
from ecoscope_workflows.targets.quoting import INDENT, LINE_LENGTH, laid_out, literal, text_literal
from ecoscope_workflows.targets.templating import render, render_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ecoscope_workflows.spec.model import Binding
    from ecoscope_workflows.targets.view import Row, SkipIf, View


@dataclass(frozen=True)
class Program:
    """What kind of program a workflow becomes.

    Parameters
    ----------
    module
        The module of the runtime that it imports.
    workflow
        The class there that runs it.
    depth
        How far its statements are indented.
    names
        What it calls things of its own.
    """

    module: str
    workflow: str
    depth: int
    names: frozenset[str]


SCRIPT = Program("ecoscope_workflows.runtime.script", "Script", 1, frozenset({"main", "workflow"}))


def script(view: View, template: Path | None = None) -> str:
    """Return the script of a workflow, by the package's template or one of the user's."""
    context = script_context(view)
    if template is not None:
        return render_file(template, context)
    return render("script-sequential.jinja2", context)


def script_context(view: View, program: Program = SCRIPT) -> dict[str, Any]:
    """Return what a template may print; `docs/reference/templates.md` describes it.

    Parameters
    ----------
    view
        The workflow.
    program
        What kind of program it becomes.
    """
    names = _function_names(view.rows, program)
    used = {name for row in view.rows if row.mock is None or row.each for name in row.node.depends_on}
    steps = [
        {
            **_step(row, names[row.id], program.depth, view.skipif),
            "assignment": f"{row.id}_return = " if row.id in used else "",
        }
        for row in view.rows
    ]
    return {
        "name": text_literal(view.name),
        "workflow_name": view.name,
        "description": one_line(view.description),
        "version": view.version,
        "spec_name": one_line(view.spec_name),
        "spec_sha256": view.spec_sha256,
        "testing": view.testing,
        "mocks": view.mocks,
        "docstring": _docstring(view),
        "imports": _imports(view.rows, names, program),
        "steps": steps,
        "skipif": _skipif(view.skipif, program.depth + 1) if view.skipif else [],
        "cache_root": text_literal(view.cache_root) if view.cache_root else "",
    }


def _docstring(view: View) -> str:
    lines = [f"{view.name}: compiled by ecoscope-workflows {view.version} from {one_line(view.spec_name)}."]
    if view.testing:
        lines += ["", testing_note(view)]
    lines += ["", f"Run it with: python {view.name}.py --config params.yaml"]
    body = "\n".join(lines).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""{body}\n"""'


def _function_names(rows: Sequence[Row], program: Program) -> dict[str, str]:
    """Return by instance the name of its task in the program.

    Twins carry the name of their module too, and so do tasks that are named as something else there.
    """
    modules: dict[str, set[str]] = {}
    for row in rows:
        modules.setdefault(row.function, set()).add(row.module)
    taken = {"Instance", program.workflow, *program.names, *(f"{row.id}_return" for row in rows)}
    taken |= {function for function, owners in modules.items() if len(owners) > 1}
    return {
        row.id: f"{row.module}.{row.function}".replace(".", "_") if row.function in taken else row.function
        for row in rows
    }


def _imports(rows: Sequence[Row], names: Mapping[str, str], program: Program) -> list[str]:
    wanted: dict[str, set[str]] = {program.module: {"Instance", program.workflow}}
    for row in rows:
        name = names[row.id]
        wanted.setdefault(row.module, set()).add(
            row.function if name == row.function else f"{row.function} as {name}"
        )
    groups: dict[str, list[str]] = {}
    for module in sorted(wanted):
        groups.setdefault(module.partition(".")[0], []).extend(_import(module, sorted(wanted[module])))
    lines: list[str] = []
    for group in groups.values():
        lines += group
    return lines


def _import(module: str, names: Sequence[str]) -> list[str]:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= LINE_LENGTH:
        return [line]
    return [f"from {module} import (", *(f"{INDENT}{name}," for name in names), ")"]


def _step(row: Row, function: str, depth: int, default: SkipIf | None) -> dict[str, Any]:
    options = _options(row, depth + 3, default)
    declared = f"Instance({', '.join([function, *options])})"
    indent = INDENT * (depth + 2)
    fits = len(f'{indent}"{row.id}": {declared},') <= LINE_LENGTH and "\n" not in declared
    inside = [argument for argument in row.node.arguments.items() if not row.mock]
    each, arguments = _each(row, depth + 1), [_argument(name, value, depth + 1) for name, value in inside]
    call = f'workflow.run("{row.id}")'
    # Every program has the room that the longest of them leaves: with a name for the result in front.
    alone = not each and not arguments and len(f"{INDENT}{row.id}_return = {call}") <= LINE_LENGTH
    return {
        "id": row.id,
        "title": one_line(row.title),
        "group": row.group,
        "module": row.module,
        "task": row.function,
        "function": function,
        "variable": f"{row.id}_return",
        "options": options,
        "declared_on_one_line": declared if fits or not options else "",
        "called_on_one_line": call if alone else "",
        "each": each,
        "arguments": arguments,
    }


def _options(row: Row, level: int, default: SkipIf | None) -> list[str]:
    """Return what the declaration of an instance says beside its task."""
    options = []
    if row.mock:
        options.append(f"mock={text_literal(row.mock)}")
    elif row.node.bound:
        options.append(f"bound={literal(sorted(row.node.bound), level, 4 * level + 6)}")
    if row.cheap:
        options.append("cheap=True")
    if row.threads > 1 and row.each is not None:
        options.append(f"threads={row.threads}")
    if row.skipif != default and row.mock is None:
        options += _skipif(row.skipif, level)
    return options


def _skipif(skipif: SkipIf | None, level: int) -> list[str]:
    conditions = list(skipif.conditions) if skipif else []
    said = [f"skipif={literal(conditions, level, 4 * level + 7)}"]
    return [*said, f"unpack_depth={skipif.unpack_depth}"] if skipif and skipif.unpack_depth != 1 else said


def _each(row: Row, level: int) -> str:
    """Return what a task is called for one by one, as an argument of its call."""
    fan_out = row.node.instance.fan_out
    if fan_out is None:
        return ""
    names = fan_out.argnames
    written = text_literal(names[0]) if len(names) == 1 else f"[{', '.join(map(text_literal, names))}]"
    start = f"workflow.{fan_out.method}({written}, "
    return f"{start}{expression(flattened(fan_out.argvalues), level, 4 * level + len(start))})"


def _argument(name: str, binding: Binding, level: int) -> str:
    # `class=` is no Python; a mapping says the same.
    if keyword.iskeyword(name):
        return f"**{expression(DictOf({name: binding}, binding.where), level, 4 * level + 2)}"
    return f"{name}={expression(binding, level, 4 * level + 1 + len(name))}"


def expression(binding: Binding, level: int, used: int) -> str:
    """Return a binding as a Python expression: variables for results, literals for values.

    Parameters
    ----------
    binding
        What to write.
    level, used
        As in `ecoscope_workflows.targets.quoting.literal`.
    """
    match binding:
        case Reference(instance, path=path):
            part = f".part({', '.join(literal(step) for step in path)})" if path else ""
            return f"{instance}_return{part}"
        case Environment(name):
            return f"workflow.environment({text_literal(name)})"
        case ListOf(items):
            return laid_out("[]", [("", item) for item in items], expression, level, used)
        case DictOf(entries):
            pairs = [(f"{text_literal(key)}: ", item) for key, item in entries.items()]
            return laid_out("{}", pairs, expression, level, used)
        case Literal(value):
            return literal(value, level, used)
