"""Segments as arrays in; how much more an animal moves by night than by day out, by two definitions."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from ecoscope_workflows.tasks import _sun

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

NANOSECONDS_PER_HOUR = 3_600_000_000_000
HALF_DAY = _sun.NANOSECONDS_PER_DAY // 2
DEGREES_PER_HOUR = 15.0
FULL_CIRCLE = 360.0
HALF_CIRCLE = 180.0
CIVIL_TWILIGHT = -6.0
# A segment over a longer gap says nothing of when the animal moved; and a day must show some of night and of
# daylight, or its share is all the one or the other by accident of sampling.
MAX_SEGMENT_HOURS = 6.0
MIN_PHASE_HOURS = 1.0


@dataclass(frozen=True, slots=True)
class Movements:
    """Segments: times in ns since 1970-01-01 UTC, start point in degrees WGS 84, length in metres."""

    start: IntArray
    end: IntArray
    longitude: FloatArray
    latitude: FloatArray
    meters: FloatArray

    def take(self, which: BoolArray) -> Movements:
        """Return some of the segments."""
        return Movements(**{field.name: getattr(self, field.name)[which] for field in fields(self)})

    def measurable(self) -> Movements:
        """Return the segments with a position, a length and a duration, without jumps in longitude.

        Where a track crosses the antimeridian, its solar clock would jump by a day.
        """
        known = np.isfinite(self.longitude) & np.isfinite(self.meters) & (self.end > self.start)
        kept = self.take(known)
        east = kept.longitude - kept.longitude[:1]
        turn = np.where(east > HALF_CIRCLE, -FULL_CIRCLE, np.where(east < -HALF_CIRCLE, FULL_CIRCLE, 0.0))
        return Movements(kept.start, kept.end, kept.longitude + turn, kept.latitude, kept.meters)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Segments cut at the turn of local solar days.

    Parameters
    ----------
    segment
        The segment that each piece comes from.
    unit
        A number per day, from 0, equal for all its pieces.
    start, end
        Times in ns since 1970-01-01 UTC.
    day, longitude, latitude
        Per unit its number since 1970-01-01, and where the first segment in it starts.
    """

    segment: IntArray
    unit: IntArray
    start: IntArray
    end: IntArray
    day: IntArray
    longitude: FloatArray
    latitude: FloatArray

    @property
    def midnight(self) -> FloatArray:
        """Return the Julian date of the local solar midnight that each day is named after."""
        julian: FloatArray = _sun.UNIX_EPOCH_JULIAN + self.day - self.longitude / FULL_CIRCLE
        return julian

    def share_between(self, begin: FloatArray, finish: FloatArray) -> FloatArray:
        """Return the share of each piece between two Julian dates of its day; NaN where there are none."""
        low, high = (
            ((julian - _sun.UNIX_EPOCH_JULIAN) * _sun.NANOSECONDS_PER_DAY)[self.unit]
            for julian in (begin, finish)
        )
        overlap = np.minimum(self.end, high) - np.maximum(self.start, low)
        share: FloatArray = np.clip(overlap, 0, None) / (self.end - self.start)
        return share

    def total(self, values: FloatArray) -> FloatArray:
        """Return the sums of values of pieces by day, over those that are known."""
        seen = ~np.isnan(values)
        total: FloatArray = np.bincount(self.unit[seen], values[seen], minlength=len(self.day)).astype(float)
        return total


def ratio_of_distances(movements: Movements) -> float:
    """Return the mean over days (midnight to midnight) of metres by night over metres by day."""
    usable = movements.measurable()
    pieces = _cut(usable, shift=0)
    noon = pieces.midnight + 0.5
    by_day = pieces.share_between(*_sun.above_around(noon, pieces.longitude, pieces.latitude, 0.0))
    meters = _meters(usable, pieces)
    day, night = pieces.total(by_day * meters), pieces.total((1 - by_day) * meters)
    return float(np.mean(night[day > 0] / day[day > 0])) if (day > 0).any() else math.nan


def ratio_of_speeds(movements: Movements) -> float:
    """Return the ratio that the mean share of night in the two speeds of a day (noon to noon) stands for."""
    usable = movements.measurable()
    usable = usable.take(usable.end - usable.start <= MAX_SEGMENT_HOURS * NANOSECONDS_PER_HOUR)
    pieces = _cut(usable, shift=HALF_DAY)
    ends = _sun.below_around(pieces.midnight, pieces.longitude, pieces.latitude, CIVIL_TWILIGHT)
    by_night = pieces.share_between(*ends)
    hours, meters = (pieces.end - pieces.start) / NANOSECONDS_PER_HOUR, _meters(usable, pieces)
    night_hours, day_hours = pieces.total(by_night * hours), pieces.total((1 - by_night) * hours)
    both = (night_hours > MIN_PHASE_HOURS) & (day_hours > MIN_PHASE_HOURS)
    night = pieces.total(by_night * meters)[both] / night_hours[both]
    day = pieces.total((1 - by_night) * meters)[both] / day_hours[both]
    moved = night + day > 0
    if not moved.any():
        return math.nan
    share = night[moved] / (night[moved] + day[moved])
    mean = float(np.average(share, weights=(night_hours + day_hours)[both][moved]))
    return math.inf if mean >= 1 else mean / (1 - mean)


def _meters(movements: Movements, pieces: _Pieces) -> FloatArray:
    """Return the length of each piece: its share, by time, of that of its segment."""
    span = (movements.end - movements.start)[pieces.segment]
    length: FloatArray = movements.meters[pieces.segment] * ((pieces.end - pieces.start) / span)
    return length


def _cut(movements: Movements, shift: int) -> _Pieces:
    """Cut segments where the local solar clock, UTC + longitude / 15 h plus a shift in ns, shows midnight."""
    offset = (movements.longitude / DEGREES_PER_HOUR * NANOSECONDS_PER_HOUR).astype(np.int64) + shift
    begin, finish = movements.start + offset, movements.end + offset
    first_day = begin // _sun.NANOSECONDS_PER_DAY
    count = finish // _sun.NANOSECONDS_PER_DAY - first_day + 1
    segment = np.repeat(np.arange(len(count)), count)
    day = first_day[segment] + np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    start = np.maximum(begin[segment], day * _sun.NANOSECONDS_PER_DAY)
    end = np.minimum(finish[segment], (day + 1) * _sun.NANOSECONDS_PER_DAY)
    # A segment that ends at midnight has no piece of the day that begins then.
    real = end > start
    segment, day, start, end = segment[real], day[real], start[real], end[real]
    days, first, unit = np.unique(day, return_index=True, return_inverse=True)
    return _Pieces(
        segment=segment,
        unit=unit,
        start=start - offset[segment],
        end=end - offset[segment],
        day=days,
        longitude=movements.longitude[segment[first]],
        latitude=movements.latitude[segment[first]],
    )
