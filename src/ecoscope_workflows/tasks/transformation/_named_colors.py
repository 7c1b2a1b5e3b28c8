"""The name of a colour map in, its colours out: the same whole numbers as matplotlib's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ecoscope_workflows.errors import did_you_mean
from ecoscope_workflows.tasks.transformation._color_tables import ANCHORS, CONTINUOUS, QUALITATIVE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

LEVELS = 255
TABLE_SIZE = 256
REVERSED = "_r"


def shades(name: str, places: FloatArray) -> IntArray:
    """Return the colours at places on a map, from 0 (its first colour) to 1 (its last one).

    Parameters
    ----------
    name
        A colour map; with ``_r`` at its end it runs backwards.
    places
        One number for each colour, shape (n,).

    Returns
    -------
    IntArray
        Red, green and blue from 0 to 255, shape (n, 3).

    Raises
    ------
    ValueError
        When there is no map of this name.
    """
    table = _table(name, TABLE_SIZE)
    chosen: IntArray = table[np.minimum((places * len(table)).astype(int), len(table) - 1)]
    return chosen


def distinct(name: str, count: int) -> IntArray:
    """Return `count` colours of a map that lie as far apart as it allows; they start anew after its last.

    As `shades` for the rest.
    """
    size = len(_table(name, TABLE_SIZE))
    if count >= size:
        return _table(name, size)[np.arange(count) % size]
    if name.removesuffix(REVERSED) in ANCHORS:
        return _table(name, count)
    return shades(name, np.linspace(0.0, 1.0, count))


def names() -> list[str]:
    """Return the names of all maps, without those that run backwards."""
    return sorted((*CONTINUOUS, *QUALITATIVE, *ANCHORS), key=str.lower)


def _table(name: str, size: int) -> IntArray:
    """Return the colours of a map: `size` of them where it is made of a few that others lie between."""
    forward = name.removesuffix(REVERSED)
    backward = forward != name
    written = CONTINUOUS.get(forward) or QUALITATIVE.get(forward)
    if written is not None:
        colors = _colors(written)
        return colors[::-1] if backward else colors
    if forward not in ANCHORS:
        known = names()
        hint = did_you_mean(name, [*known, *(f"{other}{REVERSED}" for other in known)])
        raise ValueError(
            f"there is no colour map {name!r}; {hint}; there are {', '.join(known)}, and each of them "
            f"backwards with {REVERSED!r} at the end of its name"
        )
    return _between(_colors(ANCHORS[forward]), size, backward=backward)


def _colors(written: str) -> IntArray:
    return np.frombuffer(bytes.fromhex(written), dtype=np.uint8).reshape(-1, 3).astype(np.int64)


def _between(anchors: IntArray, size: int, *, backward: bool) -> IntArray:
    """Return `size` colours at equal distances along colours at equal distances.

    In the steps of matplotlib's segmented maps, on which it depends to which side a half is rounded.
    """
    place, level = np.linspace(0, 1, len(anchors)), anchors / LEVELS
    if backward:
        place, level = (1.0 - place)[::-1], level[::-1]
    if size == 1:
        return np.rint(level[-1:] * LEVELS).astype(np.int64)
    place = place * (size - 1)
    wanted = (size - 1) * np.linspace(0, 1, size)
    above = np.searchsorted(place, wanted)[1:-1]
    share = ((wanted[1:-1] - place[above - 1]) / (place[above] - place[above - 1]))[:, np.newaxis]
    inner = share * (level[above] - level[above - 1]) + level[above - 1]
    mixed = np.concatenate([level[:1], inner, level[-1:]])
    rounded: IntArray = np.rint(np.clip(mixed, 0.0, 1.0) * LEVELS).astype(np.int64)
    return rounded
