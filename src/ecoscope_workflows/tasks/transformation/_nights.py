"""Fixes in; whether the sun was below the horizon at each of them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from ecoscope_workflows.tasks import _sun
from ecoscope_workflows.tasks.preprocessing import _fixes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    BoolArray = NDArray[np.bool_]

POINT_TYPE_ID = 0


def is_night(fixes: Any) -> tuple[BoolArray, BoolArray]:
    """Return of each fix whether it was night there and then, and whether that is known.

    Raises
    ------
    ValueError
        When times have no zone, or there is no geometry or no CRS.
    """
    # A plain frame has no CRS, and nothing to have one of.
    if getattr(fixes, "crs", None) is None:
        raise ValueError(
            "the fixes have no geometry or no CRS: say which one they have, e.g. with set_crs('EPSG:4326')"
        )
    times = _fixes.utc_times(fixes["fixtime"])
    shapes = fixes.geometry.to_numpy()
    points = np.where(shapely.get_type_id(shapes) == POINT_TYPE_ID, shapes, shapely.centroid(shapes))
    longitude, latitude = _fixes.coordinates(gpd.GeoSeries(points, crs=fixes.crs).to_crs(_fixes.WGS84))
    known = times.notna().to_numpy() & np.isfinite(longitude) & np.isfinite(latitude)
    nanoseconds = times.dt.tz_localize(None).to_numpy().astype("datetime64[ns]").view(np.int64)
    night = np.zeros(len(known), dtype=bool)
    julian = _sun.julian_days(nanoseconds[known])
    night[known] = _sun.altitude(julian, longitude[known], latitude[known]) < 0
    return night, known
