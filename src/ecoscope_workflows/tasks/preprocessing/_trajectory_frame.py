"""Fixes in order in; the segments that lie within bounds, and the frame that holds them, out."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from ecoscope_workflows.tasks.preprocessing import _fixes, _trajectory

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ecoscope_workflows.tasks.preprocessing._fixes import BoolArray, Fixes
    from ecoscope_workflows.tasks.preprocessing._trajectory import SegmentFilter, Segments

logger = logging.getLogger(__name__)

# Enough names to find the animals, few enough to read.
MAX_NAMES = 5


def kept_segments(
    relocations: pd.DataFrame,
    fixes: Fixes,
    segment_filter: SegmentFilter,
    *,
    junk: BoolArray | None = None,
) -> Segments:
    """Return the segments between fixes that lie within the bounds of a filter.

    Parameters
    ----------
    relocations
        The frame that the fixes came from.
    fixes
        Its usable fixes in order.
    segment_filter
        The bounds.
    junk
        Of each row of the frame, whether segments that start there are left out.

    Raises
    ------
    ValueError
        When no segment is left; a note beside it says how many there were and what they fell foul of.
    """
    _warn_of_single_fixes(fixes, relocations)
    segments = _trajectory.segments_between(fixes)
    keep, outside = segment_filter.keep(segments)
    total = len(keep)
    if junk is not None:
        at_junk = junk[fixes.row[segments.start]]
        keep &= ~at_junk
        if at_junk.any():
            outside = ", ".join(
                filter(None, (outside, f"{int(at_junk.sum())} start at a fix marked as junk"))
            )
    logger.info("%d of %d segments kept; outside of the bounds: %s", keep.sum(), total, outside or "none")
    if not keep.any():
        # Programs know the published text as a whole; what helps a person stands beside it.
        error = ValueError("No Trajectory data left after applying segment filter")
        error.add_note(
            f"{total} segments, {outside}; widen the bounds" if total else _no_segments(len(relocations))
        )
        raise error
    return segments.take(keep)


def _no_segments(count: int) -> str:
    return f"there were no segments; a segment needs two fixes of one animal, and {count} fixes came in"


def _warn_of_single_fixes(fixes: Fixes, relocations: pd.DataFrame) -> None:
    _, first, counts = np.unique(fixes.animal, return_index=True, return_counts=True)
    single = first[counts == 1]
    if len(single):
        names = relocations["groupby_col"].iloc[fixes.row[single[:MAX_NAMES]]]
        more = ", …" if len(single) > MAX_NAMES else ""
        text = f"{len(single)} animals with a single fix have no segments: {', '.join(map(str, names))}{more}"
        # Level 4 is the caller of the task: task, kept_segments, this.
        warnings.warn(text, UserWarning, stacklevel=4)


def trajectory_frame(
    relocations: pd.DataFrame,
    fixes: Fixes,
    segments: Segments,
    *,
    times: pd.Series[Any],
    extra_names: Mapping[Any, str],
    with_displacement: bool = False,
) -> Any:
    """Return segments as a frame, ordered by start; those that start at the same time by animal.

    Parameters
    ----------
    relocations
        The frame that the fixes came from.
    fixes
        Its usable fixes in order.
    segments
        Segments between them.
    times
        The time of each row of the frame, in the zone that the result has.
    extra_names
        The columns of the frame to take over from the start fix, and their new names.
    with_displacement
        Whether the frame gets the column ``nsd``, in km².
    """
    segments = segments.take(np.argsort(fixes.ticks[segments.start], kind="stable"))
    start, end = fixes.row[segments.start], fixes.row[segments.start + 1]
    # Ids are made unique over all fixes, so that other bounds do not change the id of a segment.
    ids = _trajectory.segment_ids(relocations.index.take(fixes.row)).take(segments.start)
    columns: dict[str, Any] = {
        "groupby_col": _fixes.animal_names(relocations["groupby_col"]).array.take(start),
        "segment_start": times.array.take(start),
        "segment_end": times.array.take(end),
        "timespan_seconds": segments.timespan_seconds,
        "dist_meters": segments.dist_meters,
        "speed_kmhr": segments.speed_kmhr,
        "heading": segments.heading,
        "geometry": _trajectory.lines(fixes, segments),
        "junk_status": np.zeros(len(start), dtype=bool),
    }
    if with_displacement:
        columns["nsd"] = _trajectory.net_squared_displacement(fixes, segments)
    columns |= {name: relocations[column].array.take(start) for column, name in extra_names.items()}
    # They are new and nobody else's; pandas would copy them to put columns of a type side by side.
    return gpd.GeoDataFrame(columns, index=ids, geometry="geometry", copy=False)
