"""`ecoscope-workflows status`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.compiler.status import Status

_COLORS = {"done": "green", "failed": "red", "skipped": "yellow"}


@click.command("status", short_help="Show what became of each task instance of a run.")
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def status_command(folder: Path, form: str) -> None:
    """Show what became of each task instance of the workflow in FOLDER.

    An instance is done, skipped (by which condition, and because of which instance upstream), failed, or not
    run; a cheap one is evaluated inside the jobs that need it.
    Nothing is run and nothing is changed.
    """
    from ecoscope_workflows.compiler.status import as_json, status_of  # noqa: PLC0415  # 0.2 s

    statuses = status_of(folder)
    if form == "json":
        click.echo(as_json(statuses))
        return
    _print_table(statuses)
    count = Counter(status.state for status in statuses)
    click.echo(", ".join(f"{number} {state}" for state, number in count.items()))


def _print_table(statuses: Sequence[Status]) -> None:
    header = ("instance", "state", "seconds", "finished", "items", "rows", "")
    rows = [_cells(status) for status in statuses]
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header) - 1)]
    click.echo(_line(header, widths))
    for status, row in zip(statuses, rows, strict=True):
        line = _line(row, widths)
        click.echo(click.style(line, fg=_COLORS.get(status.state)) if status.state in _COLORS else line)


def _cells(status: Status) -> tuple[str, ...]:
    finished = ""
    if status.finished is not None:
        finished = dt.datetime.fromtimestamp(status.finished).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return (
        status.instance,
        status.state,
        "" if status.seconds is None else f"{status.seconds:.1f}",
        finished,
        "" if status.items is None else str(status.items),
        "" if status.rows is None else f"{status.rows:,}",
        _detail(status),
    )


def _detail(status: Status) -> str:
    """Return why, and how many items did not have to be computed in the last run."""
    restored = f"{status.restored} restored" if status.restored else ""
    return "; ".join(part for part in (restored, status.detail) if part)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    numbers = (2, 4, 5)
    padded = [
        cell.rjust(width) if column in numbers else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=False))
    ]
    return "  ".join([*padded, cells[-1]]).rstrip()
