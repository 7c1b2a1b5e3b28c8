from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio.features
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ecoscope_workflows.tasks.analysis._cell_polygons import mask_polygons

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Powers of two keep every coordinate exact in both libraries.
X_MIN, Y_MAX, PIXEL = 1024.0, 512.0, 0.25


def rasterio_polygons(mask: NDArray[np.bool_]) -> Any:
    transform = rasterio.Affine(PIXEL, 0.0, X_MIN, 0.0, -PIXEL, Y_MAX)
    shapes = rasterio.features.shapes(mask.astype(np.uint8), mask=mask, connectivity=4, transform=transform)
    return [shapely.geometry.shape(geometry) for geometry, _ in shapes]


def assert_same_as_rasterio(mask: NDArray[np.bool_]) -> None:
    found = mask_polygons(mask, X_MIN, Y_MAX, PIXEL)
    expected = rasterio_polygons(mask)
    assert found.is_valid
    assert found.area == mask.sum() * PIXEL**2
    assert len(found.geoms) == len(expected)
    # Ours are valid; rasterio's touch themselves where cells of one polygon share only a corner.
    expected = [polygon if polygon.is_valid else shapely.make_valid(polygon) for polygon in expected]
    ours = sorted(shapely.get_parts(shapely.normalize(found)), key=lambda polygon: polygon.wkb)
    theirs = sorted(shapely.normalize(expected), key=lambda polygon: polygon.wkb)
    assert shapely.equals_exact(ours, theirs, 0.0).all()


masks = st.tuples(st.integers(1, 14), st.integers(1, 14)).flatmap(lambda shape: arrays(np.bool_, shape))


@settings(max_examples=300, deadline=None)
@given(masks)
def test_random_masks_give_the_polygons_of_rasterio(mask: NDArray[np.bool_]) -> None:
    assert_same_as_rasterio(mask)


@pytest.mark.parametrize("share", [0.1, 0.4, 0.6, 0.9])
def test_large_masks_give_the_polygons_of_rasterio(share: float) -> None:
    assert_same_as_rasterio(np.random.default_rng(8).random((150, 170)) < share)


@pytest.mark.parametrize(
    "rows",
    [
        ["#"],
        ["##", "##"],
        ["#.", ".#"],  # two polygons that touch at a corner
        ["###", "#.#", "###"],  # a hole
        ["####", "#.##", "##.#", "####"],  # two holes that touch at a corner
        [".##", "#.#", "###"],  # a bay that closes only at a corner
        ["#####", "#...#", "#.#.#", "#...#", "#####"],  # an island in a hole
        ["#######", "#.#.#.#", "##.#.##", "#.#.#.#", "#######"],  # a chain of touching holes
    ],
)
def test_cells_that_touch_at_corners_stay_valid_polygons(rows: list[str]) -> None:
    assert_same_as_rasterio(np.array([[cell == "#" for cell in row] for row in rows]))


def test_shells_turn_counter_clockwise_and_holes_clockwise_from_north_to_south() -> None:
    mask = np.ones((3, 7), dtype=bool)
    mask[1, 1], mask[:, 3], mask[0, :3] = False, False, True
    found = mask_polygons(mask, X_MIN, Y_MAX, PIXEL)
    assert [polygon.exterior.is_ccw for polygon in found.geoms] == [True, True]
    assert [ring.is_ccw for ring in found.geoms[0].interiors] == [False]
    assert [polygon.bounds[0] for polygon in found.geoms] == [X_MIN, X_MIN + 4 * PIXEL]


def test_no_cells_give_an_empty_multipolygon() -> None:
    found = mask_polygons(np.zeros((3, 4), dtype=bool), X_MIN, Y_MAX, PIXEL)
    assert found.geom_type == "MultiPolygon"
    assert found.is_empty
