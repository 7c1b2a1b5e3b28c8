from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ecoscope_workflows.tasks.analysis._elliptical_time_density import Grid
from ecoscope_workflows.tasks.analysis._percentile_areas import (
    checked_percentiles,
    percentile_areas,
    percentile_cuts,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Multiples of 1/64 add without rounding, so that "nearest" has one meaning.
densities = arrays(np.float64, st.integers(1, 60), elements=st.integers(1, 640).map(lambda n: n / 64))


@settings(max_examples=200, deadline=None)
@given(densities, st.lists(st.integers(1, 16).map(lambda n: n * 6.25), min_size=1, max_size=5))
def test_the_cut_is_where_the_sum_is_nearest_to_the_share_outside(
    density: NDArray[np.float64], levels: list[float]
) -> None:
    values = np.sort(density)
    sums = np.cumsum(values)
    expected = [values[np.argmin(np.abs(sums[-1] * (1 - level / 100) - sums))] for level in levels]
    assert percentile_cuts(density, levels).tolist() == expected


def test_cells_without_density_never_count() -> None:
    density = np.array([0.0, 0.0, 1.0, 2.0, 5.0])
    assert percentile_cuts(density, [100.0, 99.999, 60.0]).tolist() == [1.0, 1.0, 2.0]


def test_areas_near_100_percent_are_kept_apart() -> None:
    density = np.array([[4e-6, 1.6e-5, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]])
    areas = percentile_areas(density, Grid(0.0, 0.0, 1000.0, 2, 4), [100.0, 99.999, 60.0])
    assert [area.area_sqkm for area in areas] == [4.0, 3.0, 2.0]
    assert [area.geometry.bounds[0] for area in areas] == [0.0, 1000.0, 2000.0]
    assert [area.percentile for area in areas] == [100.0, 99.999, 60.0]


@settings(max_examples=50, deadline=None)
@given(arrays(np.float64, (6, 7), elements=st.floats(0.0, 1.0)).filter(lambda density: density.sum() > 0.1))
def test_a_larger_percentile_holds_the_smaller_ones(density: NDArray[np.float64]) -> None:
    areas = percentile_areas(density, Grid(0.0, 0.0, 10.0, 6, 7), [99.0, 90.0, 50.0, 10.0])
    for larger, smaller in pairwise(areas):
        assert larger.geometry.covers(smaller.geometry)
    for area in areas:
        assert area.geometry.area / 1e6 == pytest.approx(area.area_sqkm, rel=1e-12)


def test_percentiles_are_sorted_and_named_once() -> None:
    assert checked_percentiles([50, 95.0, 50.0, 99.9]) == [99.9, 95.0, 50.0]


@pytest.mark.parametrize("wrong", [0.0, -5.0, 100.1, float("nan"), float("inf")])
def test_percentiles_out_of_range_are_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="out of range"):
        checked_percentiles([50.0, wrong])


def test_no_percentiles_are_refused() -> None:
    with pytest.raises(ValueError, match="percentiles is empty"):
        checked_percentiles([])
