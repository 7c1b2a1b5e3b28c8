"""Where the sun stands: times and positions in, its altitude and the times it crosses a horizon out.

The low-precision formulas of the Astronomical Almanac (section C, "Low precision formulas for the Sun"):
good to about 0.01 degrees between 1950 and 2050.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

NANOSECONDS_PER_DAY = 86_400_000_000_000
UNIX_EPOCH_JULIAN = 2440587.5
J2000_JULIAN = 2451545.0
# Newton steps of a crossing: each shrinks the error by the ratio of the sun's own motion to the sky's, 1/365.
CROSSING_STEPS = 6
SIDEREAL_DAYS_PER_DAY = 1.00273790935


def julian_days(nanoseconds: IntArray) -> FloatArray:
    """Return Julian dates of times in ns since 1970-01-01 UTC."""
    days: FloatArray = nanoseconds / NANOSECONDS_PER_DAY + UNIX_EPOCH_JULIAN
    return days


def altitude(julian: FloatArray, longitude: FloatArray, latitude: FloatArray) -> FloatArray:
    """Return the altitude of the sun's centre in degrees, without refraction.

    Parameters
    ----------
    julian
        Times as Julian dates, UTC.
    longitude, latitude
        Positions in degrees, WGS 84; as many as there are times.
    """
    declination, hour_angle = _sun(julian, longitude)
    north = np.radians(latitude)
    sine = np.sin(north) * np.sin(declination) + np.cos(north) * np.cos(declination) * np.cos(hour_angle)
    above: FloatArray = np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))
    return above


def below_around(
    midnight: FloatArray, longitude: FloatArray, latitude: FloatArray, horizon: float
) -> tuple[FloatArray, FloatArray]:
    """Return when the sun sinks below an altitude before a midnight, and when it rises above it after.

    Parameters
    ----------
    midnight
        Local midnights as Julian dates, UTC.
    longitude, latitude
        Positions in degrees, WGS 84.
    horizon
        The altitude in degrees: 0 for sunset and sunrise, -6 for the end and begin of civil twilight.

    Returns
    -------
    tuple[FloatArray, FloatArray]
        Julian dates of dusk and of dawn; NaN where the sun stays above or below the horizon.
    """
    ends = (_crossing(midnight, longitude, latitude, horizon, side, -side) for side in (-1.0, 1.0))
    return next(ends), next(ends)


def above_around(
    noon: FloatArray, longitude: FloatArray, latitude: FloatArray, horizon: float
) -> tuple[FloatArray, FloatArray]:
    """Return when the sun rises above an altitude before a noon, and when it sinks below it after.

    As `below_around`, for local noons: Julian dates of dawn and of dusk.
    """
    ends = (_crossing(noon, longitude, latitude, horizon, side, side) for side in (-1.0, 1.0))
    return next(ends), next(ends)


def _sun(julian: FloatArray, longitude: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the declination and the local hour angle of the sun in radians."""
    days = julian - J2000_JULIAN
    mean_longitude = 280.460 + 0.9856474 * days
    anomaly = np.radians(357.528 + 0.9856003 * days)
    ecliptic = np.radians(mean_longitude + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    obliquity = np.radians(23.439 - 0.0000004 * days)
    right_ascension = np.arctan2(np.cos(obliquity) * np.sin(ecliptic), np.cos(ecliptic))
    declination = np.arcsin(np.sin(obliquity) * np.sin(ecliptic))
    sidereal = np.radians(280.46061837 + 360.98564736629 * days)
    return declination, sidereal + np.radians(longitude) - right_ascension


def _crossing(
    middle: FloatArray, longitude: FloatArray, latitude: FloatArray, horizon: float, side: float, west: float
) -> FloatArray:
    """Return when the sun crosses a horizon on one `side` of a time: it sets where `west` is 1."""
    north = np.radians(latitude)
    julian = middle + side / 4
    for _ in range(CROSSING_STEPS):
        declination, hour_angle = _sun(julian, longitude)
        sine = np.sin(np.radians(horizon)) - np.sin(north) * np.sin(declination)
        with np.errstate(invalid="ignore", divide="ignore"):
            # NaN where the sun does not reach the horizon on that day.
            target = west * np.arccos(sine / (np.cos(north) * np.cos(declination)))
        turn = (target - hour_angle + np.pi) % (2 * np.pi) - np.pi
        julian = julian + turn / (2 * np.pi) / SIDEREAL_DAYS_PER_DAY
    return julian
