"""Readers of track files: a path in; a table as the file holds it, with geometry where it has one, out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FORMATS = {
    ".parquet": "Parquet",
    ".geoparquet": "GeoParquet",
    ".gpkg": "GeoPackage",
    ".geojson": "GeoJSON",
    ".csv": "CSV",
}
SQLITE_MAGIC = b"SQLite format 3\x00"
GEOPARQUET_KEY = b"geo"


def read_table(path: Path, text_columns: Sequence[str]) -> pd.DataFrame:
    """Read a file of fixes as its suffix says.

    Parameters
    ----------
    path
        The file.
    text_columns
        Columns that are text in a CSV whatever they look like, so that ``007`` stays ``007``.

    Returns
    -------
    pandas.DataFrame
        A GeoDataFrame where the file has a geometry column.

    Raises
    ------
    FileNotFoundError
        When there is no file.
    ValueError
        When the suffix is unknown or the content is not what the suffix says.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise ValueError(
            f"cannot tell the format of {path.name!r} from the suffix {path.suffix!r}: "
            f"expected one of {', '.join(FORMATS)}"
        )
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {str(path)!r}: check the path")
    if suffix == ".csv":
        return _read_csv(path, text_columns)
    if suffix == ".gpkg":
        return _read_gpkg(path)
    if suffix == ".geojson":
        return _read_geojson(path)
    return _read_parquet(path)


def _mismatch(path: Path, why: str) -> ValueError:
    # Raised `from None`: `why` holds what the library said, and its frames say nothing about a user's file.
    return ValueError(
        f"{path.name!r} is not a {FORMATS[path.suffix.lower()]} file, as its suffix says: {why}; "
        "rename the file or write it again"
    )


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        is_geo = GEOPARQUET_KEY in (pq.read_schema(path).metadata or {})
        table: pd.DataFrame = gpd.read_parquet(path) if is_geo else pd.read_parquet(path)
    except (pa.ArrowException, OSError) as error:
        raise _mismatch(path, f"it cannot be read ({error})") from None
    return table


def _read_gpkg(path: Path) -> pd.DataFrame:
    # GDAL looks at the content only: it would read a GeoJSON file of this name as well.
    with path.open("rb") as file:
        if file.read(len(SQLITE_MAGIC)) != SQLITE_MAGIC:
            raise _mismatch(path, "it does not start with the mark 'SQLite format 3'")
    return _read_with_gdal(path)


def _read_geojson(path: Path) -> pd.DataFrame:
    try:
        document = json.loads(path.read_bytes())
    except ValueError as error:
        raise _mismatch(path, f"it is not JSON ({error})") from None
    kind = document.get("type") if isinstance(document, dict) else None
    if kind != "FeatureCollection":
        raise _mismatch(path, f"expected a FeatureCollection, found {kind or type(document).__name__}")
    if not document.get("features"):
        return pd.DataFrame()
    return _read_with_gdal(path)


def _read_with_gdal(path: Path) -> pd.DataFrame:
    try:
        # Times as text, because GDAL's own times forget whether the file named a zone.
        table: pd.DataFrame = pyogrio.read_dataframe(path, datetime_as_string=True)
    except pyogrio.errors.DataSourceError as error:
        raise _mismatch(path, f"it cannot be read ({error})") from None
    return table


def _read_csv(path: Path, text_columns: Sequence[str]) -> pd.DataFrame:
    # A binary file may be valid text by accident, but then it has zero bytes.
    with path.open("rb") as file:
        if b"\x00" in file.read(4096):
            raise _mismatch(path, "it is not text")
    text: dict[Any, Any] = dict.fromkeys(text_columns, str)
    try:
        table = pd.read_csv(path, dtype=text, encoding="utf-8-sig", low_memory=False)
    except UnicodeDecodeError as error:
        raise _mismatch(path, f"it is not UTF-8 text ({error})") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        raise _mismatch(path, str(error).strip()) from None
    # A spreadsheet in a country of decimal commas writes semicolons.
    alone = str(table.columns[0]) if len(table.columns) == 1 else ""
    separator = next((sign for sign in ";\t|" if sign in alone), "")
    if separator:
        what = f"its columns are separated by {separator!r}: expected ',' between columns and '.' in numbers"
        raise _mismatch(path, what)
    return table
