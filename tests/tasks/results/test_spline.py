"""Smoothing, against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import make_interp_spline

from ecoscope_workflows.tasks.results._spline import MAX_POINTS, smooth


@pytest.mark.parametrize("degree", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("count", [6, 7, 60])
def test_the_curve_is_the_one_scipy_draws(degree: int, count: int) -> None:
    random = np.random.default_rng(degree)
    x = 1.5e12 + random.uniform(0.2, 3, count).cumsum() * 1e9
    y = random.normal(size=count)
    at, curve = smooth(x, y, degree, 7)
    scaled = (x - x[0]) / (x[-1] - x[0])
    expected = make_interp_spline(scaled, y, k=degree)(np.linspace(0, 1, count * 7))
    np.testing.assert_allclose(curve, expected, atol=1e-6 * np.abs(expected).max())
    assert (at[0], at[-1], len(at)) == (x[0], x[-1], count * 7)


@pytest.mark.parametrize(("count", "expected"), [(1, [2.0] * 3), (2, [0.0, 0.4, 0.8, 1.2, 1.6, 2.0])])
def test_few_points_have_a_simpler_curve(count: int, expected: list[float]) -> None:
    y = np.array([0.0, 2.0])[-count:]
    np.testing.assert_allclose(smooth(np.arange(float(count)), y, 3, 3)[1], expected)


def test_too_many_points_are_refused_with_advice() -> None:
    many = np.arange(MAX_POINTS + 1.0)
    with pytest.raises(ValueError, match="at most 2,000 points a line, got 2,001: leave it out"):
        smooth(many, many, 3, 10)
