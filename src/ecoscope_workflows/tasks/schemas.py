"""The schemas of the built-in tasks: what each frame that passes between them must hold.

A producer may return more columns than its schema names; a consumer may only rely on those that it names.
"""

from __future__ import annotations

from typing import Any

from ecoscope_workflows.annotations import (
    AwareDatetime,
    Column,
    Geometry,
    Index,
    JsonSerializableDataFrameModel,
    LineGeometry,
    PointGeometry,
    PolygonGeometry,
    Series,
    UTCDatetime,
)


class Relocations(JsonSerializableDataFrameModel):
    """Fixes of tracked animals, one row per fix, in WGS 84 longitude and latitude."""

    groupby_col: Series[str] = Column(description="Identifies the animal that a fix belongs to.")
    fixtime: Series[AwareDatetime] = Column(description="When the fix was taken.")
    junk_status: Series[bool] = Column(description="True where the fix is known to be wrong.")
    geometry: Series[PointGeometry] = Column(nullable=True, description="Where the animal was.")


class Observations(Relocations):
    """Fixes as a source delivers them, before any cleaning; sources add columns of their own."""


class SubjectGroupObservations(Observations):
    """Fixes of the subjects of an EarthRanger group."""

    extra__subject__name: Series[str] | None = Column(nullable=True)
    extra__subject__subject_subtype: Series[str] | None = Column(nullable=True)
    extra__subject__sex: Series[str] | None = Column(nullable=True)


class PatrolObservations(Observations):
    """Fixes taken on patrols, with what is known of each patrol."""

    patrol_type__value: Series[str] | None = Column(nullable=True)
    patrol_serial_number: Series[Any] | None = Column(nullable=True, description="A number, or its text.")
    patrol_status: Series[str] | None = Column(nullable=True)
    patrol_subject: Series[str] | None = Column(nullable=True)


class Trajectory(JsonSerializableDataFrameModel):
    """Segments between consecutive fixes of one animal, one row per segment."""

    groupby_col: Series[str] = Column(description="Identifies the animal that a segment belongs to.")
    segment_start: Series[AwareDatetime]
    segment_end: Series[AwareDatetime]
    timespan_seconds: Series[float] = Column(description="Duration in seconds.")
    dist_meters: Series[float] = Column(description="Geodesic length in metres on the WGS 84 ellipsoid.")
    speed_kmhr: Series[float] = Column(description="Mean speed in km/h.")
    heading: Series[float] = Column(description="Forward azimuth at the start, degrees from north, 0 to 360.")
    junk_status: Series[bool]
    geometry: Series[LineGeometry]


class UTCTrajectory(Trajectory):
    """Segments with their times in UTC, each with an id of its own."""

    id: Index[str] = Column(unique=True, description="The id of the fix that the segment starts at.")
    segment_start: Series[UTCDatetime]  # type: ignore[assignment]  # narrower than that of any trajectory
    segment_end: Series[UTCDatetime]  # type: ignore[assignment]  # as above


class DisplacedTrajectory(Trajectory):
    """Segments with how far they lead from where the animal started, each with an id of its own."""

    id: Index[str] = Column(unique=True, description="The id of the fix that the segment starts at.")
    nsd: Series[float] = Column(
        ge=0, description="Squared distance from the animal's first fix to the end of the segment, in km²."
    )


class Events(JsonSerializableDataFrameModel):
    """Events that people or sensors reported, one row per event."""

    event_type: Series[str]
    time: Series[AwareDatetime] = Column(description="When the event happened.")
    event_category: Series[str] | None = Column(nullable=True)
    reported_by: Series[Any] | None = Column(nullable=True, description="Who reported it, as a record.")
    geometry: Series[Geometry] = Column(nullable=True, description="Where it happened: a point or an area.")


class EventsWithDisplayNames(Events):
    """Events with the name of their type as people read it."""

    event_type_display: Series[str]


class Patrols(JsonSerializableDataFrameModel):
    """Patrols as EarthRanger describes them, one row per patrol."""

    id: Series[str]
    state: Series[str]
    serial_number: Series[int]
    patrol_segments: Series[Any] = Column(description="The legs of the patrol, a list of records.")


class Regions(JsonSerializableDataFrameModel):
    """Named areas of a group of spatial features, one row per area."""

    pk: Series[str] = Column(description="Identifies the area at its source.")
    name: Series[str]
    short_name: Series[str] = Column(nullable=True)
    feature_type: Series[str]
    metadata: Series[Any] = Column(description="A record with `id` and `display_name` of the group.")
    geometry: Series[Geometry] = Column(nullable=True)


class TimeDensity(JsonSerializableDataFrameModel):
    """Percentile areas of a utilization distribution, one row per percentile, largest first."""

    percentile: Series[float] = Column(ge=0, le=100, description="Share of the distribution inside, in %.")
    geometry: Series[PolygonGeometry] = Column(nullable=True)
    area_sqkm: Series[float] = Column(ge=0, description="Planar area in the CRS of the raster, in km².")
