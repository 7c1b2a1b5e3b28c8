"""`ecoscope-workflows tasks`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecoscope_workflows.registry.signature import Parameter, TaskInfo


def _complete_name(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    del context, parameter
    from ecoscope_workflows.registry.catalog import installed_catalog  # noqa: PLC0415  # imports the tasks

    return [
        CompletionItem(task.name, help=task.description)
        for task in installed_catalog()
        if task.name.startswith(incomplete)
    ]


@click.command("tasks", short_help="List the tasks that a spec may use, or show one.")
@click.argument("name", required=False, shell_complete=_complete_name)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output."
)
def tasks_command(name: str | None, form: str) -> None:
    """List the tasks of every installed package, or show the one called NAME."""
    from ecoscope_workflows.errors import Problem, SpecError  # noqa: PLC0415  # 0.2 s with the next one
    from ecoscope_workflows.registry.catalog import installed_catalog  # noqa: PLC0415  # imports the tasks

    catalog = installed_catalog()
    if name is None:
        tasks: Sequence[TaskInfo] = list(catalog)
    else:
        tasks = catalog.named(name)
        if not tasks and isinstance(problem := catalog.find(name), Problem):
            raise SpecError(problem)
    if form == "json":
        click.echo(json.dumps([_record(task) for task in tasks], indent=2))
    elif name is None:
        click.echo("\n".join(_listing(tasks)))
    else:
        click.echo("\n\n".join("\n".join(_page(task)) for task in tasks))


def _listing(tasks: Sequence[TaskInfo]) -> Iterator[str]:
    module = ""
    for task in tasks:
        if task.module != module:
            yield from ([""] if module else [])
            module = task.module
            yield f"{click.style(module, bold=True)}  ({task.origin})"
        tags = f"  [{', '.join(task.metadata.tags)}]" if task.metadata.tags else ""
        yield f"  {click.style(task.name, fg='cyan')}{tags}"
        yield f"      {_signature(task)}"
        if task.description:
            yield f"      {task.description}"


def _signature(task: TaskInfo) -> str:
    from ecoscope_workflows.contracts.describe import type_name  # noqa: PLC0415  # imports pydantic

    names = [name if item.required else f"{name}=" for name, item in task.parameters.items()]
    return f"({', '.join(names)}) -> {type_name(task.returns)}"


def parameter_row(parameter: Parameter) -> tuple[str, str, str, str]:
    """Return the name, the type, the default and the description of a parameter, for people."""
    from ecoscope_workflows.contracts.describe import type_name  # noqa: PLC0415  # imports pydantic
    from ecoscope_workflows.graph.forms import plain  # noqa: PLC0415  # imports pydantic

    default = "required"
    if not parameter.required:
        default = json.dumps(plain(parameter.default), ensure_ascii=False)
    about = " ".join(parameter.about.split())
    return parameter.name, type_name(parameter.annotation), default, about


def _page(task: TaskInfo) -> Iterator[str]:
    from ecoscope_workflows.contracts.describe import type_name  # noqa: PLC0415  # imports pydantic

    yield f"{click.style(task.name, fg='cyan', bold=True)}  ({task.path}, {task.origin})"
    if task.description:
        yield task.description
    if task.metadata.tags:
        yield f"Tags: {', '.join(task.metadata.tags)}"
    yield ""
    rows = [parameter_row(parameter) for parameter in task.parameters.values()]
    yield from _table([("parameter", "type", "default", "description"), *rows])
    yield ""
    yield f"Returns: {type_name(task.returns)}"


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()


def _record(task: TaskInfo) -> dict[str, Any]:
    from ecoscope_workflows.contracts.describe import type_name  # noqa: PLC0415  # imports pydantic
    from ecoscope_workflows.graph.forms import plain  # noqa: PLC0415  # imports pydantic

    return {
        "name": task.name,
        "module": task.module,
        "origin": task.origin,
        "description": task.description,
        "tags": list(task.metadata.tags),
        "image": task.metadata.image,
        "resources": dict(task.metadata.resources),
        "parameters": [
            {
                "name": name,
                "type": type_name(item.annotation),
                "required": item.required,
                "default": None if item.required else plain(item.default),
                "description": item.about,
            }
            for name, item in task.parameters.items()
        ],
        "returns": type_name(task.returns),
    }
