"""What is printed when a run has ended."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import click

from ecoscope_workflows.cli.run_view import duration
from ecoscope_workflows.compiler.running.progress import DONE, FAILED, NOT_RUN, RESTORED, SKIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ecoscope_workflows.compiler.running.preparing import Prepared
    from ecoscope_workflows.compiler.running.summary import Summary
    from ecoscope_workflows.compiler.running.unchanged import Unchanged
    from ecoscope_workflows.compiler.running.watching import Watched

# A traceback is longer; its end says what was wrong, and the log has the whole.
MAX_ERROR_LINES = 20
MAX_PAGES = 8
MAX_NAMED = 20


def print_summary(prepared: Prepared, watched: Watched) -> None:
    """Print what is done, skipped and failed, and where results, pages and logs are."""
    from ecoscope_workflows.compiler.running.summary import summary_of  # noqa: PLC0415  # 0.2 s

    progress = watched.progress
    summary = summary_of(prepared.folder, prepared.laid_out, progress)
    for line in _failures(summary):
        click.echo(line, err=True)
    if watched.code != 0 and not summary.failures and not watched.stops:
        # No job is at fault.
        said = progress.errors or [watched.output.read_text(encoding="utf-8", errors="replace").strip()]
        click.echo("\n".join(said), err=True)
    if watched.stops:
        click.echo("stopped: run the same command again to go on", err=True)
    for line in _lines(watched, summary):
        click.echo(line)


def print_nothing_to_do(folder: Path, found: Unchanged, began: float) -> None:
    """Print the same of a folder where Snakemake was not started, because all was done."""
    states = {DONE: found.done, SKIPPED: len(found.skipped)}
    counts = ", ".join(f"{count} {state}" for state, count in states.items() if count)
    click.echo(f"{counts}  (nothing to do in {duration(time.time() - began)})")
    for line in [*_skips(found.skipped), *_places(folder, found.pages)]:
        click.echo(line)


def _failures(summary: Summary) -> Iterator[str]:
    for failure in summary.failures:
        yield f"{click.style('failed', fg='red')} {failure.instance}: see {failure.log}"
        lines = failure.error.splitlines()
        shown = lines if len(lines) <= MAX_ERROR_LINES else [lines[0], "...", *lines[-MAX_ERROR_LINES:]]
        yield from (f"  {line}" for line in shown)


def _lines(watched: Watched, summary: Summary) -> Iterator[str]:
    states = Counter(status.state for status in summary.statuses)
    counts = [f"{states[state]} {state}" for state in (DONE, SKIPPED, FAILED, NOT_RUN) if states[state]]
    progress = watched.progress
    made, restored = progress.count(DONE), progress.count(RESTORED)
    news = [f"{made} made" if made else "", f"{restored} restored" if restored else ""]
    # Where Snakemake has given up, nothing was done for another reason.
    is_idle = not progress.ended and watched.code == 0
    this_run = ", ".join(filter(None, news)) or "nothing to do" * is_idle
    took = duration(time.time() - watched.began)
    yield f"{', '.join(counts)}  ({this_run + ' ' if this_run else ''}in {took})"
    yield from _skips({one.instance: one.detail for one in summary.statuses if one.state == SKIPPED})
    for name, waits_for in list(summary.held_up.items())[:MAX_NAMED]:
        needs = f"needs {', '.join(waits_for)}" if waits_for else ""
        old = "its result is of an earlier run" if name in summary.outdated else ""
        why = "; ".join(filter(None, [needs, old]))
        yield f"  not run {name}{': ' if why else ''}{why}"
    yield from _places(summary.place, summary.pages)


def _skips(details: Mapping[str, str]) -> Iterator[str]:
    yield from (f"  skipped {name}: {detail}" for name, detail in list(details.items())[:MAX_NAMED])


def _places(place: Path | str, pages: Sequence[Path]) -> Iterator[str]:
    for page in pages[:MAX_PAGES]:
        yield f"page     {page}"
    if len(pages) > MAX_PAGES:
        yield f"         and {len(pages) - MAX_PAGES} more"
    for name in ("results", "logs"):
        yield f"{name:7}  {f'{place}/{name}' if isinstance(place, str) else place / name}"
