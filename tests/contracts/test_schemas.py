"""A schema keeps its body as written, and becomes a pandera model when it is first used as one."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pandera.errors
import pandera.pandas as pa
import pytest

from ecoscope_workflows.annotations import Column, JsonSerializableDataFrameModel, Series
from ecoscope_workflows.contracts.columns import ColumnOptions, column_annotations
from ecoscope_workflows.contracts.schemas import LazyModel


class Speeds(JsonSerializableDataFrameModel):
    """Speeds of animals."""

    speed: Series[float] = Column(ge=0, description="In km/h.")


class Named(Speeds):
    animal: Series[str]


def test_writing_and_reading_a_schema_imports_no_pandera() -> None:
    program = """
import sys
from ecoscope_workflows.annotations import Column, DataFrame, JsonSerializableDataFrameModel, Series
from ecoscope_workflows.contracts.columns import column_annotations

class Speeds(JsonSerializableDataFrameModel):
    speed: Series[float] = Column(ge=0)

DataFrame[Speeds]
column_annotations(Speeds)
repr(Speeds), Speeds.__doc__, hasattr(Speeds, "__wrapped__")
print(sorted({"pandas", "pandera"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_model_is_built_once_and_named_for_the_schema() -> None:
    assert isinstance(Speeds, LazyModel)
    model = Speeds.pandera_model()
    assert issubclass(model, pa.DataFrameModel)
    assert model.__name__ == "Speeds"
    assert model.__doc__ == "Speeds of animals."
    assert Speeds.pandera_model() is model


def test_the_model_of_a_subclass_is_a_subclass() -> None:
    assert issubclass(Named.pandera_model(), Speeds.pandera_model())
    assert set(Named.to_schema().columns) == {"speed", "animal"}


def test_a_schema_offers_the_interface_of_pandera() -> None:
    frame = pd.DataFrame({"speed": [1.0]})
    pd.testing.assert_frame_equal(Speeds.validate(frame), frame)
    with pytest.raises(pandera.errors.SchemaError):
        Speeds.validate(pd.DataFrame({"speed": [-1.0]}))
    assert Speeds.to_schema().columns["speed"].description == "In km/h."


def test_what_neither_has_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = Speeds.no_such_thing
    with pytest.raises(AttributeError, match="__no_such_thing__"):
        _ = Speeds.__no_such_thing__


def test_annotations_are_resolved_where_the_schema_is_written() -> None:
    assert column_annotations(Speeds) == {"speed": Series[float]}


def test_what_a_column_must_satisfy_is_kept_as_written() -> None:
    options = Column(nullable=True, unique=True, isin=["a"], description="One of one.")
    assert isinstance(options, ColumnOptions)
    assert options.options == {
        "nullable": True,
        "unique": True,
        "coerce": False,
        "description": "One of one.",
        "isin": ["a"],
    }
