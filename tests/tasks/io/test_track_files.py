"""A file that is not what its suffix says is refused, with its name and the format that was expected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.tasks.io import load_relocations

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "groupby_col,fixtime,longitude,latitude"


@pytest.mark.parametrize("name", ["a.parquet", "a.geoparquet", "a.gpkg", "a.geojson"])
def test_text_under_another_suffix_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(f"{HEAD}\na,2024-03-01,1,1\n")
    kind = {".parquet": "Parquet", ".gpkg": "GeoPackage", ".geojson": "GeoJSON"}.get(
        (tmp_path / name).suffix, "GeoParquet"
    )
    with pytest.raises(ValueError, match=rf"'{name}' is not a {kind} file, as its suffix says"):
        load_relocations(tmp_path / name)


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_another_separator_is_told(tmp_path: Path, separator: str) -> None:
    lines = ["id,time,lon,lat", "a,2024-01-01T00:00Z,36.5,0.3"]
    (tmp_path / "a.csv").write_text("\n".join(line.replace(",", separator) for line in lines))
    with pytest.raises(ValueError, match=re.escape(f"separated by {separator!r}: expected ','")):
        load_relocations(tmp_path / "a.csv")


@pytest.mark.parametrize(
    "content", [b"", b"PAR1\x00\x01", b"\xff\xfe\xff", b"a,b\n1,2\n1,2,3,4\n", b"SQLite format 3\x00"]
)
def test_a_csv_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(ValueError, match=r"'a.csv' is not a CSV file, as its suffix says"):
        load_relocations(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.parquet", b"PAR1 and nothing more"),
        ("a.gpkg", b"SQLite format 3\x00 and nothing more"),
        ("a.gpkg", b'{"type": "FeatureCollection", "features": []}'),
        ("a.geojson", b'{"type": "Feature"}'),
        ("a.geojson", b"[1, 2]"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=rf"'{name}' is not a \w+ file, as its suffix says"):
        load_relocations(tmp_path / name)


def test_a_missing_file_and_an_unknown_suffix(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no file .*none\.csv"):
        load_relocations(tmp_path / "none.csv")
    with pytest.raises(
        ValueError, match=r"format of 'a\.xlsx' .* expected one of \.parquet, \.geoparquet, \.gpkg"
    ):
        load_relocations(tmp_path / "a.xlsx")
