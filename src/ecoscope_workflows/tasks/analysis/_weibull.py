"""The Weibull distribution of speeds: observed speeds in, its two parameters by maximum likelihood out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Speeds that differ by less than about 1.28 / shape of their mean make the density a spike that
# no quadrature over the reachable speeds resolves, and no animal moves that evenly.
MAX_SHAPE = 50.0
TOLERANCE = 1e-12
MAX_STEPS = 200


@dataclass(frozen=True, slots=True)
class Weibull:
    """A Weibull distribution with location 0.

    Parameters
    ----------
    shape
        The exponent k, without unit.
    scale
        The characteristic value λ, in the unit of the data.
    """

    shape: float
    scale: float

    def density(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability density at positive `values`."""
        # By way of logarithms: the powers overflow where the density has long been 0.
        with np.errstate(over="ignore"):
            log_ratio = np.log(values / self.scale)
            exponent = (self.shape - 1.0) * log_ratio - np.exp(self.shape * log_ratio)
        return np.asarray(self.shape / self.scale * np.exp(exponent), dtype=np.float64)

    def exceeded_once_in(self, count: float) -> float:
        """Return the value that one in `count` values exceeds, for a count above 1."""
        return float(self.scale * np.log(count) ** (1.0 / self.shape))


def fit_weibull(speeds: NDArray[np.float64]) -> Weibull:
    """Fit a Weibull distribution with location 0 by maximum likelihood.

    The shape is the root of ``sum(v^k ln v) / sum(v^k) - 1/k - mean(ln v)``, which rises with k, found by
    Newton steps kept inside a shrinking bracket (Johnson, Kotz and Balakrishnan 1994, Continuous Univariate
    Distributions 1, chapter 21).
    The scale follows from it in closed form.

    Parameters
    ----------
    speeds
        Positive finite speeds, shape ``(n,)``, in any unit.

    Raises
    ------
    ValueError
        When there are fewer than two different speeds, or they are too much alike for a distribution.
    """
    if speeds.size == 0 or speeds.min() == speeds.max():
        raise ValueError(
            f"cannot fit a Weibull distribution to {speeds.size} speed(s) without any difference: at least "
            "two different speeds above 0 are needed; give a longer trajectory"
        )
    largest = speeds.max()
    # Ratios to the largest speed keep v^k at or below 1 for any k.
    logs = np.log(speeds / largest)
    mean_log = logs.mean()
    low, high = 0.0, np.inf
    shape = 1.2 / logs.std()
    for _ in range(MAX_STEPS):
        power = np.exp(shape * logs)
        # No products of vectors: they wake the threads of a library of linear algebra, each for more than
        # this takes, and end in other digits where there are more of them.
        weighted = power * logs
        total, first, second = power.sum(), weighted.sum(), (weighted * logs).sum()
        slope = (second * total - first * first) / total**2 + 1.0 / shape**2
        excess = first / total - 1.0 / shape - mean_log
        low, high = (low, shape) if excess > 0 else (shape, high)
        step = shape - excess / slope
        if not low <= step <= high:
            step = (low + high) / 2.0 if np.isfinite(high) else 2.0 * shape
        if abs(step - shape) <= TOLERANCE * shape:
            break
        shape = step
    if shape > MAX_SHAPE:
        raise ValueError(
            f"cannot use the Weibull distribution of these {speeds.size} speeds: they are nearly equal "
            f"(shape {shape:.3g}, at most {MAX_SHAPE:g}); give a longer trajectory"
        )
    return Weibull(float(shape), float(largest * np.exp(shape * logs).mean() ** (1.0 / shape)))
