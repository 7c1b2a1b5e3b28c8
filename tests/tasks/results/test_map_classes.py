"""Values to colours and legends, and to the texts beside a feature."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ecoscope_workflows.tasks.results._map_classes import MAX_LEGEND_ENTRIES, Classes, classify
from ecoscope_workflows.tasks.results._map_colors import CATEGORY_COLORS, MISSING_COLOR
from ecoscope_workflows.tasks.results._map_columns import (
    MAX_SEARCH_VALUES,
    pack_columns,
    searched_columns,
    shown_columns,
)
from ecoscope_workflows.tasks.results._map_options import parse_features


def classes_of(frame: dict[str, Any], *, areas: bool = False, **kws: Any) -> Classes:
    return classify(pd.DataFrame(frame), parse_features(kws), areas=areas)


def labels(classes: Classes) -> list[str]:
    return [entry.label for entry in classes.legend]


def test_percentiles_are_listed_from_the_core_outwards_with_their_areas() -> None:
    found = classes_of({"percentile": [95.0, 50.0, 99.999], "area_sqkm": [1234.5, 3.125, 9999.0]}, areas=True)
    assert [(entry.label, entry.detail) for entry in found.legend] == [
        ("50 %", "3.13 km²"),
        ("95 %", "1,234.50 km²"),
        ("99.999 %", "9,999.00 km²"),
    ]
    assert found.codes.tolist() == [1, 0, 2]
    assert found.title == "Percentile and area"


def test_areas_of_several_subjects_are_not_added_up() -> None:
    found = classes_of({"percentile": [50.0, 50.0, 95.0], "area_sqkm": [1.0, 2.0, 3.0]})
    assert [entry.detail for entry in found.legend] == ["", "3.00 km²"]


def test_colour_map_ends_at_the_smallest_percentile() -> None:
    found = classes_of({"percentile": [50.0, 95.0]}, cmap=["white", "black"])
    assert [entry.color for entry in found.legend] == ["#000000", "#ffffff"]


def test_speed_classes_are_six_equal_intervals_closed_above() -> None:
    found = classes_of({"speed_kmhr": [0.0, 1.0, 1.1, 3.5, 6.0, 2.0, 5.5]})
    assert labels(found) == ["0.0 – 1.0", "1.0 – 2.0", "2.0 – 3.0", "3.0 – 4.0", "4.0 – 5.0", "5.0 – 6.0"]  # noqa: RUF001
    assert found.codes.tolist() == [0, 0, 1, 3, 5, 1, 5]
    assert found.title == "Speed (km/h)"


def test_quantile_classes_hold_the_same_number_of_values() -> None:
    found = classes_of({"x": np.arange(100.0) ** 3}, column="x", scheme="quantile", k=4)
    assert np.bincount(found.codes).tolist() == [25, 25, 25, 25]


def test_few_distinct_numbers_are_classes_of_their_own() -> None:
    found = classes_of({"x": [3, 1, 3, 7]}, column="x", cmap=["red", "green", "blue"])
    assert (labels(found), found.codes.tolist()) == (["1", "3", "7"], [1, 0, 1, 2])
    assert found.colors == ["#ff0000", "#008000", "#0000ff"]
    assert labels(classes_of({"x": [2.5, 2.5]}, column="x")) == ["2.5"]


def test_times_are_classed_by_date_as_the_clock_on_the_wall_shows_it() -> None:
    times = pd.date_range("2024-01-01", periods=41, freq="D", tz="Africa/Nairobi")
    found = classes_of({"fixtime": times}, column="fixtime", k=2)
    assert labels(found) == ["2024-01-01 – 2024-01-21", "2024-01-21 – 2024-02-10"]  # noqa: RUF001
    hours = pd.to_datetime(pd.Series(["2024-01-01 00:00", None, "2024-01-01 04:00"]))
    found = classes_of({"t": hours}, column="t", k=1)
    assert labels(found) == ["2024-01-01 00:00 – 2024-01-01 04:00", "no value"]  # noqa: RUF001


def test_rows_without_a_value_are_grey_and_say_so() -> None:
    for values in ([1.0, None, 2.0], ["a", None, "b"], [True, None, False]):
        found = classes_of({"x": values}, column="x")
        assert labels(found)[-1] == "no value"
        assert found.colors[found.codes[1]] == MISSING_COLOR
    assert labels(classes_of({"x": [np.inf, np.nan]}, column="x")) == ["no value"]


def test_categories_are_sorted_and_the_rarest_share_a_colour() -> None:
    names = [f"k{i:02d}" for i in range(20) for _ in range(30 - i)]
    found = classes_of({"event_type": names})
    assert labels(found) == [f"k{i:02d}" for i in range(len(CATEGORY_COLORS) - 1)] + ["other (9 values)"]
    assert len(set(found.colors)) == len(CATEGORY_COLORS)


def test_colours_may_be_given_by_value() -> None:
    found = classes_of({"x": [2, 1, 3]}, column="x", cmap={1: "red", "2": "#00f"})
    assert [(e.label, e.color) for e in found.legend[:2]] == [("1", "#ff0000"), ("2", "#0000ff")]
    assert labels(found)[2] == "other (1 values)"


def test_ready_made_colours_are_taken_and_named_by_another_column() -> None:
    colors = [(255, 0, 0, 255), "#00ff00", None, np.array([255, 0, 0])]
    found = classes_of({"c": colors, "x": ["a", "b", "z", "a"]}, color_column="c", column="x")
    assert [(e.label, e.color) for e in found.legend] == [
        ("a", "#ff0000"),
        ("b", "#00ff00"),
        ("no value", MISSING_COLOR),
    ]
    assert found.codes.tolist() == [0, 1, 2, 0]
    assert classes_of({"c": ["red", "blue"]}, color_column="c").legend == []
    many = [f"#0000{i:02x}" for i in range(MAX_LEGEND_ENTRIES + 1)]
    assert classes_of({"c": many, "x": many}, color_column="c", column="x").legend == []
    with pytest.raises(ValueError, match="column 'c': 'reddish' is not a colour"):
        classes_of({"c": ["reddish"]}, color_column="c")


def test_one_colour_needs_no_legend() -> None:
    found = classes_of({"speed_kmhr": [1.0, 2.0]}, color="teal")
    assert (found.colors, found.codes.tolist(), found.legend) == (["#008080"], [0, 0], [])


def test_missing_column_is_named_with_its_neighbours() -> None:
    message = r"no column 'sped_kmhr'; did you mean 'speed_kmhr'.*Its columns: speed_kmhr"
    with pytest.raises(ValueError, match=message):
        classes_of({"speed_kmhr": [1.0]}, column="sped_kmhr")


def test_tooltip_shows_the_columns_readers_know_unless_others_are_named() -> None:
    frame = pd.DataFrame({"extra": [1], "speed_kmhr": [2.0], "groupby_col": ["a"], "odd": [{"a": 1}]})
    assert shown_columns(frame, wanted=True, what="x") == ["groupby_col", "speed_kmhr"]
    assert shown_columns(frame[["extra", "odd"]], wanted=True, what="x") == ["extra"]
    assert shown_columns(frame, wanted=("odd",), what="x") == ["odd"]
    assert shown_columns(frame, wanted=False, what="x") == []
    with pytest.raises(ValueError, match="did you mean 'extra'"):
        shown_columns(frame, wanted=("extr",), what="x")


def test_search_reads_text_columns_and_says_which_are_too_long(caplog: pytest.LogCaptureFixture) -> None:
    rows = MAX_SEARCH_VALUES + 1
    frame = pd.DataFrame({"name": ["a"] * rows, "id": [str(i) for i in range(rows)], "n": range(rows)})
    frame["kind"] = pd.Categorical(["x"] * rows)
    with caplog.at_level(logging.WARNING):
        assert searched_columns(frame) == ["name", "kind"]
    assert "leaves out column 'id'" in caplog.text


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.5, None, 2.0], "number"),
        (pd.array([1, None], dtype="Int64"), "number"),
        ([2**60, 1], "text"),
        ([1e300, 0.5], "text"),
        ([True, False], "text"),
        (pd.to_datetime(pd.Series(["2024-01-01", None])), "time"),
        (pd.Categorical(["a", "b"]), "text"),
        ([{"a": 1}, [2]], "text"),
    ],
)
def test_columns_of_every_type_are_packed(values: Any, kind: str) -> None:
    (packed,) = pack_columns(pd.DataFrame({"x": values}), ["x"])
    assert packed["type"] == kind
