from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.tasks.analysis import calculate_elliptical_time_density
from ecoscope_workflows.tasks.analysis._meshgrid import auto_cell_size
from ecoscope_workflows.tasks.densities import (
    AutoScaleGridCellSize,
    CustomGridCellSize,
    TrackSegments,
)
from ecoscope_workflows.tasks.schemas import TimeDensity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UTM = "EPSG:32637"
TO_95 = [50.0, 60.0, 70.0, 80.0, 90.0, 95.0]
TRAJECTORY_2026 = "ecoscope2026/preprocessing/relocations-to-trajectory.example-return.parquet"
SEED = "seed_2024-05/relocations-to-trajectory.example-return.parquet"


def metres(size: float) -> CustomGridCellSize:
    return CustomGridCellSize(grid_cell_size=size)


@pytest.mark.parametrize(
    ("name", "cell_size", "crs", "areas"),
    [
        (
            TRAJECTORY_2026,
            metres(250),
            "ESRI:53042",
            [600.4375, 463.6875, 308.6875, 215.125, 152.0, 106.6875],
        ),
        (
            TRAJECTORY_2026,
            AutoScaleGridCellSize(),
            "ESRI:53042",
            [626.837667, 499.715083, 354.804824, 263.25759, 195.664425, 143.487245],
        ),
        (SEED, metres(250), "ESRI:102022", [17.75, 13.4375, 8.875, 6.25, 4.4375, 3.125]),
    ],
)
def test_the_published_areas(
    name: str, cell_size: Any, crs: str, areas: list[float], reference_data: Path
) -> None:
    trajectory = gpd.read_parquet(reference_data / name)
    found = calculate_elliptical_time_density(
        trajectory, cell_size, crs=crs, expansion_factor=1.3, percentiles=TO_95
    )
    assert found["area_sqkm"].tolist() == pytest.approx(areas, abs=5e-7)
    assert found["percentile"].tolist() == TO_95[::-1]
    TimeDensity.validate(found)


def test_the_published_polygon_of_salif_keita(reference_data: Path, through: Callable[..., Any]) -> None:
    fixes = pd.read_feather(reference_data / "ecoscope2026/tests/movebank_data.feather")
    fixes = fixes[fixes["location-long"].between(-5, 1) & fixes["location-lat"].between(12, 18)].iloc[::20]
    seconds = fixes["timestamp"].to_numpy().astype("datetime64[s]").astype(float)
    trajectory = through(fixes["location-long"].to_numpy(), fixes["location-lat"].to_numpy(), seconds)
    found: Any = calculate_elliptical_time_density(
        trajectory, metres(250), crs="ESRI:102022", expansion_factor=1.3, percentiles=[99.9]
    )
    name = "ecoscope2026/tests/etd_percentile_area_subset.feather"
    expected = gpd.read_feather(reference_data / name).geometry.iloc[0]
    # 7 of 323,556 cells: the published fit stops 4e-5 before the maximum of the likelihood.
    difference = found.to_crs("EPSG:4326").geometry.iloc[0].symmetric_difference(expected)
    assert difference.area < 3e-5 * expected.area


def test_the_automatic_cell_size_is_a_500th_of_the_geodesic_diagonal(
    reference_data: Path,
) -> None:
    trajectory = gpd.read_parquet(reference_data / TRAJECTORY_2026)
    assert auto_cell_size(trajectory.geometry, 500) == 487.0
    assert auto_cell_size(trajectory.to_crs("EPSG:3857").geometry, 500) == 487.0


def test_across_the_antimeridian_the_cell_size_is_not_that_of_the_world(through: Callable[..., Any]) -> None:
    here, there = through([36.9, 37.1], [1, 2], [0, 3600]), through([179.9, -179.9], [1, 2], [0, 3600])
    assert auto_cell_size(there.geometry, 500) == auto_cell_size(here.geometry, 500)


def test_percentiles_are_text_or_numbers_and_each_counts_once(walk: Any) -> None:
    expected = calculate_elliptical_time_density(walk, metres(250), crs=UTM, percentiles=[99.999, 50.0])
    found = calculate_elliptical_time_density(walk, metres(250), crs=UTM, percentiles=["50", "99.999", "50"])
    assert_geodataframe_equal(found, expected)
    default = calculate_elliptical_time_density(walk, None, crs=UTM, percentiles=None)
    assert default["percentile"].tolist() == [99.999, 90.0, 80.0, 70.0, 60.0, 50.0]


@pytest.mark.parametrize(
    ("percentiles", "message"),
    [
        ([], "percentiles is empty"),
        ([0.0], "out of range"),
        (["101"], "out of range"),
        (["nan"], "out of range"),
    ],
)
def test_bad_percentiles_are_refused(percentiles: Any, message: str, walk: Any) -> None:
    with pytest.raises(ValueError, match=message):
        calculate_elliptical_time_density(walk, percentiles=percentiles)


@pytest.mark.parametrize("size", [None, 5000])
def test_an_emptied_cell_size_is_5000_m(size: float | None, walk: Any) -> None:
    with pytest.warns(UserWarning, match=r"cells of 5000 m; at least 50 cells are needed"):
        found = calculate_elliptical_time_density(walk, CustomGridCellSize(grid_cell_size=size), crs=UTM)
    assert found.empty


@pytest.mark.parametrize(
    ("rows", "reason"), [(0, "no segments"), (1, r"1 speed\(s\) without any difference")]
)
def test_too_few_segments_give_an_empty_result_with_its_columns(rows: int, reason: str, walk: Any) -> None:
    with pytest.warns(UserWarning, match=f"the time density is empty: .*{reason}"):
        found = calculate_elliptical_time_density(walk.head(rows), crs=UTM)
    assert found.columns.tolist() == ["percentile", "geometry", "area_sqkm"]
    assert found.crs == UTM
    TimeDensity.validate(found)
    assert found.empty


def test_nearly_equal_speeds_give_an_empty_result(walk: Any) -> None:
    with pytest.warns(UserWarning, match="is empty: .* nearly equal"):
        found = calculate_elliptical_time_density(
            walk.head(3).assign(speed_kmhr=[1.0, 1.001, 1.002]), crs=UTM
        )
    assert found.empty


def test_segments_without_geometry_are_left_out_with_their_number(walk: Any) -> None:
    holed = walk.copy()
    holed.loc[holed.index[:2], "geometry"] = None
    TrackSegments.validate(holed)
    with pytest.warns(UserWarning, match="2 of 300 segments are left out .* 2 without geometry"):
        found = calculate_elliptical_time_density(holed, metres(100), crs=UTM)
    assert_geodataframe_equal(found, calculate_elliptical_time_density(walk.iloc[2:], metres(100), crs=UTM))
    with pytest.raises(ValueError, match="300 without geometry"):
        calculate_elliptical_time_density(
            walk.assign(geometry=None).set_crs("EPSG:4326"), metres(99), crs=UTM
        )


def test_neither_order_nor_nodata_value_matters_and_the_input_stays_as_it_was(walk: Any) -> None:
    backwards = walk.iloc[::-1]
    before = backwards.copy(deep=True)
    found = calculate_elliptical_time_density(backwards, metres(100), crs=UTM, nodata_value=-1.0)
    assert_geodataframe_equal(backwards, before)
    expected = calculate_elliptical_time_density(walk, metres(100), crs=UTM)
    assert found["area_sqkm"].tolist() == expected["area_sqkm"].tolist()


def test_a_wrong_fix_is_reported_and_hardly_changes_the_areas(
    reference_data: Path, through: Callable[..., Any]
) -> None:
    fixes = gpd.read_parquet(reference_data / "tracks" / "buffalo_kruger.parquet")
    fixes = fixes[fixes["subject_name"] == "Toni"].drop_duplicates("fixtime").sort_values("fixtime")
    seconds = fixes["fixtime"].dt.tz_localize(None).to_numpy().astype("datetime64[s]").astype(float)
    trajectory = through(fixes.geometry.x.to_numpy(), fixes.geometry.y.to_numpy(), seconds)
    trajectory = trajectory[trajectory["speed_kmhr"].between(0.01, 500)]
    faster = r"2 of 5155 segments are faster than 1\d\.\d km/h, up to 63\.1 km/h"
    with pytest.warns(UserWarning, match=faster):
        found = calculate_elliptical_time_density(trajectory, crs="EPSG:32736")
    slow = trajectory[trajectory["speed_kmhr"] < 10]
    expected = calculate_elliptical_time_density(slow, crs="EPSG:32736")
    # The fit of the speeds has them in it; the largest area is where so fast an animal could have been.
    assert found["area_sqkm"].tolist()[1:] == pytest.approx(expected["area_sqkm"].tolist()[1:], rel=0.1)


@pytest.mark.parametrize(("factor", "outliers"), [(1.0, 0), (3.0, 0), (100.0, 1)])
def test_a_fast_segment_is_no_wrong_fix(walk: Any, factor: float, outliers: int) -> None:
    walk.loc[walk.index[0], "speed_kmhr"] = factor * walk["speed_kmhr"].max()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        calculate_elliptical_time_density(walk, metres(250), crs=UTM)
    assert sum("are faster than" in str(warning.message) for warning in said) == outliers
