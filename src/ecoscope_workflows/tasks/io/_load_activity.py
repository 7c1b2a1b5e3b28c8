"""Files of events and of patrol tracks in, in place of an EarthRanger site; the same columns out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from ecoscope_workflows.annotations import DataFrame, InputFile
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.io._activity_parameters import ForcePointGeometry
from ecoscope_workflows.tasks.schemas import EventsWithDisplayNames, PatrolObservations

TimeZone = Annotated[str, Field(description="Time zone of times that name none, such as Africa/Nairobi.")]
XColumn = Annotated[
    str, Field(description="Column with the longitude or easting, where the file has no geometry.")
]
YColumn = Annotated[
    str, Field(description="Column with the latitude or northing, where the file has no geometry.")
]
Crs = Annotated[
    str, Field(description="Coordinate reference system of the positions, where the file names none.")
]


@distributed(tags=["io"])
def load_events(
    path: Annotated[
        InputFile, Field(description="A file of events: .parquet, .geoparquet, .gpkg, .geojson or .csv.")
    ],
    type_column: Annotated[str, Field(description="Column with the type of the event.")] = "event_type",
    time_column: Annotated[str, Field(description="Column with the time of the event.")] = "time",
    x_column: XColumn = "longitude",
    y_column: YColumn = "latitude",
    crs: Crs = "EPSG:4326",
    time_zone: TimeZone = "UTC",
    force_point_geometry: ForcePointGeometry = True,  # noqa: FBT002  # given by name
) -> DataFrame[EventsWithDisplayNames]:
    """Read events from a file of your own, with the columns of those from an EarthRanger site.

    The suffix says what the file is, as for `load_relocations`.
    Where the file has geometries, `x_column` and `y_column` are not used.
    Where it names their CRS, `crs` is not used.

    Parameters
    ----------
    path
        The file to read.
    type_column
        Column that says what happened; becomes ``event_type``, as text.
    time_column
        Column with date-times, or with text of the form ISO 8601; becomes ``time``, in UTC.
    x_column, y_column
        Columns with the position in units of `crs`.
    crs
        Any text that PROJ knows, e.g. ``EPSG:32637``.
    time_zone
        An IANA name. A time that the zone skips or has twice (daylight saving time) is refused.
    force_point_geometry
        Whether areas become their centroids, in degrees.

    Returns
    -------
    DataFrame[EventsWithDisplayNames]
        One row per row of the file, in the order of time and then of the file, in EPSG:4326.
        Columns of the file keep their names. Where it has none, ``id`` is ``event-<n>`` and
        ``serial_number`` is n, which counts the rows of the file from 1; ``event_category`` and
        ``reported_by`` are empty; ``event_type_display`` is the type. A reporter that is named by a plain
        text becomes the JSON text of a record with that ``name``.
        A position that is missing or not finite becomes a missing geometry, with a counted warning.

    Raises
    ------
    FileNotFoundError
        When there is no file at `path`.
    ValueError
        When the suffix is unknown, the file is not what its suffix says, a column is missing or not what it
        should be, a time cannot be read, an event has no type, or the CRS is unknown.
    """
    from ecoscope_workflows.tasks.io import _activity_files

    events: DataFrame[EventsWithDisplayNames] = _activity_files.read_events(
        Path(path),
        _activity_files.EventColumns(type_column, time_column, x_column, y_column),
        crs=crs,
        time_zone=time_zone,
        points=force_point_geometry,
    )
    return events


@distributed(tags=["io"])
def load_patrol_observations(
    path: Annotated[
        InputFile,
        Field(description="A file of fixes on patrols: .parquet, .geoparquet, .gpkg, .geojson or .csv."),
    ],
    patrol_column: Annotated[str, Field(description="Column that names the patrol.")] = "patrol_id",
    time_column: Annotated[str, Field(description="Column with the time of the fix.")] = "fixtime",
    x_column: XColumn = "longitude",
    y_column: YColumn = "latitude",
    crs: Crs = "EPSG:4326",
    time_zone: TimeZone = "UTC",
) -> DataFrame[PatrolObservations]:
    """Read the fixes of patrols from a file of your own, with the columns of those from an EarthRanger site.

    The suffix says what the file is, as for `load_relocations`.

    Parameters
    ----------
    path
        The file to read.
    patrol_column
        Column that names the patrol; becomes ``groupby_col`` and ``patrol_id``, as text.
    time_column
        Column with date-times, or with text of the form ISO 8601; becomes ``fixtime``, in UTC.
    x_column, y_column
        Columns with the position in units of `crs`.
    crs
        Any text that PROJ knows, e.g. ``EPSG:32637``.
    time_zone
        An IANA name. A time that the zone skips or has twice (daylight saving time) is refused.

    Returns
    -------
    DataFrame[PatrolObservations]
        One row per row of the file, as `load_relocations` returns them, but with an ``id`` of the file also
        where it stands twice, as of a fix that two patrols share; with columns ``patrol_*``: those of the
        file keep their names. Where it has none, ``patrol_start_time`` and ``patrol_end_time`` are the
        times of the first and the last fix of the patrol, ``patrol_serial_number`` counts the patrols from 1
        in file order, and the others are empty. Other columns are kept as ``extra__<name>``.

    Raises
    ------
    FileNotFoundError, ValueError
        As `load_relocations` says.
    """
    from ecoscope_workflows.tasks.io import _activity_files
    from ecoscope_workflows.tasks.io._track_columns import ColumnNames

    observations: DataFrame[PatrolObservations] = _activity_files.read_patrol_observations(
        Path(path),
        ColumnNames(animal=patrol_column, time=time_column, x=x_column, y=y_column),
        crs=crs,
        time_zone=time_zone,
    )
    return observations
