"""Real tracks that the tests of several packages of tasks share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def segments_of(relocations: Any) -> Any:
    """Return the segments between consecutive fixes of each animal, built without the package."""
    tracks = []
    for name, fixes in relocations.groupby("groupby_col"):
        track = fixes.sort_values("fixtime", kind="stable")
        x, y = track.geometry.x.to_numpy(), track.geometry.y.to_numpy()
        azimuth, _, meters = pyproj.Geod(ellps="WGS84").inv(x[:-1], y[:-1], x[1:], y[1:])
        ends = np.stack([np.stack([x, y], -1)[:-1], np.stack([x, y], -1)[1:]], axis=1)
        start, end = track["fixtime"].array[:-1], track["fixtime"].array[1:]
        seconds = np.asarray((end - start).total_seconds())
        tracks.append(
            gpd.GeoDataFrame(
                {
                    "groupby_col": name,
                    "segment_start": start,
                    "segment_end": end,
                    "timespan_seconds": seconds,
                    "dist_meters": meters,
                    "speed_kmhr": meters / seconds * 3.6,
                    "heading": azimuth % 360,
                },
                geometry=shapely.linestrings(ends),
                crs="EPSG:4326",
                index=track.index[:-1],
            )
        )
    return pd.concat(tracks)


@pytest.fixture
def segments() -> Callable[[Any], Any]:
    """Return the function that joins fixes to segments."""
    return segments_of


@pytest.fixture(scope="session")
def movebank_relocations(reference_data: Path) -> Any:
    """Return the fixes of two elephants, Salif Keita in Mali and Habiba in Kenya."""
    table = pd.read_feather(reference_data / "ecoscope2026/tests/movebank_data.feather")
    return gpd.GeoDataFrame(
        {
            "groupby_col": table["individual-local-identifier"],
            "fixtime": table["timestamp"].dt.tz_localize("UTC"),
            "junk_status": False,
        },
        geometry=gpd.points_from_xy(table["location-long"], table["location-lat"], crs="EPSG:4326"),
    ).set_index(pd.Index(table["event-id"].astype(str), name="id"))


@pytest.fixture(scope="session")
def movebank_trajectory(movebank_relocations: Any) -> Any:
    """Return the segments of the two elephants."""
    return segments_of(movebank_relocations)
