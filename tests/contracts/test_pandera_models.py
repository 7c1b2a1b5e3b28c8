"""Each kind of column of a schema takes what it names, and pandera's own spelling means the same."""

from __future__ import annotations

from typing import Any, Optional

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pa
import pandera.typing as pat
import pytest
import shapely
from pydantic import TypeAdapter

from ecoscope_workflows.annotations import (
    AwareDatetime,
    Column,
    DataFrame,
    Geometry,
    Index,
    JsonSerializableDataFrameModel,
    LineGeometry,
    PointGeometry,
    PolygonGeometry,
    Series,
    UTCDatetime,
)
from ecoscope_workflows.contracts.frames import FrameContract


class Fixes(JsonSerializableDataFrameModel):
    animal: Series[str]
    time: Series[UTCDatetime]
    speed: Series[float] = Column(ge=0)
    where: Series[PointGeometry] = Column(nullable=True)


class Indexed(JsonSerializableDataFrameModel):
    id: Index[str] = Column(unique=True)
    speed: Series[float]


def fixes(count: int = 3) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {
            "animal": [f"eland {number}" for number in range(count)],
            "time": pd.date_range("2020-01-01", periods=count, freq="h", tz="UTC"),
            "speed": np.arange(count, dtype="float64"),
        },
        geometry=gpd.points_from_xy(range(count), range(count)),
        crs="EPSG:4326",
    )
    return frame.rename_geometry("where")


def told(schema: type, frame: object) -> list[str]:
    _, faults = FrameContract(schema).faults(frame)
    return [str(fault) for fault in faults]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_time_of_any_resolution_fits(unit: Any) -> None:
    frame = fixes()
    assert told(Fixes, frame.assign(time=frame["time"].dt.as_unit(unit))) == []


class Aware(JsonSerializableDataFrameModel):
    time: Series[AwareDatetime]


@pytest.mark.parametrize(
    ("zone", "fits_utc", "fits_aware"),
    [("UTC", True, True), ("Africa/Nairobi", False, True), (None, False, False)],
)
def test_a_time_zone_is_checked(zone: str | None, fits_utc: bool, fits_aware: bool) -> None:
    frame = fixes()
    frame["time"] = frame["time"].dt.tz_convert(zone) if zone else frame["time"].dt.tz_localize(None)
    assert (told(Fixes, frame) == []) is fits_utc
    assert (told(Aware, frame) == []) is fits_aware


@pytest.mark.parametrize("dtype", [object, "str"])
def test_text_of_either_storage_is_text(dtype: Any) -> None:
    frame = fixes()
    assert told(Fixes, frame.assign(animal=frame["animal"].astype(dtype))) == []


def test_an_object_column_with_something_else_inside_is_no_text() -> None:
    frame = fixes()
    mixed = frame.assign(animal=pd.Series(["a", 1, None], dtype=object))
    assert sorted(told(Fixes, mixed)) == [
        "column 'animal': expected text (1 row: row 1: 1)",
        "column 'animal': must not be null (1 row: row 2: None)",
    ]


POINT, LINE = shapely.Point(0, 0), shapely.LineString([(0, 0), (1, 1)])
AREA = shapely.box(0, 0, 1, 1)
SHAPES = {
    "Point": POINT,
    "LineString": LINE,
    "MultiLineString": shapely.MultiLineString([LINE]),
    "Polygon": AREA,
    "MultiPolygon": shapely.MultiPolygon([AREA]),
    "MultiPoint": shapely.MultiPoint([POINT]),
    "GeometryCollection": shapely.GeometryCollection([POINT]),
}


class AnyShape(JsonSerializableDataFrameModel):
    geometry: Series[Geometry]


class Points(JsonSerializableDataFrameModel):
    geometry: Series[PointGeometry]


class Lines(JsonSerializableDataFrameModel):
    geometry: Series[LineGeometry]


class Areas(JsonSerializableDataFrameModel):
    geometry: Series[PolygonGeometry]


@pytest.mark.parametrize(
    ("schema", "fitting"),
    [
        (AnyShape, set(SHAPES)),
        (Points, {"Point"}),
        (Lines, {"LineString", "MultiLineString"}),
        (Areas, {"Polygon", "MultiPolygon"}),
    ],
)
@pytest.mark.parametrize("geo", [True, False], ids=["GeoDataFrame", "DataFrame"])
def test_a_kind_of_geometry_takes_its_types(schema: type, fitting: set[str], geo: bool) -> None:
    for name, shape in SHAPES.items():
        frame = gpd.GeoDataFrame({"a": [1]}, geometry=[shape])
        assert (told(schema, frame if geo else pd.DataFrame(frame)) == []) is (name in fitting), name


def test_the_index_is_checked_by_its_name() -> None:
    frame = pd.DataFrame({"speed": [1.0, 2.0, 3.0]}, index=pd.Index(["x", "x", "y"], name="id"))
    assert told(Indexed, frame) == ["the index: must be unique (2 rows: row 'x': 'x', row 'x': 'x')"]
    assert told(Indexed, frame.set_axis(["x", "y", "z"]).rename_axis("id")) == []
    assert told(Indexed, frame.reset_index(drop=True)) == ["the index: expected text, got int64"]


class Strict(Indexed):
    weight: Series[int]

    class Config:
        strict = True


def test_a_schema_takes_over_the_columns_of_its_base() -> None:
    frame = pd.DataFrame({"speed": [1.0], "weight": [3]}, index=pd.Index(["x"], name="id"))
    assert told(Strict, frame) == []
    assert told(Strict, frame.drop(columns=["speed", "weight"])) == [
        "column 'speed': is missing",
        "column 'weight': is missing",
    ]


def test_a_strict_schema_refuses_further_columns() -> None:
    frame = pd.DataFrame({"speed": [1.0], "weight": [3], "more": [1]}, index=pd.Index(["x"], name="id"))
    assert told(Strict, frame) == ["column 'more': is not allowed by the schema"]


class Coercing(JsonSerializableDataFrameModel):
    speed: Series[float] = Column(coerce=True)


def test_a_column_is_converted_where_the_schema_says_so() -> None:
    frame = pd.DataFrame({"speed": ["1", "2"]})
    checked, faults = FrameContract(Coercing).faults(frame)
    assert faults == ()
    assert isinstance(checked, pd.DataFrame)
    assert checked["speed"].tolist() == [1.0, 2.0]
    assert frame["speed"].tolist() == ["1", "2"]


def test_what_cannot_be_converted_is_one_fault() -> None:
    assert told(Coercing, pd.DataFrame({"speed": ["fast", "2"]})) == [
        "column 'speed': cannot be converted to float64 (1 row: row 0: 'fast')"
    ]


class Native(pa.DataFrameModel):
    speed: pat.Series[float] = pa.Field(ge=0)

    @pa.check("speed", name="is plausible")
    def plausible(cls, speed: Any) -> Any:  # noqa: N805  # pandera makes it a class method
        return speed < 100


class Mixed(JsonSerializableDataFrameModel):
    speed: pat.Series[float] = pa.Field(ge=0)
    animal: Series[str] = Column(str_matches="^e")
    optional: Series[int] | None
    anything: Optional[Series[Any]]  # noqa: UP045  # as some authors write it


def test_a_schema_of_pandera_is_a_schema() -> None:
    TypeAdapter(DataFrame[Native]).validate_python(pd.DataFrame({"speed": [1.0]}))
    assert told(Native, pd.DataFrame({"speed": [-1.0, 500.0]})) == [
        "column 'speed': greater_than_or_equal_to(0) (1 row: row 0: -1.0)",
        "column 'speed': is plausible (1 row: row 1: 500.0)",
    ]


def test_a_schema_may_mix_both_spellings_and_leave_columns_out() -> None:
    frame = pd.DataFrame({"speed": [1.0], "animal": ["eland"]})
    assert told(Mixed, frame) == []
    assert told(Mixed, frame.assign(optional=1, anything=True)) == []
    assert told(Mixed, frame.assign(animal="lion", optional="x")) == [
        "column 'animal': str_matches('^e') (1 row: row 0: 'lion')",
        "column 'optional': expected int64, got str",
    ]
