"""What a simulated EarthRanger site holds: animals and their tracks, collars, and areas; none is real."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

Record = dict[str, Any]

START = datetime(2024, 3, 1, tzinfo=UTC)
NAIROBI = timezone(timedelta(hours=3))
FIX_EVERY = timedelta(minutes=30)


def identifier(text: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, text))


def simulated_subject(name: str, *, active: bool = True, **traits: object) -> Record:
    return {
        "content_type": "observations.subject",
        "id": identifier(f"subject {name}"),
        "name": name,
        "subject_type": "wildlife",
        "subject_subtype": "elephant",
        "common_name": None,
        "additional": traits,
        "created_at": "2023-01-16T11:02:47.625394+03:00",
        "is_active": active,
        "sex": traits.get("sex", "female"),
        "tracks_available": True,
    }


def simulated_track(name: str, fixes: int, rng: random.Random) -> list[Record]:
    """Return a random walk that keeps its direction for a while, one fix every half hour."""
    longitude, latitude, heading = 37.5 + rng.uniform(-1, 1), 0.6 + rng.uniform(-1, 1), 0.0
    track = []
    for number in range(fixes):
        heading += rng.gauss(0, 0.6)
        step = complex(0.004 * rng.random()) * complex(0, 1) ** heading
        longitude, latitude = longitude + step.real, latitude + step.imag
        # Sites answer in their own time zone.
        moment = (START + number * FIX_EVERY).astimezone(NAIROBI if number % 2 else UTC)
        track.append(
            {
                "id": identifier(f"observation {name} {number}"),
                "location": {"longitude": round(longitude, 7), "latitude": round(latitude, 7)},
                "created_at": (moment + timedelta(seconds=rng.randrange(3600))).isoformat(),
                "recorded_at": moment.isoformat(),
                "source": identifier(f"source {name}"),
                "exclusion_flags": 0,
            }
        )
    return track


def simulated_assignment(subject: Record) -> Record:
    """Return that a subject has worn its one source from before the first fix on, and still does."""
    return {
        "id": identifier(f"assignment {subject['name']}"),
        "assigned_range": {
            "lower": "2024-01-01T00:00:00+03:00",
            "upper": "9999-12-31T23:59:59+00:00",
            "bounds": "[)",
        },
        "source": identifier(f"source {subject['name']}"),
        "subject": subject["id"],
        "additional": {"collar": subject["name"]},
    }


def simulated_feature(name: str, west: float) -> Record:
    """Return an area as the site serialises one: a collection of one feature, with the id as ``pk``."""
    corners = [[west, -0.5], [west + 1, -0.5], [west + 1, 1.5], [west, 1.5], [west, -0.5]]
    properties: Record = {
        "created_at": "2024-01-30T09:50:04.109Z",
        "updated_at": "2024-01-30T09:50:04.109Z",
        "feature_type": identifier("a type of feature"),
        "name": name,
        "short_name": "",
        "external_id": None,
        "external_source": "",
        "description": "",
        "attributes": {},
        "provenance": {},
        "spatialfile": None,
        "pk": identifier(f"feature {name}"),
    }
    geometry = {"type": "Polygon", "coordinates": [corners]}
    return {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "EPSG:4326"}},
        "features": [{"type": "Feature", "properties": properties, "geometry": geometry}],
    }
