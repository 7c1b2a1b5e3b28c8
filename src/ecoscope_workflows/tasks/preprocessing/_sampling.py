"""Tracks in; the same tracks at another rate of fixes out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ecoscope_workflows.annotations import AnyGeoDataFrame, DataFrame
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.schemas import Relocations

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SEGMENT_COLUMNS = ("groupby_col", "segment_start", "segment_end", "geometry")
# A finer grid is a slip of the pen: that many fixes take some gigabytes.
MAX_FIXES = 50_000_000
# How pandas wrote seconds, minutes and hours before its version 2.2.
FORMER_UNITS = {"S": "s", "T": "min", "H": "h", "L": "ms", "U": "us", "N": "ns"}
PERIOD = re.compile(r"\s*(\d+(?:\.\d+)?)?\s*([A-Za-z]+)\s*")

Period = Annotated[str, Field(description="A time span, such as 3h, 15min or 900s.")]


@distributed
def upsample_relocations(trajectory: AnyGeoDataFrame, freq: Period) -> DataFrame[Relocations]:
    """Return where animals were at equal steps of time, straight along their segments.

    The steps of each animal begin when its first segment does. Times at which it has no segment are left out:
    nothing is made up for a gap. A segment over the antimeridian is followed the short way round.

    Parameters
    ----------
    trajectory
        Segments in any order, as lines of two points with a CRS, with ``groupby_col``, ``segment_start`` and
        ``segment_end``. Segments of one animal do not overlap in time.
    freq
        The step.

    Returns
    -------
    DataFrame[Relocations]
        Fixes in EPSG:4326 by animal and time, numbered from 0; none is marked as junk. Positions are linear
        in longitude and latitude.

    Raises
    ------
    ValueError
        When `freq` is no time span or so short that there would be too many fixes, or the frame lacks a
        column, a CRS or time zones.
    """
    import geopandas as gpd
    import numpy as np
    import pandas as pd

    from ecoscope_workflows.tasks.preprocessing import _fixes, _resampling

    _fixes.require_columns(trajectory, SEGMENT_COLUMNS, "the trajectory")
    step = _nanoseconds(freq, "freq")
    if step == 0:
        raise ValueError("freq is 0: give the time between two fixes, such as '3h'")
    segments = _resampling.ordered_segments(trajectory)
    _require_few(segments.span() // step)
    row, ticks, x, y = _resampling.upsampled(segments, step)
    relocations: DataFrame[Relocations] = gpd.GeoDataFrame(
        {
            "groupby_col": _fixes.animal_names(trajectory["groupby_col"]).array.take(row),
            "fixtime": pd.to_datetime(ticks, utc=True).as_unit("ns"),
            "junk_status": np.zeros(len(row), dtype=bool),
        },
        geometry=gpd.points_from_xy(x, y, crs=_fixes.WGS84),
    )
    return relocations


@distributed(effect=Effect(adds={"extra__burst": int}))
def downsample_relocations(
    relocations: AnyGeoDataFrame, freq: Period, tolerance: Period = "0s"
) -> AnyGeoDataFrame:
    """Return fixes of each animal that lie a time apart, and which of them follow each other in steps of it.

    From one fix that is kept to the next: the first one no earlier than `freq` less `tolerance` after it. If
    that is no later than `freq` plus `tolerance` after it, it belongs to the same burst; if not, it begins
    the next burst. The last fix of an animal only ends its track: it is never kept, unless it is the only.

    Parameters
    ----------
    relocations
        Fixes in any order. Left out, with a counted warning, are those marked as junk, those without an
        animal, a time or a position, and all but the first of one animal at one time.
    freq, tolerance
        The step, and by how much it may be missed.

    Returns
    -------
    AnyGeoDataFrame
        Rows of `relocations` by animal and time, with ``extra__burst``: a number from 1 for each burst of an
        animal.

    Raises
    ------
    ValueError
        When a time span is none, or the frame lacks a column, a CRS or time zones.
    """
    from ecoscope_workflows.tasks.preprocessing import _fixes, _resampling

    _fixes.require_columns(relocations, _fixes.REQUIRED_COLUMNS, "the frame of relocations")
    step, slack = _nanoseconds(freq, "freq"), _nanoseconds(tolerance, "tolerance")
    fixes = _fixes.ordered_fixes(relocations)
    ticks = fixes.ticks * (_fixes.TICKS_PER_SECOND["ns"] // fixes.ticks_per_second)
    kept, burst = _resampling.downsampled(fixes.animal, ticks, step - slack, step + slack)
    return relocations.iloc[fixes.row[kept]].assign(extra__burst=burst)


def _nanoseconds(period: str, argument: str) -> int:
    import pandas as pd

    match = PERIOD.fullmatch(period)
    written = f"{match[1] or 1}{FORMER_UNITS.get(match[2], match[2])}" if match else period
    length = pd.to_timedelta(written, errors="coerce")
    if match is None or pd.isna(length):
        raise ValueError(f"{argument} is {period!r}: expected a time span, such as '3h', '15min' or '900s'")
    return int(length.as_unit("ns").value)


def _require_few(fixes: NDArray[np.int64]) -> None:
    total = int(fixes.sum())
    if total > MAX_FIXES:
        raise ValueError(
            f"freq is so short that there would be {total:,} fixes, and at most {MAX_FIXES:,} are made: "
            "give a longer one"
        )
