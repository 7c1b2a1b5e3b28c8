from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ecoscope_workflows.tasks.analysis._grid_cells import (
    _pieces_in_polygons,
    lattice_of,
    pieces_in_cells,
    within_cells,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def boxes(columns: int, rows: int, size: float = 10.0, x_min: float = 0.0) -> Any:
    x, y = np.divmod(np.arange(columns * rows), rows)
    return shapely.box(x_min + x * size, y * size, x_min + x * size + size, y * size + size)


def length_per_cell(pieces: Any, count: int) -> Any:
    return np.bincount(pieces.cell, np.hypot(*(pieces.end - pieces.start).T), count)


@pytest.mark.parametrize("size", [10.0, 1 / 3, 547.0])
def test_a_grid_is_known_in_any_order_and_with_holes(size: float) -> None:
    cells = boxes(7, 5, size, 1e6)[np.random.default_rng(1).permutation(35)[:20]]
    lattice = lattice_of(cells)
    assert lattice is not None
    centres = shapely.get_coordinates(shapely.centroid(cells))
    column, row = np.floor((centres - (lattice.x_min, lattice.y_min)) / size).astype(np.int64).T
    assert lattice.cells_at(column, row).tolist() == list(range(20))
    assert lattice.cells_at(np.array([-1, 7, 99]), np.array([0, 0, 0])).tolist() == [-1, -1, -1]


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [shapely.Point(0, 0).buffer(5)],
        [shapely.box(0, 0, 1, 1), shapely.box(0.5, 0, 1.5, 1)],
        [shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 1)],
        [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 3, 1), shapely.box(3, 0, 4, 1)],
        [shapely.Polygon([(0, 0), (2, 1), (1, 2), (0, 1)])],
        [shapely.Polygon()],
    ],
)
def test_other_polygons_are_no_grid(cells: list[Any]) -> None:
    assert lattice_of(np.array(cells, dtype=object)) is None


coordinate = st.floats(-30, 80, allow_subnormal=False)


@given(st.lists(st.tuples(coordinate, coordinate, coordinate, coordinate), min_size=1, max_size=8))
def test_a_grid_and_its_polygons_cut_segments_alike(ends: list[tuple[float, ...]]) -> None:
    start, end = np.array(ends)[:, :2], np.array(ends)[:, 2:]
    on_edges = (start == end) & (start % 10 == 0)
    start, end = start[~on_edges.any(axis=1)], end[~on_edges.any(axis=1)]
    cells = boxes(5, 4)
    found = length_per_cell(pieces_in_cells(start, end, cells), 20)
    expected = length_per_cell(_pieces_in_polygons(start, end, cells), 20)
    assert found == pytest.approx(expected, abs=1e-9)


def test_a_segment_through_a_corner_has_no_piece_in_the_cells_beside_it() -> None:
    start, end = np.array([[1.0, 1.0]]), np.array([[29.0, 29.0]])
    found = pieces_in_cells(start, end, boxes(3, 3))
    assert found.cell.tolist() == [0, 4, 8]


@pytest.mark.parametrize(("x", "column"), [(0.0, 0), (10.0, 1), (20.0, 1)])
def test_a_segment_along_an_edge_counts_once(x: float, column: int) -> None:
    found = pieces_in_cells(np.array([[x, 2.0]]), np.array([[x, 15.0]]), boxes(2, 2))
    assert found.cell.tolist() == [2 * column, 2 * column + 1]
    assert length_per_cell(found, 4).sum() == 13.0


def test_a_segment_that_goes_far_beyond_the_grid_is_cut_at_the_grid_only() -> None:
    found = pieces_in_cells(np.array([[-1e12, 5.0]]), np.array([[1e12, 5.0]]), boxes(3, 1))
    assert length_per_cell(found, 3) == pytest.approx([10.0, 10.0, 10.0], rel=1e-3)


@pytest.mark.parametrize("regular", [True, False])
def test_points_on_edges_are_in_no_cell(regular: bool) -> None:
    cells = boxes(2, 1) if regular else np.append(boxes(2, 1), shapely.Point(50, 50).buffer(1))
    points = shapely.points([(5, 5), (10, 5), (15, 5), (5, 0), (99, 5), (15, 6)])
    feature, cell, on_edge = within_cells(points, cells)
    assert list(zip(feature.tolist(), cell.tolist(), strict=True)) == [(0, 0), (2, 1), (5, 1)]
    assert on_edge == (2 if regular else 0)
