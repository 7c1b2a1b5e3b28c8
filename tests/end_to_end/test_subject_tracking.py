"""The published subject-tracking workflow under Snakemake: what runs, what runs again, and what it shows."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser import Browser
    from tests.end_to_end.conftest import Project

    CopyOf = Callable[[Project], Project]

CASE = "value-grouper"
SOURCE = "subject_obs"
# These write a file besides their result, which no earlier run can restore.
WRITERS = {
    "ecomap_html_urls",
    "ecomap_nightday_html_urls",
    "nsd_chart_html_url",
    "td_ecomap_html_url",
}
OF_THE_SPEED_MAP = {
    "sort_traj_speed",
    "colormap_traj_speed",
    "rename_speed_display_columns",
    "traj_map_layers",
    "traj_ecomap",
    "ecomap_html_urls",
}
STATS = {
    "eco_1": ["1.9 km/h", "10.0 km/h", "3587", "1.1", "1118.1 km", "597.8 h"],
    "eco_2": ["1.9 km/h", "10.0 km/h", "3599", "1.0", "1124.4 km", "599.8 h"],
}
ARTICLES = """Object.fromEntries([...document.querySelectorAll('article')].map(
  article => ['h2', '.body'].map(part => article.querySelector(part).innerText)))"""


def mocks_in(folder: Path) -> tuple[str, ...]:
    return ("--testing", "--mock-io", "--mock-data", str(folder / "ecoscope2026" / "io"))


@pytest.fixture(scope="module")
def ran(new_project: Callable[[], Project], reference_data: Path) -> Project:
    """Return a project in which the workflow has run, grouped by subject."""
    project = new_project()
    published = reference_data / "snapshots" / "subject-tracking"
    shutil.copyfile(published / "spec.yaml", project.folder / "spec.yaml")
    project.compiled(*mocks_in(reference_data))
    cases = yaml.safe_load((published / "test-cases.yaml").read_text(encoding="utf-8"))
    project.write_params(cases[CASE]["params"])
    run = project.finish()
    assert set(run.plan.values()) == {1}
    assert set(run.plan) == run.made == set(jobs(project))
    return project


@pytest.fixture
def again(ran: Project, copy_of: CopyOf) -> Project:
    """Return a copy of the project in which the workflow has run."""
    return copy_of(ran)


def statuses(project: Project) -> dict[str, dict[str, Any]]:
    run = project.call("ecoscope-workflows", "status", "work", "--format", "json")
    assert run.code == 0, run.output
    return {row["instance"]: row for row in json.loads(run.output)}


def jobs(project: Project) -> dict[str, dict[str, Any]]:
    """Return what became of each instance that has a job of its own."""
    return {name: row for name, row in statuses(project).items() if row["state"] != "inside"}


def instances(project: Project) -> dict[str, dict[str, Any]]:
    """Return the task instances of the spec by id, read without the package."""
    spec = yaml.safe_load((project.folder / "spec.yaml").read_text(encoding="utf-8"))
    groups = [entry["tasks"] if entry.get("type") == "task-group" else [entry] for entry in spec["workflow"]]
    return {entry["id"]: entry for group in groups for entry in group}


def after(project: Project, *changed: str) -> set[str]:
    """Return the instances with a job of their own that are changed, or need a result of those."""
    reached = set(changed)
    # The published order is one that the instances can run in.
    for name, entry in instances(project).items():
        text = json.dumps(entry)
        if any(f"workflow.{one}.return" in text for one in reached):
            reached.add(name)
    return reached & set(jobs(project))


def change_params(project: Project, instance: str, **values: Any) -> None:
    path = project.work / "config" / "params.yaml"
    params = yaml.safe_load(path.read_text(encoding="utf-8"))
    project.write_params({**params, instance: {**params[instance], **values}})


def views(project: Project) -> dict[str, list[dict[str, Any]]]:
    """Return the widgets of the dashboard by the subject that they show."""
    found = project.value("subject_tracking_dashboard")["views"]
    return {json.loads(key)["subject_name"]: widgets for key, widgets in found.items()}


def stats(project: Project) -> dict[str, list[str]]:
    return {
        subject: [widget["data"] for widget in widgets if widget["widget_type"] == "stat"]
        for subject, widgets in views(project).items()
    }


def items(project: Project, instance: str) -> list[str]:
    """Return the hashes of the items of a collection."""
    index = json.loads((project.results / instance / "index.json").read_text(encoding="utf-8"))
    return [item["sha256"] for item in index["items"]]


def test_the_numbers_are_the_published_ones(ran: Project) -> None:
    assert stats(ran) == STATS


def test_the_status_says_what_became_of_each_instance(ran: Project) -> None:
    found = statuses(ran)
    assert set(found) == set(instances(ran))
    done = jobs(ran)
    assert {row["state"] for row in done.values()} == {"done"}
    assert all(row["seconds"] > 0 and row["finished"] > 0 for row in done.values())
    assert (found[SOURCE]["rows"], found["subject_traj"]["rows"]) == (8928, 7186)
    assert (found["split_subject_traj_groups"]["items"], found["split_subject_traj_groups"]["rows"]) == (
        2,
        7186,
    )
    assert found["set_traj_map_title"]["detail"] == "traj_ecomap, traj_map_widgets_single_views"
    table = ran.call("ecoscope-workflows", "status", "work").output
    assert f"{len(found) - len(done)} inside, {len(done)} done" in table
    assert "8,928" in table


def test_nothing_changed_nothing_runs(again: Project) -> None:
    assert again.finish().plan == {}


def test_another_classification_of_speed_runs_it_and_what_follows(
    again: Project, reference_data: Path
) -> None:
    spec = (again.folder / "spec.yaml").read_text(encoding="utf-8")
    assert spec.count("        k: 6\n") == 1
    again.write_spec(spec.replace("        k: 6\n", "        k: 5\n"))
    expected = after(again, "classify_traj_speed")
    assert expected > OF_THE_SPEED_MAP
    assert expected.isdisjoint({"subject_traj", "map_subject_sex", "resolved_groupers"})
    before = {name: stamp for name, stamp in again.stamps().items() if name not in expected}
    again.compiled(*mocks_in(reference_data))
    run = again.finish()
    assert set(run.plan) == run.made == expected
    assert {name: stamp for name, stamp in again.stamps().items() if name not in expected} == before
    assert stats(again) == STATS
    assert again.finish().plan == {}


def test_another_base_map_draws_the_maps_again(again: Project) -> None:
    change_params(again, "base_map_defs", base_maps=[])
    run = again.finish()
    maps = {"traj_ecomap", "traj_nightday_ecomap", "td_ecomap"}
    written = {"ecomap_html_urls", "ecomap_nightday_html_urls", "td_ecomap_html_url"}
    assert set(run.plan) == run.made == maps | written | {"subject_tracking_dashboard"}
    assert run.made == after(again, "base_map_defs")
    # All groups are drawn anew; there is nothing of theirs to restore.
    assert {jobs(again)[name]["restored"] for name in maps} == {0}


def test_another_filter_of_segments_would_run_the_trajectory_and_what_follows(again: Project) -> None:
    bounds = {"min_length_meters": 0.001, "max_length_meters": 9000.0, "min_time_secs": 1.0}
    bounds |= {"max_time_secs": 21600.0, "min_speed_kmhr": 0.01, "max_speed_kmhr": 10.0}
    change_params(again, "subject_traj", trajectory_segment_filter=bounds)
    assert set(again.snakemake("--dry-run").plan) == after(again, "subject_traj")


def test_other_fixes_of_one_subject_compute_its_group_alone(again: Project) -> None:
    path = again.work / "resources" / "mocks" / f"{SOURCE}.parquet"
    fixes = gpd.read_parquet(path)
    # In the middle of a track, and too little to be its fastest or slowest part: the classes stay.
    number = fixes.index[fixes["extra__subject__name"] == "eco_1"][1000]
    moved = shapely.transform(fixes.geometry[number], lambda places: places + 0.0005)
    fixes.loc[number, "geometry"] = moved
    fixes.to_parquet(path)
    others = {name: items(again, name)[1] for name, row in jobs(again).items() if row["items"]}

    run = again.finish()

    assert set(run.plan) == run.made == after(again, SOURCE)
    rows = jobs(again)
    groups = {name for name in run.made if rows[name]["items"]} - {"split_subject_traj_groups"}
    assert {name for name in groups if rows[name]["restored"] == 1} == groups - WRITERS
    assert {name for name in groups if rows[name]["restored"] == 0} == WRITERS
    assert again.log("td").endswith("td: 1 of 2 items computed, 1 restored\n")
    assert "; 1 restored" not in (table := again.call("ecoscope-workflows", "status", "work").output)
    assert table.count(" 1 restored\n") == len(groups - WRITERS)
    assert {name: items(again, name)[1] for name in others} == others
    found = stats(again)
    assert found["eco_1"] != STATS["eco_1"]
    assert found["eco_2"] == STATS["eco_2"]


def test_a_script_makes_the_same_files(ran: Project, reference_data: Path) -> None:
    script = ran.compile_script(*mocks_in(reference_data))
    folder = ran.folder / "as_script"
    folder.mkdir()
    run = ran.call(sys.executable, script, "--config", ran.work / "config" / "params.yaml", folder=folder)
    assert run.code == 0, run.output
    by_script, by_snakemake = (contents(path / "results") for path in (folder, ran.work))
    assert by_script.keys() == by_snakemake.keys()
    assert [name for name in by_script if by_script[name] != by_snakemake[name]] == []


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".snakemake_timestamp"
    }


def test_the_page_shows_every_widget_and_a_choice_changes_the_numbers(
    ran: Project, browser: Browser, tmp_path: Path
) -> None:
    # Alone in a folder: the page needs none of the files that it was made of.
    page = tmp_path / "dashboard.html"
    shutil.copyfile(ran.results / "subject_tracking_dashboard.html", page)
    browser.open(page, 1200, 900)
    for subject, numbers in STATS.items():
        browser.run(
            f"(s => {{ s.value = '{subject}'; s.dispatchEvent(new Event('change')); }})"
            "(document.querySelector('select[data-name=subject_name]'))"
        )
        browser.wait("!document.querySelector('[aria-busy]')")
        shown = browser.run(ARTICLES)
        widgets = views(ran)[subject]
        assert set(shown) == {widget["title"] for widget in widgets}
        titles = [widget["title"] for widget in widgets if widget["widget_type"] == "stat"]
        assert [shown[title] for title in titles] == numbers
        sizes = browser.run("[...document.querySelectorAll('article')].map(a => a.clientHeight)")
        assert len(sizes) == len(widgets)
        assert min(sizes) > 20
        framed = browser.run("[...document.querySelectorAll('iframe')].map(f => f.title)")
        assert set(framed) == {widget["title"] for widget in widgets if widget["widget_type"] != "stat"}
    assert browser.complaints() == []
    assert {url.partition(":")[0] for url in browser.requests()} <= {"file", "data", "about", "blob"}
