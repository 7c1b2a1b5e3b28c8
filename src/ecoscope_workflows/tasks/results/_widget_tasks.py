"""Data in, a widget of a dashboard out: for one view, and for all views of one title together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import skipped_dependency_fallback
from ecoscope_workflows.contracts.skipping import is_skipped
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.groupers import CompositeFilter
from ecoscope_workflows.tasks.quantities import Quantity
from ecoscope_workflows.tasks.results._widget_types import (
    FilesListSingleView,
    GroupedFiles,
    GroupedWidget,
    NoData,
    View,
    WidgetSingleView,
    grouped,
)
from ecoscope_workflows.tasks.written import ADVANCED

if TYPE_CHECKING:
    from ecoscope_workflows.tasks.results._widget_types import WidgetType


def _no_data(skipped: Any) -> NoData:
    return NoData(reason=getattr(skipped, "reason", "skipped"))


def _no_files(skipped: Any) -> list[str]:
    del skipped
    return []


Title = Annotated[str, Field(description="The title of the widget")]
Page = Annotated[
    Path | str | SkipJsonSchema[NoData] | None,
    Field(description="Path to precomputed HTML"),
    skipped_dependency_fallback(_no_data),
]
MapSpec = Annotated[
    dict[str, Any] | SkipJsonSchema[NoData] | None,
    Field(description="A deck.gl JSON spec as a dict"),
    skipped_dependency_fallback(_no_data),
]
Text = Annotated[
    str | SkipJsonSchema[NoData] | None,
    Field(description="Text to display."),
    skipped_dependency_fallback(_no_data),
]
Number = Annotated[
    Quantity | float | int | SkipJsonSchema[NoData] | None,
    Field(description="Value to display."),
    skipped_dependency_fallback(_no_data),
]


@distributed(cheap=True)
def create_map_widget_single_view(title: Title, data: Page, view: View = None) -> WidgetSingleView:
    """Create a map widget with a single view.

    Parameters
    ----------
    title
        The title of the widget.
    data
        Where the page with the map is; None, or a skipped result, shows that there is none.
    view
        The group that the map shows, if the data are grouped.
    """
    return _widget("map", title, data, view)


@distributed(cheap=True)
def create_map_v2_widget_single_view(title: Title, data: MapSpec, view: View = None) -> WidgetSingleView:
    """Create a map widget with a single view from a deck.gl description.

    Parameters
    ----------
    title
        The title of the widget.
    data
        The map as deck.gl JSON; None, or a skipped result, shows that there is none.
    view
        The group that the map shows, if the data are grouped.
    """
    return _widget("map_v2", title, data, view)


@distributed(cheap=True)
def create_plot_widget_single_view(title: Title, data: Page, view: View = None) -> WidgetSingleView:
    """Create a plot widget with a single view.

    Parameters
    ----------
    title
        The title of the widget.
    data
        Where the page with the chart is; None, or a skipped result, shows that there is none.
    view
        The group that the chart shows, if the data are grouped.
    """
    return _widget("graph", title, data, view)


@distributed(cheap=True)
def create_table_widget_single_view(title: Title, data: Page, view: View = None) -> WidgetSingleView:
    """Create a table widget with a single view.

    Parameters
    ----------
    title
        The title of the widget.
    data
        Where the page with the table is; None, or a skipped result, shows that there is none.
    view
        The group that the table shows, if the data are grouped.
    """
    return _widget("table", title, data, view)


@distributed(cheap=True)
def create_text_widget_single_view(title: Title, data: Text, view: View = None) -> WidgetSingleView:
    """Create a text widget with a single view.

    Parameters
    ----------
    title
        The title of the widget.
    data
        The text; None, or a skipped result, shows that there is none.
    view
        The group that the text is about, if the data are grouped.
    """
    return _widget("text", title, data, view)


@distributed(cheap=True)
def create_single_value_widget_single_view(
    title: Title,
    data: Number,
    view: View = None,
    decimal_places: Annotated[
        int,
        Field(
            description="The number of decimal places to display.",
            json_schema_extra=ADVANCED,
        ),
    ] = 1,
) -> WidgetSingleView:
    """Create a single value widget with a single view.

    Parameters
    ----------
    title
        The title of the widget.
    data
        The number, with its unit if it has one; None, or a skipped result, shows that there is none.
        A whole number is shown as it is; one that is not a number is shown as ``nan``.
    view
        The group that the number is of, if the data are grouped.
    decimal_places
        How many digits follow the point of any other number.
    """
    return _widget("stat", title, _number_text(data, decimal_places), view)


def _number_text(data: Any, decimal_places: int) -> Any:
    if isinstance(data, Quantity):
        return f"{data.value:.{decimal_places}f} {data.unit or ''}".strip()
    if isinstance(data, float):
        return f"{data:.{decimal_places}f}"
    return str(data) if isinstance(data, int) else data


def _widget(kind: WidgetType, title: str, data: Any, view: CompositeFilter | None) -> WidgetSingleView:
    # A caller outside of a workflow hands over the skipped result itself.
    data = _no_data(data) if is_skipped(data) else data
    reason = data.reason if isinstance(data, NoData) else ""
    if isinstance(data, NoData):
        data = None
    return WidgetSingleView(
        widget_type=kind,
        title=title,
        is_filtered=view is not None,
        data=str(data) if isinstance(data, Path) else data,
        view=view,
        reason=reason,
    )


@distributed(cheap=True)
def merge_widget_views(
    widgets: Annotated[list[WidgetSingleView], Field(description="The widgets to merge", exclude=True)],
) -> list[GroupedWidget]:
    """Merge widgets with the same `title` and `widget_type`.

    Parameters
    ----------
    widgets
        Widgets for one view each; where two of a title have the same view, the later one counts.

    Returns
    -------
    list of GroupedWidget
        In the order in which their titles first occur.
    """
    return grouped(widgets)


@distributed(cheap=True)
def create_files_single_view(
    files: Annotated[
        Path | str | list[Path | str],
        Field(description="A file, or list of files, for this view"),
        skipped_dependency_fallback(_no_files),
    ],
    view: Annotated[
        CompositeFilter | None, Field(description="If grouped, the view of the files", exclude=True)
    ] = None,
) -> FilesListSingleView:
    """Create the files associated with a single view.

    Parameters
    ----------
    files
        Where a file, or several, are; a skipped result is none.
    view
        The group that the files hold, if the data are grouped.
    """
    listed = [] if is_skipped(files) else files if isinstance(files, list) else [files]
    return FilesListSingleView(files=[str(file) for file in listed], view=view)


@distributed(cheap=True)
def merge_file_views(
    files: Annotated[list[FilesListSingleView], Field(description="The file views to merge", exclude=True)],
) -> GroupedFiles:
    """Merge file single-views into a single `GroupedFiles`: files for the same view one after the other.

    Parameters
    ----------
    files
        Files by view; a view may occur more than once.
    """
    views: dict[CompositeFilter | None, list[str]] = {}
    for one in files:
        views.setdefault(one.view, []).extend(one.files)
    return GroupedFiles(views=list(views.items()))
