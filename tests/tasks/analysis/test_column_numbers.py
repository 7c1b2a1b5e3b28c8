"""One number of a column, and calculations with numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest

from ecoscope_workflows.tasks.analysis import (
    aggregate_over_rows,
    apply_arithmetic_operation,
    apply_arithmetic_operation_over_rows,
    dataframe_column_first_unique,
    dataframe_column_max,
    dataframe_column_mean,
    dataframe_column_min,
    dataframe_column_nunique,
    dataframe_column_percentile,
    dataframe_column_sum,
    dataframe_count,
)
from ecoscope_workflows.tasks.transformation import with_unit

if TYPE_CHECKING:
    from pathlib import Path

NAN = float("nan")


def column(values: Any) -> pd.DataFrame:
    return pd.DataFrame({"x": values})


@pytest.mark.parametrize(
    ("subject", "count", "mean", "km", "hours"),
    [(None, 7186, "1.9", "2242.5", "1197.7"), ("eco_1", 3587, "1.9", "1118.1", "597.8"),
     ("eco_2", 3599, "1.9", "1124.4", "599.8")],
)  # fmt: skip
def test_gives_the_published_numbers_of_the_dashboard(
    reference_data: Path, subject: str | None, count: int, mean: str, km: str, hours: str
) -> None:
    folder = reference_data / "ecoscope2026"
    segments = gpd.read_parquet(folder / "preprocessing/relocations-to-trajectory.example-return.parquet")
    if subject:
        fixes = gpd.read_parquet(folder / "io/get-subjectgroup-observations.example-return.parquet")
        names = fixes.drop_duplicates("groupby_col").set_index("groupby_col")["extra__subject__name"]
        segments = segments[segments["groupby_col"].map(names) == subject]
    assert dataframe_count(segments) == count
    assert f"{dataframe_column_mean(segments, 'speed_kmhr'):.1f}" == mean
    assert f"{dataframe_column_max(segments, 'speed_kmhr'):.1f}" == "10.0"
    assert f"{with_unit(dataframe_column_sum(segments, 'dist_meters'), 'm', 'km').value:.1f}" == km
    assert f"{with_unit(dataframe_column_sum(segments, 'timespan_seconds'), 's', 'h').value:.1f}" == hours


def test_counts_the_published_patrols(reference_data: Path) -> None:
    patrols = gpd.read_parquet(
        reference_data / "ecoscope2026/io/get-patrol-observations.example-return.parquet"
    )
    assert dataframe_column_nunique(patrols, "patrol_id") == 59


@pytest.mark.parametrize(
    ("values", "total", "mean", "least", "most"),
    [
        ([1, 2, 6], 9, 3.0, 1, 6),
        ([1.5, NAN, 2.5], 4.0, 2.0, 1.5, 2.5),
        ([True, False], 1, 0.5, 0, 1),
        (pd.Series([1, None, 3], dtype=object), 4.0, 2.0, 1.0, 3.0),
        (pd.array([1, None], dtype="Int64"), 1, 1.0, 1, 1),
        ([], 0, NAN, NAN, NAN),
        ([NAN], 0, NAN, NAN, NAN),
        ([None], 0, NAN, NAN, NAN),
    ],
)
def test_missing_numbers_do_not_count(
    values: Any, total: float, mean: float, least: float, most: float
) -> None:
    frame = column(values)
    tasks = (dataframe_column_sum, dataframe_column_mean, dataframe_column_min, dataframe_column_max)
    for task, expected in zip(tasks, (total, mean, least, most), strict=True):
        found = task(frame, "x")
        assert type(found) in (int, float)
        assert found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("values", "unique", "first"),
    [(["a", "b", "a", None], 2, "a"), ([3, 3], 1, 3), ([2.5, NAN], 1, 2.5)],
)
def test_counts_different_values_and_gives_the_first(values: Any, unique: int, first: Any) -> None:
    assert dataframe_column_nunique(column(values), "x") == unique
    assert type(dataframe_column_nunique(column(values), "x")) is int
    found = dataframe_column_first_unique(column(values), "x")
    assert found == first
    assert type(found) is type(first)


def test_an_empty_frame_has_no_first_value() -> None:
    assert dataframe_column_nunique(column([]), "x") == 0
    assert dataframe_count(column([])) == 0
    with pytest.raises(ValueError, match="the frame has no rows"):
        dataframe_column_first_unique(column([]), "x")


@pytest.mark.parametrize(
    ("values", "percentile", "expected"),
    [
        ([1, 2, 3, 4], 50, 2.5),
        ([1, 2, 3, 4], 0, 1),
        ([1, 2, 3, 4], 100, 4),
        ([1.0, NAN, 3.0], 25, 1.5),
        ([], 50, NAN),
    ],
)
def test_gives_percentiles(values: Any, percentile: float, expected: float) -> None:
    found = dataframe_column_percentile(column(values), "x", percentile)
    assert type(found) is float
    assert found == pytest.approx(expected, nan_ok=True)


def test_refuses_what_are_no_numbers() -> None:
    for task in (dataframe_column_sum, dataframe_column_mean, dataframe_column_min, dataframe_column_max):
        with pytest.raises(ValueError, match=r"column 'x' holds .*, not numbers"):
            task(column(["a"]), "x")
        with pytest.raises(KeyError, match="column_name names the column 'y'"):
            task(column([1]), "y")
    with pytest.raises(ValueError, match="percentile must be from 0 to 100, got 101"):
        dataframe_column_percentile(column([1]), "x", 101)
    with pytest.raises(ValueError, match="cannot be compared"):
        dataframe_column_nunique(column([[1]]), "x")


@pytest.mark.parametrize(
    ("a", "operation", "b", "expected"),
    [
        (7, "add", 2, 9), (7, "subtract", 2, 5), (7, "multiply", 2, 14), (7, "divide", 2, 3.5),
        (7, "floor_divide", 2, 3), (-7, "modulo", 2, 1), (7, "power", 2, 49),
        (7, "min", 2, 2), (7, "max", 2, 7),
    ],
)  # fmt: skip
def test_calculates(a: float, operation: Any, b: float, expected: float) -> None:
    assert apply_arithmetic_operation(a, b, operation) == expected
    rows = pd.DataFrame({"a": [a, NAN], "b": [b, b]})
    found = apply_arithmetic_operation_over_rows(rows, "a", "b", "c", operation)["c"]
    assert found[0] == expected
    assert math.isnan(found[1])


@pytest.mark.parametrize(
    ("a", "operation", "b"),
    [(1, "divide", 0), (1, "modulo", 0), (-8, "power", 0.5), (10.0, "power", 1000), (0, "power", -1)],
)
def test_refuses_what_is_no_number(a: float, operation: Any, b: float) -> None:
    with pytest.raises(ValueError, match=f"{operation} of {a} and {b} is no"):
        apply_arithmetic_operation(a, b, operation)


def test_dividing_rows_by_zero_gives_infinity_and_text_is_refused() -> None:
    rows = pd.DataFrame({"a": [1, 0], "b": [0, 0], "t": ["x", "y"]})
    found = apply_arithmetic_operation_over_rows(rows, "a", "b", "c", "divide")["c"]
    assert found[0] == math.inf
    assert math.isnan(found[1])
    with pytest.raises(ValueError, match="divide does not exist for 'a'"):
        apply_arithmetic_operation_over_rows(rows, "a", "t", "c", "divide")


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        ("sum", [6, 4]),
        ("count", [3, 1]),
        ("min", [1, 4]),
        ("max", [3, 4]),
        ("mean", [2, 4]),
        ("nunique", [3, 1]),
        ("median", [2, 4]),
    ],
)
def test_aggregates_rows(statistic: Any, expected: list[float]) -> None:
    rows = pd.DataFrame({"a": [1, 4], "b": [2, NAN], "c": [3, NAN]})
    assert list(aggregate_over_rows(rows, statistic, "out", ["a", "b", "c"])["out"]) == expected


def test_refuses_to_aggregate_text() -> None:
    with pytest.raises(ValueError, match="mean does not exist for the columns 'a'"):
        aggregate_over_rows(pd.DataFrame({"a": ["x"]}), "mean", "out", ["a"])
