"""Frames on their way to layers: colours, values, geometry, and what a layer weighs."""

from __future__ import annotations

import base64
import io
import logging
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pydantic
import pytest
import shapely

from ecoscope_workflows.contracts.codecs import codec_for
from ecoscope_workflows.tasks.results import create_point_layer, create_polygon_layer, create_polyline_layer
from ecoscope_workflows.tasks.results._layer_definition import LayerDefinition
from ecoscope_workflows.tasks.results._layer_styles import (
    LegendDefinition,
    PointLayerStyle,
    PolygonLayerStyle,
    PolylineLayerStyle,
)
from ecoscope_workflows.tasks.results._map_colors import MISSING_COLOR

if TYPE_CHECKING:
    from pathlib import Path

RED, BLUE, CLEAR = [255, 0, 0, 255], [0, 0, 255, 255], [0, 0, 0, 0]
CREATORS = [create_point_layer, create_polyline_layer, create_polygon_layer]


def points(**columns: Any) -> gpd.GeoDataFrame:
    """Return one point per value, going north from the equator."""
    rows = len(next(iter(columns.values())))
    geometry = [shapely.Point(37, i) for i in range(rows)]
    series = {name: pd.Series(list(values), dtype=object) for name, values in columns.items()}
    return gpd.GeoDataFrame(series, geometry=geometry, crs=4326)


def unpack(text: str) -> list[int]:
    """Read what `pack` wrote, as the page does."""
    numbers, last, value, shift = [], 0, 0, 0
    for byte in base64.b64decode(text):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            last += (value >> 1) ^ -(value & 1)
            numbers.append(last)
            value = shift = 0
    return numbers


def colors_of(layer: LayerDefinition) -> list[str]:
    return [layer.colors[code] for code in unpack(layer.codes)]


def texts_of(layer: LayerDefinition, column: int) -> list[str | None]:
    packed = layer.columns[column]
    return [packed["words"][code - 1] if code else None for code in unpack(packed["values"])]


def colored(values: list[Any], legend: LegendDefinition | None = None, **columns: Any) -> LayerDefinition:
    style = PointLayerStyle(fill_color_column="color")
    return create_point_layer(points(color=values, **columns), style, legend, [])


@pytest.mark.parametrize(
    "cells",
    [
        [RED, BLUE, RED],
        [tuple(RED), tuple(BLUE), tuple(RED)],
        [np.array(RED), np.array(BLUE), np.array(RED)],
        ["#ff0000", "blue", "rgb(255, 0, 0)"],
        [RED[:3], BLUE, "red"],
    ],
)
def test_colours_may_be_written_in_any_way(cells: list[Any]) -> None:
    layer = colored(cells)
    assert colors_of(layer) == ["#ff0000", "#0000ff", "#ff0000"]
    assert layer.colors == ["#ff0000", "#0000ff"]


def test_colours_come_back_from_parquet() -> None:
    frame = points(color=[RED, None, BLUE])
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    layer = create_point_layer(gpd.read_parquet(buffer), PointLayerStyle(fill_color_column="color"))
    assert colors_of(layer) == ["#ff0000", MISSING_COLOR, "#0000ff"]


def test_missing_colour_is_grey_half_transparent_stays_and_wholly_transparent_is_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        layer = colored([None, [1, 2, 3, 128], CLEAR, np.nan])
    assert colors_of(layer) == [MISSING_COLOR, "#01020380", MISSING_COLOR]
    assert (layer.features, layer.not_drawn) == (3, {"with a transparent colour": 1})
    assert caplog.messages == ["the point layer leaves out 1 of 4 rows with a transparent colour"]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (PointLayerStyle(), ["#1f6f78"] * 2),
        (PointLayerStyle(get_fill_color="#377eb8"), ["#377eb8"] * 2),
        (PointLayerStyle(get_fill_color=[255, 0, 0]), ["#ff0000"] * 2),
        (PointLayerStyle(get_fill_color=[RED, BLUE]), ["#ff0000", "#0000ff"]),
        (PointLayerStyle(filled=False, get_line_color="#FFFFFF"), ["#ffffff"] * 2),
        (PolylineLayerStyle(get_color="#ffffff"), ["#ffffff"] * 2),
        (PolylineLayerStyle(get_color="#ffffff", color_column="color"), ["#ff0000", "#0000ff"]),
    ],
)
def test_style_names_colours_where_no_column_does(style: Any, expected: list[str]) -> None:
    creator: Any = create_polyline_layer if isinstance(style, PolylineLayerStyle) else create_point_layer
    assert colors_of(creator(points(color=[RED, BLUE]), style)) == expected


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"legend": LegendDefinition(labels=["a"], colors=[])}, "1 labels and 0 colors"),
        ({"legend": LegendDefinition(color_column="color")}, "no label_column"),
        ({"legend": LegendDefinition(label_column="colour")}, "did you mean 'color'"),
        ({"tooltip_columns": ["colr"]}, "tooltip_columns.*did you mean 'color'"),
        ({"layer_style": PointLayerStyle(fill_color_column="x")}, "fill_color_column.*no column 'x'"),
        ({"layer_style": PointLayerStyle(fill_color_column="name")}, "column 'name': 'a' is not a colour"),
        ({"layer_style": PointLayerStyle(get_radius="x")}, "get_radius.*no column 'x'"),
        ({"layer_style": PointLayerStyle(get_radius=[1, 2])}, "expected 1 radii.*got 2"),
        ({"layer_style": PointLayerStyle(get_fill_color=[RED, RED])}, "expected one colour or 1"),
        ({"layer_style": PointLayerStyle(get_line_color=[RED])}, "expected one colour for all outlines"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(call: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        create_point_layer(points(color=[RED], name=["a"]), **call)


def test_unknown_styles_are_refused() -> None:
    with pytest.raises(pydantic.ValidationError, match="fil_color_column"):
        PointLayerStyle.model_validate({"fil_color_column": "color"})


@pytest.mark.parametrize("create", CREATORS)
def test_frame_without_rows_makes_a_layer_without_features(create: Any) -> None:
    for frame in (points(name=["a"]).iloc[:0], gpd.GeoDataFrame({"geometry": []})):
        layer = create(frame, None, LegendDefinition(label_column="x", color_column="y"), ["x"])
        assert (layer.features, layer.bounds, layer.groups, layer.legend) == (0, None, [], [])


@pytest.mark.parametrize("create", CREATORS)
def test_single_row_in_another_crs_is_drawn_in_degrees(create: Any) -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(500_000, 0).buffer(10)], crs="EPSG:32637")
    layer = create(frame)
    assert layer.features == 1
    assert np.array(layer.bounds).mean(axis=0) == pytest.approx([0, 39], abs=1e-9)


def test_frame_without_crs_is_refused() -> None:
    with pytest.raises(ValueError, match="no CRS"):
        create_point_layer(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]))


def test_rows_that_cannot_be_drawn_are_counted() -> None:
    geometry = [None, shapely.Point(0, 95), shapely.Point(), shapely.Point(1, 1)]
    frame = gpd.GeoDataFrame({"name": list("abcd")}, geometry=geometry, crs=4326)
    layer = create_point_layer(frame, tooltip_columns=["name"])
    assert (layer.features, texts_of(layer, 0)) == (1, ["d"])
    assert layer.not_drawn == {
        "without a geometry": 2,
        "outside the range of longitude and latitude": 1,
    }


def test_track_over_the_antimeridian_stays_in_one_piece() -> None:
    line = shapely.LineString([(179, -17), (-179, -16)])
    layer = create_polyline_layer(gpd.GeoDataFrame(geometry=[line], crs=4326))
    assert layer.bounds is not None
    (_, west), (_, east) = layer.bounds
    assert east - west == pytest.approx(2)


@pytest.mark.parametrize(
    ("values", "radii"),
    [
        ([1.0, 2.5], [100, 250]),
        ([-2.0, 3.0], [100, 600]),
        ([np.nan, 3.0], [100, 400]),
        ([np.nan, -1.0], [100, 200]),
    ],
)
def test_radii_come_from_a_column(values: list[float], radii: list[int]) -> None:
    layer = create_point_layer(points(size=values), PointLayerStyle(get_radius="size"))
    assert layer.radii is not None
    assert unpack(layer.radii) == radii


def test_radii_may_be_listed_and_scaled() -> None:
    layer = create_point_layer(points(a=[1, 2]), PointLayerStyle(get_radius=[2, 3], radius_scale=2))
    assert layer.radii is not None
    assert unpack(layer.radii) == [400, 600]
    assert create_point_layer(points(a=[1]), PointLayerStyle(radius_scale=3)).drawing.radius == 15


@pytest.mark.parametrize(
    ("style", "width", "color"),
    [
        (PolygonLayerStyle(), 0.0, None),
        (PolygonLayerStyle(stroked=True), 1.0, None),
        (PolygonLayerStyle(stroked=True, get_line_color="#FFFFFF", get_line_width=3), 3.0, "#ffffff"),
        (PolygonLayerStyle(filled=False), 1.0, None),
    ],
)
def test_areas_have_an_outline_where_asked_or_nothing_else_would_show(
    style: PolygonLayerStyle, width: float, color: str | None
) -> None:
    drawing = create_polygon_layer(points(a=[1]), style).drawing
    assert (drawing.outline_width, drawing.outline_color) == (width, color)


def test_values_are_shown_under_their_own_names() -> None:
    times = pd.Series(pd.to_datetime(["2024-01-01T12:00+03:00", "2024-01-01T12:00Z"], utc=True))
    frame = points(event_type=["a", None]).assign(
        time=times.dt.tz_convert("Africa/Nairobi"),
        mixed=pd.Series(
            [pd.Timestamp("2024-01-01T12:00+03:00"), pd.Timestamp("2024-01-01T12:00Z")], dtype=object
        ),
    )
    layer = create_point_layer(frame, tooltip_columns=["event_type", "time", "mixed", "time"])
    assert [column["label"] for column in layer.columns] == ["event_type", "time", "mixed"]
    assert texts_of(layer, 0) == ["a", None]
    assert layer.columns[1]["zone"] == "Africa/Nairobi"
    assert texts_of(layer, 2) == ["2024-01-01 12:00:00+03:00", "2024-01-01 12:00:00+00:00"]


def test_without_names_the_plain_columns_are_shown() -> None:
    frame = points(name=["a"], color=[RED], details=[{"x": 1}]).assign(count=1)
    assert [column["name"] for column in create_point_layer(frame).columns] == ["name", "count"]
    assert create_point_layer(frame, tooltip_columns=[]).columns == []
    assert create_point_layer(frame, PointLayerStyle(pickable=False)).columns == []


@pytest.mark.parametrize("create", CREATORS)
def test_frame_is_left_alone_and_equal_frames_make_equal_layers(create: Any) -> None:
    frame = points(name=["a", "b", "a"], color=[RED, None, BLUE]).to_crs(3857)
    before = frame.copy(deep=True)
    first, second = create(frame), create(before)
    assert first.model_dump_json() == second.model_dump_json()
    pd.testing.assert_frame_equal(frame, before)
    assert frame.crs == before.crs


def test_layer_is_stored_and_read_back(tmp_path: Path) -> None:
    layer = colored([RED, BLUE], LegendDefinition(label_column="name"), name=["a", "</script>\u2028"])
    codec = codec_for(LayerDefinition)
    assert codec is not None
    assert codec.suffix == ".json"
    codec.write(layer, tmp_path / "layer.json", "")
    assert LayerDefinition.model_validate(codec.read(tmp_path / "layer.json")) == layer


def test_published_track_is_small(reference_data: Path) -> None:
    file = "ecoscope2026/preprocessing/relocations-to-trajectory.example-return.parquet"
    frame = gpd.read_parquet(reference_data / file).sort_values("speed_kmhr")
    shown = ["segment_start", "timespan_seconds", "speed_kmhr"]
    layer = create_polyline_layer(frame, tooltip_columns=shown)
    assert layer.features == 7186
    assert len(layer.model_dump_json()) < 200_000
