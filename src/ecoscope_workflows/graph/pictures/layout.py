"""Boxes and the links between them in, a drawing in columns from left to right out.

After Sugiyama, Tagawa and Toda 1981 (doi:10.1109/TSMC.1981.4308636): columns by longest path, order within
a column by the mean place of the neighbours, and a lane for a link in every column that it passes through.
All links of one box share their lanes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

GAP = 22.0
LANE = 12.0
SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Box:
    """Something to place: its size, and the room it wants to its right."""

    width: float
    height: float
    beside: float = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a box stands: its upper left corner and its size, as wide as its column."""

    x: float
    y: float
    width: float
    height: float


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where boxes stand, and on which points each link passes other columns: two for each, left and right."""

    places: Mapping[str, Place]
    routes: Sequence[tuple[Point, ...]]
    width: float
    height: float


@dataclass(slots=True)
class _Item:
    """A box, or the lane of a link, in its column."""

    height: float
    y: float = 0.0
    before: list[_Item] = field(default_factory=list)
    after: list[_Item] = field(default_factory=list)


def draw(boxes: Mapping[str, Box], links: Iterable[tuple[str, str]]) -> Drawing:
    """Place boxes and route links.

    Parameters
    ----------
    boxes
        The boxes by name; each stands after those it is linked from.
    links
        Pairs of names: from, to.

    Complexity: linear in the boxes and lanes, but for the sorting of each column.
    """
    links = list(links)
    column_of = _columns(boxes, links)
    items = {name: _Item(box.height + GAP) for name, box in boxes.items()}
    columns: list[list[_Item]] = [[] for _ in range(max(column_of.values(), default=-1) + 1)]
    for name in boxes:
        columns[column_of[name]].append(items[name])
    lanes: dict[tuple[str, int], _Item] = {}
    for source, target in links:
        chain = [items[source]]
        for number in range(column_of[source] + 1, column_of[target]):
            if (source, number) not in lanes:
                lanes[source, number] = lane = _Item(LANE)
                columns[number].append(lane)
            chain.append(lanes[source, number])
        for left, right in pairwise([*chain, items[target]]):
            left.after.append(right)
            right.before.append(left)
    _settle(columns)
    edges = _edges(boxes, column_of, len(columns))
    routes = []
    for source, target in links:
        passed = range(column_of[source] + 1, column_of[target])
        route = [(edges[column][side], lanes[source, column].y) for column in passed for side in (0, 1)]
        routes.append(tuple(route))
    places = {}
    for name, box in boxes.items():
        start, end = edges[column_of[name]]
        places[name] = Place(start, items[name].y - box.height / 2, end - start, box.height)
    bottoms = [item.y + item.height / 2 for column in columns for item in column]
    return Drawing(places, routes, edges[-1][1] if edges else 0.0, max(bottoms, default=0.0))


def _columns(boxes: Mapping[str, Box], links: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return the column of each box: as far left as it can be, and what needs nothing just before its use."""
    needs: dict[str, list[str]] = {name: [] for name in boxes}
    used_by: dict[str, list[str]] = {name: [] for name in boxes}
    for source, target in links:
        needs[target].append(source)
        used_by[source].append(target)
    column: dict[str, int] = {}
    for name in boxes:
        column[name] = max((column[need] + 1 for need in needs[name]), default=0)
    for name in boxes:
        if not needs[name] and used_by[name]:
            column[name] = min(column[user] for user in used_by[name]) - 1
    return column


def _settle(columns: Sequence[list[_Item]]) -> None:
    """Order every column and give each item its height on the page, from the top at 0."""
    for column in columns:
        _stack(column, [0.0] * len(column))
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for column in columns if forward else reversed(columns):
            wanted = {id(item): _mean(item.before if forward else item.after, item.y) for item in column}
            # The last sweeps keep the order and only straighten.
            if sweep < SWEEPS - 2:
                column.sort(key=lambda item: wanted[id(item)])
            _stack(column, [wanted[id(item)] for item in column])
    top = min((item.y - item.height / 2 for column in columns for item in column), default=0.0)
    for column in columns:
        for item in column:
            item.y -= top


def _mean(neighbours: Sequence[_Item], otherwise: float) -> float:
    return sum(item.y for item in neighbours) / len(neighbours) if neighbours else otherwise


def _stack(column: Sequence[_Item], wanted: Sequence[float]) -> None:
    """Move the items of a column as near as can be to where they want to be, in order and without overlap.

    Least squares under a chain of distances is isotonic regression, solved by pooling adjacent violators.
    """
    offset = 0.0
    pools: list[tuple[float, list[tuple[_Item, float]]]] = []
    for number, item in enumerate(column):
        if number:
            offset += (column[number - 1].height + item.height) / 2
        mean, members = wanted[number] - offset, [(item, offset)]
        while pools and pools[-1][0] > mean:
            other, earlier = pools.pop()
            total = len(earlier) + len(members)
            mean = (other * len(earlier) + mean * len(members)) / total
            earlier += members
            members = earlier
        pools.append((mean, members))
    for mean, members in pools:
        for item, distance in members:
            item.y = mean + distance


def _edges(boxes: Mapping[str, Box], column_of: Mapping[str, int], count: int) -> list[tuple[float, float]]:
    """Return the left and the right edge of each column."""
    widths, besides = [0.0] * count, [0.0] * count
    for name, box in boxes.items():
        widths[column_of[name]] = max(widths[column_of[name]], box.width)
        besides[column_of[name]] = max(besides[column_of[name]], box.beside)
    left, edges = 0.0, []
    for width, beside in zip(widths, besides, strict=True):
        edges.append((left, left + width))
        left += width + beside
    return edges
