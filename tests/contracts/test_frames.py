"""The contract of a data frame says which rule is broken, in how many rows, with up to five examples."""

from __future__ import annotations

from typing import Any, Union

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pydantic import TypeAdapter, ValidationError

from ecoscope_workflows.annotations import (
    AnyDataFrame,
    AnyGeoDataFrame,
    Column,
    DataFrame,
    Index,
    JsonSerializableDataFrameModel,
    PointGeometry,
    Series,
    UTCDatetime,
)
from ecoscope_workflows.contracts.frames import MAX_EXAMPLES, FrameContract, FrameFault


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


def test_a_frame_that_satisfies_its_schema_has_no_faults() -> None:
    assert told(Fixes, fixes()) == []


def test_further_columns_are_welcome() -> None:
    assert told(Fixes, fixes().assign(more=1)) == []


def test_an_empty_frame_with_the_columns_is_a_frame() -> None:
    empty = fixes().iloc[:0]
    assert told(Fixes, empty) == []
    assert told(Fixes, empty.assign(animal=empty["animal"].astype(object))) == []


def test_a_frame_is_returned_as_it_is() -> None:
    frame = fixes()
    checked, _ = FrameContract(Fixes).faults(frame)
    assert isinstance(checked, gpd.GeoDataFrame)
    pd.testing.assert_frame_equal(checked, fixes())
    pd.testing.assert_frame_equal(frame, fixes())


FAULTS: dict[str, tuple[Any, list[str]]] = {
    "missing column": (
        lambda frame: frame.drop(columns=["speed", "animal"]),
        ["column 'animal': is missing", "column 'speed': is missing"],
    ),
    "integers for floats": (
        lambda frame: frame.assign(speed=[1, 2, 3]),
        ["column 'speed': expected float64, got int64"],
    ),
    "numbers for text": (
        lambda frame: frame.assign(animal=[1, 2, 3]),
        ["column 'animal': expected text, got int64"],
    ),
    "null": (
        lambda frame: frame.assign(speed=[1.0, None, 2.0]),
        ["column 'speed': must not be null (1 row: row 1: nan)"],
    ),
    "null time": (
        lambda frame: frame.assign(time=frame["time"].where(frame.index > 0)),
        ["column 'time': must not be null (1 row: row 0: NaT)"],
    ),
    "failed check": (
        lambda frame: frame.assign(speed=[-1.0, 0.0, -2.5]),
        ["column 'speed': greater_than_or_equal_to(0) (2 rows: row 0: -1.0, row 2: -2.5)"],
    ),
    "other geometries": (
        lambda frame: frame.assign(
            where=[shapely.Point(1, 1), shapely.LineString([(0, 0), (1, 1)]), shapely.Point(2, 2)]
        ),
        ["column 'where': expected Point (1 row: row 1: <LINESTRING (0 0, 1 1)>)"],
    ),
    "no geometry": (
        lambda frame: pd.DataFrame(frame).assign(where=["a", "b", "c"]),
        ["column 'where': expected Point, got str"],
    ),
    "everything": (
        lambda frame: frame.drop(columns="animal").assign(
            speed=-1.0, time=frame["time"].dt.tz_localize(None)
        ),
        [
            "column 'animal': is missing",
            "column 'speed': greater_than_or_equal_to(0) (3 rows: row 0: -1.0, row 1: -1.0, row 2: -1.0)",
            "column 'time': expected datetime in UTC, got datetime64[us]",
        ],
    ),
}


@pytest.mark.parametrize(("change", "messages"), FAULTS.values(), ids=FAULTS)
def test_each_broken_rule_is_one_fault(change: Any, messages: list[str]) -> None:
    # The names of types differ between versions of pandas, and so does the default resolution of time.
    said = [
        line.replace("got object", "got str").replace("datetime64[ns]", "datetime64[us]")
        for line in told(Fixes, change(fixes()))
    ]
    assert sorted(said) == sorted(messages)


def test_of_many_rows_five_are_shown_and_all_are_counted() -> None:
    (fault,) = FrameContract(Fixes).faults(fixes(100).assign(speed=-1.0))[1]
    assert fault.count == 100
    assert fault.examples == tuple((number, -1.0) for number in range(MAX_EXAMPLES))
    assert str(fault) == (
        "column 'speed': greater_than_or_equal_to(0)"
        " (100 rows: row 0: -1.0, row 1: -1.0, row 2: -1.0, row 3: -1.0, row 4: -1.0, ...)"
    )


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (FrameFault("", "expected a data frame, got int"), "expected a data frame, got int"),
        (FrameFault("a", "is missing"), "column 'a': is missing"),
        (FrameFault("a", "bad", 1, (("x", 1),)), "column 'a': bad (1 row: row 'x': 1)"),
        (FrameFault("a", "bad", 3, ((0, 1), (1, 2))), "column 'a': bad (3 rows: row 0: 1, row 1: 2, ...)"),
    ],
)
def test_a_fault_is_one_line(fault: FrameFault, text: str) -> None:
    assert str(fault) == text


@pytest.mark.parametrize("value", [None, 3, "x", [1], {"speed": [1.0]}])
def test_what_is_no_data_frame_is_refused(value: object) -> None:
    expected = f"expected a data frame, got {type(value).__name__}"
    assert told(Fixes, value) == [expected]
    assert [str(fault) for fault in FrameContract().faults(value)[1]] == [expected]


def test_a_spatial_frame_has_an_active_geometry() -> None:
    contract = FrameContract(geo=True)
    assert contract.faults(fixes())[1] == ()
    for frame in (
        pd.DataFrame(fixes()),
        pd.DataFrame(fixes().drop(columns="where")),
        fixes().drop(columns="where"),
    ):
        assert [str(fault) for fault in contract.faults(frame)[1]] == [
            "expected a data frame with a geometry column"
        ]


def refused(annotation: Any, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(annotation).validate_python(value)
    return str(caught.value)


def test_pydantic_checks_a_frame_wherever_it_stands() -> None:
    good, bad = fixes(), fixes().drop(columns="speed")
    frame: Any = DataFrame[Fixes]
    accepted: list[tuple[Any, object]] = [
        (frame, good),
        (frame | None, good),
        (frame | None, None),
        (list[frame], [good, good]),
        (dict[str, frame], {"a": good}),
        (Union[frame, str], "text"),  # noqa: UP007  # an alias at run time
    ]
    for annotation, value in accepted:
        TypeAdapter(annotation).validate_python(value)
    for annotation, value in (
        (frame, bad),
        (frame | None, bad),
        (list[frame], [good, bad]),
        (dict[str, frame], {"a": bad}),
    ):
        assert "column 'speed': is missing" in refused(annotation, value)


def test_a_union_takes_a_frame_of_either_schema() -> None:
    either: Any = Union[DataFrame[Fixes], DataFrame[Indexed]]  # noqa: UP007  # an alias at run time
    TypeAdapter(either).validate_python(pd.DataFrame({"speed": [1.0]}, index=pd.Index(["a"], name="id")))
    TypeAdapter(either).validate_python(fixes())
    refused(either, pd.DataFrame({"other": [1.0]}))


@pytest.mark.parametrize("annotation", [AnyDataFrame, AnyGeoDataFrame, DataFrame[Fixes]])
def test_in_json_schema_a_frame_has_the_published_name(annotation: Any) -> None:
    assert TypeAdapter(annotation).json_schema() == {"type": "ecoscope.distributed.types.DataFrame"}
