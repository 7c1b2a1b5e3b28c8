"""`ecoscope-workflows migrate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ecoscope_workflows.spec.migration.migrate import Migration


@click.command("migrate", short_help="Rewrite a spec in the `workflow:` grammar.")
@click.argument("spec", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--outpath", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead."
)
@click.option("--in-place", is_flag=True, help="Replace the spec itself.")
def migrate_command(
    spec: Path,
    outpath: Path | None,
    in_place: bool,  # noqa: FBT001  # click passes options by name
) -> None:
    """Rewrite a spec in the `workflow:` grammar, and keep its comments.

    Reads the grammar of `tasks:`, and the drafts of `workflow:` from 2024.
    A spec that is in the `workflow:` grammar of today stays as it is.
    Nothing is written where a part of the spec cannot be migrated.
    """
    from ecoscope_workflows.spec.load import read_text  # noqa: PLC0415  # 0.1 s with the next one
    from ecoscope_workflows.spec.migration.migrate import migrate  # noqa: PLC0415  # as above

    if in_place and outpath is not None:
        raise click.UsageError("--in-place and --outpath exclude one another.")
    # `read_text` tells what is wrong with a file; what it returns has lost how the lines end.
    read_text(spec)
    migration = migrate(spec.read_bytes().decode("utf-8"), str(spec))
    if not migration.changed:
        click.echo(f"{spec} is in the `workflow:` grammar already: unchanged", err=True)
    for note in migration.notes:
        click.echo(f"note: {note}", err=True)
    target = spec.resolve() if in_place else outpath
    if target is None:
        click.echo(migration.text.encode(), nl=False)
    elif migration.changed or not in_place:
        _write(migration, target)


def _write(migration: Migration, path: Path) -> None:
    from ecoscope_workflows.compiler.artifacts import Artifact, write  # noqa: PLC0415  # only where it writes

    before = path.stat().st_mode if path.exists() else None
    write([Artifact(path.name, migration.text.encode())], path.parent)
    if before is not None:
        # Who may read and write the file stays as it was.
        path.chmod(before)
    click.echo(f"wrote {path}", err=True)
