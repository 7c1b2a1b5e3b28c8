"""The page as text: the published interface, its size and speed, and texts that try to break out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pydantic
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ecoscope_workflows.tasks.readme import draw_ecomap

if TYPE_CHECKING:
    from pathlib import Path

ASSETS = files("ecoscope_workflows.tasks.results")
TILES = "https://tiles.example.org/{z}/{x}/{y}.png"
FRAME = gpd.GeoDataFrame(
    {"name": ["a", "b"]}, geometry=[shapely.Point(37, 1), shapely.Point(38, 2)], crs=4326
)
OPTIONS: dict[str, Any] = {
    "static": False,
    "height": 600,
    "width": 800,
    "search_control": True,
    "title": "Great Map",
    "title_kws": {},
    "tile_layers": [],
    "north_arrow_kws": {},
    "add_gdf_kws": {"column": "name"},
}


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

    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(tag, tuple(attributes)) for tag, attributes in self.elements]


def draw(frame: gpd.GeoDataFrame = FRAME, **options: Any) -> str:
    return draw_ecomap(geodataframe=frame, **{**OPTIONS, **options})


def data_of(page: str) -> Any:
    (block,) = re.findall(r'<script type="application/json" id="map-data">(.*?)</script>', page, re.DOTALL)
    return json.loads(block)


def track_of(rows: int) -> gpd.GeoDataFrame:
    """Return the segments of one long walk."""
    steps = np.random.default_rng(1).normal(0, 0.003, (rows + 1, 2)).cumsum(axis=0)
    lengths = np.hypot(*np.diff(steps, axis=0).T) * 111.3
    values = {
        "groupby_col": ["a"] * rows,
        "segment_start": np.datetime64("2024-01-01", "s") + np.arange(rows) * np.timedelta64(3600, "s"),
        "speed_kmhr": lengths,
        "dist_meters": lengths * 1000,
    }
    lines = shapely.linestrings(np.stack([steps[:-1], steps[1:]], axis=1))
    return gpd.GeoDataFrame(values, geometry=lines, crs=4326)


def test_form_of_the_parameters_is_the_published_one(reference_data: Path) -> None:
    params = json.loads((reference_data / "specs/seed_2024-05/time_density_params.json").read_text())
    published = params["draw_ecomap"]
    task: Any = draw_ecomap
    schema = pydantic.TypeAdapter(task).json_schema()
    ours = {name: form for name, form in schema["properties"].items() if name != "geodataframe"}
    assert ours == published["properties"]
    assert schema["required"] == ["geodataframe", *published["required"]]


def test_importing_the_task_imports_nothing_heavy() -> None:
    heavy = "{'pandas', 'numpy', 'geopandas', 'shapely', 'pyproj', 'pyarrow', 'jinja2', 'matplotlib'}"
    code = f"import sys, ecoscope_workflows.tasks.results; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_leaflet_is_the_one_its_readme_names() -> None:
    readme = ASSETS.joinpath("leaflet/README.md").read_text(encoding="utf-8")
    named = dict(re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|", readme))
    assert sorted(named) == ["LICENSE", "leaflet.css", "leaflet.js"]
    for name, digest in named.items():
        assert hashlib.sha256(ASSETS.joinpath("leaflet", name).read_bytes()).hexdigest() == digest
    assert "Volodymyr Agafonkin" in draw()


def test_page_refers_to_nothing_outside_itself() -> None:
    page = draw(tile_layers=[{"name": "SATELLITE"}])
    for tag, attributes in Elements(page).elements:
        assert not {"src", "href", "srcset", "action", "data", "style"} & set(attributes), tag
    assert "url(" not in "".join(Elements(page).texts["style"])
    assert "@import" not in page
    assert "sourceMappingURL" not in page
    scripts = Elements(page).texts["script"]
    allowed = {*data_of(page)["settings"]["tiles"][0].values(), "http://www.w3.org/2000/svg"}
    assert set(re.findall(r"https?://[^\"'\s)]+", scripts[0])) <= allowed


def test_policy_names_exactly_the_scripts_and_styles_of_the_page() -> None:
    page = draw(tile_layers=[{"url": "https://{s}.example.org/{z}/{x}/{y}.png"}, {"name": "OpenStreetMap"}])
    elements = Elements(page)
    (policy,) = [a["content"] for tag, a in elements.elements if tag == "meta" and "http-equiv" in a]
    rules = dict(rule.split(" ", 1) for rule in str(policy).split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["img-src"] == "data: https://*.example.org https://tile.openstreetmap.org"
    for rule, element in (("script-src", "script"), ("style-src", "style")):
        texts = re.findall(f"<{element}>(.*?)</{element}>", page, re.DOTALL)
        assert rules[rule].split() == [_source(text) for text in texts]
    assert "img-src data:;" in draw()


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_same_input_gives_the_same_page_and_leaves_the_frame_alone() -> None:
    frame = FRAME.to_crs(3857)
    before = frame.copy()
    assert draw(frame) == draw(frame)
    assert before.equals(frame)
    assert before.crs == frame.crs


FRAGMENTS = (
    *("</script>", "<script>", "<!--", "-->", "]]>", "</title>", "</style>", "<img src=x onerror=alert(1)>"),
    *('"', "'", "&lt;", "&#60;", "\\u003c", "{{ 7*7 }}", "{% raw %}", "\u2028", "\u2029", "\x00", "\\", "a"),
)
HOSTILE = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(FRAGMENTS), max_size=6).map("".join))
# A data frame holds no half surrogates, so they can only come in by options.
HOSTILE_VALUES = HOSTILE.filter(lambda text: not re.search("[\ud800-\udfff]", text))


@pytest.fixture(scope="module")
def harmless() -> Elements:
    return Elements(draw(tile_layers=[{"url": TILES}]))


@settings(max_examples=80, deadline=None)
@given(title=HOSTILE, name=HOSTILE_VALUES, column=HOSTILE_VALUES, credit=HOSTILE)
def test_hostile_texts_never_become_markup(
    harmless: Elements, title: str, name: str, column: str, credit: str
) -> None:
    column += "_"
    kws = {"column": column, "legend_title": title, "tooltip": [column]}
    frame = FRAME[["geometry"]].assign(**{column: [name, "b" + name]})
    tiles = [{"url": TILES, "attribution": credit}]
    page = draw(frame, title="t" + title, add_gdf_kws=kws, tile_layers=tiles)
    page.encode("utf-8")
    found = Elements(page)
    assert found.shape() == harmless.shape()
    wanted = re.sub("[\x00-\x1f\x7f\ud800-\udfff]", " ", "t" + title).strip()
    assert found.texts["title"] == [wanted]
    assert found.texts["h1"] == [wanted]
    assert data_of(page)["columns"][0]["words"] == list(dict.fromkeys([name, "b" + name]))


def test_note_counts_what_is_not_drawn() -> None:
    frame = FRAME.assign(geometry=[None, shapely.Point(1, 95)])
    page = draw(frame)
    assert "Not drawn: 1 row without a geometry." in page
    assert "Not drawn: 1 row outside the range of longitude and latitude." in page
    assert "No data to show" in page
    assert "Not drawn" not in draw()


def test_static_map_has_no_search_and_its_legend_does_nothing() -> None:
    elements = Elements(draw(static=True)).elements
    assert [tag for tag, _ in elements if tag == "form"] == []
    keys = [attributes for tag, attributes in elements if tag == "button"]
    assert len(keys) == 2
    assert all("disabled" in attributes for attributes in keys)


def test_there_is_no_search_box_without_text_to_search() -> None:
    assert '<form id="search"' in draw()
    assert '<form id="search"' not in draw(search_control=False)
    assert '<form id="search"' not in draw(FRAME.assign(name=[1, 2]))


def test_page_is_accessible_as_text() -> None:
    elements = Elements(draw())
    assert dict(elements.elements)["html"] == {"lang": "en"}
    assert elements.texts["title"] == elements.texts["h1"] == ["Great Map"]
    assert len(elements.texts["li"]) == 2
    label = next(a["aria-label"] for tag, a in elements.elements if a.get("id") == "map")
    assert str(label).startswith("Map of 2 points, coloured by Name")
    assert "h1" not in Elements(draw(title=" ")).texts


def test_columns_without_proper_names_do_no_harm() -> None:
    odd = FRAME.assign(x=1.0)
    odd.columns = [0, "geometry", 0]
    assert data_of(draw(odd, add_gdf_kws={}))["tooltip"] == ["0"]


@pytest.mark.parametrize("size", [{"width": -1}, {"height": 10_001}])
def test_size_out_of_range_is_refused(size: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="expected 0 to 10000 pixels"):
        draw(**size)


def test_21k_segments_make_less_than_a_megabyte() -> None:
    frame = track_of(21_000)
    page = draw(frame, add_gdf_kws={})
    assert len(page.encode()) < 1_000_000
    assert Elements(page).texts["li"] != []


def test_example_of_a_page_is_small_and_says_what_it_is() -> None:
    path = files("ecoscope_workflows.tasks.readme").joinpath("draw-ecomap.example-return.html")
    example = path.read_text(encoding="utf-8")
    assert len(example) < 20_000
    assert "example data" in example
    assert Elements(example).texts["title"] == ["Example of a map"]
