"""`ecoscope-workflows get-params`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecoscope_workflows.cli.options import spec_option

if TYPE_CHECKING:
    from ecoscope_workflows.graph.model import Graph


@click.command("get-params", short_help="Show the parameters that a workflow is run with.")
@spec_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "yaml", "rjsf", "rjsf-flat"]),
    default="json",
    show_default=True,
    help="JSON Schema for programs, a YAML form to fill in, or a form of react-jsonschema-form with its"
    " task groups (rjsf) or without (rjsf-flat).",
)
@click.option(
    "--outpath", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead."
)
def params_command(spec: Path, form: str, outpath: Path | None) -> None:
    """Show the parameters that a spec leaves open: those given when the workflow runs."""
    from ecoscope_workflows.compiler.artifacts import Artifact, write  # noqa: PLC0415  # 0.2 s
    from ecoscope_workflows.compiler.loading import load_graph  # noqa: PLC0415  # as above

    text = _form(load_graph(spec), form)
    if outpath is None:
        click.echo(text, nl=False)
    else:
        write([Artifact(outpath.name, text.encode())], outpath.parent)
        click.echo(f"wrote {outpath}", err=True)


def _form(graph: Graph, form: str) -> str:
    from ecoscope_workflows.graph.forms import json_schemas, yaml_form  # noqa: PLC0415  # as above
    from ecoscope_workflows.graph.params import ParamsModel  # noqa: PLC0415  # as above
    from ecoscope_workflows.graph.rjsf import flat_schema, form_schema  # noqa: PLC0415  # as above

    if form == "yaml":
        return yaml_form(ParamsModel.of(graph))
    if form == "json":
        document = json_schemas(ParamsModel.of(graph))
    else:
        document = form_schema(graph) if form == "rjsf" else flat_schema(graph)
    return json.dumps(document, indent=4) + "\n"
