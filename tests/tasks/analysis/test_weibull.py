from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ecoscope_workflows.tasks.analysis._weibull import Weibull, fit_weibull


@settings(max_examples=40, deadline=None)
@given(st.floats(0.3, 8.0), st.floats(1e-3, 1e4), st.integers(0, 2**32 - 1), st.integers(2, 300))
def test_no_other_parameters_are_more_likely(shape: float, scale: float, seed: int, count: int) -> None:
    speeds = scale * np.random.default_rng(seed).weibull(shape, count)
    assume(speeds.std() > 0.05 * speeds.mean())
    fit = fit_weibull(speeds)
    likelihood = np.log(fit.density(speeds)).sum()
    for factor in (0.999, 1.001):
        for other in (Weibull(fit.shape * factor, fit.scale), Weibull(fit.shape, fit.scale * factor)):
            assert np.log(other.density(speeds)).sum() < likelihood


@pytest.mark.parametrize(("shape", "scale"), [(0.4, 3.0), (0.9, 0.5), (1.7, 2.0), (12.0, 4.0)])
def test_agrees_with_the_simplex_fit_of_scipy(shape: float, scale: float) -> None:
    speeds = scale * np.random.default_rng(1).weibull(shape, 2000)
    expected_shape, _, expected_scale = scipy.stats.weibull_min.fit(speeds, floc=0)
    fit = fit_weibull(speeds)
    assert fit.shape == pytest.approx(expected_shape, rel=2e-4)
    assert fit.scale == pytest.approx(expected_scale, rel=2e-4)


def test_recovers_the_parameters_of_a_large_sample() -> None:
    fit = fit_weibull(0.5 * np.random.default_rng(2).weibull(0.8, 200_000))
    assert fit.shape == pytest.approx(0.8, rel=0.01)
    assert fit.scale == pytest.approx(0.5, rel=0.01)


def test_the_unit_of_speed_changes_the_scale_only() -> None:
    speeds = np.random.default_rng(4).weibull(1.3, 100)
    fit, in_metres = fit_weibull(speeds), fit_weibull(speeds * 1000.0)
    assert in_metres.shape == pytest.approx(fit.shape, rel=1e-9)
    assert in_metres.scale == pytest.approx(fit.scale * 1000.0, rel=1e-9)


def test_density_agrees_with_scipy_and_is_0_where_powers_overflow() -> None:
    values = np.array([1e-6, 0.5, 1.0, 2.0])
    expected = scipy.stats.weibull_min.pdf(values, 40.0, scale=1.5)
    assert Weibull(40.0, 1.5).density(values) == pytest.approx(expected, rel=1e-9)
    assert Weibull(40.0, 1.5).density(np.array([1e9])).tolist() == [0.0]


@pytest.mark.parametrize("speeds", [[], [1.5], [2.0, 2.0, 2.0]])
def test_speeds_without_any_difference_are_refused(speeds: list[float]) -> None:
    with pytest.raises(ValueError, match=rf"{len(speeds)} speed\(s\) without any difference"):
        fit_weibull(np.array(speeds))


def test_speeds_that_hardly_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="nearly equal"):
        fit_weibull(np.array([1.0, 1.0001, 1.0002, 1.0003]))
