"""YAML text becomes plain values with their places."""

from __future__ import annotations

import math
from typing import Any

import pytest

from ecoscope_workflows.spec.document import parse

FILE = "spec.yaml"


def value_of(text: str) -> Any:
    return parse(text, FILE).value


SCALARS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "on": "on",
    "On": "On",
    "off": "off",
    "yes": "yes",
    "no": "no",
    "y": "y",
    "null": None,
    "Null": None,
    "~": None,
    "none": "none",
    "12": 12,
    "-12": -12,
    "+12": 12,
    "010": 10,
    "0o17": 15,
    "0x1F": 31,
    "-0x1F": "-0x1F",
    "0b11": "0b11",
    "1_000": "1_000",
    "1.5": 1.5,
    "1.": 1.0,
    ".5": 0.5,
    "1e3": 1000.0,
    "-1.5E-3": -0.0015,
    "1e999": math.inf,
    ".inf": math.inf,
    "+.INF": math.inf,
    "-.Inf": -math.inf,
    "12:30": "12:30",
    "1:2:3": "1:2:3",
    "2015-01-01": "2015-01-01",
    "2015-01-01T00:00:00Z": "2015-01-01T00:00:00Z",
    "1.2.3": "1.2.3",
    "EPSG:4326": "EPSG:4326",
    "<": "<",
    "=": "=",
    "größe": "größe",
    "象": "象",
    "🐘": "🐘",
}


@pytest.mark.parametrize(("text", "expected"), SCALARS.items(), ids=repr)
def test_a_bare_word_is_read_by_the_core_schema_of_yaml_1_2(text: str, expected: object) -> None:
    for found in (value_of(text), value_of(f"a: {text}")["a"], value_of(f"[{text}]")[0]):
        assert found == expected
        assert type(found) is type(expected)


def test_nan_is_a_number() -> None:
    assert all(math.isnan(value_of(text)) for text in (".nan", ".NaN", ".NAN"))


def test_a_number_of_thousands_of_digits_stays_text() -> None:
    assert value_of("9" * 5000) == "9" * 5000


@pytest.mark.parametrize("text", [*SCALARS, "%d %b", "@a", "a: b", "# c"])
@pytest.mark.parametrize("form", ["'{}'", '"{}"', "!!str '{}'", "|-\n  {}", ">-\n  {}"])
def test_quoted_and_block_text_stays_text(text: str, form: str) -> None:
    assert value_of(form.format(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!!str 12", "12"),
        ("!!str 0o17", "0o17"),
        ("!!str true", "true"),
        ("! '12'", "12"),
        ('!!int "12"', 12),
        ("!!int 0o17", 15),
        ("!!float 1", 1.0),
        ("!!bool true", True),
        ("!!null ''", None),
        ("!!map {a: 1}", {"a": 1}),
        ("!!seq [1]", [1]),
    ],
)
def test_a_core_tag_is_honoured(text: str, expected: object) -> None:
    assert value_of(text) == expected
    assert type(value_of(text)) is type(expected)


def test_block_scalars_keep_or_fold_their_lines() -> None:
    assert value_of("a: |\n  x\n   y\n\n  z\n") == {"a": "x\n y\n\nz\n"}
    assert value_of("a: >\n  x\n  y\n\n  z\n") == {"a": "x y\nz\n"}
    assert value_of("a: |-\n  x\n") == {"a": "x"}


@pytest.mark.parametrize("text", ["a: 1\t\nb: 2", "a:\t1\nb: 2\t# two", "a: 1  \t # one\nb: 2"])
def test_a_tab_before_or_after_a_value_is_fine(text: str) -> None:
    assert value_of(text) == {"a": 1, "b": 2}


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "\ufeff", "---\n", "---\n...\n"])
def test_an_empty_text_is_nothing(text: str) -> None:
    document = parse(text, FILE)
    assert document.value is None
    assert str(document.at("any", "path")) in {FILE, f"{FILE}:1:4", f"{FILE}:2:1"}


def test_a_byte_order_mark_moves_no_column() -> None:
    document = parse("\ufeffa: 1\nb: 2\n", FILE)
    assert document.value == {"a": 1, "b": 2}
    assert str(document.at("a")) == f"{FILE}:1:4"


def test_keys_are_text_as_written() -> None:
    text = "1: a\non: b\ntrue: c\n~: d\n1.0: e\n2015-01-01: f\n'quoted': g\n!!str 5: h\n"
    assert list(value_of(text)) == ["1", "on", "true", "~", "1.0", "2015-01-01", "quoted", "5"]


def test_aliases_repeat_the_value_of_their_anchor() -> None:
    assert value_of("a: &x {k: [1]}\nb: *x\nc: [*x, *x]") == {
        "a": {"k": [1]},
        "b": {"k": [1]},
        "c": [{"k": [1]}, {"k": [1]}],
    }


def test_a_merge_key_adds_what_the_mapping_does_not_say_itself() -> None:
    text = "base: &base {k: 1, j: {x: 1}}\nown:\n  k: 2\n  <<: *base\n"
    assert value_of(text)["own"] == {"k": 2, "j": {"x": 1}}


def test_the_first_of_several_merged_mappings_wins() -> None:
    assert value_of("m: {<<: [{a: 1}, {a: 2, b: 3}], c: 4}") == {"m": {"a": 1, "b": 3, "c": 4}}


def test_a_quoted_merge_key_is_a_key() -> None:
    assert value_of("m: {'<<': {a: 1}}") == {"m": {"<<": {"a": 1}}}


def test_places_of_merged_keys_are_where_they_are_written() -> None:
    document = parse("base: &base {k: 1, j: 5}\nown:\n  k: 2\n  <<: *base\n", FILE)
    assert str(document.at("own")) == f"{FILE}:3:3"
    assert str(document.key_at("own", "k")) == f"{FILE}:3:3"
    assert str(document.at("own", "k")) == f"{FILE}:3:6"
    assert str(document.key_at("own", "j")) == f"{FILE}:1:20"


PLACES = """\
# größe
name: tracks
tasks:
  - id: a   # first
    partial: {x: [1, "zwei", {y: ~}]}
  -
    id: ü
"""


def test_places_count_lines_and_columns_of_letters_from_1() -> None:
    document = parse(PLACES, FILE)
    expected = {
        (): (2, 1),
        ("name",): (2, 7),
        ("tasks",): (4, 3),
        ("tasks", 0): (4, 5),
        ("tasks", 0, "id"): (4, 9),
        ("tasks", 0, "partial"): (5, 14),
        ("tasks", 0, "partial", "x"): (5, 18),
        ("tasks", 0, "partial", "x", 0): (5, 19),
        ("tasks", 0, "partial", "x", 1): (5, 22),
        ("tasks", 0, "partial", "x", 2): (5, 30),
        ("tasks", 0, "partial", "x", 2, "y"): (5, 34),
        ("tasks", 1): (7, 5),
        ("tasks", 1, "id"): (7, 9),
    }
    assert {path: (where.line, where.column) for path, where in document.places.items()} == expected
    keys = {path: (where.line, where.column) for path, where in document.key_places.items()}
    assert keys[("name",)] == (2, 1)
    assert keys[("tasks", 0, "id")] == (4, 5)
    assert keys[("tasks", 0, "partial", "x", 2, "y")] == (5, 31)


def test_a_place_that_does_not_exist_is_that_of_its_nearest_parent() -> None:
    document = parse(PLACES, FILE)
    assert document.at("tasks", 0, "nope", "deeper") == document.at("tasks", 0)
    assert document.key_at("tasks", 0, "nope") == document.at("tasks", 0)
