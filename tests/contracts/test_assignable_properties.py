"""What holds for all types: a type fits itself, yes is transitive, and a yes on frames is a promise kept."""

from __future__ import annotations

import datetime as dt
import functools
import operator
from itertools import product
from pathlib import Path
from types import GenericAlias
from typing import Annotated, Any, Literal, NotRequired

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import event, given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaErrors
from pydantic import BaseModel, Field
from shapely import LineString, Point
from tests.contracts.made_schemas import Optional, frame_of, schema
from typing_extensions import TypedDict

from ecoscope_workflows.annotations import (
    AnyDataFrame,
    AnyGeoDataFrame,
    AwareDatetime,
    Column,
    DataFrame,
    Geometry,
    LineGeometry,
    PointGeometry,
    UTCDatetime,
)
from ecoscope_workflows.contracts.assignable import assignable
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.tasks.schemas import Observations, Relocations, Trajectory


class Range(BaseModel):
    since: dt.datetime
    until: dt.datetime | None = None


class Box(TypedDict):
    x: int
    y: NotRequired[float]


SIMPLE: list[Any] = [
    *(bool, int, float, complex, str, Path, dt.datetime, dt.date, type(None), Range, Box, SkipSentinel, Any),
    *(Literal["a"], Literal["a", "b"], Literal[1, 2], Literal[True]),
    *(Annotated[int, Field(ge=0)], Annotated[int, Field(gt=0, lt=9)], Annotated[float, Field(ge=0)]),
    *(AnyDataFrame, AnyGeoDataFrame, DataFrame[Relocations], DataFrame[Observations], DataFrame[Trajectory]),
]


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        inner.map(lambda kind: GenericAlias(list, (kind,))),
        inner.map(lambda kind: GenericAlias(set, (kind,))),
        inner.map(lambda kind: GenericAlias(tuple, (kind, ...))),
        inner.map(lambda kind: GenericAlias(dict, (str, kind))),
        st.tuples(inner, inner).map(lambda kinds: GenericAlias(tuple, kinds)),
        inner.map(lambda kind: GenericAlias(list, (GenericAlias(tuple, (str, kind)),))),
        st.lists(inner, min_size=2, max_size=3).map(lambda kinds: functools.reduce(operator.or_, kinds)),
    )


types = st.recursive(st.sampled_from(SIMPLE), containers, max_leaves=4)


@given(types)
def test_a_type_fits_itself(kind: Any) -> None:
    verdict = assignable(kind, kind)
    # Of what is not said, nothing can be told; but whatever a value is, it is that.
    assert verdict.answer == "yes" or "Any" in repr(kind), verdict


@settings(max_examples=60, deadline=None)
@given(st.lists(types, min_size=4, max_size=8))
def test_yes_is_transitive(kinds: list[Any]) -> None:
    fits = {
        (first, second): assignable(kinds[first], kinds[second]).answer == "yes"
        for first, second in product(range(len(kinds)), repeat=2)
    }
    for first, second, third in product(range(len(kinds)), repeat=3):
        if fits[first, second] and fits[second, third]:
            assert fits[first, third], (kinds[first], kinds[second], kinds[third])


def test_yes_is_transitive_among_all_simple_types_and_lists_of_them() -> None:
    kinds = [*SIMPLE, *(GenericAlias(list, (kind,)) for kind in SIMPLE), *(kind | None for kind in SIMPLE)]
    fits = {
        number: {other for other, second in enumerate(kinds) if assignable(first, second).answer == "yes"}
        for number, first in enumerate(kinds)
    }
    for first, seconds in fits.items():
        for second in seconds:
            assert fits[second] <= seconds, (kinds[first], kinds[second])


VALUES: dict[Any, list[Any]] = {
    int: [0, 1, 2, 3],
    float: [0.0, 1.5, 2.5, 3.5],
    str: ["a", "b", "c", "d"],
    bool: [True, False, True, False],
    UTCDatetime: list(pd.date_range("2024-01-01", periods=4, tz="UTC")),
    AwareDatetime: list(pd.date_range("2024-01-01", periods=4, tz="Africa/Nairobi")),
    PointGeometry: [Point(x, 0) for x in range(4)],
    LineGeometry: [LineString([(x, 0), (1, 1)]) for x in range(4)],
}
# What a column of a wider type may hold, beside its own.
WIDER: dict[Any, list[Any]] = {
    Geometry: [PointGeometry, LineGeometry],
    AwareDatetime: [UTCDatetime, AwareDatetime],
    Any: list(VALUES),
}
NULLABLE = (float, str, UTCDatetime, AwareDatetime, PointGeometry, LineGeometry, Geometry)
NUMBERS = (int, float)
SPATIAL = (PointGeometry, LineGeometry, Geometry)


@st.composite
def columns(draw: st.DrawFn) -> tuple[Any, dict[str, Any], bool]:
    """Draw the type of a column, its options, and whether it is optional."""
    kind = draw(st.sampled_from([*VALUES, Geometry, Any]))
    options: dict[str, Any] = {"unique": draw(st.integers(0, 5)) == 0 and kind is not bool}
    options["nullable"] = kind in NULLABLE and draw(st.booleans())
    if kind in NUMBERS and draw(st.booleans()):
        options[draw(st.sampled_from(["ge", "gt"]))] = draw(st.integers(-2, 0))
    if kind in SPATIAL and draw(st.booleans()):
        options["crs"] = draw(st.sampled_from(["EPSG:4326", "EPSG:32637"]))
    return kind, options, draw(st.integers(0, 4)) == 0


@st.composite
def relaxed(draw: st.DrawFn, column: tuple[Any, dict[str, Any], bool]) -> tuple[Any, dict[str, Any], bool]:
    """Draw a column that asks for the same or for a little less, so that many of them fit."""
    kind, options, optional = column
    options = {name: value for name, value in options.items() if name == "nullable" or draw(st.booleans())}
    options["nullable"] = options["nullable"] or (kind in NULLABLE and draw(st.booleans()))
    if kind in (int, bool) and draw(st.integers(0, 3)) == 0:
        kind = float
        options = {"coerce": True, "nullable": options["nullable"]}
    wider = [Geometry] if kind in SPATIAL else [Any]
    kind = draw(st.sampled_from([kind, kind, kind, *wider]))
    return kind, options, optional or draw(st.integers(0, 4)) == 0


Described = dict[str, tuple[Any, dict[str, Any], bool]]


def made(described: Described, settings_: dict[str, Any], index: Any) -> Any:
    kinds = {name: Annotated[kind, Column(**options)] for name, (kind, options, _) in described.items()}
    optional = {name: Optional(kinds[name]) for name, (_, _, optional) in described.items() if optional}
    return schema("Made", index, settings_, **kinds | optional)


@st.composite
def frames(draw: st.DrawFn, described: Described, *, strict: bool) -> pd.DataFrame:
    """Draw a frame that is as described."""
    data: dict[str, Any] = {}
    for name, (said, options, optional) in described.items():
        if optional and draw(st.booleans()):
            continue
        kind = draw(st.sampled_from(WIDER.get(said, [said])))
        values = list(VALUES[kind])
        if options.get("nullable") and draw(st.booleans()):
            values[1] = None
        if "gt" in options or "ge" in options:
            values = [value if value is None else value + 1 for value in values]
        if kind in (PointGeometry, LineGeometry):
            data[name] = gpd.GeoSeries(values, crs=options.get("crs"))
        else:
            data[name] = pd.Series(values)
    if not strict and draw(st.booleans()):
        data["more"] = pd.Series(draw(st.sampled_from(list(VALUES.values())[:4])))
    frame = pd.DataFrame(data, index=range(4)).set_index(pd.Index(["r", "s", "t", "u"], dtype="str"))
    return frame if draw(st.booleans()) else frame.reset_index(drop=True)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_frame_of_the_producer_passes_the_consumer_whenever_the_answer_is_yes(data: st.DataObject) -> None:
    names = data.draw(st.sets(st.sampled_from("abcd"), min_size=1, max_size=3).map(sorted))
    gives: Described = {name: data.draw(columns()) for name in names}
    asked = data.draw(st.sets(st.sampled_from(names), min_size=1).map(sorted))
    takes: Described = {name: data.draw(relaxed(gives[name])) for name in asked}
    if data.draw(st.integers(0, 5)) == 0:
        takes[data.draw(st.sampled_from("abcdmore"))] = data.draw(columns())
    strict = data.draw(st.booleans())
    producer = made(gives, {"strict": strict}, data.draw(st.sampled_from([None, None, str])))
    settings_ = {"strict": data.draw(st.integers(0, 4)) == 0, "ordered": data.draw(st.integers(0, 6)) == 0}
    consumer = made(takes, settings_, data.draw(st.sampled_from([None, None, str])))
    answer = assignable(frame_of(producer), frame_of(consumer)).answer
    event(answer)
    frame = data.draw(frames(gives, strict=strict))
    try:
        produced = producer.validate(frame, lazy=True)
    except SchemaErrors:
        # Such as a frame without the index that the producer promises: no frame of the producer's.
        event("not produced")
        return
    if answer == "yes":
        event("yes, and checked")
        consumer.validate(produced, lazy=True)


def test_the_frames_of_the_property_are_mostly_produced() -> None:
    # Else the property above would hold for lack of frames.
    kept = Annotated[float, Column(nullable=True)]
    producer = schema(a=int, b=kept, c=PointGeometry)
    frame = pd.DataFrame(
        {"a": VALUES[int], "b": [np.nan, *VALUES[float][1:]], "c": gpd.GeoSeries(VALUES[PointGeometry])}
    )
    producer.validate(frame, lazy=True)
    consumer = schema(b=kept)
    assert assignable(frame_of(producer), frame_of(consumer)).answer == "yes"
    consumer.validate(frame, lazy=True)
