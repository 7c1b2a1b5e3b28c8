"""Boxes never overlap, no link runs through a box, and every link is drawn."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from ecoscope_workflows.graph.pictures.layout import GAP, Box, Drawing, draw

Links = list[tuple[str, str]]


@st.composite
def graphs(source: st.DrawFn) -> tuple[dict[str, Box], Links]:
    count = source(st.integers(0, 14))
    sizes = st.floats(1, 200, allow_nan=False)
    boxes = {f"n{number}": Box(source(sizes), source(sizes), source(sizes)) for number in range(count)}
    pairs = list(combinations(boxes, 2))
    links = source(st.lists(st.sampled_from(pairs), max_size=25)) if pairs else []
    return boxes, links


def straights(drawing: Drawing) -> list[tuple[float, float, float]]:
    """Return the straight parts of all links: left, right and height."""
    return [
        (route[number][0], route[number + 1][0], route[number][1])
        for route in drawing.routes
        for number in range(0, len(route), 2)
    ]


@given(graphs())
def test_boxes_do_not_overlap(graph: tuple[dict[str, Box], Links]) -> None:
    places = list(draw(*graph).places.values())
    for one, other in combinations(places, 2):
        beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        above = one.y + one.height <= other.y + 1e-6 or other.y + other.height <= one.y + 1e-6
        assert beside or above


@given(graphs())
def test_no_link_runs_through_a_box(graph: tuple[dict[str, Box], Links]) -> None:
    drawing = draw(*graph)
    for left, right, height in straights(drawing):
        for place in drawing.places.values():
            if place.x < right and left < place.x + place.width:
                assert height <= place.y or height >= place.y + place.height


@given(graphs())
def test_every_link_leads_from_left_to_right(graph: tuple[dict[str, Box], Links]) -> None:
    boxes, links = graph
    drawing = draw(boxes, links)
    assert len(drawing.routes) == len(links)
    for (source, target), route in zip(links, drawing.routes, strict=True):
        out, into = drawing.places[source], drawing.places[target]
        across = [out.x + out.width, *(x for x, _ in route), into.x]
        assert across == sorted(across)
        assert out.x + out.width + boxes[source].beside <= (route[0][0] if route else into.x) + 1e-6


@given(graphs())
def test_everything_stands_inside_the_drawing(graph: tuple[dict[str, Box], Links]) -> None:
    drawing = draw(*graph)
    for place in drawing.places.values():
        assert place.x >= 0
        assert place.x + place.width <= drawing.width + 1e-6
        assert -1e-6 <= place.y <= place.y + place.height <= drawing.height + 1e-6
    for _, _, height in straights(drawing):
        assert 0 <= height <= drawing.height


@given(graphs())
@settings(max_examples=20)
def test_a_box_is_as_wide_as_its_column_and_as_high_as_it_asks(graph: tuple[dict[str, Box], Links]) -> None:
    boxes, links = graph
    for name, place in draw(boxes, links).places.items():
        assert place.width >= boxes[name].width - 1e-6
        assert place.height == boxes[name].height


def test_a_chain_is_a_straight_line() -> None:
    boxes = {name: Box(50, height) for name, height in (("a", 10), ("b", 40), ("c", 20))}
    places = draw(boxes, [("a", "b"), ("b", "c")]).places
    assert len({place.y + place.height / 2 for place in places.values()}) == 1


def test_what_needs_nothing_stands_just_before_its_use() -> None:
    boxes = dict.fromkeys(("a", "b", "late", "c"), Box(50, 20))
    places = draw(boxes, [("a", "b"), ("b", "c"), ("late", "c")]).places
    assert places["late"].x == places["b"].x


def test_neighbours_keep_their_distance() -> None:
    places = draw(dict.fromkeys("ab", Box(50, 20)), []).places
    assert places["b"].y - (places["a"].y + places["a"].height) >= GAP


def test_crossings_are_undone() -> None:
    boxes = dict.fromkeys(("a", "b", "x", "y"), Box(50, 20))
    places = draw(boxes, [("a", "y"), ("b", "x")]).places
    assert (places["a"].y < places["b"].y) == (places["y"].y < places["x"].y)


def test_nothing_is_drawn_of_nothing() -> None:
    drawing = draw({}, [])
    assert (drawing.width, drawing.height, list(drawing.routes)) == (0.0, 0.0, [])


def ladder(count: int) -> tuple[dict[str, Box], Links]:
    """Return a graph like a long workflow: steps in a row, and a setting that all of them use."""
    boxes = dict.fromkeys((f"n{number}" for number in range(count)), Box(100, 40))
    links = [(f"n{number - number % 10 - 1}", f"n{number}") for number in range(10, count)]
    return boxes, [*links, *(("n0", f"n{number}") for number in range(10, count, 5))]


def test_a_long_workflow_is_drawn_whole() -> None:
    boxes, links = ladder(2000)
    drawing = draw(boxes, links)
    assert len(drawing.places) == len(boxes)
    assert len(list(drawing.routes)) == len(links)
