"""The tasks that read the events reported on patrols."""

from __future__ import annotations

from ecoscope_workflows.annotations import DataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.io._activity_parameters import (
    DEFAULT_STATUS,
    PATROLS_PER_PAGE,
    Client,
    EventTypes,
    IncludeDisplayValues,
    IncludeNullGeometry,
    PatrolsOverlapDaterange,
    PatrolStatus,
    PatrolTypes,
    Period,
    RaiseOnEmpty,
    SubPageSize,
    TruncateToTimeRange,
)
from ecoscope_workflows.tasks.io._events import get_event_type_display_names_from_events
from ecoscope_workflows.tasks.io._patrols import WIDEN, get_patrols
from ecoscope_workflows.tasks.schemas import Events, EventsWithDisplayNames, Patrols


@distributed(tags=["io"], retries=1, resources={"mem_mb": 2000})
def get_patrol_events(
    client: Client,
    time_range: Period,
    patrol_types: PatrolTypes,
    event_types: EventTypes,
    status: PatrolStatus = DEFAULT_STATUS,
    include_null_geometry: IncludeNullGeometry = True,  # noqa: FBT002  # given by name
    truncate_to_time_range: TruncateToTimeRange = True,  # noqa: FBT002  # given by name
    raise_on_empty: RaiseOnEmpty = True,  # noqa: FBT002  # given by name
    sub_page_size: SubPageSize = PATROLS_PER_PAGE,
    include_display_values: IncludeDisplayValues = False,  # noqa: FBT002  # given by name
    patrols_overlap_daterange: PatrolsOverlapDaterange = True,  # noqa: FBT002  # given by name
) -> DataFrame[Events] | DataFrame[EventsWithDisplayNames]:
    """Download the events reported on the patrols of a period.

    Parameters
    ----------
    client
        The name of a connection to EarthRanger.
    time_range
        The first and the last moment.
    patrol_types
        Values of types, such as ``routine_patrol``; empty for all types.
    event_types
        Values of types, such as ``fire_rep``; empty for all types.
    status
        Any of ``active``, ``overdue``, ``done``, ``cancelled``; empty for patrols of any status,
        None for those that are done.
    include_null_geometry
        Whether events without a position are kept.
    truncate_to_time_range
        Whether events from outside of the time range, of patrols partly within it, are left out.
    raise_on_empty
        Whether it is an error when nothing is found; else the result has the same columns and no rows.
    sub_page_size
        How many records one request asks for; None for the setting of the connection.
    include_display_values
        Whether ``event_type_display`` is there, as `get_event_type_display_names_from_events` adds it.
    patrols_overlap_daterange
        Whether patrols count that are partly within the time range; else those that start in it.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per event in EPSG:4326, in the order of the patrols; areas as their centroids; times in UTC.
        ``patrol_id``, ``patrol_segment_id``, ``patrol_start_time``, ``patrol_type`` (a value),
        ``patrol_serial_number`` and ``patrol_subject`` say which patrol it was reported on.

    Raises
    ------
    ValueError
        When there is no such connection, its settings are incomplete, the site has no such type of patrols,
        or nothing is found and `raise_on_empty` holds.
    PermissionError
        When the site refuses the account, or does not let it read patrols.
    ConnectionError
        When the site cannot be reached, fails again and again, or does not answer like EarthRanger.
    """
    patrols = get_patrols(
        client,
        time_range,
        patrol_types,
        status,
        raise_on_empty=raise_on_empty,
        sub_page_size=sub_page_size,
        patrols_overlap_daterange=patrols_overlap_daterange,
    )
    events = unpack_events_from_patrols_df(
        patrols,
        event_types,
        time_range,
        include_null_geometry=include_null_geometry,
        truncate_to_time_range=truncate_to_time_range,
        raise_on_empty=raise_on_empty,
    )
    return get_event_type_display_names_from_events(client, events) if include_display_values else events


@distributed
def unpack_events_from_patrols_df(
    patrols_df: DataFrame[Patrols],
    event_types: EventTypes,
    time_range: Period,
    include_null_geometry: IncludeNullGeometry = True,  # noqa: FBT002  # given by name
    truncate_to_time_range: TruncateToTimeRange = True,  # noqa: FBT002  # given by name
    raise_on_empty: RaiseOnEmpty = True,  # noqa: FBT002  # given by name
) -> DataFrame[Events]:
    """Take the events out of the patrols that they were reported on.

    Parameters
    ----------
    patrols_df
        Patrols with their legs; a leg may also be a record, in place of JSON text.
    event_types
        Values of types, such as ``fire_rep``; empty for all types.
    time_range
        The first and the last moment, both included.
    include_null_geometry
        Whether events without a position are kept.
    truncate_to_time_range
        Whether events from outside of the time range, of patrols partly within it, are left out.
    raise_on_empty
        Whether it is an error when nothing is found; else the result has the same columns and no rows.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per event in EPSG:4326, in the order of the patrols; areas as their centroids; times in UTC.
        ``patrol_id``, ``patrol_segment_id``, ``patrol_start_time``, ``patrol_type`` (a value),
        ``patrol_serial_number`` and ``patrol_subject`` say which patrol it was reported on.

    Raises
    ------
    ValueError
        When legs cannot be read, or the patrols have no such events and `raise_on_empty` holds.
    """
    from ecoscope_workflows.tasks.io import _patrol_frames

    frame = _patrol_frames.patrol_events_frame(patrols_df, event_types, null_geometry=include_null_geometry)
    # As published: events that are there but from another time are no error.
    if raise_on_empty and frame.empty:
        raise ValueError(f"the {len(patrols_df)} patrols have no such events: {WIDEN}")
    if truncate_to_time_range:
        within = frame["time"].between(time_range.since, time_range.until)
        frame = frame[within].reset_index(drop=True)
    events: DataFrame[Events] = frame
    return events
