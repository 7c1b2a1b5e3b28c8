from __future__ import annotations

import inspect
import io
import json
import subprocess
import sys
from importlib import resources
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pydantic
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.decorators import task_metadata
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
    assert found.symmetric_difference(expected).area.tolist() == [0.0] * 6


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
    assert found["area_sqkm"].tolist() == pytest.approx(areas, rel=3e-4)


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
    assert_geodataframe_equal(walk, before)
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
    assert_geodataframe_equal(found, density_of(walk, crs=UTM))


def test_the_example_result_is_that_of_the_example_trajectory() -> None:
    tasks = resources.files("ecoscope_workflows.tasks")
    trajectory, example = (
        gpd.read_parquet(io.BytesIO((tasks / f"{name}.example-return.parquet").read_bytes()))
        for name in ("readme/relocations-to-trajectory", "analysis/calculate-time-density")
    )
    # Its fastest segment is longer in the plane of the default crs than on the ground.
    with pytest.warns(UserWarning, match="1 of 1001 segments are not in the time density: in the plane"):
        found = density_of(trajectory)
    assert_geodataframe_equal(found, example)
