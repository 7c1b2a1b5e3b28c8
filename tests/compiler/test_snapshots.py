"""A result is compared with a stored one place by place; what differs from run to run is masked."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecoscope_workflows.compiler.snapshots import ANY_FILE, ANY_TEXT, differences, masked

if TYPE_CHECKING:
    from pathlib import Path

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)

DIFFERENT: list[tuple[Any, Any, list[str]]] = [
    (1, 2, ["result: 2, not 1"]),
    (1, 1.0, ["result: 1.0, not 1"]),
    (True, 1, ["result: 1, not True"]),
    (None, "", ["result: '', not None"]),
    ("a", "b", ["result: 'b', not 'a'"]),
    (1.5, math.nan, ["result: nan, not 1.5"]),
    ([1, 2], [1], ["result: 1 items, not 2"]),
    ([1, 2], [1, 3], ["result[1]: 3, not 2"]),
    ({"a": 1}, [1], ["result: [1], not {'a': 1}"]),
    (
        {"a": 1, "b": 2, "c": [{"d": 3}]},
        {"b": 2, "c": [{"d": 4}], "e": 5},
        ["result: 'a' is missing", "result: 'e' was not there", "result.c[0].d: 4, not 3"],
    ),
    (ANY_TEXT, 1, ["result: 1 is no text"]),
    (ANY_FILE, None, ["result: None is no text"]),
    (ANY_FILE, "none.html", ["result: there is no file 'none.html'"]),
    (ANY_FILE, "", ["result: there is no file ''"]),
    (ANY_FILE, "x" * 5000, [f"result: there is no file {'x' * 5000!r}"]),
]


@pytest.mark.parametrize(("stored", "found", "said"), DIFFERENT)
def test_each_difference_is_told_with_its_place(
    tmp_path: Path, stored: Any, found: Any, said: list[str]
) -> None:
    assert differences(stored, found, tmp_path) == said


@pytest.mark.parametrize(
    ("stored", "found"), [(ANY_TEXT, "anything"), (ANY_TEXT, ""), (ANY_FILE, "a/map.html")]
)
def test_a_mask_stands_for_what_differs_from_run_to_run(tmp_path: Path, stored: str, found: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "map.html").touch()
    assert differences({"k": [stored]}, {"k": [found]}, tmp_path) == []


@given(value=JSON)
def test_what_is_stored_is_what_was_found(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    folder = tmp_path_factory.mktemp("snapshot")
    # A text that is a mask stands for more than itself, and still for itself.
    stored = json.loads(json.dumps(masked(value, folder)))
    assert [line for line in differences(stored, value, folder) if "no file" not in line] == []


def test_paths_of_files_that_are_there_are_masked(tmp_path: Path) -> None:
    (tmp_path / "map.html").touch()
    found = {"views": [{"data": "map.html", "title": "Map"}, "other.html", "", "a\nb", "x" * 5000, "a\0b"]}
    assert masked(found, tmp_path) == {
        "views": [{"data": ANY_FILE, "title": "Map"}, "other.html", "", "a\nb", "x" * 5000, "a\0b"]
    }


def test_the_traceback_of_a_failure_is_masked_and_its_error_is_not(tmp_path: Path) -> None:
    failed = {"error": "Task instance 'a' raised ValueError('b')", "result": None, "trace": "/home/me/a.py:3"}
    assert masked(failed, tmp_path) == {**failed, "trace": ANY_TEXT}
    assert masked({"error": None, "trace": None}, tmp_path) == {"error": None, "trace": None}
