"""`ecoscope-workflows check`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecoscope_workflows.cli.reporting import as_json_list, as_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.errors import Problem

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("check", short_help="Report everything that is wrong with specs.")
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, type=_FILE)
@click.option("--strict", is_flag=True, help="Warnings, and types that cannot be told to fit, are errors.")
@click.option("--params", type=_FILE, help="Check this params file against the spec as well.")
@click.option("--ignore", metavar="CODE", multiple=True, help="Leave out a warning of this code.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="For people, for programs, for code scanning, or as annotations of a GitHub action.",
)
@click.pass_context
def check_command(
    context: click.Context,
    specs: Sequence[Path],
    strict: bool,  # noqa: FBT001  # click passes options by name
    params: Path | None,
    ignore: Sequence[str],
    form: str,
) -> None:
    """Report everything that is wrong with specs, each fault at its line.

    The exit code is 0 when all may be compiled, warnings or not, and 1 when there are errors.
    `ecoscope-workflows explain CODE` tells more about each of them.
    """
    from ecoscope_workflows.compiler.checking import check_specs  # noqa: PLC0415  # 0.2 s

    if params is not None and len(specs) > 1:
        raise click.UsageError("--params is checked against one spec: give only the one it is meant for.")
    problems = check_specs(specs, params, strict=strict, ignore=ignore)
    click.echo(_report(problems, specs, form), nl=form != "github" or bool(problems))
    if any(problem.severity == "error" for problem in problems):
        context.exit(1)


def _report(problems: Sequence[Problem], specs: Sequence[Path], form: str) -> str:
    if form == "json":
        return as_json_list(problems)
    if form == "sarif":
        from ecoscope_workflows.cli.sarif import as_sarif  # noqa: PLC0415  # one of four formats

        return as_sarif(problems)
    if form == "github":
        from ecoscope_workflows.cli.github import as_commands  # noqa: PLC0415  # one of four formats

        return as_commands(problems)
    total = summary(problems, len(specs))
    return f"{as_texts(problems)}\n{total}" if problems else total


def summary(problems: Sequence[Problem], specs: int) -> str:
    """Return the last line of a report: ``2 specs, 3 errors, 1 warning``."""
    count = Counter(problem.severity for problem in problems)
    numbers = {"spec": specs, "error": count["error"], "warning": count["warning"]}
    return ", ".join(f"{number} {word}{'' if number == 1 else 's'}" for word, number in numbers.items())
