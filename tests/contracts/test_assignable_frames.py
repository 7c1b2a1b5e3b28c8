"""What fits where: data frames, one line for each rule."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa
import pandera.typing as pat
import pytest
from tests.contracts.fits import NO, OPEN, YES
from tests.contracts.made_schemas import Optional, frame

from ecoscope_workflows.annotations import (
    AnyDataFrame,
    AnyGeoDataFrame,
    AwareDatetime,
    Column,
    DataFrame,
    Geometry,
    Index,
    JsonSerializableDataFrameModel,
    LineGeometry,
    PointGeometry,
    Series,
    UTCDatetime,
)
from ecoscope_workflows.contracts.assignable import assignable
from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.tasks.schemas import Observations, Relocations, TimeDensity, Trajectory

if TYPE_CHECKING:
    from collections.abc import Iterator


class Tracks(JsonSerializableDataFrameModel):
    time: Series[UTCDatetime]
    speed: Series[float]


class SameTracks(JsonSerializableDataFrameModel):
    """Equal, and another class."""

    speed: Series[float]
    time: Series[UTCDatetime]


class MoreTracks(Tracks):
    animal: Series[str]


class LooseTracks(Tracks):
    """A subclass may ask for less than its base, and then does not fit."""

    speed: Series[float] = Column(nullable=True)


class PanderaTracks(pa.DataFrameModel):
    time: pat.Series[Annotated[pd.DatetimeTZDtype, "ns", "UTC"]]
    speed: pat.Series[float]


class NairobiTimes(pa.DataFrameModel):
    x: pat.Series[Annotated[pd.DatetimeTZDtype, "ns", "Africa/Nairobi"]]


class CheckedTracks(JsonSerializableDataFrameModel):
    speed: Series[float]

    @pa.check("speed")
    @classmethod
    def is_slow(cls, speed: Any) -> Any:
        return speed < 9


class NamedCheckedTracks(CheckedTracks):
    animal: Series[str]


def column(kind: Any, **options: Any) -> Any:
    return frame(x=Annotated[kind, Column(**options)])


NAIVE = "column 'x' is datetime without a time zone (ns), not datetime in UTC"


def case(name: str, produced: Any, required: Any, answer: str, reason: str = "") -> Any:
    return pytest.param(produced, required, answer, reason, id=name)


def schemas() -> Iterator[Any]:
    yield case("itself", DataFrame[Tracks], DataFrame[Tracks], YES)
    yield case("equal schema", DataFrame[Tracks], DataFrame[SameTracks], YES)
    yield case("subclass", DataFrame[MoreTracks], DataFrame[Tracks], YES)
    yield case("base", DataFrame[Tracks], DataFrame[MoreTracks], NO, "column 'animal' is missing")
    loose = "column 'speed' may hold nulls"
    yield case("loose subclass", DataFrame[LooseTracks], DataFrame[Tracks], NO, loose)
    yield case("pandera to ours", DataFrame[PanderaTracks], DataFrame[Tracks], YES)
    unit = "column 'time' is datetime in UTC of any resolution, and ns is needed"
    yield case("ours to pandera", DataFrame[Tracks], DataFrame[PanderaTracks], OPEN, unit)
    yield case("pandera's frame", pat.DataFrame[PanderaTracks], DataFrame[Tracks], YES)
    yield case("built-in", DataFrame[Observations], DataFrame[Relocations], YES)
    several = "columns 'x', 'y' are missing"
    yield case("several missing", frame(a=int), frame(x=int, y=int), NO, several)


def frames_that_say_little() -> Iterator[Any]:
    yield case("any to any", AnyDataFrame, AnyDataFrame, YES)
    yield case("schema to any", DataFrame[Tracks], AnyDataFrame, YES)
    yield case("any to schema", AnyDataFrame, DataFrame[Tracks], OPEN, "its columns are not said")
    yield case("pandas to schema", pd.DataFrame, DataFrame[Tracks], OPEN, "its columns are not said")
    no_columns = frame("Empty")
    yield case("empty schema to schema", no_columns, DataFrame[Tracks], OPEN, "its columns are not said")
    yield case("schema to empty schema", DataFrame[Tracks], no_columns, YES)


def geometry() -> Iterator[Any]:
    geo = "it has no geometry column"
    yield case("geo to any", AnyGeoDataFrame, AnyDataFrame, YES)
    yield case("geopandas to geo", gpd.GeoDataFrame, AnyGeoDataFrame, YES)
    yield case("any to geo", AnyDataFrame, AnyGeoDataFrame, OPEN, "it is not said to have a geometry column")
    yield case("geometry column to geo", DataFrame[TimeDensity], AnyGeoDataFrame, YES)
    yield case("plain schema to geo", DataFrame[Tracks], AnyGeoDataFrame, NO, geo)
    yield case("point to geometry", column(PointGeometry), column(Geometry), YES)
    shape = "column 'x' is Point, not LineString or MultiLineString"
    yield case("point to line", column(PointGeometry), column(LineGeometry), NO, shape)
    unsaid = "column 'x' is geometry, which may be other than Point"
    yield case("geometry to point", column(Geometry), column(PointGeometry), OPEN, unsaid)
    yield case("text to geometry", column(str), column(Geometry), NO, "column 'x' is text, not geometry")


def crs() -> Iterator[Any]:
    here, there = column(PointGeometry, crs="EPSG:4326"), column(PointGeometry, crs="EPSG:32637")
    yield case("same CRS", here, column(Geometry, crs="epsg:4326"), YES)
    yield case("CRS84", column(PointGeometry, crs="OGC:CRS84"), here, YES)
    yield case("other CRS", here, there, NO, "column 'x' is in EPSG:4326, not in EPSG:32637")
    yield case("CRS to none", here, column(PointGeometry), YES)
    crs = "column 'x' must be in EPSG:4326, and its CRS is not said"
    yield case("none to CRS", column(PointGeometry), here, OPEN, crs)
    esri = "column 'x' is in ESRI:102022, which cannot be compared with EPSG:4326"
    yield case("other authority", column(PointGeometry, crs="ESRI:102022"), here, OPEN, esri)


def time() -> Iterator[Any]:
    yield case("naive to UTC", column(dt.datetime), column(UTCDatetime), NO, NAIVE)
    aware = "column 'x' is datetime with a time zone, which is not said to be UTC"
    yield case("aware to UTC", column(AwareDatetime), column(UTCDatetime), OPEN, aware)
    yield case("UTC to aware", column(UTCDatetime), column(AwareDatetime), YES)
    back = "column 'x' is datetime in UTC, not datetime without a time zone (ns)"
    yield case("UTC to naive", column(UTCDatetime), column(dt.datetime), NO, back)
    zone = "column 'x' is datetime in Africa/Nairobi (ns), not datetime in UTC"
    yield case("other zone", DataFrame[NairobiTimes], column(UTCDatetime), NO, zone)


def types() -> Iterator[Any]:
    yield case("int to float", column(int), column(float), NO, "column 'x' is int64, not float64")
    yield case("int to float, converted", column(int), column(float, coerce=True), YES)
    lossy = "column 'x' is float64; whether it can be converted to int64 depends on the values"
    yield case("float to int, converted", column(float), column(int, coerce=True), OPEN, lossy)
    yield case("bool to text, converted", column(bool), column(str, coerce=True), YES)
    yield case("naive to UTC, converted", column(dt.datetime), column(UTCDatetime, coerce=True), NO, NAIVE)
    yield case("not said", column(Any), column(int), OPEN, "column 'x' is of a type that is not said")
    yield case("to any", column(int), column(Any), YES)
    objects = "column 'x' is object, which may or may not pass for text"
    yield case("object to text", column(object), column(str), OPEN, objects)


def limits() -> Iterator[Any]:
    yield case("null to not", column(int, nullable=True), column(int), NO, "column 'x' may hold nulls")
    yield case("not to null", column(int), column(int, nullable=True), YES)
    optional = frame(x=Optional(int))
    yield case("optional to required", optional, column(int), NO, "column 'x' may be missing")
    yield case("required to optional", column(int), optional, YES)
    unnamed = "column 'x' is optional and not said"
    yield case("unnamed to optional", frame(a=int), optional, OPEN, unnamed)
    closed = frame("Closed", None, {"strict": True}, a=int)
    yield case("closed to optional", closed, optional, YES)
    unique = "column 'x' must be unique, which is not said of it"
    yield case("unique", column(int), column(int, unique=True), OPEN, unique)
    yield case("unique on both", column(int, unique=True), column(int, unique=True), YES)
    limit = "column 'x' must be at least 0, which is not said of it"
    yield case("limit", column(int), column(int, ge=0), OPEN, limit)
    yield case("tighter limit", column(int, gt=0, le=5), column(int, ge=0, lt=6), YES)
    yield case("choices", column(str, isin=["a"]), column(str, isin=["b", "a"]), YES)
    both = "column 'x' is text, not int64 and may hold nulls"
    yield case("two reasons", column(str, nullable=True), column(int), NO, both)
    check = "column 'speed' must be check is_slow"
    yield case("check", DataFrame[Tracks], DataFrame[CheckedTracks], OPEN, check)
    yield case("inherited check", DataFrame[NamedCheckedTracks], DataFrame[CheckedTracks], YES)


def wholes() -> Iterator[Any]:
    closed = frame("Closed", None, {"strict": True}, a=int)
    strict = frame("Strict", None, {"strict": True}, a=int)
    yield case("extra to strict", frame(a=int, b=int), strict, NO, "column 'b' is not allowed")
    other = "it may have other columns, and none is allowed"
    yield case("open to strict", frame(a=int), strict, OPEN, other)
    yield case("strict to strict", closed, strict, YES)
    yield case("extra to filter", frame(a=int, b=int), frame("F", None, {"strict": "filter"}, a=int), YES)
    ordered = frame("Ordered", None, {"ordered": True, "strict": True}, a=int, b=int)
    order = "its columns are not in the order a, b"
    turned = frame("Turned", None, {"ordered": True, "strict": True}, b=int, a=int)
    yield case("order", turned, ordered, NO, order)
    yield case(
        "no order",
        frame(a=int, b=int),
        frame("O", None, {"ordered": True}, a=int),
        OPEN,
        "the order of its columns is not said",
    )
    pairs = frame("Pairs", None, {"unique": ["a", "b"]}, a=int, b=int)
    rule = "the frame must satisfy uniqueness of ('a', 'b'), which is not said of it"
    yield case("unique together", frame(a=int, b=int), pairs, OPEN, rule)


def indexes() -> Iterator[Any]:
    by_name = frame("ByName", str, a=int)
    yield case("same index", by_name, frame("Same", str, a=int), YES)
    yield case("index not needed", by_name, frame(a=int), YES)
    yield case("index not said", frame(a=int), by_name, OPEN, "its index is not said")
    yield case("other index", frame("ByNumber", int, a=int), by_name, NO, "its index is int64, not text")
    unique_index = frame("Unique", Annotated[str, Column(unique=True)], a=int)
    index = "its index must be unique, which is not said of it"
    yield case("unique index", by_name, unique_index, OPEN, index)


CASES = [
    line
    for section in (schemas, frames_that_say_little, geometry, crs, time, types, limits, wholes, indexes)
    for line in section()
]


@pytest.mark.parametrize(("produced", "required", "answer", "reason"), CASES)
def test_a_frame_fits_another_by_the_written_rule(
    produced: Any, required: Any, answer: str, reason: str
) -> None:
    verdict = assignable(produced, required)
    assert verdict.answer == answer
    assert verdict.reason.startswith(reason) if reason.endswith("is_slow") else verdict.reason == reason


def test_a_missing_column_comes_with_those_that_there_are() -> None:
    verdict = assignable(DataFrame[Relocations], DataFrame[Trajectory])
    assert verdict.answer == "no"
    assert "'speed_kmhr'" in verdict.reason
    assert verdict.hint == "Relocations has 'groupby_col', 'fixtime', 'junk_status', 'geometry'"


def test_more_reasons_than_anyone_reads_are_counted() -> None:
    kinds = {f"c{number}": int for number in range(9)}
    other = dict.fromkeys(kinds, str)
    verdict = assignable(frame(**kinds), frame(**other))
    assert verdict.reason.count("is int64, not text") == 4
    assert verdict.reason.endswith("; and 5 more")


def test_an_index_of_several_levels_fits_one_of_as_many() -> None:
    class Levels(JsonSerializableDataFrameModel):
        group: Index[str]
        number: Index[int]
        a: Series[int]

    class Renamed(JsonSerializableDataFrameModel):
        group: Index[str]
        count: Index[int]
        a: Series[int]

    assert assignable(DataFrame[Levels], DataFrame[Levels]).answer == "yes"
    other = assignable(DataFrame[Levels], DataFrame[Renamed])
    assert (other.answer, other.reason) == ("no", "its index is called 'number', not 'count'")
    one = assignable(frame("One", str, a=int), DataFrame[Levels])
    assert (one.answer, one.reason) == ("no", "its index has one level, not 2 levels")


def test_columns_may_be_asked_for_by_a_pattern() -> None:
    days = frame("Days", None, None, days=Annotated[float, Column(alias="day_[0-9]+", regex=True)])
    closed = {"strict": True}
    assert assignable(frame("Some", None, closed, day_1=float, day_2=float), days).answer == "yes"
    assert assignable(frame(day_1=float), days).answer == "cannot tell"
    assert (
        assignable(frame("None", None, closed, a=float), days).reason
        == "no column is named like 'day_[0-9]+'"
    )
    assert assignable(frame(day_1=str), days).reason == "column 'day_1' is text, not float64"
    assert assignable(days, days).answer == "yes"
    one = assignable(days, frame(day_1=float))
    assert one.reason == "column 'day_1' may be one of those named like 'day_[0-9]+'"


def test_the_names_of_types_are_words() -> None:
    assert type_name(DataFrame[Tracks]) == "data frame (Tracks)"
    assert type_name(AnyGeoDataFrame) == "spatial data frame"
