"""A trajectory in; how much more the animal moves by night than by day out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from ecoscope_workflows.annotations import AnyGeoDataFrame
from ecoscope_workflows.decorators import distributed

if TYPE_CHECKING:
    from ecoscope_workflows.tasks.analysis._night_day import Movements

Method = Literal["distance", "speed"]
COLUMNS = ("segment_start", "segment_end", "dist_meters")


@distributed
def get_night_day_ratio(
    df: AnyGeoDataFrame, method: Annotated[Method, Field(exclude=True)] = "distance"
) -> float:
    """Return how much more animals move by night than by day, averaged over local solar days.

    The clock is UTC + longitude / 15 h at the start of a segment; the sun is that at the first start point of
    a day. A segment over the turn of a day, dusk or dawn is shared out by time, and its length with it.
    ``distance`` is the definition of the published dashboards: the mean of metres by night over metres by
    day, between sunset and sunrise (sun's altitude 0, no refraction), over days from midnight to midnight;
    days without movement by daylight do not count.
    ``speed`` is the definition that followed it: night is civil dusk to civil dawn (altitude -6 degrees), a
    day runs from noon to noon, segments of more than 6 hours are left out, and each day with more than an
    hour both of night and of daylight gives the share of night in its two mean speeds; the mean of these
    shares, weighted by observed hours, is turned back into a ratio. It does not favour the longer phase, and
    it is robust where a day holds little of one.
    Segments without a geometry, a time, a duration or a length do not count.

    Parameters
    ----------
    df
        Segments as lines with a CRS, ``segment_start`` and ``segment_end`` with time zones, and
        ``dist_meters``. Segments of several animals count together.
    method
        The definition; see above.

    Returns
    -------
    float
        1 where both are equal, more where there is more movement by night. NaN where no day can be measured:
        no movement, too few hours, or polar day or night. Infinite where ``speed`` finds movement by night
        only.

    Raises
    ------
    ValueError
        When a column is missing, times have no zone, or the geometry has no CRS.
    """
    if not len(df):
        return math.nan
    from ecoscope_workflows.tasks.analysis import _night_day
    from ecoscope_workflows.tasks.preprocessing import _fixes

    _fixes.require_columns(df, COLUMNS, "the trajectory")
    measure = _night_day.ratio_of_speeds if method == "speed" else _night_day.ratio_of_distances
    return measure(_movements(df))


def _movements(trajectory: Any) -> Movements:
    import geopandas as gpd
    import shapely

    from ecoscope_workflows.tasks.analysis._night_day import Movements
    from ecoscope_workflows.tasks.preprocessing import _fixes

    if trajectory.crs is None:
        raise ValueError("the trajectory has no CRS: say which one it has, e.g. with set_crs('EPSG:4326')")
    starts, ends = (_fixes.utc_times(trajectory[name]) for name in ("segment_start", "segment_end"))
    first = gpd.GeoSeries(shapely.get_point(trajectory.geometry.to_numpy(), 0), crs=trajectory.crs)
    longitude, latitude = _fixes.coordinates(first.to_crs(_fixes.WGS84))
    timed = (starts.notna() & ends.notna()).to_numpy()
    start, end = (
        times.dt.tz_localize(None).to_numpy().astype("datetime64[ns]").view("int64")
        for times in (starts, ends)
    )
    meters = trajectory["dist_meters"].to_numpy(dtype=float, na_value=math.nan)
    return Movements(start, end, longitude, latitude, meters).take(timed)
