"""What a run looks like while it goes on: a picture that is drawn again and again, or plain lines."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING, TextIO

import click

from ecoscope_workflows.compiler.running.progress import DONE, FAILED, RESTORED, SKIPPED, STATES, STOPPED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ecoscope_workflows.compiler.running.progress import Ended
    from ecoscope_workflows.compiler.running.watching import Watched

COLORS = {DONE: "green", RESTORED: "cyan", SKIPPED: "yellow", FAILED: "red", STOPPED: "yellow"}
BAR = 24
# More running instances than this are counted, not named.
MAX_NAMED = 8
# After as many seconds without a line, plain output says what is running.
QUIET = 30.0
_MINUTE, _HOUR = 60, 3600
_UP, _CLEAR_LINE, _CLEAR_BELOW = "\x1b[{}F", "\x1b[2K", "\x1b[0J"


def is_terminal(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether a picture can be drawn on a stream."""
    return stream.isatty() and environment.get("TERM", "") not in {"", "dumb"}


def duration(seconds: float) -> str:
    """Return how long something took, as people write it: ``0.4 s``, ``1:05``, ``2:00:01``."""
    if seconds < 10:  # noqa: PLR2004  # below ten seconds the tenths are read
        return f"{seconds:.1f} s"
    return clock(seconds)


def clock(seconds: float) -> str:
    """Return a time span in minutes and seconds, and hours where there are any."""
    whole = int(seconds)
    minutes = f"{whole // _MINUTE % 60}:{whole % _MINUTE:02d}"
    return minutes if whole < _HOUR else f"{whole // _HOUR}:{whole // _MINUTE % 60:02d}:{whole % _MINUTE:02d}"


class Lines:
    """A line for each job that has ended.

    Parameters
    ----------
    watched
        The run.
    stream
        Where it is written to.
    now
        The time in seconds since 1970.
    """

    def __init__(self, watched: Watched, stream: TextIO, now: Callable[[], float] = time.time) -> None:
        self._watched, self._stream, self._now = watched, stream, now
        self._said = now()
        self._stops = 0

    def show(self, news: Sequence[Ended]) -> None:
        """Write what has happened since the last call."""
        progress = self._watched.progress
        before = len(progress.ended) - len(news)
        for number, ended in enumerate(news, before + 1):
            where = f"  see {ended.log}" if ended.state == FAILED else ""
            counted = f"[{number}/{progress.total}]"
            self._say(f"{counted} {ended.state:<8} {ended.instance}  {duration(ended.seconds)}{where}")
        if self._watched.stops > self._stops:
            self._stops = self._watched.stops
            self._say(stopping(self._watched))
        if self._now() - self._said >= QUIET and progress.running:
            now = self._now()
            running = (f"{name} ({clock(now - began)})" for name, began in progress.running.items())
            counted = f"[{len(progress.ended)}/{progress.total}]"
            self._say(f"{counted} running: {', '.join(running)}{_left(self._watched)}")

    def close(self) -> None:
        """Leave the terminal as it is."""

    def _say(self, line: str) -> None:
        self._said = self._now()
        self._stream.write(f"{line}\n")
        self._stream.flush()


class Picture:
    """A few lines at the bottom of a terminal, drawn again where they have changed.

    Parameters
    ----------
    watched
        The run.
    stream
        The terminal.
    colors
        Whether it is drawn in colours.
    now
        The time in seconds since 1970.
    """

    def __init__(
        self, watched: Watched, stream: TextIO, *, colors: bool, now: Callable[[], float] = time.time
    ) -> None:
        self._watched, self._stream, self._colors, self._now = watched, stream, colors, now
        self._drawn: list[str] = []

    def show(self, news: Sequence[Ended]) -> None:
        """Draw what is now; what has failed stays above."""
        failed = [ended for ended in news if ended.state == FAILED]
        said = [f"{self._style(FAILED, FAILED)} {one.instance}  see {one.log}" for one in failed]
        lines = list(self._lines())
        if said or lines != self._drawn:
            self._draw([*said, *lines])
            self._drawn = lines

    def close(self) -> None:
        """Remove the picture."""
        self._draw([])
        self._drawn = []

    def _draw(self, lines: Sequence[str]) -> None:
        up = _UP.format(len(self._drawn)) if self._drawn else ""
        self._stream.write(up + "".join(f"{_CLEAR_LINE}{line}\n" for line in lines) + _CLEAR_BELOW)
        self._stream.flush()

    def _lines(self) -> Iterator[str]:
        progress, now = self._watched.progress, self._now()
        width = shutil.get_terminal_size().columns - 1
        elapsed = clock(now - self._watched.began)
        rest = f"  {elapsed}{_left(self._watched)}"
        if not progress.planned:
            yield f"starting Snakemake  {elapsed}"[:width]
            return
        ended, total = len(progress.ended), progress.total
        filled = BAR * ended // total if total else 0
        bar = f"[{'#' * filled}{'.' * (BAR - filled)}] "
        plain, running = f"{ended} of {total}", f"{len(progress.running)} running"
        counts = [(state, f"{progress.count(state)} {state}") for state in STATES if progress.count(state)]
        line = f"{plain}  {', '.join([running, *(text for _, text in counts)])}{rest}"
        if len(bar) + len(line) > width:
            bar = ""  # the numbers say more
        if len(bar) + len(line) <= width:
            # The letters that colour it take no room.
            yield f"{bar}{plain}  {', '.join([running, *(self._style(*count) for count in counts)])}{rest}"
        else:
            yield line[:width]
        for name, began in list(progress.running.items())[:MAX_NAMED]:
            yield f"  {name}  {clock(now - began)}"[:width]
        if len(progress.running) > MAX_NAMED:
            yield f"  and {len(progress.running) - MAX_NAMED} more"
        if self._watched.stops:
            yield stopping(self._watched)[:width]

    def _style(self, state: str, text: str) -> str:
        return click.style(text, fg=COLORS[state]) if self._colors else text


def stopping(watched: Watched) -> str:
    """Return what the first, the second and any later Ctrl-C has brought about."""
    if watched.stops == 1:
        return "stopping: the jobs are told to end; Ctrl-C again ends them at once"
    return "ending all jobs at once" if watched.stops == 2 else "ending Snakemake"  # noqa: PLR2004  # the second


def _left(watched: Watched) -> str:
    left = watched.seconds_left
    return "" if left is None or watched.stops else f", about {clock(left)} left"
