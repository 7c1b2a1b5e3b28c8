"""`apply_reloc_coord_filter`: bounds, positions and regions."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from ecoscope_workflows.tasks.track_filters import BoundingBox, Coordinate
from ecoscope_workflows.tasks.transformation import apply_reloc_coord_filter

if TYPE_CHECKING:
    from pathlib import Path

BOX = BoundingBox(min_x=10, max_x=20, min_y=-5, max_y=5)


def frame(*shapes: Any, crs: str | None = "EPSG:4326") -> gpd.GeoDataFrame:
    named = [f"r{number}" for number in range(len(shapes))]
    return gpd.GeoDataFrame({"row": range(len(shapes))}, geometry=list(shapes), crs=crs, index=named)


@pytest.mark.parametrize(
    ("shape", "kept"),
    [
        (shapely.Point(15, 0), True),
        (shapely.Point(15, 0, 100), True),
        # The bounds themselves are outside.
        (shapely.Point(10, 0), False),
        (shapely.Point(20, 0), False),
        (shapely.Point(15, -5), False),
        (shapely.Point(15, 5), False),
        (shapely.Point(9.999999, 0), False),
        (shapely.Point(), False),
        (None, True),
        (shapely.LineString([(0, 0), (10, 0)]), True),
        (shapely.LineString([(0, 0), (9, 0)]), False),
        (shapely.box(0, -50, 50, 50), True),
        (shapely.MultiPoint([(0, 0), (15, 0)]), True),
        (shapely.Polygon(), False),
    ],
)
def test_keeps_what_is_strictly_inside_of_the_box(shape: Any, kept: bool) -> None:
    assert len(apply_reloc_coord_filter(frame(shape), BOX)) == kept


@pytest.mark.parametrize(("x", "kept"), [(175, True), (-175, True), (170, False), (-170, False), (0, False)])
def test_a_box_may_lie_across_the_antimeridian(x: float, kept: bool) -> None:
    across = BoundingBox(min_x=170, max_x=-170)
    assert len(apply_reloc_coord_filter(frame(shapely.Point(x, 0)), across)) == kept
    short = shapely.LineString([(x - 1, 0), (x + 1, 0)])
    assert len(apply_reloc_coord_filter(frame(short), across)) == (x != 0)


def test_without_a_box_only_the_ends_of_the_world_are_outside() -> None:
    shapes = [shapely.Point(180, 0), shapely.Point(0, 90), shapely.Point(179.99, 89.99)]
    assert list(apply_reloc_coord_filter(frame(*shapes))["row"]) == [2]
    assert list(apply_reloc_coord_filter(frame(*shapes), None, None)["row"]) == [2]


def test_removes_points_that_lie_exactly_on_a_position() -> None:
    shapes = [
        shapely.Point(12, 1),
        shapely.Point(12, 1.0000001),
        shapely.LineString([(12, 1), (13, 1)]),
        None,
        shapely.Point(12, 1, 5),
    ]
    positions = [Coordinate(x=0, y=0), Coordinate(x=12, y=1)]
    assert list(apply_reloc_coord_filter(frame(*shapes), BOX, positions)["row"]) == [1, 2, 3]


def test_keeps_what_touches_the_region() -> None:
    regions = gpd.GeoDataFrame(
        geometry=[shapely.box(10, 0, 12, 2), shapely.box(14, 0, 15, 2), shapely.box(18, 0, 19, 2)],
        index=["north", "north", "south"],
        crs="EPSG:4326",
    )
    shapes = [shapely.Point(11, 1), shapely.Point(14, 1), shapely.Point(18.5, 1), None]
    events = frame(*shapes)
    assert list(apply_reloc_coord_filter(events, BOX, None, regions, "north")["row"]) == [0, 1]
    assert list(apply_reloc_coord_filter(events, BOX, None, regions.to_crs("EPSG:3857"), "south")["row"]) == [
        2
    ]
    assert len(apply_reloc_coord_filter(events, BOX, None, regions, None)) == 4
    with pytest.raises(KeyError, match="roi_gdf has no row 'west' in its index; it has 'north'"):
        apply_reloc_coord_filter(events, BOX, None, regions, "west")


def test_compares_in_degrees_and_keeps_the_crs_of_the_frame() -> None:
    projected = frame(shapely.Point(15, 0), shapely.Point(25, 0)).to_crs("EPSG:3857")
    kept = apply_reloc_coord_filter(projected, BOX)
    assert list(kept["row"]) == [0]
    assert kept.crs == "EPSG:3857"
    assert len(apply_reloc_coord_filter(frame(shapely.Point(15, 0), crs=None), BOX)) == 1


def test_numbers_rows_anew_where_asked_to() -> None:
    events = frame(shapely.Point(0, 0), shapely.Point(15, 0))
    assert list(apply_reloc_coord_filter(events, BOX).index) == [0]
    assert list(apply_reloc_coord_filter(events, BOX, reset_index=False).index) == ["r1"]
    assert list(apply_reloc_coord_filter(events, BOX, reset_index=None).index) == ["r1"]


def test_logs_how_many_rows_are_removed_and_by_what(caplog: pytest.LogCaptureFixture) -> None:
    events = frame(shapely.Point(0, 0), shapely.Point(12, 1), shapely.Point(13, 1), shapely.Point(14, 1))
    region = gpd.GeoDataFrame(geometry=[shapely.box(13.5, 0, 15, 2)], index=["r"], crs="EPSG:4326")
    with caplog.at_level(logging.INFO):
        apply_reloc_coord_filter(events, BOX, [Coordinate(x=12, y=1)], region, "r")
    assert (
        "of 4 rows, 1 lie outside of the box, 1 more on a filtered position, 1 more outside of" in caplog.text
    )


def test_nothing_lies_in_a_box_upside_down() -> None:
    rows = frame(shapely.Point(15, 0), shapely.LineString([(10, -9), (15, 9)]), None)
    with pytest.warns(UserWarning, match=r"nothing lies in it, as min_y \(5.0\) is greater than max_y"):
        kept = apply_reloc_coord_filter(rows, BoundingBox(min_y=5, max_y=-5))
    assert list(kept["row"]) == [2]


def test_keeps_all_published_events_with_those_without_a_position(reference_data: Path) -> None:
    events = gpd.read_parquet(reference_data / "ecoscope2026/io/get-events.example-return.parquet")
    kept = apply_reloc_coord_filter(events)
    assert len(kept) == 784
    assert kept.geometry.isna().sum() == 9
    regions = gpd.read_parquet(
        reference_data / "ecoscope2026/io/get-spatial-features-group.example-return.parquet"
    ).set_index("name")
    name = regions.index[0]
    inside = apply_reloc_coord_filter(events, roi_gdf=regions, roi_name=name)
    assert len(inside) == events.intersects(regions.geometry.iloc[0]).sum()
