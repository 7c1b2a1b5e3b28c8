"""Frames become (Geo)Parquet files and come back equal; other readers open the files too."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import geopandas.testing
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ecoscope_workflows.contracts import parquet
from ecoscope_workflows.contracts.parquet import read_frame, read_provenance, write_frame

if TYPE_CHECKING:
    from pathlib import Path

POINT, LINE = shapely.Point(1, 2), shapely.LineString([(0, 0), (1, 5)])
RING = shapely.LinearRing([(0, 0), (1, 0), (1, 1)])


def spatial(shapes: list[Any], crs: Any = "EPSG:4326", **columns: Any) -> gpd.GeoDataFrame:
    data = {"a": list(range(len(shapes))), **columns}
    return gpd.GeoDataFrame(data, geometry=gpd.GeoSeries(shapes, crs=crs))


def stored(frame: pd.DataFrame, path: Path) -> Any:
    write_frame(frame, path, '{"task": "x"}')
    return read_frame(path)


def metadata(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(pq.read_schema(path).metadata[b"geo"])
    return found


def indexed(index: Any) -> pd.DataFrame:
    return pd.DataFrame({"a": [1, 2]}, index=index)


TIMES = pd.DatetimeIndex([pd.Timestamp("2020-06-01"), pd.NaT])
PLAIN: dict[str, pd.DataFrame] = {
    "named index": indexed(pd.Index(["x", "y"], name="id")),
    "index without a name": indexed(["x", "y"]),
    "range": indexed(pd.RangeIndex(5, 7)),
    "repeated index": indexed(pd.Index([1, 1], name="n")),
    "several levels": indexed(pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", "y"])),
    "times as index": indexed(pd.DatetimeIndex(["2020", "2021"], tz="Africa/Nairobi", name="t")),
    "no columns": pd.DataFrame(index=pd.Index([1, 2])),
    "nothing": pd.DataFrame(),
    "no rows": pd.DataFrame({"a": [1.0], "b": ["x"]}).iloc[:0],
    "category": pd.DataFrame(
        {"a": pd.Categorical(["x", "y", None], categories=["y", "x", "z"], ordered=True)}
    ),
    "times": pd.DataFrame(
        {
            "zone": TIMES.tz_localize("UTC").tz_convert("Africa/Nairobi"),
            "utc": TIMES.tz_localize("UTC"),
            "naive": TIMES + pd.Timedelta(microseconds=1),
            "ms": TIMES.as_unit("ms"),
            "us": TIMES.as_unit("us"),
            "ns": TIMES.as_unit("ns"),
            "span": pd.to_timedelta([1, 2], unit="s"),
        }
    ),
    "dates": pd.DataFrame({"a": [dt.date(2020, 1, 1), None]}),
    "numbers": pd.DataFrame(
        {
            "u1": np.array([0, 255], dtype="uint8"),
            "f4": np.array([1.5, np.nan], dtype="float32"),
            "i": pd.array([1, None], dtype="Int64"),
            "b": pd.array([True, None], dtype="boolean"),
        }
    ),
    "text": pd.DataFrame({"größe": ["a\nb", "🐘"], "with \"quotes'": ["", "\x00"]}),
    "nested": pd.DataFrame({"a": [{"x": 1, "y": {"z": "q"}}, {"x": 2, "y": {"z": None}}]}),
    "columns that are numbers": pd.DataFrame({0: [1], 1: [2]}),
}


@pytest.mark.parametrize("frame", PLAIN.values(), ids=PLAIN)
def test_a_frame_comes_back_equal(frame: pd.DataFrame, tmp_path: Path) -> None:
    before = frame.copy(deep=True)
    found = stored(frame, tmp_path / "x.parquet")
    assert type(found) is pd.DataFrame
    pd.testing.assert_frame_equal(found, frame)
    pd.testing.assert_frame_equal(frame, before)


SPATIAL: dict[str, gpd.GeoDataFrame] = {
    "points": spatial([POINT, shapely.Point(3, 4)]),
    "missing": spatial([POINT, None]),
    "all missing": spatial([None, None]),
    "no rows": spatial([POINT]).iloc[:0],
    "empty geometries": spatial([shapely.Point(), POINT, shapely.Polygon()]),
    "with height": spatial([shapely.Point(1, 2, 3), POINT]),
    "all types": spatial([POINT, LINE, POINT.buffer(1), shapely.MultiPoint([POINT])]),
    "collection": spatial([shapely.GeometryCollection([POINT, LINE])]),
    "no crs": spatial([POINT], crs=None),
    "projected": spatial([POINT], crs="EPSG:32637"),
    "crs of ESRI": spatial([POINT], crs="ESRI:102022"),
    "crs without a code": spatial([POINT], crs="+proj=laea +lat_0=1 +lon_0=37"),
    "index": spatial([POINT]).set_index(pd.Index(["f1"], name="id")),
    "other name": spatial([POINT]).rename_geometry("where"),
    "nested columns": spatial([POINT], location=[{"latitude": 2.0, "longitude": 1.0}]),
}


@pytest.mark.parametrize("frame", SPATIAL.values(), ids=SPATIAL)
def test_a_spatial_frame_comes_back_equal(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    found = stored(frame, tmp_path / "x.parquet")
    gpd.testing.assert_geodataframe_equal(found, frame, check_crs=True)
    assert found.geometry.name == frame.geometry.name
    assert found.crs == frame.crs


@pytest.mark.parametrize("frame", SPATIAL.values(), ids=SPATIAL)
def test_geopandas_reads_the_same(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    write_frame(frame, tmp_path / "x.parquet", "{}")
    gpd.testing.assert_geodataframe_equal(gpd.read_parquet(tmp_path / "x.parquet"), frame, check_crs=True)


@pytest.mark.parametrize("frame", SPATIAL.values(), ids=SPATIAL)
def test_we_read_what_geopandas_writes(frame: gpd.GeoDataFrame, tmp_path: Path) -> None:
    frame.to_parquet(tmp_path / "x.parquet")
    gpd.testing.assert_geodataframe_equal(read_frame(tmp_path / "x.parquet"), frame, check_crs=True)


def test_several_geometry_columns_keep_their_crs_and_the_active_one(tmp_path: Path) -> None:
    frame = spatial([POINT], crs="EPSG:4326")
    frame["end"] = gpd.GeoSeries([LINE], crs="EPSG:3857")
    for active in ("geometry", "end"):
        found = stored(frame.set_geometry(active), tmp_path / "x.parquet")
        assert found.geometry.name == active
        assert (found["geometry"].crs, found["end"].crs) == ("EPSG:4326", "EPSG:3857")
        assert metadata(tmp_path / "x.parquet")["primary_column"] == active


def test_a_plain_frame_with_a_geometry_column_becomes_a_spatial_one(tmp_path: Path) -> None:
    found = stored(pd.DataFrame(spatial([POINT])), tmp_path / "x.parquet")
    gpd.testing.assert_geodataframe_equal(found, spatial([POINT]))


@pytest.mark.parametrize(
    ("shapes", "types", "bbox"),
    [
        ([POINT, shapely.Point(3, -4)], ["Point"], [1, -4, 3, 2]),
        ([POINT, None, LINE], ["LineString", "Point"], [0, 0, 1, 5]),
        ([shapely.Point(1, 2, 3), POINT], ["Point", "Point Z"], [1, 2, 3, 1, 2, 3]),
        ([shapely.Point(1, 2, 3), shapely.Point(0, 0, -9)], ["Point Z"], [0, 0, -9, 1, 2, 3]),
        ([RING], ["LineString"], [0, 0, 1, 1]),
        ([shapely.Point()], ["Point"], None),
        ([None], [], None),
        ([], [], None),
    ],
    ids=lambda value: str(value)[:30],
)
def test_the_metadata_is_that_of_geoparquet_1_1(
    shapes: list[Any], types: list[str], bbox: list[float] | None, tmp_path: Path
) -> None:
    path = tmp_path / "x.parquet"
    write_frame(spatial(shapes, crs="EPSG:4326"), path, "{}")
    found = metadata(path)
    assert (found["version"], found["primary_column"]) == ("1.1.0", "geometry")
    column = found["columns"]["geometry"]
    assert (column["encoding"], column["geometry_types"], column.get("bbox")) == ("WKB", types, bbox)
    assert (column["crs"]["id"]["authority"], column["crs"]["id"]["code"]) == ("EPSG", 4326)
    # The column is binary even where no row tells its type.
    assert pq.read_schema(path).field("geometry").type == pa.binary()


def test_a_crs_that_is_not_known_is_null(tmp_path: Path) -> None:
    write_frame(spatial([POINT], crs=None), tmp_path / "x.parquet", "{}")
    assert metadata(tmp_path / "x.parquet")["columns"]["geometry"]["crs"] is None


def test_without_the_key_of_the_crs_it_is_that_of_longitude_and_latitude(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_frame(spatial([POINT]), path, "{}")
    table = pq.read_table(path)
    geo = metadata(path)
    del geo["columns"]["geometry"]["crs"]
    pq.write_table(
        table.replace_schema_metadata({**table.schema.metadata, b"geo": json.dumps(geo).encode()}), path
    )
    found = read_frame(path)
    assert isinstance(found, gpd.GeoDataFrame)
    assert found.crs == "OGC:CRS84"


def test_a_frame_without_geometry_has_no_metadata_of_geometry(tmp_path: Path) -> None:
    write_frame(pd.DataFrame({"a": [1]}), tmp_path / "x.parquet", "{}")
    assert b"geo" not in pq.read_schema(tmp_path / "x.parquet").metadata


@pytest.mark.parametrize("text", ["{}", '{"task": "größe"}', "x" * 100_000])
def test_the_provenance_stands_in_the_footer(text: str, tmp_path: Path) -> None:
    write_frame(pd.DataFrame({"a": [1]}), tmp_path / "x.parquet", text)
    assert read_provenance(tmp_path / "x.parquet") == text


def test_a_file_of_another_program_has_no_provenance(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "x.parquet")
    assert read_provenance(tmp_path / "x.parquet") == ""


def test_the_file_is_compressed_with_zstd(tmp_path: Path) -> None:
    write_frame(spatial([POINT]), tmp_path / "x.parquet", "{}")
    column = pq.ParquetFile(tmp_path / "x.parquet").metadata.row_group(0).column(0)
    assert column.compression == "ZSTD"


def test_a_column_that_parquet_cannot_hold_is_an_error_of_its_name(tmp_path: Path) -> None:
    with pytest.raises(pa.ArrowInvalid, match="column mixed"):
        write_frame(pd.DataFrame({"mixed": [1, "x"]}), tmp_path / "x.parquet", "{}")


@pytest.mark.parametrize("frame", [pd.DataFrame, spatial], ids=["plain", "spatial"])
def test_two_columns_of_one_name_are_refused_not_merged(frame: Any, tmp_path: Path) -> None:
    twins = spatial([POINT]) if frame is spatial else pd.DataFrame({"a": [1]})
    twins.insert(1, "a", [9], allow_duplicates=True)
    with pytest.raises(ValueError, match="Duplicate column names found"):
        write_frame(twins, tmp_path / "x.parquet", "{}")


def test_equal_frames_give_equal_bytes_in_every_process(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
import geopandas as gpd
from ecoscope_workflows.contracts.parquet import write_frame
points = gpd.points_from_xy([1, 2], [3, 4], crs="EPSG:32637")
frame = gpd.GeoDataFrame({"a": ["x", None], "b": [{"k": 1}, {"k": 2}]}, geometry=points)
write_frame(frame, Path(sys.argv[1]), "{}")
"""
    found = set()
    for seed in ("0", "1"):
        path = tmp_path / f"{seed}.parquet"
        subprocess.run(
            [sys.executable, "-c", program, str(path)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
        )
        found.add(path.read_bytes())
    assert len(found) == 1


COORDINATES = st.floats(-1e6, 1e6)
SHAPES = st.none() | st.tuples(COORDINATES, COORDINATES).map(shapely.Point)


@given(st.lists(st.tuples(SHAPES, st.text() | st.none(), st.floats()), max_size=8))
def test_any_rows_come_back_with_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, str | None, float]]
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    frame = gpd.GeoDataFrame(
        {
            "text": pd.Series([text for _, text, _ in rows], dtype="str"),
            "number": pd.Series([number for _, _, number in rows], dtype="float64"),
        },
        geometry=gpd.GeoSeries([shape for shape, _, _ in rows], crs="EPSG:32637"),
    )
    found = stored(frame, folder / "a.parquet")
    gpd.testing.assert_geodataframe_equal(found, frame)
    write_frame(found, folder / "b.parquet", '{"task": "x"}')
    assert (folder / "a.parquet").read_bytes() == (folder / "b.parquet").read_bytes()


def test_a_part_of_a_long_frame_can_be_read_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS_PER_GROUP", 2)
    frame = pd.DataFrame({"n": [1, 2, 3, 4, 5]})
    write_frame(frame, tmp_path / "long.parquet", "{}")
    groups = pq.ParquetFile(tmp_path / "long.parquet")
    assert [groups.read_row_group(number)["n"].to_pylist() for number in range(3)] == [[1, 2], [3, 4], [5]]
    pd.testing.assert_frame_equal(read_frame(tmp_path / "long.parquet"), frame)
