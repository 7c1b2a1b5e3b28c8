from __future__ import annotations

import numpy as np
import pytest
import scipy.integrate

from ecoscope_workflows.tasks.analysis import _speed_tables as tables
from ecoscope_workflows.tasks.analysis._speed_tables import FormulaTable, PublishedTable, published_density
from ecoscope_workflows.tasks.analysis._weibull import Weibull

# In metres per hour: a slow, a usual, a brisk and a very even walker.
WALKERS = [(Weibull(0.6, 300.0), 5000.0), (Weibull(0.9, 500.0), 6500.0), (Weibull(2.0, 2000.0), 9000.0)]
EVEN = (Weibull(20.0, 3000.0), 3600.0)


@pytest.mark.parametrize(("weibull", "fastest"), [*WALKERS, EVEN])
def test_published_density_is_the_integral_of_the_published_integrand(
    weibull: Weibull, fastest: float
) -> None:
    # s = m + w² takes the pole at s = m out of the integrand in another way than the table does.
    needed = np.random.default_rng(5).uniform(1.0, 0.99 * fastest, 25)
    k, scale = weibull.shape, weibull.scale

    def integrand(w: float, m: float) -> float:
        s = m + w * w
        return float(np.exp(-((s / scale) ** k)) * (s / scale) ** (k - 2) * 2.0 / np.sqrt(s + m))

    factor = 4.0 * k / (np.pi * scale**2)
    for m, value in zip(needed, published_density(needed, weibull, fastest), strict=True):
        edge = np.sqrt(fastest - m)
        expected = scipy.integrate.quad(integrand, 0.0, edge, (m,), epsabs=0, epsrel=1e-9, limit=400)[0]
        assert value == pytest.approx(factor * expected, rel=1e-6, abs=0)


def test_the_published_table_is_looked_up_at_the_next_step_above() -> None:
    weibull, fastest = WALKERS[1]
    table = PublishedTable(weibull, fastest)
    found = table.values(np.array([[[0.0, 0.5, 1.0, 1.99, 700.2, fastest, np.inf]]]), np.zeros(1))
    expected = published_density(np.array([1.0, 1.0, 2.0, 2.0, 701.0]), weibull, fastest)
    assert found.ravel()[:5] == pytest.approx(expected, rel=1e-12, abs=0)
    assert found.ravel()[5:].tolist() == [0.0, 0.0]


def test_the_geometric_end_of_a_long_table_deviates_by_less_than_stated() -> None:
    weibull, fastest = Weibull(0.9, 500.0), 66_000.0
    speeds = np.arange(tables.EXACT_STEPS - 3.0, 20_000.0, 7.0)
    found = PublishedTable(weibull, fastest).values(speeds[None, None], np.zeros(1)).ravel()
    assert found == pytest.approx(published_density(speeds + 1.0, weibull, fastest), rel=1e-5, abs=0)


@pytest.mark.parametrize(("weibull", "fastest"), WALKERS)
def test_the_formula_table_is_the_integral_of_the_formula(weibull: Weibull, fastest: float) -> None:
    # s = sqrt(w² + q²) takes the pole at s = q out of the integrand in another way than the table does.
    random = np.random.default_rng(6)
    straight = random.uniform(0.9, 1.0, 300) * np.geomspace(2.0, 0.9 * fastest, 300)
    needed = straight + random.uniform(0.0, 1.0, 300) ** 3 * np.minimum(
        fastest - straight, 4.0 * weibull.scale
    )
    table = FormulaTable(weibull, fastest)
    found = table.values(needed[:, None, None], straight).ravel()
    peak = table.values(straight[:, None, None], straight).ravel()
    for m, q, value, most in zip(needed, straight, found, peak, strict=True):

        def integrand(w: float, q: float = q) -> float:
            s = np.hypot(w, q)
            return float(weibull.density(s) / s**2)

        span = np.sqrt(np.array([m, fastest]) ** 2 - q**2)
        middle = np.clip(2.0 * span[0] + q, *span)
        pieces = (span[0], middle), (middle, span[1])
        expected = sum(
            scipy.integrate.quad(integrand, *piece, epsabs=0, epsrel=1e-7, limit=400)[0] for piece in pieces
        )
        assert value == pytest.approx(expected, rel=1e-3, abs=1.5e-4 * most)


@pytest.mark.parametrize(("weibull", "fastest"), WALKERS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.8])
def test_the_formula_integrates_over_the_plane_to_the_probability_of_the_speeds(
    weibull: Weibull, fastest: float, share: float
) -> None:
    # All places of minimum speed m or less fill an ellipse of area π/4 t² m sqrt(m² - q²); here t = 1.
    straight = share * weibull.scale
    needed = np.concatenate([[straight], straight + np.geomspace(1e-3, fastest - straight, 20_000)])
    area = np.pi / 4.0 * needed * np.sqrt(needed**2 - straight**2)
    density = FormulaTable(weibull, fastest).values(needed[None, None], np.array([straight])).ravel()
    total = np.trapezoid(4.0 / np.pi * density, area)
    below = 1.0 - np.exp(-((np.array([straight, fastest]) / weibull.scale) ** weibull.shape))
    assert total == pytest.approx(below[1] - below[0], rel=2e-3)


@pytest.mark.parametrize("kind", [PublishedTable, FormulaTable])
@pytest.mark.parametrize(("weibull", "fastest"), [*WALKERS, (Weibull(0.9, 500.0), 200_000.0)])
def test_nothing_beyond_the_reach_of_a_segment_counts(
    kind: type[PublishedTable | FormulaTable], weibull: Weibull, fastest: float
) -> None:
    table = kind(weibull, fastest)
    straight = np.array([1.0, 0.5, 1.0, 2.0]) * [1.0, weibull.scale, weibull.scale, weibull.scale]
    reach = table.reach(straight)
    assert (reach > straight).all()
    assert (reach <= fastest * 1.001).all()
    along = straight + np.linspace(0.0, 1.0, 500)[:, None] * (1.2 * reach - straight)
    values = table.values(along.T[:, None, :], straight)[:, 0]
    share = values / values.max(axis=1, keepdims=True)
    assert share[reach[:, None] < along.T].max() < 1.01 * tables.TRUNCATION
    assert share[0.99 * reach[:, None] > along.T].min() > 0.5 * tables.TRUNCATION


def test_durations_weigh_by_their_inverse_as_published_and_in_proportion_in_the_formula() -> None:
    hours = np.array([0.5, 2.0])
    assert PublishedTable(*WALKERS[0]).weight(hours).tolist() == [2.0, 0.5]
    assert FormulaTable(*WALKERS[0]).weight(hours).tolist() == [0.5, 2.0]
