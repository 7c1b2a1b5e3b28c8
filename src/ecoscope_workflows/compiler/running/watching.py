"""A folder that is ready to run in, its run from start to end out: what happens, moment by moment."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from ecoscope_workflows.compiler.estimate import needs_of, recorded_seconds, seconds_left
from ecoscope_workflows.compiler.running.child import Child, command
from ecoscope_workflows.compiler.running.events import EventFile
from ecoscope_workflows.compiler.running.outcomes import how_done
from ecoscope_workflows.compiler.running.progress import DONE, Progress
from ecoscope_workflows.runtime.whereabouts import results_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ecoscope_workflows.compiler.running.occupation import Occupation
    from ecoscope_workflows.compiler.running.progress import Ended
    from ecoscope_workflows.targets.view import Row, View

# Often enough for a view that seems to be at once, in seconds.
INTERVAL = 0.1


@dataclass
class Watched:
    """A run of Snakemake in a folder.

    Parameters
    ----------
    occupation
        The right to run in the folder.
    laid_out
        Its workflow.
    extra
        Further words for Snakemake's command line.
    environment
        The environment of the run.
    progress
        What is known of the run so far.
    stops
        How often it was told to stop.
    code
        Snakemake's exit code, when it has ended; negative where a signal has ended it.
    """

    occupation: Occupation
    laid_out: View
    extra: Sequence[str]
    environment: Mapping[str, str]
    stops: int = field(default=0, init=False)
    code: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Remember how long each job took before; Snakemake forgets it when it runs the job again."""
        rows = {row.id: row for row in self.laid_out.jobs}
        self.began = time.time()
        parts = {row.chunked.rule: row.id for row in rows.values() if row.chunked}
        how_done_here = partial(_how_done, self.occupation.folder, rows)
        self.progress = Progress(frozenset(rows), how_done_here, parts=parts)
        self._needs = needs_of(rows.values())
        self._recorded = recorded_seconds(self.occupation.folder, rows)
        self._events = EventFile(self.occupation.new_events())

    @property
    def output(self) -> Path:
        """The file of what Snakemake prints."""
        return self._events.path.with_suffix(".log")

    @property
    def seconds_left(self) -> float | None:
        """How long it will take; None where that cannot be known."""
        now = time.time()
        running = {name: now - started for name, started in self.progress.running.items()}
        return seconds_left(self._recorded, self._needs, running, self.progress.waiting, self.progress.cores)

    def run(self, interval: float = INTERVAL) -> Iterator[list[Ended]]:
        """Run Snakemake to its end, and yield again and again which jobs have ended since the last time."""
        folder = self.occupation.folder
        words = command(self._events.path, self.extra)
        with Child(words, folder, self.output, self.occupation.descriptor, self.environment) as child:
            over = False
            while not over:
                over = child.wait(interval)
                self.stops, self.progress.stopped = child.stops, child.stopped
                yield list(self.progress.take(self._events.new()))
        self.code = child.code
        if self.code < 0:
            # A signal ended it before it could remove its lock.
            self.occupation.lift_left_locks()


def _how_done(folder: Path, rows: Mapping[str, Row], name: str) -> str:
    # What lies here is of another run.
    return DONE if results_elsewhere(folder) else how_done(folder, rows[name])
