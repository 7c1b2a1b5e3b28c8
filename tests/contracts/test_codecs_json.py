"""Values become JSON and come back equal, from the same bytes in every process."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import json
import math
import os
import subprocess
import sys
import uuid
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter, field_serializer
from typing_extensions import TypedDict

from ecoscope_workflows.contracts.codecs import (
    JsonCodec,
)


class Color(enum.Enum):
    RED = "red"


class Point(NamedTuple):
    x: float
    y: float


class Keys(TypedDict):
    a: int


@dataclasses.dataclass
class Herd:
    species: str
    names: set[str]


class Layer(BaseModel):
    names: set[str]
    numbers: frozenset[int] = frozenset()
    nested: dict[str, set[str]] = {}
    alias: Annotated[int, Field(serialization_alias="as")] = 0


class Shown(BaseModel):
    tags: set[str]

    @field_serializer("tags")
    def _joined(self, tags: set[str]) -> str:
        return ",".join(sorted(tags))


def stored(annotation: Any, value: object, path: Path) -> tuple[bytes, Any]:
    codec = JsonCodec(annotation)
    codec.write(value, path, "{}")
    return path.read_bytes(), codec.read(path)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_plain_data_comes_back_equal(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    _, found = stored(Any, value, tmp_path_factory.mktemp("json") / "x.json")
    assert found == value


@given(st.text(st.characters(exclude_categories=())))
def test_text_inside_json_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    raw, found = stored(list[str], [text], tmp_path_factory.mktemp("json") / "x.json")
    assert raw.decode("utf-8")
    # Two halves of a surrogate pair that stand side by side are one character in JSON.
    assert found[0].encode("utf-16-le", "surrogatepass") == text.encode("utf-16-le", "surrogatepass")


TYPED: list[tuple[Any, Any]] = [
    (dt.datetime, dt.datetime(2015, 1, 1, 12, tzinfo=dt.UTC)),
    (dt.timedelta, dt.timedelta(hours=1.5)),
    (Path, Path("a/b")),
    (Color, Color.RED),
    (Point, Point(1.5, 2)),
    (tuple[int, str], (1, "a")),
    (dict[int, str], {1: "a"}),
    (set[str], {"b", "a"}),
    (list[set[int]], [{3, 1}, set()]),
    (decimal.Decimal, decimal.Decimal("1.10")),
    (uuid.UUID, uuid.UUID(int=7)),
    (Herd, Herd("eland", {"b", "a"})),
    (Layer, Layer(names={"b", "a"}, numbers=frozenset({2, 1}), nested={"k": {"y", "x"}})),
    (str | None, None),
    (None, None),
    (int, 10**40),
    (list[float], [float("inf"), -float("inf")]),
]


@pytest.mark.parametrize(("annotation", "value"), TYPED, ids=[str(item) for item, _ in TYPED])
def test_a_typed_value_comes_back_by_its_type_without_a_warning(
    annotation: Any, value: Any, tmp_path: Path
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, found = stored(annotation, value, tmp_path / "x.json")
    if annotation is not Layer:
        assert TypeAdapter(annotation).validate_python(found) == value


def test_keys_are_written_as_the_type_names_them_in_files(tmp_path: Path) -> None:
    _, found = stored(Layer, Layer(names=set(), alias=3), tmp_path / "x.json")
    assert found == {"names": [], "numbers": [], "nested": {}, "as": 3}


def test_what_a_type_makes_of_a_set_itself_is_kept(tmp_path: Path) -> None:
    assert stored(Shown, Shown(tags={"b", "a"}), tmp_path / "x.json")[1] == {"tags": "a,b"}


@given(st.sets(st.text() | st.integers()))
def test_a_set_is_a_sorted_list(tmp_path_factory: pytest.TempPathFactory, values: set[Any]) -> None:
    path = tmp_path_factory.mktemp("set") / "x.json"
    first, found = stored(Any, {"k": values}, path)
    assert set(found["k"]) == values
    again, _ = stored(Any, {"k": set(values)}, path)
    assert first == again


def test_equal_values_give_equal_bytes_in_every_process(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from typing import Any
from pydantic import BaseModel
from ecoscope_workflows.contracts.codecs import JsonCodec

class Herd(BaseModel):
    names: set[str]
    groups: list[frozenset[str]]
    pairs: set[tuple[str, frozenset[str]]]

names = [f"animal {number}" for number in range(20)]
pairs = {(name, frozenset(names)) for name in names}
value = {"herd": Herd(names=set(names), groups=[frozenset(names)], pairs=pairs)}
JsonCodec(dict[str, Herd]).write(value, Path(sys.argv[1]), "")
"""
    found = set()
    for seed in ("0", "1", "2"):
        path = tmp_path / f"{seed}.json"
        subprocess.run(
            [sys.executable, "-c", program, str(path)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
        )
        found.add(path.read_bytes())
    assert len(found) == 1


def test_json_is_written_for_people_and_other_programs(tmp_path: Path) -> None:
    raw, _ = stored(Any, {"größe": [1]}, tmp_path / "x.json")
    assert raw.decode("utf-8") == '{\n "größe": [\n  1\n ]\n}\n'
    assert json.loads(raw) == {"größe": [1]}


def test_an_iterable_is_stored_as_a_list(tmp_path: Path) -> None:
    checked = TypeAdapter(Iterable[int]).validate_python([1, 2])
    assert stored(Iterable[int], checked, tmp_path / "x.json")[1] == [1, 2]


@pytest.mark.parametrize("annotation", [Any, dict[str, list[float]], dict[str, Any]], ids=str)
def test_numbers_that_are_not_finite_come_back(annotation: Any, tmp_path: Path) -> None:
    found = stored(annotation, {"k": [math.inf, -math.inf, math.nan, 1.0]}, tmp_path / "x.json")[1]["k"]
    assert found[:2] == [math.inf, -math.inf]
    assert math.isnan(found[2])
    assert found[3] == 1.0
