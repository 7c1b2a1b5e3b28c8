"""Simulate what an EarthRanger site holds: example results of the tasks that read from one.

Run ``python -m specs.time_density.simulate_site`` to write all files again; each run writes the same files.

Two animals walk as `simulate_tracks` says, and three areas side by side cover all of both tracks.
Three further ones cover the patrols and events that `tests.example_activity` simulates further south.
Their group has the name that the published test cases ask for, so that these run on what is packaged.
The records pass through the code that reads a site's answers, so that the columns are those of a real one.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specs.time_density.simulate_tracks import Animal, fixes, write

from ecoscope_workflows.tasks.io._earthranger_frame import observations_frame
from ecoscope_workflows.tasks.io._earthranger_regions import regions_frame
from ecoscope_workflows.tasks.io._observation_details import with_traits

if TYPE_CHECKING:
    import geopandas as gpd

ROOT = Path(__file__).parents[2]
FOLDER = Path("src/ecoscope_workflows/tasks/io")
# The first numbers after those of the animals in `simulate_tracks`.
FIRST_NUMBER = 10

ANIMALS = (
    Animal("Baraka", "male", 36.88, 0.33, 7000.0, 10, 0.5),
    Animal("Zuri", "female", 36.96, 0.37, 5000.0, 10, 0.5),
)
# West, south, east and north bounds of the areas in degrees.
AREAS = {
    "West": (36.70, 0.10, 36.8755, 0.60),
    "Central": (36.8755, 0.10, 36.9505, 0.60),
    "East": (36.9505, 0.10, 37.15, 0.60),
    "Plains": (37.40, -3.10, 38.60, -1.90),
    "Hills": (38.60, -3.10, 39.20, -1.90),
    "Coast": (39.20, -3.10, 40.00, -1.90),
}
GROUP = "SpatialGrouperTest"


def identifier(text: str) -> str:
    """Return an id that depends on a text alone."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"ecoscope-workflows example {text}"))


def subject(animal: Animal) -> dict[str, Any]:
    """Return an animal as a site describes it."""
    return {
        "content_type": "observations.subject",
        "id": identifier(animal.name),
        "name": animal.name,
        "subject_type": "wildlife",
        "subject_subtype": "elephant",
        "common_name": None,
        "created_at": "2024-01-15T09:00:00+03:00",
        "is_active": True,
        "sex": animal.sex,
        "tracks_available": True,
    }


def records(animal: Animal, number: int) -> list[dict[str, Any]]:
    """Return the fixes of an animal as a site lists them."""
    track = fixes(animal, number)
    return [
        {
            "id": identifier(f"{animal.name} {row}"),
            "location": {"longitude": point.x, "latitude": point.y},
            "created_at": moment.isoformat(),
            "recorded_at": moment.isoformat(),
            "source": identifier(f"collar of {animal.name}"),
            "exclusion_flags": 0,
        }
        for row, (moment, point) in enumerate(zip(track["fixtime"], track.geometry, strict=True))
    ]


def observations() -> gpd.GeoDataFrame:
    """Return the fixes of the animals as `get_subjectgroup_observations` does."""
    tracks = [records(animal, FIRST_NUMBER + number) for number, animal in enumerate(ANIMALS)]
    return with_traits(observations_frame([subject(animal) for animal in ANIMALS], tracks))


def regions() -> gpd.GeoDataFrame:
    """Return the areas as `get_spatial_features_group` does."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "pk": identifier(name),
                "name": name,
                "short_name": name[:2],
                "feature_type": identifier("conservancy"),
            },
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
            },
        }
        for name, (west, south, east, north) in AREAS.items()
    ]
    return regions_frame({"id": identifier(GROUP), "name": GROUP, "features": features})


def write_all(root: Path) -> None:
    """Write the example results below `root`."""
    examples = {
        "get-subjectgroup-observations": observations(),
        "get-spatial-features-group": regions(),
    }
    for name, frame in examples.items():
        write(frame, root / FOLDER / f"{name}.example-return.parquet", index=True)


if __name__ == "__main__":
    write_all(ROOT)
