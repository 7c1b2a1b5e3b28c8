"""From a file to a trajectory with real tracks: buffalo with duplicated fixes and outliers, and elephants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pyproj import Geod

from ecoscope_workflows.tasks.io import load_relocations
from ecoscope_workflows.tasks.preprocessing import process_relocations
from ecoscope_workflows.tasks.readme import relocations_to_trajectory
from ecoscope_workflows.tasks.schemas import Observations, Relocations, Trajectory

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ["groupby_col", "fixtime", "junk_status", "geometry"]
BOUNDS = {
    "min_length_meters": 0.0,
    "max_length_meters": 1e7,
    "max_time_secs": 1e9,
    "min_time_secs": 0.0,
    "max_speed_kmhr": 1e9,
    "min_speed_kmhr": 0.0,
}


def relocations_of(path: Path) -> Any:
    observations: Any = load_relocations(path, id_column="subject_name")
    Observations.validate(observations)
    relocations: Any = process_relocations(observations, [[180.0, 90.0], [0.0, 0.0]], COLUMNS)
    Relocations.validate(relocations)
    return relocations


def test_buffalo_with_duplicated_fixes(reference_data: Path) -> None:
    relocations = relocations_of(reference_data / "tracks" / "buffalo_kruger.parquet")
    assert len(relocations) == 28410
    duplicated = int(relocations.duplicated(["groupby_col", "fixtime"]).sum())
    assert duplicated > 3000
    message = f"^{duplicated} of 28410 fixes repeat the animal and time of an earlier one and were left out"
    with pytest.warns(UserWarning, match=message):
        trajectory: Any = relocations_to_trajectory(relocations, **BOUNDS)
    Trajectory.validate(trajectory)
    # Nothing is filtered: each animal has one segment less than it has times.
    assert len(trajectory) == 28410 - duplicated - 6
    assert (trajectory["timespan_seconds"] > 0).all()
    assert 60 < trajectory["speed_kmhr"].max() < 70


def test_elephants_fix_by_fix(reference_data: Path) -> None:
    relocations = relocations_of(reference_data / "tracks" / "elephants_wall2014.parquet")
    relocations = relocations.drop_duplicates(["groupby_col", "fixtime"])
    trajectory: Any = relocations_to_trajectory(relocations, **BOUNDS)
    geod = Geod(ellps="WGS84")
    track = relocations[relocations["groupby_col"] == "Habiba"].sort_values("fixtime")
    segments = trajectory[trajectory["groupby_col"] == "Habiba"]
    assert len(segments) == len(track) - 1
    for number, (start, end) in enumerate(zip(track.geometry[:-1], track.geometry[1:], strict=True)):
        azimuth, _, meters = geod.inv(start.x, start.y, end.x, end.y)
        segment = segments.iloc[number]
        assert segment["dist_meters"] == pytest.approx(meters, abs=1e-9)
        assert segment["heading"] == pytest.approx(azimuth % 360, abs=1e-9)
    spans = track["fixtime"].diff().dt.total_seconds().to_numpy()[1:]
    assert segments["timespan_seconds"].to_numpy() == pytest.approx(spans)
    assert list(segments.index) == list(track.index[:-1])
