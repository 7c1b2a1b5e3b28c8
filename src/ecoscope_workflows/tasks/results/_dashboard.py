"""Widgets with their views in, a dashboard out: its filters, what each view shows, what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import BesideSpec
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.config._workflow_details import WorkflowDetails
from ecoscope_workflows.tasks.groupers import (
    AllGrouper,
    SpatialGrouper,
    TemporalGrouper,
    ValueGrouper,
    as_list,
    view_key,
)
from ecoscope_workflows.tasks.results._dashboard_contents import (
    WARNING_KEY,
    DashboardContents,
    DashboardFile,
    DashboardWidget,
    LayoutItem,
    ViewWithFiles,
)
from ecoscope_workflows.tasks.results._dashboard_filters import filters_of
from ecoscope_workflows.tasks.results._widget_types import (
    Files,
    FilesListSingleView,
    GroupedFiles,
    GroupedWidget,
    Widget,
    WidgetSingleView,
    WidgetView,
    grouped,
)
from ecoscope_workflows.tasks.time_ranges import TimeRange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecoscope_workflows.tasks.groupers import CompositeFilter

    FilesByView = list[tuple[CompositeFilter | None, list[str]]]

NOT_IN_VIEW = "There is none for this group."


class Dashboard(DashboardContents):
    """A dashboard, and the page that people open."""

    def page(self) -> str:
        """Return the dashboard as one HTML page, with the maps, charts and tables that its widgets name."""
        from ecoscope_workflows.tasks.results._dashboard_page import render

        return render(self)


@distributed
def gather_dashboard(
    details: Annotated[WorkflowDetails, Field(description="Workflow details")],
    widgets: Annotated[
        list[list[Widget] | Widget] | Widget, Field(description="The widgets to display.", exclude=True)
    ],
    groupers: Annotated[
        AllGrouper | list[ValueGrouper | TemporalGrouper | SpatialGrouper] | SkipJsonSchema[None],
        Field(
            description="Groupers that are used to group the widgets. "
            "If all widgets are ungrouped, this field defaults to `None`.",
            exclude=True,
        ),
    ] = None,
    time_range: Annotated[TimeRange | SkipJsonSchema[None], Field(description="Time range filter")] = None,
    warning: Annotated[str | SkipJsonSchema[None], Field(exclude=True)] = None,
    files: Annotated[
        list[list[Files] | Files] | Files | SkipJsonSchema[None],
        Field(description="Files that belong to the views.", exclude=True),
    ] = None,
    layout: Annotated[
        list[LayoutItem] | SkipJsonSchema[None],
        Field(description="Where the widgets stand on the page.", exclude=True),
        BesideSpec("layout.json"),
    ] = None,
) -> Dashboard:
    """Gather widgets into a dashboard: one view for each group that any of them shows.

    A widget without groups is the same in every view.
    One that lacks a group shows there that it has no data.

    Parameters
    ----------
    details
        Title and description of the dashboard.
    widgets
        The widgets in order, alone or in lists.
    groupers
        What the groups are groups by; each becomes a filter with the groups that occur.
        Months and days of the week are offered in their order, all others sorted.
    time_range
        The period that the data are from.
    warning
        Something that readers should know of the data.
    files
        Files that belong to the views; with them, each view is ``{"dashboard": …, "files": …}``.
    layout
        Where the widgets stand on the page; without it, statistics stand above maps and charts.

    Raises
    ------
    ValueError
        When widgets show groups that are no groups of `groupers`.
    """
    shown = _grouped(widgets)
    keys = sorted({view.view for widget in shown for view in widget.views if view.view is not None})
    chosen = as_list(groupers)
    if keys and not chosen:
        first = next(widget.title for widget in shown if widget.is_grouped)
        raise ValueError(f"the widget {first!r} shows groups: bind `groupers` to what they are groups by")
    listed = None if files is None else _files_of(files)
    shown_keys: list[CompositeFilter | None] = [*keys] if keys else [None]
    return Dashboard(
        filters=filters_of(chosen, keys) if chosen else None,
        views={view_key(key or ()): _view(shown, key, listed) for key in shown_keys},
        metadata=_metadata(details, time_range, warning),
        page_layout=layout,
    )


def _flat(nested: Any) -> Iterable[Any]:
    for item in nested if isinstance(nested, list) else [nested]:
        yield from item if isinstance(item, list) else [item]


def _grouped(widgets: Any) -> list[GroupedWidget]:
    return [
        grouped([widget])[0] if isinstance(widget, WidgetSingleView) else widget for widget in _flat(widgets)
    ]


def _widget(number: int, widget: GroupedWidget, key: CompositeFilter | None) -> DashboardWidget:
    wanted = key if widget.is_grouped else None
    missing = WidgetView(reason=NOT_IN_VIEW)
    view = next((view for view in widget.views if view.view == wanted), missing)
    return DashboardWidget(
        id=number,
        widget_type=widget.widget_type,
        title=widget.title,
        is_filtered=widget.is_filtered,
        data=view.data,
        reason=view.reason,
    )


def _files_of(files: Any) -> FilesByView:
    found: FilesByView = []
    for one in _flat(files):
        if isinstance(one, FilesListSingleView):
            found.append((one.view, one.files))
        elif isinstance(one, GroupedFiles):
            found.extend(one.views)
    return found


def _view(
    widgets: list[GroupedWidget], key: CompositeFilter | None, files: FilesByView | None
) -> list[DashboardWidget] | ViewWithFiles:
    shown = [_widget(number, widget, key) for number, widget in enumerate(widgets)]
    if files is None:
        return shown
    paths = [path for view, listed in files if view in (key, None) for path in listed]
    return ViewWithFiles(dashboard=shown, files=[DashboardFile(path=path) for path in paths])


def _metadata(details: WorkflowDetails, time_range: TimeRange | None, warning: str | None) -> dict[str, str]:
    metadata = {"title": details.name, "description": details.description}
    if time_range is not None:
        since, until = (
            time.strftime(time_range.time_format) for time in (time_range.since, time_range.until)
        )
        metadata["time_range"] = f"From {since} to {until}"
        metadata["time_zone"] = time_range.timezone.label
    if warning:
        metadata[WARNING_KEY] = warning
    return {name: text for name, text in metadata.items() if text or name in {"title", "description"}}
