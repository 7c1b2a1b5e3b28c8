"""The example results of a site: written again they are the same, and they fit one another."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from geopandas.testing import assert_geodataframe_equal

from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.tasks.schemas import Regions, SubjectGroupObservations

ROOT = Path(__file__).parents[2]
NAMES = {
    "get-subjectgroup-observations": SubjectGroupObservations,
    "get-spatial-features-group": Regions,
}


FOLDER = ROOT / "src/ecoscope_workflows/tasks/io"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the script, which runs from the root of the project."""
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("specs.time_density.simulate_site")


def stored(name: str, folder: Path = FOLDER) -> gpd.GeoDataFrame:
    return gpd.read_parquet(folder / f"{name}.example-return.parquet")


def test_writing_again_writes_the_same(script: Any, tmp_path: Path) -> None:
    script.write_all(tmp_path)

    for name in NAMES:
        assert_geodataframe_equal(stored(name, tmp_path / script.FOLDER), stored(name))
        assert (FOLDER / f"{name}.example-return.parquet").stat().st_size < 100_000


@pytest.mark.parametrize("name", list(NAMES))
def test_an_example_has_the_schema_of_its_task(name: str) -> None:
    assert FrameContract(NAMES[name], geo=True).faults(stored(name))[1] == ()


def test_two_animals_are_followed_for_ten_days() -> None:
    observations = stored("get-subjectgroup-observations")

    by_animal = observations.groupby("extra__subject__name")["fixtime"]
    assert set(by_animal.groups) == {"Baraka", "Zuri"}
    assert by_animal.count().min() > 350
    assert (by_animal.max() - by_animal.min()).dt.days.tolist() == [9, 9]
    assert observations.index.is_unique


def test_the_areas_cover_all_example_data_and_each_has_some() -> None:
    areas = stored("get-spatial-features-group")
    for name, expected in {
        "get-subjectgroup-observations": {"West", "Central", "East"},
        "get-patrol-observations": {"Plains", "Hills"},
        "get-events": {"Plains", "Hills", "Coast"},
    }.items():
        points = stored(name)[["geometry"]].dropna()  # some events have no position
        inside = gpd.sjoin(points.to_crs(areas.crs), areas[["name", "geometry"]], predicate="within")

        # Each point lies in one area: they do not overlap.
        assert len(inside) == len(points), name
        assert inside["name"].value_counts().min() > 10, name
        assert set(inside["name"]) == expected, name


def test_the_group_has_the_name_that_published_test_cases_ask_for() -> None:
    areas = stored("get-spatial-features-group")

    assert {one["display_name"] for one in areas["metadata"]} == {"SpatialGrouperTest"}
