"""The task that downloads the observations of an EarthRanger subject group."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from ecoscope_workflows.annotations import DataFrame, FromEnvironment
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.schemas import Observations


# One more try of the whole download: single requests are tried again by the client.
@distributed(tags=["io"], retries=1, resources={"mem_mb": 2000}, grammar="tasks")
def get_subjectgroup_observations(
    server: Annotated[str, Field(description="URL for EarthRanger API"), FromEnvironment("ER_SERVER")],
    username: Annotated[str, Field(description="EarthRanger username"), FromEnvironment("ER_USERNAME")],
    password: Annotated[
        str, Field(description="EarthRanger password"), FromEnvironment("ER_PASSWORD", secret=True)
    ],
    tcp_limit: Annotated[int, Field(description="TCP limit for EarthRanger API requests")],
    sub_page_size: Annotated[int, Field(description="Sub page size for EarthRanger API requests")],
    subject_group_name: Annotated[str, Field(description="Name of EarthRanger Subject")],
    include_inactive: Annotated[bool, Field(description="Whether or not to include inactive subjects")],
    since: Annotated[datetime, Field(description="Start date")],
    until: Annotated[datetime, Field(description="End date")],
) -> DataFrame[Observations]:
    """Download the observations of every subject in a group and in the groups nested in it.

    Observations that a person or a filter has excluded in EarthRanger are left out. Subjects are downloaded
    concurrently; the result depends neither on that nor on the page size.

    Parameters
    ----------
    server
        URL of the site, such as ``https://mysite.pamdas.org``, with or without ``/api/v1.0``. Plain ``http``
        is accepted for this machine only, because the password travels.
    username, password
        What a user of the site signs in with.
    tcp_limit
        How many connections to the site may be open at once, at least 1.
    sub_page_size
        How many records one request asks for, at least 1; the site may give fewer.
    subject_group_name
        The exact name of a subject group.
    include_inactive
        Whether subjects that are marked inactive count as well.
    since, until
        The first and the last moment of the time range, both included. A time without a zone is taken as UTC.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per observation in EPSG:4326, in the order of the subjects and, within one, of time.
        The index ``id`` is EarthRanger's id of the observation, ``groupby_col`` the id of the subject,
        ``fixtime`` in UTC. ``extra__*`` holds what EarthRanger says of the observation,
        ``extra__subject__*`` what it says of the subject; structures other than ``extra__location`` are
        JSON text. The geometry is missing where EarthRanger has no position.

    Raises
    ------
    ValueError
        When an argument is out of range, no group has this name, the group has no subjects, or they have no
        observations in the time range.
    PermissionError
        When the site refuses the user name or password, or does not let the user read the group.
    ConnectionError
        When the site cannot be reached, fails again and again, or does not answer like EarthRanger.
    """
    period = _as_utc(since), _as_utc(until)
    _check(period, {"tcp_limit": tcp_limit, "sub_page_size": sub_page_size})
    _check_given({"ER_SERVER": server, "ER_USERNAME": username, "ER_PASSWORD": password})

    from ecoscope_workflows.tasks.io._earthranger_account import Account
    from ecoscope_workflows.tasks.io._earthranger_frame import observations_frame
    from ecoscope_workflows.tasks.io._earthranger_queries import group_id, observations_of, subjects_of

    with Account(server, username, password, tcp_limit) as account:
        group = group_id(account, subject_group_name)
        subjects = subjects_of(account, group, sub_page_size, include_inactive=include_inactive)
        if not subjects:
            hint = "" if include_inactive else "; inactive ones are left out (include_inactive)"
            raise ValueError(f"subject group {subject_group_name!r} has no subjects{hint}")
        observations = observations_of(account, subjects, period, page_size=sub_page_size)
    if not any(observations):
        first, last = (moment.isoformat() for moment in period)
        raise ValueError(
            f"the {len(subjects)} subjects of group {subject_group_name!r} have no observations"
            f" from {first} to {last}: widen the time range, or check what the user may see"
        )
    frame: DataFrame[Observations] = observations_frame(subjects, observations)
    return frame


def _as_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _check(period: tuple[datetime, datetime], counts: dict[str, int]) -> None:
    first, last = period
    if first >= last:
        raise ValueError(f"since ({first.isoformat()}) must be before until ({last.isoformat()})")
    for name, count in counts.items():
        if count < 1:
            raise ValueError(f"{name} must be at least 1, not {count}")


def _check_given(texts: dict[str, str]) -> None:
    for variable, text in texts.items():
        if not text.strip():
            raise ValueError(f"EarthRanger needs a server, a user name and a password: set {variable}")
