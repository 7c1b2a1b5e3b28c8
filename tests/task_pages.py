"""The catalog of built-in tasks in, the reference pages of them out: one for each module, and an index."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.cli.tasks import parameter_row
from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.effects import Effect, effect_arguments
from ecoscope_workflows.registry.catalog import installed_catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ecoscope_workflows.registry.signature import Parameter, TaskInfo

FOLDER = Path(__file__).parents[1] / "docs" / "reference" / "tasks"
INDEX = "README.md"
PACKAGE = "ecoscope_workflows.tasks"
_INTRODUCTION = """\
# All built-in tasks

[Built-in tasks](../built-in-tasks.md) tells which of them share a name, and what columns their frames have.
`ecoscope-workflows tasks NAME` shows the parameters of a task in a terminal.

A parameter marked `hidden` never stands in a params file: a spec binds it, or it takes its default.
One marked `advanced` is folded away in forms.
A type such as `BoundingBox` is a mapping; a form of `ecoscope-workflows get-params` has its keys.

| mark of a task | what it means |
|---|---|
| tagged | words for sorting |
| cheap | it has no job of its own, but is evaluated inside the jobs that need its result |
| no result is used again from the cache | what it reads changes, or it writes files of its own |
| resources | what Snakemake reserves for a call |
| columns | [what becomes of those](../types.md#columns-that-pass-through-a-task) of a frame passed on |
"""
# How parameters are marked that do not stand in every form.
_HIDDEN, _ADVANCED = "hidden", "advanced"
_HEADER = "| parameter | type | default | in forms | what it is |\n|---|---|---|---|---|"
# A full stop behind a single capital belongs to a name.
_END_OF_SENTENCE = re.compile(r"(?:(?<=[a-z0-9`)\]²%][.?!])|(?<=\w\w[.?!])) (?=[A-Z`])")
_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)


def pages() -> dict[str, str]:
    """Return the text of each page by the name of its file."""
    modules = _modules()
    made = {f"{_short(module)}.md": _module_page(module, tasks) for module, tasks in modules.items()}
    return {INDEX: _index(modules), **made}


def _modules() -> dict[str, list[TaskInfo]]:
    """Return the tasks of each module; whatever else is installed here has no part in what is documented."""
    found: dict[str, list[TaskInfo]] = {}
    for task in installed_catalog():
        if task.module.startswith(f"{PACKAGE}."):
            found.setdefault(task.module, []).append(task)
    return dict(sorted(found.items()))


def _conditions(module: str) -> list[Callable[..., object]]:
    found = installed_catalog().conditions
    return [function for path, function in sorted(found.items()) if path.rpartition(".")[0] == module]


def _short(module: str) -> str:
    return module.removeprefix(f"{PACKAGE}.")


def _about(module: str) -> str:
    return _lines((importlib.import_module(module).__doc__ or "").partition("\n\n")[0])


def _index(modules: dict[str, list[TaskInfo]]) -> str:
    parts = [_INTRODUCTION]
    for module, tasks in modules.items():
        page = f"{_short(module)}.md"
        parts.append(f"## [{_short(module)}]({page})\n\n{_about(module)}\n")
        rows = [(task.name, f"{page}#{task.name}", task.description) for task in tasks]
        rows += [(one.__name__, f"{page}#{one.__name__}", _summary(one)) for one in _conditions(module)]
        parts.append("\n".join(["| name | what it does |", "|---|---|", *map(_index_row, rows)]) + "\n")
    return "\n".join(parts)


def _index_row(row: tuple[str, str, str]) -> str:
    name, link, about = row
    return f"| [`{name}`]({link}) | {_cell(about)} |"


def _module_page(module: str, tasks: list[TaskInfo]) -> str:
    parts = [f"# Tasks of `{module}`\n\n{_about(module)}\n", *map(_section, tasks)]
    conditions = _conditions(module)
    if conditions:
        parts.append(
            "## Conditions\n\n`skipif` asks them of the values of a call, before the task gets them.\n"
        )
        parts += [f"### {one.__name__}\n\n{_prose(inspect.getdoc(one) or '')}\n" for one in conditions]
    return "\n".join(parts)


def _section(task: TaskInfo) -> str:
    documentation = inspect.getdoc(task.function) or ""
    text = task.description + "\n\n" + documentation.partition("\n\n")[2]
    parts = [f"## {task.name}", _prose(text)]
    if task.parameters:
        parts.append("\n".join([_HEADER, *map(_row, task.parameters.values())]))
    parts.append(f"Returns: {type_name(task.returns)}.")
    returned = _returned(documentation)
    if returned:
        parts[-1] += f"\n{returned}"
    marks = list(_marks(task))
    if marks:
        parts.append("\n".join(f"- {mark}" for mark in marks))
    return "\n\n".join(parts) + "\n"


def _row(parameter: Parameter) -> str:
    name, kind, default, about = parameter_row(parameter)
    given = default if parameter.required else f"`{default}`"
    return f"| `{name}` | {_cell(kind)} | {_cell(given)} | {_form_mark(parameter)} | {_cell(about)} |"


def _form_mark(parameter: Parameter) -> str:
    if parameter.environment is not None:
        return f"from `${parameter.environment.variable}`"
    if parameter.beside_spec is not None:
        return f"from `{parameter.beside_spec.file}` beside the spec"
    if parameter.hidden or not parameter.writable:
        return _HIDDEN
    extras: list[Any] = [
        getattr(item, "json_schema_extra", None) for item in getattr(parameter.annotation, "__metadata__", ())
    ]
    advanced = any(isinstance(extra, dict) and extra.get("ecoscope:advanced") for extra in extras)
    return _ADVANCED if advanced else ""


def _marks(task: TaskInfo) -> Iterator[str]:
    """Yield what the decorator says of a task, in words."""
    said = task.metadata
    if said.tags:
        yield f"tagged {_names(said.tags)}"
    if said.grammar:
        yield f"the short name stands for this task in specs with `{said.grammar}:`"
    if said.cheap:
        yield "cheap: evaluated inside the jobs that need the result"
    elif not said.storable:
        yield "no result is used again from the cache"
    if said.retries:
        yield f"a call that fails is tried again, {said.retries} time{'s' if said.retries > 1 else ''}"
    if said.timeout is not None:
        yield f"a call is ended after {said.timeout} seconds"
    if said.resources:
        yield "resources: " + ", ".join(f"`{name}` {value}" for name, value in said.resources.items())
    if isinstance(said.effect, Effect):
        yield f"columns: {_changes(said.effect)}"
    elif said.effect is not None:
        yield f"columns: followed where a spec gives {_names(effect_arguments(said.effect))}"


def _changes(effect: Effect) -> str:
    """Return in words what an effect does to the columns of a frame."""
    found = [f"those of `{effect.frame}` pass through" if effect.frame else "pass through"]
    if effect.keeps is not None:
        found = [f"only {_names(effect.keeps)} kept" if effect.keeps else "none kept"]
    found += [f"{_names(effect.drops)} dropped"] if effect.drops else []
    found += [f"`{old}` renamed to `{new}`" for old, new in effect.renames.items()]
    found += [f"`{name}` ({type_name(kind)}) added" for name, kind in effect.adds.items()]
    found += ["others may be added"] if effect.adds_others else []
    found += ["the index changes"] if effect.reindexes else []
    return ", ".join(found)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _summary(function: Callable[..., object]) -> str:
    return " ".join((inspect.getdoc(function) or "").partition("\n\n")[0].split())


def _prose(documentation: str) -> str:
    """Return what stands in a docstring before its first section, one sentence on a line."""
    text = _SECTION.split(documentation, maxsplit=1)[0]
    return "\n\n".join(_lines(paragraph) for paragraph in text.strip().split("\n\n"))


def _returned(documentation: str) -> str:
    """Return what the section *Returns* of a numpy-style docstring says below the type."""
    _, *sections = _SECTION.split(documentation)
    text = dict(zip(sections[::2], sections[1::2], strict=True)).get("Returns", "")
    return _lines(" ".join(line for line in text.splitlines() if line.startswith(" ")))


def _lines(text: str) -> str:
    # Double backticks are markup for documentation tools.
    return _END_OF_SENTENCE.sub("\n", " ".join(text.replace("``", "`").split()))


def _cell(text: str) -> str:
    return " ".join(text.replace("``", "`").split()).replace("|", "\\|")


def regenerate() -> None:
    """Write every page anew, and remove those of modules that are gone."""
    FOLDER.mkdir(exist_ok=True)
    made = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    regenerate()
