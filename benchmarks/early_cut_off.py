"""What a run costs whose results are known: everything forced to run again, and one param of the last task.

Run ``python benchmarks/early_cut_off.py``.
A full run starts in an empty folder, with an empty store; then all rules are forced (``snakemake -F``) with
all inputs as they were, so that each result is taken from the store but that of the one task that reads the
world outside.
Doing nothing is what Snakemake itself takes to find out that there is nothing to do.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.processes import Cost, cost_of

RUNS = 3
CHAINS = 33
DENSITIES = 24
HEADER = ["nothing or little has changed", "wall s", "CPU s", "wall / full run", "peak MB"]
SNAKEMAKE = ["snakemake", "--profile", "profiles/local", "--cores", "2"]
MADE = "results .snakemake .ecoscope-workflows logs benchmarks"
# A file of fixes: animals that walk at random, of so many fixes each.
TRACKS = """
import sys
import geopandas as gpd
import numpy as np
import pandas as pd
animals, fixes = map(int, sys.argv[1:])
dice = np.random.default_rng(1)
steps = dice.normal(0, 0.003, (animals, fixes, 2))
places = (np.array([37.0, -1.0]) + 0.2 * dice.random((animals, 1, 2)) + steps.cumsum(axis=1)).reshape(-1, 2)
frame = gpd.GeoDataFrame(
    {
        "groupby_col": np.repeat([f"animal {number}" for number in range(animals)], fixes),
        "fixtime": np.tile(pd.date_range("2024-01-01", periods=fixes, freq="30min", tz="UTC"), animals),
        "junk_status": False,
    },
    geometry=gpd.points_from_xy(places[:, 0], places[:, 1]),
    crs="EPSG:4326",
)
frame.to_parquet("tracks.parquet")
"""


class Work(NamedTuple):
    """How much there is to compute.

    Parameters
    ----------
    animals, fixes
        Of the file, and of each of them.
    chains, densities
        From fixes to segments, and of each of them.
    cell
        The edge of the cells of the first density, in metres: the smaller, the more work.
    """

    animals: int
    fixes: int
    chains: int
    densities: int
    cell: float


WORKS = {
    "100 tasks of 4,000 fixes": Work(4, 1_000, CHAINS, 1, 250.0),
    f"{DENSITIES} densities of 120,000 fixes": Work(4, 30_000, 1, DENSITIES, 80.0),
}


def spec_of(work: Work) -> str:
    """Return a spec of chains of tasks that start from one file; the cell size of each density is a param."""
    lines = ["id: early_cut_off", "requirements: []", "workflow:"]
    lines += ["  - {id: load, task: load_relocations, partial: {path: tracks.parquet}}"]
    for chain in range(work.chains):
        lines += [
            f"  - id: clean_{chain}",
            "    task: process_relocations",
            "    partial:",
            "      observations: ${{ workflow.load.return }}",
            f"      filter_point_coords: [[180, 90], [0, {chain}]]",
            "      relocs_columns: [groupby_col, fixtime, junk_status, geometry]",
            f"  - id: track_{chain}",
            "    task: ecoscope_workflows.tasks.preprocessing.relocations_to_trajectory",
            f"    partial: {{relocations: '${{{{ workflow.clean_{chain}.return }}}}'}}",
        ]
        for number in range(work.densities):
            lines += [
                f"  - id: density_{chain}_{number}",
                "    task: calculate_time_density",
                "    partial:",
                f"      trajectory_gdf: ${{{{ workflow.track_{chain}.return }}}}",
                "      crs: EPSG:32637",
            ]
    return "\n".join(lines) + "\n"


def params_of(work: Work, last: float = 0.0) -> str:
    """Return the params; `last` is added to the cell size of the last density."""
    sizes = [
        (f"density_{chain}_{number}", work.cell + 2 * number)
        for chain in range(work.chains)
        for number in range(work.densities)
    ]
    sizes[-1] = (sizes[-1][0], sizes[-1][1] + last)
    return "".join(f"{name}: {{pixel_size: {size}}}\n" for name, size in sizes)


def prepare(parent: Path, work: Work) -> Path:
    """Compile the workflow, write its file and params, and return its folder."""
    (parent / "spec.yaml").write_text(spec_of(work), encoding="utf-8")
    command = ["ecoscope-workflows", "compile", "--spec", "spec.yaml", "--outpath", "work"]
    subprocess.run(command, cwd=parent, check=True, capture_output=True)
    folder = parent / "work"
    cost_of([sys.executable, "-c", TRACKS, str(work.animals), str(work.fixes)], folder)
    (folder / "config" / "params.yaml").write_text(params_of(work), encoding="utf-8")
    return folder


def assert_ran(folder: Path, jobs: int, restored: int) -> None:
    """End where a run did not do what is measured."""
    found = sum(log.read_text(encoding="utf-8") == "restored\n" for log in (folder / "logs").glob("*.log"))
    newest = max((folder / ".snakemake" / "log").glob("*.log"), key=lambda log: log.stat().st_mtime)
    counted = re.findall(r"^total +(\d+)$", newest.read_text(encoding="utf-8"), re.MULTILINE)
    ran = int(counted[0]) - 1 if counted else 0
    if (ran, found) != (jobs, restored):
        sys.exit(f"expected {jobs} jobs and {restored} restored, but there were {ran} and {found}")


def costs(work: Work) -> dict[str, Cost]:
    """Return what each kind of run costs."""
    jobs = 1 + work.chains * (2 + work.densities)
    found: dict[str, list[Cost]] = {name: [] for name in ("full run", "all forced", "nothing", "last param")}
    with tempfile.TemporaryDirectory() as name:
        folder = prepare(Path(name), work)
        params = folder / "config" / "params.yaml"
        for turn in range(RUNS):
            cold = ["bash", "-c", f'rm -rf {MADE} && exec "$@"', "cold", *SNAKEMAKE]
            found["full run"].append(cost_of(cold, folder))
            assert_ran(folder, jobs, 0)
            found["all forced"].append(cost_of([*SNAKEMAKE, "--forceall"], folder))
            assert_ran(folder, jobs, jobs - 1)
            found["nothing"].append(cost_of(SNAKEMAKE, folder))
            params.write_text(params_of(work, turn + 1.0), encoding="utf-8")
            found["last param"].append(cost_of(SNAKEMAKE, folder))
            assert_ran(folder, 1, jobs - 2)
            params.write_text(params_of(work), encoding="utf-8")
    return {label: _median(runs) for label, runs in found.items()}


def _median(runs: list[Cost]) -> Cost:
    return Cost(
        cpu=statistics.median(cost.cpu for cost in runs),
        wall=statistics.median(cost.wall for cost in runs),
        peak=statistics.median(cost.peak for cost in runs),
    )


def rows() -> list[list[str]]:
    """Return the header, and for each work a row for each kind of run."""
    table = [HEADER]
    for name, work in WORKS.items():
        found = costs(work)
        unit = found["full run"].wall
        table += [
            [
                f"{name}, {label}",
                f"{cost.wall:.2f}",
                f"{cost.cpu:.2f}",
                f"{cost.wall / unit:.2f}",
                f"{cost.peak:.0f}",
            ]
            for label, cost in found.items()
        ]
    return table


if __name__ == "__main__":
    from benchmarks.tables import markdown

    print(markdown(rows()), end="")
