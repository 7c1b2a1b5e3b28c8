"""A task that says so is given the columns that its schema names, and no more is read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import pytest

from ecoscope_workflows.annotations import (
    AnyDataFrame,
    DataFrame,
    JsonSerializableDataFrameModel,
    OnlyNamedColumns,
    Series,
)
from ecoscope_workflows.contracts.parquet import write_frame
from ecoscope_workflows.contracts.stored import read_value
from ecoscope_workflows.decorators import distributed, skip_condition
from ecoscope_workflows.errors import ContractError
from ecoscope_workflows.runtime.execute import execute
from ecoscope_workflows.runtime.jobs import Job, SkipIf

HERE = "tests.runtime.test_columns_read:"


class Speeds(JsonSerializableDataFrameModel):
    speed: Series[float]
    time: Series[float] | None


@distributed
def named(
    speeds: Annotated[DataFrame[Speeds], OnlyNamedColumns()], whole: AnyDataFrame | None = None
) -> list[list[str]]:
    """Return the columns of both frames."""
    return [[str(name) for name in frame.columns] for frame in (speeds, whole) if frame is not None]


@distributed
def undeclared(speeds: DataFrame[Speeds]) -> list[str]:
    """Return the columns of a frame."""
    return [str(name) for name in speeds.columns]


@skip_condition
def is_empty(*values: Any) -> bool:
    """Return whether a frame is empty."""
    return any(value.empty for value in values)


@pytest.fixture
def speeds(work: Path) -> Path:  # noqa: ARG001  # runs in a folder of its own
    path = Path("speeds.parquet")
    write_frame(pd.DataFrame({"speed": [1.0], "name": ["a"], "record": [{"x": 1}]}), path, "{}")
    return path


def ran(task: str, inputs: dict[str, tuple[Path, ...]], skipif: SkipIf | None = None) -> Any:
    execute(Job("one", f"{HERE}{task}", {}, inputs, "c0de", skipif=skipif, output=Path("results/one.json")))
    return read_value(Path("results/one.json"))


def test_a_task_that_says_so_is_given_the_named_columns(speeds: Path) -> None:
    assert ran("named", {"speeds": (speeds,)}) == [["speed"]]


def test_another_parameter_of_the_same_file_has_all_columns(speeds: Path) -> None:
    assert ran("named", {"speeds": (speeds,), "whole": (speeds,)}) == [["speed"], ["speed", "name", "record"]]


def test_a_task_that_does_not_say_so_is_given_all(speeds: Path) -> None:
    assert ran("undeclared", {"speeds": (speeds,)}) == ["speed", "name", "record"]


def test_conditions_see_what_the_task_sees(speeds: Path) -> None:
    assert ran("named", {"speeds": (speeds,)}, SkipIf((f"{HERE}is_empty",), 1)) == [["speed"]]


def test_a_column_that_is_missing_is_told_of(work: Path) -> None:  # noqa: ARG001  # as above
    write_frame(pd.DataFrame({"name": ["a"]}), Path("names.parquet"), "{}")
    with pytest.raises(ContractError, match="column 'speed': is missing"):
        ran("named", {"speeds": (Path("names.parquet"),)})
