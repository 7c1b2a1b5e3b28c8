"""Geometries on their way to the page: order, parts, the antimeridian, and numbers packed and unpacked."""

from __future__ import annotations

import base64
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ecoscope_workflows.tasks.results._map_geometry import pack_shapes, place
from ecoscope_workflows.tasks.results._map_packing import MAX_PACKED, pack


def unpack(text: str) -> list[int]:
    """Read what `pack` wrote, as the page does."""
    numbers, last, value, shift = [], 0, 0, 0
    for byte in base64.b64decode(text):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            last += (value >> 1) ^ -(value & 1)
            numbers.append(last)
            value = shift = 0
    return numbers


def coordinates(*geometries: Any) -> list[tuple[float, float]]:
    """Return the vertices that a page would draw, group after group, to 1e-6 degrees."""
    packed = pack_shapes(np.array(geometries, dtype=object))
    found = []
    for group in packed.groups:
        pairs = zip(unpack(group["x"]), unpack(group["y"]), strict=True)
        found += [(x / 1e6, y / 1e6) for x, y in pairs]
    return found


@given(st.lists(st.integers(-MAX_PACKED, MAX_PACKED), max_size=50))
def test_packed_numbers_come_back(numbers: list[int]) -> None:
    assert unpack(pack(np.array(numbers, dtype=np.int64))) == numbers


def test_areas_are_drawn_first_largest_lowest_then_lines_then_points() -> None:
    shapes = [
        shapely.Point(0, 0),
        shapely.box(0, 0, 1, 1),
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.box(0, 0, 3, 3),
        shapely.Point(1, 1),
    ]
    assert place(gpd.GeoDataFrame(geometry=shapes, crs=4326)).rows.tolist() == [3, 1, 2, 0, 4]


def test_rows_that_cannot_be_drawn_are_counted() -> None:
    shapes = [None, shapely.Point(), shapely.Point(0, 91), shapely.Point(0, 89), shapely.Point(np.inf, 0)]
    placed = place(gpd.GeoDataFrame(geometry=shapes, crs=4326))
    assert (placed.rows.tolist(), placed.missing, placed.outside) == ([3], 2, 2)


def test_projected_frame_is_brought_to_longitude_and_latitude() -> None:
    placed = place(gpd.GeoDataFrame(geometry=[shapely.Point(500_000, 0)], crs="EPSG:32637"))
    assert shapely.get_coordinates(placed.geometries).tolist() == [pytest.approx([39.0, 0.0], abs=1e-9)]


def test_frame_without_crs_is_refused_with_advice() -> None:
    with pytest.raises(ValueError, match=r"no CRS.*set_crs\('EPSG:4326'\)"):
        place(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]))


def test_parts_of_collections_belong_to_their_feature() -> None:
    inner = shapely.GeometryCollection([shapely.Point(3, 3), shapely.MultiPoint([(4, 4), (5, 5)])])
    outer = shapely.GeometryCollection([shapely.box(0, 0, 1, 1), inner])
    packed = pack_shapes(np.array([outer, shapely.Point(9, 9)], dtype=object))
    owners = {group["kind"]: unpack(group["feature"]) for group in packed.groups}
    assert owners == {"polygons": [0], "points": [0, 0, 0, 1]}
    assert packed.bounds == ((0.0, 0.0), (9.0, 9.0))


def test_holes_stay_with_their_polygon() -> None:
    ring = shapely.box(0, 0, 9, 9).exterior
    holed = shapely.Polygon(ring, [shapely.box(1, 1, 2, 2).exterior, shapely.box(3, 3, 4, 4).exterior])
    (group,) = pack_shapes(np.array([holed, shapely.box(0, 0, 1, 1)], dtype=object)).groups
    assert unpack(group["rings"]) == [3, 1]
    assert unpack(group["size"]) == [5, 5, 5, 5]


@pytest.mark.parametrize(
    ("line", "drawn"),
    [
        ([(179, 0), (-179, 1)], [(-181, 0), (-179, 1)]),
        ([(-179, 0), (179, 1)], [(-179, 0), (-181, 1)]),
        ([(170, 0), (-179, 0), (175, 0)], [(170, 0), (181, 0), (175, 0)]),
        ([(-89, 0), (90, 0)], [(-89, 0), (90, 0)]),
        ([(200, 0), (201, 0)], [(-160, 0), (-159, 0)]),
    ],
)
def test_line_takes_the_short_way_over_the_antimeridian(line: Any, drawn: Any) -> None:
    found = coordinates(shapely.LineString(line))
    assert found in (drawn, [(x + 360, y) for x, y in drawn])
    assert np.ptp([x for x, _ in found]) <= 180


def test_features_on_both_sides_of_the_antimeridian_lie_together() -> None:
    found = coordinates(shapely.Point(179, 0), shapely.Point(-179, 0), shapely.Point(-170, 0))
    assert np.ptp([x for x, _ in found]) == pytest.approx(11)


def test_area_cut_at_the_antimeridian_is_put_together_with_its_hole() -> None:
    halves = shapely.MultiPolygon([shapely.box(178, 0, 180, 4), shapely.box(-180, 0, -178, 4)])
    assert np.ptp([x for x, _ in coordinates(halves)]) == pytest.approx(4)
    crossing = shapely.Polygon(
        [(178, 0), (-178, 0), (-178, 4), (178, 4)], [[(-179.5, 1), (-179, 1), (-179, 2), (-179.5, 2)]]
    )
    assert np.ptp([x for x, _ in coordinates(crossing)]) == pytest.approx(4)


def test_frame_of_the_world_stays_as_wide_as_the_world() -> None:
    assert np.ptp([x for x, _ in coordinates(shapely.box(-180, -80, 180, 80))]) == pytest.approx(360)


def test_nothing_makes_no_groups() -> None:
    packed = pack_shapes(np.array([], dtype=object))
    assert (packed.groups, packed.bounds) == ([], None)
