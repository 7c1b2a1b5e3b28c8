"""How data is split into the views of a dashboard: groupers, the keys of groups, collections by key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema  # noqa: TC002  # pydantic reads it at run time

from ecoscope_workflows.annotations import AnyDataFrame

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What a group is the group of: ``(("subject_name", "=", "eco_1"), …)``.
CompositeFilter = tuple[tuple[str, Literal["="], str], ...]
KeyedIterableOfAny = list[tuple[CompositeFilter, Any]]
KeyedIterableOfDataFrames = list[tuple[CompositeFilter, AnyDataFrame]]

# Names as `strftime` writes them in English: those of the `calendar` module change with the locale.
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

TemporalIndex = Literal["%Y", "%B", "%Y-%m", "%j", "%d", "%A", "%H", "%Y-%m-%d"]
# What people call the directives of ``strftime`` that data can be grouped by.
DIRECTIVES: dict[str, str] = {
    "%Y": "Year",
    "%B": "Month",
    "%Y-%m": "Year-Month",
    "%j": "Day of the year",
    "%d": "Day of the month",
    "%A": "Day of the week",
    "%H": "Hour",
    "%Y-%m-%d": "Date",
}
# How a form offers them.
_OFFERED = {
    "%Y": "Year (example: 2024)",
    "%B": "Month (example: September)",
    "%Y-%m": "Year and Month (example: 2023-01)",
    "%j": "Day of the year as a number (example: 365)",
    "%d": "Day of the month as a number (example: 31)",
    "%A": "Day of the week (example: Sunday)",
    "%H": "Hour (24-hour clock) as number (example: 22)",
    "%Y-%m-%d": "Date (example: 2025-01-31)",
}
_TEMPORAL_INDEX_SCHEMA = {
    "oneOf": [{"const": directive, "title": _OFFERED[directive]} for directive in get_args(TemporalIndex)],
    "title": "Time",
    "type": "string",
}
# Groups that have an order of their own, first to last.
_CALENDARS: dict[str, tuple[str, ...]] = {"%B": MONTHS, "%A": WEEKDAYS}


def _as_published(schema: dict[str, Any]) -> None:
    """Leave out of a form's definition what published ones do not say."""
    for keyword in ("additionalProperties", "description"):
        schema.pop(keyword, None)


class _Grouper(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_as_published)


class AllGrouper(_Grouper):
    """No grouping: all the data in one view."""

    index_name: Literal["All"] = "All"

    @property
    def display_name(self) -> str:
        """Return what people call the grouper."""
        return self.index_name


class ValueGrouper(_Grouper):
    """Groups by the values of a column or index level."""

    model_config = ConfigDict(title="Category")

    # The values to choose from are the business of a spec: it adds ``oneOf`` by its overrides.
    index_name: str = Field(title="Category")

    @property
    def display_name(self) -> str:
        """Return what people call the grouper."""
        return self.index_name.replace("_", " ").title()


class TemporalGrouper(_Grouper):
    """Groups by a part of a time, such as its month."""

    model_config = ConfigDict(title="Time")

    temporal_index: Annotated[TemporalIndex, WithJsonSchema(_TEMPORAL_INDEX_SCHEMA)]

    @property
    def index_name(self) -> str:
        """Return the name of the index level that holds the groups."""
        return f"TemporalGrouper_{self.temporal_index}"

    @property
    def display_name(self) -> str:
        """Return what people call the grouper."""
        return DIRECTIVES[self.temporal_index]


class Region(BaseModel):
    """One named area: a polygon or several, as well-known binary in hexadecimal, EPSG:4326."""

    model_config = ConfigDict(frozen=True)

    name: str
    wkb: str


class SpatialGrouper(_Grouper):
    """Groups by the areas of a spatial feature group.

    ``regions`` is filled in while the workflow runs; it is no part of the form.
    """

    model_config = ConfigDict(title="Spatial")

    spatial_index_name: str = Field(title="Spatial Regions")
    regions: SkipJsonSchema[tuple[Region, ...] | None] = None

    @property
    def index_name(self) -> str:
        """Return the name of the index level that holds the groups."""
        return f"SpatialGrouper_{self.spatial_index_name}"

    @property
    def display_name(self) -> str:
        """Return what people call the grouper."""
        return self.spatial_index_name


Grouper = AllGrouper | ValueGrouper | TemporalGrouper | SpatialGrouper
UserDefinedGrouper = ValueGrouper | TemporalGrouper | SpatialGrouper
UserDefinedGroupers = list[UserDefinedGrouper]
Groupers = AllGrouper | UserDefinedGroupers


def as_list(groupers: Groupers | None) -> list[Grouper]:
    """Return groupers as a list: of one where there is no grouping."""
    if groupers is None:
        return []
    return [groupers] if isinstance(groupers, AllGrouper) else list(groupers)


def choices_in_order(grouper: Grouper, values: Iterable[str]) -> list[str]:
    """Return the groups of a grouper, each once, as a form lists them.

    Months and days of the week stand in the order of the calendar (weeks start on Monday), others in that of
    their text.

    Examples
    --------
    >>> choices_in_order(TemporalGrouper(temporal_index="%B"), ["March", "January", "March"])
    ['January', 'March']
    """
    calendar = _CALENDARS.get(grouper.temporal_index, ()) if isinstance(grouper, TemporalGrouper) else ()
    places = {name: place for place, name in enumerate(calendar)}
    return sorted(set(values), key=lambda value: (places.get(value, len(places)), value))


def view_key(view: CompositeFilter | Sequence[Sequence[str]]) -> str:
    """Return a group's key as dashboards write it: ``{"subject_name": "eco_1"}``."""
    return json.dumps({name: value for name, _, value in view}, sort_keys=True)
