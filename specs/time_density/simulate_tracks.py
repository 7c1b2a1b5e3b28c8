"""Simulate tracks of animals that never lived: data for the example workflow and example results of tasks.

Run ``python specs/time_density/simulate_tracks.py`` to write all files again; each run writes the same files.

The model is a biased correlated random walk (Codling, Plank & Benhamou 2008, J. R. Soc. Interface 5:813-834).
An animal keeps its heading, is drawn home the more the further away it is, and turns at random.
How far it goes in a step follows a Weibull distribution with a scale that is high in the morning and the
afternoon and low at night.
The collar takes a fix at regular intervals, some seconds late and some metres off.
It misses some and, a few times, falls silent for hours.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ecoscope_workflows.tasks import preprocessing, readme
from ecoscope_workflows.tasks.io import load_relocations
from ecoscope_workflows.tasks.track_filters import TrajectorySegmentFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOT = Path(__file__).parents[2]
TRACKS = Path("specs/time_density/resources/tracks.parquet")
TASKS = Path("src/ecoscope_workflows/tasks")

SEED = 20240201
START = np.datetime64("2024-02-01T00:00:00", "s")
# East Africa Time, for the rhythm of the day.
HOURS_AHEAD_OF_UTC = 3
SECONDS_PER_HOUR = 3600

# The walk. At full activity a step has the speed TYPICAL_SPEED_KMHR times a Weibull number of this shape.
TYPICAL_SPEED_KMHR = 0.9
STEP_SHAPE = 1.3
TURN_CONCENTRATION = 2.0
# The collar.
MISSED_SHARE = 0.03
GAPS = 3
GAP_HOURS = (8, 36)
MAX_DELAY_SECONDS = 40
GPS_ERROR_METERS = 6.0
# Six decimals of a degree are 11 cm: finer than any collar, and the same on every machine.
DECIMALS = 6

# Lengths of a degree near the equator on WGS 84, in metres; good to 0.1 % within a degree of it.
METERS_PER_DEGREE_LONGITUDE = 111_320.0
METERS_PER_DEGREE_LATITUDE = 110_575.0


@dataclass(frozen=True, slots=True)
class Animal:
    """One animal and its collar; it starts at the centre of its home range."""

    name: str
    sex: str
    longitude: float
    latitude: float
    home_radius_meters: float
    days: int
    hours_between_fixes: float


# Three animals on the Laikipia plateau, Kenya, whose ranges overlap.
HERD = (
    Animal("Jabali", "male", 36.90, 0.32, 9000.0, 60, 1.0),
    Animal("Tamu", "female", 36.97, 0.38, 5000.0, 60, 1.0),
    Animal("Upepo", "female", 36.85, 0.41, 6500.0, 60, 1.0),
)
# The one that the example result of an EarthRanger site holds.
SUBJECT = Animal("Nyota", "female", 37.05, 0.30, 6000.0, 24, 0.5)


def activity(local_hour: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return how active an animal is at an hour of the day: 1 at 08:00 and 16:30, 0.2 late at night."""
    peaks = ((8.0, 2.5), (16.5, 2.5))
    away = [np.abs((local_hour - hour + 12) % 24 - 12) / width for hour, width in peaks]
    return np.asarray(0.2 + 0.8 * sum(np.exp(-(distance**2)) for distance in away))


def walk(animal: Animal, rng: np.random.Generator) -> NDArray[np.complex128]:
    """Return where the animal is at each scheduled fix, in metres east (real) and north (imaginary) of home.

    A position is one complex number, so that turning is multiplying by a number of length 1.
    """
    count = round(animal.days * 24 / animal.hours_between_fixes)
    local_hour = (np.arange(count) * animal.hours_between_fixes + HOURS_AHEAD_OF_UTC) % 24
    full_step = TYPICAL_SPEED_KMHR * 1000 * animal.hours_between_fixes
    steps = full_step * activity(local_hour) * rng.weibull(STEP_SHAPE, count)
    turns = np.exp(1j * rng.vonmises(0.0, TURN_CONCENTRATION, count))
    heading: complex = np.exp(2j * np.pi * rng.random())
    place = 0j
    places = np.empty(count, dtype=complex)
    for number in range(count):
        places[number] = place
        pull = -place * abs(place) / animal.home_radius_meters**2
        heading = (heading + pull) / abs(heading + pull) * turns[number]
        place += steps[number] * heading
    return places


def taken(count: int, animal: Animal, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which of the scheduled fixes the collar delivers."""
    delivered = rng.random(count) >= MISSED_SHARE
    for start in rng.integers(0, count, GAPS):
        delivered[start : start + round(rng.integers(*GAP_HOURS) / animal.hours_between_fixes)] = False
    return delivered


def fixes(animal: Animal, number: int) -> gpd.GeoDataFrame:
    """Return the fixes of an animal in order of time: ``fixtime`` in UTC, ``geometry`` in EPSG:4326.

    Parameters
    ----------
    animal
        Whom to simulate.
    number
        With `SEED`, what the random numbers depend on: one number per animal.
    """
    rng = np.random.default_rng([SEED, number])
    places = walk(animal, rng)
    count = len(places)
    scheduled = np.arange(count) * animal.hours_between_fixes * SECONDS_PER_HOUR
    seconds = scheduled + rng.integers(0, MAX_DELAY_SECONDS, count)
    error = rng.normal(0.0, GPS_ERROR_METERS, (2, count))
    east = np.interp(seconds, scheduled, places.real) + error[0]
    north = np.interp(seconds, scheduled, places.imag) + error[1]
    scale = METERS_PER_DEGREE_LONGITUDE * np.cos(np.radians(animal.latitude))
    longitude = np.round(animal.longitude + east / scale, DECIMALS)
    latitude = np.round(animal.latitude + north / METERS_PER_DEGREE_LATITUDE, DECIMALS)
    delivered = taken(count, animal, rng)
    times = pd.DatetimeIndex(START + seconds.astype("timedelta64[s]"), tz="UTC").as_unit("ns")
    return gpd.GeoDataFrame(
        {"fixtime": times[delivered]},
        geometry=gpd.points_from_xy(longitude[delivered], latitude[delivered], crs="EPSG:4326"),
    )


def tracks() -> gpd.GeoDataFrame:
    """Return the tracks of the herd: ``groupby_col``, ``fixtime`` and ``geometry``, animal after animal."""
    parts = []
    for number, animal in enumerate(HERD):
        part = fixes(animal, number)
        part.insert(0, "groupby_col", animal.name)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def subject_observations() -> gpd.GeoDataFrame:
    """Return the fixes of one animal with the ids and columns that an EarthRanger site gives them."""
    track = fixes(SUBJECT, len(HERD))
    rng = np.random.default_rng([SEED, len(HERD), 1])
    subject, *observations = (str(uuid.UUID(bytes=rng.bytes(16), version=4)) for _ in range(len(track) + 1))
    columns: dict[str, Any] = {
        "groupby_col": subject,
        "fixtime": track["fixtime"].array,
        "junk_status": False,
        "geometry": track.geometry.array,
        "extra__subject__name": SUBJECT.name,
        "extra__subject__subject_subtype": "elephant",
        "extra__subject__sex": SUBJECT.sex,
    }
    return gpd.GeoDataFrame(columns, index=pd.Index(observations, name="id"), geometry="geometry")


def write(frame: gpd.GeoDataFrame, path: Path, *, index: bool) -> None:
    """Write a frame as GeoParquet, and say how large it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(path, index=index, compression="zstd", schema_version="1.1.0")
    print(f"{path}: {len(frame)} rows, {path.stat().st_size} bytes")


def write_all(root: Path) -> None:
    """Write the tracks of the herd and the example results of the tasks below `root`."""
    write(tracks(), root / TRACKS, index=False)
    observations: Any = subject_observations()
    relocations = preprocessing.process_relocations(
        observations,
        filter_point_coords=[[180.0, 90.0], [0.0, 0.0]],
        relocs_columns=["groupby_col", "fixtime", "junk_status", "geometry"],
    )
    bounds = {"max_length_meters": 10_000.0, "max_time_secs": 3600.0, "max_speed_kmhr": 120.0}
    trajectory = preprocessing.relocations_to_trajectory(relocations, TrajectorySegmentFilter(**bounds))
    readme_trajectory = readme.relocations_to_trajectory(
        relocations, min_length_meters=0.001, min_time_secs=1.0, min_speed_kmhr=0.0, **bounds
    )
    examples: dict[str, Any] = {
        "io/load-relocations": load_relocations(root / TRACKS),
        "preprocessing/process-relocations": relocations,
        "preprocessing/relocations-to-trajectory": trajectory,
        "readme/get-subjectgroup-observations": observations,
        "readme/relocations-to-trajectory": readme_trajectory,
    }
    for name, frame in examples.items():
        write(frame, root / TASKS / f"{name}.example-return.parquet", index=True)


if __name__ == "__main__":
    write_all(ROOT)
