"""What fits where: every kind of type but data frames, one line for each rule."""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import enum
import types
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal, NamedTuple, NewType, Protocol, TypeVar

import pytest
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    WrapValidator,
)
from pydantic.json_schema import SkipJsonSchema
from tests.contracts.fits import NO, OPEN, YES, case

from ecoscope_workflows.annotations import AnyDataFrame, Html, InputFile
from ecoscope_workflows.contracts.assignable import assignable
from ecoscope_workflows.contracts.markers import FromEnvironment
from ecoscope_workflows.contracts.skipping import SkipSentinel

T = TypeVar("T")
# As published signatures write an optional parameter.
Hidden: Any = Annotated[None, SkipJsonSchema()]  # type: ignore[type-arg]  # generic to type checkers only
ListOfT: Any = types.GenericAlias(list, (T,))
AnimalId = NewType("AnimalId", str)


class Season(enum.Enum):
    WET = "wet"
    DRY = "dry"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Point(NamedTuple):
    x: float
    y: float


class Named(Protocol):
    name: str


class Client:
    """A class that pydantic knows nothing of."""


class GoodClient(Client):
    """One that derives from it."""


def read_anything(value: object) -> object:
    return value


NUMBERS_AND_TEXT = [
    case(int, int, YES),
    case(int, float, YES),
    case(bool, int, YES),
    case(bool, float, YES),
    case(float, complex, YES),
    case(float, int, NO),
    case(int, bool, NO),
    case(float, bool, NO),
    case(int, decimal.Decimal, OPEN, "not every number has a decimal"),
    case(decimal.Decimal, float, YES),
    case(int, str, NO),
    case(str, int, NO),
    case(str, float, NO),
    case(str, bool, NO),
    case(str, str, YES),
    case(Html, str, YES),
    case(str, Html, YES),
    case(AnimalId, str, YES),
    case(str, AnimalId, YES),
    case(AnimalId, int, NO),
    case(str, Annotated[str, FromEnvironment("TOKEN")], YES),
    case(str, Path, YES),
    case(Path, str, YES),
    case(Path, PurePath, YES),
    case(str, InputFile, YES),
    case(int, Path, NO),
    case(str, uuid.UUID, OPEN, "whether text has the right form depends on the value"),
    case(uuid.UUID, str, OPEN, "whether text has the right form depends on the value"),
    case(bytes, str, OPEN, "whether text has the right form depends on the value"),
]
TIMES = [
    case(dt.datetime, dt.datetime, YES),
    case(dt.date, dt.datetime, YES),
    case(dt.datetime, dt.date, OPEN, "a date and time is a date at midnight only"),
    case(str, dt.datetime, OPEN, "whether text has the right form depends on the value"),
    case(int, dt.datetime, NO),
    case(int, dt.timedelta, OPEN, "a number may stand for seconds"),
    case(dt.time, dt.date, NO),
]
UNIONS = [
    case(str | None, str | None, YES),
    case(str, str | None, YES),
    case(None, str | None, YES),
    case(None, str, NO),
    case(str | None, str, OPEN, "it may be null"),
    case(int | str, str, OPEN, "it may be whole number"),
    case(int | bool, float | None, YES),
    case(int | float, str, NO),
    case(int, str | list[int], NO),
    case(int, str | float, YES),
    case(str, Hidden | str, YES),
    case(list[float], list[int] | None, NO, "its items: number, not whole number"),
    case(str | list[float], list[int], NO, "its items: number, not whole number"),
    case(int | SkipSentinel, int | SkipSentinel, YES),
    case(int | SkipSentinel, int, OPEN, "it may be skipped"),
    case(int, int | SkipSentinel, YES),
    case(SkipSentinel, int, NO),
    case(type("SkipSentinel", (), {}), SkipSentinel, YES),
]
CHOICES = [
    case(Literal["a"], Literal["a", "b"], YES),
    case(Literal["a", "b"], Literal["a"], OPEN, "it may be 'b'"),
    case(Literal["a"], Literal["b"], NO),
    case(Literal["a", "b"], str, YES),
    case(Literal["1"], int, NO),
    case(Literal["one"], int, NO),
    case(Literal[3, 5], Annotated[int, Field(ge=4)], OPEN, "it may be 3"),
    case(Literal["a"] | None, str, OPEN, "it may be null"),
    case(Literal["a"] | None, AnyDataFrame | None, OPEN, "it may be 'a'"),
    case(Literal[True], Literal[1], NO),
    case(Literal["2024-03-01"], dt.date, YES),
    case(Literal["soon"], dt.date, NO),
    case(Literal[1], dt.datetime, NO),
    case(Literal["a"], AnyDataFrame, NO),
    case(str, Literal["a", "b"], OPEN, "it may be other than 'a', 'b'"),
    case(int, Literal["a"], NO),
    case(list[int], Literal["a"], NO),
    case(bool, Literal[True, False], YES),
    case(bool, Literal[True], OPEN, "it may be other than True"),
    case(Season, Season, YES),
    case(Season, str, YES),
    case(Season, int, NO),
    case(Season, Literal["wet", "dry"], YES),
    case(Literal["wet"], Season, YES),
    case(Literal["hot"], Season, NO),
    case(str, Season, OPEN, "it may be other than 'wet', 'dry'"),
    case(Level, int, YES),
    case(int, Level, OPEN, "it may be other than 1, 2"),
]
COLLECTIONS = [
    case(list[int], list[int], YES),
    case(list[int], list[float], YES),
    case(list[float], list[int], NO, "its items: number, not whole number"),
    case(list[int], Sequence[float], YES),
    case(Sequence[int], list[int], YES),
    case(list[int], Iterable[int], YES),
    case(list[int], list, YES),
    case(list, list[int], OPEN, "its items: its type is not said"),
    case(list[int | None], list[int], OPEN, "its items: it may be null"),
    case(list[int], set[int], YES),
    case(set[int], frozenset[int], YES),
    case(set[int], list[int], OPEN, "a set has no order"),
    case(set[int], Iterable[int], YES),
    case(str, list[str], NO),
    case(str, Sequence[str], NO),
    case(list[int], int, NO),
    case(int, list[int], NO),
    case(tuple[int, str], tuple[float, str], YES),
    case(tuple[int, str], tuple[int, int], NO, "item 2: text, not whole number"),
    case(tuple[int, int], tuple[int, int, int], NO, "it has 2 items, not 3"),
    case(tuple[int, ...], list[float], YES),
    case(tuple[int, int], list[int], YES),
    case(tuple[int, str], list[int], NO, "item 2: text, not whole number"),
    case(list[int], tuple[int, int], OPEN, "it has any number of items, not 2"),
    case(list[str], tuple[int, int], NO, "its items: text, not whole number"),
    case(tuple, tuple[int, ...], OPEN, "its items: its type is not said"),
    case(Point, tuple[float, float], YES),
    case(tuple[int, int], Point, YES),
    case(collections.deque[int], list[int], YES),
    case(dict[str, int], dict[str, float], YES),
    case(dict[str, int], Mapping[str, float], YES),
    case(dict[str, float], dict[str, int], NO, "its values: number, not whole number"),
    case(dict[int, int], dict[str, int], NO, "its keys: whole number, not text"),
    case(dict[str, int], dict, YES),
    case(dict[str, int], list[str], NO),
    case(list[tuple[str, int]], dict[str, int], NO),
    case(list[tuple[str, int]], list[tuple[str, float]], YES),
    case(list[tuple[str, float]], list[tuple[str, int]], NO, "its values: number, not whole number"),
    case(list[tuple[int, int]], list[tuple[str, int]], NO, "its keys: whole number, not text"),
]
UNKNOWN = [
    case(int, Any, YES),
    case(int, object, YES),
    case(AnyDataFrame, Any, YES),
    case(Any, int, OPEN, "its type is not said"),
    case(object, int, OPEN, "its type is not said"),
    case(Any, Any, YES),
    case(T, int, OPEN, "its type is not said"),
    case(int, T, OPEN, "what is taken is not said"),
    case(Callable[[int], int], int, OPEN, "its type is not said"),
    case(int, Callable[[int], int], OPEN, "what is taken is not said"),
    case("Forward", int, OPEN, "its type is not said"),
    case(ListOfT, list[int], OPEN, "its items: its type is not said"),
    case(Client, Client, YES),
    case(GoodClient, Client, YES),
    case(Client, GoodClient, NO),
    case(Client, int, NO),
    case(int, Client, NO),
    case(Client, Named, OPEN, "what is taken is said by its attributes only"),
    case(AnyDataFrame, str, NO),
    case(str, AnyDataFrame, NO),
    case(list[AnyDataFrame], AnyDataFrame, NO),
    case(AnyDataFrame | None, AnyDataFrame, OPEN, "it may be null"),
]
EXTRAS = [
    case(int, Annotated[str, BeforeValidator(str)], OPEN, "a function of its own reads it"),
    case(
        int,
        Annotated[str, WrapValidator(lambda value, _: str(value))],
        OPEN,
        "a function of its own reads it",
    ),
    case(int, Annotated[str, PlainValidator(str)], OPEN, "a function of its own reads it"),
    case(
        SkipSentinel, Annotated[str, BeforeValidator(read_anything)], OPEN, "a function of its own reads it"
    ),
    case(int, Annotated[int, AfterValidator(abs)], OPEN, "a function of its own checks it"),
    case(str, Annotated[int, AfterValidator(abs)], NO),
    case(Annotated[int, BeforeValidator(int)], int, YES),
    case(int, Annotated[int, Field(description="A number.")], YES),
    case(int, Annotated[int, Field(ge=0)], OPEN, "it must be at least 0, which is not said of it"),
    case(Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)], YES),
    case(Annotated[int, Field(gt=0)], Annotated[int, Field(ge=0)], YES),
    case(
        Annotated[int, Field(ge=0)],
        Annotated[int, Field(gt=0)],
        OPEN,
        "it must be more than 0, which is not said of it",
    ),
    case(Annotated[int, Field(ge=1, le=3)], Annotated[float, Field(ge=0, lt=4)], YES),
    case(
        Annotated[int, Field(le=5)],
        Annotated[int, Field(le=3)],
        OPEN,
        "it must be at most 3, which is not said of it",
    ),
    case(Annotated[int, Field(multiple_of=6)], Annotated[int, Field(multiple_of=3)], YES),
    case(Annotated[str, Field(pattern="^a")], Annotated[str, Field(pattern="^a")], YES),
    case(str, Annotated[str, Field(pattern="^a")], OPEN, "it must be matching '^a', which is not said of it"),
    case(int, Annotated[str, Field(pattern="^a")], NO),
    case(Annotated[list[int], Field(min_length=2)], Annotated[list[float], Field(min_length=1)], YES),
    case(tuple[int, int], Annotated[list[int], Field(min_length=1, max_length=2)], YES),
    case(
        Annotated[list[int], Field(min_length=2)],
        Annotated[set[int], Field(min_length=2)],
        OPEN,
        "it must be of at least 2 items or letters, which is not said of it",
    ),
    case(Annotated[list[int], Field(ge=0)] | None, int, NO),
    case(int, Annotated[int, Field(strict=True)], YES),
    case(int, Annotated[float, Field(strict=True)], OPEN, "it is read strictly"),
]
CASES = [*NUMBERS_AND_TEXT, *TIMES, *UNIONS, *CHOICES, *COLLECTIONS, *UNKNOWN, *EXTRAS]


@pytest.mark.parametrize(("produced", "required", "answer", "reason"), CASES)
def test_a_type_fits_another_by_the_written_rule(
    produced: Any, required: Any, answer: str, reason: str
) -> None:
    verdict = assignable(produced, required)
    assert (verdict.answer, verdict.reason) == (answer, reason)
