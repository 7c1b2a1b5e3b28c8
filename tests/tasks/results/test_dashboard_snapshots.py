"""Dashboards gathered from widgets made by hand: equal to the published ones, view by view."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pydantic import TypeAdapter

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.contracts.file_codecs import plain_json
from ecoscope_workflows.tasks.config import set_workflow_details
from ecoscope_workflows.tasks.groupers import AllGrouper, CompositeFilter, UserDefinedGroupers
from ecoscope_workflows.tasks.results import gather_dashboard, merge_widget_views
from ecoscope_workflows.tasks.results._dashboard import Dashboard
from ecoscope_workflows.tasks.results._widget_types import WidgetSingleView
from ecoscope_workflows.tasks.time_ranges import TimeRange

if TYPE_CHECKING:
    from pathlib import Path

WORKFLOWS = ("subject-tracking", "events", "patrols")
CASES = ("all-grouper", "month-grouper", "value-grouper", "spatial-grouper")
SKIPPED = SkipSentinel("split_groups", "any_is_empty_df", "df")


def snapshot(folder: Path, kind: str) -> dict[str, Any]:
    path = folder / f"test_dashboard_json[{kind}].json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["result"]
    return found


def gathered(folder: Path, result: dict[str, Any]) -> Dashboard:
    """Return the dashboard of a snapshot's case, from its params and the widgets that the snapshot names."""
    cases = yaml.safe_load((folder.parent / "test-cases.yaml").read_text(encoding="utf-8"))
    params = cases[folder.name]["params"]
    listed = TypeAdapter(UserDefinedGroupers).validate_python(params["groupers"]["groupers"])
    names = [grouper.index_name for grouper in listed] or ["All"]
    singles: dict[int, list[WidgetSingleView]] = {}
    # The published file is sorted; a run meets the groups in an order of its own.
    for key, widgets in reversed(result["views"].items()):
        values = json.loads(key)
        view: CompositeFilter | None = tuple((name, "=", values[name]) for name in names if values) or None
        for widget in widgets:
            fields = {name: widget[name] for name in ("widget_type", "title", "is_filtered", "data")}
            singles.setdefault(widget["id"], []).append(WidgetSingleView(**fields, view=view))
    return gather_dashboard(
        details=set_workflow_details(**params["workflow_details"]),
        widgets=[[*merge_widget_views(one)] for one in singles.values()],
        groupers=listed or AllGrouper(),
        time_range=TimeRange(**params["time_range"]),
        warning=result["metadata"].get("⚠️ Warning"),
    )


@pytest.mark.parametrize("kind", ["data", "nodata"])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_dashboard_is_the_published_one(reference_data: Path, workflow: str, case: str, kind: str) -> None:
    folder = reference_data / "snapshots" / workflow / case
    expected = snapshot(folder, kind)
    found = plain_json(gathered(folder, expected), Dashboard)
    assert found == expected
    # Equality of dictionaries says nothing of their order, which decides what a form shows first.
    assert list(found["views"]) == sorted(expected["views"])
    ids = [[widget["id"] for widget in view] for view in found["views"].values()]
    assert all(numbers == list(range(len(numbers))) for numbers in ids)


def test_a_published_dashboard_is_read_back_as_it_was(reference_data: Path) -> None:
    folder = reference_data / "snapshots" / "subject-tracking" / "value-grouper"
    expected = snapshot(folder, "data")
    assert plain_json(Dashboard.model_validate(expected), Dashboard) == expected
