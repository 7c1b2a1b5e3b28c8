"""Small frames of relocations that the tests of preprocessing share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

# (animal, minutes after midnight, longitude, latitude)
Fix = tuple[str, float, float, float]
FrameOf = Callable[..., Any]


@pytest.fixture
def frame_of() -> FrameOf:
    """Return a function that makes a frame of relocations from tuples, in the order given."""

    def build(fixes: list[Fix], *, crs: Any = "EPSG:4326", zone: str = "UTC", **columns: Any) -> Any:
        minutes = pd.Series([fix[1] for fix in fixes], dtype=float)
        start = pd.Timestamp("2024-03-01", tz=zone)
        return gpd.GeoDataFrame(
            {
                "groupby_col": pd.Series([fix[0] for fix in fixes], dtype=str).array,
                "fixtime": (start + pd.to_timedelta(minutes, unit="min")).array,
                "junk_status": pd.Series([False] * len(fixes), dtype=bool).array,
                **columns,
            },
            geometry=gpd.points_from_xy([fix[2] for fix in fixes], [fix[3] for fix in fixes], crs=crs),
            index=pd.Index([f"fix-{number}" for number in range(len(fixes))], name="id", dtype=str),
        )

    return build
