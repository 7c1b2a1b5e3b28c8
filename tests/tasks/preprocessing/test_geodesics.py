"""Squared displacements: a polynomial gives what one geodesic after the other gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ecoscope_workflows.tasks.preprocessing._geodesics import (
    ACCURACY,
    GEOD,
    MANY,
    inverse,
    squared_displacements,
    surface_from,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


def one_by_one(longitude: FloatArray, latitude: FloatArray) -> Any:
    """Return the squared distance of each place from the first, in km², by a geodesic for each."""
    start = np.full(len(longitude), longitude[0]), np.full(len(latitude), latitude[0])
    return (GEOD.inv(*start, longitude, latitude)[2] / 1000.0) ** 2


def wander(
    longitude: float, latitude: float, east: float, north: float, count: int = MANY
) -> tuple[FloatArray, FloatArray]:
    """Return places that wander through a box, starting anywhere in it."""
    random = np.random.default_rng(7)
    places = longitude + east * random.random(count), latitude + north * random.random(count)
    # Longitudes as receivers write them, and no latitude beyond a pole.
    return (places[0] + 180.0) % 360.0 - 180.0, np.clip(places[1], -90.0, 90.0)


@pytest.mark.parametrize("latitude", [-79.5, -35.0, -0.2, 0.6, 48.0, 70.0])
@pytest.mark.parametrize("degrees", [0.01, 0.3, 1.0])
def test_a_range_of_an_animal_is_one_polynomial(latitude: float, degrees: float) -> None:
    longitude, latitudes = wander(37.0, latitude, degrees, degrees)
    surface = surface_from(longitude, latitudes)
    assert surface is not None
    assert np.abs(surface.at(longitude, latitudes) - one_by_one(longitude, latitudes)).max() < ACCURACY


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-180, 180),
    st.floats(-90, 90),
    st.floats(0, 200),
    st.floats(-40, 40),
)
# Over the antimeridian, over a pole, around one, on a parallel, on a meridian, and at one place.
@example(179.9, 1.0, 0.3, 0.3)
@example(0.0, 89.9, 0.2, 0.2)
@example(0.0, -89.99, 180.0, -0.009)
@example(37.0, 1.0, 0.5, 0.0)
@example(37.0, 1.0, 0.0, 0.5)
@example(37.0, 1.0, 0.0, 0.0)
@example(37.0, 1.0, 1e-9, 1e-9)
def test_squares_are_those_of_geodesics_anywhere(
    longitude: float, latitude: float, east: float, north: float
) -> None:
    longitudes, latitudes = wander(longitude, latitude, east, north)
    found = squared_displacements(longitudes, latitudes, np.array([0]))
    expected = one_by_one(longitudes, latitudes)
    # The bound holds where it was tried, and hardly less in between.
    assert np.abs(found - expected).max() <= 3 * ACCURACY
    assert found[0] == 0.0
    assert (found >= 0).all()


def test_close_to_the_first_place_and_of_few_places_they_are_exact() -> None:
    longitude, latitude = wander(37.0, 1.0, 1.0, 1.0)
    longitude[1:9], latitude[1:9] = longitude[0] + np.arange(8) * 1e-7, latitude[0]
    found = squared_displacements(longitude, latitude, np.array([0]))
    assert (found[:9] == one_by_one(longitude[:9], latitude[:9])).all()
    few = squared_displacements(longitude[:-1], latitude[:-1], np.array([0]))
    assert (few == one_by_one(longitude[:-1], latitude[:-1])).all()


def test_each_group_counts_from_its_own_first_place() -> None:
    groups = [wander(10.0 * number, 5.0, 0.5, 0.5, count) for number, count in enumerate((MANY, 1, 7, MANY))]
    longitude, latitude = (np.concatenate([group[axis] for group in groups]) for axis in (0, 1))
    first = np.array([0, MANY, MANY + 1, MANY + 8])
    found = squared_displacements(longitude, latitude, first)
    expected = np.concatenate([one_by_one(*group) for group in groups])
    assert np.abs(found - expected).max() < ACCURACY


def test_no_polynomial_is_taken_where_it_is_not_exact() -> None:
    # From one side of Africa to the other.
    assert surface_from(*wander(-15.0, -30.0, 19.0, 60.0)) is None
    assert surface_from(*wander(0.0, 70.0, 1.0, 15.0)) is None
    assert surface_from(*wander(0.0, 1.0, 60.0, 1.0)) is None


def test_the_positions_given_stay_as_they_are() -> None:
    longitude, latitude = wander(37.0, 1.0, 1.0, 1.0)
    before = longitude.copy(), latitude.copy()
    azimuth, meters = inverse(longitude, latitude, np.arange(10), np.arange(1, 11))
    squared_displacements(longitude, latitude, np.array([0]))
    assert (longitude == before[0]).all()
    assert (latitude == before[1]).all()
    expected = GEOD.inv(longitude[:10], latitude[:10], longitude[1:11], latitude[1:11])
    assert (azimuth == expected[0]).all()
    assert (meters == expected[2]).all()
