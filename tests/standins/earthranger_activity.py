"""What a simulated EarthRanger site holds of patrols and events, and how it answers questions about them.

None of it is real.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.standins.earthranger_records import NAIROBI, START, Record, identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SNARE, FIRE, CAMP, OLD_CAMP = "snare_rep", "fire_rep", "camp_rep", "old_camp_rep"
SIGHTING = "elephant_sighting"
EVENT_EVERY = timedelta(minutes=40)
PATROL_EVERY, PATROL_LASTS = timedelta(hours=2), timedelta(hours=3)
# The patrols that are not done, by their number.
STATUSES = {9: "active", 10: "cancelled", 11: "overdue"}
HERD_TYPES = {"bull_only": "Bull Only", "female_only": "Female Only", "mix": "Mix"}


def local(moment: datetime) -> str:
    """Return a time as the site writes it, in its own zone."""
    return moment.astimezone(NAIROBI).isoformat()


def event_type(value: str, display: str, category: Any, *, active: bool = True) -> Record:
    return {
        "id": identifier(f"event type {value}"),
        "value": value,
        "display": display,
        "category": category,
        "is_active": active,
    }


def feature(longitude: float, latitude: float, moment: datetime, *, kind: str = "Point") -> Record:
    """Return where an event was: a point, a square around it, or nowhere."""
    square = [[longitude + x, latitude + y] for x, y in ((0, 0), (0.02, 0), (0.02, 0.01), (0, 0.01), (0, 0))]
    geometry: dict[str, Record | None] = {
        "Point": {"type": "Point", "coordinates": [longitude, latitude]},
        "Polygon": {"type": "Polygon", "coordinates": [square]},
        "": None,
    }
    properties = {"message": "", "datetime": local(moment), "image": ""}
    return {"type": "Feature", "geometry": geometry[kind], "properties": properties}


def simulated_event(number: int, kinds: Sequence[str]) -> Record:
    """Return one of a series of events; each fifth is an area, each seventh is nowhere."""
    moment = START + number * EVENT_EVERY
    kind = kinds[number % len(kinds)]
    shape = "" if number % 7 == 6 else "Polygon" if number % 5 == 4 else "Point"
    return {
        "id": identifier(f"event {number}"),
        "location": {"longitude": 37.5 + number / 100, "latitude": 0.5} if shape == "Point" else None,
        "time": local(moment),
        "end_time": None,
        "serial_number": 500 + number,
        "event_type": kind,
        "event_category": "security",
        "priority": 100 * (number % 3),
        "title": None,
        "reported_by": {"id": identifier("ranger"), "name": "A. Ranger", "additional": {}}
        if number % 2
        else None,
        "state": "new",
        "is_contained_in": [],
        "patrol_segments": [],
        "updated_at": local(moment),
        "created_at": local(moment),
        "is_collection": False,
        "geojson": feature(37.5 + number / 100, 0.5, moment, kind=shape),
        "patrols": [],
    }


def patrol_event(patrol: int, number: int, kind: str) -> Record:
    """Return an event as it stands in the leg of a patrol, in short."""
    moment = START + patrol * PATROL_EVERY + (number + 1) * timedelta(minutes=25)
    event = simulated_event(patrol + number, [kind])
    kept = ("serial_number", "event_type", "priority", "title", "state", "is_collection")
    return {
        "id": identifier(f"event {number} of patrol {patrol}"),
        **{name: event[name] for name in kept},
        "contains": [],
        "updated_at": local(moment),
        "created_at": local(moment),
        "geojson": feature(
            37.0 + patrol / 10, 0.1 * number, moment, kind=("Point", "Polygon", "")[number % 3]
        ),
    }


def simulated_patrol(number: int, leader: Record | None) -> Record:
    """Return one of a series of patrols, of one leg with three events."""
    start = START + number * PATROL_EVERY
    status = STATUSES.get(number, "done")
    end = None if status in {"active", "overdue"} else local(start + PATROL_LASTS)
    leg = {
        "id": identifier(f"leg of patrol {number}"),
        "patrol_type": "foot_patrol" if number % 3 else "vehicle_patrol",
        "leader": leader,
        "scheduled_start": None,
        "time_range": {"start_time": local(start), "end_time": end},
        "start_location": None,
        "events": [patrol_event(number, event, (SNARE, FIRE, CAMP)[event]) for event in range(3)],
        "updates": [],
    }
    return {
        "id": identifier(f"patrol {number}"),
        "priority": 0,
        "state": status if status in {"done", "cancelled"} else "open",
        "objective": None,
        "serial_number": 100 + number,
        "title": f"Patrol {number}" if number % 2 else None,
        "files": [],
        "notes": [],
        "patrol_segments": [leg],
        "updates": [{"message": "Patrol Added", "time": local(start)}],
    }


class Activity:
    """The part of a site that knows of events and patrols.

    Parameters
    ----------
    leaders
        The subjects that lead the patrols in turn.
    page
        Cuts records into the pages of an answer.
    """

    def __init__(self, leaders: Sequence[Record], page: Callable[..., Any]) -> None:
        self._page = page
        security = {"value": "security", "display": "Security"}
        monitoring = {"value": "monitoring", "display": "Monitoring"}
        self.event_types = [
            event_type(SNARE, "Snare", security),
            event_type(FIRE, "Fire", monitoring),
            event_type(CAMP, "Camp", security),
            event_type(OLD_CAMP, "Camp", monitoring, active=False),
        ]
        # The second version of the API names a category by its value.
        self.event_types_v2: list[Record] | None = [event_type(SIGHTING, "Elephant Sighting", "monitoring")]
        self.categories = [{"id": identifier(c["value"]), **c} for c in (security, monitoring)]
        self.patrol_types = [
            {"id": identifier(f"patrol type {value}"), "value": value, "display": display, "is_active": True}
            for value, display in (("foot_patrol", "Foot Patrol"), ("vehicle_patrol", "Vehicle Patrol"))
        ]
        kinds = [record["value"] for record in (*self.event_types, *self.event_types_v2)]
        self.events = [simulated_event(number, kinds) for number in range(45)]
        self.patrols = [
            simulated_patrol(number, None if number == 11 else leaders[number % len(leaders)])
            for number in range(12)
        ]
        self.details: dict[str, Record] = {
            SIGHTING: {"herd": "bull_only", "count": 3, "seen": [{"name": "Nia", "herd": "mix"}]},
            SNARE: {"kind": "wire", "count": 7},
        }

    def data(self, resource: str, query: dict[str, str], host: str) -> Any:
        """Return what the API answers, or None where it has no such resource."""
        if resource == "activity/events":
            return self._page(resource, self._events(query), query, host)
        if resource == "activity/patrols":
            return self._page(resource, self._patrols(query), query, host)
        lists: dict[str, list[Record] | None] = {
            "activity/patrols/types": self.patrol_types,
            "activity/events/eventtypes": self._active(self.event_types, query),
            "activity/events/categories": self.categories,
            "api/v2.0/activity/eventtypes": self._active(self.event_types_v2, query),
        }
        return lists[resource] if resource in lists else self._schema(resource, query)

    def _active(self, records: list[Record] | None, query: dict[str, str]) -> list[Record] | None:
        inactive = query.get("include_inactive", "").lower() == "true"
        return records and [record for record in records if record["is_active"] or inactive]

    def _events(self, query: dict[str, str]) -> list[Record]:
        wanted = json.loads(query.get("filter", "{}"))
        lower, upper = self._date_range(wanted)
        ids = {record["id"]: record["value"] for record in (*self.event_types, *(self.event_types_v2 or []))}
        kinds = [ids[one] for one in wanted.get("event_type", ids)]
        found = [
            event
            for event in self.events
            if event["event_type"] in kinds and lower <= datetime.fromisoformat(event["time"]) <= upper
        ]
        # What changed last comes first, where nobody asks for another order.
        found.sort(key=lambda event: event["serial_number"], reverse=query.get("sort_by") != "serial_number")
        if query.get("include_details", "").lower() == "true":
            found = [{**event, "event_details": self.details.get(event["event_type"], {})} for event in found]
        if query.get("include_updates", "").lower() == "true":
            found = [{**event, "updates": [{"message": "Added"}]} for event in found]
        return found

    def _patrols(self, query: dict[str, str]) -> list[Record]:
        wanted = json.loads(query.get("filter", "{}"))
        lower, upper = self._date_range(wanted)
        ids = {record["id"]: record["value"] for record in self.patrol_types}
        kinds = [ids[one] for one in wanted.get("patrol_type") or ids]
        overlap = wanted.get("patrols_overlap_daterange", True)

        def is_within(leg: Record) -> bool:
            start = datetime.fromisoformat(leg["time_range"]["start_time"])
            end = datetime.fromisoformat(leg["time_range"]["end_time"] or upper.isoformat())
            return start <= upper and end >= lower if overlap else lower <= start <= upper

        found = [
            patrol
            for patrol in self.patrols
            if any(leg["patrol_type"] in kinds and is_within(leg) for leg in patrol["patrol_segments"])
            and query.get("status") in {None, STATUSES.get(patrol["serial_number"] - 100, "done")}
        ]
        return found[::-1]

    def _date_range(self, wanted: Record) -> tuple[datetime, datetime]:
        dates = {"lower": "1900-01-01T00:00:00Z", "upper": "2100-01-01T00:00:00Z"} | wanted.get(
            "date_range", {}
        )
        return datetime.fromisoformat(dates["lower"]), datetime.fromisoformat(dates["upper"])

    def _schema(self, resource: str, query: dict[str, str]) -> Any:
        if resource == f"api/v2.0/activity/eventtypes/{SIGHTING}/schema":
            return {"json": SIGHTING_SCHEMA, "ui": {}}
        if resource == "api/v2.0/schemas/choices.json" and query == {"field": "herd", "s_format": "oneOf"}:
            return {"oneOf": [{"const": value, "title": title} for value, title in HERD_TYPES.items()]}
        if resource == f"activity/events/schema/eventtype/{SNARE}":
            return SNARE_SCHEMA
        return None


HERD = {"title": "Herd Type", "anyOf": [{"$ref": "/api/v2.0/schemas/choices.json?field=herd"}]}
SIGHTING_SCHEMA: Record = {
    "type": "object",
    "properties": {
        "count": {"title": "How many elephants?", "type": "number"},
        "herd": HERD,
        "seen": {
            "title": "Seen",
            "type": "array",
            "items": {"type": "object", "properties": {"name": {"title": "Name"}, "herd": HERD}},
        },
    },
    "allOf": [{"then": {"properties": {"collar": {"title": "Collar"}}}}],
}
SNARE_SCHEMA: Record = {
    "schema": {
        "properties": {
            "count": {"type": "number", "title": "How many snares?"},
            "kind": {
                "type": "string",
                "enum": ["wire", "rope"],
                "enumNames": {"wire": "Wire", "rope": "Rope"},
            },
        }
    },
    "definition": [{"type": "fieldset", "items": ["kind"]}, "count"],
}
