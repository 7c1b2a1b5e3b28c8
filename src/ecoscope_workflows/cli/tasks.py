"""`ecoscope-workflows tasks`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ecoscope_workflows.registry.index import Record
    from ecoscope_workflows.registry.signature import Parameter, TaskInfo


def _complete_name(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    del context, parameter
    return [
        CompletionItem(record["name"], help=record["description"])
        for record in _records()
        if record["name"].startswith(incomplete)
    ]


@click.command("tasks", short_help="List the tasks that a spec may use, or show one.")
@click.argument("name", required=False, shell_complete=_complete_name)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output."
)
def tasks_command(name: str | None, form: str) -> None:
    """List the tasks of every installed package, or show the one called NAME."""
    if name is None:
        records = _records()
        click.echo(json.dumps(records, indent=2) if form == "json" else "\n".join(_listing(records)))
        return
    tasks = _named(name)
    if form == "json":
        click.echo(json.dumps(_records_of(tasks), indent=2))
    else:
        click.echo("\n\n".join("\n".join(_page(task)) for task in tasks))


def _records() -> Sequence[Record]:
    """Return what is said of each task: from the index where there is one, without importing a task."""
    from ecoscope_workflows.registry.index import read_index  # noqa: PLC0415  # other commands do without
    from ecoscope_workflows.registry.surroundings import surroundings  # noqa: PLC0415  # as above

    index = read_index(surroundings())
    if index is not None and not index.changing:
        return list(index.tasks.values())
    from ecoscope_workflows.registry.catalog import installed_catalog  # noqa: PLC0415  # imports the tasks

    return _records_of(installed_catalog())


def _records_of(tasks: Iterable[TaskInfo]) -> list[Record]:
    from ecoscope_workflows.registry.records import task_record  # noqa: PLC0415  # imports pydantic

    return [task_record(task) for task in tasks]


def _named(name: str) -> list[TaskInfo]:
    from ecoscope_workflows.errors import Problem, SpecError  # noqa: PLC0415  # other commands do without
    from ecoscope_workflows.registry.catalog import installed_catalog  # noqa: PLC0415  # imports the task

    catalog = installed_catalog()
    tasks = catalog.named(name)
    if not tasks and isinstance(problem := catalog.find(name), Problem):
        raise SpecError(problem)
    return tasks


def _listing(records: Sequence[Record]) -> Iterator[str]:
    module = ""
    for record in records:
        if record["module"] != module:
            yield from ([""] if module else [])
            module = record["module"]
            yield f"{click.style(module, bold=True)}  ({record['origin']})"
        tags = f"  [{', '.join(record['tags'])}]" if record["tags"] else ""
        yield f"  {click.style(record['name'], fg='cyan')}{tags}"
        yield f"      {_signature(record)}"
        if record["description"]:
            yield f"      {record['description']}"


def _signature(record: Record) -> str:
    names = [item["name"] if item["required"] else f"{item['name']}=" for item in record["parameters"]]
    return f"({', '.join(names)}) -> {record['returns']}"


def parameter_row(parameter: Parameter) -> tuple[str, str, str, str]:
    """Return the name, the type, the default and the description of a parameter, for people."""
    from ecoscope_workflows.contracts.describe import type_name  # noqa: PLC0415  # imports pydantic
    from ecoscope_workflows.contracts.plain import plain  # noqa: PLC0415  # imports pydantic

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
