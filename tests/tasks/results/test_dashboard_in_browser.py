"""Dashboards opened from the disk in a real browser that has no network: what a reader sees and can do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.tasks import results
from ecoscope_workflows.tasks.config import set_workflow_details
from ecoscope_workflows.tasks.groupers import CompositeFilter, ValueGrouper
from ecoscope_workflows.tasks.quantities import Quantity
from ecoscope_workflows.tasks.results._chart_styles import EcoplotConfig
from ecoscope_workflows.tasks.results._dashboard_codec import DashboardCodec
from ecoscope_workflows.tasks.results._table_config import TableConfig
from ecoscope_workflows.tasks.time_ranges import TimeRange

if TYPE_CHECKING:
    from pathlib import Path

VIEWS: dict[str, tuple[str, float]] = {"Habiba": ("female", 1.25), "Salif": ("male", 2.5)}
TEXTS = """Object.fromEntries([...document.querySelectorAll('article')].map(
  article => ['h2', '.body'].map(part => article.querySelector(part).innerText)))"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page of a dashboard with every kind of widget, and remove the pages that it is made of."""
    sources = tmp_path_factory.mktemp("sources")
    widgets = [widget for name in VIEWS for widget in _widgets(name, sources)]
    skipped: Any = SkipSentinel("etd", "any_is_empty_df", "df")
    note = "One line.\nAnother, <b>as it is</b>."
    dashboard = results.gather_dashboard(
        set_workflow_details(name="Two elephants", description="Where they went."),
        [
            *results.merge_widget_views(widgets),
            results.create_text_widget_single_view("About", note),
            results.create_map_widget_single_view("Home range", skipped),
        ],
        [ValueGrouper(index_name="subject_name"), ValueGrouper(index_name="subject_sex")],
        TimeRange(since="2017-01-01T00:00:00", until="2017-03-31T23:59:59"),
        "Mixed subtypes",
    )
    path = tmp_path_factory.mktemp("page") / "dashboard.html"
    DashboardCodec().write_companion(dashboard, ".html", path)
    for source in sources.iterdir():
        source.unlink()
    return path


def _widgets(name: str, sources: Path) -> list[Any]:
    sex, speed = VIEWS[name]
    view: CompositeFilter = (("subject_name", "=", name), ("subject_sex", "=", sex))
    turns = np.linspace(0, 6, 151)
    places = np.stack([37 + turns * speed / 100, np.sin(turns * speed) / 20], axis=1)
    lines = shapely.linestrings(np.stack([places[:-1], places[1:]], axis=1))
    times = pd.date_range("2017-01-01", periods=len(lines), freq="h", tz="UTC")
    values = {"Time": times, "speed": np.cos(turns[1:]) + speed, "name": name}
    frame = gpd.GeoDataFrame(values, geometry=lines, crs="EPSG:4326")
    chart = results.draw_ecoplot(frame, "name", [EcoplotConfig(x_col="Time", y_col="speed")])
    pages = {
        "map": results.draw_ecomap(results.create_polyline_layer(frame)),
        "chart": chart,
        "table": results.draw_table(
            pd.DataFrame({"month": ["Jan", "Feb", "Mar"], "fixes": [9, 100, 20]}),
            table_config=TableConfig(enable_filtering=True, enable_download=True),
        ),
    }
    paths = {kind: sources / f"{kind}-{name}.html" for kind in pages}
    for kind, text in pages.items():
        paths[kind].write_text(text, encoding="utf-8")
    return [
        results.create_single_value_widget_single_view(
            "Mean speed", Quantity(value=speed, unit="km/h"), view
        ),
        results.create_single_value_widget_single_view("Fixes", len(frame), view),
        results.create_single_value_widget_single_view("Ratio", float("nan"), view),
        results.create_map_widget_single_view("Tracks", paths["map"], view),
        results.create_plot_widget_single_view("Speeds", paths["chart"], view),
        results.create_table_widget_single_view("Months", paths["table"], view),
        results.create_map_widget_single_view("Density", sources / "gone.html", view),
    ]


class Opened:
    """A dashboard in the browser, and its frames, which are pages of their own."""

    def __init__(self, browser: Any, path: Path, width: int = 1200) -> None:
        self.browser = browser
        self.path = path
        # Frames that are kept from the page run in a process of their own, and are told of one by one.
        browser.send("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=False, flatten=True)
        browser.open(path, width, 900)
        self.run = browser.run
        self.wait_for_frames()

    def wait_for_frames(self) -> None:
        self.browser.wait("!document.querySelector('[aria-busy]')")

    def choose(self, name: str, value: str) -> None:
        self.run(
            f"(s => {{ s.value = '{value}'; s.dispatchEvent(new Event('change')); }})"
            f"(document.querySelector('select[data-name={name}]'))"
        )
        self.wait_for_frames()

    def frames(self, script: str) -> list[Any]:
        """Return what a script says in each frame that there is now, once that is something."""
        events = self.browser.events
        gone = {
            event["params"]["sessionId"]
            for event in events
            if event.get("method") == "Target.detachedFromTarget"
        }
        attached = [
            event["params"]["sessionId"]
            for event in events
            if event.get("method") == "Target.attachedToTarget"
        ]
        main = self.browser._session
        try:
            return [self._in_frame(session, script) for session in attached if session not in gone]
        finally:
            self.browser._session = main

    def _in_frame(self, session: str, script: str) -> Any:
        self.browser._session = session
        self.browser.send("Runtime.enable")
        self.browser.send("Log.enable")
        for _ in range(200):
            found = self.run(f"document.body?.dataset.ready === 'true' && ({script})")
            if found:
                return found
            time.sleep(0.05)
        return pytest.fail(f"never true in a frame: {script}; {self.browser.complaints()}")


def test_every_widget_shows_its_data_or_says_why_it_has_none(browser: Any, written: Path) -> None:
    page = Opened(browser, written)
    found = page.run(TEXTS)
    assert {title: found[title] for title in ("Mean speed", "Fixes", "Ratio", "About")} == {
        "Mean speed": "1.2 km/h",
        "Fixes": "150",
        "Ratio": "No data\n\nIt cannot be computed from these data.",
        "About": "One line.\nAnother, <b>as it is</b>.",
    }
    assert found["Home range"] == "No data\n\netd was skipped: any_is_empty_df on 'df'"
    assert found["Density"] == "No data\n\nThe file gone.html is missing."
    framed = page.run("[...document.querySelectorAll('iframe')].map(f => [f.title, f.sandbox.value])")
    assert framed == [[title, "allow-scripts allow-downloads"] for title in ("Tracks", "Speeds", "Months")]
    boxes = page.run("[...document.querySelectorAll('.body')].map(b => [b.clientWidth, b.clientHeight])")
    assert min(width for width, _ in boxes) > 100
    assert min(height for _, height in boxes) > 20
    shown = (
        "(document.body.dataset.drawn && 'map') || document.querySelector('.scatterlayer path') && 'chart'"
    )
    shown += " || document.querySelectorAll('tbody tr').length === 3 && 'table'"
    assert sorted(page.frames(shown)) == ["chart", "map", "table"]


def test_the_page_asks_the_network_for_nothing_and_never_complains(browser: Any, written: Path) -> None:
    page = Opened(browser, written)
    page.choose("subject_name", "Salif")
    page.frames("true")
    assert [url for url in browser.requests() if not url.startswith(("file:", "about:", "data:"))] == []
    assert len([url for url in browser.requests() if url.startswith("file:")]) == 1
    assert browser.complaints() == []
    said = "[...document.querySelectorAll('h1, header p:not(#shown), .warning')].map(p => p.innerText)"
    period = "From 01 Jan 2017 00:00:00 to 31 Mar 2017 23:59:59 · UTC"
    assert page.run(said) == ["Two elephants", "Where they went.", period, "Please note Mixed subtypes"]


def test_a_filter_changes_the_numbers_and_the_other_filters_follow(browser: Any, written: Path) -> None:
    page = Opened(browser, written)
    assert page.run("document.body.dataset.view") == '{"subject_name":"Habiba","subject_sex":"female"}'
    page.choose("subject_sex", "male")
    assert page.run(TEXTS)["Mean speed"] == "2.5 km/h"
    assert page.run("document.querySelector('[data-name=subject_name]').value") == "Salif"
    assert page.run("document.getElementById('status').innerText") == "Also changed: Subject Name to Salif"
    # One frame for each widget: that of the view before is gone, and a page that did not change is kept.
    assert page.run("document.querySelectorAll('iframe').length") == 3
    labels = page.frames("document.getElementById('chart')?.getAttribute('aria-label') || 'other'")
    assert sorted(labels) == ["other", "other", "speed by Time of Salif"]


def test_an_address_opens_the_view_it_names(browser: Any, written: Path) -> None:
    page = Opened(browser, written)
    page.choose("subject_name", "Salif")
    address = page.run("location.href")
    browser.events.clear()
    browser.send("Page.navigate", url="about:blank")
    browser.send("Page.navigate", url=address)
    browser.wait("document.body?.dataset.ready === 'true'")
    assert page.run(TEXTS)["Mean speed"] == "2.5 km/h"
    page.run("location.hash = '#%E0%A4%A'")
    assert page.run(TEXTS)["Mean speed"] == "2.5 km/h"
    assert browser.complaints() == []


def test_a_phone_needs_no_sideways_scrolling(browser: Any, written: Path) -> None:
    page = Opened(browser, written, 320)
    for width in (320, 390, 420):
        screen = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": True}
        browser.send("Emulation.setDeviceMetricsOverride", **screen)
        assert page.run("document.documentElement.scrollWidth") == width
        ends = "[...document.querySelectorAll('article')].map(a => a.getBoundingClientRect().right)"
        assert max(page.run(ends)) <= width
        heights = page.run("[...document.querySelectorAll('iframe')].map(f => f.clientHeight)")
        assert min(heights) > 150


def test_everything_can_be_reached_and_changed_by_keyboard(browser: Any, written: Path) -> None:
    page = Opened(browser, written)
    reached = []
    for _ in range(3):
        browser.send("Input.dispatchKeyEvent", type="rawKeyDown", key="Tab", windowsVirtualKeyCode=9)
        browser.send("Input.dispatchKeyEvent", type="keyUp", key="Tab", windowsVirtualKeyCode=9)
        focused = "(e => e.dataset.name || e.getAttribute('aria-label') || e.tagName)(document.activeElement)"
        reached.append(page.run(focused))
    assert reached == ["subject_name", "subject_sex", "Tracks: fill the screen"]
    page.run("document.querySelector('[data-name=subject_name]').focus()")
    browser.send("Input.dispatchKeyEvent", type="rawKeyDown", key="ArrowDown", windowsVirtualKeyCode=40)
    browser.send("Input.dispatchKeyEvent", type="keyUp", key="ArrowDown", windowsVirtualKeyCode=40)
    browser.wait("document.body.dataset.view.includes('Salif')")
    names = page.run(
        "[...document.querySelectorAll('select')].map(s => s.labels[0].innerText.split('\\n')[0])"
    )
    assert names == ["Subject Name", "Subject Sex"]


def test_paper_names_the_view_and_has_no_buttons(browser: Any, written: Path) -> None:
    page = Opened(browser, written, 718)
    browser.send("Emulation.setEmulatedMedia", media="print")
    try:
        assert page.run("document.getElementById('shown').innerText") == (
            "Subject Name: Habiba · Subject Sex: female"
        )
        displayed = "[...document.querySelectorAll('form, .expand')].map(e => getComputedStyle(e).display)"
        assert set(page.run(displayed)) == {"none"}
        assert page.run("document.documentElement.scrollWidth") == 718
    finally:
        browser.send("Emulation.setEmulatedMedia", media="")


def test_frames_cannot_reach_the_dashboard(browser: Any, tmp_path: Path) -> None:
    nasty = "<script>try { parent.document.body.innerHTML = 'gone'; } catch (e) { document.title = e.name; }"
    nasty += " top.location = 'about:blank';</script>"
    (tmp_path / "nasty.html").write_text(nasty, encoding="utf-8")
    dashboard = results.gather_dashboard(
        set_workflow_details(name="Safe"),
        [results.create_map_widget_single_view("Nasty", tmp_path / "nasty.html")],
    )
    path = tmp_path / "dashboard.html"
    DashboardCodec().write_companion(dashboard, ".html", path)
    page = Opened(browser, path)
    assert page.run("[document.title, location.protocol]") == ["Safe", "file:"]
    assert page.run("document.querySelector('h2').innerText") == "Nasty"


def test_tables_sort_and_search(browser: Any, tmp_path: Path) -> None:
    frame = pd.DataFrame({"name": ["b10", None, "b9"], "n": [10.5, 9.0, None]})
    path = tmp_path / "table.html"
    config = TableConfig(enable_filtering=True)
    path.write_text(results.draw_table(frame, table_config=config), encoding="utf-8")
    browser.open(path)
    rows = (
        "[...document.querySelectorAll('tbody tr:not([hidden])')].map(r => r.innerText.replace('\\t', '|'))"
    )
    press = "(i => document.querySelectorAll('th button')[i].click())"
    browser.run(f"{press}(0)")
    assert browser.run(rows) == ["b9|", "b10|10.5", "|9"]
    browser.run(f"{press}(1)")
    browser.run(f"{press}(1)")
    assert browser.run(rows) == ["b10|10.5", "|9", "b9|"]
    sorts = browser.run("[...document.querySelectorAll('th')].map(h => h.getAttribute('aria-sort'))")
    assert sorts == [None, "descending"]
    browser.run(
        "(s => { s.value = 'B9'; s.dispatchEvent(new Event('input')); })(document.getElementById('search'))"
    )
    assert browser.run(rows) == ["b9|"]
    assert browser.run("document.getElementById('found').innerText") == "1 of 3 rows"
    assert browser.complaints() == []
