"""`ecoscope-workflows connections`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ecoscope_workflows.connections import Connection, Connections

    Checker = Callable[[Connection], str]


def _complete_name(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    del context, parameter
    from ecoscope_workflows.connections import read_connections  # noqa: PLC0415  # reads the settings

    return [
        CompletionItem(connection.name, help=connection.kind.title)
        for connection in read_connections()
        if connection.name.startswith(incomplete.lower())
    ]


@click.group("connections", short_help="List the accounts that workflows use by name, or try one.")
def connections_command() -> None:
    """List the accounts that workflows use by name, or try one."""


@connections_command.command("list", short_help="List the connections of this user.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output."
)
def list_command(form: str) -> None:
    """List name, kind, server, by what each connection signs in, and where its settings come from.

    What signs in is never shown.
    """
    connections = _connections()
    records = [_record(connection) for connection in connections]
    if form == "json":
        click.echo(json.dumps(records, indent=2))
    elif records:
        click.echo("\n".join(_table(records)))
    else:
        click.echo(f"There are no connections: neither in the environment nor in {connections.file}.")


@connections_command.command("check", short_help="Try to sign in.")
@click.argument("name", shell_complete=_complete_name)
@click.option("--kind", help="The kind, where several connections have the name.")
def check_command(name: str, kind: str | None) -> None:
    """Sign in with the connection NAME, and say as whom.

    The exit code is 1 when the settings are incomplete or the site refuses them.
    """
    from ecoscope_workflows.connections import ConnectionSettingsError  # noqa: PLC0415  # only to say so
    from ecoscope_workflows.errors import Problem  # noqa: PLC0415  # as above

    connection = _chosen(_connections(), name, kind)
    checker = _checker(connection)
    try:
        answer = checker(connection)
    except (OSError, ValueError) as error:
        hint = f"its settings come from the {connection.source}" if connection.source else ""
        what = f"{connection.kind.title} connection {connection.name!r} does not work: {error}"
        raise ConnectionSettingsError(Problem("EW633", what, hint=hint)) from None
    click.echo(f"{connection.name}: {answer}")


def _connections() -> Connections:
    from ecoscope_workflows.connections import read_connections  # noqa: PLC0415  # reads the settings

    found = read_connections()
    for text in found.warnings:
        click.echo(f"{click.style('warning', fg='yellow', bold=True)}: {text}", err=True)
    return found


def _chosen(connections: Connections, name: str, kind: str | None) -> Connection:
    """Return the connection of a name, whose settings are complete."""
    from ecoscope_workflows.connections import KINDS  # noqa: PLC0415  # not for --help

    if kind is not None and kind not in KINDS:
        raise click.BadParameter(f"{kind!r} is not one of {', '.join(KINDS)}", param_hint="--kind")
    kinds = [connection.kind.name for connection in connections.named(name, kind)]
    if len(kinds) > 1:
        raise click.UsageError(
            f"{name!r} is the name of several connections: give --kind {' or '.join(kinds)}"
        )
    return connections.find(kinds[0] if kinds else kind or next(iter(KINDS)), name)


def _checker(connection: Connection) -> Checker:
    """Return what tries to sign in; packages register it by the kind of connection."""
    from importlib.metadata import entry_points  # noqa: PLC0415  # not for --help

    from ecoscope_workflows.connections import CHECKERS, ConnectionSettingsError  # noqa: PLC0415  # as above
    from ecoscope_workflows.errors import Problem  # noqa: PLC0415  # as above

    found = sorted(entry_points(group=CHECKERS, name=connection.kind.name), key=lambda point: point.value)
    if not found:
        what = f"no installed package can try {connection.kind.title} connections"
        hint = f"its settings are complete; a package registers a checker under {CHECKERS!r}"
        raise ConnectionSettingsError(Problem("EW634", what, hint=hint))
    try:
        checker: Checker = found[0].load()
    except ImportError as error:
        what = f"{found[0].value!r}, which tries {connection.kind.title} connections, needs {error.name!r}"
        hint = "pip install 'ecoscope-workflows[geo]'"
        raise ConnectionSettingsError(Problem("EW634", what, hint=hint)) from None
    return checker


def _record(connection: Connection) -> dict[str, Any]:
    problem = connection.problem()
    return {
        "name": connection.name,
        "kind": connection.kind.name,
        "server": connection.shown_server or None,
        "signs_in_by": connection.signs_in_by or None,
        "source": connection.source,
        "problem": problem.what if problem else None,
    }


def _table(records: Sequence[dict[str, Any]]) -> Iterator[str]:
    names = ("name", "kind", "server", "signs_in_by", "source")
    titles = {"signs_in_by": "signs in by", "source": "settings from"}
    rows = [tuple(titles.get(name, name) for name in names)]
    rows += [tuple(str(record[name] or "-") for name in names) for record in records]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row, record in zip(rows, [None, *records], strict=True):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        if record and record["problem"]:
            yield f"    {click.style('incomplete', fg='red')}: {record['problem']}"
