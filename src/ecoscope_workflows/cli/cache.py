"""`ecoscope-workflows cache`."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecoscope_workflows.runtime.store import Store

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("cache", short_help="Look at the store of results, or make it smaller.")
def cache_command() -> None:
    """Look at the store from which results are taken that are known, or make it smaller.

    It is `.ecoscope-workflows/store` in the folder of a run, or in the folder or at the URL that the spec
    names as its `cache_root`, or what ECOSCOPE_WORKFLOWS_STORE names.
    """


@cache_command.command("info", short_help="Show how much is in it.")
@click.argument("folder", default=".", type=_FOLDER)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def info(folder: Path, form: str) -> None:
    """Show where the store of the run in FOLDER is, and how much is in it."""
    with _used(folder) as store:
        facts = store.facts()
    if form == "json":
        click.echo(json.dumps(facts, indent=1))
        return
    click.echo(
        f"{facts['folder']}: {facts['entries']} results, {_size(facts['bytes'])} of {_size(facts['limit'])}"
    )
    if facts["oldest"] is not None:
        last = dt.datetime.fromtimestamp(facts["oldest"]).astimezone()
        click.echo(f"the oldest was last used on {last:%Y-%m-%d at %H:%M}")


@cache_command.command("prune", short_help="Remove what was not used for the longest time.")
@click.argument("folder", default=".", type=_FOLDER)
@click.option("--keep-bytes", type=click.IntRange(min=0), help="How much may stay.  [default: the limit]")
def prune(folder: Path, keep_bytes: int | None) -> None:
    """Remove the results that were not used for the longest time, until the rest fits."""
    with _used(folder) as store:
        removed = store.prune(store.facts()["limit"] if keep_bytes is None else keep_bytes)
        left = store.facts()
    click.echo(f"{removed} removed, {left['entries']} left with {_size(left['bytes'])}")


@cache_command.command("verify", short_help="Read every result, and remove those that are damaged.")
@click.argument("folder", default=".", type=_FOLDER)
@click.pass_context
def verify(context: click.Context, folder: Path) -> None:
    """Read every result, and remove those that are not as they were written; then the exit code is 1."""
    with _used(folder) as store:
        good, bad = store.verify()
    click.echo(f"{good} whole, {bad} damaged and removed")
    if bad:
        context.exit(1)


@contextmanager
def _used(folder: Path) -> Iterator[Store]:
    """Give the store of the run in a folder, and say so where it is out of reach.

    Raises
    ------
    StorageError
        When it cannot be read, or not be written where that is needed: a run would go on without it.
    click.UsageError
        When it is switched off.
    """
    from ecoscope_workflows.errors import Problem, StorageError  # noqa: PLC0415  # 0.1 s with the others
    from ecoscope_workflows.runtime.store import Store  # noqa: PLC0415  # as above
    from ecoscope_workflows.runtime.stores.location import shown, store_of  # noqa: PLC0415  # as above

    root = _cache_root(folder / "workflow" / "spec.yaml")
    try:
        store = Store.here(folder, root)
        if store is None:
            raise click.UsageError("the store is switched off: ECOSCOPE_WORKFLOWS_STORE is set to nothing.")
        yield store
    except OSError as error:
        what = f"the store {shown(store_of(str(folder), root))} cannot be used: {error}"
        hint = "see that it is there and may be changed; at a URL its own library signs in, as by AWS_PROFILE"
        raise StorageError(Problem("EW606", what, hint=hint)) from error


def _cache_root(spec: Path) -> str:
    """Return what the spec beside a Snakefile says of the place of the store; an empty text for nothing."""
    from ecoscope_workflows.spec.document import parse  # noqa: PLC0415  # loads PyYAML

    if not spec.is_file():
        return ""
    found = parse(spec.read_text(encoding="utf-8"), str(spec)).value
    return str(found.get("cache_root") or "") if isinstance(found, dict) else ""


def _size(count: int) -> str:
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:  # noqa: PLR2004  # a thousand is the next unit
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
