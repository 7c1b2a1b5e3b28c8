"""Relocations in; the segments between consecutive fixes of each animal, as published workflows have them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import DataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.schemas import DisplacedTrajectory, Relocations
from ecoscope_workflows.tasks.track_filters import TrajectorySegmentFilter
from ecoscope_workflows.tasks.written import ADVANCED

DEFAULT_FILTER = TrajectorySegmentFilter()


# No effect is declared: which columns become extra__<name> depends on all that the frame has.
@distributed
def relocations_to_trajectory(
    relocations: DataFrame[Relocations],
    trajectory_segment_filter: Annotated[
        TrajectorySegmentFilter | SkipJsonSchema[None],
        Field(
            title=" ",
            description=(
                "Filter track data by setting limits on track segment length, duration, and speed. Segments"
                " outside these bounds are removed, reducing noise and to focus on meaningful movement"
                " patterns."
            ),
            json_schema_extra=ADVANCED,
        ),
    ] = DEFAULT_FILTER,
) -> DataFrame[DisplacedTrajectory]:
    """Join consecutive fixes of each animal to segments, and keep the segments within the bounds.

    Length and heading are geodesic on the WGS 84 ellipsoid (Karney 2013, J. Geod. 87:43-55), so a segment
    over the antimeridian or a pole has the length that the animal moved; its geometry is still a line between
    two points in longitude and latitude.
    The net squared displacement is that of Börger & Fryxell (2012, in Dispersal Ecology and Evolution,
    ch. 17); it counts from the first fix of the animal, whether or not a segment that starts there is kept.

    Fixes may stand in any order; those of one animal and time stay in the order that they came in.
    Fixes without an animal, a time or a position are left out with a counted warning.
    Segments that start at a fix marked as junk are left out, as are those between two fixes of one time;
    warnings count such fixes.
    An animal with a single fix has no segments; a warning names it.

    Parameters
    ----------
    relocations
        Fixes with a CRS; reprojected to EPSG:4326 where they have another one. Times may be in any zone.
    trajectory_segment_filter
        Bounds on length (m), duration (s) and mean speed (km/h); a segment on a bound is kept.
        None stands for the default bounds.

    Returns
    -------
    DataFrame[DisplacedTrajectory]
        Segments in EPSG:4326, ordered by start; those that start at the same time by animal.
        The index is the id of the start fix. Where ids of fixes repeat, the second ``a`` becomes ``a-2``, the
        third ``a-3`` and so on, in order of animal and time.
        Times are in the zone of ``fixtime``, or in UTC where its values are in several.
        Column ``nsd`` holds the squared geodesic distance in km² from the animal's first fix to the end of
        the segment.
        Other columns of `relocations` hold the value of the start fix, as ``extra__<name>``.

    Raises
    ------
    ValueError
        When a column is missing, the fixes have no CRS or no time zone, or no segment is left.
    """
    import pandas as pd

    from ecoscope_workflows.tasks.preprocessing import _fixes, _trajectory, _trajectory_frame

    bounds = (trajectory_segment_filter or DEFAULT_FILTER).model_dump()
    _fixes.require_columns(relocations, _fixes.REQUIRED_COLUMNS, "the frame of relocations")
    extra_names = _fixes.extra_names(relocations, _fixes.REQUIRED_COLUMNS, "the frame of relocations")
    fixes = _fixes.ordered_fixes(relocations, keeps_doubtful=True)
    segments = _trajectory_frame.kept_segments(
        relocations, fixes, _trajectory.SegmentFilter(**bounds), junk=_fixes.marked_as_junk(relocations)
    )
    times = relocations["fixtime"]
    zoned = isinstance(times.dtype, pd.DatetimeTZDtype)
    trajectory: DataFrame[DisplacedTrajectory] = _trajectory_frame.trajectory_frame(
        relocations,
        fixes,
        segments,
        times=times if zoned else _fixes.utc_times(times),
        extra_names=extra_names,
        with_displacement=True,
    )
    return trajectory
