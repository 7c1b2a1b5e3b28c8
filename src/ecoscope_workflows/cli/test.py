"""`ecoscope-workflows test`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.compiler.test_cases import Outcome

# More differences than this are not read one by one.
MAX_SHOWN = 20


@click.command("test", short_help="Run the test cases of a spec.")
@click.argument("spec", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--case", "cases", multiple=True, metavar="NAME", help="Run this case only; may be repeated.")
@click.option("--mock-io", is_flag=True, help="Replace tasks that read the world outside by example data.")
@click.option(
    "--mock-data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with example data, which goes before what is packaged: TASK.example-return.parquet.",
)
@click.option("--update", is_flag=True, help="Store the results instead of comparing with what is stored.")
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the folders that the cases run in, under this one.",
)
@click.pass_context
def test_command(
    context: click.Context,
    spec: Path,
    cases: Sequence[str],
    mock_io: bool,  # noqa: FBT001  # click passes options by name
    mock_data: Path | None,
    update: bool,  # noqa: FBT001  # as above
    keep: Path | None,
) -> None:
    """Run the cases of test-cases.yaml beside SPEC, and compare each result with the stored one.

    A case is a name with params; `raises: true` says that the run must fail.
    The result of the last instance is stored as JSON in a folder of the case's name beside the spec.
    A case that has a stored result for no data is run without any too, with example data emptied of its rows.
    """
    from ecoscope_workflows.compiler.loading import load_graph  # noqa: PLC0415  # 0.2 s
    from ecoscope_workflows.compiler.test_cases import CASES, Suite, kinds_of, read_cases  # noqa: PLC0415  # as above

    if mock_data is not None and not mock_io:
        raise click.UsageError("--mock-data says where example data is: add --mock-io to use it.")
    found = read_cases(spec.with_name(CASES), tuple(cases))
    failed = 0
    with tempfile.TemporaryDirectory(prefix="ecoscope-workflows-") as folder:
        suite = Suite(spec, load_graph(spec), keep or Path(folder), mock_io, mock_data)
        for case in found:
            for data in kinds_of(case, spec):
                outcome = suite.run(case, data, update=update)
                failed += not outcome.passed
                _tell(outcome)
    click.echo(f"{len(found)} case{'' if len(found) == 1 else 's'}, {failed} failed")
    if failed:
        context.exit(1)


def _tell(outcome: Outcome) -> None:
    name = outcome.case if outcome.data == "data" else f"{outcome.case} ({outcome.data})"
    if outcome.passed:
        click.echo(f"passed  {name}")
        return
    click.secho(f"FAILED  {name}", fg="red")
    if not outcome.stored and not outcome.differences:
        click.echo(f"  nothing is stored to compare with: --update writes {outcome.snapshot}")
    for line in outcome.differences[:MAX_SHOWN]:
        click.echo(f"  {line}")
    hidden = len(outcome.differences) - MAX_SHOWN
    if hidden > 0:
        click.echo(f"  ... and {hidden} more")
