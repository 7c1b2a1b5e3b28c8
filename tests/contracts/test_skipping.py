"""What stands in for a skipped result says why, in Python, in JSON, and to the tasks that take it."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from ecoscope_workflows.annotations import SkipSentinel as Offered
from ecoscope_workflows.contracts.skipping import (
    SKIPPED,
    SkipSentinel,
    as_mark,
    is_skip_sentinel,
    is_skipped,
    skipped_dependency_fallback,
    with_skips,
)

FIRST = SkipSentinel("fixes", "any_is_empty_df", "df")
SECOND = SkipSentinel("tracks", "any_dependency_skipped", "relocs", FIRST)
Other = type("SkipSentinel", (), {})
TEXT = st.text(max_size=5)
SKIPS = st.recursive(
    st.builds(SkipSentinel, TEXT, TEXT, TEXT),
    lambda inner: st.builds(SkipSentinel, TEXT, TEXT, TEXT, inner),
    max_leaves=4,
)


def test_tasks_import_it_from_the_annotations() -> None:
    assert Offered is SkipSentinel


def test_the_reason_is_that_of_the_first_instance() -> None:
    assert SECOND.root is FIRST
    assert SECOND.reason == FIRST.reason == "fixes was skipped: any_is_empty_df on 'df'"
    assert SkipSentinel("a", "all_of_them").reason == "a was skipped: all_of_them"
    assert SkipSentinel().reason == "skipped"


@given(SKIPS)
def test_the_facts_are_all_that_is_known(skipped: SkipSentinel) -> None:
    again = SkipSentinel.of(skipped.facts)
    assert again == skipped
    assert hash(again) == hash(skipped)
    assert again.root.facts == skipped.root.facts


def test_facts_that_are_missing_are_empty() -> None:
    assert SkipSentinel.of({}) == SkipSentinel()


def test_skips_of_other_reasons_are_not_equal() -> None:
    assert SkipSentinel("a") != SkipSentinel("b")
    assert SkipSentinel("tracks", "any_dependency_skipped", "relocs") != SECOND
    assert SkipSentinel() != None  # noqa: E711  # what `==` says is what is tested


@pytest.mark.parametrize("value", [SkipSentinel(), Other()])
def test_ours_and_those_of_other_packages_are_known_by_their_name(value: object) -> None:
    assert is_skipped(value)
    assert is_skip_sentinel(type(value))
    assert not is_skip_sentinel(value)


@pytest.mark.parametrize("value", [None, "SkipSentinel", {SKIPPED: {}}, [], 0])
def test_nothing_else_is_skipped(value: object) -> None:
    assert not is_skipped(value)
    with pytest.raises(TypeError, match=f"{type(value).__name__} cannot be written as JSON"):
        as_mark(value)


def test_a_mark_says_what_is_known() -> None:
    assert as_mark(FIRST) == {
        SKIPPED: {"instance": "fixes", "condition": "any_is_empty_df", "argument": "df", "cause": None}
    }
    assert as_mark(Other()) == {SKIPPED: {}}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({SKIPPED: {}}, SkipSentinel()),
        ({SKIPPED: None}, SkipSentinel()),
        (as_mark(SECOND), SECOND),
        ([1, {"a": as_mark(FIRST)}], [1, {"a": FIRST}]),
        ({SKIPPED: {}, "a": 1}, {SKIPPED: {}, "a": 1}),
        ("$skipped", "$skipped"),
    ],
)
def test_marks_become_skips_wherever_they_stand(value: Any, found: Any) -> None:
    assert with_skips(value) == found


@pytest.mark.parametrize("value", [SECOND, as_mark(SECOND)], ids=["itself", "mark"])
def test_a_type_that_names_it_takes_it_in_both_forms(value: object) -> None:
    assert TypeAdapter(int | SkipSentinel).validate_python(value) == SECOND
    assert TypeAdapter(list[SkipSentinel]).validate_python([value]) == [SECOND]
    with pytest.raises(ValidationError):
        TypeAdapter(int).validate_python(value)


def test_it_is_written_as_its_mark() -> None:
    assert TypeAdapter(list[int | SkipSentinel]).dump_python([1, FIRST], mode="json") == [1, as_mark(FIRST)]


def test_a_fallback_is_asked_for_skips_alone() -> None:
    seen: list[SkipSentinel] = []
    # What the function returns is still checked by the type.
    text = TypeAdapter(Annotated[str | None, skipped_dependency_fallback(seen.append)])
    assert text.validate_python("a") == "a"
    assert text.validate_python(None) is None
    assert seen == []
    assert text.validate_python(SECOND) is None
    assert seen == [SECOND]
    wrong = TypeAdapter(Annotated[int, skipped_dependency_fallback(lambda _: "many")])
    with pytest.raises(ValidationError, match="valid integer"):
        wrong.validate_python(FIRST)


def test_a_fallback_is_asked_for_skips_of_other_packages_too() -> None:
    number = TypeAdapter(Annotated[int, skipped_dependency_fallback(lambda _: 0)])
    assert number.validate_python(Other()) == 0
