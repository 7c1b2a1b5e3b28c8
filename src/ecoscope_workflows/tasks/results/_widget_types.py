"""What passes from widget tasks to a dashboard: widgets for one view, and widgets with all their views."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecoscope_workflows.tasks.groupers import CompositeFilter

WidgetType = Literal["graph", "map", "text", "stat", "table", "map_v2"]
# The path of a page, a text, a number as text, or a deck.gl description; None where there is nothing to show.
WidgetData = str | dict[str, Any] | None

View = Annotated[
    CompositeFilter | None, Field(description="If grouped, the view of the widget", exclude=True)
]


class NoData(BaseModel):
    """What stands for the data of a widget whose data was skipped.

    Parameters
    ----------
    reason
        Why, in words.
    """

    model_config = ConfigDict(extra="forbid")

    reason: str = ""


class WidgetSingleView(BaseModel):
    """A widget as one view shows it.

    Parameters
    ----------
    view
        The group that it shows; None where the widget is the same in every view.
    reason
        Why there is no data, where there is none.
    """

    model_config = ConfigDict(extra="forbid")

    widget_type: WidgetType
    title: str
    is_filtered: bool
    data: WidgetData = None
    view: CompositeFilter | None = None
    reason: str = ""


class WidgetView(BaseModel):
    """The data of a widget in one view, or why it has none."""

    model_config = ConfigDict(extra="forbid")

    view: CompositeFilter | None = None
    data: WidgetData = None
    reason: str = ""


class GroupedWidget(BaseModel):
    """A widget with its views, each group once."""

    model_config = ConfigDict(extra="forbid")

    widget_type: WidgetType
    title: str
    is_filtered: bool
    views: list[WidgetView]

    @property
    def is_grouped(self) -> bool:
        """Return whether the widget shows groups, rather than the same in every view."""
        return any(view.view is not None for view in self.views)


class FilesListSingleView(BaseModel):
    """Files that belong to one view."""

    model_config = ConfigDict(extra="forbid")

    files: list[str]
    view: CompositeFilter | None = None


class GroupedFiles(BaseModel):
    """Files by view, each group once; those of None belong to every view."""

    model_config = ConfigDict(extra="forbid")

    views: list[tuple[CompositeFilter | None, list[str]]]


Widget = GroupedWidget | WidgetSingleView
Files = GroupedFiles | FilesListSingleView


def grouped(widgets: list[WidgetSingleView]) -> list[GroupedWidget]:
    """Return widgets of the same kind and title as one, in the order of their first views.

    Where two have the same view, the later one counts.
    """
    first: dict[tuple[str, str], WidgetSingleView] = {}
    views: dict[tuple[str, str], dict[CompositeFilter | None, WidgetView]] = {}
    for widget in widgets:
        key = (widget.widget_type, widget.title)
        first.setdefault(key, widget)
        shown = WidgetView(view=widget.view, data=widget.data, reason=widget.reason)
        views.setdefault(key, {})[widget.view] = shown
    return [
        GroupedWidget(
            widget_type=widget.widget_type,
            title=widget.title,
            is_filtered=widget.is_filtered,
            views=list(views[key].values()),
        )
        for key, widget in first.items()
    ]
