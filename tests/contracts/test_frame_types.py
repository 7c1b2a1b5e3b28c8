"""What a schema says of a frame is the same, read as written and asked of pandera."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path  # noqa: TC003  # read while the program runs
from typing import TYPE_CHECKING, Annotated, Any, Optional

import numpy as np
import pandas as pd  # read while the program runs
import pandera.pandas as pa
import pandera.typing as pat
import pytest

from ecoscope_workflows.annotations import (
    AnyGeoDataFrame,
    AwareDatetime,
    Column,
    Geometry,
    Index,
    JsonSerializableDataFrameModel,
    LineGeometry,
    PointGeometry,
    PolygonGeometry,
    Series,
    UTCDatetime,
)
from ecoscope_workflows.contracts.dtypes import DType
from ecoscope_workflows.contracts.frame_data import FrameType
from ecoscope_workflows.contracts.frame_types import frame_type, schema_type
from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.contracts.pandera_description import described
from ecoscope_workflows.errors import RegistrationError

if TYPE_CHECKING:
    from pathlib import Path as Unseen  # noqa: TC004  # that it is not there is what is tested


class Fixes(JsonSerializableDataFrameModel):
    """A schema of ours with one column of each type."""

    name: Series[str] = Column(description="Prose says nothing.")
    count: Series[int] = Column(ge=1, lt=9, isin=[1, 2])
    speed: Series[float] = Column(nullable=True, unique=True, coerce=True)
    flag: Series[bool]
    anything: Series[Any]
    objects: Series[object]
    time: Series[UTCDatetime]
    aware: Series[AwareDatetime]
    naive: Series[dt.datetime]
    duration: Series[dt.timedelta]
    day: Series[dt.date]
    small: Series[np.int8]
    nairobi: Series[Annotated[pd.DatetimeTZDtype, "ns", "Africa/Nairobi"]]
    shape: Series[Geometry]
    point: Series[PointGeometry] = Column(crs="EPSG:4326")
    line: Series[LineGeometry]
    area: Series[PolygonGeometry]
    note: Series[str] | None = Column(str_matches="^a", nullable=True)
    size: Series[float] = Column(in_range={"min_value": 0, "max_value": 1, "include_max": False})
    label: Series[str] = Column(alias="the label")


class Indexed(Fixes):
    """One that changes columns of its base and has an index."""

    id: Index[str] = Column(unique=True)
    speed: Series[float]
    count: Series[int] = Column(nullable=True)

    class Config:
        strict = True
        ordered = True
        unique: tuple[str, ...] = ("name", "count")


class Coerced(JsonSerializableDataFrameModel):
    """One with settings for all columns, and an index of two levels."""

    group: Index[str]
    number: Index[int]
    speed: Series[float]

    class Config:
        coerce = True
        strict = "filter"


class StillCoerced(Coerced):
    """One that inherits the settings, and adds to them."""

    class Config:
        ordered = True


class Mixed(JsonSerializableDataFrameModel):
    """One of ours that uses pandera in its body."""

    speed: pat.Series[float] = pa.Field(ge=0)

    @pa.check("speed")
    @classmethod
    def is_slow(cls, speed: pd.Series) -> Any:
        return speed < 9


class Fast(Mixed):
    """One that inherits the check."""

    note: Series[str]


class Foreign(pa.DataFrameModel):
    """A pandera model."""

    time: pat.Series[Annotated[pd.DatetimeTZDtype, "ns", "UTC"]]
    stamp: pat.Series[dt.datetime]
    name: pat.Series[str] = pa.Field(nullable=True, str_startswith="a")
    size: pat.Series[np.float32] = pa.Field(le=3)
    note: Optional[pat.Series[str]]  # noqa: UP045  # as pandera asks for it
    id: pat.Index[int] = pa.Field(check_name=True)


@pytest.mark.parametrize("schema", [Fixes, Indexed, Coerced, StillCoerced], ids=lambda one: one.__name__)
def test_the_body_of_a_schema_says_what_its_pandera_model_says(schema: type) -> None:
    assert schema_type(schema) == described(schema)


def test_a_schema_is_described_column_by_column() -> None:
    said = schema_type(Indexed)
    assert said.name == "Indexed"
    assert said.columns["time"].dtype == DType("datetime", "UTC")
    assert said.columns["note"].required is False
    assert said.columns["point"].crs == "EPSG:4326"
    assert said.columns["size"].constraints == (("ge", 0), ("lt", 1))
    assert said.columns["count"].constraints == ()
    assert "label" not in said.columns
    assert said.columns["the label"].dtype == DType("str")
    assert [level.column.unique for level in said.index] == [True]
    assert (said.rest, said.strict, said.ordered) == ("nothing", True, True)
    assert said.rules == {("unique", ("name", "count"))}


def test_a_schema_that_filters_promises_no_more_columns_and_allows_them() -> None:
    said = schema_type(Coerced)
    assert (said.rest, said.strict) == ("nothing", False)
    assert all(column.coerce for column in said.columns.values())
    assert [level.name for level in said.index] == ["group", "number"]


def test_a_pandera_model_is_described() -> None:
    said = schema_type(Foreign)
    assert said.columns["time"].dtype == DType("datetime", "UTC", "ns")
    assert said.columns["stamp"].dtype == DType("datetime", "naive", "ns")
    assert said.columns["name"].constraints == (("str_startswith", "a"),)
    assert said.columns["size"].dtype == DType("float32")
    assert said.columns["note"].required is False
    assert [level.name for level in said.index] == ["id"]
    assert said.rest == "extra"


def test_a_check_is_the_same_where_it_is_inherited() -> None:
    (base,) = schema_type(Mixed).columns["speed"].constraints[:1]
    assert base in schema_type(Fast).columns["speed"].constraints
    assert base[0] == "check is_slow"


def test_a_contract_without_a_schema_says_nothing_of_columns() -> None:
    (contract,) = AnyGeoDataFrame.__metadata__
    assert frame_type(contract) == FrameType(geo=True)
    empty = type("Empty", (JsonSerializableDataFrameModel,), {})
    assert frame_type(FrameContract(empty)).rest == "unknown"


def test_a_name_that_only_a_type_checker_knows_is_an_error_that_names_the_schema() -> None:
    class Broken(JsonSerializableDataFrameModel):
        path: Series[Unseen]

    with pytest.raises(RegistrationError) as caught:
        schema_type(Broken)
    (problem,) = caught.value.problems
    assert problem.code == "EW111"
    assert "Broken" in problem.what
    assert "Unseen" in problem.what


def test_a_schema_that_pandera_cannot_read_is_an_error_that_names_it() -> None:
    class Wrong(pa.DataFrameModel):
        speed: pat.Series[Path]

    with pytest.raises(RegistrationError) as caught:
        schema_type(Wrong)
    (problem,) = caught.value.problems
    assert problem.code == "EW111"
    assert "Wrong' cannot be read: " in problem.what


def test_of_what_is_no_schema_only_the_name_is_known() -> None:
    assert schema_type(type("Table", (), {})) == FrameType(name="Table")


def test_describing_a_schema_of_ours_imports_neither_pandas_nor_pandera() -> None:
    program = """
import sys
from ecoscope_workflows.tasks.schemas import Trajectory
from ecoscope_workflows.contracts.assignable import assignable
from ecoscope_workflows.annotations import DataFrame
assert assignable(DataFrame[Trajectory], DataFrame[Trajectory]).answer == "yes"
print(sorted({"pandas", "pandera", "numpy", "geopandas"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
