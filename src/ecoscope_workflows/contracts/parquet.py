"""Data frames as (Geo)Parquet files: frames in, deterministic bytes out, and back.

Geometry is stored as WKB with the metadata of GeoParquet 1.1 (https://geoparquet.org/releases/v1.1.0/),
so that any reader of GeoParquet opens the files.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PROVENANCE_KEY = b"ecoscope_workflows"
GEOPARQUET_VERSION = "1.1.0"
# In the order of shapely's numbers; the third is a ring, which is a line string in WKB.
_TYPES = (
    "Point",
    "LineString",
    "LineString",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)


def write_frame(frame: pd.DataFrame, path: Path, provenance: str) -> None:
    """Write a frame with its index and `provenance` in the footer."""
    plain, geo = _geometry_as_wkb(frame)
    table = pa.Table.from_pandas(plain)
    metadata = {**(table.schema.metadata or {}), PROVENANCE_KEY: provenance.encode()}
    if geo is not None:
        table = _geometry_as_binary(table, geo["columns"])
        metadata[b"geo"] = json.dumps(geo, sort_keys=True).encode()
    pq.write_table(table.replace_schema_metadata(metadata), path, compression="zstd")


def read_frame(path: Path) -> pd.DataFrame:
    """Read a frame; one with GeoParquet metadata becomes a GeoDataFrame."""
    table = pq.ParquetFile(path).read()
    metadata = table.schema.metadata or {}
    frame: pd.DataFrame = table.to_pandas()
    if b"geo" not in metadata:
        return frame
    return _geometry_from_wkb(frame, json.loads(metadata[b"geo"]))


def read_provenance(path: Path) -> str:
    """Return the provenance in a file's footer, or an empty text."""
    metadata = pq.read_schema(path).metadata or {}
    return str(metadata.get(PROVENANCE_KEY, b"").decode())


def _geometry_as_wkb(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any] | None]:
    columns = [name for name, dtype in frame.dtypes.items() if str(dtype) == "geometry"]
    if not columns:
        return frame, None
    import shapely  # noqa: PLC0415  # frames without geometry do without

    plain = pd.DataFrame(frame).copy(deep=False)
    described: dict[str, Any] = {}
    for name in columns:
        geometry = frame[name].array
        # ISO WKB, as GeoParquet asks for; it differs from the extended form where there is a Z.
        plain[name] = shapely.to_wkb(geometry, flavor="iso")
        crs: Any = getattr(geometry, "crs", None)
        described[str(name)] = {
            "encoding": "WKB",
            "geometry_types": _type_names(shapely.get_type_id(geometry), shapely.has_z(geometry)),
            "crs": crs.to_json_dict() if crs is not None else None,
            **_bbox(shapely.get_coordinates(geometry, include_z=True)),
        }
    active = getattr(frame, "_geometry_column_name", None)
    primary = str(active if active in columns else columns[0])
    return plain, {"version": GEOPARQUET_VERSION, "primary_column": primary, "columns": described}


def _geometry_as_binary(table: pa.Table, columns: Iterable[str]) -> pa.Table:
    """Return the table with binary columns also where no row has a geometry, from which no type shows."""
    for name in columns:
        number = table.schema.get_field_index(name)
        if pa.types.is_null(table.schema.field(number).type):
            table = table.set_column(
                number, pa.field(name, pa.binary()), pa.nulls(len(table), type=pa.binary())
            )
    return table


def _bbox(coordinates: Any) -> dict[str, list[float]]:
    """Return the entry `bbox`: minima, then maxima, of x, y and, where there is one, z."""
    used = coordinates if pd.notna(coordinates[:, 2]).any() else coordinates[:, :2]
    bounds = pd.DataFrame(used).agg(["min", "max"]).to_numpy().ravel()
    return {} if pd.isna(bounds).any() else {"bbox": [float(bound) for bound in bounds]}


def _type_names(numbers: Any, has_z: Any) -> list[str]:
    """Return the entry `geometry_types`, from shapely's number of each geometry's type (-1 for none)."""
    kinds = pd.DataFrame({"number": numbers, "z": has_z}).drop_duplicates()
    return sorted(
        {f"{_TYPES[number]}{' Z' * z}" for number, z in kinds.itertuples(index=False) if number >= 0}
    )


def _geometry_from_wkb(frame: pd.DataFrame, geo: dict[str, Any]) -> pd.DataFrame:
    import geopandas as gpd  # noqa: PLC0415  # frames without geometry do without

    for name, column in geo["columns"].items():
        # A file without the key is in OGC:CRS84, a null says that the CRS is unknown.
        crs = column.get("crs", "OGC:CRS84")
        frame[name] = gpd.GeoSeries.from_wkb(frame[name].array, index=frame.index, crs=crs)
    spatial: pd.DataFrame = gpd.GeoDataFrame(frame, geometry=geo["primary_column"])
    return spatial
