"""Pages opened from the disk in a real browser that has no network: what a reader sees and can do."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from ecoscope_workflows.tasks.results import draw_ecomap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Every colour of the canvas that features are drawn on; "" stands for any.
PIXELS = """(color => {
  const canvas = document.querySelector(".leaflet-overlay-pane canvas");
  const box = canvas.getBoundingClientRect();
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const wanted = color && [1, 3, 5].map(i => parseInt(color.slice(i, i + 2), 16));
  let [count, x, y] = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] && (!wanted || wanted.every((part, k) => data[i + k] === part))) {
      count++;
      x += i / 4 % canvas.width;
      y += Math.floor(i / 4 / canvas.width);
    }
  }
  return [count, box.x + x / count * box.width / canvas.width, box.y + y / count * box.height / canvas.height];
})"""
KEYS = {"ArrowRight": 39, "Enter": 13}
OPTIONS: dict[str, Any] = {
    "static": False,
    "height": 0,
    "width": 0,
    "search_control": True,
    "title": "Where they were",
    "title_kws": {},
    "tile_layers": [],
    "north_arrow_kws": {},
    "add_gdf_kws": {},
}
# The network is off in two ways: a proxy that nobody answers at, and no fetching behind the user's back.
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--proxy-server=127.0.0.1:9", "--remote-debugging-pipe"),
)


class Browser:
    """A headless Chromium with one open page, driven through its debugging pipe."""

    def __init__(self, program: str, profile: Path) -> None:
        child_reads, self._write = os.pipe()
        self._read, child_writes = os.pipe()
        # Chromium takes commands on descriptor 3 and answers on 4.
        shell = f'exec "$0" "$@" 3<&{child_reads} 4>&{child_writes}'
        command = ["bash", "-c", shell, program, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(
            command,
            pass_fds=(child_reads, child_writes),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(child_reads)
        os.close(child_writes)
        self._buffer = b""
        self._count = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        self._count += 1
        message = {"id": self._count, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            chunk = os.read(self._read, 1 << 20)
            assert chunk, "the browser ended"
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer

    def open(self, path: Path, width: int = 1200, height: int = 800) -> None:
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 500,
        )
        self.events.clear()
        self.send("Page.navigate", url=path.as_uri())
        self.wait("document.body?.dataset.ready === 'true'")

    def run(self, script: str) -> Any:
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        for _ in range(200):
            if self.run(condition):
                return
            time.sleep(0.05)
        pytest.fail(f"never true in the page: {condition}; {self.complaints()}")

    def point_at(self, x: float, y: float) -> None:
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def press(self, key: str) -> None:
        self.send("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=KEYS[key])
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=KEYS[key])

    def complaints(self) -> list[str]:
        """Return what the page wrote to the console, what it threw, and what the browser holds against it."""
        seen = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [json.dumps(event["params"]) for event in self.events if event.get("method") in seen]

    def requests(self) -> list[str]:
        sent = [event for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in sent]

    def pixels(self, color: str) -> tuple[int, float, float]:
        """Return how many pixels of the drawn features have a colour, and where their middle is."""
        answer = self.run(PIXELS + f"('{color}')")
        return int(answer[0]), answer[1], answer[2]

    def close(self) -> None:
        os.close(self._write)
        os.close(self._read)
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have chromium: maps are checked in a real browser")
        pytest.skip("no chromium here: install it to see maps checked in a real browser")
    opened = Browser(program, tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Callable[..., Browser]:
    """Draw a frame, open the page from the disk, and return the browser that shows it."""

    def open_page(frame: gpd.GeoDataFrame, window: tuple[int, int] = (1200, 800), **options: Any) -> Browser:
        path = tmp_path / "map.html"
        path.write_text(draw_ecomap(geodataframe=frame, **{**OPTIONS, **options}), encoding="utf-8")
        browser.open(path, *window)
        return browser

    return open_page


@pytest.fixture
def density() -> gpd.GeoDataFrame:
    """Return three percentile areas, one inside the other, the smallest first."""
    areas = [shapely.box(1_300_000 - r, 60_000 - r, 1_300_000 + r, 60_000 + r) for r in (500, 1000, 2000)]
    values = {"percentile": [50.0, 80.0, 95.0], "area_sqkm": [1.0, 4.0, 16.0]}
    return gpd.GeoDataFrame(values, geometry=areas, crs="ESRI:102022")


@pytest.fixture
def track() -> gpd.GeoDataFrame:
    """Return 300 segments of two subjects, north and south of the equator."""
    steps = np.random.default_rng(7).normal(0, 0.004, (302, 2)).cumsum(axis=0) + (37.5, 0.5)
    ends = np.stack([steps[:-2], steps[1:-1]], axis=1)
    ends[150:, :, 1] -= 1.0
    values = {"groupby_col": ["Habiba"] * 150 + ["Salif"] * 150, "speed_kmhr": np.linspace(0.1, 9.9, 300)}
    return gpd.GeoDataFrame(values, geometry=shapely.linestrings(ends), crs="EPSG:4326")


def test_areas_cover_the_map_in_the_colours_of_their_legend(
    density: gpd.GeoDataFrame, show: Callable[..., Browser]
) -> None:
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


def test_page_asks_the_network_for_nothing_and_never_complains(
    track: gpd.GeoDataFrame, show: Callable[..., Browser]
) -> None:
    page = show(track)
    assert len(page.requests()) == 1
    assert page.requests()[0].startswith("file:")
    assert page.complaints() == []
    assert page.run("document.body.dataset.drawn") == "300"
    assert page.pixels("")[0] > 5_000


def test_page_decodes_the_coordinates_and_values_it_was_given(
    track: gpd.GeoDataFrame, show: Callable[..., Browser]
) -> None:
    page = show(track)
    drawn = page.run("mapData.groups[0].shapes.map(shape => shape.pieces[0])")
    given = shapely.get_coordinates(track.geometry).reshape(-1, 2, 2)[:, :, ::-1]
    np.testing.assert_allclose(np.array(drawn), given, atol=5.1e-7)
    columns = page.run("mapData.columns.map(c => [c.label, c.read(0), c.read(299)])")
    assert columns == [["Subject", "Habiba", "Salif"], ["Speed (km/h)", "0.1", "9.9"]]


def test_tiles_that_cannot_be_had_are_reported_once_and_break_nothing(
    track: gpd.GeoDataFrame, show: Callable[..., Browser]
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
    size: dict[str, int], track: gpd.GeoDataFrame, show: Callable[..., Browser]
) -> None:
    page = show(track, (360, 740), **size)
    assert page.run("document.documentElement.scrollWidth") == 360
    parts = "['map', 'legend', 'search', 'heading'].map(id => document.getElementById(id).getBoundingClientRect())"
    assert page.run(f"Math.max(...{parts}.map(box => box.right))") <= 360
    assert page.run("document.getElementById('map').clientHeight") >= 280
    entries = page.run(
        "[...document.querySelectorAll('#legend li')].map(li => li.getBoundingClientRect().top)"
    )
    assert len(entries) == 6
    assert min(entries) >= page.run("document.getElementById('map').getBoundingClientRect().bottom")


def test_map_has_the_size_it_was_given(track: gpd.GeoDataFrame, show: Callable[..., Browser]) -> None:
    page = show(track, width=800, height=500)
    assert page.run(
        "(b => [b.width, b.height])(document.getElementById('ecomap').getBoundingClientRect())"
    ) == [800, 500]


def test_values_appear_beside_the_feature_under_the_pointer(
    density: gpd.GeoDataFrame, show: Callable[..., Browser]
) -> None:
    page = show(density)
    core = page.run("document.querySelector('.swatch rect').getAttribute('fill')")
    page.point_at(5, 400)
    page.point_at(*page.pixels(core)[1:])
    page.wait("document.querySelector('.leaflet-tooltip') !== null")
    text = page.run("document.querySelector('.leaflet-tooltip').innerText.split(/\\s*\\n\\s*/)")
    assert text == ["Percentile (%)", "50", "Area (km²)", "1"]


def test_search_finds_features_by_text_and_moves_the_map_to_them(
    track: gpd.GeoDataFrame, show: Callable[..., Browser]
) -> None:
    page = show(track)
    scale = "document.querySelector('.leaflet-control-scale-line').textContent"
    before = page.run(scale)
    page.run("document.getElementById('search-text').focus()")
    page.send("Input.insertText", text="salif")
    assert page.run("[...document.querySelectorAll('#search-values option')].map(o => o.value)") == ["Salif"]
    page.press("Enter")
    page.wait("document.getElementById('search-result').textContent === '150 found'")
    page.wait(f"{scale} !== '{before}'")


def test_legend_entry_singles_its_class_out_by_keyboard(
    track: gpd.GeoDataFrame, show: Callable[..., Browser]
) -> None:
    page = show(track)
    drawn, *_ = page.pixels("")
    page.run("document.querySelectorAll('.key')[5].click()")
    fastest = page.run("document.querySelectorAll('.swatch rect')[5].getAttribute('fill')")
    page.wait(f"{PIXELS}('{fastest}')[0] > 50")
    assert page.run("document.querySelectorAll('.key')[5].getAttribute('aria-pressed')") == "true"
    slowest = page.run("document.querySelectorAll('.swatch rect')[0].getAttribute('fill')")
    page.wait(f"{PIXELS}('{slowest}')[0] === 0")
    assert drawn > 0


@pytest.mark.parametrize("static", [False, True])
def test_arrow_keys_move_a_map_unless_it_is_static(
    static: bool, track: gpd.GeoDataFrame, show: Callable[..., Browser]
) -> None:
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


def test_hostile_texts_stay_texts(track: gpd.GeoDataFrame, show: Callable[..., Browser]) -> None:
    attack = '</script><img src=x onerror="document.body.dataset.owned=1"><b>&amp;\u2028\''
    hostile = track.assign(groupby_col=attack)
    page = show(hostile, title=attack, add_gdf_kws={"column": "groupby_col", "legend_title": attack})
    assert page.run("document.querySelector('h1').textContent") == attack.replace("\u2028", "\u2028")
    assert page.run("document.querySelector('.key .label').textContent") == attack
    page.point_at(5, 400)
    fill = page.run("document.querySelector('.swatch rect').getAttribute('fill')")
    page.point_at(*nearest_line(page, fill))
    page.wait("document.querySelector('.leaflet-tooltip dd')?.textContent.startsWith('</script>')")
    assert page.run("document.querySelectorAll('img, b').length") == 0
    assert page.run("document.body.dataset.owned") is None
    assert page.complaints() == []


def nearest_line(page: Browser, color: str) -> tuple[float, float]:
    """Return a place in the window where something of this colour is drawn."""
    first = PIXELS.replace("count++;", "if (count++) return [1, box.x + x, box.y + y];")
    x, y = page.run(f"{first}('{color}')")[1:]
    return x, y


def test_frame_without_rows_says_so(density: gpd.GeoDataFrame, show: Callable[..., Browser]) -> None:
    page = show(density.iloc[:0])
    assert page.run("document.getElementById('empty').innerText") == "No data to show"
    assert page.run("document.body.dataset.drawn") == "0"
    assert page.complaints() == []


def test_track_over_the_antimeridian_stays_in_one_piece(show: Callable[..., Browser]) -> None:
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
    folder: str, file: str, features: int, reference_data: Path, show: Callable[..., Browser]
) -> None:
    page = show(gpd.read_parquet(reference_data / folder / file))
    assert page.run("document.body.dataset.drawn") == str(features)
    assert page.run("document.querySelectorAll('#legend li').length") == 6
    assert page.pixels("")[0] > 5_000
    assert page.complaints() == []
