"""Rows per second of the track kernels, beside a fixed unit of work, as a Markdown table.

Run ``python benchmarks/track_kernels.py``.
Each case runs in a process of its own, so that peak memory is its own.
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

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SEED = 20240501
SIZES = (10_000, 50_000)
SECONDS_BETWEEN_FIXES = 1800
CRS = "EPSG:32637"
# The best of this many runs: what the machine can do, with the least of what else it was doing.
REPEATS = 3
HEADER = [
    "kernel",
    "segments",
    "wall s",
    "CPU s",
    "segments per CPU s",
    "CPU / geodesics CPU",
    "peak MB above imports",
]
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


def trajectory(track: Track) -> Any:
    """Build the segments with the package's own task."""
    from ecoscope_workflows.tasks.preprocessing import relocations_to_trajectory  # noqa: PLC0415  # timed

    return relocations_to_trajectory(
        relocations(track),
        min_length_meters=0.001,
        max_length_meters=1e5,
        max_time_secs=172_800.0,
        min_time_secs=1.0,
        max_speed_kmhr=500.0,
        min_speed_kmhr=0.0,
    )


def prepare(kernel: str, track: Track) -> Callable[[], object]:
    """Return the call that a case times, with its input made and its modules imported."""
    if kernel == "relocations_to_trajectory":
        from ecoscope_workflows.tasks.preprocessing import (  # noqa: PLC0415  # only where it is measured
            _trajectory,
            relocations_to_trajectory,
        )
    raise NotImplementedError
