from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.tasks.analysis import create_meshgrid
from ecoscope_workflows.tasks.densities import AutoScaleGridCellSize, CustomGridCellSize, Meshgrid

if TYPE_CHECKING:
    from pathlib import Path

MERCATOR = "EPSG:3857"


def points(*coordinates: tuple[float, float], crs: str = "EPSG:4326") -> Any:
    return gpd.GeoDataFrame(geometry=[shapely.Point(pair) for pair in coordinates], crs=crs)


def metres(size: float) -> CustomGridCellSize:
    return CustomGridCellSize(grid_cell_size=size)


def test_the_published_grid_of_salif_keita(reference_data: Path) -> None:
    expected = gpd.read_parquet(reference_data / "ecoscope2026/tests/ltd.parquet")
    # The grid of the bounds of all cells but the outer ones: it begins at a multiple of 547.
    area = gpd.GeoDataFrame(geometry=expected.geometry.iloc[[0, -1]].centroid)
    found = create_meshgrid(area, metres(547))
    assert len(found) == 119_880
    assert shapely.equals_exact(found.geometry.to_numpy(), expected.geometry.to_numpy(), 0).all()
    assert found.index.equals(expected.index)


def test_the_automatic_cell_size_is_a_100th_of_the_diagonal() -> None:
    found = create_meshgrid(points((37.0, 0.0), (37.3, 0.4)), AutoScaleGridCellSize())
    west, south, east, north = found.geometry.iloc[0].bounds
    assert (east - west, north - south) == (554.0, 554.0)
    assert (west % 554, south % 554) == (0.0, 0.0)
    assert_geodataframe_equal(found, create_meshgrid(points((37.0, 0.0), (37.3, 0.4)), None))
    Meshgrid.validate(found)


def test_cells_go_north_in_each_column_and_columns_go_east() -> None:
    found = create_meshgrid(points((5, 5), (25, 15), crs=MERCATOR), metres(10))
    corners = [cell.bounds[:2] for cell in found.geometry]
    assert corners == [(0, 0), (0, 10), (10, 0), (10, 10), (20, 0), (20, 10)]


def test_only_cells_that_the_area_touches() -> None:
    area = points((5, 5), (25, 25), crs=MERCATOR)
    found = create_meshgrid(area, metres(10), intersecting_only=True)
    assert found.index.tolist() == [0, 8]
    assert found.crs == MERCATOR


@pytest.mark.parametrize("place", [(20.0, 30.0), (21.0, 33.0)])
def test_one_point_has_one_cell(place: tuple[float, float]) -> None:
    found = create_meshgrid(points(place, crs=MERCATOR), metres(10))
    assert found.geometry.iloc[0].bounds == (20, 30, 30, 40)
    assert len(found) == 1
    assert len(create_meshgrid(points(place, crs=MERCATOR))) == 1


def test_missing_geometries_do_not_count_and_the_area_stays_as_it_was() -> None:
    area = points((37.0, 0.0), (37.3, 0.4))
    holed = gpd.GeoDataFrame(geometry=[None, shapely.Point(), *area.geometry], crs=area.crs)
    before = holed.copy(deep=True)
    assert_geodataframe_equal(create_meshgrid(holed), create_meshgrid(area))
    assert_geodataframe_equal(holed, before)


@pytest.mark.parametrize("rows", [[], [None]])
def test_nothing_to_lay_a_grid_over_is_an_error(rows: list[Any]) -> None:
    area = gpd.GeoDataFrame(geometry=rows, crs="EPSG:4326")
    with pytest.raises(ValueError, match="no area to lay a grid over"):
        create_meshgrid(area)


def test_an_area_without_a_crs_is_an_error() -> None:
    with pytest.raises(ValueError, match="have no CRS"):
        create_meshgrid(gpd.GeoDataFrame(geometry=[shapely.Point(1, 2)]))


def test_too_many_cells_are_refused_in_the_published_words_with_a_size_that_fits() -> None:
    words = "Custom grid cell size is too small for the extent of the area of interest"
    with pytest.raises(ValueError, match=words) as caught:
        create_meshgrid(points((0, 0), (100_000, 100_000), crs=MERCATOR), metres(0.2))
    assert str(caught.value) == words
    assert "grid_cell_size of at least 31.6" in caught.value.__notes__[0]


def test_across_the_antimeridian_a_crs_made_for_the_place_covers_it() -> None:
    area = points((179.5, -17.0), (-179.5, -16.0))
    found = create_meshgrid(area, crs="EPSG:3832")
    placed = area.geometry.to_crs("EPSG:3832")
    assert 5_000 < len(found) < 20_000
    assert shapely.STRtree(np.asarray(found.geometry)).query(placed, predicate="intersects").shape[1] >= 2


def test_no_part_of_the_area_lies_outside_where_the_crs_bends_its_bounds() -> None:
    area = points((20.0, 60.0), (27.0, 60.0), (34.0, 60.0))
    found: Any = create_meshgrid(area, metres(5000), crs="EPSG:32635")
    # The corners of the bounds are farther north than the middle.
    assert found.union_all().covers(area.geometry.to_crs("EPSG:32635").union_all())
