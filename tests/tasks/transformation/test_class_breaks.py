"""The bounds of classes: what mapclassify 2.10 gives, and natural breaks against every other choice."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecoscope_workflows.tasks.transformation import _class_breaks

if TYPE_CHECKING:
    from collections.abc import Callable

# Some daily distances, with repeated values.
VALUES = np.array([0.4, 7.9, 2.2, 2.2, 15.1, 3.3, 0.9, 5.8, 22.5, 4.1, 2.2, 11.7, 6.6, 1.8, 9.0, 3.3])


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (lambda v: _class_breaks.equal_interval(v, 4), [5.925000000000001, 11.450000000000001, 16.975, 22.5]),
        (lambda v: _class_breaks.quantile(v, 5), [2.2, 3.3, 5.8, 9.0, 22.5]),
        (
            lambda v: _class_breaks.std_mean(v, [-1, 1], anchor=False),
            [0.20687851612950414, 12.168121483870497, 22.5],
        ),
        (
            lambda v: _class_breaks.std_mean(v, [-1, 1], anchor=True),
            [6.1875, 12.168121483870497, 18.148742967740993, 22.5],
        ),
        (lambda v: _class_breaks.max_breaks(v, 4, 0.0), [10.35, 13.399999999999999, 18.8, 22.5]),
        (lambda v: _class_breaks.natural_breaks(v, 4), [4.1, 9.0, 15.1, 22.5]),
    ],
)
def test_bounds_of_mapclassify(bounds: Callable[[Any], Any], expected: list[float]) -> None:
    before = VALUES.copy()
    assert bounds(VALUES).tolist() == pytest.approx(expected, rel=1e-14)
    assert (before == VALUES).all()


def scatter(classes: list[Any]) -> float:
    return float(sum(((values - values.mean()) ** 2).sum() for values in classes))


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=9), st.integers(1, 5))
@pytest.mark.filterwarnings("ignore:.* classes were asked for:UserWarning")
def test_natural_breaks_are_the_best_of_all(numbers: list[int], k: int) -> None:
    values = np.array(numbers, dtype=float)
    bounds = _class_breaks.natural_breaks(values, k)
    unique = np.unique(values)
    size = min(k, len(unique))
    assert len(bounds) == size
    assert bounds[-1] == values.max()
    number = _class_breaks.class_numbers(values, bounds)
    found = scatter([values[number == place] for place in range(size)])
    best = min(
        scatter([values[np.isin(values, part)] for part in np.split(unique, list(cuts))])
        for cuts in combinations(range(1, len(unique)), size - 1)
    )
    assert found == pytest.approx(best, abs=1e-9)


def test_natural_breaks_of_many_values_are_those_of_the_plain_recursion() -> None:
    values = np.sort(np.random.default_rng(5).lognormal(size=300))
    sums = [np.append(0, np.cumsum(values**power)) for power in (0, 1, 2)]

    def cost(low: int, high: int) -> float:
        count, first, second = (float(total[high] - total[low]) for total in sums)
        return second - first * first / count

    best = [[cost(0, end) for end in range(1, 301)]]
    for classes in range(2, 6):
        best.append(
            [
                min(
                    (best[-1][start - 1] + cost(start, end) for start in range(classes - 1, end)),
                    default=np.inf,
                )
                for end in range(1, 301)
            ]
        )
    bounds = _class_breaks.natural_breaks(values, 5)
    number = _class_breaks.class_numbers(values, bounds)
    assert scatter([values[number == place] for place in range(5)]) == pytest.approx(best[-1][-1], rel=1e-9)


def test_equally_good_breaks_are_chosen_the_same_way_whatever_the_order() -> None:
    values = np.array([3.0, 1.0, 2.0])
    assert _class_breaks.natural_breaks(values, 2).tolist() == [1.0, 3.0]
    assert _class_breaks.natural_breaks(values[::-1], 2).tolist() == [1.0, 3.0]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (lambda v: _class_breaks.natural_breaks(v, 5), [1.0, 2.0]),
        (lambda v: _class_breaks.quantile(v, 5), [1.0, 1.4, 2.0]),
        (lambda v: _class_breaks.max_breaks(v, 5, 0.0), [1.5, 2.0]),
    ],
)
def test_fewer_classes_where_values_are_few_with_a_warning(
    bounds: Callable[[Any], Any], expected: list[float]
) -> None:
    with pytest.warns(
        UserWarning, match=r"^5 classes were asked for, but the values are enough for [23] only$"
    ):
        assert bounds(np.array([1.0, 1.0, 1.0, 2.0])).tolist() == pytest.approx(expected)


def test_only_wide_gaps_part_classes() -> None:
    values = np.array([0.0, 1.0, 3.0, 10.0])
    assert _class_breaks.max_breaks(values, 3, 1.5).tolist() == [2.0, 6.5, 10.0]
    with pytest.warns(UserWarning, match="enough for 2 only"):
        assert _class_breaks.max_breaks(values, 3, 2.0).tolist() == [6.5, 10.0]


@pytest.mark.parametrize(("multiples", "expected"), [([1, -1], [1.0, 3.0]), ([0], [2.0, 3.0]), ([], [3.0])])
def test_multiples_in_any_order_reach_the_largest_value(
    multiples: list[float], expected: list[float]
) -> None:
    found = _class_breaks.std_mean(np.array([1.0, 2.0, 3.0]), multiples, anchor=False)
    assert found.tolist() == expected
