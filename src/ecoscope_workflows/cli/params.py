"""`ecoscope-workflows get-params`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ecoscope_workflows.cli.options import spec_option


@click.command("get-params", short_help="Show the parameters that a workflow is run with.")
@spec_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "yaml"]),
    default="json",
    show_default=True,
    help="JSON Schema for programs, or a YAML form to fill in.",
)
@click.option(
    "--outpath", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead."
)
def params_command(spec: Path, form: str, outpath: Path | None) -> None:
    """Show the parameters that a spec leaves open: those given when the workflow runs."""
    from ecoscope_workflows.compiler.artifacts import Artifact, write  # noqa: PLC0415  # 0.2 s
    from ecoscope_workflows.compiler.loading import load_graph  # noqa: PLC0415  # as above
    from ecoscope_workflows.graph.forms import json_schemas, yaml_form  # noqa: PLC0415  # as above
    from ecoscope_workflows.graph.params import ParamsModel  # noqa: PLC0415  # as above

    model = ParamsModel.of(load_graph(spec))
    text = yaml_form(model) if form == "yaml" else json.dumps(json_schemas(model), indent=4) + "\n"
    if outpath is None:
        click.echo(text, nl=False)
    else:
        write([Artifact(outpath.name, text.encode())], outpath.parent)
        click.echo(f"wrote {outpath}", err=True)
