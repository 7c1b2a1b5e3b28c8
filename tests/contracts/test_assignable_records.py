"""What fits where: models, dataclasses and typed dictionaries; and that a yes holds for stored values."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import json
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import GenericAlias
from typing import Annotated, Any, NamedTuple, NotRequired

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel, TypeAdapter, field_serializer, field_validator
from tests.contracts.fits import NO, OPEN, YES, case, name_of
from typing_extensions import TypedDict

from ecoscope_workflows.contracts.assignable import assignable
from ecoscope_workflows.contracts.codecs import JsonCodec


class Season(enum.Enum):
    WET = "wet"
    DRY = "dry"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Point(NamedTuple):
    x: float
    y: float


class Range(BaseModel):
    since: dt.datetime
    until: dt.datetime


class LabelledRange(Range):
    label: str = ""


class OtherRange(BaseModel):
    """The same keys under another name."""

    since: dt.datetime
    until: dt.datetime


class WordyRange(BaseModel):
    since: list[str]
    until: dt.datetime


class ClosedRange(BaseModel):
    model_config = ConfigDict(extra="forbid")
    since: dt.datetime
    until: dt.datetime


class OpenRange(BaseModel):
    model_config = ConfigDict(extra="allow")
    since: dt.datetime
    until: dt.datetime


class CheckedRange(Range):
    @field_validator("until", mode="before")
    @classmethod
    def read(cls, value: object) -> object:
        return value


class WrittenRange(Range):
    @field_serializer("until")
    def write(self, value: object) -> str:
        return str(value)


class Aliased(BaseModel):
    animal_name: str = Field(alias="animalName")


class CamelCase(TypedDict):
    animalName: str


class SnakeCase(TypedDict):
    animal_name: str


class Box(TypedDict):
    x: int
    y: NotRequired[int]


class FullBox(TypedDict):
    x: int
    y: int


@dataclasses.dataclass
class Extent:
    x: float
    y: float = 0.0


Numbers = RootModel[list[int]]


RECORDS = [
    case(Range, Range, YES),
    case(LabelledRange, Range, YES),
    case(Range, LabelledRange, YES),
    case(Range, OtherRange, YES),
    case(Range, WordyRange, NO, "'since': date and time, not list of text"),
    case(LabelledRange, ClosedRange, NO, "'label' is not known there"),
    case(Range, ClosedRange, YES),
    case(OpenRange, ClosedRange, OPEN, "it may be stored with other keys"),
    case(OpenRange, LabelledRange, OPEN, "'label' may be missing"),
    case(Range, CheckedRange, OPEN, "a function of its own reads it"),
    case(CheckedRange, Range, YES),
    case(WrittenRange, Range, OPEN, "it may be stored with other keys"),
    case(Box, Range, NO, "'since' is missing; 'until' is missing"),
    case(Aliased, CamelCase, YES),
    case(Aliased, SnakeCase, NO, "'animal_name' is missing"),
    case(CamelCase, Aliased, YES),
    case(FullBox, Box, YES),
    case(Box, FullBox, OPEN, "'y' may be missing"),
    case(FullBox, Extent, YES),
    case(Extent, FullBox, NO, "'x': number, not whole number; 'y': number, not whole number"),
    case(Range, dict[str, dt.datetime], YES),
    case(
        Range,
        dict[str, int],
        NO,
        "'since': date and time, not whole number; 'until': date and time, not whole number",
    ),
    case(OpenRange, dict[str, dt.datetime], OPEN, "it may be stored with other keys"),
    case(dict[str, dt.datetime], Range, OPEN, "which keys it has is not said"),
    case(
        dict[str, int],
        Range,
        NO,
        "'since': whole number, not date and time; 'until': whole number, not date and time",
    ),
    case(int, Range, NO),
    case(int, CheckedRange, OPEN, "a function of its own reads it"),
    case(Range, int, NO),
    case(Range, list[int], NO),
    case(list[int], Numbers, YES),
    case(Numbers, list[float], YES),
    case(list[str], Numbers, NO, "its items: text, not whole number"),
]


@pytest.mark.parametrize(("produced", "required", "answer", "reason"), RECORDS)
def test_a_record_fits_another_by_its_keys(produced: Any, required: Any, answer: str, reason: str) -> None:
    verdict = assignable(produced, required)
    assert (verdict.answer, verdict.reason) == (answer, reason)


class Branch(BaseModel):
    name: str
    inside: list[Branch] = []


class Twig(BaseModel):
    name: str
    inside: list[Twig] = []


class BareTwig(BaseModel):
    inside: list[BareTwig]
    length: float


def test_types_that_stand_inside_themselves_are_compared() -> None:
    assert assignable(Branch, Twig).answer == "yes"
    verdict = assignable(Branch, BareTwig)
    assert (verdict.answer, verdict.reason) == ("no", "'length' is missing")


def test_what_cannot_be_hashed_does_not_matter() -> None:
    produced, required = Annotated[int, {"unit": "m"}], Annotated[float, ["metres"]]
    assert assignable(produced, required).answer == "yes"
    assert assignable(GenericAlias(list, (produced,)), GenericAlias(list, (required,))).answer == "yes"
    assert assignable(GenericAlias(dict, (str, produced)), GenericAlias(dict, (str, str))).answer == "no"


VALUES: list[tuple[Any, Any]] = [
    (bool, True),
    (int, 7),
    (float, 1.5),
    (decimal.Decimal, decimal.Decimal("1.5")),
    (str, "tracks"),
    (Path, Path("tracks")),
    (uuid.UUID, uuid.UUID(int=5)),
    (dt.datetime, dt.datetime(2024, 3, 1, 6, 30, tzinfo=dt.UTC)),
    (dt.date, dt.date(2024, 3, 1)),
    (Season, Season.DRY),
    (Level, Level.HIGH),
    (list[int], [1, 2]),
    (set[int], {1, 2}),
    (tuple[int, int], (1, 2)),
    (Point, Point(1.5, 2.5)),
    (dict[str, int], {"x": 1, "y": 2}),
    (list[tuple[str, int]], [("eco_1", 1)]),
    (
        Range,
        Range(since=dt.datetime(2024, 1, 1, tzinfo=dt.UTC), until=dt.datetime(2025, 1, 1, tzinfo=dt.UTC)),
    ),
    (FullBox, {"x": 1, "y": 2}),
    (Extent, Extent(1.5)),
    (Aliased, Aliased(animalName="Habiba")),
    (Numbers, Numbers([1, 2])),
]
REQUIRED = [kind for kind, _ in VALUES] + [
    str | None,
    Sequence[float],
    Iterable[int],
    dict[str, float],
    LabelledRange,
    Box,
    CamelCase,
    SnakeCase,
    ClosedRange,
    WordyRange,
    Annotated[int, Field(ge=0)],
    list[str],
]


@pytest.mark.parametrize(("produced", "value"), VALUES, ids=[name_of(kind) for kind, _ in VALUES])
def test_a_yes_holds_for_a_value_that_is_stored_and_read_back(
    produced: Any, value: Any, tmp_path: Path
) -> None:
    JsonCodec(produced).write(value, tmp_path / "value.json", "")
    stored = json.loads((tmp_path / "value.json").read_text(encoding="utf-8"))
    promised = [kind for kind in REQUIRED if assignable(produced, kind).answer == "yes"]
    assert produced in promised
    for kind in promised:
        TypeAdapter(kind).validate_python(stored)
