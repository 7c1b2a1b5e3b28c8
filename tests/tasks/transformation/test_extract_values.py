"""Values out of cells."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from ecoscope_workflows.tasks.transformation import (
    extract_column_as_type,
    extract_value_from_json_column,
    normalize_json_column,
    normalize_numeric_column,
)

if TYPE_CHECKING:
    from pathlib import Path


def cells(values: list[Any]) -> pd.DataFrame:
    return pd.Series(values, dtype=object, index=[7] * len(values)).to_frame("x")


def plain(column: Any) -> list[Any]:
    return [None if pd.api.types.is_scalar(value) and pd.isna(value) else value for value in column]


def test_takes_the_reporter_of_published_events(reference_data: Path) -> None:
    events = gpd.read_parquet(reference_data / "ecoscope2026/io/get-events.example-return.parquet")
    named = extract_value_from_json_column(
        events, "reported_by", ["name"], output_type="str", output_column_name="reported_by_name"
    )
    assert list(named["reported_by_name"]) == [reporter["name"] for reporter in events["reported_by"]]
    assert set(named["reported_by_name"]) <= {"eco_1", "eco_2"}
    assert "reported_by_name" not in events.columns


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"name": "a", "title": "t"}, "a"),
        ({"name": None, "title": "t"}, "t"),
        ({"title": "t"}, "t"),
        ({"name": float("nan")}, None),
        ({"other": 1}, None),
        ('{"name": "b"}', "b"),
        ("null", None),
        ("", None),
        (None, None),
        (float("nan"), None),
        ({"name": 5}, "5"),
        ({"name": {"k": 1}}, "{'k': 1}"),
    ],
)
def test_takes_the_first_field_that_has_a_value(found: Any, expected: str | None) -> None:
    result = extract_value_from_json_column(cells([found]), "x", ["name", "title"], "str", "out")
    assert plain(result["out"]) == [expected]


@pytest.mark.parametrize(
    ("cell", "words"), [("{", "the text is no JSON"), ([1], "got list"), (3, "got int"), ("[1]", "got list")]
)
def test_refuses_cells_that_are_no_objects(cell: Any, words: str) -> None:
    with pytest.raises(ValueError, match=f"column 'x', row 7: .*{words}"):
        extract_value_from_json_column(cells([cell]), "x", ["name"], "str", "out")


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("str", [1, "a", None, True], ["1", "a", None, "True"]),
        ("float", [1, "2.5", "x", None, {}], [1.0, 2.5, None, None, None]),
        ("bool", ["true", "False", 1, "0", "yes", None], [True, False, True, False, None, None]),
        ("bool", [True, False], [True, False]),
        ("date", ["2017-01-01T23:30:00Z", "2017-01-02T01:00:00+03:00", "x", None],
         [date(2017, 1, 1), date(2017, 1, 1), None, None]),
        ("json", [{"a": [1]}, [1, 2], np.array([1, 2]), "text", None],
         ['{"a": [1]}', "[1, 2]", "[1, 2]", "text", None]),
    ],
)  # fmt: skip
def test_turns_values_into_a_type(kind: Any, values: list[Any], expected: list[Any]) -> None:
    assert plain(extract_column_as_type(cells(values), "x", kind, "out")["out"]) == expected


def test_turns_values_into_times_in_utc() -> None:
    frame = cells(["2017-01-01T03:00:00+03:00", "2017-01-01", "x", None, [1]])
    times = extract_column_as_type(frame, "x", "datetime", "out")["out"]
    midnight = pd.Timestamp("2017-01-01", tz="UTC")
    assert list(times[:2]) == [midnight, midnight]
    assert times[2:].isna().all()
    local = pd.DataFrame({"x": pd.to_datetime(["2017-01-01T22:00Z"], utc=True).tz_convert("Africa/Nairobi")})
    assert extract_column_as_type(local, "x", "date", "out")["out"][0] == date(2017, 1, 1)


def test_spreads_lists_and_objects_over_columns() -> None:
    frame = cells([{"b": 1, "a": "x"}, None, {"a": "y"}])
    spread = extract_column_as_type(frame, "x", "series", "p_")
    assert list(spread.columns) == ["x", "p_b", "p_a"]
    assert plain(spread["p_b"]) == [1, None, None]
    assert plain(spread["p_a"]) == ["x", None, "y"]
    lists = extract_column_as_type(cells([[1, 2], (3,), 4]), "x", "series", "n")
    assert plain(lists["n0"]) == [1, 3, 4]
    assert plain(lists["n1"]) == [2, None, None]
    kept = extract_column_as_type(cells([[1, 2], 4]), "x", "series", "n", fan_out=False)
    assert list(kept["n"]) == [[1, 2], [4]]


def test_normalizes_objects_into_columns() -> None:
    frame = cells([{"z": 1, "a": {"k": "v"}}, None, json.dumps({"z": 2, "l": [1]})])
    normal = normalize_json_column(frame, "x")
    assert list(normal.columns) == ["x__a__k", "x__l", "x__z"]
    assert plain(normal["x__z"]) == [1, None, 2]
    assert plain(normal["x__a__k"]) == ["v", None, None]
    assert list(normal.index) == [7, 7, 7]
    assert list(normalize_json_column(frame, "x", sort_columns=False).columns) == ["x__z", "x__a__k", "x__l"]


def test_normalizing_a_column_that_does_not_exist_is_passed_over_or_refused() -> None:
    frame = pd.DataFrame({"a": [1]})
    pd.testing.assert_frame_equal(normalize_json_column(frame, "x"), frame)
    with pytest.raises(KeyError, match="'x'"):
        normalize_json_column(frame, "x", skip_if_not_exists=False)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3], [-1, 0, 1]),
        ([5.0, 5.0], [None, None]),
        ([1.0], [None]),
        ([1, None, 3], [-(2**-0.5), None, 2**-0.5]),
    ],
)
def test_brings_numbers_to_a_common_scale(values: list[Any], expected: list[Any]) -> None:
    frame = pd.DataFrame({"x": values})
    found = plain(normalize_numeric_column(frame, "x", "out")["out"])
    assert found == [value if value is None else pytest.approx(value) for value in expected]
    assert plain(normalize_numeric_column(frame, "x", None)["x"]) == found


def test_refuses_to_scale_text() -> None:
    with pytest.raises(ValueError, match="not numbers"):
        normalize_numeric_column(pd.DataFrame({"x": ["a"]}), "x", None)
