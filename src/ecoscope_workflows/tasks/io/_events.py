"""The tasks that read events, and what their types are called, from an EarthRanger site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecoscope_workflows.annotations import AnyDataFrame, DataFrame
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.io._activity_parameters import (
    AppendCategoryNames,
    Client,
    EventColumns,
    EventTypes,
    ForcePointGeometry,
    IncludeDetails,
    IncludeDisplayValues,
    IncludeNullGeometry,
    IncludeRelatedEvents,
    IncludeUpdates,
    Period,
    RaiseOnEmpty,
)
from ecoscope_workflows.tasks.schemas import Events, EventsWithDisplayNames

if TYPE_CHECKING:
    from ecoscope_workflows.tasks.io._activity_parameters import CategoryNames
    from ecoscope_workflows.tasks.time_ranges import TimeRange


@distributed(tags=["io"], retries=1, resources={"mem_mb": 2000})
def get_events(
    client: Client,
    time_range: Period,
    event_types: EventTypes,
    event_columns: EventColumns = None,
    include_null_geometry: IncludeNullGeometry = True,  # noqa: FBT002  # given by name
    raise_on_empty: RaiseOnEmpty = True,  # noqa: FBT002  # given by name
    include_details: IncludeDetails = False,  # noqa: FBT002  # given by name
    include_updates: IncludeUpdates = False,  # noqa: FBT002  # given by name
    include_related_events: IncludeRelatedEvents = False,  # noqa: FBT002  # given by name
    include_display_values: IncludeDisplayValues = False,  # noqa: FBT002  # given by name
    force_point_geometry: ForcePointGeometry = True,  # noqa: FBT002  # given by name
) -> DataFrame[Events] | DataFrame[EventsWithDisplayNames]:
    """Download the events of a period.

    Parameters
    ----------
    client
        The name of a connection to EarthRanger.
    time_range
        The first and the last moment, both included.
    event_types
        Values of types, such as ``fire_rep``, inactive ones too; empty for all types.
        A value that the site does not know is left out with a warning.
    event_columns
        Which columns the result has, in this order; None for all that the site answers.
    include_null_geometry
        Whether events without a position are kept.
    raise_on_empty
        Whether no events are an error; else the result is a frame with the same columns and no rows.
    include_details, include_updates, include_related_events
        Whether the site is asked for ``event_details``, ``updates``, and ``contains`` and
        ``is_contained_in`` in full.
    include_display_values
        Whether ``event_type_display`` is there, as `get_event_type_display_names_from_events` adds it.
    force_point_geometry
        Whether areas become their centroids, in degrees.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per event in EPSG:4326, in the order of time and serial number; times in UTC.
        Structures such as ``reported_by`` are JSON text, other than ``location``.
        A column that was asked for and that the site does not answer is empty.

    Raises
    ------
    ValueError
        When there is no such connection, or its settings are incomplete,
        there are no events and `raise_on_empty` holds, or an event has no time.
    PermissionError
        When the site refuses the account, or does not let it read events.
    ConnectionError
        When the site cannot be reached, fails again and again, or does not answer like EarthRanger.
    """
    from ecoscope_workflows.tasks.io import _earthranger_activity, _event_frames
    from ecoscope_workflows.tasks.io._connections import open_account

    flags = {
        "include_details": include_details,
        "include_updates": include_updates,
        "include_related_events": include_related_events,
    }
    with open_account(client) as account:
        ids = _earthranger_activity.event_type_ids(account, event_types) if event_types else []
        records = (
            _earthranger_activity.events_of(account, time_range, ids, flags, account.page_size)
            if ids or not event_types
            else []
        )
    frame = _event_frames.events_frame(
        records, event_columns, null_geometry=include_null_geometry, points=force_point_geometry
    )
    if frame.empty and raise_on_empty:
        raise ValueError(_nothing(time_range, event_types))
    if not include_display_values:
        events: DataFrame[Events] = frame
        return events
    named: DataFrame[EventsWithDisplayNames] = _with_display_names(client, frame, "duplicates")
    return named


def _nothing(period: TimeRange, types: list[str]) -> str:
    first, last = period.since.isoformat(), period.until.isoformat()
    words = f"of the types {', '.join(types)} " if types else ""
    return (
        f"there are no events {words}from {first} to {last}: widen the time range, choose other types,"
        " or check what the user may see"
    )


def _with_display_names(client: str, events: AnyDataFrame, append: CategoryNames) -> Any:
    """Return events with the names of their types; nobody is asked where there are no events."""
    from ecoscope_workflows.tasks.io import _earthranger_activity, _event_frames
    from ecoscope_workflows.tasks.io._connections import open_account

    if events.empty:
        return _event_frames.with_display_names(events, [], {}, append)
    with open_account(client) as account:
        types = _earthranger_activity.event_types(account)
        named = append != "never"
        categories = _earthranger_activity.event_categories(account) if named else {}
    return _event_frames.with_display_names(events, types, categories, append)


@distributed(tags=["io"], retries=1, effect=Effect(adds={"event_type_display": str}))
def get_event_type_display_names_from_events(
    client: Client,
    events_gdf: DataFrame[Events],
    append_category_names: AppendCategoryNames = "duplicates",
) -> DataFrame[EventsWithDisplayNames]:
    """Name the type of each event as people read it.

    Parameters
    ----------
    client
        The name of a connection to EarthRanger.
    events_gdf
        Events, from any source.
    append_category_names
        Where the category of the type follows in brackets: ``always``, ``never``, or for ``duplicates``,
        which are types among these events that are called the same.

    Returns
    -------
    geopandas.GeoDataFrame
        The events with a column ``event_type_display``.
        A type that the site does not know is called by its value.

    Raises
    ------
    ValueError
        When there is no such connection, or its settings are incomplete.
    PermissionError
        When the site refuses the account, or does not let it read types of events.
    ConnectionError
        When the site cannot be reached, fails again and again, or does not answer like EarthRanger.
    """
    named: DataFrame[EventsWithDisplayNames] = _with_display_names(client, events_gdf, append_category_names)
    return named
