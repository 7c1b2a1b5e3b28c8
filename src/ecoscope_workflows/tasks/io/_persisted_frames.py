"""A frame and a format in, the bytes of a file out; the same frame gives the same bytes."""

from __future__ import annotations

import io
import json
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from ecoscope_workflows.tasks.io._persisted_files import short_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# GeoPackage files say when they were written; the time is not part of the data.
GPKG_TIME = "2000-01-01T00:00:00.000Z"


def frame_hash(frame: pd.DataFrame) -> str:
    """Return the first letters of the SHA-256 of the hashes of the rows, index included, in their order."""
    # Lists and records cannot be hashed; their JSON can.
    structures = {name: frame[name].map(_text) for name in _objects(frame) if _has_structures(frame[name])}
    rows = pd.util.hash_pandas_object(pd.DataFrame(_with_columns(frame, structures)))
    return short_hash(np.asarray(rows).tobytes())


def as_bytes(frame: pd.DataFrame, filetype: str) -> bytes:
    """Return a frame as the content of a file.

    Raises
    ------
    ValueError
        When the format needs a geometry and the frame has none.
    """
    return WRITERS[filetype](frame)


def sanitized(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with lists and records as JSON text, bytes as text, and mixed columns as text."""
    columns: dict[Any, pd.Series[Any]] = {}
    for name in _objects(frame):
        values = frame[name].map(_text)
        kinds = {type(value) for value in values if not _is_missing(value)}
        if len(kinds) > 1 and not kinds <= {int, float, bool}:
            values = values.map(lambda value: value if _is_missing(value) else str(value))
        columns[name] = values.infer_objects()
    return _with_columns(frame, columns)


def _with_columns(frame: pd.DataFrame, columns: Mapping[Any, pd.Series[Any]]) -> pd.DataFrame:
    """Return the frame with other values in some of its columns, whatever their names are."""
    changed = frame.copy(deep=False)
    for name, values in columns.items():
        changed[name] = values
    return changed


def _objects(frame: pd.DataFrame) -> list[Any]:
    """Return the columns that may hold anything; text and geometry have types of their own."""
    return [name for name, dtype in frame.dtypes.items() if isinstance(dtype, np.dtype) and dtype.kind == "O"]


def _has_structures(values: pd.Series[Any]) -> bool:
    return bool(values.map(lambda value: isinstance(value, list | tuple | dict | set | np.ndarray)).any())


def _is_missing(value: Any) -> bool:
    return (
        value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value))
    )


def _text(value: Any) -> Any:
    """Return a list or record as JSON text, bytes as text, and any other value as it is."""
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, set):
        value = sorted(value, key=str)
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, sort_keys=True, ensure_ascii=False, default=_plain)
    return value


def _plain(value: Any) -> Any:
    """Return what JSON has no form for as something that it has one for."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, datetime):
        # pandas' own "no time" is a datetime as well, and its text is NaT.
        return value.isoformat()
    return sorted(value, key=str) if isinstance(value, set) else str(value)


def _geo(frame: pd.DataFrame, filetype: str) -> gpd.GeoDataFrame:
    if isinstance(frame, gpd.GeoDataFrame) and frame._geometry_column_name in frame.columns:  # noqa: SLF001
        return frame
    raise ValueError(f"a {filetype} file needs a geometry, and the frame has none: choose csv or parquet")


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(lineterminator="\n").encode()


def _json(frame: pd.DataFrame) -> bytes:
    if isinstance(frame, gpd.GeoDataFrame):
        return _geojson(frame)
    return str(frame.to_json(date_format="iso", default_handler=str)).encode()


def _geojson(frame: pd.DataFrame) -> bytes:
    geo = _geo(frame, "geojson")
    # GeoJSON is in WGS 84 (RFC 7946, section 4).
    return str(geo.to_json(to_wgs84=geo.crs is not None, default=_plain)).encode()


def _parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _geoparquet(frame: pd.DataFrame) -> bytes:
    return _parquet(_geo(frame, "geoparquet"))


def _gpkg(frame: pd.DataFrame) -> bytes:
    geo = _geo(frame, "gpkg")
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": GPKG_TIME})
    try:
        with tempfile.TemporaryDirectory() as folder:
            # The name of the layer is that of the file.
            path = Path(folder, "data.gpkg")
            pyogrio.write_dataframe(geo.reset_index(drop=True), path, driver="GPKG")
            return path.read_bytes()
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


WRITERS: dict[str, Callable[[pd.DataFrame], bytes]] = {
    "csv": _csv,
    "gpkg": _gpkg,
    "geoparquet": _geoparquet,
    "parquet": _parquet,
    "geojson": _geojson,
    "json": _json,
}
