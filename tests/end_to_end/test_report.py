"""`snakemake --report`: what a workflow draws, with captions, in one file that opens without a network."""

from __future__ import annotations

import base64
import html
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser import Browser
    from tests.end_to_end.conftest import Project

# Snakemake's page complains of the way that it has its own style sheet.
STYLE_SHEET = "cdn.tailwindcss.com should not be used in production"
HOSTILE = '</script><script>window.PWNED = 1</script> {{ 7 * 7 }} {x} *b* `c`_ .. raw:: html "q" \\'
PAGES = '''


@distributed
def page(text: str, number: int | None = None) -> Annotated[str, FileSuffix(".html")]:
    """Draw a page: </script> {{ text }} *b*."""
    return f"<!doctype html><title>page</title><p id='number'>{number}</p><p>{len(text)}</p>"
'''


def results_of(report: Path) -> dict[str, Any]:
    """Return what a report says of each result, by its path."""
    line = re.search(r"^ *var results = (\{.*\});$", report.read_text(encoding="utf-8"), re.MULTILINE)
    assert line is not None
    found: dict[str, Any] = json.loads(line[1])
    return found


def content(result: dict[str, Any]) -> bytes:
    """Return the file that is embedded in a report."""
    return base64.b64decode(result["data_uri"].partition("base64,")[2])


def words(caption: str) -> list[str]:
    """Return the lines of a caption."""
    text = html.unescape(re.sub(r"<[^>]*>", "", caption))
    return [line for line in text.splitlines() if line]


def reported(project: Project, name: str = "report.html") -> Path:
    run = project.call("snakemake", "--report", name, folder=project.work)
    assert run.code == 0, run.output
    return project.work / name


@pytest.fixture(scope="module")
def elephants(new_project: Callable[[], Project], examples: Path) -> Path:
    """Return the report of the example with maps, charts and a dashboard; no map has a background."""
    project = new_project()
    project.compiled(spec=examples / "elephant_dashboard" / "spec.yaml")
    params = project.work / "config" / "params.yaml"
    params.write_text(f"{params.read_text()}\nbase_maps: {{base_maps: []}}\n")
    project.finish()
    return reported(project)


def test_maps_charts_and_dashboards_are_in_it_with_captions(elephants: Path) -> None:
    results = results_of(elephants)
    animals = ("0000-animal_Jabali", "0001-animal_Tamu", "0002-animal_Upepo")
    drawn = ("track_maps", "density_maps", "displacement_charts")
    pages = {f"results/{name}/{animal}.html" for name in drawn for animal in animals}
    assert results.keys() == {*pages, "results/dashboard.html"}
    for path, result in results.items():
        assert content(result) == (elephants.parent / path).read_bytes()
    track = results["results/track_maps/0001-animal_Tamu.html"]
    assert track["labels"] == {"result": "Draw a map of each track", "item": "0001-animal_Tamu"}
    assert words(track["caption"])[:6] == [
        "Draw a map of each track",
        "Draw layers as an interactive map in one HTML page that opens without a network.",
        "Task: ecoscope_workflows.tasks.results.draw_ecomap",
        "Set in the spec:",
        "tile_layers: the result of base_maps",
        'legend_style: {"title": "Speed", "placement": "bottom-right"}',
    ]
    assert words(results["results/dashboard.html"]["caption"])[0] == "Gather the dashboard"


def test_it_opens_in_a_browser_without_a_network(elephants: Path, browser: Browser) -> None:
    open_report(browser, elephants)
    said = browser.run("document.querySelector('#app').innerText")
    assert "Tracks, home ranges and distances of each animal on one page" in said
    assert "Maps, charts and tables" in said
    path = "results/track_maps/0000-animal_Jabali.html"
    look_at(browser, path)
    browser.wait("document.body.innerText.includes('Draw a map of each track')")
    browser.wait("document.querySelector('iframe')?.getBoundingClientRect().height > 400")
    assert not [complaint for complaint in browser.complaints() if STYLE_SHEET not in complaint]
    assert {address.partition(":")[0] for address in browser.requests()} == {"file", "data"}


def open_report(browser: Browser, report: Path) -> None:
    browser.events.clear()
    browser.send("Page.navigate", url=report.as_uri())
    browser.wait("document.querySelector('#app')?.innerText.length > 20")


def look_at(browser: Browser, path: str) -> None:
    """Open a result and its caption, as the buttons of the report do."""
    name = json.dumps(path)
    browser.run(f"app.showResultInfo({name})")
    browser.run(f"app.setView({{content: 'html', contentPath: results[{name}].data_uri}})")


@pytest.fixture(scope="module")
def hostile(new_project: Callable[[], Project]) -> Project:
    """Return a project all of whose texts are markup of one kind or other, which has run."""
    project = new_project()
    source = project.site / "fieldkit" / "tasks.py"
    imports = "from ecoscope_workflows.annotations import FileSuffix, InputFile"
    text = source.read_text().replace("from ecoscope_workflows.annotations import InputFile", imports)
    source.write_text(text + PAGES)
    counted = {"id": "herd", "task": "herds", "partial": {"counts": {"north": 3, "south": 5}}}
    sizes = {"argnames": "frame", "argvalues": "${{ workflow.herd.return }}"}
    numbers = {"argnames": "number", "argvalues": "${{ workflow.counted.return }}"}
    pages = [
        {"id": "one", "name": HOSTILE, "task": "page", "partial": {"text": HOSTILE}},
        {"id": "each", "name": HOSTILE, "task": "page", "mapvalues": numbers},
    ]
    group = {"type": "task-group", "title": HOSTILE, "description": HOSTILE, "tasks": pages}
    counted_too = {"id": "counted", "task": "size", "mapvalues": sizes}
    metadata = {"name": HOSTILE, "description": HOSTILE, "license": HOSTILE, "maintainers": []}
    spec = {"id": "project", "requirements": [], "metadata": metadata}
    project.write_spec_of({**spec, "workflow": [counted, counted_too, group]})
    project.compiled("--collections", "file")
    project.write_params({"each": {"text": HOSTILE}})
    project.finish()
    return project


def test_no_text_is_code_or_markup(hostile: Project, browser: Browser) -> None:
    report = reported(hostile)
    results = results_of(report)
    assert results.keys() == {"results/one.html", "results/each.zip"}
    one = results["results/one.html"]
    assert words(one["caption"]) == [
        HOSTILE,
        "Draw a page: </script> {{ text }} *b*.",
        "Task: fieldkit.tasks.page",
        "Set in the spec:",
        f"text: {json.dumps(HOSTILE)}",
        "Taken from the params:",
        "number (whole number or null)",
    ]
    assert set(re.findall(r"<(\w+)", one["caption"])) == {"p", "ul", "li"}
    assert one["labels"]["result"].startswith("[/script][script]window.PWNED = 1")
    assert "\\u003c/script>" in one["job_properties"]["params"]
    open_report(browser, report)
    look_at(browser, "results/one.html")
    browser.wait("document.body.innerText.includes('Draw a page: </script> {{ text }} *b*.')")
    assert browser.run("window.PWNED === undefined")
    assert not [complaint for complaint in browser.complaints() if STYLE_SHEET not in complaint]


def test_a_collection_in_a_file_and_the_report_as_a_zip(hostile: Project) -> None:
    with zipfile.ZipFile(reported(hostile, "report.zip")) as report:
        (name,) = [name for name in report.namelist() if name.endswith("/each.zip")]
        assert report.read(name) == (hostile.results / "each.zip").read_bytes()
        assert "report/report.html" in report.namelist()
