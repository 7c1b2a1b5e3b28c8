"""`ecoscope-workflows completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

VARIABLE = "_ECOSCOPE_WORKFLOWS_COMPLETE"


@click.command("completion", short_help="Print a shell's completion script.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion_command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    In bash: eval "$(ecoscope-workflows completion bash)"
    """
    root = context.find_root()
    completer = get_completion_class(shell)
    if completer is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(completer(root.command, {}, root.info_name or "", VARIABLE).source())
