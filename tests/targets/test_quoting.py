"""Values as Python literals: exact, harmless, and laid out as a formatter would."""

from __future__ import annotations

import ast
import math

import black
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecoscope_workflows.errors import TargetError
from ecoscope_workflows.targets.quoting import literal, text_literal

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_every_value_comes_back_as_it_was(value: object) -> None:
    assert ast.literal_eval(literal(value)) == value


@settings(max_examples=60, deadline=None)
@given(PLAIN)
def test_black_leaves_a_literal_as_it_is(value: object) -> None:
    source = f"value = {literal(value, used=len('value = '))}\n"
    assert black.format_str(source, mode=black.Mode()) == source


@given(st.text())
def test_a_text_stays_on_one_line(text: str) -> None:
    assert len(text_literal(text).splitlines()) == 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", '"plain"'),
        ('say "yes"', "'say \"yes\"'"),
        ("it's", '"it\'s"'),
        ("a\nb\\", '"a\\nb\\\\"'),
        ("say '''", "\"say ''\\x27\""),
        ('say """"', '\'say ""\\x22"\''),
        ([], "[]"),
        ({}, "{}"),
        ([1, 2.5], "[1, 2.5]"),
        ({"a": [1, {}]}, '{"a": [1, {}]}'),
        ({"k" * 90: []}, f'{{\n    "{"k" * 90}": [],\n}}'),
        (["x" * 40, "y" * 40], f'[\n    "{"x" * 40}",\n    "{"y" * 40}",\n]'),
        (["象" * 20, "象" * 20], f'[\n    "{"象" * 20}",\n    "{"象" * 20}",\n]'),
        (1e16, "1e16"),
    ],
)
def test_literals_read_as_one_would_write_them(value: object, expected: str) -> None:
    assert literal(value) == expected


def test_numbers_that_are_none_are_written_as_calls() -> None:
    assert literal(math.inf) == 'float("inf")'
    assert literal(math.nan) == 'float("nan")'


def test_a_value_that_is_not_plain_data_is_refused() -> None:
    with pytest.raises(TargetError, match="EW701 a value of type object"):
        literal(object())
