"""`apply_color_map`: the colours of matplotlib 3.11, of lists and of tables, and values without a colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from ecoscope_workflows.contracts.parquet import read_frame, write_frame
from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.transformation import _named_colors, apply_classification, apply_color_map
from ecoscope_workflows.tasks.transformation._apply_classification import DefaultLabels, SharedArgs

if TYPE_CHECKING:
    from pathlib import Path

PARAMETERS = task_info(apply_color_map, apply_color_map.__module__, "apply_color_map").parameters
CLEAR = (0, 0, 0, 0)
SPEED_COLORS = ["#1a9850", "#91cf60", "#d9ef8b", "#fee08b", "#fc8d59", "#d73027"]
RED, GREEN, BLUE = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255)
HEX = ["#ff0000", "#00FF00", "#0000ff"]


def colored(values: Any, colormap: Any) -> list[Any]:
    """Call the task as a workflow does: its colours read from plain values first."""
    frame = pd.DataFrame({"v": values})
    before = frame.copy(deep=True)
    found: Any = apply_color_map(frame, "v", PARAMETERS["colormap"].adapter.validate_python(colormap))
    assert_frame_equal(frame, before)
    assert_frame_equal(found.drop(columns="v_colormap"), before)
    colors: list[Any] = found["v_colormap"].tolist()
    assert all(type(color) is tuple and all(type(level) is int for level in color) for color in colors)
    return colors


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tab20b", [(57, 59, 121), (231, 186, 82), (222, 158, 214)]),
        (
            "RdYlGn_r",
            [(0, 104, 55), (102, 189, 99), (217, 239, 139), (254, 224, 139), (244, 109, 67), (165, 0, 38)],
        ),
        ("RdYlGn", [(0, 104, 55)]),
        ("RdYlGn_r", [(165, 0, 38)]),
        ("viridis", [(68, 1, 84), (49, 104, 142), (53, 183, 121), (253, 231, 37)]),
        ("tab20", [(31, 119, 180), (158, 218, 229)]),
        ("Set1_r", [(153, 153, 153), (255, 127, 0), (228, 26, 28)]),
    ],
)
def test_names_give_texts_as_many_colours_as_there_are(
    name: str, expected: list[tuple[int, int, int]]
) -> None:
    values = [f"value {number}" for number in range(len(expected))]
    assert colored(values, name) == [(*color, 255) for color in expected]


def test_colours_start_anew_where_a_map_has_too_few() -> None:
    values = [f"value {number}" for number in range(23)]
    colors = colored(values, "tab20")
    assert colors[20:] == colors[:3]
    assert len(set(colors)) == 20


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("viridis", [(68, 1, 84), (72, 36, 117), (33, 145, 140), (189, 223, 38), (253, 231, 37)]),
        ("RdYlGn_r", [(0, 104, 55), (25, 151, 80), (255, 254, 190), (214, 47, 39), (165, 0, 38)]),
        ("tab20", [(31, 119, 180), (255, 127, 14), (140, 86, 75), (23, 190, 207), (158, 218, 229)]),
        ("Blues", [(247, 251, 255), (227, 238, 249), (106, 174, 214), (8, 74, 145), (8, 48, 107)]),
    ],
)
def test_names_give_numbers_the_colour_at_their_place(
    name: str, expected: list[tuple[int, int, int]]
) -> None:
    assert colored([3.0, 4.0, 8.0, 12.0, 13.0], name) == [(*color, 255) for color in expected]


def test_numbers_without_a_span_and_without_a_place() -> None:
    first, last = (68, 1, 84, 255), (253, 231, 37, 255)
    assert colored([5, 5], "viridis") == [first, first]
    assert colored([False, True], "viridis") == [first, last]
    assert colored([1.0, None, np.inf, 2.0], "viridis") == [first, CLEAR, CLEAR, last]
    assert colored(pd.array([1, None, 2], dtype="Int64"), "viridis") == [first, CLEAR, last]


def test_lists_follow_the_order_of_appearance_and_start_anew() -> None:
    assert colored(["c", "a", None, "c", "b", "d"], HEX) == [RED, GREEN, CLEAR, RED, BLUE, RED]
    assert colored([30, 10, 20], HEX) == [RED, GREEN, BLUE]
    categories = pd.Categorical(["y", None, "x"], categories=["x", "y", "z"])
    assert colored(categories, HEX) == [RED, CLEAR, GREEN]


def test_tables_give_colours_by_value() -> None:
    table = {"True": "#292965", "False": "#e7a55380"}
    night, day = (41, 41, 101, 255), (231, 165, 83, 128)
    assert colored(["True", "False", None, "no"], table) == [night, day, CLEAR, CLEAR]
    assert colored([True, False], table) == [night, day]
    assert colored([50.0, 60.5, 7.0], {"50": "#ff0000", "60.5": "#00ff00"}) == [RED, GREEN, CLEAR]
    assert colored([50, 60], {50: "#ff0000", 60.0: "#00ff00"}) == [RED, GREEN]


@pytest.mark.parametrize("colormap", ["viridis", "tab20b", HEX, {"a": "#ff0000"}])
@pytest.mark.parametrize("values", [[], [None, None], [float("nan")]])
def test_nothing_to_colour(values: list[Any], colormap: Any) -> None:
    assert colored(pd.Series(values, dtype=object), colormap) == [CLEAR] * len(values)


def test_the_published_speed_map() -> None:
    frame = pd.DataFrame({"speed_kmhr": [0.05, 9.9, 1.0, 3.0, 7.0, 4.0, 6.0]})
    labels = DefaultLabels(label_ranges=True, label_suffix=" km/h")
    bins: Any = apply_classification(frame, "speed_kmhr", "bins", labels, SharedArgs(k=6))
    found: Any = apply_color_map(bins.sort_values("speed_kmhr"), "bins", SPEED_COLORS, "color")
    shown = found.drop_duplicates("bins")
    assert shown["bins"].tolist()[0] == "0.1 - 1.7 km/h"
    assert [f"#{r:02x}{g:02x}{b:02x}" for r, g, b, _ in shown["color"]] == SPEED_COLORS


def test_colours_come_back_from_a_file(tmp_path: Path) -> None:
    found: Any = apply_color_map(pd.DataFrame({"v": ["a", None]}), "v", HEX)
    write_frame(found, tmp_path / "one.parquet", "")
    write_frame(found, tmp_path / "two.parquet", "")
    again = read_frame(tmp_path / "one.parquet")
    assert [list(color) for color in again["v_colormap"]] == [[255, 0, 0, 255], [0, 0, 0, 0]]
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_any_index_and_an_output_column_that_exists() -> None:
    frame = pd.DataFrame({"v": ["a", "b"], "out": 1}, index=["same", "same"])
    found: Any = apply_color_map(frame, "v", HEX, "out")
    assert list(found.columns) == ["v", "out"]
    assert found["out"].tolist() == [RED, GREEN]


def test_mistakes_are_named() -> None:
    with pytest.raises(KeyError, match="input_column_name names the column 'w'"):
        apply_color_map(pd.DataFrame({"v": [1]}), "w")
    with pytest.raises(
        ValueError, match=r"there is no colour map 'virids'; did you mean 'viridis'\?; there are "
    ):
        colored(["a"], "virids")
    with pytest.raises(ValueError, match="'red' is no colour: expected '#rrggbb' or '#rrggbbaa'"):
        colored(["a"], ["red"])
    with pytest.raises(ValueError, match="colormap is an empty list"):
        colored(["a"], [])


@pytest.mark.parametrize("name", _named_colors.names())
def test_every_map_runs_backwards_too(name: str) -> None:
    places = np.array([0.0, 1.0])
    assert (
        _named_colors.shades(name, places).tolist() == _named_colors.shades(f"{name}_r", 1 - places).tolist()
    )
    for count in (1, 2, 5, 300):
        found = _named_colors.distinct(name, count)
        assert found.shape == (count, 3)
        assert found.min() >= 0
        assert found.max() <= 255


def test_the_effect_names_the_new_column() -> None:
    metadata = task_metadata(apply_color_map)
    assert metadata is not None
    effect: Any = metadata.effect
    assert [list(effect("v", name).adds) for name in (None, "", "color")] == [
        ["v_colormap"],
        ["v_colormap"],
        ["color"],
    ]
