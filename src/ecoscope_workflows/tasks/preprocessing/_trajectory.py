"""The kernel of trajectories: ordered fixes in, the segments between them as arrays out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ecoscope_workflows.contracts.frame_check import is_unique_text
from ecoscope_workflows.contracts.track_geometry import track_array
from ecoscope_workflows.tasks.preprocessing._fixes import WGS84
from ecoscope_workflows.tasks.preprocessing._geodesics import FULL_CIRCLE, inverse, squared_displacements

if TYPE_CHECKING:
    from geopandas.array import GeometryArray

    from ecoscope_workflows.tasks.preprocessing._fixes import BoolArray, Fixes, FloatArray, IntArray

KMHR_PER_METER_PER_SECOND = 3.6


@dataclass(frozen=True, slots=True)
class Segments:
    """Segments between consecutive fixes of one animal.

    Parameters
    ----------
    start
        Position of the start fix among the fixes; the end fix is the next one.
    timespan_seconds, dist_meters, speed_kmhr
        Duration in s, geodesic length in m on WGS 84, and their ratio in km/h.
        The ratio is infinite, or not a number, where a segment has no duration.
    heading
        Forward azimuth at the start fix in degrees clockwise from north, 0 to 360.
    """

    start: IntArray
    timespan_seconds: FloatArray
    dist_meters: FloatArray
    speed_kmhr: FloatArray
    heading: FloatArray

    def take(self, which: IntArray | BoolArray) -> Segments:
        """Return some of the segments, in the order asked for."""
        return Segments(**{field.name: getattr(self, field.name)[which] for field in fields(self)})


def segments_between(fixes: Fixes) -> Segments:
    """Return all segments of the fixes, from one pass of Karney's inverse geodesic (J. Geod. 87, 2013).

    A segment over the antimeridian or a pole takes the short way, as the animal does.
    """
    start = np.flatnonzero(np.diff(fixes.animal) == 0)
    end = start + 1
    azimuth, meters = inverse(fixes.longitude, fixes.latitude, start, end)
    seconds = (fixes.ticks[end] - fixes.ticks[start]) / fixes.ticks_per_second
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = meters / seconds * KMHR_PER_METER_PER_SECOND
    return Segments(
        start=start,
        timespan_seconds=seconds,
        dist_meters=meters,
        speed_kmhr=speed,
        heading=np.where(azimuth < 0, azimuth + FULL_CIRCLE, azimuth),
    )


def net_squared_displacement(fixes: Fixes, segments: Segments) -> FloatArray:
    """Return the squared distance from the first fix of the animal to the end of each segment, in km².

    The distance is geodesic on WGS 84 (Börger & Fryxell 2012, in Dispersal Ecology and Evolution, ch. 17).
    """
    # Of each fix, not of each segment: then those of an animal stand together.
    first = np.flatnonzero(np.diff(fixes.animal, prepend=-1))
    return squared_displacements(fixes.longitude, fixes.latitude, first)[segments.start + 1]


def lines(fixes: Fixes, segments: Segments) -> GeometryArray:
    """Return each segment as a line of two points in longitude and latitude."""
    ends = np.empty((len(segments.start), 2, 2))
    for side, which in enumerate((segments.start, segments.start + 1)):
        ends[:, side, 0] = fixes.longitude[which]
        ends[:, side, 1] = fixes.latitude[which]
    return track_array(ends, crs=WGS84)


def segment_ids(index: pd.Index[Any]) -> pd.Index[Any]:
    """Return the ids of fixes as text, each once: the second ``a`` becomes ``a-2``, the third ``a-3``.

    A number that another fix has already is passed over, so a fix whose id is unique keeps it.
    """
    ids = index.astype(str).rename("id")
    if is_unique_text(ids):
        return ids
    taken = set(ids)
    unique: list[str] = []
    seen: dict[str, int] = {}
    for name, repeated in zip(ids, ids.duplicated(), strict=True):
        number = seen.get(name, 1)
        candidate = name
        while repeated and candidate in taken:
            number += 1
            candidate = f"{name}-{number}"
        seen[name] = number
        taken.add(candidate)
        unique.append(candidate)
    return pd.Index(unique, name="id")


@dataclass(frozen=True, slots=True)
class SegmentFilter:
    """Which segments count as movement: bounds on length (m), duration (s) and speed (km/h), bounds kept.

    Raises
    ------
    ValueError
        When a maximum is not greater than its minimum; all such pairs are named.
    """

    min_length_meters: float
    max_length_meters: float
    min_time_secs: float
    max_time_secs: float
    min_speed_kmhr: float
    max_speed_kmhr: float

    def __post_init__(self) -> None:
        faults = [
            f"max_{name} must be greater than min_{name} ({high:g} is not greater than {low:g})"
            for name, low, high in self._bounds()
            # Written so that NaN, which is neither greater nor less, is refused as well.
            if not high > low
        ]
        if faults:
            raise ValueError("; ".join(faults))

    def _bounds(self) -> tuple[tuple[str, float, float], ...]:
        return (
            ("length_meters", self.min_length_meters, self.max_length_meters),
            ("time_secs", self.min_time_secs, self.max_time_secs),
            ("speed_kmhr", self.min_speed_kmhr, self.max_speed_kmhr),
        )

    def keep(self, segments: Segments) -> tuple[BoolArray, str]:
        """Return which segments lie within all bounds, and in words how many lie outside of each."""
        keep = np.ones(len(segments.start), dtype=bool)
        outside = []
        measured = (segments.dist_meters, segments.timespan_seconds, segments.speed_kmhr)
        for (name, low, high), values in zip(self._bounds(), measured, strict=True):
            below, above = values < low, values > high
            outside += [f"{int(below.sum())} below min_{name}", f"{int(above.sum())} above max_{name}"]
            keep &= ~(below | above)
        return keep, ", ".join(part for part in outside if not part.startswith("0 "))
