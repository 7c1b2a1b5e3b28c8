"""`ecoscope-workflows graph`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ecoscope_workflows.graph.model import Graph


@click.command("graph", short_help="Show a spec as data or as a picture.")
@click.argument("spec", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "mermaid", "dot", "svg"]),
    default="json",
    show_default=True,
    help="Data for programs, a Mermaid or Graphviz text, or a picture for a browser.",
)
@click.option("--columns/--no-columns", default=False, help="Show the columns of data frames in pictures.")
@click.option(
    "--outpath", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead."
)
def graph_command(
    spec: Path,
    form: str,
    columns: bool,  # noqa: FBT001  # click passes options by name
    outpath: Path | None,
) -> None:
    """Show the task instances of SPEC, what each is given, and what passes between them."""
    from ecoscope_workflows.compiler.artifacts import Artifact, write  # noqa: PLC0415  # 0.2 s
    from ecoscope_workflows.compiler.loading import load_graph  # noqa: PLC0415  # as above

    content = _text(load_graph(spec), form, columns=columns).encode()
    if outpath is None:
        click.echo(content, nl=False)
    else:
        write([Artifact(outpath.name, content)], outpath.parent)
        click.echo(f"wrote {outpath}", err=True)


def _text(graph: Graph, form: str, *, columns: bool) -> str:
    if form == "json":
        from ecoscope_workflows.graph.export import as_data  # noqa: PLC0415  # as above

        return json.dumps(as_data(graph), indent=2, ensure_ascii=False) + "\n"
    from ecoscope_workflows.graph.pictures.dot import dot  # noqa: PLC0415  # as above
    from ecoscope_workflows.graph.pictures.labels import words_of  # noqa: PLC0415  # as above
    from ecoscope_workflows.graph.pictures.mermaid import mermaid  # noqa: PLC0415  # as above
    from ecoscope_workflows.graph.pictures.svg import svg  # noqa: PLC0415  # as above

    return {"mermaid": mermaid, "dot": dot, "svg": svg}[form](words_of(graph, columns=columns))
