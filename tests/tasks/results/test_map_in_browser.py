"""Pages opened from the disk in a real browser that has no network: what a reader sees and can do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    # Draws a frame with options and returns the browser that shows the page: `show` in conftest.py.
    Show = Callable[..., Any]


def test_areas_cover_the_map_in_the_colours_of_their_legend(density: gpd.GeoDataFrame, show: Show) -> None:
    page = show(density)
    entries = page.run(
        "[...document.querySelectorAll('#legend li')].map(li => li.innerText.split(/\\s*\\n\\s*/))"
    )
    assert entries == [["50 %", "1.00 km²"], ["80 %", "4.00 km²"], ["95 %", "16.00 km²"]]
    colors = page.run("[...document.querySelectorAll('.swatch rect')].map(r => r.getAttribute('fill'))")
    core, middle, edge = (page.pixels(color)[0] for color in colors)
    # 50 % covers 1 of 16 parts, 80 % another 3, and 95 % the other 12.
    assert core > 5_000
    assert middle / core == pytest.approx(3, rel=0.1)
    assert edge / core == pytest.approx(12, rel=0.1)
    assert page.run("document.body.dataset.drawn") == "3"


def test_page_asks_the_network_for_nothing_and_never_complains(track: gpd.GeoDataFrame, show: Show) -> None:
    page = show(track)
    assert len(page.requests()) == 1
    assert page.requests()[0].startswith("file:")
    assert page.complaints() == []
    assert page.run("document.body.dataset.drawn") == "300"
    assert page.pixels("")[0] > 1_000


def test_page_decodes_the_coordinates_and_values_it_was_given(track: gpd.GeoDataFrame, show: Show) -> None:
    page = show(track)
    drawn = page.run("mapData.groups[0].shapes.map(shape => shape.pieces[0])")
    given = shapely.get_coordinates(track.geometry).reshape(-1, 2, 2)[:, :, ::-1]
    np.testing.assert_allclose(np.array(drawn), given, atol=5.1e-7)
    columns = page.run("mapData.columns.map(c => [c.label, c.read(0), c.read(299)])")
    assert columns == [["Subject", "Habiba", "Salif"], ["Speed (km/h)", "0.1", "9.9"]]


def test_tiles_that_cannot_be_had_are_reported_once_and_break_nothing(
    track: gpd.GeoDataFrame, show: Show
) -> None:
    url = "https://tiles.example.org/{z}/{x}/{y}.png"
    page = show(track, tile_layers=[{"url": url, "attribution": "© Example"}])
    page.wait("document.getElementById('tile-note').textContent.includes('could not be loaded')")
    assert len([asked for asked in page.requests() if asked.startswith("https:")]) == 1
    assert len(page.complaints()) == 1
    assert page.run("document.body.dataset.drawn") == "300"
    assert "© Example" in page.run("document.getElementById('credits').textContent")


@pytest.mark.parametrize("size", [{"width": 0, "height": 0}, {"width": 900, "height": 600}])
def test_phone_shows_map_and_whole_legend_without_sideways_scrolling(
    size: dict[str, int], track: gpd.GeoDataFrame, show: Show
) -> None:
    page = show(track, (360, 740), **size)
    assert page.run("document.documentElement.scrollWidth") == 360
    for part in ("map", "legend", "search", "heading"):
        assert page.run(f"document.getElementById('{part}').getBoundingClientRect().right") <= 360
    assert page.run("document.getElementById('map').clientHeight") >= 280
    entries = page.run(
        "[...document.querySelectorAll('#legend li')].map(li => li.getBoundingClientRect().top)"
    )
    assert len(entries) == 6
    assert min(entries) >= page.run("document.getElementById('map').getBoundingClientRect().bottom")


def test_map_has_the_size_it_was_given(track: gpd.GeoDataFrame, show: Show) -> None:
    page = show(track, width=800, height=500)
    assert page.run(
        "(b => [b.width, b.height])(document.getElementById('ecomap').getBoundingClientRect())"
    ) == [800, 500]


def test_values_appear_beside_the_feature_under_the_pointer(density: gpd.GeoDataFrame, show: Show) -> None:
    page = show(density)
    core = page.run("document.querySelector('.swatch rect').getAttribute('fill')")
    page.point_at(*page.pixels(core)[1:])
    page.wait("document.querySelector('.leaflet-tooltip') !== null")
    text = page.run("document.querySelector('.leaflet-tooltip').innerText.split(/\\s*\\n\\s*/)")
    assert text == ["Percentile (%)", "50", "Area (km²)", "1"]


def test_search_finds_features_by_text_and_moves_the_map_to_them(track: gpd.GeoDataFrame, show: Show) -> None:
    page = show(track)
    scale = "document.querySelector('.leaflet-control-scale-line').textContent"
    before = page.run(scale)
    page.run("document.getElementById('search-text').focus()")
    page.send("Input.insertText", text="salif")
    assert page.run("[...document.querySelectorAll('#search-values option')].map(o => o.value)") == ["Salif"]
    page.press("Enter")
    page.wait("document.getElementById('search-result').textContent === '150 found'")
    page.wait(f"{scale} !== '{before}'")


def test_legend_entry_singles_its_class_out(track: gpd.GeoDataFrame, show: Show) -> None:
    page = show(track, add_gdf_kws={"line_width": 8})
    slowest, fastest = (
        page.run(f"document.querySelectorAll('.swatch rect')[{i}].getAttribute('fill')") for i in (0, 5)
    )
    assert page.pixels(slowest)[0] > 100
    page.run("document.querySelectorAll('.key')[5].click()")
    assert page.run("document.querySelectorAll('.key')[5].getAttribute('aria-pressed')") == "true"
    time.sleep(0.2)
    assert page.pixels(slowest)[0] == 0
    assert page.pixels(fastest)[0] > 100


@pytest.mark.parametrize("static", [False, True])
def test_arrow_keys_move_a_map_unless_it_is_static(static: bool, track: gpd.GeoDataFrame, show: Show) -> None:
    page = show(track, static=static)
    moved = "document.querySelector('.leaflet-map-pane').style.transform"
    before = page.run(moved)
    page.run("document.getElementById('map').focus()")
    page.press("ArrowRight")
    time.sleep(0.5)
    assert (page.run(moved) == before) is static
    assert page.run("document.querySelectorAll('.leaflet-control-zoom, #search').length") == (
        0 if static else 2
    )


def test_hostile_texts_stay_texts(track: gpd.GeoDataFrame, show: Show) -> None:
    attack = '</script><img src=x onerror="document.body.dataset.owned=1"><b>&amp;\u2028\''
    hostile = track.assign(groupby_col=attack)
    page = show(
        hostile, title=attack, add_gdf_kws={"column": "groupby_col", "legend_title": attack, "line_width": 8}
    )
    assert page.run("document.querySelector('h1').textContent") == attack
    assert page.run("document.querySelector('.key .label').textContent") == attack
    fill = page.run("document.querySelector('.swatch rect').getAttribute('fill')")
    page.point_at(*page.pixels(fill)[1:])
    page.wait("document.querySelector('.leaflet-tooltip dd')?.textContent.startsWith('</script>')")
    assert page.run("document.querySelectorAll('img, b').length") == 0
    assert page.run("document.body.dataset.owned") is None
    assert page.complaints() == []


def test_frame_without_rows_says_so(density: gpd.GeoDataFrame, show: Show) -> None:
    page = show(density.iloc[:0])
    assert page.run("document.getElementById('empty').innerText") == "No data to show"
    assert page.run("document.body.dataset.drawn") == "0"
    assert page.complaints() == []


def test_track_over_the_antimeridian_stays_in_one_piece(show: Show) -> None:
    ends = np.array(
        [
            [(178.0, -17.0), (179.5, -16.5)],
            [(179.5, -16.5), (-179.0, -16.0)],
            [(-179.0, -16.0), (-177.0, -15.0)],
        ]
    )
    frame = gpd.GeoDataFrame(
        {"speed_kmhr": [1.0, 2.0, 3.0]}, geometry=shapely.linestrings(ends), crs="EPSG:4326"
    )
    page = show(frame)
    lines = np.array(page.run("mapData.groups[0].shapes.map(shape => shape.pieces[0])"))
    np.testing.assert_allclose(np.abs(np.diff(lines[:, :, 1])).ravel(), [1.5, 1.5, 2.0], atol=1e-6)
    np.testing.assert_array_equal(lines[:-1, 1], lines[1:, 0])
    assert page.run("document.querySelector('.leaflet-control-scale-line').textContent") in (
        "50 km",
        "100 km",
    )


@pytest.mark.parametrize(
    ("folder", "file", "features"),
    [
        ("seed_2024-05", "calculate-time-density.example-return.parquet", 6),
        ("ecoscope2026/preprocessing", "relocations-to-trajectory.example-return.parquet", 7186),
        ("oct2024", "get-events.example-return.parquet", 784),
    ],
)
def test_published_results_are_drawn_whole(
    folder: str, file: str, features: int, reference_data: Path, show: Show
) -> None:
    page = show(gpd.read_parquet(reference_data / folder / file))
    assert page.run("document.body.dataset.drawn") == str(features)
    assert page.run("document.querySelectorAll('#legend li').length") == 6
    assert page.pixels("")[0] > 5_000
    assert page.complaints() == []
