"""The task that downloads the observations of a subject group through a named connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from ecoscope_workflows.annotations import DataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.schemas import SubjectGroupObservations
from ecoscope_workflows.tasks.time_ranges import TimeRange
from ecoscope_workflows.tasks.written import ADVANCED

if TYPE_CHECKING:
    from datetime import datetime

ExclusionFilter = Literal[
    "none", "clean", "manually_filtered", "automatically_filtered", "manually_and_automatically_filtered"
]
# The flags by which EarthRanger excludes observations: 1 a person, 2 a filter.
EXCLUSION_FLAGS: dict[str, int | None] = {
    "none": None,
    "clean": 0,
    "manually_filtered": 1,
    "automatically_filtered": 2,
    "manually_and_automatically_filtered": 3,
}


# One more try of the whole download: single requests are tried again by the client.
@distributed(tags=["io"], retries=1, resources={"mem_mb": 2000})
def get_subjectgroup_observations(
    client: Annotated[str, Field(description="A named EarthRanger connection.")],
    subject_group_name: Annotated[
        str,
        Field(description="⚠️ The use of a group with mixed subtypes could lead to unexpected results"),
    ],
    time_range: Annotated[TimeRange, Field(description="Time range filter")],
    raise_on_empty: Annotated[  # noqa: FBT002  # given by name
        bool,
        Field(
            description="Whether or not to abort the workflow if no data is returned from EarthRanger",
            json_schema_extra=ADVANCED,
        ),
    ] = True,
    include_details: Annotated[  # noqa: FBT002  # given by name
        bool,
        Field(
            title="Include Observation Details",
            description="Whether or not to include observation details",
            json_schema_extra=ADVANCED,
        ),
    ] = False,
    include_subjectsource_details: Annotated[  # noqa: FBT002  # given by name
        bool,
        Field(
            title="Include Subject Source Details",
            description="Whether or not to include subject source details",
            json_schema_extra=ADVANCED,
        ),
    ] = False,
    filter: Annotated[  # noqa: A002  # the published name
        ExclusionFilter,
        Field(description="Filter observations based on exclusion flags.", json_schema_extra=ADVANCED),
    ] = "clean",
    include_subject_additional: Annotated[  # noqa: FBT002  # given by name
        bool,
        Field(
            title="Include Subject Additional",
            description="Whether or not to include the additional attributes of subjects",
            json_schema_extra=ADVANCED,
        ),
    ] = False,
) -> DataFrame[SubjectGroupObservations]:
    """Download the observations of every subject in a group and in the groups nested in it.

    Inactive subjects count as well. Subjects are downloaded concurrently; the result depends neither on that
    nor on the page size.

    Parameters
    ----------
    client
        The name of a connection to EarthRanger.
    subject_group_name
        The exact name of a subject group.
    time_range
        The first and the last moment, both included.
    raise_on_empty
        Whether no observations are an error; else the result is a frame with the same columns and no rows.
    include_details
        Whether ``extra__observation_details`` is there, as JSON text.
    include_subjectsource_details
        Whether ``extra__subjectsource__*`` is there: since when the subject has worn the source, and so on.
    filter
        Which observations count: ``clean`` those that nothing excludes, ``none`` all,
        the others those that a person, a filter or both have excluded.
    include_subject_additional
        Whether ``extra__subject__additional`` is there, as JSON text.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per observation in EPSG:4326, in the order of the subjects and, within one, of time.
        The index ``id`` is EarthRanger's id of the observation, ``groupby_col`` the id of the subject,
        ``fixtime`` in UTC. ``extra__*`` holds what EarthRanger says of the observation,
        ``extra__subject__*`` what it says of the subject; structures other than ``extra__location`` are
        JSON text. ``extra__subject__name``, ``extra__subject__subject_subtype`` and ``extra__subject__sex``
        are ``"None"`` where EarthRanger has none. The geometry is missing where EarthRanger has no position.

    Raises
    ------
    ValueError
        When there is no such connection, its settings are incomplete, no group has this name,
        or there are no observations and `raise_on_empty` holds.
    PermissionError
        When the site refuses the account, or does not let it read the group.
    ConnectionError
        When the site cannot be reached, fails again and again, or does not answer like EarthRanger.
    """
    from ecoscope_workflows.tasks.io import _earthranger_queries
    from ecoscope_workflows.tasks.io._connections import open_account
    from ecoscope_workflows.tasks.io._earthranger_downloads import load_meanwhile

    load_meanwhile("ecoscope_workflows.tasks.io._earthranger_frame")
    period = time_range.since, time_range.until
    with open_account(client) as account:
        size = account.page_size
        group = _earthranger_queries.group_id(account, subject_group_name)
        subjects = _earthranger_queries.subjects_of(account, group, size, include_inactive=True)
        observations = _earthranger_queries.observations_of(
            account,
            subjects,
            period,
            page_size=size,
            flags=EXCLUSION_FLAGS[filter],
            details=include_details,
        )
        wanted = include_subjectsource_details and any(observations)
        assignments = _earthranger_queries.assignments_of(account, subjects, size) if wanted else []
    from ecoscope_workflows.tasks.io import _earthranger_frame, _observation_details

    if not any(observations):
        if raise_on_empty:
            raise ValueError(_nothing(subject_group_name, len(subjects), period))
        empty: DataFrame[SubjectGroupObservations] = _observation_details.empty_observations()
        return empty
    frame = _earthranger_frame.observations_frame(subjects, observations)
    frame = _observation_details.with_traits(frame)
    if include_subjectsource_details:
        frame = _observation_details.with_assignments(frame, assignments)
    if not include_subject_additional:
        frame = frame.drop(columns=_observation_details.ADDITIONAL, errors="ignore")
    found: DataFrame[SubjectGroupObservations] = frame
    return found


def _nothing(group: str, subjects: int, period: tuple[datetime, datetime]) -> str:
    if not subjects:
        return f"subject group {group!r} has no subjects"
    first, last = (moment.isoformat() for moment in period)
    return (
        f"the {subjects} subjects of group {group!r} have no observations"
        f" from {first} to {last}: widen the time range, or check what the user may see"
    )
