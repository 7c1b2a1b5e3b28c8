"""Texts, data and tables as files for people: their names, what they hold, and that they are whole."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from pandas.testing import assert_frame_equal
from pydantic import BaseModel
from shapely import Point

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.contracts.validation import adapter_of
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.io import persist_df, persist_df_wrapper, persist_json, persist_text
from ecoscope_workflows.tasks.io._persisted_frames import frame_hash, sanitized

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = "<p>Où est l'éléphant ?</p>\n"
TEXT_HASH = hashlib.sha256(TEXT.encode()).hexdigest()[:7]
TABLE = pd.DataFrame({"name": ["a", "b"], "count": [1, 2]}, index=pd.Index(["x", "y"], name="id"))
MAP = gpd.GeoDataFrame(
    {"name": ["a", "b"], "time": pd.to_datetime(["2024-03-01", "2024-03-02"], utc=True).as_unit("ms")},
    geometry=[Point(37, 0), None],
    crs="EPSG:4326",
)
DETAILS = pd.DataFrame({
    "record": [{"b": 1, "a": np.float64(2)}, None],
    "list": [[1, 2], np.array([3])],
    "mixed": [1, "two"],
    "bytes": [b"x", b"\xff"],
    "whole": [1, 2],
})  # fmt: skip


class Widget(BaseModel):
    """A model to write."""

    title: str
    at: float


@pytest.mark.parametrize(("given", "name"), [
    ({}, f"{TEXT_HASH}.html"),
    ({"filename_suffix": "v2"}, f"{TEXT_HASH}_v2.html"),
    ({"filename": "map.html"}, "map.html"),
    ({"filename": "map.html", "filename_suffix": "v2"}, "map_v2.html"),
    ({"filename": "a.b.html", "filename_suffix": "v2"}, "a.b_v2.html"),
    ({"filename": "maps/map.html", "filename_suffix": "v2"}, "maps/map_v2.html"),
    ({"filename": "plain", "filename_suffix": "v2"}, "plain_v2"),
    ({"filename": "", "filename_suffix": ""}, f"{TEXT_HASH}.html"),
])  # fmt: skip
def test_a_text_is_named_by_its_content_or_as_asked(tmp_path: Path, given: dict[str, str], name: str) -> None:
    root = str(tmp_path / "new" / "folder")

    path = persist_text(TEXT, root, **given)

    assert path == f"{root}/{name}"
    assert Path(path).read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("form", ["{}", "{}/", "file://{}", "file://localhost{}"])
def test_the_path_is_the_folder_as_given_and_the_name(tmp_path: Path, form: str) -> None:
    root = form.format(tmp_path)

    assert persist_text("x", root, "a.txt") == f"{root.rstrip('/')}/a.txt"
    assert (tmp_path / "a.txt").read_text() == "x"


def test_a_relative_folder_stays_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert persist_text("x", "out", "a.txt") == "out/a.txt"


def test_a_folder_with_a_space_is_written_as_an_address_writes_it(tmp_path: Path) -> None:
    persist_text("x", f"{tmp_path.as_uri()}/a%20b", "a.txt")

    assert (tmp_path / "a b" / "a.txt").read_text() == "x"


@pytest.mark.parametrize("root", ["gs://bucket/a", "s3://bucket", "https://x.org/a", "file://host/a", " "])
def test_a_folder_elsewhere_is_refused(root: str) -> None:
    with pytest.raises(ValueError, match=r"not on this machine|root_path is empty"):
        persist_text("x", root)


@pytest.mark.parametrize("name", ["../a.html", "/etc/a.html", "a/../../b", "a\0b"])
def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is no name of a file below"):
        persist_text("x", str(tmp_path / "root"), name)

    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    persist_text("old", str(tmp_path), "a.txt")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device", descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        persist_text("new", str(tmp_path), "a.txt")

    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_people_may_read_what_is_written(tmp_path: Path) -> None:
    assert Path(persist_text("x", str(tmp_path))).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(("data", "text"), [
    ({"b": [1, 2.5], "a": None}, '{"b": [1, 2.5], "a": null}'),
    (Widget(title="Où", at=1), '{"title":"Où","at":1.0}'),
])  # fmt: skip
@pytest.mark.parametrize(("given", "name"), [
    ({}, "{}.json"),
    ({"filename_suffix": "v2"}, "{}_v2.json"),
    ({"filename": "a"}, "a.json"),
    ({"filename": "a.geojson"}, "a.geojson"),
])  # fmt: skip
def test_data_is_written_as_json(
    tmp_path: Path, data: Any, text: str, given: dict[str, str], name: str
) -> None:
    path = Path(persist_json(data, str(tmp_path), **given))

    assert path.read_text(encoding="utf-8") == text
    assert path.name == name.format(hashlib.sha256(text.encode()).hexdigest()[:7])


def test_what_json_has_no_form_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        persist_json({"a": object()}, str(tmp_path))

    assert list(tmp_path.iterdir()) == []


def read_gdal(path: str) -> Any:
    return gpd.read_file(path)


READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "csv": ("csv", pd.read_csv),
    "json": ("json", read_gdal),
    "parquet": ("parquet", pd.read_parquet),
    "geoparquet": ("parquet", gpd.read_parquet),
    "gpkg": ("gpkg", read_gdal),
    "geojson": ("geojson", read_gdal),
}


@pytest.mark.parametrize("filetype", list(READERS))
def test_a_frame_with_geometry_is_written_in_each_format(tmp_path: Path, filetype: Any) -> None:
    before, (ending, read) = MAP.copy(deep=True), READERS[filetype]

    path = persist_df(MAP, str(tmp_path), "fixes", filetype)

    assert path == f"{tmp_path}/fixes.{ending}"
    assert list(read(path)["name"]) == ["a", "b"]
    if filetype in {"geoparquet", "gpkg", "geojson"}:
        assert_geodataframe_equal(read(path)[["name", "geometry"]], MAP[["name", "geometry"]])
    assert_geodataframe_equal(MAP, before)


def test_csv_holds_the_index_and_text_for_geometry(tmp_path: Path) -> None:
    assert Path(persist_df(TABLE, str(tmp_path))).read_text() == "id,name,count\nx,a,1\ny,b,2\n"
    assert "POINT (37 0)" in Path(persist_df(MAP, str(tmp_path))).read_text()


def test_json_of_a_table_is_by_column_and_row(tmp_path: Path) -> None:
    records = pd.Series([{"a": 1}, None], index=TABLE.index, dtype=object)
    frame = TABLE.assign(at=pd.Timestamp("2024-03-01"), record=records)

    stored = json.loads(Path(persist_df(frame, str(tmp_path), filetype="json")).read_bytes())

    assert stored["name"] == {"x": "a", "y": "b"}
    assert stored["at"]["x"].startswith("2024-03-01T00:00:00")
    assert stored["record"] == {"x": {"a": 1}, "y": None}


def test_geojson_is_in_longitude_and_latitude(tmp_path: Path) -> None:
    path = persist_df(MAP.to_crs("EPSG:32737"), str(tmp_path), filetype="geojson")

    stored = json.loads(Path(path).read_bytes())
    assert stored["features"][0]["geometry"]["coordinates"] == pytest.approx([37, 0])
    assert stored["features"][0]["properties"]["time"] == "2024-03-01T00:00:00+00:00"


def test_parquet_holds_no_index(tmp_path: Path) -> None:
    path = persist_df(TABLE, str(tmp_path), filetype="parquet")

    assert_frame_equal(pd.read_parquet(path), TABLE.reset_index(drop=True))


@pytest.mark.parametrize("filetype", list(READERS))
def test_the_same_frame_gives_the_same_bytes(tmp_path: Path, filetype: Any) -> None:
    first, second = (
        Path(persist_df(MAP.copy(), str(tmp_path / folder), filetype=filetype)) for folder in ("1", "2")
    )

    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("filetype", ["gpkg", "geoparquet", "geojson"])
def test_a_format_with_geometry_needs_one(tmp_path: Path, filetype: Any) -> None:
    with pytest.raises(ValueError, match=f"a {filetype} file needs a geometry"):
        persist_df(TABLE, str(tmp_path), filetype=filetype)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("filetype", ["csv", "json", "parquet", "gpkg", "geoparquet", "geojson"])
@pytest.mark.parametrize("rows", [0, 1])
def test_a_frame_of_none_or_one_row_is_written(tmp_path: Path, filetype: Any, rows: int) -> None:
    path = persist_df(MAP.iloc[:rows], str(tmp_path), filetype=filetype)

    assert len(READERS[filetype][1](path)) == rows


def test_a_frame_is_named_by_the_published_hash(tmp_path: Path) -> None:
    rows = np.asarray(pd.util.hash_pandas_object(TABLE)).tobytes()

    path = Path(persist_df(TABLE, str(tmp_path)))

    assert path.stem == hashlib.sha256(rows).hexdigest()[:7]


def test_a_frame_of_records_is_named_by_all_of_them() -> None:
    rows = [{"a": number} for number in range(20)]
    frame = pd.DataFrame({"record": rows})
    changed = pd.DataFrame({"record": [*rows[:-1], {"a": -1}]})

    assert frame_hash(frame) == frame_hash(frame.copy(deep=True))
    assert frame_hash(frame) != frame_hash(changed)


@pytest.mark.parametrize(("given", "form"), [
    ({}, ["{}.csv"]),
    ({"filetypes": []}, ["{}.csv"]),
    ({"filetypes": None}, ["{}.csv"]),
    ({"filetypes": ["csv", "gpkg", "geoparquet"]}, ["{}.csv", "{}.gpkg", "{}.parquet"]),
    ({"filename_prefix": "events"}, ["events_{}.csv"]),
    ({"filename": "table"}, ["table_{}.csv"]),
    ({"filename": "table", "filename_prefix": "events"}, ["events_table_{}.csv"]),
])  # fmt: skip
def test_each_format_gets_a_file_with_the_hash_in_its_name(
    tmp_path: Path, given: dict[str, Any], form: list[str]
) -> None:
    paths = persist_df_wrapper(MAP, str(tmp_path), **given)

    assert paths == [f"{tmp_path}/{name.format(frame_hash(MAP))}" for name in form]
    assert all(Path(path).is_file() for path in paths)


def test_details_become_text_on_demand(tmp_path: Path) -> None:
    before = DETAILS.copy(deep=True)

    (path,) = persist_df_wrapper(DETAILS, str(tmp_path), filetypes=["parquet"], sanitize=True)

    stored = pd.read_parquet(path)
    assert [json.loads(stored["record"][0]), stored["record"].isna()[1]] == [{"a": 2.0, "b": 1}, True]
    assert list(stored["list"]) == ["[1, 2]", "[3]"]
    assert list(stored["mixed"]) == ["1", "two"]
    assert list(stored["bytes"]) == ["x", "\N{REPLACEMENT CHARACTER}"]
    assert list(stored["whole"]) == [1, 2]
    assert_frame_equal(DETAILS, before)


def test_the_geometry_stays_a_geometry(tmp_path: Path) -> None:
    frame = MAP.assign(tags=[["a"], ["b"]])

    (path,) = persist_df_wrapper(frame, str(tmp_path), filetypes=["geoparquet"], sanitize=True)

    stored = gpd.read_parquet(path)
    assert list(stored["tags"]) == ['["a"]', '["b"]']
    assert isinstance(sanitized(frame), gpd.GeoDataFrame)
    assert stored.crs.to_epsg() == 4326


def test_a_skipped_result_is_a_table_without_rows(tmp_path: Path) -> None:
    parameter = task_info(persist_df_wrapper, "m", "persist_df_wrapper").parameters["df"]
    frame = adapter_of(parameter.annotation).validate_python(SkipSentinel("events"))

    (path,) = persist_df_wrapper(frame, str(tmp_path))

    assert Path(path).read_text() == ",empty_event\n"
