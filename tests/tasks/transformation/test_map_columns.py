"""Tasks that drop, keep, order and rename columns."""

from __future__ import annotations

import logging
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from ecoscope_workflows.contracts.effects import applied
from ecoscope_workflows.contracts.frame_data import UNSAID, FrameType
from ecoscope_workflows.tasks.transformation import (
    drop_column_prefix,
    drop_duplicate_columns,
    map_columns,
    reorder_columns,
    strip_prefix_from_column_names,
    title_case_columns_by_prefix,
)
from ecoscope_workflows.tasks.transformation._map_columns import RenameColumn, _map_columns_effect


def frame(*names: str) -> pd.DataFrame:
    return pd.DataFrame([range(len(names))], columns=list(names))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, {"a": 0, "b": 1, "c": 2}),
        ({"drop_columns": None, "retain_columns": None, "rename_columns": None}, {"a": 0, "b": 1, "c": 2}),
        ({"drop_columns": ["b"]}, {"a": 0, "c": 2}),
        ({"retain_columns": ["c", "a"]}, {"c": 2, "a": 0}),
        ({"rename_columns": {"a": "A"}}, {"A": 0, "b": 1, "c": 2}),
        ({"rename_columns": {"a": "b", "b": "a"}}, {"b": 0, "a": 1, "c": 2}),
        (
            {"rename_columns": [RenameColumn(original_name="a", new_name="A")]},
            {"A": 0, "b": 1, "c": 2},
        ),
        (
            {"drop_columns": ["b"], "retain_columns": ["c", "a"], "rename_columns": {"c": "b"}},
            {"b": 2, "a": 0},
        ),
        ({"drop_columns": ["x"], "raise_if_not_found": False}, {"a": 0, "b": 1, "c": 2}),
        ({"rename_columns": {"x": "y"}, "raise_if_not_found": False}, {"a": 0, "b": 1, "c": 2}),
        # What two versions of a form call differently becomes one.
        ({"rename_columns": {"a": "A", "x": "A"}, "raise_if_not_found": False}, {"A": 0, "b": 1, "c": 2}),
    ],
)
def test_drops_then_keeps_and_orders_then_renames(
    arguments: dict[str, Any], expected: dict[str, int]
) -> None:
    assert list(map_columns(frame("a", "b", "c"), **arguments).iloc[0].items()) == list(expected.items())


@pytest.mark.parametrize(
    ("arguments", "columns", "absent"),
    [
        (({"a": "A", "x": "A"}, [], []), {"A", "b", "c"}, {"a", "x"}),
        (({}, ["c", "a"], ["b"]), {"c", "a"}, set()),
        (([RenameColumn(original_name="a", new_name="A")], None, ["b"]), {"A", "c"}, {"a", "b"}),
    ],
)
def test_columns_can_be_followed_before_anything_runs(
    arguments: Any, columns: set[str], absent: set[str]
) -> None:
    before = FrameType(columns=dict.fromkeys("abc", UNSAID))
    renames, retained, dropped = arguments
    after = applied(_map_columns_effect(dropped, retained, renames), before)
    assert set(after.columns) == columns
    assert after.absent >= absent


def test_adds_a_column_to_retain_that_does_not_exist_where_that_is_allowed() -> None:
    mapped = map_columns(frame("a", "b"), retain_columns=["x", "a"], raise_if_not_found=False)
    assert list(mapped.columns) == ["x", "a"]
    assert mapped["x"].isna().all()


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"drop_columns": ["speeed"]}, KeyError, "drop_columns names the column 'speeed'.*'speed'"),
        ({"retain_columns": ["speed", "x"]}, KeyError, "retain_columns names the column 'x'"),
        ({"rename_columns": {"x": "y", "z": "w"}}, KeyError, "rename_columns names the columns 'x', 'z'"),
        # It is dropped first.
        ({"drop_columns": ["speed"], "retain_columns": ["speed"]}, KeyError, "retain_columns"),
        ({"rename_columns": {"speed": "time"}}, ValueError, "two columns of the name 'time'"),
        ({"retain_columns": ["speed", "speed"]}, ValueError, "two columns of the name 'speed'"),
    ],
)
def test_refuses_what_cannot_be_done(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        map_columns(frame("speed", "time"), **arguments)


def test_a_renamed_geometry_stays_the_active_one_and_a_dropped_one_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    spatial = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs="EPSG:4326")
    renamed = map_columns(spatial, rename_columns={"geometry": "shape", "a": "A"})
    assert renamed.geometry.name == "shape"
    assert list(renamed.columns) == ["A", "shape"]
    with caplog.at_level(logging.WARNING):
        dropped = map_columns(spatial, drop_columns=["geometry"])
    assert not isinstance(dropped, gpd.GeoDataFrame)
    assert "removes the geometry 'geometry'" in caplog.text


def test_reorders_columns() -> None:
    assert list(reorder_columns(frame("a", "b", "c"), ["c", "a"]).columns) == ["c", "a", "b"]
    with pytest.raises(ValueError, match="'a'"):
        reorder_columns(frame("a", "b"), ["a", "a"])
    with pytest.raises(KeyError, match="'x'"):
        reorder_columns(frame("a", "b"), ["x"])


def test_writes_prefixed_names_in_title_case() -> None:
    titled = title_case_columns_by_prefix(frame("x__start_time", "x__name", "time"), "x__")
    assert list(titled.columns) == ["Start Time", "Name", "time"]


def test_strips_a_prefix_and_refuses_twins() -> None:
    assert list(strip_prefix_from_column_names(frame("p_a", "b"), "p_").columns) == ["a", "b"]
    with pytest.raises(ValueError, match="two columns of the name 'a'"):
        strip_prefix_from_column_names(frame("p_a", "a"), "p_")


@pytest.mark.parametrize(
    ("strategy", "names", "expected"),
    [
        ("suffix", ["p_a", "p_b", "c"], ["a", "b", "c"]),
        ("suffix", ["p_a", "a", "p_b", "b"], ["a_1", "a", "b_1", "b"]),
        ("suffix", ["p_a", "a", "a_1"], ["a_2", "a", "a_1"]),
        ("suffix", ["p_Vessel ID", "Vessel Id"], ["Vessel ID_1", "Vessel Id"]),
        ("keep_original", ["p_a", "a", "p_b"], ["p_a", "a", "b"]),
        ("error", ["p_a", "b"], ["a", "b"]),
    ],
)
def test_drops_a_prefix_from_names(strategy: Any, names: list[str], expected: list[str]) -> None:
    assert list(drop_column_prefix(frame(*names), "p_", strategy).columns) == expected


def test_refuses_names_that_differ_in_case_only_where_asked_to() -> None:
    with pytest.raises(ValueError, match="'p_A' gets the name of another one"):
        drop_column_prefix(frame("p_A", "a"), "p_", "error")


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("drop_last", [("A", 0), ("B", 1)]),
        ("drop_first", [("B", 1), ("A", 2)]),
        ("suffix", [("A", 0), ("B", 1), ("A_1", 2)]),
    ],
)
def test_resolves_columns_of_the_same_name(strategy: Any, expected: list[tuple[str, int]]) -> None:
    assert list(drop_duplicate_columns(frame("A", "B", "A"), strategy).iloc[0].items()) == expected
