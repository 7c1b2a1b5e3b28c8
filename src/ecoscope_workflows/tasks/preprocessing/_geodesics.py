"""Geodesics on WGS 84 between many places: degrees in; azimuths, metres and squared kilometres out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from pyproj import Geod

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

GEOD = Geod(ellps="WGS84")
HALF_CIRCLE = 180.0
FULL_CIRCLE = 360.0
# Below this number of places, a polynomial costs more than the geodesics.
MANY = 4096
# In latitude; half of it in the square of longitude. Enough for a range of some hundred kilometres.
DEGREE = 10
NODES = 16
CHECKS = 13
# In km²: how exact the square of some hundred kilometres is where these are exact to a nanometre.
ACCURACY = 1e-9
# Closer to the first place, in km², an error of that size would be seen.
NEAR = 1.0
# Closer to a pole or over more meridians, the square is no polynomial.
POLAR = 80.0
WIDE = 20.0
# Places at a time: few enough for the cache of one core.
CHUNK = 8192


def inverse(
    longitude: FloatArray, latitude: FloatArray, start: IntArray, end: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return forward azimuth (degrees, -180 to 180) and length (m) of the geodesics between places.

    Parameters
    ----------
    longitude, latitude
        The places, in degrees.
    start, end
        The positions of both ends of each geodesic among them.
    """
    ends: tuple[Any, Any, Any, Any] = (longitude[start], latitude[start], longitude[end], latitude[end])
    if len(start) == 1:
        # With numpy before 2.4, pyproj takes an array of one for a number and returns numbers; not so a list.
        azimuth, _, meters = GEOD.inv(*(degrees.tolist() for degrees in ends))
        return np.array(azimuth), np.array(meters)
    # They are copies already, which nobody else sees.
    azimuth, _, meters = GEOD.inv(*ends, False, True)  # noqa: FBT003  # not in radians, and in place
    return azimuth, meters


def squared_displacements(longitude: FloatArray, latitude: FloatArray, first: IntArray) -> FloatArray:
    """Return the squared geodesic distance of each place from the first one of its group, in km².

    Of a group of many places, it is a polynomial through some geodesics that is compared with others of them:
    seen from one place, squared distances are smooth.
    Geodesics are taken one by one where the two differ by more than `ACCURACY`, where there are few places,
    and close to the first.

    Parameters
    ----------
    longitude, latitude
        The places, in degrees, group by group.
    first
        The position of the first place of each group.
    """
    squared = np.zeros(len(longitude))
    count = np.diff(first, append=len(longitude))
    for low in first[count >= MANY].tolist():
        group = slice(low, low + int(count[np.searchsorted(first, low)]))
        surface = surface_from(longitude[group], latitude[group])
        if surface is not None:
            squared[group] = surface.at(longitude[group], latitude[group])
    by_one = np.flatnonzero(squared < NEAR)
    _, meters = inverse(longitude, latitude, np.repeat(first, count)[by_one], by_one)
    squared[by_one] = (meters / 1000.0) ** 2
    return squared


@dataclass(frozen=True, slots=True)
class Surface:
    """Squared distances from one place as a polynomial in latitude and the square of longitude.

    Parameters
    ----------
    longitude
        Of the place, in degrees.
    width
        The largest difference of longitude, in degrees.
    latitude, height
        The middle of the latitudes, and how far they reach to both sides, in degrees.
    rows
        Coefficients in km² by the power of the square of longitude, then of latitude, both scaled.
    """

    longitude: float
    width: float
    latitude: float
    height: float
    rows: tuple[tuple[float, ...], ...]

    def at(self, longitude: FloatArray, latitude: FloatArray) -> FloatArray:
        """Return the squared distance of each place, in km²."""
        u = (_eastward(longitude, self.longitude) / self.width) ** 2
        y = (latitude - self.latitude) / self.height
        parts = [slice(low, low + CHUNK) for low in range(0, len(u), CHUNK)]
        return np.concatenate([_polynomial(self.rows, y[part], u[part]) for part in parts])


def surface_from(longitude: FloatArray, latitude: FloatArray) -> Surface | None:
    """Return the polynomial of squared distances from the first place; None where there is no good one."""
    width = float(np.abs(_eastward(longitude, longitude[0])).max())
    south, north = float(latitude.min()), float(latitude.max())
    if not (0.0 < width < WIDE and -POLAR < south < north < POLAR):
        return None
    middle, height = (south + north) / 2.0, (north - south) / 2.0

    def exact(y: FloatArray, u: FloatArray) -> FloatArray:
        east = longitude[0] + width * np.sqrt(u)
        start = np.full(len(y), longitude[0]), np.full(len(y), latitude[0])
        squares: FloatArray = (GEOD.inv(*start, east, middle + height * y)[2] / 1000.0) ** 2
        return squares

    y, u, q, r = _fit()
    # The product as a sum: for one, a library of linear algebra wakes its threads.
    found = np.linalg.solve(r, (q * exact(y, u)[:, None]).sum(axis=0)).tolist()
    rows = []
    for row in range(DEGREE // 2 + 1):
        length = DEGREE - 2 * row + 1
        rows.append(tuple(found[:length]))
        found = found[length:]
    y, u = _grid(np.linspace(-1.0, 1.0, CHECKS), np.linspace(0.0, 1.0, CHECKS))
    if np.abs(_polynomial(rows, y, u) - exact(y, u)).max() > ACCURACY:
        return None
    return Surface(float(longitude[0]), width, middle, height, tuple(rows))


@cache
def _fit() -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return where geodesics are taken, and the two factors of the powers there: the same for all places."""
    nodes = np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES)
    y, u = _grid(nodes, (nodes + 1.0) / 2.0)
    powers = [y**i * u**j for j in range(DEGREE // 2 + 1) for i in range(DEGREE - 2 * j + 1)]
    q, r = np.linalg.qr(np.stack(powers, axis=1))
    return y, u, q, r


def _grid(y: FloatArray, u: FloatArray) -> tuple[FloatArray, FloatArray]:
    return np.repeat(y, len(u)), np.tile(u, len(y))


def _polynomial(
    rows: tuple[tuple[float, ...], ...] | list[tuple[float, ...]], y: FloatArray, u: FloatArray
) -> FloatArray:
    """Return a polynomial by Horner's rule, in `u` of polynomials in `y`."""
    total, row_total = np.zeros_like(y), np.empty_like(y)
    for row in reversed(rows):
        row_total.fill(row[-1])
        for coefficient in reversed(row[:-1]):
            row_total *= y
            row_total += coefficient
        total *= u
        total += row_total
    return total


def _eastward(longitude: FloatArray, origin: float) -> FloatArray:
    """Return how far places are east of a meridian, in degrees, by the shorter way."""
    east = longitude - origin
    return east - FULL_CIRCLE * np.round(east / FULL_CIRCLE)
