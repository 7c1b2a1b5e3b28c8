"""What ``ecoscope-workflows check`` costs as a whole process, beside an empty Python process.

Run ``python benchmarks/check_speed.py``.
The tasks are found by the index of what is installed, as from the second command on.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.compile_and_run import spec_of
from benchmarks.processes import Cost, measure

SIZES = (50, 500, 5_000)


def rows() -> list[list[str]]:
    """Return what checking a spec costs, by the number of its instances."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands: dict[str, list[str]] = {"python": [sys.executable, "-c", "pass"]}
        for size in SIZES:
            (folder / f"{size}.yaml").write_text(spec_of(size), encoding="utf-8")
            program = ["env", f"ECOSCOPE_WORKFLOWS_INDEX={folder}/index", sys.executable, "-m"]
            commands[str(size)] = [*program, "ecoscope_workflows", "check", f"{size}.yaml"]
        costs = measure(commands, folder)
    unit = costs.pop("python")
    header = ["check", "CPU s", "wall s", "CPU / empty Python", "ms CPU per further instance", "peak MB"]
    table = [header]
    before: tuple[int, Cost] | None = None
    for size, cost in zip(SIZES, costs.values(), strict=True):
        slope = "" if before is None else f"{1000 * (cost.cpu - before[1].cpu) / (size - before[0]):.2f}"
        numbers = [f"{cost.cpu:.2f}", f"{cost.wall:.2f}", f"{cost.cpu / unit.cpu:.0f}", slope]
        table.append([f"{size:,} instances", *numbers, f"{cost.peak:.0f}"])
        before = size, cost
    return table


if __name__ == "__main__":
    from benchmarks.tables import markdown

    print(markdown(rows()))
