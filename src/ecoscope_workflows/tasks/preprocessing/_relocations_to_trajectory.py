"""Relocations in; the segments between consecutive fixes of each animal out."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.annotations import DataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.schemas import Relocations, Trajectory

if TYPE_CHECKING:
    import pandas as pd

    from ecoscope_workflows.tasks.preprocessing._fixes import Fixes
    from ecoscope_workflows.tasks.preprocessing._trajectory import Segments

logger = logging.getLogger(__name__)

# Enough names to find the animals, few enough to read.
MAX_NAMES = 5


@distributed
def relocations_to_trajectory(
    relocations: DataFrame[Relocations],
    min_length_meters: float,
    max_length_meters: float,
    max_time_secs: float,
    min_time_secs: float,
    max_speed_kmhr: float,
    min_speed_kmhr: float,
) -> DataFrame[Trajectory]:
    """Join consecutive fixes of each animal to segments, and keep the segments within the bounds.

    Length and heading are geodesic on the WGS 84 ellipsoid (Karney 2013, J. Geod. 87:43-55), so a segment
    over the antimeridian or a pole has the length that the animal moved; its geometry is still a line between
    two points in longitude and latitude.

    Fixes may stand in any order. Left out before segments are made, each with a counted warning: fixes marked
    as junk; fixes without an animal, a time or a position; all but the first of the fixes that one animal has
    at one time, whether at one position or not. So no segment has a duration of zero or an infinite speed.
    An animal with a single fix has no segments; a warning names it.

    Parameters
    ----------
    relocations
        Fixes with a CRS; reprojected to EPSG:4326 where they have another one.
    min_length_meters, max_length_meters
        Bounds on the length of a segment in metres; a segment on a bound is kept, here and below.
    max_time_secs, min_time_secs
        Bounds on its duration in seconds.
    max_speed_kmhr, min_speed_kmhr
        Bounds on its mean speed in km/h.

    Returns
    -------
    DataFrame[Trajectory]
        Segments in EPSG:4326, ordered by start; those that start at the same time by animal.
        The index is the id of the start fix. Where ids of fixes repeat, the second ``a`` becomes ``a-2``, the
        third ``a-3`` and so on, in order of animal and time.
        Other columns of `relocations` hold the value of the start fix, as ``extra__<name>``.

    Raises
    ------
    ValueError
        When a maximum is not greater than its minimum, a column is missing, the fixes have no CRS or no time
        zone, or no segment is left.
    """
    from ecoscope_workflows.tasks.preprocessing import _fixes, _trajectory

    segment_filter = _trajectory.SegmentFilter(
        min_length_meters=min_length_meters,
        max_length_meters=max_length_meters,
        min_time_secs=min_time_secs,
        max_time_secs=max_time_secs,
        min_speed_kmhr=min_speed_kmhr,
        max_speed_kmhr=max_speed_kmhr,
    )
    _fixes.require_columns(relocations, _fixes.REQUIRED_COLUMNS, "the frame of relocations")
    extra_names = _fixes.extra_names(relocations, _fixes.REQUIRED_COLUMNS, "the frame of relocations")
    fixes = _fixes.ordered_fixes(relocations)
    _warn_of_single_fixes(fixes, relocations)
    segments = _trajectory.segments_between(fixes)
    keep, outside = segment_filter.keep(segments)
    total = len(keep)
    logger.info("%d of %d segments kept; outside of the bounds: %s", keep.sum(), total, outside or "none")
    if not keep.any():
        raise ValueError(
            "No Trajectory data left after applying segment filter: "
            + (f"{total} segments, {outside}; widen the bounds" if total else _no_segments(len(relocations)))
        )
    kept = segments.take(keep)
    trajectory: DataFrame[Trajectory] = _frame(relocations, fixes, kept, extra_names)
    return trajectory


def _no_segments(count: int) -> str:
    return f"there were no segments; a segment needs two fixes of one animal, and {count} fixes came in"


def _warn_of_single_fixes(fixes: Fixes, relocations: pd.DataFrame) -> None:
    import numpy as np

    _, first, counts = np.unique(fixes.animal, return_index=True, return_counts=True)
    single = first[counts == 1]
    if len(single):
        names = relocations["groupby_col"].iloc[fixes.row[single[:MAX_NAMES]]]
        more = ", …" if len(single) > MAX_NAMES else ""
        text = f"{len(single)} animals with a single fix have no segments: {', '.join(map(str, names))}{more}"
        warnings.warn(text, UserWarning, stacklevel=3)


def _frame(relocations: pd.DataFrame, fixes: Fixes, segments: Segments, extra_names: dict[str, str]) -> Any:
    """Return the segments as a frame, ordered by start."""
    import geopandas as gpd
    import numpy as np

    from ecoscope_workflows.tasks.preprocessing import _fixes, _trajectory

    segments = segments.take(np.argsort(fixes.ticks[segments.start], kind="stable"))
    start, end = fixes.row[segments.start], fixes.row[segments.start + 1]
    # Ids are made unique over all fixes, so that other bounds do not change the id of a segment.
    ids = _trajectory.segment_ids(relocations.index.take(fixes.row)).take(segments.start)
    times = _fixes.utc_times(relocations["fixtime"]).array
    columns: dict[str, Any] = {
        "groupby_col": _fixes.animal_names(relocations["groupby_col"]).array.take(start),
        "segment_start": times.take(start),
        "segment_end": times.take(end),
        "timespan_seconds": segments.timespan_seconds,
        "dist_meters": segments.dist_meters,
        "speed_kmhr": segments.speed_kmhr,
        "heading": segments.heading,
        "geometry": gpd.array.from_shapely(_trajectory.lines(fixes, segments), crs=_fixes.WGS84),
        "junk_status": np.zeros(len(start), dtype=bool),
    }
    columns |= {name: relocations[column].array.take(start) for column, name in extra_names.items()}
    return gpd.GeoDataFrame(columns, index=ids, geometry="geometry")
