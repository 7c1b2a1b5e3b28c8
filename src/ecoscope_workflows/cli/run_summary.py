"""What is printed when a run has ended."""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import TYPE_CHECKING

import click

from ecoscope_workflows.cli.run_view import duration
from ecoscope_workflows.compiler.running.progress import DONE, FAILED, RESTORED
from ecoscope_workflows.compiler.running.summary import summary_of
from ecoscope_workflows.compiler.status import NOT_RUN, SKIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecoscope_workflows.compiler.running.preparing import Prepared
    from ecoscope_workflows.compiler.running.summary import Summary
    from ecoscope_workflows.compiler.running.watching import Watched

# A traceback is longer; its end says what was wrong, and the log has the whole.
MAX_ERROR_LINES = 20
MAX_PAGES = 8
MAX_NAMED = 20


def print_summary(prepared: Prepared, watched: Watched) -> None:
    """Print what is done, skipped and failed, and where results, pages and logs are."""
    progress = watched.progress
    summary = summary_of(prepared.folder, prepared.laid_out, progress)
    # Where nothing is said click decides: colours on a terminal only.
    color = False if os.environ.get("NO_COLOR") else None
    for line in _failures(summary):
        click.echo(line, err=True, color=color)
    if watched.code != 0 and not summary.failures and not watched.stops:
        # No job is at fault.
        said = progress.errors or [watched.output.read_text(encoding="utf-8", errors="replace").strip()]
        click.echo("\n".join(said), err=True)
    if watched.stops:
        click.echo("stopped: run the same command again to go on", err=True)
    for line in _lines(prepared, watched, summary):
        click.echo(line)


def _failures(summary: Summary) -> Iterator[str]:
    for failure in summary.failures:
        yield f"{click.style('failed', fg='red')} {failure.instance}: see {failure.log}"
        lines = failure.error.splitlines()
        shown = lines if len(lines) <= MAX_ERROR_LINES else [lines[0], "...", *lines[-MAX_ERROR_LINES:]]
        yield from (f"  {line}" for line in shown)


def _lines(prepared: Prepared, watched: Watched, summary: Summary) -> Iterator[str]:
    states = Counter(status.state for status in summary.statuses)
    counts = [f"{states[state]} {state}" for state in (DONE, SKIPPED, FAILED, NOT_RUN) if states[state]]
    progress = watched.progress
    made, restored = progress.count(DONE), progress.count(RESTORED)
    news = [f"{made} made" if made else "", f"{restored} restored" if restored else ""]
    this_run = ", ".join(filter(None, news)) or "nothing to do" * (not progress.ended)
    took = duration(time.time() - watched.began)
    yield f"{', '.join(counts)}  ({this_run + ' ' if this_run else ''}in {took})"
    for status in [status for status in summary.statuses if status.state == SKIPPED][:MAX_NAMED]:
        yield f"  skipped {status.instance}: {status.detail}"
    for name, waits_for in list(summary.held_up.items())[:MAX_NAMED]:
        yield f"  not run {name}" + (f": needs {', '.join(waits_for)}" if waits_for else "")
    for page in summary.pages[:MAX_PAGES]:
        yield f"page     {page}"
    if len(summary.pages) > MAX_PAGES:
        yield f"         and {len(summary.pages) - MAX_PAGES} more"
    yield f"results  {prepared.folder / 'results'}"
    yield f"logs     {prepared.folder / 'logs'}"
