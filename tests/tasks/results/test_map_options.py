"""Options as users write them: what is accepted, and what is refused with which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecoscope_workflows.tasks.results._map_colors import COLOR_MAPS, color_stops, parse_color, sample_colors
from ecoscope_workflows.tasks.results._map_options import (
    parse_features,
    parse_north_arrow,
    parse_tile_layers,
    parse_title,
)

if TYPE_CHECKING:
    from collections.abc import Callable

TILES = "https://tiles.example.org/{z}/{x}/{y}.png"


@pytest.mark.parametrize(
    ("parse", "kws", "message"),
    [
        (
            parse_title,
            {"font_colour": "red"},
            r"unknown key 'font_colour'; did you mean 'font_color'.*Known keys: align",
        ),
        (parse_title, {"font_size": "12px;x"}, r"title_kws\['font_size'\]: expected pixels"),
        (parse_title, {"font_family": "</style>"}, r"expected font names"),
        (parse_title, {"align": "middle"}, r"expected one of left, center, right; got 'middle'"),
        (parse_title, {"position": {"top": "1px"}}, r"expected one of top, bottom"),
        (parse_north_arrow, {"scal": 2}, r"did you mean 'scale'"),
        (parse_north_arrow, {"scale": 50}, r"expected a number from 0.2 to 5, got 50"),
        (parse_north_arrow, {"placement": "middle"}, r"expected one of top-left"),
        (parse_north_arrow, {"placement": "top-left", "position": "topleft"}, r"mean the same"),
        (parse_features, {"colum": "x"}, r"did you mean 'column'"),
        (parse_features, {"opacity": 2}, r"expected a number from 0 to 1, got 2"),
        (parse_features, {"k": True}, r"expected a number from 1 to 20, got True"),
        (parse_features, {"scheme": "jenks"}, r"expected one of equal_interval, quantile"),
        (parse_features, {"cmap": "virids"}, r"unknown colour map 'virids'; did you mean 'viridis'"),
        (parse_features, {"cmap": []}, r"expected a name, a list of colours"),
        (parse_features, {"color": "#12345"}, r"'#12345' is not a colour"),
        (parse_features, {"legend": "yes"}, r"expected bool, got 'yes'"),
        (parse_features, {"column": 3}, r"expected str, got 3"),
        (parse_features, {"tooltip": [1]}, r"names of columns, got \[1\]"),
    ],
)
def test_wrong_option_is_refused(parse: Callable[[Any], object], kws: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(kws)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ({"name": "Satelite"}, r"no background is called 'Satelite'"),
        ({"name": "SATELITE"}, r"did you mean 'SATELLITE'"),
        ({}, r"expected one of: OpenStreetMap, ROADMAP, SATELLITE, TERRAIN"),
        ({"url": "javascript:alert(1)//{z}{x}{y}"}, r"expected http"),
        ({"url": "file:///etc/{z}/{x}/{y}"}, r"expected http"),
        ({"url": "https://example.org/{z}/{x}.png"}, r"lacks one of \{z\}, \{x\} and \{y\}"),
        ({"url": "https://example.org/{z}/{x}/{y}/{key}"}, r"expected http"),
        ({"url": "https://example.org;script-src */{z}/{x}/{y}"}, r"expected http"),
        ({"url": TILES, "opacity": -1}, r"tile_layers\[0\]\['opacity'\]"),
        ({"url": TILES, "min_zoom": 9, "max_zoom": 3}, r"\['max_zoom'\]: expected a number from 9 to 22"),
        ({"url": TILES, "atribution": "x"}, r"did you mean 'attribution'"),
    ],
)
def test_wrong_tile_layer_is_refused(layer: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_tile_layers([layer])


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        (TILES, "https://tiles.example.org"),
        ("http://localhost:8080/{z}/{x}/{y}{r}.png?key=a-B_1", "http://localhost:8080"),
        ("https://{s}.tile.example.org/{z}/{x}/{y}.png", "https://*.tile.example.org"),
    ],
)
def test_page_allows_images_from_the_origin_of_its_tiles_alone(url: str, origin: str) -> None:
    (layer,) = parse_tile_layers([{"url": url}])
    assert layer.origin == origin


def test_named_background_keeps_what_the_user_adds() -> None:
    (layer,) = parse_tile_layers([{"name": "SATELLITE", "opacity": 0.5, "max_zoom": 12}])
    assert (layer.opacity, layer.max_zoom, layer.attribution) == (0.5, 12, "Imagery © Esri")


def test_title_takes_the_options_of_published_workflows() -> None:
    style = parse_title({"font_size": "32px", "font_style": "normal", "font_family": ["Georgia", "serif"]})
    assert (style.font_size, style.font_family) == ("32px", "Georgia, serif")
    assert parse_title({"font_size": 24}).font_size == "24px"
    assert parse_title({"font_color": "rgba(0,0,0,1)", "font_weight": 700}).font_color == "#000000"


@pytest.mark.parametrize("kws", [{"position": "topleft"}, {"placement": "top-left"}])
def test_corner_may_be_written_with_or_without_hyphen(kws: dict[str, Any]) -> None:
    assert parse_north_arrow({**kws, "scale": 1, "angle": 0}).placement == "top-left"


def test_option_given_as_none_is_as_if_not_given() -> None:
    assert parse_features({"column": None, "cmap": None, "opacity": None}) == parse_features({})


@pytest.mark.parametrize(
    ("value", "color"),
    [
        ("#ABC", "#aabbcc"),
        ("#aabbcc80", "#aabbcc80"),
        ("Red", "#ff0000"),
        ("rgb(1, 2, 255)", "#0102ff"),
        ("rgba(255,255,255,0.5)", "#ffffff80"),
        ((1, 2, 3), "#010203"),
        ([1, 2, 3, 255], "#010203"),
        ([1, 2, 3, 0], "#01020300"),
    ],
)
def test_colours_are_read_as_people_write_them(value: object, color: str) -> None:
    assert parse_color(value, "x") == color


@pytest.mark.parametrize(
    "value", ["url(x)", "rgb(1,2,300)", (1, 2), (1, 2, 256), None, 7, "#ff", [float("nan")] * 3]
)
def test_what_is_no_colour_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"x: .* is not a colour"):
        parse_color(value, "x")


@pytest.mark.parametrize("name", sorted(COLOR_MAPS))
def test_colour_maps_run_both_ways_and_end_in_their_ends(name: str) -> None:
    stops = color_stops(name, "x")
    assert color_stops(f"{name}_r", "x") == stops[::-1]
    assert sample_colors(stops, len(stops)) == stops
    assert sample_colors(stops, 2) == [stops[0], stops[-1]]
    assert sample_colors(["#010203"], 3) == ["#010203"] * 3
