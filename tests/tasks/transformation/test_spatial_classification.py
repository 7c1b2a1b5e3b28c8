"""Segments cut at the borders of regions: the published numbers, and equal to an overlay by geopandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pandas.testing import assert_frame_equal
from pyproj import Geod

from ecoscope_workflows.tasks.transformation._spatial_classification import classify_segments

if TYPE_CHECKING:
    from pathlib import Path

GEOD = Geod(ellps="WGS84")


def lines(*coordinates: Any, crs: Any = "EPSG:4326") -> Any:
    """Return segments of 3.6 km/h, a metre in a second."""
    return gpd.GeoDataFrame(
        {
            "speed_kmhr": 3.6,
            "dist_meters": -1.0,
            "timespan_seconds": -1.0,
            "heading": np.arange(float(len(coordinates))),
        },
        geometry=[shapely.LineString(line) if isinstance(line, list) else line for line in coordinates],
        crs=crs,
        index=pd.Index([f"fix-{row}" for row in range(len(coordinates))], name="id", dtype=str),
    )


def regions(crs: Any = "EPSG:4326", **shapes: Any) -> Any:
    return gpd.GeoDataFrame({"name": list(shapes)}, geometry=list(shapes.values()), crs=crs)


def rows(found: Any) -> list[tuple[str, str, list[tuple[float, float]]]]:
    return [
        (index, region, [(round(x, 9), round(y, 9)) for x, y in line.coords])
        for index, region, line in zip(found.index, found["region"], found.geometry, strict=True)
    ]


def test_published_numbers(reference_data: Path) -> None:
    folder = reference_data / "ecoscope2026"
    trajectory = gpd.read_parquet(folder / "preprocessing/relocations-to-trajectory.example-return.parquet")
    groups = gpd.read_parquet(folder / "io/get-spatial-features-group.example-return.parquet")
    before, groups_before = trajectory.copy(deep=True), groups.copy(deep=True)
    found = classify_segments(trajectory, groups)
    assert_frame_equal(trajectory, before)
    assert_frame_equal(groups, groups_before)
    shown = {
        region: (
            len(part),
            f"{part['speed_kmhr'].mean():.1f} km/h",
            f"{part['dist_meters'].sum() / 1000:.1f} km",
            f"{part['timespan_seconds'].sum() / 3600:.1f} h",
        )
        for region, part in found.groupby("region")
    }
    assert shown == {
        "Central": (822, "1.8 km/h", "238.9 km", "135.9 h"),
        "West": (6370, "1.9 km/h", "2001.3 km", "1060.7 h"),
    }
    assert list(found.columns) == [*trajectory.columns, "region"]
    overlay = gpd.overlay(trajectory.reset_index(), groups[["name", "geometry"]], keep_geom_type=False)
    assert list(overlay["id"]) == list(found.index)
    assert list(overlay["name"]) == list(found["region"])
    assert overlay.geometry.geom_equals(found.geometry.reset_index(drop=True)).all()


def test_a_segment_is_cut_at_each_border_and_keeps_its_direction() -> None:
    frame = lines([(0, 0.5), (3, 0.5)], [(3, 0.5), (0, 0.5)], [(0.2, 0.2), (0.4, 0.2)], [(8, 8), (9, 9)])
    both = regions(left=shapely.box(0, 0, 1, 1), right=shapely.box(1, 0, 2, 1))
    found = classify_segments(frame, both)
    assert rows(found) == [
        ("fix-0", "left", [(0, 0.5), (1, 0.5)]),
        ("fix-0", "right", [(1, 0.5), (2, 0.5)]),
        ("fix-1", "left", [(1, 0.5), (0, 0.5)]),
        ("fix-1", "right", [(2, 0.5), (1, 0.5)]),
        ("fix-2", "left", [(0.2, 0.2), (0.4, 0.2)]),
    ]
    assert found.index.name == "id"
    meters = GEOD.inv(0, 0.5, 1, 0.5)[2]
    assert found["dist_meters"].iloc[0] == pytest.approx(meters)
    assert found["timespan_seconds"].iloc[0] == pytest.approx(meters)
    assert found["heading"].tolist() == [0, 0, 1, 1, 2]
    assert found.crs == frame.crs


def test_regions_may_overlap_be_holed_have_parts_or_another_crs() -> None:
    holed = shapely.box(0, 0, 3, 3) - shapely.box(1, 1, 2, 2)
    parts = shapely.MultiPolygon([shapely.box(0, 0, 0.5, 3), shapely.box(2.5, 0, 3, 3)])
    frame = lines([(0.1, 0.2), (0.4, 0.2)], [(1.2, 1.5), (1.8, 1.5)], [(1.5, 1.5), (1.5, 2.5)])
    expected = [
        ("fix-0", "holed", [(0.1, 0.2), (0.4, 0.2)]),
        ("fix-0", "parts", [(0.1, 0.2), (0.4, 0.2)]),
        ("fix-2", "holed", [(1.5, 2.0), (1.5, 2.5)]),
    ]
    areas = regions(holed=holed, parts=parts)
    assert rows(classify_segments(frame, areas)) == expected
    assert [row[:2] for row in rows(classify_segments(frame, areas.to_crs("EPSG:3857")))] == [
        row[:2] for row in expected
    ]


def test_a_segment_that_enters_twice_is_left_out_with_a_count() -> None:
    holed = shapely.box(0, 0, 3, 3) - shapely.box(1, 1, 2, 2)
    frame = lines([(0.5, 1.5), (2.5, 1.5)], [(0.5, 0.5), (0.6, 0.5)])
    with pytest.warns(
        UserWarning, match="^1 segments enter a region more than once and were left out"
    ) as caught:
        found = classify_segments(frame, regions(holed=holed))
    assert [row[0] for row in rows(found)] == ["fix-1"]
    assert caught[0].filename == __file__


def test_what_only_touches_lies_in_no_region() -> None:
    frame = lines([(-1, 1), (0, 0)], [(-1, -1), (1, 1)], [(0, 2), (2, 2)])
    found = classify_segments(frame, regions(square=shapely.box(0, 0, 1, 1)))
    assert [row[:2] for row in rows(found)] == [("fix-1", "square")]


def test_a_segment_without_a_length_keeps_its_time() -> None:
    frame = lines([(0.5, 0.5), (0.5, 0.5)], [(5, 5), (5, 5)]).assign(speed_kmhr=0.0, timespan_seconds=600.0)
    found = classify_segments(frame, regions(square=shapely.box(0, 0, 1, 1)))
    assert found[["dist_meters", "timespan_seconds", "region"]].to_numpy().tolist() == [
        [0.0, 600.0, "square"]
    ]


def test_a_bow_tie_becomes_two_triangles_and_missing_shapes_are_empty() -> None:
    tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    frame = lines([(0.2, 1), (0.4, 1)], None, shapely.LineString())
    found = classify_segments(frame, regions(none=None, empty=shapely.Polygon(), tie=tie))
    assert [row[:2] for row in rows(found)] == [("fix-0", "tie")]
    spiked = shapely.Polygon([(0, 0), (2, 0), (2, 2), (2, 5), (2, 2), (0, 2)])
    assert len(classify_segments(frame, regions(spiked=spiked))) == 1


def test_the_antimeridian_is_crossed_the_short_way() -> None:
    frame = lines([(179, 0), (-179, 0)], [(-179, 0), (179, 0)])
    around = regions(
        east=shapely.box(178, -1, 180, 1),
        west=shapely.box(-180, -1, -179.5, 1),
        far=shapely.box(-20, -1, 20, 1),
    )
    found = classify_segments(frame, around)
    assert rows(found) == [
        ("fix-0", "east", [(179, 0), (180, 0)]),
        ("fix-0", "west", [(-180, 0), (-179.5, 0)]),
        ("fix-1", "east", [(180, 0), (179, 0)]),
        ("fix-1", "west", [(-179.5, 0), (-180, 0)]),
    ]
    assert found["dist_meters"].iloc[0] == pytest.approx(GEOD.inv(179, 0, 180, 0)[2])


def test_lengths_are_planar_in_a_projected_crs() -> None:
    frame = lines([(0, 0), (300, 400)], crs="EPSG:32637")
    found = classify_segments(frame, regions("EPSG:32637", half=shapely.box(0, 0, 150, 400)))
    assert found["dist_meters"].tolist() == pytest.approx([250.0])
    assert found["timespan_seconds"].tolist() == pytest.approx([250.0])


def test_no_segments_or_no_regions() -> None:
    frame, square = lines([(0, 0), (1, 1)]), regions(square=shapely.box(0, 0, 1, 1))
    expected = classify_segments(frame, square).dtypes
    for found in (classify_segments(frame.iloc[:0], square), classify_segments(frame, square.iloc[:0])):
        assert len(found) == 0
        assert_frame_equal(found.dtypes.to_frame(), expected.to_frame())


def test_mistakes_are_named() -> None:
    frame, square = lines([(0, 0), (1, 1)]), regions(square=shapely.box(0, 0, 1, 1))
    for bad_frame, bad_regions, message in (
        (frame.drop(columns="speed_kmhr"), square, "lacks the column 'speed_kmhr'"),
        (frame.assign(region="x"), square, "has a column 'region' already"),
        (frame, square.rename(columns={"name": "title"}), "lack the column 'name'"),
        (frame.set_crs(None, allow_override=True), square, "no CRS is said of the trajectory"),
        (frame, square.set_crs(None, allow_override=True), "no CRS is said of the regions"),
        (frame.to_crs("EPSG:2225"), square, "is in US survey foot: expected metres"),
        (lines(shapely.Point(0, 0)), square, "1 of 1 geometries of the trajectory are no lines"),
        (frame, regions(line=shapely.LineString([(0, 0), (1, 1)])), "1 of 1 regions are no polygons"),
    ):
        with pytest.raises(ValueError, match=message):
            classify_segments(bad_frame, bad_regions)


@pytest.mark.parametrize("seed", range(3))
def test_equal_to_an_overlay_of_random_segments(seed: int) -> None:
    random = np.random.default_rng(seed)
    ends = random.uniform(0, 10, (200, 1, 2)) + np.concatenate(
        [np.zeros((200, 1, 2)), random.normal(0, 1, (200, 1, 2))], 1
    )
    frame = lines(*shapely.linestrings(ends))
    centres = random.uniform(0, 10, (12, 2))
    shapes = {f"r{number}": shapely.Point(*centre).buffer(1.5) for number, centre in enumerate(centres)}
    found = classify_segments(frame, regions(**shapes))
    overlay = gpd.overlay(frame.reset_index(), regions(**shapes), keep_geom_type=False)
    overlay = overlay[overlay.geom_type == "LineString"]
    assert list(zip(overlay["id"], overlay["name"], strict=True)) == list(
        zip(found.index, found["region"], strict=True)
    )
    assert (
        overlay.geometry.reset_index(drop=True)
        .geom_equals_exact(found.geometry.reset_index(drop=True), 1e-9)
        .all()
    )
