"""`ecoscope-workflows requirements`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("requirements", short_help="Print what a spec needs installed.")
@click.argument("spec", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["conda", "pip", "lock"]),
    default="conda",
    show_default=True,
    help="An environment file of conda, a requirements file of pip, or one with the versions installed here.",
)
def requirements_command(spec: Path, form: str) -> None:
    """Print what a spec needs installed, this package among it, for conda or pip.

    The first two forms say what the spec says; a lock has the version of each package that is installed here,
    and of all that these need.
    """
    from ecoscope_workflows.compiler.packages import lock  # noqa: PLC0415  # of this command alone
    from ecoscope_workflows.compiler.requirements import environment, pip_requirements  # noqa: PLC0415  # as above
    from ecoscope_workflows.spec.load import load_spec  # noqa: PLC0415  # as above

    loaded = load_spec(spec)
    if form == "conda":
        click.echo(environment(loaded), nl=False)
    elif form == "pip":
        click.echo("\n".join(pip_requirements(loaded)))
    else:
        click.echo(lock(loaded), nl=False)
