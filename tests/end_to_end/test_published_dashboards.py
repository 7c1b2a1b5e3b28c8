"""The published workflows with their published test cases: our dashboards beside the stored ones."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser import Browser

CASES = ("all-grouper", "month-grouper", "value-grouper", "spatial-grouper")
ENDS = {
    "subject-tracking": "subject_tracking_dashboard",
    "events": "events_dashboard",
    "patrols": "patrol_dashboard",
}
# Published patrols name people, and are not to be had; the fixes and the events of those patrols are.
OF_PATROLS = {
    "get-patrol-observations-from-patrols-df-and-combined-params": "get-patrol-observations",
    "get-event-type-display-names-from-events": "get-patrol-events",
}
STATS = {
    "all-grouper": {"True": ["1.9 km/h", "10.0 km/h", "7186", "1.0", "2242.5 km", "1197.7 h"]},
    "month-grouper": {"January": ["1.9 km/h", "10.0 km/h", "7186", "1.0", "2242.5 km", "1197.7 h"]},
    "value-grouper": {
        "eco_1": ["1.9 km/h", "10.0 km/h", "3587", "1.1", "1118.1 km", "597.8 h"],
        "eco_2": ["1.9 km/h", "10.0 km/h", "3599", "1.0", "1124.4 km", "599.8 h"],
    },
    "spatial-grouper": {
        "Central": ["1.8 km/h", "10.0 km/h", "822", "0.8", "238.9 km", "135.9 h"],
        "West": ["1.9 km/h", "10.0 km/h", "6370", "1.0", "2001.3 km", "1060.7 h"],
    },
}
TILES = "https://server.arcgisonline.com/"
LOCAL = {"file:", "data:image", "blob:null"}
PER_MONTH = {
    "January": 98,
    "February": 59,
    "March": 46,
    "April": 63,
    "May": 72,
    "June": 48,
    "July": 73,
    "August": 55,
    "September": 78,
    "October": 65,
    "November": 58,
    "December": 69,
}
PER_TYPE = {
    "fire_rep": 138,
    "bird_sighting_rep": 137,
    "wildlife_sighting_rep": 131,
    "hwc_rep": 130,
    "poacher_camp_rep": 127,
    "injured_animal_rep": 121,
}


@dataclass(frozen=True)
class Suite:
    """A published workflow after its test cases have run."""

    name: str
    folder: Path
    published: Path
    code: int
    output: str

    def work(self, case: str, data: str = "data") -> Path:
        return self.folder / "kept" / f"{case}-{data}"

    def dashboard(self, case: str, data: str = "data") -> dict[str, Any]:
        path = self.work(case, data) / "results" / f"{ENDS[self.name]}.json"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def stored(self, case: str, data: str = "data") -> dict[str, Any]:
        path = self.published / case / f"test_dashboard_json[{data}].json"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["result"]
        return found

    def pages(self, case: str) -> list[Path]:
        """Return the files that the maps and charts of a dashboard name."""
        return [
            self.work(case) / widget["data"]
            for view in self.dashboard(case)["views"].values()
            for widget in view
            if widget["widget_type"] in {"map", "graph"}
        ]

    def rows(self, case: str, instance: str, index_name: str) -> dict[str, int]:
        """Return the number of rows of each group, by a part of its key."""
        folder = self.work(case) / "results" / instance
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        return {
            value: pq.read_metadata(folder / item["file"]).num_rows
            for item in index["items"]
            for name, _, value in item["key"]
            if name == index_name
        }


@pytest.fixture(scope="module", params=list(ENDS))
def ran(
    request: pytest.FixtureRequest, reference_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Suite:
    """Run all test cases of a published workflow, from the published example data."""
    folder = tmp_path_factory.mktemp(request.param)
    published = reference_data / "snapshots" / request.param
    # Copied as they are: the tests must be free to write there.
    shutil.copytree(published, folder / "workflow", copy_function=shutil.copyfile)
    examples = folder / "examples"
    shutil.copytree(reference_data / "ecoscope2026" / "io", examples, copy_function=shutil.copyfile)
    for task, source in OF_PATROLS.items():
        names = (f"{stem}.example-return.parquet" for stem in (source, task))
        shutil.copyfile(*(examples / name for name in names))
    command = ("test", "workflow/spec.yaml", "--mock-io", "--mock-data", "examples", "--keep", "kept")
    done = subprocess.run(
        [Path(sys.executable).with_name("ecoscope-workflows"), *command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
    return Suite(request.param, folder, published, done.returncode, done.stdout)


def test_every_published_case_gives_the_stored_result(ran: Suite) -> None:
    named = [name for case in CASES for name in (case, f"{case} (nodata)")]
    assert [line for line in ran.output.splitlines() if line.startswith(("passed", "FAILED"))] == [
        f"passed  {name}" for name in [*named, "task-instance-error"]
    ], ran.output
    assert ran.code == 0


@pytest.mark.parametrize("data", ["data", "nodata"])
@pytest.mark.parametrize("case", CASES)
def test_filters_and_widgets_are_the_published_ones(ran: Suite, case: str, data: str) -> None:
    found, stored = ran.dashboard(case, data), ran.stored(case, data)
    assert found["filters"] == stored["filters"]
    assert {key: structure(view) for key, view in found["views"].items()} == {
        key: structure(view) for key, view in stored["views"].items()
    }
    assert found["metadata"] == stored["metadata"]


def structure(view: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in widget.items() if key != "data"} for widget in view]


@pytest.mark.parametrize("case", CASES)
def test_maps_and_charts_are_pages(ran: Suite, case: str) -> None:
    assert len(ran.pages(case)) >= 2 * len(ran.dashboard(case)["views"])
    for path in ran.pages(case):
        page = path.read_text(encoding="utf-8")
        assert page[:15].lower() == "<!doctype html>"
        assert page.rstrip().endswith("</html>")


def test_maps_and_charts_open_without_a_complaint(ran: Suite, browser: Browser) -> None:
    for path in ran.pages("all-grouper"):
        browser.open(path)
        drawn = "document.querySelectorAll('canvas, svg path').length"
        assert browser.run(drawn) > 0, path
        # Without a network there is no background; of everything else nothing is missing.
        assert [said for said in browser.complaints() if TILES not in said] == []
        assert {url.partition("/")[0] for url in browser.requests() if TILES not in url} <= LOCAL


@pytest.mark.parametrize("ran", ["subject-tracking"], indirect=True)
@pytest.mark.parametrize("case", CASES)
def test_subjects_have_the_published_numbers(ran: Suite, case: str) -> None:
    views = ran.dashboard(case)["views"]
    assert dict(stats(views)) == STATS[case]


def stats(views: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, list[str]]]:
    """Yield the statistics of each view, under the first part of its key."""
    for key, widgets in views.items():
        value = next(iter(json.loads(key).values()))
        yield value, [widget["data"] for widget in widgets if widget["widget_type"] == "stat"]


@pytest.mark.parametrize("ran", ["events"], indirect=True)
def test_events_are_counted_as_published(ran: Suite) -> None:
    assert ran.rows("all-grouper", "split_event_groups", "All") == {"True": 784}
    assert ran.rows("month-grouper", "split_event_groups", "TemporalGrouper_%B") == PER_MONTH
    assert ran.rows("value-grouper", "split_event_groups", "event_type") == PER_TYPE


@pytest.mark.parametrize("ran", ["patrols"], indirect=True)
def test_patrols_are_counted_as_published(ran: Suite) -> None:
    source = pq.read_table(
        ran.folder / "examples" / "get-patrol-observations.example-return.parquet",
        columns=["patrol_id", "patrol_serial_number"],
    ).to_pandas()
    assert (len(source), source["patrol_id"].nunique()) == (8621, 59)
    total = dict(stats(ran.dashboard("all-grouper")["views"]))["True"][0]
    assert total == "59"
    of_each = dict(stats(ran.dashboard("value-grouper")["views"]))
    counts = source.groupby("patrol_serial_number")["patrol_id"].nunique()
    assert {number: int(found[0]) for number, found in of_each.items()} == {
        str(number): count for number, count in counts.items()
    }
    assert ran.rows("all-grouper", "split_pe_groups", "All") == {"True": 118}
