from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from geopandas import GeoDataFrame
from geopandas.testing import assert_geodataframe_equal
from pydantic import TypeAdapter, ValidationError

from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.graph.forms import property_schema
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks import analysis, config
from ecoscope_workflows.tasks.densities import (
    AutoScaleGridCellSize,
    CustomGridCellSize,
    DensityGridOptions,
    EtdArgsWithOpacity,
    LtdArgsWithOpacity,
)

if TYPE_CHECKING:
    from pathlib import Path

CHEAP = [
    "set_etd_args_with_opacity",
    "set_ltd_args_with_opacity",
    "set_density_grid_options",
    "get_opacity_from_combined_params",
]
WITH_FRAMES = [
    "call_etd_from_combined_params",
    "call_meshgrid_from_combined_params",
    "call_ltd_from_combined_params",
]
MEASURING = [
    "calculate_elliptical_time_density",
    "calculate_linear_time_density",
    "calculate_feature_density",
    "create_meshgrid",
]
ANY_ARGS: TypeAdapter[Any] = TypeAdapter(EtdArgsWithOpacity | LtdArgsWithOpacity | DensityGridOptions)


def task_named(name: str) -> Any:
    return getattr(config, name, None) or getattr(analysis, name)


def tracks() -> Any:
    lines = [shapely.LineString([(37.0, x), (37.0 + x, 0.01)]) for x in (0.02, 0.03, 0.05, 0.07)]
    frame = GeoDataFrame({"timespan_seconds": [3600.0] * 4}, geometry=lines, crs="EPSG:4326")
    return frame.assign(speed_kmhr=frame.to_crs("EPSG:32637").length / 1000)


@pytest.mark.parametrize("name", CHEAP + WITH_FRAMES + MEASURING)
def test_the_parameters_are_as_published(name: str, reference_data: Path) -> None:
    published = json.loads((reference_data / "published-specs/task-signatures.json").read_text())
    info = task_info(task_named(name), "tasks", name)
    fields = published.get(name, {"unbound": {}})["unbound"]
    found = {
        field: property_schema(info.parameters[field], info.parameters[field].adapter.json_schema())
        for field in fields
    }
    for schema in found.values():
        schema.pop("$defs", None)
    assert found == fields


@pytest.mark.parametrize("name", CHEAP + WITH_FRAMES + MEASURING)
def test_frames_are_hidden_and_only_tasks_without_frames_are_cheap(name: str) -> None:
    info = task_info(task_named(name), "tasks", name)
    metadata = task_metadata(task_named(name))
    assert metadata is not None
    assert metadata.cheap is (name in CHEAP)
    hidden = {parameter.name for parameter in info.parameters.values() if parameter.hidden}
    assert hidden == {parameter.name for parameter in info.parameters.values() if parameter.frame}
    assert bool(hidden) is (name not in CHEAP)


def test_the_modules_load_nothing_heavy() -> None:
    program = (
        "import sys, ecoscope_workflows.tasks.config._density_args, ecoscope_workflows.tasks.analysis;"
        "print([m for m in ('numpy','pandas','geopandas','shapely','pyproj') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_each_set_of_arguments_survives_being_stored() -> None:
    custom = CustomGridCellSize(grid_cell_size=250)
    sets: list[Any] = [
        config.set_etd_args_with_opacity(0.7, custom, percentiles=["95", "50"], nodata_value=float("nan")),
        config.set_ltd_args_with_opacity(percentiles=["100"]),
        config.set_density_grid_options(0.4, custom, intersecting_only=True),
        config.set_density_grid_options(auto_scale_or_custom_cell_size=None),
    ]
    for stored in sets:
        assert ANY_ARGS.validate_json(ANY_ARGS.dump_json(stored)) == stored
    opacities = [config.get_opacity_from_combined_params(stored) for stored in sets]
    assert opacities == [0.7, 1, 0.4, 0.7]


def test_percentiles_become_ascending_numbers() -> None:
    assert config.set_etd_args_with_opacity().percentiles == [50.0, 60.0, 70.0, 80.0, 90.0, 99.999]
    assert config.set_ltd_args_with_opacity(percentiles=None).percentiles == [50, 60, 70, 80, 90, 100]
    shuffled = config.set_ltd_args_with_opacity(percentiles=["100", "60", "50", "60"])
    assert shuffled.percentiles == [50.0, 60.0, 100.0]
    with pytest.raises(ValueError, match="percentiles is empty"):
        config.set_etd_args_with_opacity(percentiles=[])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"auto_scale_or_custom": "Auto-scale"}, AutoScaleGridCellSize()),
        ({"auto_scale_or_custom": "Customize"}, CustomGridCellSize(grid_cell_size=5000)),
        (
            {"auto_scale_or_custom": "Customize", "grid_cell_size": 0.2},
            CustomGridCellSize(grid_cell_size=0.2),
        ),
        (None, None),
    ],
)
def test_a_cell_size_is_read_from_params(value: Any, expected: Any) -> None:
    parameters = task_info(config.set_etd_args_with_opacity, "tasks", "set_etd_args_with_opacity").parameters
    assert parameters["auto_scale_or_custom_cell_size"].adapter.validate_python(value) == expected
    assert parameters["percentiles"].adapter.validate_python(["99.999", "50"]) == [99.999, 50.0]


@pytest.mark.parametrize("size", [0, 10_000, -1, float("nan")])
def test_a_cell_size_out_of_range_is_refused(size: float) -> None:
    with pytest.raises(ValidationError):
        CustomGridCellSize(grid_cell_size=size)


def test_the_calls_pass_every_argument_on() -> None:
    trajectory = tracks()
    size = CustomGridCellSize(grid_cell_size=300)
    etd = config.set_etd_args_with_opacity(1, size, "EPSG:32637", "nan", 1, 1.2, 1.4, ["50", "80"])
    assert_geodataframe_equal(
        config.call_etd_from_combined_params(trajectory, etd),
        analysis.calculate_elliptical_time_density(
            trajectory,
            size,
            crs="EPSG:32637",
            max_speed_factor=1.2,
            expansion_factor=1.4,
            percentiles=[50.0, 80.0],
        ),
    )
    ltd = config.set_ltd_args_with_opacity(1, size, "EPSG:32637", True, ["60"])
    grid = config.call_meshgrid_from_combined_params(trajectory, ltd)
    expected = analysis.create_meshgrid(trajectory, size, "EPSG:32637", intersecting_only=True)
    assert_geodataframe_equal(grid, expected)
    options = config.set_density_grid_options(0.4, size, "EPSG:32637", True)
    assert_geodataframe_equal(config.call_meshgrid_from_combined_params(trajectory, options), expected)
    assert_geodataframe_equal(
        config.call_ltd_from_combined_params(trajectory, grid, ltd),
        analysis.calculate_linear_time_density(trajectory, grid, percentiles=[60.0]),
    )
