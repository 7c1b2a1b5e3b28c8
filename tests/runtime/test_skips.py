"""Conditions are asked of the values of a call, and a skip says which one held, and of what."""

from __future__ import annotations

from typing import Any

import pytest
from tests.runtime import demo

from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.errors import RegistrationError, TaskError
from ecoscope_workflows.runtime.jobs import SkipIf, load_condition
from ecoscope_workflows.runtime.skips import skip_of

DEMO = "tests.runtime.demo:"


def skipif(*names: str, depth: int = 1) -> SkipIf:
    return SkipIf(tuple(f"{DEMO}{name}" for name in names), depth)


def asked(arguments: dict[str, Any], *names: str, depth: int = 1) -> SkipSentinel | None:
    return skip_of("one", skipif(*names, depth=depth), arguments)


def test_nothing_is_asked_where_there_are_no_conditions() -> None:
    assert skip_of("one", None, {"a": -1}) is None
    assert skip_of("one", SkipIf(()), {"a": -1}) is None


def test_a_call_runs_where_no_condition_holds() -> None:
    assert asked({"a": 1, "b": [2]}, "any_negative", "any_skipped") is None


def test_the_condition_and_the_argument_are_named() -> None:
    assert asked({"a": 1, "b": -1, "c": -2}, "any_skipped", "any_negative") == SkipSentinel(
        "one", "any_negative", "b"
    )


def test_the_first_condition_that_holds_is_named() -> None:
    arguments = {"a": -1, "b": SkipSentinel("zero")}
    found = asked(arguments, "any_skipped", "any_negative")
    assert found is not None
    assert found.condition == "any_skipped"


def test_of_all_values_together_no_argument_is_named() -> None:
    assert asked({"a": -1, "b": -1}, "all_negative") == SkipSentinel("one", "all_negative", "")
    assert asked({"a": -1, "b": 1}, "all_negative") is None


def test_the_skip_that_brought_it_about_is_kept_back_to_the_first() -> None:
    first = SkipSentinel("zero", "any_is_empty_df", "df")
    second = asked({"a": 1, "b": first}, "any_skipped")
    assert second == SkipSentinel("one", "any_skipped", "b", first)
    third = skip_of("two", skipif("any_skipped"), {"c": second})
    assert third is not None
    assert third.root == first
    assert third.reason == "zero was skipped: any_is_empty_df on 'df'"


@pytest.mark.parametrize(
    ("value", "depth", "skipped"),
    [
        ([1, -1], 1, True),
        ((1, -1), 1, True),
        ([1, -1], 0, False),
        ([1, [-1]], 1, False),
        ([1, [-1]], 2, True),
        ([1, (2, [-1])], 3, True),
        ([1, (2, [-1])], 2, False),
        ({"k": -1}, 3, False),
        ([{"k": -1}], 3, False),
        ([], 1, False),
    ],
)
def test_lists_are_unpacked_to_a_depth_and_mappings_never(value: object, depth: int, skipped: bool) -> None:
    assert (asked({"a": value}, "any_negative", depth=depth) is not None) == skipped


def test_an_argument_is_named_of_whose_items_the_condition_holds() -> None:
    assert asked({"a": [1, 2], "b": [3, -1]}, "any_negative") == SkipSentinel("one", "any_negative", "b")


def test_another_packages_skipped_result_is_unpacked_by_nobody() -> None:
    class SkipSentinel(list[int]):  # a class of this name, whatever it is made of
        pass

    assert skip_of("one", skipif("any_negative"), {"a": SkipSentinel([-1])}) is None


def test_a_condition_that_raises_is_an_error_that_names_it() -> None:
    with pytest.raises(TaskError) as caught:
        asked({"a": 1}, "raises")
    assert str(caught.value).startswith("EW623 one: the condition 'raises' raised ZeroDivisionError: of 1")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_condition_is_imported_with_or_without_a_fingerprint() -> None:
    assert load_condition(f"{DEMO}any_negative") is demo.any_negative
    assert load_condition(f"{DEMO}any_negative@0123abcd") is demo.any_negative


@pytest.mark.parametrize("name", [f"{DEMO}no_such", "no.such.module:never", f"{DEMO}TRACE"])
def test_a_condition_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(RegistrationError, match=r"EW110 condition .* cannot be imported"):
        load_condition(name)
