"""What every job does with a table, done once before the fork: libraries build much when first used."""

from __future__ import annotations

import os
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def rehearse() -> None:
    """Write small tables and read them, with geometries where a library for these is loaded."""
    for frame in [_plain(), *(_spatial() if "geopandas" in sys.modules else ())]:
        descriptor = _written(frame)
        _read(descriptor)
        os.close(descriptor)
    warm_up()


def warm_up() -> None:
    """Read a table once more, in a fork: the memory that it writes to is copied now, while no job waits."""
    _read(_usual("geopandas" in sys.modules))


@cache
def _usual(spatial: bool) -> int:  # noqa: FBT001  # of two tables
    return _written(_spatial()[0] if spatial else _plain())


def _written(frame: pd.DataFrame) -> int:
    """Return a descriptor of a file in memory, which ends with this process and its forks."""
    # Not before libraries are told to start no threads.
    from ecoscope_workflows.contracts.parquet import write_frame  # noqa: PLC0415

    descriptor = os.memfd_create("rehearsal")
    # What is shown once here would not be shown to a job.
    with warnings.catch_warnings(action="ignore"):
        write_frame(frame, Path(f"/proc/self/fd/{descriptor}"), "{}")
    return descriptor


def _read(descriptor: int) -> None:
    from ecoscope_workflows.contracts.parquet import read_frame  # noqa: PLC0415  # as above

    with warnings.catch_warnings(action="ignore"):
        read_frame(Path(f"/proc/self/fd/{descriptor}"))


def _plain() -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415  # loaded by now

    return pd.DataFrame(
        {
            "time": pd.to_datetime(["2024-01-01T00:00Z", "2024-01-02T00:00Z"]),
            "name": ["a", "b"],
            "speed": [0.5, 1.5],
            "count": [1, 2],
            "valid": [True, False],
        }
    )


def _spatial() -> tuple[pd.DataFrame, ...]:
    import geopandas as gpd  # noqa: PLC0415  # loaded by now
    from shapely import LineString, Point  # noqa: PLC0415  # as above

    points = gpd.GeoDataFrame(_plain(), geometry=[Point(0, 1), Point(1, 2)], crs="EPSG:4326")
    lines = [LineString([(0, 0), (1, 1), (2, 2)])] * 2
    return points, points.set_geometry(lines, crs="EPSG:4326")
