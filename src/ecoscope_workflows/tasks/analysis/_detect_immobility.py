"""The fixes of one animal in; whether it stays in one place out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from ecoscope_workflows.annotations import AnyGeoDataFrame
from ecoscope_workflows.decorators import distributed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COLUMNS = ("fixtime", "geometry")


class Immobility(BaseModel):
    """The place that an animal stays in.

    Parameters
    ----------
    probability_value
        The share of fixes within the radius that was asked for.
    cluster_radius
        The distance of the farthest fix from the middle of all, in metres.
    cluster_fix_count
        How many fixes lie within the radius that was asked for.
    total_fix_count
        How many fixes there are.
    immobility_time
        From the first fix to the last.
    """

    probability_value: float
    cluster_radius: float
    cluster_fix_count: int
    total_fix_count: int
    immobility_time: timedelta


@distributed
def detect_immobility(
    relocations: AnyGeoDataFrame,
    threshold_radius: Annotated[float, Field(description="Radius of the place in metres.", gt=0)] = 13,
    threshold_time: Annotated[float, Field(description="Time to stay there in seconds.", ge=0)] = 18000,
    threshold_probability: Annotated[
        float, Field(description="Share of the fixes that must lie within the radius.", ge=0, le=1)
    ] = 0.8,
) -> Immobility | None:
    """Say whether an animal stays within a circle, as one does that is dead, ill or has lost its collar.

    It does where fixes span more than a time, and a share of them lies within a radius of the middle of all
    (the centroid of their different positions, in the UTM zone that they lie in).

    Parameters
    ----------
    relocations
        Fixes of one animal, in any order, with a CRS and ``fixtime``.
        Those without a time or a position, and those marked as junk, do not count.
    threshold_radius, threshold_time, threshold_probability
        The radius (m), the time (s) and the share.

    Returns
    -------
    Immobility or None
        What the place is like, or None where there is none.

    Raises
    ------
    ValueError
        When fixes span less than the time, are of several animals, or lack a column or a CRS.
    """
    import numpy as np

    from ecoscope_workflows.tasks.analysis._track_measures import require_one_animal
    from ecoscope_workflows.tasks.preprocessing import _fixes

    _fixes.require_columns(relocations, COLUMNS, "the frame of relocations")
    require_one_animal(relocations, "the frame of relocations")
    good: Any = ~relocations["junk_status"].isin([True]) if "junk_status" in relocations.columns else True
    times = _fixes.utc_times(relocations["fixtime"])
    points = _fixes.wgs84_points(relocations)
    usable = times.notna() & np.isfinite(_fixes.coordinates(points)[0]) & good
    times, points = times[usable], points[usable]
    span: timedelta = (times.max() - times.min()).to_pytimedelta() if len(times) else timedelta(0)
    if span.total_seconds() < threshold_time or not len(times):
        raise ValueError(
            f"Insufficient Data: {len(times)} fixes span {span.total_seconds():g} s, which is less than "
            f"threshold_time, {threshold_time:g} s; give more fixes"
        )
    distance = _from_the_middle(points)
    near = int((distance <= threshold_radius).sum())
    share = near / len(distance)
    if share < threshold_probability or span.total_seconds() <= threshold_time:
        return None
    return Immobility(
        probability_value=share,
        cluster_radius=float(distance.max()),
        cluster_fix_count=near,
        total_fix_count=len(distance),
        immobility_time=span,
    )


def _from_the_middle(points: Any) -> NDArray[np.float64]:
    import numpy as np
    import shapely

    planar = points.to_crs(points.estimate_utm_crs())
    middle = shapely.centroid(shapely.union_all(planar.to_numpy()))
    return np.asarray(shapely.distance(planar.to_numpy(), middle))
