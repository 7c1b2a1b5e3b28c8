"""Widgets for one view, and merged: their kinds, their texts, and why they hold no data."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks import results
from ecoscope_workflows.tasks.quantities import Quantity
from ecoscope_workflows.tasks.results._widget_types import GroupedWidget, WidgetSingleView

if TYPE_CHECKING:
    from ecoscope_workflows.tasks.groupers import CompositeFilter

AO: CompositeFilter = (("subject_name", "=", "Ao"),)
BO: CompositeFilter = (("subject_name", "=", "Bo"),)
KINDS = {
    "create_map_widget_single_view": "map",
    "create_map_v2_widget_single_view": "map_v2",
    "create_plot_widget_single_view": "graph",
    "create_text_widget_single_view": "text",
    "create_single_value_widget_single_view": "stat",
    "create_table_widget_single_view": "table",
}


def call(name: str, **arguments: Any) -> WidgetSingleView:
    """Call a task as a workflow does: each argument through the validator of its type."""
    task = task_info(getattr(results, name), "ecoscope_workflows.tasks.results", name)
    read = {key: task.parameters[key].adapter.validate_python(value) for key, value in arguments.items()}
    found: WidgetSingleView = task.function(**read)
    return found


@pytest.mark.parametrize(("task", "kind"), KINDS.items())
def test_a_skipped_result_leaves_a_widget_without_data_that_says_why(task: str, kind: str) -> None:
    cause = SkipSentinel("subject_obs", "any_is_empty_df", "df")
    skipped = SkipSentinel("map_urls", "any_dependency_skipped", "text", cause)
    widget = call(task, title="Where", data=skipped, view=None)
    assert (widget.widget_type, widget.data, widget.is_filtered) == (kind, None, False)
    assert widget.reason == "subject_obs was skipped: any_is_empty_df on 'df'"
    assert call(task, title="Where", data=None).reason == ""
    assert getattr(results, task)(title="Where", data=skipped) == widget


@pytest.mark.parametrize("task", KINDS)
def test_widgets_are_cheap_and_their_view_is_hidden(task: str) -> None:
    function = getattr(results, task)
    metadata = task_metadata(function)
    assert metadata is not None
    assert metadata.cheap
    assert task_info(function, "m", task).parameters["view"].hidden


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (Quantity(value=1.94, unit="km/h"), 1, "1.9 km/h"),
        ({"value": 2242.46, "unit": "km"}, 1, "2242.5 km"),
        (Quantity(value=3.0), 2, "3.00"),
        (1.05, 1, "1.1"),
        (1.0, 1, "1.0"),
        (0.25, 0, "0"),
        (7186, 1, "7186"),
        (math.nan, 1, "nan"),
        (math.inf, 1, "inf"),
        (-0.04, 1, "-0.0"),
    ],
)
def test_numbers_are_written_as_published(value: Any, decimals: int, text: str) -> None:
    widget = call("create_single_value_widget_single_view", title="n", data=value, decimal_places=decimals)
    assert widget.data == text


def test_a_path_is_kept_as_text() -> None:
    assert call("create_map_widget_single_view", title="m", data=Path("a/b.html"), view=AO).data == "a/b.html"
    assert call("create_map_widget_single_view", title="m", data="a/b.html", view=AO).view == AO


def test_views_of_a_title_and_kind_become_one_widget_and_the_last_of_a_view_counts() -> None:
    singles = [
        call("create_text_widget_single_view", title="Note", data="first", view=AO),
        call("create_map_widget_single_view", title="Note", data="m.html", view=AO),
        call("create_text_widget_single_view", title="Note", data="b", view=BO),
        call("create_text_widget_single_view", title="Note", data="second", view=AO),
    ]
    merged = results.merge_widget_views(singles)
    assert [(widget.widget_type, widget.is_filtered) for widget in merged] == [("text", True), ("map", True)]
    assert [(view.view, view.data) for view in merged[0].views] == [(AO, "second"), (BO, "b")]
    assert results.merge_widget_views([]) == []


def test_merged_widgets_survive_their_file() -> None:
    skipped = call("create_text_widget_single_view", title="Note", data=SkipSentinel("a", "b", "c"))
    merged = results.merge_widget_views([skipped])
    adapter = TypeAdapter(list[GroupedWidget])
    assert adapter.validate_json(adapter.dump_json(merged)) == merged
    assert merged[0].views[0].reason == "a was skipped: b on 'c'"


def test_files_of_a_skipped_result_are_none() -> None:
    skipped = SkipSentinel("a", "b", "c")
    one = results.create_files_single_view(files=skipped)  # type: ignore[arg-type]
    assert one.files == []
    assert results.merge_file_views([one]).views == [(None, [])]
