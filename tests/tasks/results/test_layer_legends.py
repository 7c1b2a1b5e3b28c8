"""Legends of layers: which labels stand for which colours, in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from ecoscope_workflows.tasks.results import create_point_layer, create_polygon_layer
from ecoscope_workflows.tasks.results._layer_styles import (
    LegendDefinition,
    PointLayerStyle,
    PolygonLayerStyle,
)

if TYPE_CHECKING:
    from ecoscope_workflows.tasks.results._layer_definition import LayerDefinition

RED, BLUE = [255, 0, 0, 255], [0, 0, 255, 255]


def colored(values: list[Any], legend: LegendDefinition, **columns: Any) -> LayerDefinition:
    """Return a layer of one point per colour."""
    series = {
        name: pd.Series(list(cells), dtype=object) for name, cells in {"color": values, **columns}.items()
    }
    frame = gpd.GeoDataFrame(series, geometry=[shapely.Point(37, i) for i in range(len(values))], crs=4326)
    return create_point_layer(frame, PointLayerStyle(fill_color_column="color"), legend, [])


def test_legend_follows_the_rows_and_not_the_order_of_drawing() -> None:
    boxes = [shapely.box(0, 0, size, size) for size in (1, 3, 2)]
    frame = gpd.GeoDataFrame(
        {"color": [RED, BLUE, [0, 128, 0]], "name": ["a", "b", "c"]}, geometry=boxes, crs=4326
    )
    legend = LegendDefinition(label_column="name", color_column="color")
    layer = create_polygon_layer(frame, PolygonLayerStyle(fill_color_column="color"), legend, ["name"])
    assert [item.label for item in layer.legend] == ["a", "b", "c"]
    assert layer.columns[0]["words"] == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("labels", "legend", "expected"),
    [
        (["b", "a", "b"], {}, ["b", "a"]),
        (["50.0", "60.0", "50.0"], {"label_suffix": " %"}, ["50.0 %", "60.0 %"]),
        (["99.999", "5.0", "99.999"], {"sort": "ascending"}, ["5.0", "99.999"]),
        (["9", "10", "9"], {"sort": "descending"}, ["10", "9"]),
        (["b", "a", "b"], {"sort": "ascending"}, ["a", "b"]),
        ([None, "a", None], {"sort": "ascending", "label_suffix": " km"}, ["a km", "no value"]),
        ([50.0, 60.5, 50.0], {"label_suffix": " %"}, ["50 %", "60.5 %"]),
        (["b", "a", "c"], {}, ["b, c", "a"]),
        (["b", "a", "b"], {"color_column": None}, ["b", "a"]),
    ],
)
def test_legend_has_a_label_for_each_colour(
    labels: list[Any], legend: dict[str, Any], expected: list[str]
) -> None:
    definition = LegendDefinition(**{"label_column": "name", "color_column": "color", **legend})
    layer = colored([RED, BLUE, RED], definition, name=labels)
    assert [item.label for item in layer.legend] == expected


def test_legend_tells_how_many_labels_share_a_colour() -> None:
    definition = LegendDefinition(label_column="name", label_suffix=" m")
    layer = colored([RED] * 6, definition, name=list("abcdef"))
    assert [item.label for item in layer.legend] == ["a m, b m, c m and 3 more"]


def test_legend_takes_labels_and_colours_as_they_are_given() -> None:
    definition = LegendDefinition(labels=["Night", "Day"], colors=["#292965", "#e7a553"], title="Sun")
    layer = colored([[41, 41, 101, 255]], definition)
    assert [(item.label, item.color) for item in layer.legend] == [("Night", "#292965"), ("Day", "#e7a553")]
    assert layer.legend_title == "Sun"
    assert colored([RED], LegendDefinition()).legend == []
