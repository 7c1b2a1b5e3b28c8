"""Widgets in, their places on the grid of the page out: as a layout says, or by their kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.tasks.results._dashboard_contents import DashboardWidget, LayoutItem

# Layouts have ten columns; each is six here, so that three or four widgets can share a row evenly.
COLUMNS = 60
PARTS = 6
STAT_HEIGHT = 3
# Texts take the height that they need, if that is more.
TEXT_HEIGHT = 2
BIG_HEIGHT = 14
# More statistics than this in a row are too narrow to read.
MAX_STATS = 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where a widget stands: its first column and row, from 0, and how many of them it takes."""

    x: int
    y: int
    w: int
    h: int


def places(widgets: Sequence[DashboardWidget], layout: Sequence[LayoutItem] | None) -> list[Place]:
    """Return the place of each widget.

    Parameters
    ----------
    widgets
        In the order of their numbers.
    layout
        Where some of them stand; it may name others, and places may overlap: the lower one moves down.
        Widgets that it does not name stand below the others, by their kinds.
    """
    given = {
        item.widget_id: Place(item.x * PARTS, item.y, item.w * PARTS, item.h)
        for item in layout or []
        if item.widget_id < len(widgets)
    }
    found = _settled({number: _inside(place) for number, place in given.items()})
    bottom = max((place.y + place.h for place in found.values()), default=0)
    rest = [number for number in range(len(widgets)) if number not in found]
    for number, place in _automatic([widgets[number].widget_type for number in rest]).items():
        found[rest[number]] = Place(place.x, place.y + bottom, place.w, place.h)
    return [found[number] for number in range(len(widgets))]


def _inside(place: Place) -> Place:
    """Return a place that does not reach beyond the last column."""
    width = min(place.w, COLUMNS)
    return Place(min(place.x, COLUMNS - width), place.y, width, place.h)


def _settled(wanted: dict[int, Place]) -> dict[int, Place]:
    """Return places that do not overlap, each as high as those above it let it be."""
    settled: dict[int, Place] = {}
    for number, place in sorted(wanted.items(), key=lambda item: (item[1].y, item[1].x)):
        above = [one for one in settled.values() if one.x < place.x + place.w and place.x < one.x + one.w]
        top = max((one.y + one.h for one in above), default=0)
        settled[number] = Place(place.x, top, place.w, place.h)
    return settled


def _automatic(kinds: Sequence[str]) -> dict[int, Place]:
    """Return places by kind: statistics in rows, then texts, then all else in pairs, each in their order."""
    groups: dict[str, list[int]] = {"stat": [], "text": [], "big": []}
    for number, kind in enumerate(kinds):
        groups[kind if kind in groups else "big"].append(number)
    found: dict[int, Place] = {}
    rows = -(-len(groups["stat"]) // MAX_STATS)
    top = _fill(found, groups["stat"], rows, STAT_HEIGHT, 0)
    top = _fill(found, groups["text"], len(groups["text"]), TEXT_HEIGHT, top)
    big = groups["big"]
    # What comes first matters most: an odd one has the whole width.
    odd = len(big) % 2
    top = _fill(found, big[:odd], odd, BIG_HEIGHT, top)
    _fill(found, big[odd:], len(big) // 2, BIG_HEIGHT, top)
    return found


def _fill(found: dict[int, Place], numbers: Sequence[int], rows: int, height: int, top: int) -> int:
    """Place widgets in rows as even as can be, each over the whole width; return the row below them."""
    done = 0
    for row in range(rows):
        count = -(-(len(numbers) - done) // (rows - row))
        for position, number in enumerate(numbers[done : done + count]):
            start, end = position * COLUMNS // count, (position + 1) * COLUMNS // count
            found[number] = Place(start, top, end - start, height)
        done += count
        top += height
    return top
