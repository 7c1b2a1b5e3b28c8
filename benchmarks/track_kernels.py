"""Segments per second of the track tasks, beside a fixed unit of work, as a Markdown table.

Run ``python benchmarks/track_kernels.py``.
Each case runs in a process of its own, so that its peak memory is its own.
The unit of work is ``pyproj.Geod.inv`` over as many segments, measured in the same process just before:
the ratio to it carries from one machine to another, absolute times do not.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from ecoscope_workflows.tasks.analysis import calculate_time_density
from ecoscope_workflows.tasks.readme import relocations_to_trajectory

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SEED = 20240501
SIZES = (10_000, 50_000)
SECONDS_BETWEEN_FIXES = 1800
CRS = "EPSG:32637"
PIXEL_SIZE = 100.0
# The best of this many runs: what the machine can do, with the least of what else it was doing.
REPEATS = 3
HEADER = ["task", "segments", "wall s", "CPU s", "segments per CPU s", "CPU / geodesics", "peak MB"]
# Linux counts in KiB, macOS in bytes.
BYTES_PER_MAXRSS = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Track:
    """Fixes of one animal: degrees in WGS 84, seconds since 1970."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    seconds: NDArray[np.int64]


def simulate(segments: int, seed: int = SEED) -> Track:
    """Walk with Weibull speeds and a pull towards home, in steps of half an hour near 37.5° E, 0.6° N."""
    random = np.random.default_rng(seed)
    steps = 0.27 * random.weibull(0.95, segments) * np.exp(2j * np.pi * random.random(segments))
    places = np.zeros(segments + 1, dtype=np.complex128)
    for number, step in enumerate(steps.tolist()):
        # A share of the way home at each step keeps the range, in km, the same for tracks of any length.
        places[number + 1] = 0.9995 * places[number] + step
    degrees = places / 111.0
    seconds = 1_400_000_000 + SECONDS_BETWEEN_FIXES * np.arange(segments + 1)
    return Track(37.5 + degrees.real, 0.6 + degrees.imag, seconds)


def geodesics(track: Track) -> None:
    """Do the unit of work: the geodesic of every segment."""
    pyproj.Geod(ellps="WGS84").inv(track.lon[:-1], track.lat[:-1], track.lon[1:], track.lat[1:])


def relocations(track: Track) -> Any:
    """Return the fixes as the frame that the trajectory task takes."""
    return gpd.GeoDataFrame(
        {
            "groupby_col": "animal",
            "fixtime": pd.to_datetime(track.seconds, unit="s", utc=True),
            "junk_status": False,
        },
        geometry=gpd.points_from_xy(track.lon, track.lat, crs="EPSG:4326"),
        index=pd.Index([f"fix-{number}" for number in range(track.lon.size)], name="id"),
    )


def trajectory(fixes: Any) -> Any:
    """Join the fixes to segments, with bounds that drop next to none."""
    return relocations_to_trajectory(
        fixes,
        min_length_meters=0.001,
        max_length_meters=100_000.0,
        max_time_secs=172_800.0,
        min_time_secs=1.0,
        max_speed_kmhr=500.0,
        min_speed_kmhr=0.0,
    )


def prepared(task: str, track: Track) -> Callable[[], object]:
    """Return the call that a case times, with its input made."""
    fixes = relocations(track)
    if task == "relocations_to_trajectory":
        return lambda: trajectory(fixes)
    segments = trajectory(fixes)
    method: Any = task.removeprefix("calculate_time_density ")
    return lambda: calculate_time_density(segments, pixel_size=PIXEL_SIZE, crs=CRS, method=method)


TASKS = ("relocations_to_trajectory", "calculate_time_density ecoscope", "calculate_time_density wall2014")


def best(call: Callable[[], object]) -> tuple[float, float]:
    """Return the least wall time and the least CPU time of some runs, after one that warms up."""
    call()
    walls, cpus = [], []
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus)


def measure(task: str, segments: int) -> list[str]:
    """Measure one case in this process, and return its row."""
    track = simulate(segments)
    _, unit = best(lambda: geodesics(track))
    wall, cpu = best(prepared(task, track))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_MAXRSS / 1e6
    numbers = [f"{wall:.3f}", f"{cpu:.3f}", f"{segments / cpu:,.0f}", f"{cpu / unit:.1f}", f"{peak:.0f}"]
    return [task, f"{segments:,}", *numbers]


def rows() -> list[list[str]]:
    """Return the header and one row for each case, each measured in a process of its own."""
    table = [HEADER]
    for task in TASKS:
        for segments in SIZES:
            command = [sys.executable, __file__, task, str(segments)]
            run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            table.append(json.loads(run.stdout))
    return table


def markdown(table: list[list[str]]) -> str:
    """Return the rows as a Markdown table: text on the left, numbers on the right."""
    header, *body = table
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
    else:
        print(markdown(rows()))
