"""The target ``script-sequential``: a view in, one plain Python file out that needs no Snakemake."""

from __future__ import annotations

import keyword
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


def script(view: View, template: Path | None = None) -> str:
    """Return the script of a workflow, by the package's template or one of the user's."""
    context = script_context(view)
    if template is not None:
        return render_file(template, context)
    return render("script-sequential.jinja2", context)


def script_context(view: View) -> dict[str, Any]:
    """Return what a template may print; `docs/reference/templates.md` describes it."""
    names = _function_names(view.rows)
    used = {name for row in view.rows if row.mock is None or row.each for name in row.node.depends_on}
    steps = [_step(row, names[row.id], row.id in used, view.skipif) for row in view.rows]
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
        "imports": _imports(view.rows, names),
        "steps": steps,
        "skipif": _skipif(view.skipif, 2) if view.skipif else [],
    }


def _docstring(view: View) -> str:
    lines = [f"{view.name}: compiled by ecoscope-workflows {view.version} from {one_line(view.spec_name)}."]
    if view.testing:
        lines += ["", testing_note(view)]
    lines += ["", f"Run it with: python {view.name}.py --config params.yaml"]
    body = "\n".join(lines).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""{body}\n"""'


def _function_names(rows: Sequence[Row]) -> dict[str, str]:
    """Return by instance the name of its task in the script; twins carry the name of their module too."""
    modules: dict[str, set[str]] = {}
    for row in rows:
        modules.setdefault(row.function, set()).add(row.module)
    twins = {function for function, owners in modules.items() if len(owners) > 1}
    return {
        row.id: f"{row.module}.{row.function}".replace(".", "_") if row.function in twins else row.function
        for row in rows
    }


def _imports(rows: Sequence[Row], names: Mapping[str, str]) -> list[str]:
    own = "ecoscope_workflows.runtime.script"
    wanted: dict[str, set[str]] = {own: {"Instance", "Script"}}
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


def _step(row: Row, function: str, used: bool, default: SkipIf | None) -> dict[str, Any]:  # noqa: FBT001  # one call, above
    options = _options(row, default)
    declared = f"Instance({', '.join([function, *options])})"
    fits = len(f'{INDENT * 3}"{row.id}": {declared},') <= LINE_LENGTH and "\n" not in declared
    inside = [argument for argument in row.node.arguments.items() if not row.mock]
    return {
        "id": row.id,
        "title": one_line(row.title),
        "group": row.group,
        "module": row.module,
        "task": row.function,
        "function": function,
        "variable": f"{row.id}_return",
        "assignment": f"{row.id}_return = " if used else "",
        "options": options,
        "declared_on_one_line": declared if fits or not options else "",
        "each": _each(row),
        "arguments": [_argument(name, value) for name, value in inside],
    }


def _options(row: Row, default: SkipIf | None) -> list[str]:
    """Return what the declaration of an instance says beside its task."""
    options = []
    if row.mock:
        options.append(f"mock={text_literal(row.mock)}")
    elif row.node.bound:
        options.append(_bound(sorted(row.node.bound)))
    if row.cheap:
        options.append("cheap=True")
    if row.threads > 1 and row.each is not None:
        options.append(f"threads={row.threads}")
    if row.skipif != default and row.mock is None:
        options += _skipif(row.skipif, 4)
    return options


def _skipif(skipif: SkipIf | None, level: int) -> list[str]:
    conditions = list(skipif.conditions) if skipif else []
    said = [f"skipif={literal(conditions, level, 4 * level + 7)}"]
    return [*said, f"unpack_depth={skipif.unpack_depth}"] if skipif and skipif.unpack_depth != 1 else said


def _each(row: Row) -> str:
    """Return what a task is called for one by one, as an argument of its call."""
    fan_out = row.node.instance.fan_out
    if fan_out is None:
        return ""
    names = fan_out.argnames
    written = text_literal(names[0]) if len(names) == 1 else f"[{', '.join(map(text_literal, names))}]"
    start = f"workflow.{fan_out.method}({written}, "
    return f"{start}{expression(flattened(fan_out.argvalues), 2, 8 + len(start))})"


def _bound(names: Sequence[str]) -> str:
    return f"bound={literal(list(names), 4, 22)}"


def _argument(name: str, binding: Binding) -> str:
    # `class=` is no Python; a mapping says the same.
    if keyword.iskeyword(name):
        return f"**{expression(DictOf({name: binding}, binding.where), 2, 10)}"
    return f"{name}={expression(binding, 2, 9 + len(name))}"


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
