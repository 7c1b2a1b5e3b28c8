"""Tasks that drop, keep, order and rename columns."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame, WrittenAs
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.frame_columns import require_columns, require_unique
from ecoscope_workflows.tasks.written import ADVANCED, Written

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger(__name__)


class RenameColumn(Written):
    """The new name of a column."""

    original_name: str
    new_name: str


# Defaults of forms; nothing writes to them.
_NO_COLUMNS: list[str] = []
_NO_RENAMES: dict[str, str] = {}


def _map_columns_effect(
    drop_columns: list[str] | None,
    retain_columns: list[str] | None,
    rename_columns: list[RenameColumn] | dict[str, str] | None,
) -> Effect:
    retained = retain_columns or []
    require_unique(retained, "retain_columns")
    # Several columns may get the same name where no frame has more than one of them.
    return Effect(
        keeps=retained or None,
        drops=[name for name in drop_columns or () if name not in retained],
        renames=_as_mapping(rename_columns),
    )


@distributed(effect=_map_columns_effect)
def map_columns(
    df: AnyDataFrame,
    drop_columns: Annotated[
        list[str] | SkipJsonSchema[None],
        Field(description="List of columns to drop.", json_schema_extra=ADVANCED),
    ] = _NO_COLUMNS,
    retain_columns: Annotated[
        list[str] | SkipJsonSchema[None],
        Field(
            description=(
                "List of columns to retain with the order specified by the list. "
                "Keep all the columns if the list is empty."
            ),
            json_schema_extra=ADVANCED,
        ),
    ] = _NO_COLUMNS,
    rename_columns: Annotated[
        list[RenameColumn] | SkipJsonSchema[dict[str, str]] | SkipJsonSchema[None],
        Field(description="Dictionary of columns to rename.", json_schema_extra=ADVANCED),
        WrittenAs(list[RenameColumn] | dict[str, str] | None),
    ] = _NO_RENAMES,
    *,
    raise_if_not_found: Annotated[
        bool, Field(description="Whether or not to raise if a column is not found.")
    ] = True,
) -> AnyDataFrame:
    """Drop columns, then keep and order some, then rename some.

    A renamed geometry column stays the active one.

    Parameters
    ----------
    df
        Any frame.
    drop_columns
        Columns to remove.
    retain_columns
        The only columns to keep, in this order; all are kept where there is none.
    rename_columns
        New names by old ones, or a list of pairs.
    raise_if_not_found
        Whether a column that does not exist is an error.
        If not, it is passed over, and one to retain is added with missing values.

    Returns
    -------
    AnyDataFrame
        A frame with the rows and the index of `df`.

    Raises
    ------
    KeyError
        When a column does not exist where it is looked for, and `raise_if_not_found` is true.
    ValueError
        When two columns would get the same name.
    """
    mapped = df.copy(deep=False)
    if drop_columns:
        _warn_of_geometry(mapped, drop_columns, "drop_columns")
        if raise_if_not_found:
            require_columns(mapped, drop_columns, "drop_columns")
        mapped = mapped.drop(columns=drop_columns, errors="ignore")
    if retain_columns:
        require_unique(retain_columns, "retain_columns")
        if raise_if_not_found:
            require_columns(mapped, retain_columns, "retain_columns")
        mapped = _retained(mapped, retain_columns)
    renames = _as_mapping(rename_columns)
    if renames:
        if raise_if_not_found:
            require_columns(mapped, renames, "rename_columns")
        mapped = renamed(mapped, renames, "rename_columns")
    return mapped


def _as_mapping(rename_columns: list[RenameColumn] | dict[str, str] | None) -> Mapping[str, str]:
    if isinstance(rename_columns, list):
        return {item.original_name: item.new_name for item in rename_columns}
    return rename_columns or {}


def _warn_of_geometry(frame: Any, names: list[str], argument: str) -> None:
    active = getattr(frame, "_geometry_column_name", None)
    if active in names:
        logger.warning("%s removes the geometry %r: the result is no spatial frame", argument, active)


def _retained(frame: Any, names: list[str]) -> Any:
    kept = frame[[name for name in names if name in frame.columns]]
    missing = {name: float("nan") for name in names if name not in frame.columns}
    return kept.assign(**missing)[names] if missing else kept


def renamed(frame: Any, renames: Mapping[str, str], argument: str) -> Any:
    """Return a frame with new column names; a renamed geometry column stays the active one.

    Raises
    ------
    ValueError
        When two columns would get the same name.
    """
    names = [renames.get(name, name) for name in frame.columns]
    require_unique(names, argument)
    active: Any = getattr(frame, "_geometry_column_name", None)
    if active not in renames or active not in frame.columns:
        return frame.rename(columns=dict(renames))
    return frame.rename_geometry(renames[active]).rename(
        columns={old: new for old, new in renames.items() if old != active}
    )


def _first(columns: list[str]) -> Effect:
    require_unique(columns, "columns")
    return Effect()


@distributed(effect=_first)
def reorder_columns(
    df: AnyDataFrame,
    columns: Annotated[list[str], Field(description="Provided column names will be first in the dataframe.")],
) -> AnyDataFrame:
    """Put columns first, in the order given; the others follow in the order they were in.

    Raises
    ------
    KeyError
        When a column does not exist.
    ValueError
        When a column is named twice.
    """
    require_unique(columns, "columns")
    require_columns(df, columns, "columns")
    return df[[*columns, *(name for name in df.columns if name not in columns)]]


@distributed
def title_case_columns_by_prefix(
    df: AnyDataFrame,
    prefix: Annotated[
        str, Field(description="Column names prefixed with this value will be converted to title case.")
    ],
) -> AnyDataFrame:
    """Remove a prefix from the names of the columns that have it, and write these in title case.

    ``patrol__start_time`` becomes ``Start Time`` where the prefix is ``patrol__``.

    Raises
    ------
    ValueError
        When two columns would get the same name.
    """
    names = [name for name in df.columns if str(name).startswith(prefix)]
    titles = {name: name.removeprefix(prefix).replace("_", " ").title() for name in names}
    titled: AnyDataFrame = renamed(df, titles, "prefix")
    return titled


@distributed
def strip_prefix_from_column_names(
    df: AnyDataFrame, prefix: Annotated[str, Field(description="The prefix to remove.")]
) -> AnyDataFrame:
    """Remove a prefix from the names of the columns that have it.

    Raises
    ------
    ValueError
        When two columns would get the same name; `drop_column_prefix` can give one of them another.
    """
    stripped: AnyDataFrame = renamed(
        df, {name: name.removeprefix(prefix) for name in df.columns if str(name).startswith(prefix)}, "prefix"
    )
    return stripped
