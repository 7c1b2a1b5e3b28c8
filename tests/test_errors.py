"""Errors are data: problems with a place and a hint, shown as one text."""

from __future__ import annotations

import pytest

from ecoscope_workflows import errors
from ecoscope_workflows.errors import (
    MAX_SHOWN,
    EcoscopeWorkflowsError,
    Problem,
    SpecError,
    Where,
    did_you_mean,
)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (Where("a.yaml"), "a.yaml"),
        (Where("a.yaml", 3, 7), "a.yaml:3:7"),
        (Where("c:\\a b.yaml", 1, 1), "c:\\a b.yaml:1:1"),
    ],
)
def test_a_place_is_written_as_editors_read_it(where: Where, text: str) -> None:
    assert str(where) == text


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("EW1", "wrong"), "EW1 wrong"),
        (Problem("EW1", "wrong", hint="mend it"), "EW1 wrong\n  hint: mend it"),
        (Problem("EW1", "wrong", Where("a", 1, 2)), "a:1:2: EW1 wrong"),
        (Problem("EW1", "wrong", Where("a", 1, 2), "mend it"), "a:1:2: EW1 wrong\n  hint: mend it"),
    ],
)
def test_a_problem_says_where_what_and_what_to_do(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_a_problem_is_moved_to_another_place() -> None:
    problem = Problem("EW1", "wrong", hint="mend it")
    moved = problem.at(Where("a", 1, 2))
    assert problem.where is None
    assert str(moved) == "a:1:2: EW1 wrong\n  hint: mend it"


def test_an_error_carries_one_problem_or_many() -> None:
    one, two = Problem("EW1", "a"), Problem("EW2", "b")
    assert SpecError(one).problems == (one,)
    error = SpecError(problem for problem in (one, two))
    assert error.problems == (one, two)
    assert str(error) == "EW1 a\nEW2 b"


def test_an_error_shows_the_first_problems_and_counts_the_rest() -> None:
    def shown(count: int) -> list[str]:
        return str(SpecError([Problem("EW1", str(number)) for number in range(count)])).splitlines()

    assert shown(MAX_SHOWN) == [f"EW1 {number}" for number in range(MAX_SHOWN)]
    assert shown(MAX_SHOWN + 2) == [*shown(MAX_SHOWN), "... and 2 more"]


def test_every_error_of_the_package_has_one_root() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) >= 8
    assert all(issubclass(kind, EcoscopeWorkflowsError) for kind in kinds)


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("get_evnts", ["get_events", "get_patrols"], "did you mean 'get_events'?"),
        ("add", ["ad", "adds", "other"], "did you mean 'adds' or 'ad'?"),
        ("zzz", ["b", "a", "a"], "expected one of: a, b"),
        ("zzz", [], ""),
        ("zzz", [f"name_{number}" for number in range(13)], ""),
    ],
)
def test_a_hint_names_the_nearest_words_or_all_of_few(name: str, known: list[str], hint: str) -> None:
    assert did_you_mean(name, known) == hint
