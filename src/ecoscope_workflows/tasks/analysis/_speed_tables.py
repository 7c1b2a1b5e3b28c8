"""How likely a segment's animal was at a place, by the speed it needs to get there: a fit in, tables out.

A place on a segment is described by the *minimum speed* m: the length of the way from the segment's start
over the place to its end, divided by the time between the two fixes.
The *straight speed* q is the distance between the two fixes divided by that time, so m >= q everywhere.
All speeds in this module are in metres per hour; one metre per hour is the step of the published table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ecoscope_workflows.tasks.analysis._weibull import Weibull

    Floats = NDArray[np.float64]

# A segment is cut off where it gets less than this share of its own peak. Areas up to the 99.999th
# percentile do not change, and one outlier speed no longer widens every search ellipse of the track.
TRUNCATION = 1e-9
# Beyond this many times e the integrand adds nothing to a float64.
NEGLIGIBLE_EXPONENT = 45.0
QUADRATURE_NODES = 64
# The integrand's peak narrows with the Weibull shape; this shape needs one set of nodes.
SHAPE_PER_NODE_SET = 3.0
TINY = float(np.finfo(np.float64).tiny)
# The published table is computed exactly up to here (m/h), and beyond on a geometric grid that deviates
# by less than 1e-5 from it.
EXACT_STEPS = 4096
GEOMETRIC_STEPS = 4096
# Rows (straight speeds) and columns (minimum speeds) of the table of the formula.
STRAIGHT_LEVELS = 512
SPEED_LEVELS = 512


class SpeedTable(Protocol):
    """What the raster needs to know of a method."""

    def reach(self, straight: Floats) -> Floats:
        """Return the minimum speed beyond which each segment is cut off, shape ``(n,)``."""
        ...

    def values(self, needed: Floats, straight: Floats) -> Floats:
        """Return relative density at minimum speeds ``(n, rows, columns)`` of segments ``(n,)``."""
        ...

    def weight(self, hours: Floats) -> Floats:
        """Return the share of the whole that segments of these durations get, up to a constant."""
        ...


class PublishedTable:
    """The method of the published system: each place is weighted over the speeds above its own minimum.

    ``y(m) = 4k/(π λ^k) ∫_m^V exp(-(s/λ)^k) s^(k-2) / sqrt(s² - m²) ds``, tabulated at every 0.001 km/h and
    looked up at the next step above m; each segment counts with 1 / duration.

    Parameters
    ----------
    weibull
        The distribution of speeds, in metres per hour.
    fastest
        The largest possible speed V in metres per hour.
    """

    def __init__(self, weibull: Weibull, fastest: float) -> None:
        steps = np.arange(1.0, fastest)
        grid = steps
        if steps.size > EXACT_STEPS:
            tail = np.geomspace(steps[EXACT_STEPS], steps[-1], GEOMETRIC_STEPS)
            grid = np.concatenate([steps[:EXACT_STEPS], tail])
        values = published_density(grid, weibull, fastest)
        if steps.size > EXACT_STEPS:
            values = _interpolated(steps, grid, values, fastest)
        # The last entry stands for every speed that is not reached.
        self._table = np.append(values, 0.0)
        # The density rises to a peak first when the shape is above 2: cut off only what is past it.
        self._highest_beyond = np.maximum.accumulate(self._table[::-1])[::-1]

    def reach(self, straight: Floats) -> Floats:
        """Return the minimum speed beyond which each segment is cut off."""
        peak = self._highest_beyond[self._index(straight)]
        return np.searchsorted(-self._highest_beyond, -TRUNCATION * peak).astype(np.float64)

    def values(self, needed: Floats, straight: Floats) -> Floats:
        """Return y at the minimum speeds; the straight speed plays no part in it."""
        del straight
        return np.take(self._table, self._index(needed))

    def weight(self, hours: Floats) -> Floats:
        """Return 1 / duration."""
        return 1.0 / hours

    def _index(self, speeds: Floats) -> NDArray[np.int64]:
        return np.minimum(speeds, self._table.size - 1).astype(np.int64)


def published_density(needed: Floats, weibull: Weibull, fastest: float) -> Floats:
    """Return the published y(m) at minimum speeds ``(n,)``.

    The substitution s = m cosh u removes the pole at s = m; Gauss-Legendre nodes cover the part of
    ``[m, fastest]`` in which the integrand is not negligible.
    """
    shape, scale = weibull.shape, weibull.scale
    count = QUADRATURE_NODES * int(np.ceil(shape / SHAPE_PER_NODE_SET))
    nodes, weights = np.polynomial.legendre.leggauss(count)
    low = needed / scale
    with np.errstate(over="ignore"):
        last = np.minimum((low**shape + NEGLIGIBLE_EXPONENT) ** (1.0 / shape), fastest / scale)
        half = 0.5 * np.arccosh(np.maximum(last / low, 1.0))
        integral = np.empty(needed.size)
        rows = max(1, 2**18 // count)
        for first in range(0, needed.size, rows):
            part = slice(first, first + rows)
            logs = np.log(low[part, None] * np.cosh(half[part, None] * (nodes + 1.0)))
            integral[part] = np.exp((shape - 2.0) * logs - np.exp(shape * logs)) @ weights
    return 4.0 * shape / (np.pi * scale**2) * half * integral


def _interpolated(steps: Floats, grid: Floats, values: Floats, fastest: float) -> Floats:
    """Fill the table between the points of a geometric grid, in logarithms."""

    # Divided by sqrt(V² - m²), which falls to 0 at V, the density is smooth up to the end of the table.
    def edge(speeds: Floats) -> Floats:
        return np.sqrt(fastest**2 - speeds**2)

    logs = np.log(np.maximum(values / edge(grid), TINY))
    dense = np.exp(np.interp(np.log(steps), np.log(grid), logs))
    return np.where(dense > TINY, dense, 0.0) * edge(steps)


class FormulaTable:
    """The formula of Wall et al. 2014: at speed s the animal is anywhere in the ellipse of length s t.

    ``E(m) = ∫_m^V f(s) t / A(s) ds`` with the Weibull density f and the ellipse's area
    ``A(s) = π/4 s t² sqrt(s² - q²)``; each segment counts with its duration.
    The substitution s = q cosh u turns it into ``4 / (π t) ∫ f(q cosh u) / (q cosh u) du``, which is
    tabulated over log q and u as a multiple of the integrand at q, and interpolated linearly in both.

    Parameters
    ----------
    weibull
        The distribution of speeds, in metres per hour.
    fastest
        The largest possible speed V in metres per hour.
    """

    def __init__(self, weibull: Weibull, fastest: float) -> None:
        # Straight speeds below 1 m/h count as 1 m/h: at 0 the density has a pole at the resting place.
        self._levels = np.geomspace(1.0, fastest, STRAIGHT_LEVELS + 1)[:-1]
        self._log_step = np.log(fastest) / STRAIGHT_LEVELS
        self._fastest = fastest
        self._weibull = weibull
        nodes, weights = np.polynomial.legendre.leggauss(3)
        width = np.arccosh(fastest / self._levels) / SPEED_LEVELS
        at = (np.arange(SPEED_LEVELS)[:, None] + 0.5 * (nodes + 1.0)).ravel()
        speeds = self._levels[:, None] * np.cosh(width[:, None] * at)
        parts = (weibull.density(speeds) / speeds).reshape(STRAIGHT_LEVELS, SPEED_LEVELS, 3) @ weights
        parts *= 0.5 * width[:, None]
        # As a multiple of the integrand's value at q, which spans many powers of ten, rows are much alike.
        start = weibull.density(self._levels) / self._levels
        parts = np.divide(parts, start[:, None], out=np.zeros_like(parts), where=start[:, None] > TINY)
        # From each minimum speed up to V; two zeros close the row, so that interpolation ends in 0.
        table = np.cumsum(parts[:, ::-1], axis=1)[:, ::-1]
        self._table = np.pad(table, ((0, 0), (0, 2)))
        self._cut = (self._table > TRUNCATION * self._table[:, :1]).sum(axis=1)

    def reach(self, straight: Floats) -> Floats:
        """Return the minimum speed beyond which each segment is cut off."""
        straight, row, _ = self._place(straight)
        cut = np.maximum(self._cut[row], self._cut[row + 1])
        return np.asarray(straight * np.cosh(self._span(straight) * cut / SPEED_LEVELS), dtype=np.float64)

    def values(self, needed: Floats, straight: Floats) -> Floats:
        """Return ``π t E / 4`` at the minimum speeds; the factor is the same all over a segment."""
        straight, row, share = self._place(straight)
        lines = (1.0 - share)[:, None] * self._table[row] + share[:, None] * self._table[row + 1]
        lines *= (self._weibull.density(straight) / straight)[:, None]
        scale = np.divide(SPEED_LEVELS, self._span(straight))
        position = np.maximum(needed / straight[:, None, None], 1.0)
        np.arccosh(position, out=position)
        position *= scale[:, None, None]
        np.minimum(position, SPEED_LEVELS, out=position)
        index = position.astype(np.int64)
        position -= index
        index += (np.arange(straight.size) * lines.shape[1])[:, None, None]
        flat, rise = lines.ravel(), np.diff(lines, axis=1, append=0.0).ravel()
        return np.asarray(np.take(flat, index) + position * np.take(rise, index), dtype=np.float64)

    def weight(self, hours: Floats) -> Floats:
        """Return the duration."""
        return hours

    def _span(self, straight: Floats) -> Floats:
        return np.arccosh(np.maximum(self._fastest / straight, 1.0 + 1e-12))

    def _place(self, straight: Floats) -> tuple[Floats, NDArray[np.int64], Floats]:
        """Return the straight speeds within the table, their rows and how far they are to the next row."""
        straight = np.clip(straight, 1.0, self._fastest)
        position = np.minimum(np.log(straight) / self._log_step, STRAIGHT_LEVELS - 1.0)
        row = np.minimum(position.astype(np.int64), STRAIGHT_LEVELS - 2)
        return straight, row, position - row
