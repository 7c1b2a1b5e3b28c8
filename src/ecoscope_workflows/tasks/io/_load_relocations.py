"""A file of tracks in; observations with checked times and positions out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from ecoscope_workflows.annotations import DataFrame, InputFile
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.schemas import Observations


@distributed(tags=["io"])
def load_relocations(
    path: Annotated[
        InputFile,
        Field(description="A file of fixes: .parquet, .geoparquet, .gpkg, .geojson or .csv."),
    ],
    id_column: Annotated[str, Field(description="Column that names the animal.")] = "groupby_col",
    time_column: Annotated[str, Field(description="Column with the time of the fix.")] = "fixtime",
    x_column: Annotated[
        str, Field(description="Column with the longitude or easting, where the file has no geometry.")
    ] = "longitude",
    y_column: Annotated[
        str, Field(description="Column with the latitude or northing, where the file has no geometry.")
    ] = "latitude",
    crs: Annotated[
        str, Field(description="Coordinate reference system of the positions, where the file names none.")
    ] = "EPSG:4326",
    time_zone: Annotated[
        str, Field(description="Time zone of times that name none, such as Africa/Nairobi.")
    ] = "UTC",
) -> DataFrame[Observations]:
    """Read fixes from a file of your own.

    The suffix says what the file is: GeoParquet or Parquet, GeoPackage (its first layer), GeoJSON, or CSV
    (UTF-8, with commas).
    Where the file has geometries, `x_column` and `y_column` are not used.
    Where it names their CRS, `crs` is not used.

    Parameters
    ----------
    path
        The file to read.
    id_column
        Column that names the animal; becomes ``groupby_col``, as text.
    time_column
        Column with date-times, or with text of the form ISO 8601, e.g. ``2024-03-01 06:30:00`` or
        ``2024-03-01T06:30:00+03:00``; becomes ``fixtime``, in UTC.
    x_column, y_column
        Columns with the position in units of `crs`.
    crs
        Any text that PROJ knows, e.g. ``EPSG:32637``.
    time_zone
        An IANA name. A time that the zone skips or has twice (daylight saving time) is refused.

    Returns
    -------
    DataFrame[Observations]
        One row per row of the file, in its order, with points in EPSG:4326.
        ``junk_status`` is that of the file, or False where it has none.
        The index ``id`` is the column (or named index) ``id`` of the file as text where no value is missing
        or repeated; else ``<animal>-<n>``, where n counts the fixes of the animal from 1 in file order.
        All other columns are kept as ``extra__<name>``.
        A position that is missing or not finite becomes a missing geometry, and one off the globe is kept as
        it is, both with a counted warning; `process_relocations` removes both.

    Raises
    ------
    FileNotFoundError
        When there is no file at `path`.
    ValueError
        When the suffix is unknown, the file is not what its suffix says, a column is missing or not what it
        should be, a time cannot be read, an animal has no name, or no position lies on the globe.
    """
    from ecoscope_workflows.tasks.io import _track_columns, _track_files

    path = Path(path)
    table = _track_files.read_table(path, text_columns=(id_column, time_column, "id"))
    observations: DataFrame[Observations] = _track_columns.observations(
        table,
        _track_columns.ColumnNames(animal=id_column, time=time_column, x=x_column, y=y_column),
        crs=crs,
        time_zone=time_zone,
        source=path.name,
    )
    return observations
