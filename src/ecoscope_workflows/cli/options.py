"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_ABOUT = "The spec, a YAML file."

spec_option = click.option("--spec", required=True, type=_FILE, help=_ABOUT)


def spec_or_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Have a command take its spec as an argument, or by an option; `one_spec` tells which it was."""
    argument = click.argument("argument", metavar="[SPEC]", required=False, type=_FILE)
    return argument(
        click.option("--spec", type=_FILE, help=f"{_ABOUT[:-1]}; or give it without --spec.")(command)
    )


def one_spec(argument: Path | None, option: Path | None) -> Path:
    """Return the spec, however it was given.

    Raises
    ------
    click.UsageError
        When it was not given, or twice.
    """
    if argument is not None and option is not None:
        raise click.UsageError(f"the spec is given twice: {argument} and --spec {option}.")
    spec = argument or option
    if spec is None:
        raise click.UsageError("Missing option '--spec', or the spec as an argument.")
    return spec
