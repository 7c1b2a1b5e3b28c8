"""The tasks that read patrols and their tracks from an EarthRanger site."""

from __future__ import annotations

from typing import Any, cast

from ecoscope_workflows.annotations import DataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.io._activity_parameters import (
    DEFAULT_STATUS,
    PATROLS_PER_PAGE,
    Client,
    IncludePatrolDetails,
    PatrolsOverlapDaterange,
    PatrolStatus,
    PatrolTypes,
    Period,
    RaiseOnEmpty,
    SubPageSize,
)
from ecoscope_workflows.tasks.schemas import PatrolObservations, Patrols

WIDEN = "widen the time range, choose other types, or check what the user may see"


@distributed(tags=["io"], retries=1, resources={"mem_mb": 2000})
def get_patrols(
    client: Client,
    time_range: Period,
    patrol_types: PatrolTypes,
    status: PatrolStatus = DEFAULT_STATUS,
    raise_on_empty: RaiseOnEmpty = True,  # noqa: FBT002  # given by name
    sub_page_size: SubPageSize = PATROLS_PER_PAGE,
    patrols_overlap_daterange: PatrolsOverlapDaterange = True,  # noqa: FBT002  # given by name
) -> DataFrame[Patrols]:
    """Download the patrols of a period, with their legs and the events reported on them.

    Parameters
    ----------
    client
        The name of a connection to EarthRanger.
    time_range
        The first and the last moment.
    patrol_types
        Values of types, such as ``routine_patrol``; empty for all types.
    status
        Any of ``active``, ``overdue``, ``done``, ``cancelled``; empty for patrols of any status,
        None for those that are done.
    raise_on_empty
        Whether it is an error when nothing is found; else the result has the same columns and no rows.
    sub_page_size
        How many records one request asks for; None for the setting of the connection.
    patrols_overlap_daterange
        Whether patrols count that are partly within the time range; else those that start in it.

    Returns
    -------
    pandas.DataFrame
        One row per patrol, in the order of ``serial_number``: ``id``, ``state``, ``title`` and what else the
        site says. ``patrol_segments`` is a JSON text: a list of legs, each with its ``events``.

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
    from ecoscope_workflows.tasks.io import _earthranger_activity, _patrol_frames
    from ecoscope_workflows.tasks.io._connections import open_account

    with open_account(client) as account:
        records = _earthranger_activity.patrols_of(
            account,
            time_range,
            patrol_types,
            DEFAULT_STATUS if status is None else status,
            page_size=sub_page_size or account.page_size,
            overlap=patrols_overlap_daterange,
        )
    if raise_on_empty and not records:
        first, last = time_range.since.isoformat(), time_range.until.isoformat()
        raise ValueError(f"there are no such patrols from {first} to {last}: {WIDEN}")
    patrols: Any = _patrol_frames.patrols_frame(records)
    return cast("DataFrame[Patrols]", patrols)


@distributed(tags=["io"], retries=1, resources={"mem_mb": 2000})
def get_patrol_observations(
    client: Client,
    time_range: Period,
    patrol_types: PatrolTypes,
    status: PatrolStatus = DEFAULT_STATUS,
    include_patrol_details: IncludePatrolDetails = True,  # noqa: FBT002  # given by name
    raise_on_empty: RaiseOnEmpty = True,  # noqa: FBT002  # given by name
    sub_page_size: SubPageSize = PATROLS_PER_PAGE,
    patrols_overlap_daterange: PatrolsOverlapDaterange = True,  # noqa: FBT002  # given by name
) -> DataFrame[PatrolObservations]:
    """Download the fixes taken on the patrols of a period.

    Parameters
    ----------
    client
        The name of a connection to EarthRanger.
    time_range
        The first and the last moment.
    patrol_types
        Values of types, such as ``routine_patrol``; empty for all types.
    status
        Any of ``active``, ``overdue``, ``done``, ``cancelled``; empty for patrols of any status,
        None for those that are done.
    include_patrol_details
        Whether fixes say which patrol they belong to.
    raise_on_empty
        Whether it is an error when nothing is found; else the result has the same columns and no rows.
    sub_page_size
        How many records one request asks for; None for the setting of the connection.
    patrols_overlap_daterange
        Whether patrols count that are partly within the time range; else those that start in it.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per fix in EPSG:4326, in the order of the patrols and, within one, of its legs and of time.
        ``groupby_col`` is the id of the patrol, ``fixtime`` is in UTC, and ``extra__*`` holds what
        EarthRanger says of the fix. The index ``id`` is EarthRanger's id of the fix; one that two patrols of
        one leader share stands in both.
        With details, ``patrol_id``, ``patrol_title``, ``patrol_serial_number``, ``patrol_status``, and of
        the leg ``patrol_start_time`` and ``patrol_end_time`` as the site writes them, ``patrol_type`` (an
        id), ``patrol_type__value``, ``patrol_type__display`` and ``patrol_subject``, who led it.
        Legs without a leader or a start have no fixes; there is a warning of how many they are.

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
    return get_patrol_observations_from_patrols_df(
        client,
        patrols,
        include_patrol_details=include_patrol_details,
        raise_on_empty=raise_on_empty,
        sub_page_size=sub_page_size,
    )


@distributed(tags=["io"], retries=1, resources={"mem_mb": 2000})
def get_patrol_observations_from_patrols_df(
    client: Client,
    patrols_df: DataFrame[Patrols],
    include_patrol_details: IncludePatrolDetails = True,  # noqa: FBT002  # given by name
    raise_on_empty: RaiseOnEmpty = True,  # noqa: FBT002  # given by name
    sub_page_size: SubPageSize = PATROLS_PER_PAGE,
) -> DataFrame[PatrolObservations]:
    """Download the fixes taken on patrols.

    Parameters
    ----------
    client
        The name of a connection to EarthRanger.
    patrols_df
        Patrols with their legs; a leg may also be a record, in place of JSON text.
    include_patrol_details
        Whether fixes say which patrol they belong to.
    raise_on_empty
        Whether it is an error when nothing is found; else the result has the same columns and no rows.
    sub_page_size
        How many fixes one request asks for; None for the setting of the connection.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per fix in EPSG:4326, in the order of the patrols and, within one, of its legs and of time.
        ``groupby_col`` is the id of the patrol, ``fixtime`` is in UTC, and ``extra__*`` holds what
        EarthRanger says of the fix. The index ``id`` is EarthRanger's id of the fix; one that two patrols of
        one leader share stands in both.
        With details, ``patrol_id``, ``patrol_title``, ``patrol_serial_number``, ``patrol_status``, and of
        the leg ``patrol_start_time`` and ``patrol_end_time`` as the site writes them, ``patrol_type`` (an
        id), ``patrol_type__value``, ``patrol_type__display`` and ``patrol_subject``, who led it.
        Legs without a leader or a start have no fixes; there is a warning of how many they are.

    Raises
    ------
    ValueError
        When there is no such connection, its settings are incomplete, legs cannot be read, or nothing is
        found and `raise_on_empty` holds.
    PermissionError
        When the site refuses the account, or does not let it read patrols.
    ConnectionError
        When the site cannot be reached, fails again and again, or does not answer like EarthRanger.
    """
    from ecoscope_workflows.tasks.io import _earthranger_activity, _patrol_frames
    from ecoscope_workflows.tasks.io._connections import open_account

    legs: list[dict[str, Any]] = []
    fixes: list[list[dict[str, Any]]] = []
    if len(patrols_df):
        with open_account(client) as account:
            legs = _patrol_frames.legs_of(patrols_df, _earthranger_activity.patrol_types(account))
            fixes = _earthranger_activity.fixes_of(account, legs, sub_page_size or account.page_size)
    if raise_on_empty and not any(fixes):
        raise ValueError(f"there are no fixes of the {len(patrols_df)} patrols: {WIDEN}")
    observations: DataFrame[PatrolObservations] = _patrol_frames.fixes_frame(
        legs, fixes, details=include_patrol_details
    )
    return observations
