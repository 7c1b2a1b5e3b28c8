"""How long the rest of a run will take, from how long each job took the last time."""

from __future__ import annotations

import csv
import heapq
from collections import deque
from typing import TYPE_CHECKING

from ecoscope_workflows.runtime.usage import read_usage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from ecoscope_workflows.targets.view import Row


def recorded_seconds(folder: Path, instances: Iterable[str]) -> dict[str, float]:
    """Return how many seconds each instance takes to compute, where that was recorded.

    Snakemake has the whole time of the last job, and the job itself what it took when it last computed
    something: one that was restored since says nothing of that.
    It must be asked before Snakemake starts, which removes its record of each job that it runs.
    """
    found = {}
    for name in instances:
        used = read_usage(name, folder=folder) or {}
        times = [_of_last_job(folder / "benchmarks" / f"{name}.tsv"), used.get("seconds")]
        known = [seconds for seconds in times if seconds is not None]
        if known:
            found[name] = max(known)
    return found


def _of_last_job(path: Path) -> float | None:
    """Return the seconds in a benchmark file of Snakemake's."""
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    try:
        return float(rows[-1]["s"])
    except (IndexError, KeyError, TypeError, ValueError):
        return None  # it was cut off, or is of another program


def needs_of(rows: Iterable[Row]) -> dict[str, frozenset[str]]:
    """Return for each instance those whose results its job reads."""
    return {row.id: frozenset(item.instance for item in row.inputs if item.instance) for row in rows}


def seconds_left(
    recorded: Mapping[str, float],
    needs: Mapping[str, Collection[str]],
    running: Mapping[str, float],
    waiting: Collection[str],
    cores: int,
) -> float | None:
    """Return how long it will take until all jobs are done, as if each took one core.

    The jobs are played through as Snakemake does it: a job starts when a core is free and what it needs is
    there.
    A job that was never recorded is taken to last as long as the middle one of those that were.
    Complexity: n log n for n jobs, and linear in what they need.

    Parameters
    ----------
    recorded
        How long each job took, in seconds.
    needs
        What each needs.
    running
        For each running job how long it has been running, in seconds.
    waiting
        The jobs that are still to start.
    cores
        How many run at a time.

    Returns
    -------
    float or None
        Seconds; None where nothing was ever recorded of the jobs that are left.
    """
    left = {*running, *waiting}
    if not any(name in recorded for name in left):
        return None
    usual = _median(sorted(recorded.values()))
    ends = [(max(0.0, recorded.get(name, usual) - since), name) for name, since in running.items()]
    heapq.heapify(ends)
    missing = {name: {need for need in needs.get(name, ()) if need in left} for name in waiting}
    return _played_through(ends, waiting, missing, lambda name: recorded.get(name, usual), max(cores, 1))


def _median(ordered: Sequence[float]) -> float:
    """Return the middle value; importing `statistics` takes longer than all that is done here."""
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _played_through(
    ends: list[tuple[float, str]],
    waiting: Collection[str],
    missing: Mapping[str, set[str]],
    lasts: Callable[[str], float],
    cores: int,
) -> float:
    """Return when the last job ends, where `ends` is a heap of those that run, with when each ends."""
    users: dict[str, list[str]] = {}
    for name, needed in missing.items():
        for need in needed:
            users.setdefault(need, []).append(name)
    ready = deque(name for name in waiting if not missing[name])
    now = 0.0
    while ready or ends:
        while ready and len(ends) < cores:
            name = ready.popleft()
            heapq.heappush(ends, (now + lasts(name), name))
        now, ended = heapq.heappop(ends)
        for name in users.get(ended, ()):
            missing[name].discard(ended)
            if not missing[name]:
                ready.append(name)
    return now
