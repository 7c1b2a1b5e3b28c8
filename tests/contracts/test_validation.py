"""What pydantic finds is told in words, with the place inside the value."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import pytest
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from ecoscope_workflows.annotations import DataFrame, JsonSerializableDataFrameModel, Series
from ecoscope_workflows.contracts.frames import FAULT_TYPE, FrameFault
from ecoscope_workflows.contracts.validation import MAX_VALUE, ValueFault, faults_in, faults_of, shown


class Speeds(JsonSerializableDataFrameModel):
    speed: Series[float]
    animal: Series[str]


class Layer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    opacity: Annotated[float, Field(le=1)] = 1.0


def even(number: int) -> int:
    if number % 2:
        raise ValueError(f"{number} is odd")
    return number


def faults(annotation: Any, value: Any, *, told_the_value: bool = True) -> list[ValueFault]:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(annotation).validate_python(value)
    return list(faults_of(caught.value, value) if told_the_value else faults_of(caught.value))


CASES: list[tuple[Any, Any, list[str]]] = [
    (int, "x", [": expected integer, got 'x'"]),
    (int, 1.5, [": expected integer, got 1.5"]),
    (float, None, [": expected number, got None"]),
    (bool, "maybe", [": expected boolean, got 'maybe'"]),
    (str, 4326, [": expected string, got 4326"]),
    (list[int], "12", [": expected list, got '12'"]),
    (list[int], [1, "x", "y"], ["[1]: expected integer, got 'x'", "[2]: expected integer, got 'y'"]),
    (dict[str, list[int]], {"a": [1, "x"]}, [".a[1]: expected integer, got 'x'"]),
    (Literal["a", "b"], "c", [": expected 'a' or 'b', got 'c'"]),
    (Annotated[int, Field(ge=1)], 0, [": must be greater than or equal to 1, got 0"]),
    (Annotated[int, Field(multiple_of=5)], 3, [": must be a multiple of 5, got 3"]),
    (
        Annotated[list[int], Field(max_length=1)],
        [1, 2],
        [": list should have at most 1 item after validation, not 2, got [1, 2]"],
    ),
    (Annotated[int, AfterValidator(even)], 3, [": 3 is odd, got 3"]),
    (
        Layer,
        {"opacity": 2, "more": 1},
        [".name: is missing", ".opacity: must be less than or equal to 1, got 2", ".more: is not known"],
    ),
    (list[Layer] | None, [{"name": "a"}, {}], ["[1].name: is missing"]),
    (int | str, [1], [": expected integer or string, got [1]"]),
    (dict[str, int | list[int]], {"a": ["x"]}, [".a[0]: expected integer, got 'x'"]),
]


@pytest.mark.parametrize(("annotation", "value", "messages"), CASES, ids=lambda value: str(value)[:30])
def test_a_fault_is_told_with_its_place(annotation: Any, value: Any, messages: list[str]) -> None:
    assert [f"{fault.path}: {fault.message}" for fault in faults(annotation, value)] == messages


def test_without_the_value_the_branches_of_a_union_are_named() -> None:
    assert [fault.path for fault in faults(int | str, [1], told_the_value=False)] == [".int", ".str"]


def test_a_key_that_looks_like_the_name_of_a_branch_is_a_key() -> None:
    assert [fault.path for fault in faults(dict[str, int], {"int": "x"})] == [".int"]


def test_each_broken_rule_of_a_frame_is_a_fault() -> None:
    found = faults(DataFrame[Speeds], pd.DataFrame({"speed": [1]}))
    assert [(fault.kind, fault.path, fault.message) for fault in found] == [
        (FAULT_TYPE, "", "column 'animal': is missing"),
        (FAULT_TYPE, "", "column 'speed': expected float64, got int64"),
    ]
    assert found[0].frame == FrameFault("animal", "is missing")


def test_a_frame_in_a_list_is_told_by_its_number() -> None:
    good = pd.DataFrame({"speed": [1.0], "animal": ["eland"]})
    found = faults(list[DataFrame[Speeds]], [good, good.drop(columns="speed")])
    assert [(fault.path, fault.message) for fault in found] == [("[1]", "column 'speed': is missing")]


def test_what_both_branches_of_a_union_say_is_told_once() -> None:
    frame: Any = DataFrame[Speeds]
    found = faults(frame | Annotated[frame, Field(description="again")], pd.DataFrame({"speed": [1.0]}))
    assert [(fault.path, fault.message) for fault in found] == [("", "column 'animal': is missing")]


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1"), ("a'b", '"a\'b"'), ("x" * 100, "'" + "x" * (MAX_VALUE - 4) + "...")],
)
def test_a_value_is_shown_in_short(value: object, text: str) -> None:
    assert shown(value) == text
    assert len(shown(value)) <= MAX_VALUE


def test_a_value_that_fits_has_no_faults() -> None:
    assert faults_in(3, TypeAdapter(int)) == []


def test_whatever_a_validator_of_its_own_raises_is_a_fault() -> None:
    listed = TypeAdapter[list[int]](Annotated[list[int], BeforeValidator(list)])
    assert faults_in([1, "x"], listed)[0].location == (1,)
    (fault,) = faults_in(True, listed)
    assert fault == ValueFault(
        (), "cannot be read: TypeError: 'bool' object is not iterable, got True", "exception"
    )


def test_a_path_is_asked_for_in_words() -> None:
    (fault,) = faults_in([], TypeAdapter(Path))
    assert fault.message == "expected path, got []"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("31/12/2015", "invalid character in year"),
        ("2015-13-01", "month value is outside expected range of 1-12"),
    ],
)
def test_a_moment_is_asked_for_with_an_example(text: str, reason: str) -> None:
    (fault,) = faults_in(text, TypeAdapter(datetime))
    assert fault.message == f"expected date and time such as 2024-03-01T06:30:00 ({reason}), got {text!r}"
