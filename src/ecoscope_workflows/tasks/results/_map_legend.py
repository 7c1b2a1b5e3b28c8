"""The legend of a map, as its page writes it; nothing here imports numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of the legend: its class, its colour, what it stands for, and a measure beside it.

    `swatch` and `opacity` say how its drawing looks where that is not the same on the whole page.
    """

    code: int
    color: str
    label: str
    detail: str = ""
    swatch: str = ""
    opacity: float | None = None


@dataclass(frozen=True, slots=True)
class LegendSection:
    """Entries in reading order below a heading, which may be blank."""

    heading: str
    entries: Sequence[LegendEntry]


@dataclass(frozen=True, slots=True)
class Legend:
    """A legend in a corner of the map."""

    title: str
    placement: str
    sections: Sequence[LegendSection]
