"""`ecoscope-workflows schema`."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("schema", short_help="Print the JSON Schema of specs, for editors.")
@click.option("--with-tasks", is_flag=True, help="Let it know the tasks installed here, and their arguments.")
@click.option(
    "--outpath", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead."
)
def schema_command(
    with_tasks: bool,  # noqa: FBT001  # click passes options by name
    outpath: Path | None,
) -> None:
    """Print the JSON Schema (draft 2020-12) of specs, for editors.

    An editor with a YAML language server checks and completes a spec by it when the first line of the spec is
    # yaml-language-server: $schema=spec.schema.json
    """
    from ecoscope_workflows.compiler.artifacts import Artifact, write  # noqa: PLC0415  # 0.2 s
    from ecoscope_workflows.compiler.spec_schema import spec_schema  # noqa: PLC0415  # as above
    from ecoscope_workflows.registry.catalog import installed_catalog  # noqa: PLC0415  # as above

    schema = spec_schema(installed_catalog() if with_tasks else None)
    text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    if outpath is None:
        click.echo(text, nl=False)
    else:
        write([Artifact(outpath.name, text.encode())], outpath.parent)
        click.echo(f"wrote {outpath}", err=True)
