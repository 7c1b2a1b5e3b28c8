"""A frame in, a page with its table out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame, Html
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.results._chart_styles import WidgetId
from ecoscope_workflows.tasks.results._table_config import TableConfig
from ecoscope_workflows.tasks.written import ADVANCED


@distributed
def draw_table(
    dataframe: Annotated[
        AnyDataFrame, Field(description="The dataframe to render as a table.", exclude=True)
    ],
    columns: Annotated[
        list[str] | SkipJsonSchema[None],
        Field(
            description="The list of dataframe columns to render in the table. "
            "Leave empty to render all columns",
            json_schema_extra=ADVANCED,
        ),
    ] = None,
    table_config: Annotated[
        TableConfig | SkipJsonSchema[None],
        Field(description="Configuration options for the table.", json_schema_extra=ADVANCED),
    ] = None,
    widget_id: WidgetId = None,
) -> Html:
    """Draw a frame as an HTML table that opens without a network.

    The index and the geometry are not shown.
    Numbers are shown with up to six decimals, times with their offset from UTC, and dictionaries and lists as
    JSON.

    Parameters
    ----------
    dataframe
        The data, shown in its order. The frame is not changed.
    columns
        The columns to show, in order.
    table_config
        Whether readers can sort by a column, search, and download the table as CSV, and whether the names of
        the columns are hidden.
    widget_id
        The title of the widget that will show the table.

    Returns
    -------
    str
        The page. The same input gives the same text.

    Raises
    ------
    ValueError
        When one of `columns` is missing.
    """
    from ecoscope_workflows.tasks.results._chart_values import check_columns
    from ecoscope_workflows.tasks.results._table_page import render

    check_columns(dataframe, columns or [])
    return render(dataframe, columns, table_config or TableConfig(), widget_id or "")
