"""The published chains, compiled and run: every intermediate is the published one, in both targets."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.conftest import Project

PARAMS: dict[str, Any] = {
    "process_relocations": {
        "filter_point_coords": [[180, 90], [0, 0]],
        "relocs_columns": ["groupby_col", "fixtime", "junk_status", "geometry"],
    },
    "relocations_to_trajectory": {
        "min_length_meters": 0.001,
        "max_length_meters": 10000,
        "min_time_secs": 1,
        "max_time_secs": 3600,
        "min_speed_kmhr": 0.0,
        "max_speed_kmhr": 120,
    },
    "calculate_time_density": {
        "pixel_size": 250,
        "crs": "ESRI:102022",
        "percentiles": [50, 60, 70, 80, 90, 95],
    },
    "draw_ecomap": {
        "title": "Where the elephants spend their time",
        "static": False,
        "width": 0,
        "height": 0,
        "search_control": False,
        "title_kws": {},
        "tile_layers": [],
        "north_arrow_kws": {},
        "add_gdf_kws": {},
    },
}
TRACK = """\
name: track
tasks:
  get_subjectgroup_observations: {}
  process_relocations: {observations: get_subjectgroup_observations}
  relocations_to_trajectory: {relocations: process_relocations}
"""
# The published files were made with another version of PROJ, whose last digit of a distance differs.
METRES = 1e-8


def published(reference_data: Path, name: str) -> Path:
    return reference_data / f"{name}.example-return.parquet"


def assert_as_published(path: Path, expected: Path, without: tuple[str, ...] = ()) -> None:
    """See that a frame is the published one: columns, types, index, values and geometries."""
    found = gpd.read_parquet(path)
    wanted = gpd.read_parquet(expected).drop(columns=list(without))
    if "segment_start" in found:
        # The published order of segments that start at the same time is that of an unstable sort.
        assert list(found["segment_start"]) == list(wanted["segment_start"])
        assert found.index.is_unique
        assert set(found.index) == set(wanted.index)
        wanted = wanted.loc[found.index]
    assert list(found.columns) == list(wanted.columns)
    assert found.crs == wanted.crs
    for name in found.columns:
        assert kind(found[name]) == kind(wanted[name]), name
    same = found.geometry.normalize().geom_equals_exact(wanted.geometry.normalize(), tolerance=0)
    # Cells may be joined to polygons in another way; the area they cover is the same to the last cell.
    apart = shapely.symmetric_difference(found.geometry[~same].array, wanted.geometry[~same].array)
    assert shapely.area(apart).sum() == 0
    assert set(found.geometry[~same].geom_type) <= {"Polygon", "MultiPolygon"}
    if "heading" in found:
        # A direction is as exact as the place it leads to.
        aside = np.radians(found["heading"] - wanted["heading"]).abs() * found["dist_meters"]
        assert aside.max() < METRES
    others = [name for name in found.columns if name not in {"geometry", "heading"}]
    pd.testing.assert_frame_equal(
        pd.DataFrame(found[others]), pd.DataFrame(wanted[others]), check_dtype=False, rtol=0, atol=METRES
    )


def kind(column: Any) -> str:
    """Return the type of a column, but for the resolution of its times and how its text is kept."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return f"times in {column.dtype.tz}"
    return "text" if pd.api.types.is_string_dtype(column) else str(column.dtype)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def mocking(name: str, path: Path) -> tuple[str, ...]:
    return ("--testing", "--mock-tasks", f"{name}={path}")


@pytest.fixture(scope="module")
def readme_example(new_project: Callable[[], Project], reference_data: Path) -> Project:
    """Return the README's example, run with Snakemake and as a script from another folder."""
    project = new_project()
    spec = (reference_data / "specs" / "seed_2024-05" / "time-density.yaml").read_text()
    project.write_spec(spec.replace("gcs://my-bucket/ecoscope/cache/dag-runs", "results"))
    assert "cache_root: results\n" in (project.folder / "spec.yaml").read_text()
    observations = published(reference_data, "seed_2024-05/get-subjectgroup-observations")
    mocks = mocking("get_subjectgroup_observations", observations)
    project.compiled(*mocks)
    params = project.write_params(PARAMS)
    project.finish()
    script = project.compile_script(*mocks)
    elsewhere = project.folder / "elsewhere"
    elsewhere.mkdir()
    results = project.folder / "from_script"
    command = (sys.executable, script, "--config", params, "--results", results)
    run = project.call(*command, folder=elsewhere)
    assert run.code == 0, run.output
    assert not list(elsewhere.iterdir())
    return project


@pytest.mark.slow
@pytest.mark.parametrize(
    ("instance", "rows"),
    [
        ("get_subjectgroup_observations", 1500),
        ("process_relocations", 1500),
        ("relocations_to_trajectory", 1499),
        ("calculate_time_density", 6),
    ],
)
def test_the_readme_example_gives_the_published_frames(
    readme_example: Project, reference_data: Path, instance: str, rows: int
) -> None:
    path = readme_example.results / f"{instance}.parquet"
    assert len(gpd.read_parquet(path)) == rows
    assert_as_published(path, published(reference_data, f"seed_2024-05/{instance.replace('_', '-')}"))


@pytest.mark.slow
def test_the_readme_example_gives_the_published_areas(readme_example: Project) -> None:
    density = gpd.read_parquet(readme_example.results / "calculate_time_density.parquet")
    assert list(density["percentile"]) == [95, 90, 80, 70, 60, 50]
    assert list(density["area_sqkm"]) == [17.75, 13.4375, 8.875, 6.25, 4.4375, 3.125]


@pytest.mark.slow
def test_the_readme_example_ends_in_a_page_that_loads_nothing(readme_example: Project) -> None:
    page = (readme_example.results / "draw_ecomap.html").read_text(encoding="utf-8")
    assert "Where the elephants spend their time" in page
    assert 'src="http' not in page
    assert '<link rel="stylesheet" href="http' not in page


@pytest.mark.slow
def test_script_and_snakemake_write_the_same_bytes(readme_example: Project) -> None:
    by_snakemake = bytes_of(readme_example.results)
    by_script = bytes_of(readme_example.folder / "from_script")
    assert by_snakemake.keys() == by_script.keys()
    assert {name for name in by_script if by_script[name] != by_snakemake[name]} == set()


@pytest.mark.slow
def test_the_track_of_2026_is_the_published_one(project: Project, reference_data: Path) -> None:
    project.write_spec(TRACK)
    observations = published(reference_data, "ecoscope2026/io/get-subjectgroup-observations")
    project.compiled(*mocking("get_subjectgroup_observations", observations))
    bounds = {"max_time_secs": 21600, "min_speed_kmhr": 0.01, "max_speed_kmhr": 10}
    project.write_params(
        {
            "process_relocations": PARAMS["process_relocations"],
            "relocations_to_trajectory": {**PARAMS["relocations_to_trajectory"], **bounds},
        }
    )
    project.finish()
    relocations = project.results / "process_relocations.parquet"
    trajectory = project.results / "relocations_to_trajectory.parquet"
    folder = "ecoscope2026/preprocessing"
    assert len(gpd.read_parquet(relocations)) == 8928
    assert_as_published(relocations, published(reference_data, f"{folder}/process-relocations"))
    assert len(gpd.read_parquet(trajectory)) == 7186
    # Net squared displacement came to the published task after the README that this one is of.
    expected = published(reference_data, f"{folder}/relocations-to-trajectory")
    assert_as_published(trajectory, expected, without=("nsd",))


@pytest.mark.slow
def test_the_tracks_of_october_2024_are_the_published_ones(project: Project, reference_data: Path) -> None:
    project.write_spec(TRACK)
    relocations = published(reference_data, "oct2024/process-relocations")
    assert len(gpd.read_parquet(relocations)) == 44086
    observations = published(reference_data, "seed_2024-05/get-subjectgroup-observations")
    mocks = (f"process_relocations={relocations}", f"get_subjectgroup_observations={observations}")
    bounds = {"max_time_secs": 21600, "max_speed_kmhr": 10}
    params = {"relocations_to_trajectory": {**PARAMS["relocations_to_trajectory"], **bounds}}
    project.compiled("--testing", "--mock-tasks", *mocks)
    project.write_params(params)
    project.finish()
    trajectory = project.results / "relocations_to_trajectory.parquet"
    assert len(gpd.read_parquet(trajectory)) == 41532
    assert_as_published(trajectory, published(reference_data, "oct2024/relocations-to-trajectory"))
