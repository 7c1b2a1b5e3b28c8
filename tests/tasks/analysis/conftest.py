"""Trajectories for the tests of the analysis tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from ecoscope_workflows.tasks.analysis._planar_segments import PlanarSegments

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Numbers = NDArray[np.floating[Any]]

UTM = "EPSG:32637"


def trajectory_through(lon: Numbers, lat: Numbers, seconds: Numbers) -> Any:
    """Return the segments between consecutive fixes as a trajectory, built without the package."""
    distance = pyproj.Geod(ellps="WGS84").inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]
    timespan = np.diff(seconds)
    lines = shapely.linestrings(
        np.stack([np.stack([lon, lat], -1)[:-1], np.stack([lon, lat], -1)[1:]], axis=1)
    )
    fixtime = pd.to_datetime(seconds, unit="s", utc=True)
    return gpd.GeoDataFrame(
        {
            "groupby_col": "Habiba",
            "segment_start": fixtime[:-1],
            "segment_end": fixtime[1:],
            "timespan_seconds": timespan.astype(np.float64),
            "dist_meters": distance,
            "speed_kmhr": distance / timespan * 3.6,
            "heading": 0.0,
            "junk_status": False,
            "geometry": lines,
        },
        index=pd.Index([f"fix-{place}" for place in range(len(lines))], name="id"),
        crs="EPSG:4326",
    )


@pytest.fixture
def through() -> Callable[..., Any]:
    """Return the builder of trajectories."""
    return trajectory_through


@pytest.fixture
def walk() -> Any:
    """Return a random walk of 301 hourly fixes over some 15 km near 37.5 E on the equator."""
    random = np.random.default_rng(7)
    steps = random.weibull(1.1, (300, 1)) * 500.0
    turns = random.uniform(0.0, 2.0 * np.pi, 300)
    metres = np.cumsum(steps * np.stack([np.cos(turns), np.sin(turns)], axis=1), axis=0)
    lon, lat = np.insert(metres, 0, 0.0, axis=0).T / 111_000.0
    return trajectory_through(37.5 + lon, 0.1 + lat, np.arange(301) * 3600.0)


@pytest.fixture
def planar_walk() -> PlanarSegments:
    """Return 60 segments in a plane of metres, of 20 to 90 minutes each."""
    random = np.random.default_rng(3)
    at = np.cumsum(random.normal(0.0, 400.0, (61, 2)), axis=0)
    hours = random.uniform(0.33, 1.5, 60)
    speeds = np.hypot(*np.diff(at, axis=0).T) / hours / 1000.0
    return PlanarSegments(at[:-1], at[1:], hours, speeds)
