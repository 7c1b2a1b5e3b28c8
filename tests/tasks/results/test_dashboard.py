"""`gather_dashboard`: views, filters and metadata of cases that no published dashboard shows."""

from __future__ import annotations

from typing import Any

import pytest

from ecoscope_workflows.contracts.file_codecs import plain_json
from ecoscope_workflows.tasks.config import set_workflow_details
from ecoscope_workflows.tasks.groupers import AllGrouper, CompositeFilter, TemporalGrouper, ValueGrouper
from ecoscope_workflows.tasks.results import (
    create_files_single_view,
    create_single_value_widget_single_view,
    create_text_widget_single_view,
    gather_dashboard,
    merge_file_views,
    merge_widget_views,
)
from ecoscope_workflows.tasks.results._dashboard import Dashboard
from ecoscope_workflows.tasks.results._dashboard_contents import LayoutItem
from ecoscope_workflows.tasks.results._dashboard_filters import filters_of
from ecoscope_workflows.tasks.time_ranges import TimeRange

DETAILS = set_workflow_details(name="Tracks", description="Where they were")
AO: CompositeFilter = (("subject_name", "=", "Ao"),)
BO: CompositeFilter = (("subject_name", "=", "Bo"),)
BY_NAME: list[Any] = [ValueGrouper(index_name="subject_name")]


def speeds(*views: CompositeFilter) -> list[Any]:
    return merge_widget_views(
        [create_single_value_widget_single_view("Speed", len(view[0][2]) + 0.25, view) for view in views]
    )


def test_a_widget_without_groups_repeats_in_every_view() -> None:
    text = create_text_widget_single_view("About", "All subjects")
    found = gather_dashboard(DETAILS, [speeds(BO, AO), text], BY_NAME)
    views = {key: [(w.title, w.data, w.is_filtered) for w in view] for key, view in found.views.items()}  # type: ignore[union-attr]
    assert views == {
        '{"subject_name": "Ao"}': [("Speed", "2.2", True), ("About", "All subjects", False)],
        '{"subject_name": "Bo"}': [("Speed", "2.2", True), ("About", "All subjects", False)],
    }


def test_a_group_that_a_widget_lacks_has_no_data_and_says_so() -> None:
    counts = [create_single_value_widget_single_view("Fixes", 3, AO)]
    found = gather_dashboard(DETAILS, [speeds(AO, BO), [*merge_widget_views(counts)]], BY_NAME)
    lacking = found.views['{"subject_name": "Bo"}'][1]  # type: ignore[index]
    assert (lacking.data, lacking.reason) == (None, "There is none for this group.")
    assert "reason" not in plain_json(found, Dashboard)["views"]['{"subject_name": "Bo"}'][1]


@pytest.mark.parametrize("nested", [True, False])
def test_widgets_may_stand_alone_or_in_lists(nested: bool) -> None:
    one, other = speeds(AO)[0], create_text_widget_single_view("About", "x")
    found = gather_dashboard(DETAILS, [[one, other]] if nested else [one, other], BY_NAME)
    assert [w.title for w in found.views['{"subject_name": "Ao"}']] == ["Speed", "About"]  # type: ignore[union-attr]
    alone = gather_dashboard(DETAILS, other, AllGrouper())
    assert list(alone.views) == ["{}"]


def test_without_groupers_there_are_no_filters() -> None:
    found = gather_dashboard(DETAILS, [create_text_widget_single_view("About", "x")])
    assert plain_json(found, Dashboard) == {
        "filters": None,
        "views": {
            "{}": [{"id": 0, "widget_type": "text", "title": "About", "is_filtered": False, "data": "x"}]
        },
        "metadata": {"title": "Tracks", "description": "Where they were"},
        "layout": [],
    }


def test_groups_of_something_else_are_refused() -> None:
    with pytest.raises(ValueError, match="'Speed' shows groups: bind `groupers`"):
        gather_dashboard(DETAILS, speeds(AO))
    with pytest.raises(ValueError, match=r"grouped by 'subject_name', which is none of the groupers: All"):
        gather_dashboard(DETAILS, speeds(AO), AllGrouper())


def test_only_groups_that_occur_become_views() -> None:
    months = ("January", "December")
    views: list[CompositeFilter] = [
        (*AO, ("TemporalGrouper_%B", "=", months[0])),
        (*BO, ("TemporalGrouper_%B", "=", months[1])),
    ]
    found = gather_dashboard(DETAILS, speeds(*views), [*BY_NAME, TemporalGrouper(temporal_index="%B")])
    assert list(found.views) == [
        '{"TemporalGrouper_%B": "January", "subject_name": "Ao"}',
        '{"TemporalGrouper_%B": "December", "subject_name": "Bo"}',
    ]
    assert found.filters is not None
    assert list(found.filters["schema"]["properties"]) == ["subject_name", "TemporalGrouper_%B"]


def choices(grouper: Any, values: set[str]) -> list[str]:
    """Return the choices of the filter that a grouper becomes."""
    keys: list[CompositeFilter] = [((grouper.index_name, "=", value),) for value in sorted(values)]
    found = filters_of([grouper], keys)["schema"]["properties"][grouper.index_name]["oneOf"]
    return [choice["const"] for choice in found]


@pytest.mark.parametrize(
    ("grouper", "expected"),
    [
        (TemporalGrouper(temporal_index="%B"), ["January", "April", "December", "Avril", "none"]),
        (TemporalGrouper(temporal_index="%H"), ["April", "Avril", "December", "January", "none"]),
        (ValueGrouper(index_name="x"), ["April", "Avril", "December", "January", "none"]),
    ],
)
def test_months_are_sorted_by_the_calendar(grouper: Any, expected: list[str]) -> None:
    assert choices(grouper, {"April", "January", "none", "December", "Avril"}) == expected


def test_days_of_the_week_begin_on_monday() -> None:
    days = {"Sunday", "Friday", "Monday", "Saturday"}
    found = choices(TemporalGrouper(temporal_index="%A"), days)
    assert found == ["Monday", "Friday", "Saturday", "Sunday"]


def test_files_stand_beside_the_widgets_of_their_view() -> None:
    files = merge_file_views(
        [
            create_files_single_view("ao.csv", AO),
            create_files_single_view(["ao.gpkg"], AO),
            create_files_single_view("all.csv"),
        ]
    )
    found = plain_json(gather_dashboard(DETAILS, speeds(AO, BO), BY_NAME, files=files), Dashboard)
    assert {key: view["files"] for key, view in found["views"].items()} == {
        '{"subject_name": "Ao"}': [{"path": "ao.csv"}, {"path": "ao.gpkg"}, {"path": "all.csv"}],
        '{"subject_name": "Bo"}': [{"path": "all.csv"}],
    }
    assert found["views"]['{"subject_name": "Bo"}']["dashboard"][0]["data"] == "2.2"


def test_metadata_names_the_period_in_its_own_format() -> None:
    period = TimeRange(
        since="2017-01-01T00:00:00",
        until="2017-03-31T23:59:59",
        time_format="%Y-%m-%d",
        timezone={"label": "Nairobi", "tzCode": "Africa/Nairobi", "name": "Nairobi", "utc": "+03:00"},
    )
    found = gather_dashboard(DETAILS, [], AllGrouper(), period, "mixed subtypes")
    assert found.metadata == {
        "title": "Tracks",
        "description": "Where they were",
        "time_range": "From 2017-01-01 to 2017-03-31",
        "time_zone": "Nairobi",
        "⚠️ Warning": "mixed subtypes",
    }
    assert found.views == {"{}": []}


def test_the_layout_of_the_page_is_no_part_of_the_json() -> None:
    layout = [LayoutItem(widget_id=0, x=0, y=0, w=3, h=3)]
    found = gather_dashboard(DETAILS, speeds(AO), BY_NAME, layout=layout)
    assert found.page_layout == layout
    assert set(plain_json(found, Dashboard)) == {"filters", "views", "metadata", "layout"}
