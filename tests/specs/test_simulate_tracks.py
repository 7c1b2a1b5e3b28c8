"""The simulated tracks: the same each time, plausible for an elephant, and equal to the committed files."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from ecoscope_workflows.tasks.io import load_relocations
from ecoscope_workflows.tasks.readme import relocations_to_trajectory
from ecoscope_workflows.tasks.schemas import (
    DisplacedTrajectory,
    Observations,
    Relocations,
    SubjectGroupObservations,
    UTCTrajectory,
)

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "specs" / "time_density" / "simulate_tracks.py"


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location("simulate_tracks", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # A dataclass looks up its module by name.
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        del sys.modules[spec.name]


@pytest.fixture(scope="module")
def trajectory(script: Any) -> Any:
    observations: Any = load_relocations(ROOT / script.TRACKS)
    return relocations_to_trajectory(
        observations,
        min_length_meters=0.0,
        max_length_meters=1e6,
        max_time_secs=1e6,
        min_time_secs=0.0,
        max_speed_kmhr=1e3,
        min_speed_kmhr=0.0,
    )


def assert_same_content(found: Any, committed: Any) -> None:
    assert list(found.columns) == list(committed.columns)
    assert list(found.index) == list(committed.index)
    assert found.crs == committed.crs
    for column in found.columns:
        if column == "geometry":
            # A machine may round the last of six decimals the other way.
            away = shapely.get_coordinates(found[column]) - shapely.get_coordinates(committed[column])
            assert np.abs(away).max() < 2e-6
        elif found[column].dtype == np.float64:
            # 2e-6 degrees are 0.2 m, and headings of short segments turn by a lot then.
            assert np.abs(found[column] - committed[column]).median() < 1e-6, column
        else:
            assert (found[column] == committed[column]).all(), column


def test_two_runs_write_the_same_bytes(
    script: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for run in ("one", "two"):
        script.write_all(tmp_path / run)
    one = {path.relative_to(tmp_path / "one"): path for path in (tmp_path / "one").rglob("*.parquet")}
    assert len(one) == 6
    for name, path in one.items():
        assert path.read_bytes() == (tmp_path / "two" / name).read_bytes()
        assert_same_content(gpd.read_parquet(path), gpd.read_parquet(ROOT / name))
    assert capsys.readouterr().out.count(" rows, ") == 12


def test_the_committed_tracks_are_small_and_of_three_animals(script: Any) -> None:
    path = ROOT / script.TRACKS
    assert path.stat().st_size < 150_000
    tracks = gpd.read_parquet(path)
    assert list(tracks.columns) == ["groupby_col", "fixtime", "geometry"]
    assert sorted(set(tracks["groupby_col"])) == ["Jabali", "Tamu", "Upepo"]
    assert str(tracks["fixtime"].dt.tz) == "UTC"
    for _, track in tracks.groupby("groupby_col"):
        assert 1200 < len(track) < 60 * 24
        assert track["fixtime"].is_monotonic_increasing
        assert pd.Timedelta(58, "D") < track["fixtime"].max() - track["fixtime"].min() < pd.Timedelta(60, "D")


def test_intervals_are_about_an_hour_with_missed_fixes_and_gaps(trajectory: Any) -> None:
    hours = trajectory["timespan_seconds"] / 3600
    assert hours.median() == pytest.approx(1, abs=0.01)
    for _, own in hours.groupby(trajectory["groupby_col"]):
        assert 0.9 < (own < 1.1).mean() < 0.99
        assert 1 <= (own > 8).sum() <= 3
        assert own.max() < 80


def test_speeds_are_those_of_elephants(trajectory: Any) -> None:
    for _, own in trajectory.groupby("groupby_col")["speed_kmhr"]:
        assert 0.2 < own.mean() < 1.0
        assert 2 < own.max() < 8


def test_days_are_busier_than_nights(trajectory: Any) -> None:
    hour = trajectory["segment_start"].dt.tz_convert("Africa/Nairobi").dt.hour
    by_day = (hour >= 6) & (hour < 18)
    for _, own in trajectory.groupby("groupby_col"):
        speed = own["speed_kmhr"]
        assert speed[by_day].mean() > 1.5 * speed[~by_day].mean()
        assert speed[hour.isin([7, 8])].mean() > 2.5 * speed[hour.isin([0, 1, 2])].mean()


def test_animals_stay_in_their_home_ranges(script: Any) -> None:
    tracks = gpd.read_parquet(ROOT / script.TRACKS).to_crs("EPSG:32637")
    homes = gpd.points_from_xy(
        *zip(*((own.longitude, own.latitude) for own in script.HERD), strict=True), crs=4326
    )
    for animal, home in zip(script.HERD, homes.to_crs("EPSG:32637"), strict=True):
        away = tracks.geometry[tracks["groupby_col"] == animal.name].distance(home)
        assert away.max() < 2 * animal.home_radius_meters
        assert away.quantile(0.9) > 0.3 * animal.home_radius_meters


@pytest.mark.parametrize(
    ("name", "schema", "least"),
    [
        ("io/load-relocations", Observations, 4000),
        ("preprocessing/process-relocations", Relocations, 950),
        ("preprocessing/relocations-to-trajectory", DisplacedTrajectory, 900),
        ("readme/get-subjectgroup-observations", SubjectGroupObservations, 950),
        ("readme/relocations-to-trajectory", UTCTrajectory, 900),
    ],
)
def test_example_results_satisfy_the_schemas(script: Any, name: str, schema: Any, least: int) -> None:
    example = gpd.read_parquet(ROOT / script.TASKS / f"{name}.example-return.parquet")
    schema.validate(example)
    assert len(example) >= least
    assert example.index.name == "id"


def test_the_example_observations_look_like_those_of_a_site(script: Any) -> None:
    path = ROOT / script.TASKS / "readme" / "get-subjectgroup-observations.example-return.parquet"
    example = gpd.read_parquet(path)
    assert len(set(example["groupby_col"])) == 1
    assert example.index.is_unique
    for column in ("name", "subject_subtype", "sex"):
        assert len(set(example[f"extra__subject__{column}"])) == 1
