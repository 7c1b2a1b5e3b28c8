"""The trajectory of one animal in; how far and how straight it went out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.annotations import AnyGeoDataFrame
from ecoscope_workflows.decorators import Effect, distributed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TIMES = ("segment_start", "segment_end")


@distributed
def get_displacement(trajectory: AnyGeoDataFrame) -> float:
    """Return the distance from where a trajectory starts to where it ends.

    Parameters
    ----------
    trajectory
        Segments of one animal, in any order, as lines with a CRS. Those without a geometry do not count.

    Returns
    -------
    float
        Metres along the geodesic on WGS 84 from the start of the earliest segment to the end of the latest;
        NaN where there is no segment.

    Raises
    ------
    ValueError
        When a column is missing, the geometry has no CRS, or there are segments of several animals.
    """
    from ecoscope_workflows.tasks.preprocessing._geodesics import GEOD

    ends = _ends(trajectory)
    if not len(ends):
        return math.nan
    (x_start, y_start), (x_end, y_end) = ends[0, 0].tolist(), ends[-1, 1].tolist()
    return float(GEOD.inv(x_start, y_start, x_end, y_end)[2])


@distributed
def get_tortuosity(trajectory: AnyGeoDataFrame) -> float:
    """Return the length of a trajectory over its displacement: 1 for a straight one, more for a winding one.

    Parameters
    ----------
    trajectory
        As for `get_displacement`, with ``dist_meters``.

    Returns
    -------
    float
        No less than 1 for a trajectory without gaps; infinite where it ends where it started, NaN where there
        is no movement.

    Raises
    ------
    ValueError
        As `get_displacement`.
    """
    from ecoscope_workflows.tasks.preprocessing import _fixes

    if not len(trajectory):
        return math.nan
    _fixes.require_columns(trajectory, ["dist_meters"], "the trajectory")
    placed = _is_drawn(trajectory.geometry)
    length, straight = float(trajectory.loc[placed, "dist_meters"].sum()), get_displacement(trajectory)
    if straight == 0:
        return math.inf if length > 0 else math.nan
    return length / straight


@distributed(effect=Effect(adds={"turn_angle": float}))
def add_turn_angle(trajectory: AnyGeoDataFrame) -> AnyGeoDataFrame:
    """Add by how much an animal turned at the start of each segment.

    Parameters
    ----------
    trajectory
        Segments in any order, with ``heading`` in degrees.

    Returns
    -------
    AnyGeoDataFrame
        The rows and columns of `trajectory`, and ``turn_angle``: degrees from -180 to 180, right turns
        positive; missing where the animal's segment before does not end when this one starts.

    Raises
    ------
    ValueError
        When a column is missing.
    """
    import numpy as np
    import pandas as pd

    from ecoscope_workflows.tasks.preprocessing import _fixes

    _fixes.require_columns(trajectory, ("groupby_col", "heading", *TIMES), "the trajectory")
    animal, _ = pd.factorize(trajectory["groupby_col"])
    start, end = (_fixes.utc_times(trajectory[name]).dt.tz_localize(None).to_numpy() for name in TIMES)
    order = np.lexsort((start, animal))
    before, after = order[:-1], order[1:]
    heading = trajectory["heading"].to_numpy(dtype=float, na_value=math.nan)
    turn = (heading[after] - heading[before] + 540.0) % 360.0 - 180.0
    follows = (animal[before] == animal[after]) & (end[before] == start[after])
    angle = np.full(len(trajectory), math.nan)
    angle[after] = np.where(follows, turn, math.nan)
    return trajectory.assign(turn_angle=angle)


def _ends(trajectory: Any) -> NDArray[np.float64]:
    """Return start and end of each segment in longitude and latitude, by time, shape (n, 2, 2)."""
    import numpy as np
    import shapely

    from ecoscope_workflows.tasks.preprocessing import _fixes

    if not len(trajectory):
        return np.empty((0, 2, 2))
    _fixes.require_columns(trajectory, ["segment_start"], "the trajectory")
    require_one_animal(trajectory, "the trajectory")
    if trajectory.crs is None:
        raise ValueError("the trajectory has no CRS: say which one it has, e.g. with set_crs('EPSG:4326')")
    starts = _fixes.utc_times(trajectory["segment_start"])
    lines = trajectory.geometry.to_crs(_fixes.WGS84)
    usable = starts.notna().to_numpy() & _is_drawn(lines)
    in_order = np.argsort(starts[usable].to_numpy(), kind="stable")
    lines = lines.to_numpy()[usable][in_order]
    ends = [shapely.get_coordinates(shapely.get_point(lines, end)) for end in (0, -1)]
    return np.stack(ends, axis=1)


def _is_drawn(geometry: Any) -> NDArray[np.bool_]:
    import shapely

    # Geopandas warns of the question whether a geometry is there where one of them is empty.
    shapes = geometry.to_numpy()
    drawn: NDArray[np.bool_] = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    return drawn


def require_one_animal(frame: Any, what: str) -> None:
    """Refuse a frame in which the column ``groupby_col`` names several animals.

    Raises
    ------
    ValueError
        Says how many.
    """
    animals = frame["groupby_col"].nunique() if "groupby_col" in frame.columns else 1
    if animals > 1:
        raise ValueError(f"{what} is that of {animals} animals: split it by 'groupby_col' first")
