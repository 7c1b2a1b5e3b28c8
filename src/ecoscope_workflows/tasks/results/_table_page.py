"""A frame in, one HTML page with its table out, which needs no other file."""

from __future__ import annotations

import functools
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jinja2
import pandas as pd
from markupsafe import Markup

from ecoscope_workflows.tasks.results._page_text import clean_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.tasks.results._table_config import TableConfig

PACKAGE = "ecoscope_workflows.tasks.results"
# What a page is made of beside code: an edit of one of these makes the tables anew.
FINGERPRINTED_FILES = ("table.html.jinja2", "table.css", "table.js")
# Differences between numbers that people read end before this.
DECIMALS = 6


def render(frame: pd.DataFrame, columns: Sequence[str] | None, config: TableConfig, title: str) -> str:
    """Return the page; the same frame gives the same bytes.

    Parameters
    ----------
    frame
        What is shown, without its index.
    columns
        Which columns, in order; None for all but geometries.
    config
        What readers can do.
    title
        Any text; there is no caption where it is blank.
    """
    shown = list(columns) if columns else _without_geometry(frame)
    fields = [_column(frame[name], clean_text(str(name))) for name in shown]
    rows = list(zip(*(field["cells"] for field in fields), strict=True))
    title = clean_text(title)
    return _template().render(
        title=title or "Table",
        captions=[title] if title else [],
        columns=fields,
        kinds=[field["kind"] for field in fields],
        rows=rows,
        empty=[] if rows else ["No data to show"],
        body_class="sortable" if config.enable_sorting else "",
        header_class="hidden" if config.hide_header else "",
        searches=["Find in the table"] if config.enable_filtering else [],
        downloads=["Download as CSV"] if config.enable_download else [],
        style=Markup(_asset("table.css")),  # noqa: S704  # our own file
        script=Markup(_asset("table.js")),  # noqa: S704  # our own file
    )


def _without_geometry(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if str(frame[name].dtype) != "geometry"]


def _column(values: pd.Series[Any], name: str) -> dict[str, Any]:
    kind = "time" if pd.api.types.is_datetime64_any_dtype(values) else "text"
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        kind = "number"
    return {
        "name": name,
        "kind": kind,
        "cells": [clean_text(_text(value)) for value in values],
    }


def _text(value: Any) -> str:
    if isinstance(value, dict | list) or type(value).__name__ == "ndarray":
        plain = value if isinstance(value, dict | list) else value.tolist()
        return json.dumps(plain, ensure_ascii=False, default=str)
    if pd.isna(value):
        return ""
    if isinstance(value, float):
        text = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    return str(value)


@functools.cache
def _asset(name: str) -> str:
    return files(PACKAGE).joinpath(name).read_text(encoding="utf-8").replace("\r\n", "\n")


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return environment.from_string(_asset("table.html.jinja2"))
