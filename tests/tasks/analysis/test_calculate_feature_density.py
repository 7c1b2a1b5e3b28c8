from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.tasks.analysis import calculate_feature_density, create_meshgrid
from ecoscope_workflows.tasks.densities import CustomGridCellSize, FeatureDensity

if TYPE_CHECKING:
    from pathlib import Path

MERCATOR = "EPSG:3857"
PLACES = [(3906043.099, -143047.752), (3957465.506, -178334.298), (3957936.393, -178331.41)]


@pytest.fixture(scope="module")
def landscape(reference_data: Path) -> Any:
    area = gpd.read_file(reference_data / "ecoscope2026/tests/landscape_grid.gpkg", layer="AOI")
    return create_meshgrid(area, CustomGridCellSize(grid_cell_size=5000))


@pytest.fixture
def grid() -> Any:
    """Return two cells of 10 m, side by side."""
    return gpd.GeoDataFrame(
        {"name": ["west", "east"]},
        geometry=[shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)],
        crs=MERCATOR,
        index=[7, 3],
    )


def features(*geometries: Any, crs: str = MERCATOR, **columns: Any) -> Any:
    return gpd.GeoDataFrame(columns, geometry=list(geometries), crs=crs)


def point(x: float, y: float) -> Any:
    return shapely.Point(x, y)


def line(*coordinates: tuple[float, float]) -> Any:
    return shapely.LineString(coordinates)


@pytest.mark.parametrize(("column", "total", "most"), [(None, 3, 2), ("values", 536, 534), ("", 3, 2)])
def test_the_published_density_of_points(column: str | None, total: int, most: int, landscape: Any) -> None:
    points = features(*map(shapely.Point, PLACES), values=[2, 500, 34])
    found = calculate_feature_density(points, landscape, "point", column)["density"]
    assert (found.sum(), found.max()) == (total, most)
    assert found.notna().sum() == 2


def test_the_published_density_of_lines(landscape: Any) -> None:
    lines = features(line(PLACES[0], PLACES[1]), line(PLACES[2], PLACES[1]))
    found = calculate_feature_density(lines, landscape, "line")["density"]
    assert found.sum() == pytest.approx(62835.98440960531, rel=1e-12)
    assert found.max() == pytest.approx(6063.999352799931, rel=1e-12)


def test_a_column_is_shared_out_by_length(grid: Any) -> None:
    lines = features(line((5, 5), (5, 8), (15, 8)), line((-10, 2), (10, 2)), seconds=["13", "x"])
    found = calculate_feature_density(lines, grid, "line", "seconds")
    assert found["density"].tolist() == pytest.approx([8.0, 5.0])
    lines["seconds"] = [0, 20]
    found = calculate_feature_density(lines, grid, "line", "seconds")
    assert found["density"].tolist() == pytest.approx([10.0, np.nan], nan_ok=True)


def test_the_result_is_the_grid_with_one_more_column(grid: Any) -> None:
    before = grid.copy(deep=True)
    points = features(point(1, 1), None, shapely.Point(), point(2, 2)).set_index(np.array([5, 5, 5, 5]))
    points_before = points.copy(deep=True)
    found = calculate_feature_density(points, grid, "point")
    assert found["density"].tolist() == pytest.approx([2.0, np.nan], nan_ok=True)
    assert_geodataframe_equal(found.drop(columns="density"), before)
    assert_geodataframe_equal(grid, before)
    assert_geodataframe_equal(points, points_before)
    FeatureDensity.validate(found)


@pytest.mark.parametrize("kind", ["point", "line"])
def test_no_features_have_no_density(kind: Any, grid: Any) -> None:
    found = calculate_feature_density(features(seconds=[]), grid, kind, "seconds")
    assert found["density"].isna().all()
    assert calculate_feature_density(features(point(1, 1)), grid.iloc[:0], "point").empty


def test_features_come_in_any_crs(grid: Any) -> None:
    points = features(point(5, 5), point(15, 5), point(15, 6))
    found = calculate_feature_density(points.to_crs("EPSG:4326"), grid, "point")
    assert found["density"].tolist() == [1.0, 2.0]
    track = features(line((5, 5), (15, 5)))
    found = calculate_feature_density(track.to_crs("EPSG:4326"), grid, "line")
    assert found["density"].tolist() == pytest.approx([5.0, 5.0], abs=1e-6)


def test_polygons_that_are_no_grid_are_taken_as_they_are() -> None:
    cells = features(shapely.Polygon([(0, 0), (10, 0), (0, 10)]), shapely.box(20, 0, 30, 10))
    assert (
        calculate_feature_density(features(point(1, 1), point(9, 9)), cells, "point")["density"].iloc[0] == 1
    )
    found = calculate_feature_density(features(line((-5, 2), (25, 2)), line((3, 3), (3, 3))), cells, "line")
    assert found["density"].tolist() == pytest.approx([8.0, 5.0])


def test_what_lies_across_the_antimeridian_is_not_drawn_around_the_world() -> None:
    track = features(shapely.LineString([(179.0, -17.0), (-179.0, -17.0)]), crs="EPSG:4326")
    cells = create_meshgrid(track, CustomGridCellSize(grid_cell_size=9999))
    found = calculate_feature_density(track, cells, "line")
    two_degrees = 2 * 20037508.342789244 / 180
    assert found["density"].sum() == pytest.approx(two_degrees, rel=1e-9)


def test_features_that_cannot_be_placed_are_counted(grid: Any) -> None:
    with pytest.warns(UserWarning, match="1 of 2 features lie on the edge of a cell"):
        found = calculate_feature_density(features(point(10, 5), point(5, 5)), grid, "point")
    assert found["density"].iloc[0] == 1
    with pytest.warns(UserWarning, match="1 of 1 features are no lines"):
        calculate_feature_density(features(point(1, 1)), grid, "line")
    still = features(line((1, 1), (1, 1)), seconds=[60])
    with pytest.warns(UserWarning, match="1 of 1 features have no length"):
        calculate_feature_density(still, grid, "line", "seconds")


def test_points_that_the_crs_of_the_grid_cannot_show_are_counted(grid: Any) -> None:
    with pytest.warns(UserWarning, match="1 of 1 features lie outside"):
        calculate_feature_density(features(point(10, 95), crs="EPSG:4326"), grid, "point")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("area",), "geometry_type='area' must be 'point' or 'line'"),
        (("point", "gone"), "column 'gone' is not in the feature data; it has seconds, geometry"),
    ],
)
def test_bad_arguments_are_refused(arguments: Any, message: str, grid: Any) -> None:
    with pytest.raises(ValueError, match=message):
        calculate_feature_density(features(point(1, 1), seconds=[1]), grid, *arguments)


def test_frames_without_a_crs_are_refused(grid: Any) -> None:
    placed = features(point(1, 1))
    for frames in (
        (placed.set_crs(None, allow_override=True), grid),
        (placed, gpd.GeoDataFrame(geometry=[])),
    ):
        with pytest.raises(ValueError, match="has no CRS"):
            calculate_feature_density(*frames, "point")
