"""Segments as arrays in a plane: a trajectory frame and a projected CRS in, checked numbers out."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# No animal and no patrol aircraft is faster; a fix that needs more is a fault of the receiver.
FASTEST_KMHR = 1000.0


@dataclass(frozen=True, slots=True)
class PlanarSegments:
    """Straight segments with their durations.

    Parameters
    ----------
    start, end
        Coordinates in metres of the CRS, shape ``(n, 2)``.
    hours
        Durations, shape ``(n,)``, above 0.
    speeds
        Speeds as recorded in the trajectory, in km/h, shape ``(n,)``.
    """

    start: Floats
    end: Floats
    hours: Floats
    speeds: Floats


def metric_crs(name: str) -> pyproj.CRS:
    """Return the projected CRS of that name, in metres.

    Raises
    ------
    ValueError
        When pyproj does not know the CRS, or its coordinates are not metres in a plane.
    """
    cure = "use a projected CRS in metres such as 'ESRI:102022' or a UTM zone ('EPSG:32637')"
    try:
        crs = pyproj.CRS.from_user_input(name)
    except pyproj.exceptions.CRSError as error:
        raise ValueError(
            f"crs={name!r} is not a coordinate reference system that pyproj knows; {cure}"
        ) from error
    if not crs.is_projected:
        raise ValueError(f"crs={name!r} ({crs.name}) is not projected, and areas need metres; {cure}")
    units = {axis.unit_name for axis in crs.axis_info if axis.unit_conversion_factor != 1.0}
    if units:
        raise ValueError(f"crs={name!r} ({crs.name}) is in {', '.join(sorted(units))}, not in metres; {cure}")
    return crs


def planar_segments(trajectory: Any, crs: pyproj.CRS) -> PlanarSegments:
    """Take the segments of a trajectory to a plane, and leave out those that cannot be used.

    Parameters
    ----------
    trajectory
        A frame with ``timespan_seconds``, ``speed_kmhr`` and lines in ``geometry``; a line counts from its
        first to its last vertex.
    crs
        The plane.

    Raises
    ------
    ValueError
        When the trajectory has no CRS or no usable segment.

    Warns
    -----
    UserWarning
        With the number of segments left out, by reason.
    """
    geometry = trajectory["geometry"].array
    if geometry.crs is None:
        raise ValueError("the trajectory has no CRS, so it cannot be projected; set one with `set_crs`")
    if len(trajectory) == 0:
        raise ValueError("the trajectory has no segments; give at least two fixes of one animal")
    lines = np.asarray(geometry)
    hours = trajectory["timespan_seconds"].to_numpy(dtype=np.float64, na_value=np.nan) / 3600.0
    speeds = trajectory["speed_kmhr"].to_numpy(dtype=np.float64, na_value=np.nan)
    start, end = _end_points(lines, pyproj.Transformer.from_crs(geometry.crs, crs, always_xy=True))
    drawn = ~(shapely.is_missing(lines) | shapely.is_empty(lines))
    placed = np.isfinite(start).all(axis=1) & np.isfinite(end).all(axis=1)
    tests = {
        "without geometry": ~drawn,
        f"outside the area of {crs.name}": drawn & ~placed,
        "whose timespan is not above 0": ~(np.isfinite(hours) & (hours > 0)),
        "without a speed": ~(np.isfinite(speeds) & (speeds >= 0)),
        f"faster than {FASTEST_KMHR:g} km/h": np.isfinite(speeds) & (speeds > FASTEST_KMHR),
    }
    keep = np.ones(len(lines), dtype=bool)
    reasons = []
    for reason, wrong in tests.items():
        if count := int((wrong & keep).sum()):
            reasons.append(f"{count} {reason}")
        keep &= ~wrong
    left_out = f"{int((~keep).sum())} of {keep.size} segments are left out of the time density"
    if not keep.any():
        raise ValueError(
            f"{left_out}, so none remains: {', '.join(reasons)}; check the trajectory and the crs"
        )
    if reasons:
        warnings.warn(f"{left_out}: {', '.join(reasons)}", stacklevel=3)
    return PlanarSegments(start[keep], end[keep], hours[keep], speeds[keep])


def _end_points(lines: Any, transformer: pyproj.Transformer) -> tuple[Floats, Floats]:
    """Return the projected first and last vertex of each line, NaN where there is no line."""
    vertices, owner = shapely.get_coordinates(lines, return_index=True)
    ends = np.full((2, len(lines), 2), np.nan)
    is_first = np.append(True, owner[1:] != owner[:-1])[: owner.size]
    is_last = np.append(owner[1:] != owner[:-1], True)[: owner.size]
    ends[0, owner[is_first]] = vertices[is_first]
    ends[1, owner[is_last]] = vertices[is_last]
    x, y = transformer.transform(ends[..., 0], ends[..., 1])
    planar = np.stack([x, y], axis=-1)
    return planar[0], planar[1]
