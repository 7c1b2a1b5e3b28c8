"""What somebody at home in geopandas writes without this package.

Run ``python benchmarks/tracks_by_hand.py FIXES.parquet SEGMENTS.parquet``.
"""

from __future__ import annotations

import sys
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Geod


def trajectory(fixes: Any) -> Any:
    """Return the segments between the fixes of each animal."""
    fixes = fixes.sort_values(["groupby_col", "fixtime"], kind="stable")
    animal, time = fixes["groupby_col"].array, fixes["fixtime"].array
    x, y = fixes.geometry.x.to_numpy(), fixes.geometry.y.to_numpy()
    number = fixes.groupby("groupby_col").ngroup().to_numpy()
    start = np.flatnonzero(number[1:] == number[:-1])
    end, first = start + 1, np.flatnonzero(np.diff(number, prepend=-1))[number[start]]
    geod = Geod(ellps="WGS84")
    azimuth, _, meters = geod.inv(x[start], y[start], x[end], y[end])
    seconds = np.asarray((time[end] - time[start]).total_seconds())
    at = np.stack([x, y], axis=1)
    frame = gpd.GeoDataFrame(
        {
            "groupby_col": animal[start],
            "segment_start": time[start],
            "segment_end": time[end],
            "timespan_seconds": seconds,
            "dist_meters": meters,
            "speed_kmhr": meters / seconds * 3.6,
            "heading": azimuth % 360,
            "nsd": (geod.inv(x[first], y[first], x[end], y[end])[2] / 1000) ** 2,
            "junk_status": False,
        },
        geometry=shapely.linestrings(np.stack([at[start], at[end]], axis=1)),
        crs=fixes.crs,
        index=fixes.index[start],
    )
    keep = frame["dist_meters"].between(0.001, 100_000) & frame["timespan_seconds"].between(1, 172_800)
    return frame[keep & frame["speed_kmhr"].between(0.01, 500)].sort_values("segment_start", kind="stable")


def line_density(segments: Any, grid: Any) -> Any:
    """Return the metres of way in each cell."""
    lines = np.asarray(segments.geometry.to_crs(grid.crs).array)
    cells = np.asarray(grid.geometry.array)
    line, cell = shapely.STRtree(cells).query(lines, predicate="intersects")
    meters = shapely.length(shapely.intersection(lines[line], cells[cell]))
    return grid.assign(density=np.bincount(cell, meters, len(cells)))


if __name__ == "__main__":
    trajectory(gpd.read_parquet(sys.argv[1])).to_parquet(sys.argv[2], compression="zstd")
