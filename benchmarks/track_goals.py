"""Tracks of real sizes through the runner and the kernels, beside code written by hand and published figures.

Run ``python benchmarks/track_goals.py``.
Each figure is the least of some runs, each in a process of its own: CPU is user and system time, peak is the
largest resident set.
"whole process" is from the start of Python to the file on disk, as a rule of Snakemake runs it; "warm" is the
same in a process forked from one that has imported the libraries, as a warm worker runs it.
"published" is the CPU time of the published implementation, measured once on a machine of the same class.
With ``ECOSCOPE_WORKFLOWS_REFERENCE`` the tracks of Salif Keita and Toni are read from there, else simulated.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 5
ANIMALS = 50
FIXES_OF_AN_ANIMAL = 20_000
SEGMENTS_OF_SALIF = 21_073
SEGMENTS_OF_TONI = 5_155
SEGMENTS_OF_MANY = 50_000
CELL = {"auto_scale_or_custom": "Customize", "grid_cell_size": 547.0}
CELLS_OF_DENSITY = 2_690.0
HEADER = ["work", "CPU s", "peak MB", "by hand CPU s", "by hand peak MB", "ratio", "published CPU s"]
# Linux counts in KiB, macOS in bytes.
BYTES_PER_MAXRSS = 1 if sys.platform == "darwin" else 1024

BY_HAND = Path(__file__).with_name("tracks_by_hand.py").resolve()


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU time in seconds and peak memory in MB."""

    cpu: float
    peak: float


def of_process(command: list[str]) -> Cost:
    """Run a command and return its cost."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{error.decode()}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * BYTES_PER_MAXRSS / 1e6)


def least(command: list[str]) -> Cost:
    """Return the least CPU time and the least peak of some runs of a command."""
    return least_of([of_process(command) for _ in range(RUNS)])


def least_of(costs: list[Cost]) -> Cost:
    """Return the least CPU time and the least peak."""
    return Cost(min(cost.cpu for cost in costs), min(cost.peak for cost in costs))


def simulated(segments: int) -> Any:
    """Return the segments of one simulated animal."""
    from benchmarks.track_kernels import relocations, simulate  # noqa: PLC0415  # imports geopandas

    return trajectory(relocations(simulate(segments)))


def trajectory(fixes: Any) -> Any:
    """Join fixes to segments."""
    from ecoscope_workflows.tasks.preprocessing import relocations_to_trajectory  # noqa: PLC0415  # as above

    return relocations_to_trajectory(fixes)


def track_of(file: str, name: str, segments: int) -> Any:
    """Return the segments of an animal of the reference data, or simulated ones in their place."""
    import geopandas as gpd  # noqa: PLC0415  # half a second

    reference = os.environ.get("ECOSCOPE_WORKFLOWS_REFERENCE")
    if not reference:
        return simulated(segments)
    found = gpd.read_parquet(Path(reference) / "data" / "tracks" / file)
    found = found[found["subject_name"] == name]
    return trajectory(
        gpd.GeoDataFrame(
            {
                "groupby_col": name,
                "fixtime": found["fixtime"],
                "junk_status": False,
                "geometry": found.geometry,
            }
        )
    )


def salif_keita() -> Any:
    """Return 922 days of an elephant."""
    return track_of("elephants_wall2014.parquet", "Salif Keita", SEGMENTS_OF_SALIF)


def toni() -> Any:
    """Return a buffalo with a wrong fix: two segments are twenty times as fast as any other."""
    segments = track_of("buffalo_kruger.parquet", "Toni", SEGMENTS_OF_TONI)
    if "ECOSCOPE_WORKFLOWS_REFERENCE" not in os.environ:
        at = segments.columns.get_loc("speed_kmhr")
        segments.iloc[[1000, 1001], at] = 20.0 * segments["speed_kmhr"].max()
    return segments


def write_inputs(folder: Path) -> None:
    """Write a million fixes, and the segments of Salif Keita."""
    import pandas as pd  # noqa: PLC0415  # half a second
    from benchmarks.track_kernels import relocations, simulate  # noqa: PLC0415  # imports geopandas

    from ecoscope_workflows.contracts.parquet import write_frame  # noqa: PLC0415  # imports pandas

    animals = [
        relocations(simulate(FIXES_OF_AN_ANIMAL - 1, seed)).assign(groupby_col=f"animal-{seed}")
        for seed in range(ANIMALS)
    ]
    fixes = pd.concat(animals)
    fixes.index = pd.Index([f"fix-{number}" for number in range(len(fixes))], name="id")
    write_frame(fixes, folder / "fixes.parquet", "{}")
    write_frame(salif_keita(), folder / "salif.parquet", "{}")


JOBS = {
    "trajectory": [
        *("trajectory", "--task", "ecoscope_workflows.tasks.preprocessing:relocations_to_trajectory"),
        *("--input", "relocations=fixes.parquet", "--output", "trajectory.parquet"),
    ],
    "density": [
        *("density", "--task", "ecoscope_workflows.tasks.analysis:calculate_elliptical_time_density"),
        *("--input", "trajectory_gdf=salif.parquet", "--output", "density.parquet"),
        *("--args", json.dumps({"auto_scale_or_custom_cell_size": CELL})),
    ],
}


def warm(job: str) -> Cost:
    """Run a job in a fork of this process, which has imported what a warm worker has."""
    import geopandas  # noqa: F401, PLC0415  # what the fork shall find imported
    import pandera.pandas  # noqa: F401, PLC0415  # as above

    import ecoscope_workflows.tasks.analysis  # noqa: F401, PLC0415  # as above
    from ecoscope_workflows.runtime.command import main  # noqa: PLC0415  # as above

    child = os.fork()
    if not child:
        os._exit(main(JOBS[job]))
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"{job} failed")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * BYTES_PER_MAXRSS / 1e6)


def elliptical(segments: Any) -> Callable[[], object]:
    """Return the time density at the automatic cell size."""
    from ecoscope_workflows.tasks.analysis import calculate_elliptical_time_density  # noqa: PLC0415  # as above

    return lambda: calculate_elliptical_time_density(segments)


def night_and_day() -> Callable[[], object]:
    """Return the ratio of distances."""
    from ecoscope_workflows.tasks.analysis import get_night_day_ratio  # noqa: PLC0415  # as above

    segments = salif_keita()
    return lambda: get_night_day_ratio(segments)


def grid_of(segments: Any) -> Any:
    """Return some 5,000 cells around a track."""
    from ecoscope_workflows.tasks.analysis import create_meshgrid  # noqa: PLC0415  # as above
    from ecoscope_workflows.tasks.densities import CustomGridCellSize  # noqa: PLC0415  # as above

    size = CustomGridCellSize(grid_cell_size=CELLS_OF_DENSITY)
    return create_meshgrid(segments, auto_scale_or_custom_cell_size=size)


def line_density() -> Callable[[], object]:
    """Return the metres of way in each cell."""
    from ecoscope_workflows.tasks.analysis import calculate_feature_density  # noqa: PLC0415  # as above

    segments = salif_keita()
    grid = grid_of(segments)
    return lambda: calculate_feature_density(segments, grid, geometry_type="line")


def line_density_by_hand() -> Callable[[], object]:
    """Return the metres of way in each cell by a search tree and intersections."""
    from benchmarks import tracks_by_hand  # noqa: PLC0415  # as above

    segments = salif_keita()
    grid = grid_of(segments)
    return lambda: tracks_by_hand.line_density(segments, grid)


KERNELS: dict[str, Callable[[], Callable[[], object]]] = {
    "many": lambda: elliptical(simulated(SEGMENTS_OF_MANY)),
    "toni": lambda: elliptical(toni()),
    "night and day": night_and_day,
    "lines": line_density,
    "lines by hand": line_density_by_hand,
}


def kernel(name: str) -> Cost:
    """Measure a kernel in this process: its input made before, and one call to warm up."""
    call = KERNELS[name]()
    call()
    times = []
    for _ in range(RUNS):
        started = time.process_time()
        call()
        times.append(time.process_time() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_MAXRSS / 1e6
    return Cost(min(times), peak)


def in_own_process(kind: str, name: str, folder: Path) -> Cost:
    """Have this module measure one case in a process of its own."""
    command = [sys.executable, "-W", "ignore", str(Path(__file__).resolve()), kind, name]
    run = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    return Cost(**json.loads(run.stdout.splitlines()[-1]))


def row(work: str, cost: Cost, published: str, by_hand: Cost | None = None) -> list[str]:
    """Return a row of the table."""
    hand = ["", "", ""]
    if by_hand is not None:
        hand = [f"{by_hand.cpu:.3g}", f"{by_hand.peak:.0f}", f"{by_hand.cpu / cost.cpu:.1f}"]
    return [work, f"{cost.cpu:.3g}", f"{cost.peak:.0f}", *hand, published]


def rows() -> list[list[str]]:
    """Return the header and a row per piece of work."""
    python = [sys.executable, "-P"]
    runtime = [*python, "-m", "ecoscope_workflows.runtime"]
    with tempfile.TemporaryDirectory() as name:
        folder, before = Path(name), Path.cwd()
        in_own_process("inputs", "", folder)
        os.chdir(folder)
        try:
            hand = least([*python, str(BY_HAND), "fixes.parquet", "hand.parquet"])
            cold = {job: least([*runtime, *words]) for job, words in JOBS.items()}
            floor = least([*python, "-c", "import geopandas"])
        finally:
            os.chdir(before)
        hot = {job: in_own_process("warm", job, folder) for job in JOBS}
        found = {name: in_own_process("kernel", name, folder) for name in KERNELS}
    fixes, segments = "1,000,000 fixes → trajectory", "time density, 21,073 segments, 547 m"
    return [
        HEADER,
        row("import geopandas", floor, ""),
        row(f"{fixes}, whole process", cold["trajectory"], "13.8", hand),
        row(f"{fixes}, warm", hot["trajectory"], "13.8", hand),
        row(f"{segments}, whole process", cold["density"], "7.97"),
        row(f"{segments}, warm", hot["density"], "7.97"),
        row("time density, 50,000 segments, automatic cell size", found["many"], "36.3 (7,900 MB)"),
        row("time density, wrong fix (Toni), automatic cell size", found["toni"], "beyond 23,000 MB"),
        row("night/day ratio, 922 days", found["night and day"], "27.1"),
        row("line density, 21,073 segments", found["lines"], "139.8", found["lines by hand"]),
    ]


MEASURES: dict[str, Callable[[str], Cost]] = {
    "warm": lambda job: least_of([warm(job) for _ in range(RUNS)]),
    "kernel": kernel,
}


if __name__ == "__main__":
    if sys.argv[1:2] == ["inputs"]:
        write_inputs(Path.cwd())
        print(json.dumps({"cpu": 0.0, "peak": 0.0}))
    elif len(sys.argv) > 1:
        measured = MEASURES[sys.argv[1]](sys.argv[2])
        print(json.dumps({"cpu": measured.cpu, "peak": measured.peak}))
    else:
        from benchmarks.tables import markdown

        print(markdown(rows()))
