"""`ecoscope-workflows run`."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ecoscope_workflows.cli.reporting import print_warnings, written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.compiler.running.preparing import Prepared
    from ecoscope_workflows.compiler.running.watching import Watched

FAILED, INTERRUPTED = 1, 130
_REST = "ecoscope_workflows.run.snakemake"
# With these Snakemake reads params that stand elsewhere: only it can tell whether they are complete.
_OTHER_PARAMS = ("--config", "-C", "--configfile", "--configfiles")


class _WithRest(click.Command):
    """A command that leaves the words behind ``--`` to another program."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words before ``--``."""
        end = args.index("--") if "--" in args else len(args)
        ctx.meta[_REST] = args[end + 1 :]
        try:
            return super().parse_args(ctx, args[:end])
        except click.NoSuchOption as error:
            hint = "Options of Snakemake stand behind `--`."
            raise click.UsageError(f"{error.format_message()} {hint}", ctx) from None

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the usage, with the words for the other program."""
        return [*super().collect_usage_pieces(ctx), "[-- SNAKEMAKE_OPTIONS...]"]


@click.command("run", cls=_WithRest, short_help="Run a workflow, and show how it goes on.")
@click.argument("target", default=".", metavar="[FOLDER|SPEC]", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--params",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The params to run with; they take the place of those in the folder.",
)
@click.option(
    "--outpath",
    type=click.Path(file_okay=False, path_type=Path),
    help="With SPEC: the folder to compile into.  [default: build/<name of the workflow>]",
)
@click.option("--plain", is_flag=True, help="Print lines instead of drawing on the terminal.")
@click.option("--no-warm", is_flag=True, help="Start each job as a process of its own, without warm workers.")
@click.pass_context
def run_command(
    context: click.Context,
    target: Path,
    params: Path | None,
    outpath: Path | None,
    plain: bool,  # noqa: FBT001  # click passes options by name
    no_warm: bool,  # noqa: FBT001  # as above
) -> None:
    """Run the workflow in FOLDER, or compile SPEC and run it.

    The params are checked in full before anything runs.
    Snakemake runs with the profile profiles/local of the folder; words behind `--` are options for it.

    Ctrl-C stops the jobs; the same command goes on where it was.
    """
    extra: list[str] = context.meta[_REST]
    began = time.time()
    if params is None and outpath is None and not extra and target.is_dir() and _is_done(target, began):
        return
    from ecoscope_workflows.compiler.running.occupation import Occupation  # noqa: PLC0415  # 0.2 s with the others
    from ecoscope_workflows.compiler.running.watching import Watched  # noqa: PLC0415  # as above
    from ecoscope_workflows.runtime.warm.announcement import SWITCH_VARIABLE  # noqa: PLC0415  # as above

    if any(word == "--logger" or word.startswith("--logger=") for word in extra):
        raise click.UsageError(
            "--logger is how this command follows Snakemake: run `snakemake` itself for another."
        )
    prepared = _prepared(target, outpath)
    environment = {**os.environ, **({SWITCH_VARIABLE: "0"} if no_warm else {})}
    with Occupation(prepared.folder) as occupation:
        if occupation.lift_left_locks():
            click.echo(
                "the last run here was killed: its lock is lifted, what it left half is made anew", err=True
            )
        _ready(prepared, target, params, extra)
        watched = Watched(occupation, prepared.laid_out, extra, environment)
        try:
            _show(watched, plain=plain)
        except BrokenPipeError:
            # Who read along has gone, and with that the run was stopped: not all went well.
            context.exit(INTERRUPTED)
    context.exit(_finish(prepared, watched))


def _is_done(folder: Path, began: float) -> bool:
    """Say so where a run has nothing to do in a folder, and return whether that is so."""
    from ecoscope_workflows.cli.run_summary import print_nothing_to_do  # noqa: PLC0415  # as above
    from ecoscope_workflows.compiler.running.unchanged import unchanged  # noqa: PLC0415  # as above

    found = unchanged(folder)
    if found is not None:
        print_nothing_to_do(folder, found, began)
    return found is not None


def _prepared(target: Path, outpath: Path | None) -> Prepared:
    from ecoscope_workflows.compiler.compile import Request, target_warnings  # noqa: PLC0415  # as above
    from ecoscope_workflows.compiler.running.preparing import compiled_before, compiled_into  # noqa: PLC0415  # as above
    from ecoscope_workflows.graph.lints import lint  # noqa: PLC0415  # as above

    if target.is_dir():
        if outpath is not None:
            raise click.UsageError(
                "--outpath says where to compile a spec into: name a spec, or leave it out."
            )
        return compiled_before(target)
    prepared = compiled_into(target, outpath)
    print_warnings([*lint(prepared.graph), *target_warnings(prepared.graph, Request(target))])
    return prepared


def _ready(prepared: Prepared, target: Path, params: Path | None, extra: Sequence[str]) -> None:
    """Write what is compiled, and see that the params are complete."""
    if prepared.artifacts:
        click.echo(f"{prepared.folder}: {written(prepared.write())}", err=True)
        if params is None:
            _tell_of_other_params(prepared.folder, target.with_name("params.yaml"))
    if params is not None:
        prepared.give_params(params)
    elif not any(word.partition("=")[0] in _OTHER_PARAMS for word in extra):
        prepared.check_params()


def _tell_of_other_params(folder: Path, beside: Path) -> None:
    """Say so where the params beside a spec are not those of the folder that it was compiled into before."""
    from ecoscope_workflows.compiler.compile import PARAMS  # noqa: PLC0415  # as above

    own = folder / PARAMS
    if beside.is_file() and beside.read_bytes() != own.read_bytes():
        click.echo(f"{own} is yours and was kept; {beside} differs from it", err=True)


def _show(watched: Watched, *, plain: bool) -> None:
    from ecoscope_workflows.cli.run_view import Lines, Picture, is_terminal  # noqa: PLC0415  # as above

    view: Lines | Picture
    if plain or not is_terminal(sys.stderr):
        view = Lines(watched, sys.stderr)
    else:
        view = Picture(watched, sys.stderr, colors=not os.environ.get("NO_COLOR"))
    try:
        for news in watched.run():
            view.show(news)
    finally:
        view.close()


def _finish(prepared: Prepared, watched: Watched) -> int:
    """Print what became of the run, and return the exit code."""
    progress = watched.progress
    if watched.stops and not progress.is_started:
        click.echo("stopped before anything ran", err=True)
    elif progress.is_dry or not progress.is_started:
        # Snakemake was asked something, or it has not got as far as to run: what it says is the answer.
        said = watched.output.read_text(encoding="utf-8", errors="replace")
        click.echo(said, nl=False, err=watched.code != 0)
    else:
        from ecoscope_workflows.cli.run_summary import print_summary  # noqa: PLC0415  # as above

        print_summary(prepared, watched)
    if watched.code == 0:
        return 0
    return INTERRUPTED if watched.stops else FAILED
