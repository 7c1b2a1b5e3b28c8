"""Tasks that replace values by others."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from ecoscope_workflows.tasks.transformation import assign_value, fill_na, lookup_string_var, map_values

SEX = {"male": "male", "female": "female"}


@pytest.mark.parametrize(
    ("missing", "replacement", "expected"),
    [
        ("preserve", None, ["male", "other", None, "female"]),
        ("remove", None, ["male", None, None, "female"]),
        ("replace", "unknown", ["male", "unknown", "unknown", "female"]),
    ],
)
def test_handles_values_that_the_table_does_not_have(
    missing: Any, replacement: str | None, expected: list[str | None]
) -> None:
    frame = pd.DataFrame({"sex": ["male", "other", None, "female"]}, index=[5, 5, 1, 0])
    mapped = map_values(frame, "sex", SEX, missing, replacement)
    assert [None if pd.isna(value) else value for value in mapped["sex"]] == expected
    assert list(mapped.index) == [5, 5, 1, 0]


@pytest.mark.parametrize("values", [[None, None], [float("nan")], [], [1, 2], ["x"]])
def test_a_column_without_any_known_value_becomes_text(values: list[Any]) -> None:
    mapped = map_values(pd.DataFrame({"sex": values}), "sex", SEX, "replace", "unknown")
    assert list(mapped["sex"]) == ["unknown"] * len(values)
    assert mapped["sex"].dtype == pd.Series(dtype=str).dtype


def test_refuses_to_replace_by_nothing() -> None:
    with pytest.raises(ValueError, match="replacement is missing"):
        map_values(pd.DataFrame({"sex": ["x"]}), "sex", SEX, "replace")
    with pytest.raises(KeyError, match=r"column_name names the column 'sx'.*'sex'"):
        map_values(pd.DataFrame({"sex": ["x"]}), "sx", SEX)


def test_assigns_a_value_to_every_row() -> None:
    frame = pd.DataFrame({"a": [1, 2]})
    assert list(assign_value(frame, "b", "x")["b"]) == ["x", "x"]
    assert list(assign_value(frame, "a", 0)["a"]) == [0, 0]
    assert list(assign_value(frame, "a", 0, noop_if_column_exists=True)["a"]) == [1, 2]


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        (pd.Series([1.5, None]), 0, [1.5, 0.0]),
        (pd.Series(["a", None]), "", ["a", ""]),
        (pd.Series([None, None], dtype="float64"), "none", ["none", "none"]),
        (pd.Series([True, None], dtype=object), value := False, [True, value]),
    ],
)
def test_fills_missing_values(column: Any, value: Any, expected: list[Any]) -> None:
    frame = pd.DataFrame({"a": column, "b": [1, 2]})
    assert list(fill_na(frame, value, ["a"])["a"]) == expected
    assert list(fill_na(frame, value)["a"]) == expected


def test_refuses_to_fill_numbers_with_text() -> None:
    with pytest.raises(ValueError, match="column 'a' holds float64 and cannot hold 'x'"):
        fill_na(pd.DataFrame({"a": [1.0, None]}), "x")
    with pytest.raises(ValueError, match="value is None"):
        fill_na(pd.DataFrame({"a": [1.0, None]}), None)


def test_looks_up_a_text() -> None:
    assert lookup_string_var("a", {"a": "A"}) == "A"
    assert lookup_string_var("b", {"a": "A"}, raise_if_not_found=False) == "b"
    with pytest.raises(KeyError, match="no 'b'"):
        lookup_string_var("b", {"a": "A"})
