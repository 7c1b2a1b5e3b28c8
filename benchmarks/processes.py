"""Commands in, what each costs as a whole process out: run in turn, so that drift hits all alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

RUNS = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """The median cost of a command in seconds, and its peak memory in MB."""

    cpu: float
    wall: float
    peak: float


def measure(commands: Mapping[str, Sequence[str]], cwd: Path, runs: int = RUNS) -> dict[str, Cost]:
    """Run each command `runs` times after a warm-up, A B C A B C, and return the medians."""
    found: dict[str, list[Cost]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            cost = cost_of(command, cwd)
            if number:
                found[name].append(cost)
    return {
        name: Cost(
            statistics.median(cost.cpu for cost in costs),
            statistics.median(cost.wall for cost in costs),
            statistics.median(cost.peak for cost in costs),
        )
        for name, costs in found.items()
    }


def cost_of(command: Sequence[str], cwd: Path) -> Cost:
    """Run a command once, and return what it cost."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{error.decode()}")
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return Cost(usage.ru_utime + usage.ru_stime, wall, kilobytes / 1024)
