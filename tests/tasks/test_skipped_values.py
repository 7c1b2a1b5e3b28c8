"""What is left of values when those that were skipped are left out."""

from __future__ import annotations

from typing import Any

import pytest

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.tasks.skipped_values import is_pair, without_skipped, without_skipped_items

SKIPPED = SkipSentinel()
# Another package's class of this name.
FOREIGN = type("SkipSentinel", (), {})()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (SKIPPED, []),
        (FOREIGN, []),
        ([], []),
        ([SKIPPED, FOREIGN], []),
        (["a", SKIPPED, None, "b"], ["a", None, "b"]),
        (("a", SKIPPED), ["a"]),
        ("text", "text"),
        (None, None),
        ({"a": SKIPPED}, {"a": SKIPPED}),
    ],
)
def test_values(values: Any, expected: Any) -> None:
    assert without_skipped(values) == expected


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (SKIPPED, []),
        ([(None, SKIPPED)], []),
        ([("k", 1), ["l", SKIPPED], ["m", 2]], [("k", 1), ["m", 2]]),
        ([("k", 1), SKIPPED], [("k", 1)]),
        ("text", "text"),
        ([1, 2], [1, 2]),
    ],
)
def test_items(pairs: Any, expected: Any) -> None:
    assert without_skipped_items(pairs) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(("k", 1), True), (["k", 1], True), (("k",), False), ("ab", False), (None, False)]
)
def test_pairs(value: Any, expected: bool) -> None:
    assert is_pair(value) is expected
