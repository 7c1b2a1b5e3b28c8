"""Layers drawn on a page, as text: legends, corners, notes, and texts that try to break out."""

from __future__ import annotations

import json
import logging
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.results import (
    create_point_layer,
    create_polyline_layer,
    draw_ecomap,
    set_base_maps,
)
from ecoscope_workflows.tasks.results._base_maps import TileLayer
from ecoscope_workflows.tasks.results._layer_styles import (
    LegendDefinition,
    LegendStyle,
    NorthArrowStyle,
    PointLayerStyle,
    PolylineLayerStyle,
    ViewState,
)

if TYPE_CHECKING:
    from ecoscope_workflows.tasks.results._layer_definition import LayerDefinition


def points(*places: tuple[float, float], label: str = "a", **options: Any) -> LayerDefinition:
    frame = gpd.GeoDataFrame(
        {"name": [label] * len(places), "color": [[255, 0, 0, 255]] * len(places)},
        geometry=[shapely.Point(*place) for place in places],
        crs=4326,
    )
    legend = LegendDefinition(label_column="name", color_column="color")
    return create_point_layer(frame, PointLayerStyle(fill_color_column="color"), legend, ["name"], **options)


def line(*places: tuple[float, float], legend: LegendDefinition | None = None) -> LayerDefinition:
    frame = gpd.GeoDataFrame(geometry=[shapely.LineString(places)], crs=4326)
    return create_polyline_layer(frame, PolylineLayerStyle(get_color="#00ff00"), legend)


class Elements(HTMLParser):
    """Collects the elements of a page with their attributes, and the text of each kind of element."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open][-1] += data

    def by_id(self, name: str) -> dict[str, str | None]:
        (found,) = [attributes for _, attributes in self.elements if attributes.get("id") == name]
        return found


def data_of(page: str) -> Any:
    (block,) = re.findall(r'<script type="application/json" id="map-data">(.*?)</script>', page, re.DOTALL)
    return json.loads(block)


def labels_of(page: str) -> list[str]:
    return re.findall(r'<span class="label">(.*?)</span>', page)


def test_same_layers_give_the_same_page() -> None:
    layers = [line((0, 0), (1, 1)), points((1, 1))]
    assert draw_ecomap(layers, set_base_maps()) == draw_ecomap(layers, set_base_maps())
    assert draw_ecomap(layers[1]) == draw_ecomap([layers[1]])


def test_page_refers_to_nothing_outside_itself_but_its_tiles() -> None:
    page = draw_ecomap([points((1, 1))], set_base_maps())
    for tag, attributes in Elements(page).elements:
        assert not {"src", "href", "srcset", "action", "style"} & set(attributes), tag
    assert "url(" not in "".join(Elements(page).texts["style"])
    policy = next(a["content"] for t, a in Elements(page).elements if t == "meta" and "http-equiv" in a)
    assert "img-src data: https://server.arcgisonline.com;" in str(policy)
    assert "img-src data:;" in draw_ecomap([])


def test_layers_that_are_missing_or_were_skipped_are_passed_over() -> None:
    given: Any = [None, points((1, 1)), SkipSentinel()]
    assert draw_ecomap(given) == draw_ecomap([given[1]])
    adapter = task_info(draw_ecomap, "maps", "draw_ecomap").parameters["geo_layers"].adapter
    assert adapter.validate_python(given) == [given[1]]
    assert adapter.validate_python(given[1].model_dump(mode="json")) == given[1]


def test_map_without_layers_says_so() -> None:
    assert "No data to show" in draw_ecomap([])
    assert "No data to show" in draw_ecomap(points())
    assert "No data to show" not in draw_ecomap(points((1, 1)))


def test_legends_of_layers_stand_together_and_say_a_thing_once() -> None:
    titled = LegendDefinition(labels=["a", "b"], colors=["#00ff00", "#ff0000"], title="Lines")
    layers = [
        points((1, 1), label="a"),
        points((2, 2), label="a"),
        points((3, 3), label="b"),
        line((0, 0), (1, 1), legend=titled),
        line((0, 0), (1, 1)),
    ]
    page = draw_ecomap(layers)
    # A colour that stands for something else in another layer is told too.
    assert labels_of(page) == ["a", "b", "a", "b"]
    assert re.findall("<h3>(.*?)</h3>", page) == ["Lines"]
    assert [layer["keys"] for layer in data_of(page)["layers"]] == [[0], [0], [1], [2], [None]]


def test_colour_that_a_legend_leaves_out_belongs_to_no_entry() -> None:
    other = LegendDefinition(labels=["x"], colors=["#123456"])
    assert data_of(draw_ecomap(line((0, 0), (1, 1), legend=other)))["layers"][0]["keys"] == [-1]


def test_map_without_a_legend_has_no_box_for_it() -> None:
    assert 'id="legend"' not in draw_ecomap(line((0, 0), (1, 1)))


@pytest.mark.parametrize(
    ("arrow", "legend", "expected"),
    [
        (None, None, ("top-left", "bottom-right")),
        ("top-right", "top-right", ("top-left", "top-right")),
        ("bottom-left", "bottom-left", ("bottom-right", "bottom-left")),
        ("fill", "fill", ("top-left", "bottom-right")),
    ],
)
def test_north_arrow_and_legend_stand_in_corners_of_their_own(
    arrow: Any, legend: Any, expected: tuple[str, str]
) -> None:
    page = draw_ecomap(
        points((1, 1)),
        north_arrow_style=NorthArrowStyle(placement=arrow) if arrow else None,
        legend_style=LegendStyle(placement=legend) if legend else None,
    )
    elements = Elements(page)
    assert (elements.by_id("north")["class"], elements.by_id("legend")["class"]) == expected


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        (None, "Legend"),
        (LegendStyle(title="Event Type"), "Event Type"),
        (LegendStyle(title="patrol_type", format_title=True), "Patrol Type"),
        (LegendStyle(title="patrol_type"), "patrol_type"),
    ],
)
def test_legend_has_a_title(style: LegendStyle | None, shown: str) -> None:
    assert Elements(draw_ecomap(points((1, 1)), legend_style=style)).texts["h2"] == [shown]


def test_widget_names_the_page_where_no_title_does() -> None:
    untitled = Elements(draw_ecomap([], widget_id="Trajectory Map"))
    assert untitled.texts["title"] == ["Trajectory Map"]
    assert "h1" not in untitled.texts
    titled = Elements(draw_ecomap([], title="Tracks", widget_id="Trajectory Map"))
    assert titled.texts["title"] == titled.texts["h1"] == ["Tracks"]


def test_layers_on_both_sides_of_the_antimeridian_are_brought_together() -> None:
    data = data_of(draw_ecomap([points((179, 0)), points((-179, 1)), points()]))
    assert [layer["turn"] for layer in data["layers"]] == [0, 360, 0]
    assert data["bounds"] == [[0, 179], [1, 181]]


def test_map_shows_the_layer_that_asks_for_it() -> None:
    near = points((1, 2), (3, 4), zoom=True)
    assert data_of(draw_ecomap([points((50, 50)), near, points()]))["bounds"] == [[2, 1], [4, 3]]


def test_view_may_be_given(caplog: pytest.LogCaptureFixture) -> None:
    view = ViewState(longitude=37.5, latitude=-2.25, zoom=8, pitch=10)
    with caplog.at_level(logging.WARNING):
        settings_ = data_of(draw_ecomap([], view_state=view, max_zoom=13))["settings"]
    # Tiles of 512 pixels there, of 256 pixels here.
    assert settings_["view"] == {"center": [-2.25, 37.5], "zoom": 9}
    assert (settings_["maxZoom"], settings_["fitZoom"]) == (13, 13)
    assert "pitch and bearing" in caplog.text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_zoom": 25}, "max_zoom: expected 0 to 24"),
        ({"north_arrow_style": NorthArrowStyle(style={"transform": "rotate(9deg)"})}, "'transform'"),
        ({"north_arrow_style": NorthArrowStyle(style={"transform": "scale(9)"})}, "from 0.2 to 5"),
        ({"north_arrow_style": NorthArrowStyle(style={"color": "red"})}, "'color'"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw_ecomap([], **options)


def test_notes_count_what_is_not_drawn() -> None:
    frame = gpd.GeoDataFrame(geometry=[None, None, shapely.Point(1, 1)], crs=4326)
    layer = create_point_layer(frame)
    page = draw_ecomap([layer, layer])
    assert "Not drawn: 4 rows without a geometry." in page
    assert "Map of 2 points; arrow keys" in page


def test_static_map_has_nothing_to_press_and_no_values() -> None:
    page = draw_ecomap(points((1, 1)), static=True)
    keys = [attributes for tag, attributes in Elements(page).elements if tag == "button"]
    assert all("disabled" in attributes for attributes in keys)
    assert data_of(page)["layers"][0]["columns"] == []


FRAGMENTS = (
    *("</script>", "<script>", "<!--", "-->", "]]>", "</title>", "</style>", "<img src=x onerror=alert(1)>"),
    *('"', "'", "&lt;", "&#60;", "\\u003c", "{{ 7*7 }}", "{% raw %}", "\u2028", "\u2029", "\x00", "\\", "a"),
)
HOSTILE = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(FRAGMENTS), max_size=6).map("".join))
# A data frame holds no half surrogates, so they can only come in by options.
HOSTILE_VALUES = HOSTILE.filter(lambda text: not re.search("[\ud800-\udfff]", text))


def hostile_page(title: str, value: str, column: str) -> str:
    frame = gpd.GeoDataFrame({column: [value], "color": ["red"]}, geometry=[shapely.Point(1, 1)], crs=4326)
    legend = LegendDefinition(label_column=column, label_suffix=title, title="s" + title)
    layer = create_point_layer(frame, PointLayerStyle(fill_color_column="color"), legend, [column])
    style = LegendStyle(title=title)
    return draw_ecomap(layer, [TileLayer()], title="t" + title, legend_style=style, widget_id=title)


@settings(max_examples=80, deadline=None)
@given(title=HOSTILE, value=HOSTILE_VALUES, column=HOSTILE_VALUES)
def test_hostile_texts_never_become_markup(title: str, value: str, column: str) -> None:
    page = hostile_page(title, value, column + "_")
    page.encode("utf-8")
    found = Elements(page)
    harmless = Elements(hostile_page("a", "b", "c"))
    assert [tag for tag, _ in found.elements] == [tag for tag, _ in harmless.elements]
    assert [list(attributes) for _, attributes in found.elements] == [
        list(attributes) for _, attributes in harmless.elements
    ]
    assert data_of(page)["layers"][0]["columns"][0]["words"] == [value]
