"""The types of what the tasks on events and patrols take, with the words that forms show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.tasks.time_ranges import TimeRange
from ecoscope_workflows.tasks.written import ADVANCED

if TYPE_CHECKING:
    from pydantic.config import JsonDict

PatrolState = Literal["active", "overdue", "done", "cancelled"]
CategoryNames = Literal["duplicates", "always", "never"]
EventColumn = Literal[
    "id",
    "location",
    "time",
    "end_time",
    "message",
    "provenance",
    "event_type",
    "event_category",
    "priority",
    "priority_label",
    "attributes",
    "comment",
    "title",
    "reported_by",
    "state",
    "is_contained_in",
    "sort_at",
    "patrol_segments",
    "geometry",
    "updated_at",
    "created_at",
    "icon_id",
    "serial_number",
    "url",
    "image_url",
    "geojson",
    "is_collection",
    "event_details",
    "related_subjects",
    "patrols",
]

# Named, so that a signature shows what a form does; nothing changes them.
DEFAULT_STATUS: list[PatrolState] = ["done"]
# How many patrols one request asks for: each comes with all of its events.
PATROLS_PER_PAGE = 100


def _stripped(texts: list[str]) -> list[str]:
    return [text.strip() for text in texts]


Client = Annotated[str, Field(description="A named EarthRanger connection.")]
Period = Annotated[TimeRange, Field(description="Time range filter")]
PatrolTypes = Annotated[
    list[str],
    AfterValidator(_stripped),
    Field(
        description=(
            "Specify the patrol type(s) to analyze (optional). Leave empty to analyze all patrol types."
        )
    ),
]
EventTypes = Annotated[
    list[str],
    AfterValidator(_stripped),
    Field(
        title="Event Types",
        description=(
            "Specify the event type(s) to analyze (optional)."
            " Leave this section empty to analyze all event types."
        ),
    ),
]
PatrolStatus = Annotated[
    list[PatrolState] | SkipJsonSchema[None],
    Field(
        title="Patrol Status",
        description=(
            "Choose to analyze patrols with a certain status."
            " If left empty, patrols of all status will be analyzed"
        ),
        json_schema_extra={"uniqueItems": True, **ADVANCED},
    ),
]
IncludePatrolDetails = Annotated[
    bool, Field(description="Include patrol details", json_schema_extra=ADVANCED)
]
RaiseOnEmpty = Annotated[
    bool,
    Field(
        description="Whether or not to abort the workflow if no data is returned from EarthRanger",
        json_schema_extra=ADVANCED,
    ),
]
IncludeNullGeometry = Annotated[bool, Field(title="Include Events Without a Geometry (point or polygon)")]
TruncateToTimeRange = Annotated[
    bool,
    Field(
        description=(
            "Whether to leave out events from outside of the time range, which belong to patrols that are"
            " partly within it."
        ),
        json_schema_extra=ADVANCED,
    ),
]
SubPageSize = Annotated[
    int | SkipJsonSchema[None],
    Field(
        gt=0,
        description="How many records one request asks for; empty for the setting of the connection.",
        json_schema_extra=ADVANCED,
    ),
]
PatrolsOverlapDaterange = Annotated[
    bool,
    Field(
        description="Whether or not to include patrols that start or end outside of the time range",
        json_schema_extra=ADVANCED,
    ),
]
EventColumns = Annotated[
    list[EventColumn] | SkipJsonSchema[None],
    Field(
        title="Event Columns",
        description="Choose the interested event columns. If none is chosen, all columns will be returned.",
        json_schema_extra={"uniqueItems": True},
    ),
]
IncludeDetails = Annotated[
    bool, Field(description="Whether or not to include event details", json_schema_extra=ADVANCED)
]
IncludeUpdates = Annotated[
    bool, Field(description="Whether or not to include event updates", json_schema_extra=ADVANCED)
]
IncludeRelatedEvents = Annotated[
    bool, Field(description="Whether or not to include related events", json_schema_extra=ADVANCED)
]
IncludeDisplayValues = Annotated[
    bool,
    Field(description="Whether or not to include display values for event types", json_schema_extra=ADVANCED),
]
ForcePointGeometry = Annotated[
    bool,
    Field(
        description=(
            "If True, polygon/multipolygon event geometries are reduced to their centroid."
            " Set False to preserve native geometry types."
        ),
        json_schema_extra=ADVANCED,
    ),
]
AppendCategoryNames = Annotated[CategoryNames, Field(json_schema_extra=ADVANCED)]
SingleEventType = Annotated[str, Field(title="Events Type")]


def _undescribed(schema: JsonDict) -> None:
    # The docstring is for readers of the code.
    schema.pop("description", None)


class CombinedPatrolAndEventsParams(BaseModel):
    """Which patrols and which of their events a workflow asks an EarthRanger site for."""

    model_config = ConfigDict(json_schema_extra=_undescribed, frozen=True)

    client: str
    time_range: Period
    patrol_types: PatrolTypes
    event_types: EventTypes
    status: PatrolStatus = DEFAULT_STATUS
    include_patrol_details: IncludePatrolDetails = True
    raise_on_empty: RaiseOnEmpty = True
    include_null_geometry: IncludeNullGeometry = True
    truncate_to_time_range: TruncateToTimeRange = True
    sub_page_size: SubPageSize = PATROLS_PER_PAGE
    patrols_overlap_daterange: PatrolsOverlapDaterange = True

    def only(self, *names: str) -> dict[str, Any]:
        """Return some of the settings by their names."""
        return {name: getattr(self, name) for name in names}
