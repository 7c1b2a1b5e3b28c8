"""The tasks that ask for patrols and their events with one set of settings."""

from __future__ import annotations

from ecoscope_workflows.annotations import DataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.io import _patrol_events, _patrols
from ecoscope_workflows.tasks.io._activity_parameters import (
    DEFAULT_STATUS,
    PATROLS_PER_PAGE,
    CombinedPatrolAndEventsParams,
    EventTypes,
    IncludeNullGeometry,
    IncludePatrolDetails,
    PatrolsOverlapDaterange,
    PatrolStatus,
    PatrolTypes,
    Period,
    RaiseOnEmpty,
    SubPageSize,
    TruncateToTimeRange,
)
from ecoscope_workflows.tasks.schemas import Events, EventsWithDisplayNames, PatrolObservations, Patrols

ASKED = (
    "client",
    "time_range",
    "patrol_types",
    "status",
    "raise_on_empty",
    "sub_page_size",
    "patrols_overlap_daterange",
)
OF_FIXES = ("client", "include_patrol_details", "raise_on_empty", "sub_page_size")
OF_EVENTS = ("event_types", "include_null_geometry", "truncate_to_time_range")


@distributed(cheap=True)
def set_patrol_types(patrol_types: PatrolTypes) -> list[str]:
    """Choose types of patrols.

    Parameters
    ----------
    patrol_types
        Their values, such as ``routine_patrol``; empty for all types.

    Returns
    -------
    list of str
        The types.
    """
    return patrol_types


@distributed(cheap=True)
def set_patrol_status(status: PatrolStatus = DEFAULT_STATUS) -> list[str]:
    """Choose which patrols count, by their status.

    Parameters
    ----------
    status
        Any of ``active``, ``overdue``, ``done``, ``cancelled``; empty for patrols of any status,
        None for those that are done.

    Returns
    -------
    list of str
        The statuses.
    """
    return list(DEFAULT_STATUS if status is None else status)


@distributed(cheap=True)
def set_patrols_and_patrol_events_params(
    client: str,
    time_range: Period,
    patrol_types: PatrolTypes,
    event_types: EventTypes,
    status: PatrolStatus = DEFAULT_STATUS,
    include_patrol_details: IncludePatrolDetails = True,  # noqa: FBT002  # given by name
    raise_on_empty: RaiseOnEmpty = True,  # noqa: FBT002  # given by name
    include_null_geometry: IncludeNullGeometry = True,  # noqa: FBT002  # given by name
    truncate_to_time_range: TruncateToTimeRange = True,  # noqa: FBT002  # given by name
    sub_page_size: SubPageSize = PATROLS_PER_PAGE,
    patrols_overlap_daterange: PatrolsOverlapDaterange = True,  # noqa: FBT002  # given by name
) -> CombinedPatrolAndEventsParams:
    """Choose which patrols, and which of the events reported on them, a workflow reads.

    Parameters
    ----------
    client
        The name of a connection to EarthRanger.
    time_range
        The first and the last moment, both included.
    patrol_types, event_types
        Values of types, such as ``routine_patrol``; empty for all types.
    status
        Any of ``active``, ``overdue``, ``done``, ``cancelled``; empty for patrols of any status,
        None for those that are done.
    include_patrol_details
        Whether fixes say which patrol they belong to.
    raise_on_empty
        Whether it is an error when nothing is found.
    include_null_geometry
        Whether events without a position are kept.
    truncate_to_time_range
        Whether events from outside of the time range, of patrols partly within it, are left out.
    sub_page_size
        How many records one request asks for; None for the setting of the connection.
    patrols_overlap_daterange
        Whether patrols count that are partly within the time range; else those that start in it.

    Returns
    -------
    CombinedPatrolAndEventsParams
        All of these.
    """
    return CombinedPatrolAndEventsParams(
        client=client,
        time_range=time_range,
        patrol_types=patrol_types,
        event_types=event_types,
        status=status,
        include_patrol_details=include_patrol_details,
        raise_on_empty=raise_on_empty,
        include_null_geometry=include_null_geometry,
        truncate_to_time_range=truncate_to_time_range,
        sub_page_size=sub_page_size,
        patrols_overlap_daterange=patrols_overlap_daterange,
    )


@distributed(tags=["io"], retries=1, resources={"mem_mb": 2000})
def get_patrols_from_combined_params(combined_params: CombinedPatrolAndEventsParams) -> DataFrame[Patrols]:
    """Download patrols as `get_patrols` does.

    Parameters
    ----------
    combined_params
        As `set_patrols_and_patrol_events_params` returns them.

    Returns
    -------
    pandas.DataFrame
        As `get_patrols` returns them.

    Raises
    ------
    ValueError, PermissionError, ConnectionError
        As `get_patrols` says.
    """
    return _patrols.get_patrols(**combined_params.only(*ASKED))


@distributed(tags=["io"], retries=1, resources={"mem_mb": 2000})
def get_patrol_observations_from_combined_params(
    combined_params: CombinedPatrolAndEventsParams,
) -> DataFrame[PatrolObservations]:
    """Download the fixes taken on patrols as `get_patrol_observations` does.

    Parameters
    ----------
    combined_params
        As `set_patrols_and_patrol_events_params` returns them.

    Returns
    -------
    geopandas.GeoDataFrame
        As `get_patrol_observations` returns them.

    Raises
    ------
    ValueError, PermissionError, ConnectionError
        As `get_patrol_observations` says.
    """
    return _patrols.get_patrol_observations(**combined_params.only(*ASKED, "include_patrol_details"))


@distributed(tags=["io"], retries=1, resources={"mem_mb": 2000})
def get_patrol_events_from_combined_params(
    combined_params: CombinedPatrolAndEventsParams,
) -> DataFrame[Events] | DataFrame[EventsWithDisplayNames]:
    """Download the events reported on patrols as `get_patrol_events` does.

    Parameters
    ----------
    combined_params
        As `set_patrols_and_patrol_events_params` returns them.

    Returns
    -------
    geopandas.GeoDataFrame
        As `get_patrol_events` returns them.

    Raises
    ------
    ValueError, PermissionError, ConnectionError
        As `get_patrol_events` says.
    """
    return _patrol_events.get_patrol_events(**combined_params.only(*ASKED, *OF_EVENTS))


@distributed(tags=["io"], retries=1, resources={"mem_mb": 2000})
def get_patrol_observations_from_patrols_df_and_combined_params(
    patrols_df: DataFrame[Patrols], combined_params: CombinedPatrolAndEventsParams
) -> DataFrame[PatrolObservations]:
    """Download the fixes taken on patrols as `get_patrol_observations_from_patrols_df` does.

    Parameters
    ----------
    patrols_df
        Patrols with their legs.
    combined_params
        As `set_patrols_and_patrol_events_params` returns them.

    Returns
    -------
    geopandas.GeoDataFrame
        As `get_patrol_observations_from_patrols_df` returns them.

    Raises
    ------
    ValueError, PermissionError, ConnectionError
        As `get_patrol_observations_from_patrols_df` says.
    """
    return _patrols.get_patrol_observations_from_patrols_df(
        patrols_df=patrols_df, **combined_params.only(*OF_FIXES)
    )


@distributed
def unpack_events_from_patrols_df_and_combined_params(
    patrols_df: DataFrame[Patrols], combined_params: CombinedPatrolAndEventsParams
) -> DataFrame[Events]:
    """Take the events out of patrols as `unpack_events_from_patrols_df` does.

    Parameters
    ----------
    patrols_df
        Patrols with their legs.
    combined_params
        As `set_patrols_and_patrol_events_params` returns them.

    Returns
    -------
    geopandas.GeoDataFrame
        As `unpack_events_from_patrols_df` returns them.

    Raises
    ------
    ValueError, PermissionError, ConnectionError
        As `unpack_events_from_patrols_df` says.
    """
    return _patrol_events.unpack_events_from_patrols_df(
        patrols_df=patrols_df, **combined_params.only(*OF_EVENTS, "time_range", "raise_on_empty")
    )
