"""The schemas of the built-in tasks: what each frame that passes between them must hold.

A producer may return more columns than its schema names; a consumer may only rely on those that it names.
"""

from __future__ import annotations

from ecoscope_workflows.annotations import (
    Column,
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
    fixtime: Series[UTCDatetime] = Column(description="When the fix was taken.")
    junk_status: Series[bool] = Column(description="True where the fix is known to be wrong.")
    geometry: Series[PointGeometry] = Column(nullable=True, description="Where the animal was.")


class Observations(Relocations):
    """Fixes as a source delivers them, before any cleaning; sources add columns of their own."""


class Trajectory(JsonSerializableDataFrameModel):
    """Segments between consecutive fixes of one animal, one row per segment."""

    id: Index[str] = Column(unique=True, description="The id of the fix that the segment starts at.")
    groupby_col: Series[str] = Column(description="Identifies the animal that a segment belongs to.")
    segment_start: Series[UTCDatetime]
    segment_end: Series[UTCDatetime]
    timespan_seconds: Series[float] = Column(description="Duration in seconds.")
    dist_meters: Series[float] = Column(description="Geodesic length in metres on the WGS 84 ellipsoid.")
    speed_kmhr: Series[float] = Column(description="Mean speed in km/h.")
    heading: Series[float] = Column(description="Forward azimuth at the start, degrees from north, 0 to 360.")
    junk_status: Series[bool]
    geometry: Series[LineGeometry]


class TimeDensity(JsonSerializableDataFrameModel):
    """Percentile areas of a utilization distribution, one row per percentile, largest first."""

    percentile: Series[float] = Column(ge=0, le=100, description="Share of the distribution inside, in %.")
    geometry: Series[PolygonGeometry] = Column(nullable=True)
    area_sqkm: Series[float] = Column(ge=0, description="Planar area in the CRS of the raster, in km².")
