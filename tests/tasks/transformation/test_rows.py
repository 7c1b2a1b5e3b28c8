"""Tasks that order, choose, join and turn rows."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.tasks.transformation import (
    concat_dataframes,
    decompose_datetime,
    drop_nan_values_by_column,
    drop_null_geometry,
    explode,
    filter_by_geometry_type,
    filter_df,
    sort_values,
    transpose,
)

NAN = float("nan")


def rows(values: Any) -> pd.DataFrame:
    return pd.DataFrame({"x": values, "row": range(len(values))})


def points(*shapes: Any, crs: str | None = "EPSG:4326") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"row": range(len(shapes))}, geometry=list(shapes), crs=crs)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, [1, 3, 0, 4, 2]),
        ({"ascending": False}, [0, 4, 1, 3, 2]),
        ({"na_position": "first"}, [2, 1, 3, 0, 4]),
        ({"ascending": False, "na_position": "first"}, [2, 0, 4, 1, 3]),
    ],
)
def test_sorts_and_keeps_the_order_of_equal_rows(arguments: dict[str, Any], expected: list[int]) -> None:
    assert list(sort_values(rows([2.0, 1.0, NAN, 1.0, 2.0]), "x", **arguments)["row"]) == expected


def test_sorting_many_equal_rows_is_stable() -> None:
    frame = rows([number % 3 for number in range(1000)])
    expected = sorted(range(1000), key=lambda row: row % 3)
    assert list(sort_values(frame, "x")["row"]) == expected


def test_sorts_by_a_level_of_the_index_and_refuses_what_has_no_order() -> None:
    frame = rows([1, 2]).set_index(pd.Index(["b", "a"], name="id"))
    assert list(sort_values(frame, "id")["row"]) == [1, 0]
    with pytest.raises(ValueError, match="the values of column 'x' have no common order"):
        sort_values(rows(pd.Series(["a", 1], dtype=object)), "x")
    with pytest.raises(KeyError, match="'y'"):
        sort_values(rows([1]), "y")


@pytest.mark.parametrize(
    ("values", "expected"), [([1.0, NAN, 3.0], [0, 2]), (["a", None], [0]), ([NAN], []), ([], []), ([1], [0])]
)
def test_drops_rows_without_a_value(values: list[Any], expected: list[int]) -> None:
    assert list(drop_nan_values_by_column(rows(values), "x")["row"]) == expected


def test_drops_rows_without_a_geometry() -> None:
    frame = points(shapely.Point(1, 2), None, shapely.Point(), shapely.LineString([(0, 0), (1, 1)]))
    assert list(drop_null_geometry(frame)["row"]) == [0, 3]


def test_keeps_types_of_geometry() -> None:
    frame = points(shapely.Point(1, 2), None, shapely.box(0, 0, 1, 1), shapely.MultiPoint([(0, 0)]))
    assert list(filter_by_geometry_type(frame, ["Point", "Polygon"])["row"]) == [0, 2]
    assert filter_by_geometry_type(frame, []).empty
    with pytest.raises(ValueError, match="'point', which is no type of geometry; did you mean 'Point'"):
        filter_by_geometry_type(frame, ["point"])


@pytest.mark.parametrize(
    ("values", "op", "value", "expected"),
    [
        (["a", "b", None], "equal", "a", [0]),
        (["a", "b", None], "ne", "a", [1, 2]),
        (["a", "b", None], "gt", "a", [1]),
        ([1, 2, 3], "ge", "2", [1, 2]),
        ([1.0, NAN, 3.0], "lt", "2.5", [0]),
        ([1.0, NAN, 3.0], "ne", "3", [0, 1]),
        ([True, False], "equal", "False", [1]),
        (pd.to_datetime(["2017-01-01", "2017-02-01"], utc=True), "le", "2017-01-15", [0]),
        (pd.to_datetime(["2017-01-01", "2017-02-01"], utc=True), "gt", "2017-01-01T01:00+02:00", [0, 1]),
        ([], "equal", "a", []),
    ],
)
def test_keeps_rows_that_compare(values: Any, op: Any, value: str, expected: list[int]) -> None:
    frame = rows(values)
    assert list(filter_df(frame, "x", op, value)["row"]) == expected


def test_comparing_keeps_the_old_index_as_a_column_and_refuses_other_types() -> None:
    kept = filter_df(rows([1, 2]), "x", "equal", "2", reset_index=True)
    assert list(kept.columns) == ["index", "x", "row"]
    assert list(kept["index"]) == [1]
    with pytest.raises(ValueError, match="column 'x' holds int64, which cannot be compared with 'two'"):
        filter_df(rows([1]), "x", "equal", "two")
    with pytest.raises(ValueError, match="holds bool"):
        filter_df(rows([True]), "x", "equal", "maybe")


def test_makes_a_row_of_each_item() -> None:
    frame = rows([["a", "b"], [], None])
    assert list(explode(frame, "x", ignore_index=False).index) == [0, 0, 1, 2]
    exploded = explode(frame, "x", ignore_index=True)
    assert list(exploded["row"]) == [0, 0, 1, 2]
    assert list(exploded.index) == [0, 1, 2, 3]


def test_joins_frames_and_leaves_out_skipped_and_empty_ones() -> None:
    joined = concat_dataframes([rows([1]), SkipSentinel(), rows([]), rows([2])], ["row", "new"])
    assert list(joined["x"]) == [1, 2]
    assert list(joined.index) == [0, 1]
    assert list(joined.columns) == ["x", "row", "new"]
    assert joined["new"].isna().all()
    assert list(concat_dataframes([rows([1]), rows([2])], reset_index=False).index) == [0, 0]


def test_joins_nothing() -> None:
    assert list(concat_dataframes([SkipSentinel()], ["a"]).columns) == ["a"]
    empty = concat_dataframes([rows([]), pd.DataFrame({"y": []})], ["a"])
    assert list(empty.columns) == ["x", "row", "y", "a"]
    assert empty.empty


def test_a_joined_frame_has_the_geometry_of_its_parts() -> None:
    joined = concat_dataframes([rows([1]), points(shapely.Point(1, 2)), points(None, crs=None)])
    assert isinstance(joined, gpd.GeoDataFrame)
    assert joined.crs == "EPSG:4326"
    assert list(joined.geometry.isna()) == [True, False, True]
    with pytest.raises(ValueError, match="different CRS: EPSG:4326, EPSG:3857"):
        concat_dataframes([points(shapely.Point(1, 2)), points(shapely.Point(1, 2), crs="EPSG:3857")])


def test_takes_times_apart_as_clocks_show_them() -> None:
    times = pd.to_datetime(["2017-01-01T22:30Z", "NaT"], utc=True).tz_convert("Africa/Nairobi")
    parts = ["year", "month_name", "day_name", "hour", "week", "is_month_end", "date"]
    apart = decompose_datetime(pd.DataFrame({"t": times}), "t", parts, column_prefix="p")  # type: ignore[arg-type]
    first = [str(value) for value in apart.iloc[0].drop("t")]
    assert first == ["2017.0", "January", "Monday", "1.0", "1", "False", "2017-01-02"]
    assert list(apart.columns) == ["t", *(f"p_{part}" for part in parts)]
    assert list(
        decompose_datetime(pd.DataFrame({"t": ["2017-02-03"]}), "t", ["day"], remove_source=True)
    ) == ["t_day"]


def test_makes_rows_of_columns() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    turned = transpose(frame, "name")
    assert turned.to_dict("list") == {"name": ["a", "b"], "0": [1, 3], "1": [2, 4]}
    named = transpose(frame.set_axis(["x", "y"]))
    assert list(named.columns) == ["x", "y"]
    assert list(named.index) == ["a", "b"]
