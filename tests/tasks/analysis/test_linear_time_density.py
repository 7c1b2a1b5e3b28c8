from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.tasks.analysis import _linear_time_density as kernel
from ecoscope_workflows.tasks.analysis import calculate_linear_time_density, create_meshgrid
from ecoscope_workflows.tasks.densities import CustomGridCellSize, LinearTimeDensity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MERCATOR = "EPSG:3857"


@pytest.fixture
def grid() -> Any:
    """Return three cells of 10 m, side by side."""
    cells = [shapely.box(x, 0, x + 10, 10) for x in (0, 10, 20)]
    return gpd.GeoDataFrame(geometry=cells, crs=MERCATOR)


def segments(*rows: tuple[Any, float], crs: str = MERCATOR) -> Any:
    """Return segments of a geometry and a speed in km/h."""
    geometry, speeds = zip(*rows, strict=True)
    frame = gpd.GeoDataFrame(
        {"speed_kmhr": speeds, "timespan_seconds": 1.0}, geometry=list(geometry), crs=crs
    )
    return frame.astype({"speed_kmhr": float})


def line(*coordinates: tuple[float, float]) -> Any:
    return shapely.LineString(coordinates)


def test_the_published_cells_of_salif_keita(reference_data: Path, through: Callable[..., Any]) -> None:
    fixes = pd.read_feather(reference_data / "ecoscope2026/tests/movebank_data.feather")
    fixes = fixes[fixes["location-long"].between(-5, 1) & fixes["location-lat"].between(12, 18)]
    fixes = fixes[fixes["individual-local-identifier"] == "Salif Keita"].sort_values("timestamp")
    seconds = fixes["timestamp"].to_numpy().astype("datetime64[s]").astype(float)
    trajectory = through(fixes["location-long"].to_numpy(), fixes["location-lat"].to_numpy(), seconds)
    expected = gpd.read_parquet(reference_data / "ecoscope2026/tests/ltd.parquet")
    grid: Any = create_meshgrid(trajectory, CustomGridCellSize(grid_cell_size=547))
    assert len(grid) == len(expected) == 119_880
    density = kernel.time_shares(trajectory, np.asarray(grid.geometry.array), grid.crs)
    published = expected["density"].to_numpy()
    assert np.array_equal(np.isnan(density), np.isnan(published))
    assert np.nanmax(np.abs(density - published)) < 1e-15
    levels = [50.0, 60.0, 70.0, 80.0, 90.0, 99.9]
    classes = kernel.percentile_classes(density, levels)
    assert np.array_equal(classes, expected["percentile"].to_numpy(dtype=float), equal_nan=True)
    found = calculate_linear_time_density(trajectory, grid, percentiles=levels)
    dissolved = expected.astype({"percentile": float}).dissolve("percentile", aggfunc={"density": "sum"})
    assert found["percentile"].tolist() == levels
    assert found["density"].tolist() == pytest.approx(dissolved["density"].tolist(), abs=1e-12)
    assert found["area_sqkm"].tolist() == pytest.approx((dissolved.area / 1e6).tolist(), rel=1e-12)
    # Adding up areas of their own is no proof of the same place.
    assert found.geometry.area.sum() == pytest.approx(found.geometry.union_all().area, rel=1e-12)
    assert found.geometry.iloc[0].symmetric_difference(dissolved.geometry.iloc[0]).area == 0.0
    LinearTimeDensity.validate(found)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([10, 50, 90], [90, 90, 50, 50, 10]),
        ([90], [90, 90, 90, 90, 90]),
        ([10], [np.nan, np.nan, np.nan, np.nan, 10]),
    ],
)
def test_the_published_classes_of_one_to_five(levels: list[float], expected: list[float]) -> None:
    found = kernel.percentile_classes(np.array([1.0, 2, 3, 4, 5]), levels)
    assert np.array_equal(found, np.array(expected, dtype=float), equal_nan=True)


def test_cells_without_time_belong_to_no_class() -> None:
    found = kernel.percentile_classes(np.array([np.nan, 0.0, 1.0]), [100.0])
    assert np.array_equal(found, [np.nan, np.nan, 100.0], equal_nan=True)
    assert np.isnan(kernel.percentile_classes(np.array([np.nan]), [100.0])).all()


def test_time_is_length_by_speed(grid: Any) -> None:
    # 10 m at 0.9 km/h are 40 s; 20 m at 7.2 km/h are 10 s, half of them in each of two cells.
    tracks = segments((line((0, 5), (10, 5)), 0.9), (line((10, 5), (30, 5)), 7.2))
    density = kernel.time_shares(tracks, np.asarray(grid.geometry.array), grid.crs)
    assert density.tolist() == pytest.approx([0.8, 0.1, 0.1])
    found = calculate_linear_time_density(tracks, grid, percentiles=["20", "100"])
    assert found["percentile"].tolist() == [20.0, 100.0]
    assert found["density"].tolist() == pytest.approx([0.8, 0.2])
    assert found["area_sqkm"].tolist() == pytest.approx([1e-4, 2e-4])
    assert found.geometry.iloc[1].equals(shapely.box(10, 0, 30, 10))


def test_a_grid_in_degrees_is_measured_on_the_ellipsoid() -> None:
    grid = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], crs="EPSG:4326")
    tracks = segments((line((0.5, 0.5), (1.5, 0.5)), 10.0), crs="EPSG:4326")
    found = calculate_linear_time_density(tracks, grid, percentiles=[100.0])
    assert found["density"].tolist() == pytest.approx([1.0])
    assert found["area_sqkm"].iloc[0] == pytest.approx(2 * 12308.8, rel=1e-3)


def test_a_size_that_is_no_whole_number_leaves_no_slivers() -> None:
    tracks = segments((line((0.1, 0.1), (9.9, 9.7)), 5.0), (line((0.1, 9.7), (9.9, 0.2)), 5.0))
    grid = create_meshgrid(tracks, CustomGridCellSize(grid_cell_size=1 / 3))
    found = calculate_linear_time_density(tracks, grid, percentiles=[100.0])
    assert found.is_valid.all()
    assert found.geometry.iloc[0].area * 9 == pytest.approx(round(found.geometry.iloc[0].area * 9))


def test_neither_order_nor_places_matter_and_the_inputs_stay_as_they_were(walk: Any) -> None:
    grid = create_meshgrid(walk)
    before, grid_before = walk.copy(deep=True), grid.copy(deep=True)
    expected: Any = calculate_linear_time_density(walk, grid)
    assert_geodataframe_equal(walk, before)
    assert_geodataframe_equal(grid, grid_before)
    again: Any = calculate_linear_time_density(walk, grid)
    assert again.to_wkb().equals(expected.to_wkb())
    assert_geodataframe_equal(calculate_linear_time_density(walk.iloc[::-1], grid), expected)
    shuffled = grid.sample(frac=1.0, random_state=1)
    assert_geodataframe_equal(calculate_linear_time_density(walk, shuffled), expected)
    assert expected["percentile"].tolist() == [50.0, 60.0, 70.0, 80.0, 90.0, 100.0]


def test_segments_across_the_antimeridian_spend_their_time_there_only() -> None:
    tracks = segments((line((179.5, 0.0), (-179.5, 0.0)), 111.0), crs="EPSG:4326")
    grid = create_meshgrid(tracks, CustomGridCellSize(grid_cell_size=9999))
    found = calculate_linear_time_density(tracks, grid, percentiles=[100.0])
    # Some six cells at each side of the world, and none between.
    assert found["area_sqkm"].iloc[0] == pytest.approx(12 * 9.999**2, rel=0.2)


@pytest.mark.parametrize(
    ("tracks", "reason"),
    [
        (segments((None, 3.6), (line((0, 5), (10, 5)), 3.6)), "1 without geometry"),
        (segments((line((0, 5), (9, 5)), 0.0), (line((0, 5), (10, 5)), 3.6)), "1 without a speed above 0"),
        (segments((line((0, 5), (9, 5)), np.nan), (line((0, 5), (10, 5)), 3.6)), "1 without a speed above 0"),
    ],
)
def test_segments_that_cannot_be_used_are_counted(tracks: Any, reason: str, grid: Any) -> None:
    with pytest.warns(UserWarning, match=f"of 2 segments, some are left out .*: {reason}"):
        found = calculate_linear_time_density(tracks, grid, percentiles=[100.0])
    assert found["density"].tolist() == pytest.approx([1.0])


@pytest.mark.parametrize(
    "tracks",
    [segments((line((50, 50), (60, 60)), 3.6)), segments((line((0, 5), (10, 5)), 3.6)).iloc[:0]],
)
def test_no_segment_on_the_grid_gives_no_rows(tracks: Any, grid: Any) -> None:
    with pytest.warns(UserWarning, match="is empty: no segment meets the grid"):
        found = calculate_linear_time_density(tracks, grid)
    assert found.columns.tolist() == ["percentile", "geometry", "density", "area_sqkm"]
    assert found.crs == MERCATOR
    LinearTimeDensity.validate(found)


def test_grids_in_other_units_or_without_a_crs_are_refused(grid: Any) -> None:
    tracks = segments((line((0, 5), (10, 5)), 3.6))
    with pytest.raises(ValueError, match="must be in metres"):
        calculate_linear_time_density(tracks, grid.to_crs("EPSG:2263"))
    with pytest.raises(ValueError, match="the grid has no CRS"):
        calculate_linear_time_density(tracks, grid.set_crs(None, allow_override=True))
    with pytest.raises(ValueError, match="the lines have no CRS"):
        calculate_linear_time_density(tracks.set_crs(None, allow_override=True), grid)
    with pytest.raises(ValueError, match="percentiles is empty"):
        calculate_linear_time_density(tracks, grid, percentiles=[])
