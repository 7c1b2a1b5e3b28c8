"""Data frames as (Geo)Parquet files: frames in, deterministic bytes out, and back.

Geometry is stored as WKB with the metadata of GeoParquet 1.1 (https://geoparquet.org/releases/v1.1.0/),
so that any reader of GeoParquet opens the files.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ecoscope_workflows.contracts.digests import CONTENT_KEY, MARK_KEY
from ecoscope_workflows.contracts.skipping import with_skips

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

PROVENANCE_KEY = b"ecoscope_workflows"
GEOPARQUET_VERSION = "1.1.0"
# Some 6 MB of a trajectory: little enough to read a part of, enough to be compressed well.
ROWS_PER_GROUP = 2**17
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


def write_mark(path: Path, mark: str, provenance: str) -> None:
    """Write a file without rows that stands for what `mark` says: a skipped result, or ``null`` for None."""
    _write(pa.table({}).replace_schema_metadata({MARK_KEY: mark.encode()}), path, provenance)


def write_frame(frame: pd.DataFrame | None, path: Path, provenance: str) -> None:
    """Write a frame with its index and `provenance` in the footer; None becomes a file without rows."""
    if frame is None:
        write_mark(path, "null", provenance)
        return
    names: list[Any] = [name for name, dtype in frame.dtypes.items() if str(dtype) == "geometry"]
    if not names:
        _write(_table(frame), path, provenance)
        return
    plain = pd.DataFrame(frame).copy(deep=False)
    # In its place until the binary column is there: a frame would need an object for each value.
    plain[names] = None
    table = _table(plain)
    described: dict[str, Any] = {}
    for name in names:
        column, facts = _as_wkb(frame[name].array)
        table = _with_binary(table, str(name), column)
        described[str(name)] = facts
    active = getattr(frame, "_geometry_column_name", None)
    primary = str(active if active in names else names[0])
    geo = {"version": GEOPARQUET_VERSION, "primary_column": primary, "columns": described}
    metadata = {**table.schema.metadata, b"geo": json.dumps(geo, sort_keys=True).encode()}
    _write(table.replace_schema_metadata(metadata), path, provenance)


def _table(frame: pd.DataFrame) -> pa.Table:
    """Return what ``pa.Table.from_pandas`` makes of a frame, at less cost where its index is text.

    Arrow asks each column for attributes that it lacks, and to know that none is a label of its index, pandas
    makes an object of every label.
    """
    index = frame.index
    if not isinstance(index.dtype, pd.StringDtype) or str(index.name) in map(str, frame.columns):
        return pa.Table.from_pandas(frame, nthreads=1)
    bare = frame.set_axis(pd.RangeIndex(len(frame)))
    table = pa.Table.from_pandas(bare, nthreads=1)
    labels = pa.Table.from_pandas(pd.DataFrame(index=index), nthreads=1)
    said, of_labels = (json.loads(part.schema.metadata[b"pandas"]) for part in (table, labels))
    said["index_columns"] = of_labels["index_columns"]
    said["columns"] += of_labels["columns"]
    table = table.append_column(labels.field(0), labels.column(0))
    return table.replace_schema_metadata({**table.schema.metadata, b"pandas": json.dumps(said).encode()})


class _Hashing:
    """A file that is written, and hashed on the way.

    Parameters
    ----------
    path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self._stream = path.open("wb")
        self.digest = hashlib.sha256()
        self.closed = False

    def write(self, data: Any) -> int:
        """Write some bytes."""
        self.digest.update(data)
        return self._stream.write(data)

    def flush(self) -> None:
        """Do nothing: what is written is flushed by `close`."""

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        self.closed = True


def _write(table: pa.Table, path: Path, provenance: str) -> None:
    """Write a table with two facts in its footer: where it comes from, and the hash of the rest."""
    sink = _Hashing(path)
    try:
        with pq.ParquetWriter(sink, table.schema, compression="zstd", **_told_of(table.schema)) as writer:
            writer.write_table(table, row_group_size=ROWS_PER_GROUP)
            # Now all values are written, and nothing of where they come from.
            sink.digest.update(table.schema.serialize())
            facts = {CONTENT_KEY: sink.digest.hexdigest(), PROVENANCE_KEY.decode(): provenance}
            writer.add_key_value_metadata(facts)
    finally:
        sink.close()


def _told_of(schema: pa.Schema) -> dict[str, Any]:
    """Return what Parquet is told of the columns, where knowing better is worth a third of the time.

    Numbers, times and places hardly repeat, so that a dictionary of them is made in vain; and the least of
    many geometries as bytes helps nobody to find one.
    """
    text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_dictionary)
    return {
        "use_dictionary": [one.name for one in schema if any(kind(one.type) for kind in text)],
        "write_statistics": [one.name for one in schema if not pa.types.is_binary(one.type)],
    }


def read_frame(path: Path, columns: Collection[str] | None = None) -> Any:
    """Read a frame, or what the file stands for; one with GeoParquet metadata becomes a GeoDataFrame.

    Parameters
    ----------
    path
        The file.
    columns
        The columns to read beside the index, where the file has any of them; None for all of them.
    """
    # Threads and reading ahead take as long on a few cores, and twice their time.
    file = pq.ParquetFile(path, pre_buffer=False)
    table = file.read(_wanted(file.schema_arrow, columns), use_threads=False)
    metadata = table.schema.metadata or {}
    if MARK_KEY in metadata:
        return with_skips(json.loads(metadata[MARK_KEY]))
    if b"geo" not in metadata:
        return table.to_pandas(use_threads=False)
    return _with_geometries(table, json.loads(metadata[b"geo"]))


def _wanted(schema: pa.Schema, columns: Collection[str] | None) -> list[str] | None:
    """Return the columns to read; None for all of them, as where the file has none of those asked for."""
    if columns is None or not set(columns) & set(schema.names):
        return None
    said = json.loads((schema.metadata or {}).get(b"pandas", b"{}"))
    # What is no text describes an index that has no column, such as a range.
    index = {name for name in said.get("index_columns", ()) if isinstance(name, str)}
    return [name for name in schema.names if name in columns or name in index]


def read_provenance(path: Path) -> str:
    """Return the provenance in a file's footer, or an empty text."""
    metadata = pq.read_metadata(path).metadata or {}
    return str(metadata.get(PROVENANCE_KEY, b"").decode())


def _as_wkb(geometry: Any) -> tuple[pa.Array, dict[str, Any]]:
    """Return geometries as WKB, and what GeoParquet says of them."""
    # Frames without geometry do without these three.
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    from ecoscope_workflows.contracts import track_geometry, wkb  # noqa: PLC0415

    known = geometry.coordinates if isinstance(geometry, track_geometry.TrackGeometry) else None
    if known is None:
        known = wkb.coordinates_of_tracks(np.asarray(geometry))
    column = wkb.encoded_tracks(known) if known is not None and len(known) else None
    if column is not None and known is not None:
        types = ["Point" if known.ndim == track_geometry.POINTS else "LineString"]
        # One axis at a time: numpy is slow along a short one.
        x, y = known.reshape(-1, 2).T
        bbox = {"bbox": [float(x.min()), float(y.min()), float(x.max()), float(y.max())]}
    else:
        objects = np.asarray(geometry)
        column = wkb.encoded(objects)
        types = _type_names(shapely.get_type_id(objects), shapely.has_z(objects))
        bbox = _bbox(shapely.get_coordinates(objects, include_z=True))
    crs: Any = getattr(geometry, "crs", None)
    described = crs.to_json_dict() if crs is not None else None
    return column, {"encoding": "WKB", "geometry_types": types, "crs": described, **bbox}


def _with_binary(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    """Return the table with a column of WKB, which is binary also where no row has a geometry."""
    number = table.schema.get_field_index(name)
    metadata = dict(table.schema.metadata)
    if column.null_count < len(column):
        # What pandas would have said of the values.
        said = json.loads(metadata[b"pandas"])
        for entry in said["columns"]:
            if entry["field_name"] == name:
                entry["pandas_type"] = "bytes"
        metadata[b"pandas"] = json.dumps(said).encode()
    return table.set_column(number, pa.field(name, column.type), column).replace_schema_metadata(metadata)


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


def _with_geometries(table: pa.Table, geo: dict[str, Any]) -> pd.DataFrame:
    # Frames without geometry do without these.
    import geopandas as gpd  # noqa: PLC0415

    from ecoscope_workflows.contracts import wkb  # noqa: PLC0415
    from ecoscope_workflows.contracts.known_crs import known_crs  # noqa: PLC0415
    from ecoscope_workflows.contracts.track_geometry import track_array  # noqa: PLC0415

    geometries: dict[str, Any] = {}
    held = {name: column for name, column in geo["columns"].items() if name in table.column_names}
    for name, column in held.items():
        # A file without the key is in OGC:CRS84, a null says that the CRS is unknown.
        crs = known_crs(column.get("crs", "OGC:CRS84"))
        binary = table.column(name)
        known = wkb.decoded_tracks(binary)
        geometries[name] = (
            gpd.array.from_shapely(wkb.decoded(binary), crs=crs) if known is None else track_array(known, crs)
        )
        number = table.schema.get_field_index(name)
        # In its place until the geometries are there: pandas would need an object for each value.
        table = table.set_column(number, name, pa.nulls(len(table)))
    frame: pd.DataFrame = table.to_pandas(use_threads=False)
    for name, geometry in geometries.items():
        frame[name] = geometry
    if geo["primary_column"] not in held:
        return frame
    spatial: pd.DataFrame = gpd.GeoDataFrame(frame, geometry=geo["primary_column"])
    return spatial
