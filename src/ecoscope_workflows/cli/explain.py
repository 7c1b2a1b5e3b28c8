"""`ecoscope-workflows explain`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def _complete_code(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    del context, parameter
    from ecoscope_workflows.cli.codes import all_codes, code_page  # noqa: PLC0415  # only where it is asked for

    found = [code for code in all_codes() if code.startswith(incomplete.upper())]
    return [CompletionItem(code, help=code_page(code).title) for code in found]


@click.command("explain", short_help="Tell what the code of an error or warning means.")
@click.argument("code", required=False, shell_complete=_complete_code)
def explain_command(code: str | None) -> None:
    """Tell what CODE means, with an example and what to do about it, or list all codes."""
    from ecoscope_workflows.cli.codes import all_codes, code_page, page_text  # noqa: PLC0415  # as above

    if code is None:
        width = max(map(len, all_codes()))
        for known in all_codes():
            click.echo(f"{click.style(known.ljust(width), fg='cyan')}  {code_page(known).title}")
    else:
        click.echo("\n".join(_for_a_terminal(page_text(code.upper()))))


def _for_a_terminal(page: str) -> Iterator[str]:
    """Yield the lines of a page of Markdown: headings in bold, blocks indented."""
    inside = False
    for line in page.splitlines():
        if line.startswith("```"):
            inside = not inside
        elif inside:
            yield f"    {line}".rstrip()
        elif line.startswith("#"):
            yield click.style(line.lstrip("# "), bold=True)
        else:
            yield _LINK.sub(r"\1", line)
