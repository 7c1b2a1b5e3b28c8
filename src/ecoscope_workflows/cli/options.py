"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

spec_option = click.option(
    "--spec",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The spec, a YAML file.",
)
