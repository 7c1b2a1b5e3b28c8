"""Relocations in; the segments between consecutive fixes of each animal out."""

from __future__ import annotations

from ecoscope_workflows.annotations import DataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.schemas import Relocations, UTCTrajectory


@distributed(grammar="tasks")
def relocations_to_trajectory(
    relocations: DataFrame[Relocations],
    min_length_meters: float,
    max_length_meters: float,
    max_time_secs: float,
    min_time_secs: float,
    max_speed_kmhr: float,
    min_speed_kmhr: float,
) -> DataFrame[UTCTrajectory]:
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
    DataFrame[UTCTrajectory]
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
    from ecoscope_workflows.tasks.preprocessing import _fixes, _trajectory, _trajectory_frame

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
    segments = _trajectory_frame.kept_segments(relocations, fixes, segment_filter)
    times = _fixes.utc_times(relocations["fixtime"])
    trajectory: DataFrame[UTCTrajectory] = _trajectory_frame.trajectory_frame(
        relocations, fixes, segments, times=times, extra_names=extra_names
    )
    return trajectory
