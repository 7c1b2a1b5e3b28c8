"""Of the branches of a union the nearest is told, and faults about keys name those that are known."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.json_schema import SkipJsonSchema
from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from ecoscope_workflows.contracts.validation import adapter_of, faults_in, faults_of


class Layer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    opacity: Annotated[float, Field(le=1)] = 1.0


class Box(BaseModel):
    model_config = ConfigDict(extra="forbid")

    min_x: float
    max_x: float

    @model_validator(mode="after")
    def _is_a_box(self) -> Box:
        if self.max_x <= self.min_x:
            raise ValueError("max_x must be greater")
        return self


class Hue(BaseModel):
    hue: int = 1
    tone: int = 2


class Node(BaseModel):
    model_config = ConfigDict(extra="forbid")

    label: Annotated[str, Field(alias="Label")]
    below: list[Node] = []


class Cat(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["cat"] = "cat"
    whiskers: int


class Dog(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["dog"] = "dog"
    tail: float | None


class Options(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]  # pydantic asks for it here

    width: int
    inner: Layer


@dataclasses.dataclass
class Point:
    x: float
    layers: tuple[Layer, ...] = ()


# Only a type checker takes it for no generic class.
Hidden: Any = SkipJsonSchema


UNIONS: list[tuple[Any, Any, list[str]]] = [
    (Layer | int, "x", [": expected mapping or integer, got 'x'"]),
    # Nobody who writes a value means null.
    (int | Hidden[None], "x", [": expected integer, got 'x'"]),
    (int | Hidden[None] | str, [], [": expected integer or string, got []"]),
    # A branch that reads all but one value is meant more than one that reads none.
    (Layer | Box, {"name": 3}, [".name: expected string, got 3"]),
    (list[Layer] | Layer | Hidden[None], [{"name": 3}], ["[0].name: expected string, got 3"]),
    (
        list[Layer | None],
        [{"name": "a", "opacity": 2}, None],
        ["[0].opacity: must be less than or equal to 1, got 2"],
    ),
    # Keys that are missing or not known say that another branch is meant.
    (Box | Layer, {"name": "a", "opactiy": 1}, [".opactiy: is not known"]),
    (Box | Layer, {"min_x": 5, "max_x": 1}, [": max_x must be greater"]),
    (Box | Layer, {"more": 1}, [".name: is missing", ".more: is not known"]),
    # A branch that asks for another word inside is another one; of two such both are told.
    (Cat | Dog, {"kind": "dog", "tail": "long"}, [".tail: expected number, got 'long'"]),
    (
        Cat | Dog,
        {"kind": "cow", "tail": 1, "whiskers": 1},
        [".kind: expected 'cat' or 'dog', got 'cow'", ".tail: is not known", ".whiskers: is not known"],
    ),
    (Literal["a"] | int, "c", [": expected 'a' or integer, got 'c'"]),
    # The more a key that is not known is like one that is missing, the more its branch is meant.
    (Cat | Dog, {"tial": 1.5}, [".tail: is missing", ".tial: is not known"]),
    (
        Annotated[Cat | Dog, Field(discriminator="kind")],
        {"kind": "cow"},
        [".kind: expected one of 'cat', 'dog', got 'cow'"],
    ),
    # Each of several unions on the way has its own branches.
    (
        dict[str, list[Layer | Box] | int],
        {"a": [{"name": 1}], "b": "x"},
        [".a[0].name: expected string, got 1", ".b: expected list or integer, got 'x'"],
    ),
]


@pytest.mark.parametrize(("annotation", "value", "messages"), UNIONS, ids=lambda value: str(value)[:30])
def test_the_nearest_branch_of_a_union_is_told(annotation: Any, value: Any, messages: list[str]) -> None:
    with pytest.raises(ValidationError) as caught:
        adapter_of(annotation).validate_python(value)
    found = [f"{fault.path}: {fault.message}" for fault in faults_of(caught.value, value)]
    assert found == messages


KEYS: list[tuple[Any, Any, list[str]]] = [
    (Layer, {"name": "a", "opactiy": 1}, [".opactiy: is not known: did you mean 'opacity'?"]),
    (Layer, {"name": "a", "zzz": 1}, [".zzz: is not known: expected one of: name, opacity"]),
    (list[Layer], [{"opacity": 1}], ["[0].name: is missing (text)"]),
    (Layer | None, [1], [": expected mapping with name, got [1]"]),
    (dict[str, Layer], {"a": {"name": "a", "nam": 1}}, [".a.nam: is not known: did you mean 'name'?"]),
    (tuple[int, Layer], [1, {}], ["[1].name: is missing (text)"]),
    (
        Options,
        {"width": 1, "inner": {}, "w": 1},
        [".inner.name: is missing (text)", ".w: is not known: expected one of: inner, width"],
    ),
    (
        Point,
        {"layers": [{"nme": "a", "name": "b"}]},
        [".x: is missing (number)", ".layers[0].nme: is not known: did you mean 'name'?"],
    ),
    (
        Node,
        {"Label": "a", "below": [{"Label": "b", "below": [{"label": "c"}]}]},
        [
            ".below[0].below[0].Label: is missing (text)",
            ".below[0].below[0].label: is not known: did you mean 'Label'?",
        ],
    ),
    # What one branch knows is no news of another.
    (
        Layer | Dog,
        {"name": "a", "nam": 1},
        [".nam: is not known: did you mean 'name'?"],
    ),
    (
        Annotated[Cat | Dog, Field(discriminator="kind")],
        {"kind": "dog", "tial": 1},
        [".tail: is missing (number or null)", ".tial: is not known: did you mean 'tail'?"],
    ),
    (Box | None, [], [": expected mapping with min_x and max_x, got []"]),
    (Hue, 3, [": expected mapping that may have hue and tone, got 3"]),
    (Layer | Box, 3, [": expected mapping with name or mapping with min_x and max_x, got 3"]),
    # Two branches that are as near: what either knows may be meant.
    (
        Cat | Dog,
        {"zz": 1},
        [
            ".whiskers: is missing (whole number)",
            ".zz: is not known: expected one of: kind, tail, whiskers",
            ".tail: is missing (number or null)",
        ],
    ),
    (dict[str, int], 3, [": expected mapping, got 3"]),
]


@pytest.mark.parametrize(("annotation", "value", "messages"), KEYS, ids=lambda value: str(value)[:30])
def test_a_fault_about_keys_names_those_that_are_known(
    annotation: Any, value: Any, messages: list[str]
) -> None:
    found = faults_in(value, adapter_of(annotation))
    assert [f"{fault.path}: {fault.message}" for fault in found] == messages
