"""Layers on a page, opened from the disk in a real browser without a network: what a reader sees and does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from ecoscope_workflows.tasks.results import (
    create_point_layer,
    create_polygon_layer,
    create_polyline_layer,
    draw_ecomap,
    set_base_maps,
)
from ecoscope_workflows.tasks.results._layer_styles import (
    LegendDefinition,
    LegendStyle,
    PointLayerStyle,
    PolygonLayerStyle,
    PolylineLayerStyle,
    ViewState,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    # Draws layers with options and returns the browser that shows the page.
    Show = Callable[..., Any]

SPEEDS = ["#1a9850", "#91cf60", "#d9ef8b", "#fee08b", "#fc8d59", "#d73027"]
TOOLTIP = "[...document.querySelectorAll('.leaflet-tooltip dd')].map(dd => dd.textContent)"
CANVASES = "document.querySelectorAll('.leaflet-overlay-pane canvas')"
# Counts the pixels of a colour on the uppermost canvas that has it, faint ones aside, and finds one of them.
FIND = """((color) => {
  for (const canvas of [...CANVASES].reverse()) {
    const box = canvas.getBoundingClientRect();
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const wanted = [1, 3, 5].map(i => parseInt(color.slice(i, i + 2), 16));
    const found = [];
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] > 127 && wanted.every((part, k) => data[i + k] === part)) found.push(i / 4);
    }
    if (found.length) {
      const at = found[found.length >> 2];
      const scale = box.width / canvas.width;
      return [found.length, box.x + at % canvas.width * scale, box.y + Math.floor(at / canvas.width) * scale];
    }
  }
  return [0, 0, 0];
})""".replace("CANVASES", CANVASES)

UNDER_LEGEND = """(() => {
  const canvas = document.querySelector(".leaflet-overlay-pane canvas");
  const [box, legend] = [canvas, document.getElementById("legend")].map(node => node.getBoundingClientRect());
  const scale = canvas.width / box.width;
  const corner = [legend.x - box.x, legend.y - box.y].map(length => Math.round(length * scale));
  const size = [legend.width, legend.height].map(length => Math.round(length * scale));
  const { data } = canvas.getContext("2d").getImageData(...corner, ...size);
  return data.filter((value, i) => i % 4 === 3 && value > 0).length;
})()"""


def seen(page: Any, color: str) -> tuple[int, float, float]:
    count, x, y = page.run(f"{FIND}('{color}')")
    return int(count), x, y


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Show:
    def open_page(layers: Any, window: tuple[int, int] = (1000, 700), **options: Any) -> Any:
        path = tmp_path / "map.html"
        path.write_text(draw_ecomap(layers, **options), encoding="utf-8")
        browser.open(path, *window)
        return browser

    return open_page


def crossing_lines(**style: Any) -> Any:
    """Return a red and a blue line that cross at 37.5° E on the equator, the blue one above."""
    lines = [
        shapely.LineString([(37.4, -0.1), (37.6, 0.1)]),
        shapely.LineString([(37.4, 0.1), (37.6, -0.1)]),
    ]
    frame = gpd.GeoDataFrame(
        {"name": ["first", "second"], "color": [[255, 0, 0, 255], [0, 0, 255, 255]]},
        geometry=lines,
        crs=4326,
    )
    legend = LegendDefinition(label_column="name", color_column="color")
    return create_polyline_layer(frame, PolylineLayerStyle(color_column="color", **style), legend, ["name"])


def events(*places: tuple[float, float], name: str = "event", **style: Any) -> Any:
    frame = gpd.GeoDataFrame(
        {"name": [name] * len(places)}, geometry=[shapely.Point(*place) for place in places], crs=4326
    )
    style = {"get_fill_color": "#00a000", "get_radius": 8, **style}
    return create_point_layer(frame, PointLayerStyle(**style), None, ["name"])


def test_published_track_is_drawn_whole_and_asks_the_network_for_nothing(
    reference_data: Path, show: Show
) -> None:
    file = "ecoscope2026/preprocessing/relocations-to-trajectory.example-return.parquet"
    frame = gpd.read_parquet(reference_data / file).sort_values("speed_kmhr")
    classes = np.searchsorted(np.linspace(0, 10, 7)[1:-1], frame["speed_kmhr"])
    frame = frame.assign(color=[SPEEDS[i] for i in classes], bins=[f"class {i}" for i in classes])
    legend = LegendDefinition(label_column="bins", color_column="color")
    layer = create_polyline_layer(frame, PolylineLayerStyle(color_column="color"), legend, ["segment_start"])
    page = show(layer)
    assert page.run("document.body.dataset.drawn") == "7186"
    labels = page.run("[...document.querySelectorAll('#legend .label')].map(label => label.textContent)")
    assert labels == [f"class {i}" for i in range(6)]
    assert [url for url in page.requests() if not url.startswith("file:")] == []
    assert page.complaints() == []
    assert all(seen(page, color)[0] > 20 for color in SPEEDS)


def test_values_show_for_every_layer_though_canvases_lie_upon_each_other(show: Show) -> None:
    page = show([crossing_lines(get_width=8), events((37.5, 0))])
    assert page.run(f"{CANVASES}.length") == 2
    assert page.run("document.body.dataset.drawn") == "3"
    for color, name in (("#ff0000", "first"), ("#0000ff", "second"), ("#00a000", "event")):
        page.point_at(*seen(page, color)[1:])
        page.wait(f"{TOOLTIP}.join() === '{name}'")
    page.point_at(5, 400)
    page.wait("document.querySelector('.leaflet-tooltip') === null")


def test_a_layer_that_is_not_pickable_lets_what_lies_below_answer(show: Show) -> None:
    page = show([crossing_lines(get_width=8), events((37.45, -0.05), pickable=False)])
    page.point_at(*seen(page, "#00a000")[1:])
    page.wait(f"{TOOLTIP}.join() === 'first'")


def test_enter_goes_from_feature_to_feature_and_says_what_it_is(show: Show) -> None:
    page = show([crossing_lines(), events((37.7, 0.05))])
    page.run("document.getElementById('map').focus()")
    for name in ("first", "second", "event", "first"):
        page.press("Enter")
        page.wait(f"{TOOLTIP}.join() === '{name}'")
        assert page.run("document.getElementById('spoken').textContent") == f"name {name}"
    assert page.run("getComputedStyle(document.getElementById('crosshair')).display") == "block"
    page.run("document.getElementById('map').blur()")
    page.wait("document.querySelector('.leaflet-tooltip') === null")
    assert page.run("getComputedStyle(document.getElementById('crosshair')).display") == "none"
    assert page.complaints() == []


def test_arrow_keys_tell_what_comes_to_the_middle(show: Show) -> None:
    view = ViewState(longitude=37.5, latitude=0, zoom=9)
    page = show([events((37.5, 0))], view_state=view)
    page.run("document.getElementById('map').focus()")
    page.press("ArrowRight")
    time.sleep(0.5)
    assert page.run(TOOLTIP) == []
    page.run(
        "document.getElementById('map').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowLeft', "
        "keyCode: 37, bubbles: true}))"
    )
    page.wait(f"{TOOLTIP}.join() === 'event'")


def test_legend_singles_a_colour_out_and_leaves_other_layers_alone(show: Show) -> None:
    page = show([crossing_lines(get_width=8), events((37.3, 0))])
    before = seen(page, "#00a000")[0]
    page.run("document.querySelectorAll('.key')[1].click()")
    time.sleep(0.2)
    assert seen(page, "#ff0000")[0] == 0
    assert seen(page, "#0000ff")[0] > 100
    assert seen(page, "#00a000")[0] == before


def test_layer_is_see_through_as_a_whole(show: Show) -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 2, 2), shapely.box(0, 0, 1, 1)], crs=4326)
    page = show(create_polygon_layer(frame, PolygonLayerStyle(opacity=0.4, get_fill_color="#d73027")))
    assert page.run(f"getComputedStyle({CANVASES}[0].parentElement).opacity") == "0.4"
    # Where the two overlap the colour is the same.
    assert seen(page, "#d73027")[0] > 20_000


def test_areas_without_fill_show_their_outline(show: Show) -> None:
    style = PolygonLayerStyle(filled=False, stroked=True, get_line_color="#d73027", get_line_width=3)
    frame = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 2, 2)], crs=4326)
    page = show(create_polygon_layer(frame, style))
    assert 1_000 < seen(page, "#d73027")[0] < 20_000


def test_sizes_in_metres_grow_with_the_zoom(show: Show) -> None:
    view = ViewState(longitude=37.5, latitude=0, zoom=8)
    page = show(events((37.5, 0), get_radius=5_000, radius_units="meters"), view_state=view)
    before = seen(page, "#00a000")[0]
    # On the equator a pixel is 305.748 metres at zoom 9 of tiles of 256 pixels; the white edge takes one off.
    radius = 5_000 / 305.748
    assert before == pytest.approx(np.pi * (radius - 1) ** 2, rel=0.1)
    page.run("document.querySelector('.leaflet-control-zoom-in').click()")
    time.sleep(0.6)
    assert seen(page, "#00a000")[0] == pytest.approx(np.pi * (2 * radius - 1) ** 2, rel=0.1)


def test_feature_under_the_pointer_is_edged_where_the_style_says_so(show: Show) -> None:
    page = show(crossing_lines(get_width=8, auto_highlight=True))
    page.point_at(*seen(page, "#ff0000")[1:])
    page.wait(f"{TOOLTIP}.join() === 'first'")
    time.sleep(0.2)
    assert seen(page, "#1d2721")[0] > 100
    page.point_at(5, 400)
    time.sleep(0.2)
    assert seen(page, "#1d2721")[0] == 0
    assert seen(page, "#ff0000")[0] > 100


def test_static_map_does_not_answer(show: Show) -> None:
    page = show([crossing_lines(get_width=8)], static=True)
    page.point_at(*seen(page, "#ff0000")[1:])
    moved = "document.querySelector('.leaflet-map-pane').style.transform"
    before = page.run(moved)
    page.run("document.getElementById('map').focus()")
    page.press("ArrowRight")
    page.press("Enter")
    time.sleep(0.4)
    assert page.run(moved) == before
    assert page.run("document.querySelectorAll('.leaflet-tooltip, .leaflet-control-zoom').length") == 0
    assert page.complaints() == []


def test_tiles_that_cannot_be_had_break_nothing(show: Show) -> None:
    window = (1000, 560)
    page = show([crossing_lines()], window)
    scale = page.run("document.querySelector('.leaflet-control-scale-line').textContent")
    page = show([crossing_lines()], window, tile_layers=set_base_maps())
    page.wait("document.getElementById('tile-note').textContent.includes('could not be loaded')")
    assert page.run("document.body.dataset.drawn") == "2"
    # Without tiles the map need not keep to their zoom levels and fills its frame.
    page.wait(f"document.querySelector('.leaflet-control-scale-line').textContent === '{scale}'")
    assert "Esri" in page.run("document.getElementById('credits').textContent")


def test_hostile_texts_stay_texts(show: Show) -> None:
    attack = '</script><img src=x onerror="document.body.dataset.owned=1"><b>&amp;\u2028\''
    legend = LegendDefinition(labels=[attack], colors=["#00a000"], title=attack)
    frame = gpd.GeoDataFrame({attack: [attack]}, geometry=[shapely.Point(1, 1)], crs=4326)
    style = PointLayerStyle(get_fill_color="#00a000", get_radius=9)
    layer = create_point_layer(frame, style, legend, [attack])
    page = show(layer, title=attack, widget_id=attack)
    assert page.run("document.querySelector('.key .label').textContent") == attack
    page.point_at(*seen(page, "#00a000")[1:])
    page.wait("document.querySelector('.leaflet-tooltip dd')?.textContent.startsWith('</script>')")
    assert page.run("document.querySelectorAll('img, b').length") == 0
    assert page.run("document.body.dataset.owned") is None
    assert page.complaints() == []


def test_layers_on_both_sides_of_the_antimeridian_lie_together(show: Show) -> None:
    page = show([events((179.9, 0)), events((-179.9, 0), get_fill_color="#d73027")])
    distance = abs(seen(page, "#00a000")[1] - seen(page, "#d73027")[1])
    assert 100 < distance < 1000
    assert page.run("document.querySelector('.leaflet-control-scale-line').textContent") in (
        "2 km",
        "3 km",
        "5 km",
    )


@pytest.mark.parametrize("placement", ["top-left", "bottom-left", "bottom-right"])
def test_legend_hides_no_data(placement: Any, show: Show) -> None:
    page = show([crossing_lines()], legend_style=LegendStyle(placement=placement))
    assert page.run("document.getElementById('legend').className") == placement
    assert page.run(UNDER_LEGEND) == 0
    # With the legend over the middle of the map, the same count finds the lines.
    page.run("document.getElementById('legend').style.inset = '200px auto auto 400px'")
    assert page.run(UNDER_LEGEND) > 0


def test_map_without_layers_opens(show: Show) -> None:
    page = show([])
    assert page.run("document.getElementById('empty').innerText") == "No data to show"
    assert page.run("document.body.dataset.drawn") == "0"
    assert page.complaints() == []


def test_phone_shows_map_and_whole_legend_without_sideways_scrolling(show: Show) -> None:
    page = show([crossing_lines()], (360, 740))
    assert page.run("document.documentElement.scrollWidth") == 360
    tops = page.run("[...document.querySelectorAll('#legend li')].map(li => li.getBoundingClientRect().top)")
    assert min(tops) >= page.run("document.getElementById('map').getBoundingClientRect().bottom")
