from __future__ import annotations

import inspect
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pydantic
import pytest
import shapely

from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.tasks.analysis import _elliptical_time_density as etd
from ecoscope_workflows.tasks.analysis import calculate_time_density
from ecoscope_workflows.tasks.schemas import TimeDensity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UTM = "EPSG:32637"
SEED_AREAS = [17.75, 13.4375, 8.875, 6.25, 4.4375, 3.125]


def density_of(trajectory: Any, **options: Any) -> Any:
    return calculate_time_density(trajectory_gdf=trajectory, **options)


@pytest.fixture(scope="session")
def seed_trajectory(reference_data: Path) -> Any:
    return gpd.read_parquet(reference_data / "seed_2024-05/relocations-to-trajectory.example-return.parquet")


@pytest.fixture(scope="session")
def trajectory_2026(reference_data: Path) -> Any:
    name = "ecoscope2026/preprocessing/relocations-to-trajectory.example-return.parquet"
    return gpd.read_parquet(reference_data / name)


@pytest.fixture(scope="session")
def salif_keita(reference_data: Path) -> pd.DataFrame:
    """Return the fixes of the elephant bull Salif Keita (Wall et al. 2014) inside the Gourma, Mali."""
    fixes = pd.read_feather(reference_data / "ecoscope2026/tests/movebank_data.feather")
    inside = fixes["location-long"].between(-5, 1) & fixes["location-lat"].between(12, 18)
    return fixes[inside]


def trajectory_of(fixes: pd.DataFrame, through: Callable[..., Any]) -> Any:
    lon, lat = fixes["location-long"].to_numpy(), fixes["location-lat"].to_numpy()
    return through(lon, lat, fixes["timestamp"].to_numpy().astype("datetime64[s]").astype(np.float64))


# Published numbers


def test_the_published_areas_and_polygons_of_the_seed_trajectory(
    seed_trajectory: Any, reference_data: Path
) -> None:
    found = density_of(seed_trajectory)
    expected = gpd.read_parquet(reference_data / "seed_2024-05/calculate-time-density.example-return.parquet")
    assert found["area_sqkm"].tolist() == SEED_AREAS
    assert found["percentile"].tolist() == [95.0, 90.0, 80.0, 70.0, 60.0, 50.0]
    assert found.columns.tolist() == expected.columns.tolist()
    assert found.index.equals(expected.index)
    assert found.crs == expected.crs
    assert found.geom_type.unique().tolist() == ["MultiPolygon"]
    assert found.is_valid.all()
    assert (
        shapely.symmetric_difference(found.geometry.values, expected.geometry.values).area.tolist()
        == [0.0] * 6
    )


@pytest.mark.parametrize(
    ("pixel_size", "areas"),
    [
        (250.0, [600.4375, 463.6875, 308.6875, 215.125, 152.0, 106.6875]),
        (487, [626.837667, 499.715083, 354.804824, 263.25759, 195.664425, 143.487245]),
    ],
)
def test_the_published_areas_of_the_2026_trajectory(
    pixel_size: float, areas: list[float], trajectory_2026: Any
) -> None:
    found = density_of(trajectory_2026, pixel_size=pixel_size, crs="ESRI:53042")
    assert found["area_sqkm"].tolist() == pytest.approx(areas, abs=5e-7)


@pytest.mark.parametrize(("step", "name"), [(20, "etd_percentile_area_subset"), (1, "etd_percentile_area")])
def test_the_published_polygon_of_salif_keita(
    step: int, name: str, salif_keita: pd.DataFrame, reference_data: Path, through: Callable[..., Any]
) -> None:
    trajectory = trajectory_of(salif_keita.iloc[::step], through)
    found = density_of(trajectory, percentiles=[99.9]).to_crs("EPSG:4326").geometry.iloc[0]
    expected = gpd.read_feather(reference_data / f"ecoscope2026/tests/{name}.feather").geometry.iloc[0]
    # 7 of 323,556 cells and 2 of 115,041: the published fit stops 4e-5 before the maximum of the likelihood.
    assert found.symmetric_difference(expected).area < 3e-5 * expected.area


@pytest.mark.parametrize(("method", "areas"), [("ecoscope", [7206, 2694]), ("wall2014", [9661, 2569])])
def test_the_two_methods_differ_by_their_known_areas(
    method: str, areas: list[float], salif_keita: pd.DataFrame, through: Callable[..., Any]
) -> None:
    trajectory = trajectory_of(salif_keita, through)
    found = density_of(trajectory, pixel_size=500, percentiles=[95, 99.9], method=method)
    assert found["area_sqkm"].tolist() == pytest.approx(areas, abs=1.0)


# The interface


def test_the_parameters_are_published_as_before(reference_data: Path) -> None:
    published = json.loads((reference_data / "specs/seed_2024-05/time_density_params.json").read_text())
    expected = published["calculate_time_density"]["properties"]
    parameters = inspect.signature(calculate_time_density, eval_str=True).parameters
    fields = {name: (item.annotation, item.default) for name, item in parameters.items()}
    del fields["trajectory_gdf"]
    model = pydantic.create_model("Parameters", **fields)  # type: ignore[call-overload]  # from a dict
    found = model.model_json_schema()["properties"]
    # The published default of nodata_value is the text "nan", which is no number in JSON Schema.
    for schema in (found, expected):
        schema["nodata_value"].pop("default")
    assert found.pop("method")["enum"] == ["ecoscope", "wall2014"]
    assert found == expected


def test_it_is_a_task_that_loads_nothing_heavy_before_it_runs() -> None:
    assert task_metadata(calculate_time_density) is not None
    program = (
        "import sys, ecoscope_workflows.tasks.analysis as a; a.calculate_time_density;"
        "print([m for m in ('numpy','pandas','geopandas','shapely','pyproj') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_run_needs_no_compiled_science_library(walk: Any, tmp_path: Path) -> None:
    walk.to_parquet(tmp_path / "walk.parquet")
    program = (
        "import sys, geopandas; from ecoscope_workflows.tasks.analysis import calculate_time_density as task;"
        f"task(geopandas.read_parquet({str(tmp_path / 'walk.parquet')!r}), crs='{UTM}');"
        "print([m for m in ('scipy','rasterio','numba','sklearn') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("method", ["ecoscope", "wall2014"])
def test_the_result_keeps_its_contract_and_the_input_stays_as_it_was(method: str, walk: Any) -> None:
    before = walk.copy(deep=True)
    first = density_of(walk, crs=UTM, method=method, percentiles=[50, 99.9, 50, 90.0])
    TimeDensity.validate(first)
    assert first["percentile"].tolist() == [99.9, 90.0, 50.0]
    assert (first.geometry.area / 1e6).tolist() == pytest.approx(first["area_sqkm"].tolist(), rel=1e-12)
    gpd.testing.assert_geodataframe_equal(walk, before)
    second = density_of(walk, crs=UTM, method=method, percentiles=[99.9, 90.0, 50])
    assert first.to_wkb().equals(second.to_wkb())


def test_the_order_of_segments_and_the_crs_they_come_in_do_not_matter(walk: Any) -> None:
    expected = density_of(walk, crs=UTM)["area_sqkm"].tolist()
    assert density_of(walk.iloc[::-1], crs=UTM)["area_sqkm"].tolist() == expected
    assert density_of(walk.to_crs(UTM), crs=UTM)["area_sqkm"].tolist() == expected


def test_a_line_counts_from_its_first_to_its_last_vertex(walk: Any) -> None:
    lines = walk.geometry.tolist()
    (x0, y0), (x1, y1) = lines[0].coords
    lines[0] = shapely.LineString([(x0, y0), (x0 + 0.001, y1), (x1, y1)])
    lines[1] = shapely.MultiLineString([lines[1]])
    bent = walk.set_geometry(lines, crs=walk.crs)
    assert density_of(bent, crs=UTM)["area_sqkm"].tolist() == density_of(walk, crs=UTM)["area_sqkm"].tolist()


def test_100_percent_is_every_cell_with_density_and_more_than_99_999(walk: Any) -> None:
    found = density_of(walk, crs=UTM, pixel_size=50.0, percentiles=[99.999, 100.0])
    assert found["percentile"].tolist() == [100.0, 99.999]
    assert found["area_sqkm"].iloc[0] > found["area_sqkm"].iloc[1]
    assert found.geometry.iloc[0].covers(found.geometry.iloc[1])


def test_nodata_value_has_no_effect_on_polygons(walk: Any) -> None:
    found = density_of(walk, crs=UTM, nodata_value=0.0)
    gpd.testing.assert_geodataframe_equal(found, density_of(walk, crs=UTM))


# Wrong parameters


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pixel_size": 0.0}, "pixel_size=0.0 must be a number of metres above 0"),
        ({"pixel_size": float("nan")}, "pixel_size=nan must be"),
        ({"band_count": 2}, "band_count=2 must be 1"),
        ({"max_speed_factor": 1.0}, r"max_speed_factor=1.0 must be above 1"),
        ({"expansion_factor": 0.9}, r"expansion_factor=0.9 must be at least 1"),
        ({"percentiles": []}, "percentiles is empty"),
        ({"percentiles": [0.0]}, "out of range"),
        ({"method": "kernel"}, "method='kernel' must be 'ecoscope' or 'wall2014'"),
        ({"crs": "EPSG:4326"}, r"crs='EPSG:4326' \(WGS 84\) is not projected, and areas need metres"),
        ({"crs": "EPSG:4978"}, "is not projected"),
        ({"crs": "EPSG:2263"}, "is in US survey foot, not in metres"),
        ({"crs": "Mali"}, "crs='Mali' is not a coordinate reference system that pyproj knows"),
    ],
)
def test_wrong_parameters_are_refused(options: dict[str, Any], message: str, walk: Any) -> None:
    with pytest.raises(ValueError, match=message):
        density_of(walk, **{"crs": UTM, **options})


def test_any_text_that_pyproj_reads_is_a_crs(walk: Any) -> None:
    crs = "+proj=laea +lat_0=0 +lon_0=37.5 +datum=WGS84 +units=m"
    found = density_of(walk, crs=crs)
    assert found.crs == crs
    assert len(found) == 6


# Trajectories that are not as they should be


def test_an_empty_trajectory_is_refused(walk: Any) -> None:
    with pytest.raises(ValueError, match="the trajectory has no segments"):
        density_of(walk.iloc[:0], crs=UTM)


def test_a_trajectory_without_crs_is_refused(walk: Any) -> None:
    with pytest.raises(ValueError, match="the trajectory has no CRS"):
        density_of(walk.set_crs(None, allow_override=True), crs=UTM)


def test_one_segment_is_refused(walk: Any) -> None:
    with pytest.raises(ValueError, match=r"1 speed\(s\) without any difference"):
        density_of(walk.iloc[:1], crs=UTM, pixel_size=10.0)


def test_equal_speeds_are_refused(walk: Any) -> None:
    with pytest.raises(ValueError, match=r"300 speed\(s\) without any difference"):
        density_of(walk.assign(speed_kmhr=2.0), crs=UTM)


def test_speeds_in_another_unit_are_refused(walk: Any) -> None:
    with pytest.raises(ValueError, match="check that speed_kmhr is in km/h"):
        density_of(walk.assign(speed_kmhr=walk["speed_kmhr"] / 1e6), crs=UTM)


def test_segments_that_cannot_be_used_are_left_out_and_counted_by_reason(walk: Any) -> None:
    expected = density_of(walk.iloc[10:], crs=UTM)
    broken = walk.copy()
    place = broken.columns.get_loc
    broken.iloc[0, place("geometry")] = None
    broken.iloc[1, place("geometry")] = shapely.LineString()
    broken.iloc[2, place("timespan_seconds")] = np.nan
    broken.iloc[3, place("timespan_seconds")] = 0.0
    broken.iloc[4, place("timespan_seconds")] = -60.0
    broken.iloc[5, place("speed_kmhr")] = np.nan
    broken.iloc[6, place("speed_kmhr")] = np.inf
    broken.iloc[7, place("speed_kmhr")] = -1.0
    broken.iloc[8, place("speed_kmhr")] = 1000.1
    broken.iloc[9, place("geometry")] = shapely.LineString([(37.5, 91.0), (37.5, 95.0)])
    with pytest.warns(UserWarning, match="segments are left out") as caught:
        found = density_of(broken, crs=UTM)
    assert str(caught[0].message) == (
        "10 of 300 segments are left out of the time density: 2 without geometry, "
        "1 outside the area of WGS 84 / UTM zone 37N, 3 whose timespan is not above 0, 3 without a speed, "
        "1 faster than 1000 km/h"
    )
    gpd.testing.assert_geodataframe_equal(found, expected)


def test_a_trajectory_without_a_usable_segment_is_refused(walk: Any) -> None:
    with pytest.raises(ValueError, match="so none remains: 300 whose timespan is not above 0; check"):
        density_of(walk.assign(timespan_seconds=0.0), crs=UTM)


def test_resting_segments_count_as_time_spent_but_not_as_speeds(walk: Any) -> None:
    place = shapely.LineString([walk.geometry.iloc[0].coords[0]] * 2)
    resting = walk.copy()
    resting.iloc[:100, resting.columns.get_loc("geometry")] = place
    resting.iloc[:100, resting.columns.get_loc("speed_kmhr")] = 0.0
    with pytest.warns(UserWarning, match="100 of 300 segments have speed 0: they count as time spent"):
        found = density_of(resting, crs=UTM)
    assert found.to_crs("EPSG:4326").geometry.iloc[-1].covers(place)
    assert found["area_sqkm"].iloc[-1] < density_of(walk, crs=UTM)["area_sqkm"].iloc[-1]


def test_a_grid_of_fewer_than_50_cells_gives_an_empty_result_and_a_warning(walk: Any) -> None:
    with pytest.warns(UserWarning, match="at least 50 cells are needed, so the result is empty"):
        found = density_of(walk, crs=UTM, pixel_size=10_000.0)
    TimeDensity.validate(found)
    assert len(found) == 0
    assert found.crs == UTM


def test_segments_between_the_cell_centres_are_counted(walk: Any) -> None:
    short = walk.iloc[:3].assign(timespan_seconds=1.0)
    short = short.set_geometry(
        shapely.linestrings(np.array([[[37.5, 0.1], [37.500001, 0.1]]] * 3)), crs="EPSG:4326"
    )
    with pytest.warns(
        UserWarning, match="3 of 303 segments are not in the time density: their ellipse holds no"
    ):
        density_of(pd.concat([walk, short]), crs=UTM, pixel_size=300.0)


def test_segments_too_long_for_their_time_in_the_plane_are_counted(walk: Any) -> None:
    # Web Mercator doubles distances at 60 degrees, so half of the largest speed is already too fast.
    north = walk.set_geometry(walk.geometry.translate(yoff=60.0), crs=walk.crs)
    with pytest.warns(UserWarning, match=r"\d+ of 300 segments are not in the time density: in the plane"):
        density_of(north, crs="EPSG:3857")


def test_a_grid_beyond_the_memory_budget_is_refused_before_it_is_made(
    walk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(
        ValueError, match=r"fit in memory; use pixel_size >= .* or remove fixes far from the rest"
    ):
        density_of(walk, crs=UTM, pixel_size=0.01)
    monkeypatch.setattr(etd, "MAX_GRID_CELLS", 100)
    with pytest.raises(ValueError, match="more than the 100 that fit"):
        density_of(walk, crs=UTM)
