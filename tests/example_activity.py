"""Makes the example results of the tasks on events and patrols, from people and places that do not exist.

Run it with ``python -m tests.example_activity``; the same data come out each time.
The types, names and regions are those of published examples, so that published specs run on them.
"""

from __future__ import annotations

import json
import math
import uuid
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from ecoscope_workflows.tasks.io import _event_frames, _patrol_frames

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "src" / "ecoscope_workflows" / "tasks" / "io"
SEED = 2015
SITE_ZONE = timezone(timedelta(hours=3))
# Value -> what it is called, and its category.
EVENT_TYPES = {
    "bird_sighting_rep": ("Bird Sighting", "testing"),
    "fire_rep": ("Fire", "monitoring"),
    "hwc_rep": ("Human Wildlife Contact", "monitoring"),
    "injured_animal_rep": ("Injured Animal", "monitoring"),
    "poacher_camp_rep": ("Poachers Camp", "security"),
    "wildlife_sighting_rep": ("Wildlife Sighting", "monitoring"),
}
COLUMNS = (
    "id",
    "time",
    "event_type",
    "event_category",
    "reported_by",
    "serial_number",
    "geometry",
)
EVENTS = 120
LEADERS = ("eco_1", "eco_2")
FIRST_SERIAL = 23456
LEGS = (datetime(2015, 1, 10, 4, tzinfo=UTC), datetime(2015, 2, 12, 5, tzinfo=UTC))
LEGS_PER_MONTH = 3
FIXES_PER_LEG = 25
FIX_EVERY = timedelta(minutes=15)
# Degrees per fix: about 3 km/h.
STEP = 0.007
EVENTS_PER_LEG = 4

Record = dict[str, Any]


def identifier(text: str) -> str:
    """Return an id that is the same each time."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"ecoscope-workflows example {text}"))


def local(moment: datetime) -> str:
    """Return a time as a site writes it, in its own zone."""
    return moment.astimezone(SITE_ZONE).isoformat()


def feature(position: tuple[float, float] | None, moment: datetime) -> Record:
    """Return where and when an event was."""
    geometry = None if position is None else {"type": "Point", "coordinates": list(position)}
    return {"type": "Feature", "geometry": geometry, "properties": {"datetime": local(moment)}}


def leader(name: str) -> Record:
    """Return who leads a patrol, or reports an event."""
    return {"id": identifier(name), "name": name, "content_type": "observations.subject"}


def event_types() -> list[Record]:
    """Return the types of events."""
    return [
        {"value": value, "display": display, "category": {"value": category, "display": category.title()}}
        for value, (display, category) in EVENT_TYPES.items()
    ]


def events() -> list[Record]:
    """Return the events of a year; every 40th is nowhere."""
    rng = np.random.default_rng([SEED, 1])
    start, year = datetime(2015, 1, 2, tzinfo=UTC), timedelta(days=363)
    found = []
    for number, share in enumerate(sorted(rng.random(EVENTS))):
        moment = start + timedelta(minutes=round(share * year / timedelta(minutes=1)))
        kind = list(EVENT_TYPES)[number % len(EVENT_TYPES)]
        position = (round(float(rng.uniform(37.55, 39.8)), 6), round(float(rng.uniform(-2.95, -2.05)), 6))
        found.append(
            {
                "id": identifier(f"event {number}"),
                "time": local(moment),
                "event_type": kind,
                "event_category": EVENT_TYPES[kind][1],
                "reported_by": leader(LEADERS[0]),
                "serial_number": 110 + number,
                "geojson": feature(None if number % 40 == 20 else position, moment),
            }
        )
    return found


def walk(rng: np.random.Generator) -> list[tuple[float, float]]:
    """Return a walk that keeps its direction for a while, as longitudes and latitudes."""
    x, y, heading = 38.4 + rng.random() / 2, -2.7 + rng.random() / 3, rng.random() * 2 * math.pi
    found = []
    for _ in range(FIXES_PER_LEG):
        found.append((round(float(x), 6), round(float(y), 6)))
        heading += rng.normal(0, 0.4)
        step = STEP * rng.uniform(0.6, 1.1)
        x, y = x + step * math.cos(heading), y + step * math.sin(heading)
    return found


def legs() -> list[list[tuple[datetime, list[tuple[float, float]]]]]:
    """Return when each leg of each patrol starts, and where it goes."""
    rng = np.random.default_rng([SEED, 2])
    days = [start + timedelta(days=3 * day) for start in LEGS for day in range(LEGS_PER_MONTH)]
    return [[(day + timedelta(hours=number), walk(rng)) for day in days] for number in range(len(LEADERS))]


def patrols() -> list[Record]:
    """Return the patrols, with their legs and the events reported on them."""
    return [
        {
            "id": identifier(f"patrol {number}"),
            "priority": 0,
            "state": "done",
            "objective": None,
            "serial_number": FIRST_SERIAL + number,
            "title": "Ecoscope Demo Patrol",
            "files": [],
            "notes": [],
            "patrol_segments": [
                {
                    "id": identifier(f"leg {leg} of patrol {number}"),
                    "patrol_type": "ecoscope_patrol",
                    "leader": leader(name),
                    "time_range": {
                        "start_time": local(start),
                        "end_time": local(start + (FIXES_PER_LEG - 1) * FIX_EVERY),
                    },
                    "events": [
                        patrol_event(number, leg, event, start, way) for event in range(EVENTS_PER_LEG)
                    ],
                }
                for leg, (start, way) in enumerate(of_patrol)
            ],
            "updates": [],
        }
        for number, (name, of_patrol) in enumerate(zip(LEADERS, legs(), strict=True))
    ]


def patrol_event(
    patrol: int, leg: int, number: int, start: datetime, way: list[tuple[float, float]]
) -> Record:
    """Return an event that was reported at a fix of a leg; one in eleven is nowhere."""
    fix = 3 + 5 * number
    moment = start + fix * FIX_EVERY
    count = (patrol * 2 * LEGS_PER_MONTH + leg) * EVENTS_PER_LEG + number
    kind = list(EVENT_TYPES)[count % len(EVENT_TYPES)]
    return {
        "id": identifier(f"event {number} of leg {leg} of patrol {patrol}"),
        "serial_number": 1000 + count,
        "event_type": kind,
        "priority": 0,
        "title": kind,
        "state": "new",
        "contains": [],
        "updated_at": local(moment),
        "created_at": local(moment),
        "geojson": feature(None if count % 11 == 5 else way[fix], moment),
        "is_collection": False,
    }


def fixes() -> list[list[Record]]:
    """Return the fixes of each leg, in the order of the patrols."""
    return [
        [
            {
                "id": identifier(f"fix {fix} of leg {leg} of patrol {number}"),
                "location": {"longitude": x, "latitude": y},
                "created_at": local(start + fix * FIX_EVERY + timedelta(minutes=1)),
                "recorded_at": local(start + fix * FIX_EVERY),
                "source": identifier(f"source of {name}"),
                "exclusion_flags": 0,
            }
            for fix, (x, y) in enumerate(way)
        ]
        for number, (name, of_patrol) in enumerate(zip(LEADERS, legs(), strict=True))
        for leg, (start, way) in enumerate(of_patrol)
    ]


def examples() -> dict[str, pd.DataFrame]:
    """Return what each task returns, by its name."""
    types = event_types()
    patrol_types = [
        {"id": identifier("patrol type"), "value": "ecoscope_patrol", "display": "Ecoscope Patrol"}
    ]
    reported = _event_frames.events_frame(events(), COLUMNS, null_geometry=True, points=True)
    reported = _event_frames.with_display_names(reported, types, {}, "duplicates")
    patrolled = _patrol_frames.patrols_frame(patrols())
    tracks = _patrol_frames.fixes_frame(
        _patrol_frames.legs_of(patrolled, patrol_types), fixes(), details=True
    )
    unpacked = _patrol_frames.patrol_events_frame(patrolled, [], null_geometry=True)
    named = _event_frames.with_display_names(unpacked, types, {}, "duplicates")
    details = json.dumps({"Herd Type": "Bull Only", "How many elephants are in the group?": 10})
    return {
        "get_events": reported,
        "load_events": reported,
        "process_events_details": reported.assign(event_details=details).head(10),
        "get_patrols": patrolled,
        "get_patrols_from_combined_params": patrolled,
        "get_patrol_observations": tracks,
        "get_patrol_observations_from_combined_params": tracks,
        "get_patrol_observations_from_patrols_df": tracks,
        "get_patrol_observations_from_patrols_df_and_combined_params": tracks,
        "load_patrol_observations": tracks,
        "get_patrol_events": named,
        "get_patrol_events_from_combined_params": named,
        "get_event_type_display_names_from_events": named,
    }


# What the tasks return that return no frame.
PLAIN_EXAMPLES = {
    "get_choices_from_v2_event_type": {
        "bull_only": "Bull Only",
        "female_only": "Female Only",
        "mix": "Mix",
    },
    "get_fields_from_event_type_schema": {
        "herd_type": "Herd Type",
        "how_many_elephants_are_in_the_group": "How many elephants are in the group?",
    },
}


def regenerate(folder: Path = EXAMPLES) -> None:
    """Write the example results to a folder."""
    for task, frame in examples().items():
        path = folder / f"{task.replace('_', '-')}.example-return.parquet"
        options: dict[str, Any] = {"schema_version": "1.1.0"} if isinstance(frame, gpd.GeoDataFrame) else {}
        frame.to_parquet(path, index=True, compression="zstd", **options)
    for task, plain in PLAIN_EXAMPLES.items():
        path = folder / f"{task.replace('_', '-')}.example-return.json"
        path.write_text(f"{json.dumps(plain, indent=4)}\n", encoding="utf-8")


if __name__ == "__main__":
    regenerate()
