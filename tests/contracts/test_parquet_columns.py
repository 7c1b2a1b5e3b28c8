"""Of a stored frame some columns can be read; and what is stored is what Arrow makes of a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from ecoscope_workflows.contracts.file_codecs import FrameCodec, JsonCodec
from ecoscope_workflows.contracts.parquet import read_frame, write_frame, write_mark
from ecoscope_workflows.contracts.stored import read_value

if TYPE_CHECKING:
    from pathlib import Path


def tracks() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": ["a", "b"], "speed": [1.0, 2.0], "record": [{"x": 1}, {"x": 2}]},
        geometry=gpd.GeoSeries([shapely.Point(1, 2), shapely.Point(3, 4)], crs="EPSG:4326").array,
        index=pd.Index(["one", "two"], name="id"),
    ).assign(place=gpd.GeoSeries([shapely.Point(5, 6)] * 2, crs="EPSG:32637").array)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_frame(tracks(), tmp_path / "tracks.parquet", "{}")
    return tmp_path / "tracks.parquet"


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"speed", "geometry"}, ["speed", "geometry"]),
        ({"geometry"}, ["geometry"]),
        ({"speed", "geometry", "absent"}, ["speed", "geometry"]),
        ({"absent"}, ["name", "speed", "record", "geometry", "place"]),
        (None, ["name", "speed", "record", "geometry", "place"]),
    ],
)
def test_the_columns_asked_for_come_with_the_index(path: Path, columns: Any, expected: list[str]) -> None:
    gpd.testing.assert_geodataframe_equal(read_frame(path, columns), tracks()[expected], check_crs=True)


def test_without_its_active_geometry_a_frame_is_a_plain_one(path: Path) -> None:
    for columns in (["speed"], ["speed", "place"]):
        found = read_frame(path, columns)
        assert type(found) is pd.DataFrame
        assert list(found.columns) == columns
    assert read_frame(path, ["place"])["place"].array.crs == "EPSG:32637"


@pytest.mark.parametrize("index", [pd.RangeIndex(5, 7), pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])])
def test_an_index_of_any_kind_comes_along(index: pd.Index[Any], tmp_path: Path) -> None:
    frame = pd.DataFrame({"one": [1, 2], "other": [3, 4]}, index=index)
    write_frame(frame, tmp_path / "x.parquet", "{}")
    pd.testing.assert_frame_equal(read_frame(tmp_path / "x.parquet", {"other"}), frame[["other"]])


def test_a_file_of_pandas_or_of_nobody_is_read_the_same_way(tmp_path: Path) -> None:
    pq.write_table(pa.table({"one": [1], "other": [2]}), tmp_path / "x.parquet")
    pd.testing.assert_frame_equal(read_frame(tmp_path / "x.parquet", {"one"}), pd.DataFrame({"one": [1]}))


def test_what_stands_for_no_frame_has_no_columns(tmp_path: Path) -> None:
    write_mark(tmp_path / "x.parquet", "null", "{}")
    assert read_frame(tmp_path / "x.parquet", {"one"}) is None


def test_a_codec_of_frames_says_which_columns_of_a_frame_are_read(path: Path, tmp_path: Path) -> None:
    assert list(read_value(path, FrameCodec(columns=frozenset({"speed"}))).columns) == ["speed"]
    JsonCodec().write([1], tmp_path / "x.json", "{}")
    assert read_value(tmp_path / "x.json", FrameCodec(columns=frozenset({"speed"}))) == [1]


FRAMES: dict[str, pd.DataFrame] = {
    "text as index": pd.DataFrame({"a": [1.5, 2.5]}, index=pd.Index(["x", "y"], name="id")),
    "index without a name": pd.DataFrame({"a": [[1], [2]], "b": ["x", None]}, index=["x", None]),
    "index named as a column": pd.DataFrame({"id": [1, 2]}, index=pd.Index(["x", "y"], name="id")),
    "nullable text as index": pd.DataFrame(
        {"a": [1, 2]}, index=pd.Index(["x", "y"], name="id", dtype="string")
    ),
    "columns that are numbers": pd.DataFrame({0: [1], 1: [2]}, index=["x"]),
    "no columns": pd.DataFrame(index=pd.Index(["x", "y"], name="id")),
    "no rows": pd.DataFrame({"a": [1.5]}, index=pd.Index(["x"], name="id")).iloc[:0],
    "numbers as index": pd.DataFrame({"a": [1]}, index=pd.Index([7], name="id")),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_a_file_holds_what_arrow_makes_of_the_frame(frame: pd.DataFrame, tmp_path: Path) -> None:
    write_frame(frame, tmp_path / "x.parquet", "{}")
    found, expected = pq.ParquetFile(tmp_path / "x.parquet").read(), pa.Table.from_pandas(frame)
    assert found.equals(expected)
    assert found.schema.types == expected.schema.types
    assert found.schema.metadata[b"pandas"] == expected.schema.metadata[b"pandas"]


def test_only_text_has_a_dictionary_and_only_places_no_least_and_most(path: Path) -> None:
    group = pq.ParquetFile(path).metadata.row_group(0)
    columns = {
        group.column(number).path_in_schema: group.column(number) for number in range(group.num_columns)
    }
    repeated = {name for name, column in columns.items() if "RLE_DICTIONARY" in column.encodings}
    assert repeated == {"name", "id"}
    assert {name for name, column in columns.items() if column.is_stats_set} == {"name", "speed", "id"}
