"""Arrays of whole numbers in, short base64 text out; `map.js` reads it back.

Tracks move little between fixes, so each number is kept as its difference from the one before it,
in as few bytes as that needs.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A JavaScript number holds whole numbers exactly up to 2**53; zigzag takes one bit, a difference another.
MAX_PACKED = 2**51


def pack(values: NDArray[np.int64]) -> str:
    """Return whole numbers as base64 of zigzag varints of their first differences.

    Parameters
    ----------
    values
        One-dimensional; no magnitude above `MAX_PACKED`.
    """
    steps: NDArray[np.int64] = np.diff(values.astype(np.int64), prepend=np.int64(0)).astype(np.int64)
    zigzag = ((steps << 1) ^ (steps >> 63)).astype(np.uint64)
    lengths = _varint_lengths(zigzag)
    ends = np.cumsum(lengths)
    packed = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    starts = ends - lengths
    for byte in range(int(lengths.max(initial=0))):
        rows = np.flatnonzero(lengths > byte)
        low = (zigzag[rows] >> np.uint64(7 * byte)) & np.uint64(0x7F)
        more = (lengths[rows] > byte + 1).astype(np.uint64) << np.uint64(7)
        packed[starts[rows] + byte] = low | more
    return base64.b64encode(packed.tobytes()).decode("ascii")


def _varint_lengths(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return how many groups of seven bits each number needs, at least one."""
    lengths = np.ones(len(values), dtype=np.int64)
    for bits in range(7, 64, 7):
        lengths += values >= np.uint64(1 << bits)
    return lengths
