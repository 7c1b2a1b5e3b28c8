"""The sun's place, compared with the ephemeris of the ERFA library (by astropy 7.1, without refraction)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ecoscope_workflows.tasks import _sun

DEGREES = 0.012
SECONDS = 3.0


def julian(time: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return _sun.julian_days(np.array([pd.Timestamp(time).value]))


@pytest.mark.parametrize(
    ("time", "longitude", "latitude", "expected"),
    [
        ("2010-01-01T12:00", 37.5, -2.0, 48.771),
        ("2024-06-20T03:43", -0.1, 51.5, -0.825),
        ("2017-11-05T20:30", -150.0, 70.0, 3.109),
        ("1995-03-10T06:00", 179.9, -17.0, 3.844),
    ],
)
def test_altitude(time: str, longitude: float, latitude: float, expected: float) -> None:
    found = _sun.altitude(julian(time), np.array([longitude]), np.array([latitude]))
    assert found == pytest.approx(expected, abs=DEGREES)


@pytest.mark.parametrize(
    ("date", "longitude", "latitude", "horizon", "dusk", "dawn"),
    [
        ("2017-01-10", 37.0, -2.0, -6.0, "2017-01-09T16:08:25.831", "2017-01-10T03:10:19.655"),
        ("2024-06-21", -0.1, 51.5, 0.0, "2024-06-20T20:14:15.859", "2024-06-21T03:50:09.889"),
        ("2024-12-21", 175.0, -41.0, -6.0, "2024-12-20T08:25:06.900", "2024-12-20T16:10:28.368"),
    ],
)
def test_night_around_a_midnight(
    date: str, longitude: float, latitude: float, horizon: float, dusk: str, dawn: str
) -> None:
    at = np.array([longitude]), np.array([latitude])
    midnight = julian(date) - longitude / 360
    found = np.concatenate(_sun.below_around(midnight, *at, horizon))
    assert np.abs(found - np.concatenate([julian(dusk), julian(dawn)])).max() * 86400 < SECONDS
    # The day after the night begins with the same dawn.
    dawn_of_day, _ = _sun.above_around(midnight + 0.5, *at, horizon)
    assert dawn_of_day == pytest.approx(found[1:], abs=1e-6)


@pytest.mark.parametrize(("latitude", "date"), [(75.0, "2024-06-21"), (75.0, "2024-12-21")])
def test_no_dusk_in_polar_day_or_night(latitude: float, date: str) -> None:
    ends = _sun.below_around(julian(date), np.array([0.0]), np.array([latitude]), 0.0)
    assert np.isnan(np.concatenate(ends)).all()
