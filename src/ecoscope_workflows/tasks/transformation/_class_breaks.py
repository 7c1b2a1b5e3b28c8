"""Numbers in, the upper bounds of classes out: the schemes that mapclassify names, in numpy."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


def equal_interval(values: FloatArray, k: int) -> FloatArray:
    """Return `k` bounds at equal distances, the last one the largest value."""
    low, high = values.min(), values.max()
    width = (high - low) / k
    # Counted up like this, and not by a product, the bounds are those of mapclassify to the last bit.
    bounds: FloatArray = np.arange(low + width, high + width, width)[:k]
    bounds[-1] = high
    return bounds


def quantile(values: FloatArray, k: int) -> FloatArray:
    """Return the bounds of `k` classes with as many values each; fewer where values repeat so often."""
    percent = 100.0 / k
    place = np.minimum(np.arange(percent, 100.0 + percent, percent)[:k], 100.0) / 100.0 * (len(values) - 1)
    ordered, below = np.sort(values), np.floor(place).astype(int)
    above = np.minimum(below + 1, len(values) - 1)
    bounds = np.unique(ordered[below] * (below + 1 - place) + ordered[above] * (place - below))
    _warn_of_fewer(len(bounds), k)
    return bounds


def std_mean(values: FloatArray, multiples: Sequence[float], *, anchor: bool) -> FloatArray:
    """Return bounds at multiples of the sample's standard deviation from its mean, and the largest value.

    With `anchor`, the multiples are all whole ones that the values reach, so that the mean is a bound.
    """
    mean, deviation = values.mean(), values.std(ddof=1)
    if anchor:
        reach = [int((end - mean) / deviation) for end in (values.min(), values.max())]
        multiples = range(reach[0], reach[1] + 1)
    bounds = np.array([mean + deviation * multiple for multiple in sorted(multiples)])
    return bounds if len(bounds) and bounds[-1] >= values.max() else np.append(bounds, values.max())


def max_breaks(values: FloatArray, k: int, mindiff: float) -> FloatArray:
    """Return bounds in the middle of the `k` - 1 widest gaps between values, and the largest value.

    Only gaps wider than `mindiff` count; of gaps of one width, those between larger values come first.
    """
    ordered = np.sort(values)
    gaps = np.diff(ordered)
    widest = np.argsort(gaps, kind="stable")[::-1][: k - 1]
    widest = widest[gaps[widest] > mindiff]
    _warn_of_fewer(len(widest) + 1, k)
    return np.append(np.sort((ordered[widest] + ordered[widest + 1]) / 2.0), ordered[-1])


def natural_breaks(values: FloatArray, k: int) -> FloatArray:
    """Return the bounds of the `k` classes with the least sum of squared distances to their means.

    The optimum itself (Fisher 1958, J. Am. Stat. Assoc. 53:789-798), which Jenks' method and k-means on one
    variable approach; where two are equally good, the one with the longer upper classes.
    Found layer by layer: the best start of the last class grows with its end, so each layer is solved by
    halves (Wu 1991, J. Algorithms 12:663-673) in O(n log n) for n different values.
    """
    unique, counts = np.unique(values, return_counts=True)
    if len(unique) <= k:
        _warn_of_fewer(len(unique), k)
        return unique
    sums = _Sums(unique, counts)
    best = np.append(np.inf, sums.scatter(np.zeros(len(unique), dtype=int), np.arange(1, len(unique) + 1)))
    starts = []
    for classes in range(2, k + 1):
        best, start = _next_layer(best, sums, classes)
        starts.append(start)
    ends = [len(unique)]
    for start in reversed(starts):
        ends.append(int(start[ends[-1]]))
    bounds: FloatArray = unique[np.array(ends[::-1]) - 1]
    return bounds


class _Sums:
    """Running sums of sorted values, from which the scatter of any class follows in one step."""

    def __init__(self, values: FloatArray, counts: IntArray) -> None:
        # About the mean, so that little is lost where values are large and close together.
        centred = values - np.average(values, weights=counts)
        self.count = np.append(0, np.cumsum(counts))
        self.first = np.append(0.0, np.cumsum(counts * centred))
        self.second = np.append(0.0, np.cumsum(counts * centred**2))

    def scatter(self, start: IntArray, end: IntArray) -> FloatArray:
        """Return the sums of squared distances to the mean of the values from `start` to before `end`."""
        first = self.first[end] - self.first[start]
        scatter: FloatArray = (
            self.second[end] - self.second[start] - first**2 / (self.count[end] - self.count[start])
        )
        return scatter


def _next_layer(best: FloatArray, sums: _Sums, classes: int) -> tuple[FloatArray, IntArray]:
    """Return for each end the least scatter with one class more, and where its last class starts.

    All middles of one depth are solved together; the ranges of their starts overlap in single places only.
    """
    size = len(best) - 1
    layer, start = np.full(size + 1, np.inf), np.zeros(size + 1, dtype=np.int64)
    low, high = np.array([classes]), np.array([size])
    least, most = np.array([classes - 1]), np.array([size - 1])
    while len(low):
        middle = (low + high) // 2
        found, layer[middle] = _least(best, sums, middle, least, np.minimum(most, middle - 1))
        start[middle] = found
        left, right = low < middle, middle < high
        low, high, least, most = (
            np.append(low[left], middle[right] + 1),
            np.append(middle[left] - 1, high[right]),
            np.append(least[left], found[right]),
            np.append(found[left], most[right]),
        )
    return layer, start


def _least(
    best: FloatArray, sums: _Sums, end: IntArray, least: IntArray, most: IntArray
) -> tuple[IntArray, FloatArray]:
    """Return, for each end, the first best start from `least` to `most`, and the scatter that it gives."""
    size = most - least + 1
    offset = np.cumsum(size) - size
    start = np.arange(size.sum()) - np.repeat(offset - least, size)
    scatter = best[start] + sums.scatter(start, np.repeat(end, size))
    lowest = np.minimum.reduceat(scatter, offset)
    equal = np.flatnonzero(scatter == np.repeat(lowest, size))
    first = equal[np.searchsorted(equal, offset)]
    return start[first], lowest


def _warn_of_fewer(found: int, k: int) -> None:
    if found < k:
        text = f"{k} classes were asked for, but the values are enough for {found} only"
        # Level 5 is the caller of the task: task, classes, scheme, this.
        warnings.warn(text, UserWarning, stacklevel=5)


def class_numbers(values: FloatArray, bounds: FloatArray) -> Any:
    """Return the class of each value, from 0: a bound belongs to the class below it."""
    return np.searchsorted(bounds, values, side="left")
