"""What a dashboard is made of: widgets by view, files, the places of widgets on the page."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from ecoscope_workflows.tasks.results._widget_types import WidgetData, WidgetType  # noqa: TC001  # pydantic

WARNING_KEY = "⚠️ Warning"


class LayoutItem(BaseModel):
    """Where a widget stands on a grid of ten columns: an entry of a published ``layout.json``.

    Parameters
    ----------
    widget_id
        The number of the widget in `gather_dashboard`, from 0.
    x, y
        Its first column and row, from 0.
    w, h
        How many columns and rows it takes.
    """

    widget_id: int = Field(ge=0)
    x: int = Field(ge=0)
    y: int = Field(ge=0)
    w: int = Field(gt=0)
    h: int = Field(gt=0)


class DashboardWidget(BaseModel):
    """A widget in one view.

    Parameters
    ----------
    id
        Its number on the dashboard, from 0; layouts name it so.
    reason
        Why it has no data; for the page, and no part of the JSON.
    """

    id: int
    widget_type: WidgetType
    title: str
    is_filtered: bool
    data: WidgetData
    reason: str = Field(default="", exclude=True)


class DashboardFile(BaseModel):
    """A file that belongs to a view."""

    path: str


class ViewWithFiles(BaseModel):
    """What a view shows, and the files that belong to it."""

    dashboard: list[DashboardWidget]
    files: list[DashboardFile]


class DashboardContents(BaseModel):
    """What a dashboard shows: its JSON is the published one.

    Parameters
    ----------
    filters
        The choices of each grouper as a form (JSON schema with a UI schema); None without groupers.
    views
        What each combination of choices shows, by its key as JSON: ``{"subject_name": "eco_1"}``.
    metadata
        ``title`` and ``description``; where there are any, ``time_range``, ``time_zone`` and a warning.
    layout
        Empty, as published.
    page_layout
        Where widgets stand on the page; None lays them out by their kinds. No part of the JSON.
    """

    filters: dict[str, Any] | None
    views: dict[str, list[DashboardWidget] | ViewWithFiles]
    metadata: dict[str, str]
    layout: list[Any] = []
    page_layout: list[LayoutItem] | None = Field(default=None, exclude=True)
