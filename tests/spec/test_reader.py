"""The cursor reports each fault of shape where it stands."""

from __future__ import annotations

import pytest

from ecoscope_workflows.spec.document import parse
from ecoscope_workflows.spec.reader import Cursor, kind_of


def cursor(text: str) -> Cursor:
    document = parse(text, "s.yaml")
    return Cursor(document, document.value)


def told(at: Cursor) -> list[str]:
    return [str(problem) for problem in at.problems]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "true or false"),
        (1, "a whole number"),
        (1.5, "a number"),
        ("x", "text"),
        ([], "a list"),
        ({}, "a mapping"),
    ],
)
def test_a_kind_is_named_in_words(value: object, words: str) -> None:
    assert kind_of(value) == words


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("a", list, "s.yaml:1:1: EW211 `x` must be a list, not text"),
        ("[]", dict, "s.yaml:1:1: EW211 `x` must be a mapping, not a list"),
        ("1.5", int, "s.yaml:1:1: EW211 `x` must be a whole number, not a number"),
        ("true", int, "s.yaml:1:1: EW211 `x` must be a whole number, not true or false"),
        ("1", str, "s.yaml:1:1: EW211 `x` must be text, not a whole number"),
    ],
)
def test_a_value_of_another_kind_is_reported(text: str, kind: type, message: str) -> None:
    at = cursor(text)
    assert not at.is_a(kind, "`x`")
    assert told(at) == [message]


def test_a_value_of_the_kind_is_no_fault() -> None:
    at = cursor("1")
    assert at.is_a(int, "`x`")
    assert told(at) == []


def test_a_key_that_is_not_known_is_reported_where_it_stands() -> None:
    at = cursor("a: 1\nworkfow: 2\nzzz: 3")
    at.only_keys(("a", "workflow"), "a spec")
    assert told(at) == [
        "s.yaml:2:1: EW212 a spec has no key 'workfow'\n  hint: did you mean 'workflow'?",
        "s.yaml:3:1: EW212 a spec has no key 'zzz'\n  hint: expected one of: a, workflow",
    ]


def test_a_missing_key_is_reported_where_the_mapping_starts() -> None:
    at = cursor("\n- a: 1").child(0)
    assert not at.needs("id", "the instance")
    assert at.needs("a", "the instance")
    assert told(at) == ["s.yaml:2:3: EW213 the instance has no 'id'\n  hint: add `id:`"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("my-step", "EW214 the id 'my-step' is not a valid Python identifier\n  hint: try 'my_step'"),
        ("2 Steps", "EW214 the id '2 Steps' is not a valid Python identifier\n  hint: try '_2_steps'"),
        (
            "'?!'",
            "EW214 the id '?!' is not a valid Python identifier\n  hint: use letters, digits and underscores",
        ),
        (
            "''",
            "EW214 the id '' is not a valid Python identifier\n  hint: use letters, digits and underscores",
        ),
        ("import", "EW214 the id 'import' is a Python keyword\n  hint: try 'import_'"),
        ("sum", "EW214 the id 'sum' is a built-in Python name\n  hint: try 'my_sum'"),
        ("abcdefghi", "EW215 the id 'abcdefghi' is longer than 8 characters\n  hint: shorten it"),
        ("12", "EW211 the id must be text, not a whole number"),
    ],
)
def test_a_name_that_is_no_identifier_is_reported_with_one_that_is(text: str, message: str) -> None:
    at = cursor(text)
    at.identifier("the id", 8)
    assert told(at) == [f"s.yaml:1:1: {message}"]


@pytest.mark.parametrize("text", ["a", "abcdefgh", "match", "größe", "_x1"])
def test_an_identifier_is_returned(text: str) -> None:
    at = cursor(text)
    assert at.identifier("the id", 8) == text
    assert told(at) == []
