"""Types are called by words that a person reads."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import pytest
from pydantic import Field

from ecoscope_workflows.annotations import (
    AnyDataFrame,
    AnyGeoDataFrame,
    DataFrame,
    Html,
    InputFile,
    JsonSerializableDataFrameModel,
    Series,
)
from ecoscope_workflows.contracts.describe import type_name


class Trajectory(JsonSerializableDataFrameModel):
    speed: Series[float]


class Color(enum.Enum):
    RED = "red"


WORDS: list[tuple[Any, str]] = [
    (str, "text"),
    (int, "whole number"),
    (float, "number"),
    (bool, "true or false"),
    (type(None), "null"),
    (Any, "anything"),
    (list, "list"),
    (list[float], "list of number"),
    (list[list[float]], "list of list of number"),
    (set[str], "list of text"),
    (frozenset[int], "list of whole number"),
    (Sequence[int], "list of whole number"),
    (Iterable[str], "list of text"),
    (tuple[float, str], "(number, text)"),
    (tuple[float, ...], "list of number"),
    (tuple, "tuple"),
    (dict, "mapping"),
    (dict[str, list[int]], "mapping of text to list of whole number"),
    (str | None, "text or null"),
    (Optional[int], "whole number or null"),  # noqa: UP045  # as some authors write it
    (int | float | str, "whole number or number or text"),
    (Literal["a", 1] | None, "'a' or 1 or null"),
    (Annotated[float, Field(ge=0)], "number"),
    (Annotated[list[Annotated[int, Field(ge=0)]], Field(max_length=3)], "list of whole number"),
    (dt.datetime, "date and time"),
    (dt.date, "date"),
    (Path, "path"),
    (InputFile, "path"),
    (Html, "text"),
    (Color, "Color"),
    (AnyDataFrame, "data frame"),
    (AnyGeoDataFrame, "spatial data frame"),
    (DataFrame[Trajectory], "data frame (Trajectory)"),
    (list[DataFrame[Trajectory]], "list of data frame (Trajectory)"),
    (DataFrame[Trajectory] | None, "data frame (Trajectory) or null"),
]


@pytest.mark.parametrize(("annotation", "words"), WORDS, ids=lambda value: str(value)[:40])
def test_a_type_is_called_by_words(annotation: Any, words: str) -> None:
    assert type_name(annotation) == words
