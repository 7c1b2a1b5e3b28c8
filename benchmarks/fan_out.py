"""What a task costs that is called for each of many small items: all of them, one of them, none.

Run ``python benchmarks/fan_out.py``.
Each item is a frame of ten rows, which `sort_values` sorts; all calls are one job of one thread.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.processes import Cost, cost_of

SIZES = (1_000, 10_000)
ROWS_OF_AN_ITEM = 10
RUNS = 3
HEADER = ["one call per item", "CPU s", "wall s", "ms CPU per item", "peak MB"]
JOB = [sys.executable, "-P", "-m", "ecoscope_workflows.runtime"]
SPLIT = "ecoscope_workflows.tasks.groupby:split_groups"
# A task with a fingerprint, as a rule names it: only such results are kept for the next run.
SORT = "ecoscope_workflows.tasks.transformation:sort_values@benchmark"
EACH = {
    "column_name": "speed",
    "$each": {"method": "mapvalues", "argnames": ["df"], "argvalues": {"$input": 0}},
}
# A table of groups, of which one has another value than in the run before.
TABLE = """
import sys
import numpy as np
import pandas as pd
size, rows, changed = map(int, sys.argv[1:])
speeds = np.random.default_rng(1).random(rows * size)
speeds[0] += changed
names = np.repeat([f"herd {number:05d}" for number in range(size)], rows)
pd.DataFrame({"herd": names, "speed": speeds}).to_parquet("table.parquet")
"""


def split(folder: Path, size: int, changed: int) -> None:
    """Write the collection of items; `changed` is the number of a version of the first one."""
    numbers = [str(number) for number in (size, ROWS_OF_AN_ITEM, changed)]
    cost_of([sys.executable, "-c", TABLE, *numbers], folder)
    groupers = json.dumps({"groupers": [{"index_name": "herd"}]})
    words = ["items", "--task", SPLIT, "--args", groupers, "--input", "df=table.parquet", "--output", "items"]
    cost_of([*JOB, *words], folder)


def costs(size: int) -> dict[str, Cost]:
    """Return what the job costs when all items are new, when one is, and when none is."""
    words = ["sorted", "--task", SORT, "--args", json.dumps(EACH), "--each", "sorted=items"]
    found: dict[str, list[Cost]] = {"all computed": [], "one computed": [], "none computed": []}
    for _ in range(RUNS):
        # The store of results is in the folder, so that the next turn finds nothing in it.
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for changed, label in enumerate(found):
                if changed < len(found) - 1:
                    split(folder, size, changed)
                cost = cost_of([*JOB, *words, "--output", "sorted", "--log", "log.txt"], folder)
                assert_computed(folder, {0: size, 1: 1, 2: 0}[changed], size)
                found[label].append(cost)
    return {label: _median(runs) for label, runs in found.items()}


def assert_computed(folder: Path, expected: int, size: int) -> None:
    """End where a run did not do what is measured."""
    said = (folder / "log.txt").read_text(encoding="utf-8")
    if f"{expected} of {size} items computed" not in said:
        sys.exit(f"expected {expected} of {size} items to be computed, but: {said}")


def _median(runs: list[Cost]) -> Cost:
    return Cost(
        cpu=statistics.median(cost.cpu for cost in runs),
        wall=statistics.median(cost.wall for cost in runs),
        peak=statistics.median(cost.peak for cost in runs),
    )


def rows() -> list[list[str]]:
    """Return the header, and for each number of items a row for each kind of run."""
    return [
        HEADER,
        *(
            [
                f"{size:,} items, {label}",
                f"{cost.cpu:.2f}",
                f"{cost.wall:.2f}",
                f"{1000 * cost.cpu / size:.2f}",
                f"{cost.peak:.0f}",
            ]
            for size in SIZES
            for label, cost in costs(size).items()
        ),
    ]


if __name__ == "__main__":
    from benchmarks.tables import markdown

    print(markdown(rows()), end="")
