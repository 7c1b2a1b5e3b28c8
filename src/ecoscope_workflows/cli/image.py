"""`ecoscope-workflows image`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from ecoscope_workflows.cli.reporting import written


@click.command("image", short_help="Write what the image of jobs on Kubernetes is built from.")
@click.option(
    "--outpath",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("image"),
    show_default=True,
    help="The folder to write into.",
)
@click.option(
    "--wheel",
    "wheels",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="A package that is on no index; may be given several times.",
)
@click.option("--base", default="", help="The image to start from: by default python:X.Y-slim, as here.")
@click.option(
    "--extra", "extras", multiple=True, default=("geo",), show_default=True, help="An extra of this package."
)
@click.option(
    "--spec",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A workflow whose `requirements` the image holds too.",
)
def image_command(
    outpath: Path, wheels: tuple[Path, ...], base: str, extras: tuple[str, ...], spec: Path | None
) -> None:
    """Write a Dockerfile, and beside it all that it needs, for the image of jobs on Kubernetes.

    It holds the versions of all packages that are installed here: this one, those with tasks, and Snakemake's
    storage plugins.
    """
    from ecoscope_workflows.compiler.artifacts import write  # noqa: PLC0415  # 0.2 s
    from ecoscope_workflows.compiler.image import image_context  # noqa: PLC0415  # as above
    from ecoscope_workflows.spec.load import load_spec  # noqa: PLC0415  # as above

    context = image_context(wheels, extras, base, load_spec(spec) if spec else None)
    click.echo(f"{outpath}: {written(len(write(context, outpath).written))}", err=True)
    click.echo(f"build it: docker build --tag ecoscope-workflows {shlex.quote(str(outpath))}", err=True)
