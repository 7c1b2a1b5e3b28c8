"""Points in, a smooth curve through them out: interpolation by a B-spline.

The curve is that of de Boor (1978), A Practical Guide to Splines, chapter XIII: knots at the points (between
them for an even degree), without those nearest to the ends ("not-a-knot").
``scipy.interpolate.make_interp_spline`` computes the same by default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The equations of so many points are solved in a fraction of a second; a curve of more looks no smoother.
MAX_POINTS = 2000


def smooth(
    x: NDArray[np.float64], y: NDArray[np.float64], degree: int, resolution: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return ``len(x) * resolution`` evenly spaced points of the interpolating spline.

    Parameters
    ----------
    x, y
        One-dimensional, of one length, finite; `x` strictly increasing.
    degree
        1 (straight lines) to 5; fewer points than it needs lower it.
    resolution
        How many points of the curve there are for each point given.

    Raises
    ------
    ValueError
        When there are more than `MAX_POINTS` points.
    """
    if len(x) > MAX_POINTS:
        what = f"smoothing is for at most {MAX_POINTS:,} points a line, got {len(x):,}"
        raise ValueError(f"{what}: leave it out, or aggregate the data first")
    degree = min(degree, len(x) - 1)
    wanted = np.linspace(x[0], x[-1], len(x) * resolution)
    if degree < 1:
        return wanted, np.full(len(wanted), y[0])
    # Times are numbers of thirteen digits: the equations are well conditioned between 0 and 1 only.
    scaled = (x - x[0]) / (x[-1] - x[0])
    knots = _knots(scaled, degree)
    coefficients = np.linalg.solve(_basis(scaled, knots, degree), y)
    return wanted, _basis(np.linspace(0, 1, len(wanted)), knots, degree) @ coefficients


def _knots(x: NDArray[np.float64], degree: int) -> NDArray[np.float64]:
    inner = x if degree % 2 else (x[1:] + x[:-1]) / 2
    cut = (degree + 1) // 2 if degree % 2 else degree // 2
    return np.concatenate(
        [np.repeat(x[0], degree + 1), inner[cut : len(inner) - cut], np.repeat(x[-1], degree + 1)]
    )


def _basis(at: NDArray[np.float64], knots: NDArray[np.float64], degree: int) -> NDArray[np.float64]:
    """Return the value of each B-spline at each place, by the recursion of Cox and de Boor."""
    last = len(knots) - degree - 2
    span = np.clip(np.searchsorted(knots, at, side="right") - 1, degree, last)
    values: NDArray[Any] = np.zeros((len(at), len(knots) - 1))
    values[np.arange(len(at)), span] = 1.0
    for order in range(1, degree + 1):
        count = len(knots) - 1 - order
        left, right = knots[:count], knots[order + 1 : order + 1 + count]
        left_width, right_width = knots[order : order + count] - left, right - knots[1 : 1 + count]
        rising = np.divide(
            at[:, None] - left, left_width, out=np.zeros((len(at), count)), where=left_width > 0
        )
        falling = np.divide(
            right - at[:, None], right_width, out=np.zeros((len(at), count)), where=right_width > 0
        )
        values = rising * values[:, :count] + falling * values[:, 1 : count + 1]
    return values
