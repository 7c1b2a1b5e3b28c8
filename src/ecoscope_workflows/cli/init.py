"""`ecoscope-workflows init`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("init", short_help="Begin a project: a workflow, and a package with a task.")
@click.argument("name")
def init_command(name: str) -> None:
    """Make a folder NAME with a workflow that runs as it is.

    It holds a spec, its params, some made-up fixes, a schema for editors, and a Python package with one task
    and its test.
    A folder that exists is left alone.
    """
    from ecoscope_workflows.compiler.artifacts import write  # noqa: PLC0415  # 0.2 s
    from ecoscope_workflows.compiler.init import new_project  # noqa: PLC0415  # as above

    written = write(new_project(name, Path()), Path(name)).written
    click.echo(f"{name}: {len(written)} files written", err=True)
    click.echo("next: install its package, compile its workflow, and run it", err=True)
    for command in (
        f"pip install --editable {name}",
        f"ecoscope-workflows compile --spec {name}/spec.yaml --outpath {name}/build",
        f"cd {name}/build && snakemake --profile profiles/local",
    ):
        click.echo(f"  {command}", err=True)
