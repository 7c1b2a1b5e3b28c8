"""Two Parquet files in, the first thing that the second has otherwise out: column, row and value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.compiler.snapshots import apart, differences
from ecoscope_workflows.contracts.digests import CONTENT_KEY, MARK_KEY

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import pyarrow as pa

# What the footer says beside these is of the values: what kind they are, and of geometries the CRS.
_PROVENANCE = frozenset({b"ecoscope_workflows", CONTENT_KEY.encode()})


def is_mark(path: Path) -> bool:
    """Return whether a file stands for something else than a frame: None, or a skipped result."""
    import pyarrow.parquet as pq  # noqa: PLC0415  # 0.1 s

    return MARK_KEY in (pq.read_metadata(path).metadata or {})


def table_difference(first: Path, second: Path) -> str:
    """Return in words the first thing in which a table differs from another one, or an empty text.

    Columns and their order are compared first, then dtypes, the CRS of geometries, the number of rows, the
    values, column by column, and at last what else the footer says of them, such as what the index is.

    Complexity: linear in the number of values of the columns that differ.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415  # 0.1 s

    one, other = (pq.ParquetFile(path).read(use_threads=False) for path in (first, second))
    said = [_said(table) for table in (one, other)]
    return (
        _of_names(one.schema.names, other.schema.names)
        or _of_dtypes(one, other, *said)
        or _of_crs(*map(_geometries, said))
        or ("" if len(one) == len(other) else f"{len(other)} rows, not {len(one)}")
        or _of_values(one, other, _geometries(said[0]))
        or next(iter(differences(said[0], said[1], None, "footer")), "")
    )


def _said(table: pa.Table) -> dict[str, Any]:
    """Return what the footer says of the values."""
    metadata: dict[bytes, bytes] = table.schema.metadata or {}
    kept = {name.decode(): text for name, text in metadata.items() if name not in _PROVENANCE}
    return {name: json.loads(text) if name in {"geo", "pandas"} else text for name, text in kept.items()}


def _of_names(one: list[str], other: list[str]) -> str:
    for name in one:
        if name not in other:
            return f"{_column(name)} is missing"
    for name in other:
        if name not in one:
            return f"{_column(name)} was not there"
    return "" if one == other else f"the order of the columns: {apart(one, other)}"


def _column(name: str) -> str:
    return "the index" if name.startswith("__index_level_") else f"column {name!r}"


def _of_dtypes(one: pa.Table, other: pa.Table, *said: dict[str, Any]) -> str:
    known = [
        {column["field_name"]: column["numpy_type"] for column in each.get("pandas", {}).get("columns", ())}
        for each in said
    ]
    for before, after in zip(one.schema, other.schema, strict=True):
        dtypes = [known[0].get(before.name), known[1].get(after.name)]
        types = [str(before.type), str(after.type)]
        if dtypes[0] != dtypes[1]:
            return f"{_column(before.name)}: dtype {dtypes[1]}, not {dtypes[0]}"
        if types[0] != types[1]:
            return f"{_column(before.name)}: dtype {types[1]}, not {types[0]}"
    return ""


def _geometries(said: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of each column of geometries."""
    columns: dict[str, Any] = said.get("geo", {}).get("columns", {})
    return columns


def _of_crs(one: dict[str, Any], other: dict[str, Any]) -> str:
    for name in one:
        crs = [_crs(columns.get(name, {}).get("crs")) for columns in (one, other)]
        if crs[0] != crs[1]:
            return f"{_column(name)}: CRS {crs[1]}, not {crs[0]}"
    return ""


def _crs(described: Any) -> str:
    if not isinstance(described, dict):
        return str(described)
    number = described.get("id")
    return f"{number['authority']}:{number['code']}" if number else json.dumps(described, sort_keys=True)


def _of_values(one: pa.Table, other: pa.Table, geometries: Collection[str]) -> str:
    for number, name in enumerate(one.schema.names):
        before, after = one.column(number), other.column(number)
        if before.equals(after):
            continue
        pairs = enumerate(zip(before.to_pylist(), after.to_pylist(), strict=True))
        for row, (stored, found) in pairs:
            # A nan is never stored: it became a null.
            if stored != found:
                shown = [_as_text(value) if name in geometries else value for value in (stored, found)]
                return f"{_column(name)}, row {row}: {apart(*shown)}"
    return ""


def _as_text(geometry: bytes | None) -> str | None:
    """Return a geometry as text that people read, to its last digit."""
    import shapely  # noqa: PLC0415  # only where a geometry differs

    text: str | None = shapely.to_wkt(shapely.from_wkb(geometry), rounding_precision=-1)
    return text
