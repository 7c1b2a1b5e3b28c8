"""The rows of a frame by the values of columns and index levels."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pandas as pd

from ecoscope_workflows.errors import did_you_mean
from ecoscope_workflows.tasks.groupers import ValueGrouper

if TYPE_CHECKING:
    from ecoscope_workflows.tasks.groupers import (
        CompositeFilter,
        KeyedIterableOfDataFrames,
        UserDefinedGrouper,
        UserDefinedGroupers,
    )

NO_VALUE = "None"


def groups_of(frame: pd.DataFrame, groupers: UserDefinedGroupers) -> KeyedIterableOfDataFrames:
    """Return each group of rows with its key, in the order of the keys."""
    for grouper in groupers:
        frame = _with_text(frame, grouper)
    names = [grouper.index_name for grouper in groupers]
    values = [_values(frame, name) for name in names]
    without_group = pd.concat([one.isna() for one in values], axis="columns").any(axis="columns")
    if without_group.any():
        warnings.warn(
            f"{int(without_group.sum())} of {len(frame)} rows are in no group: they have no value of "
            f"{' or '.join(map(repr, names))}",
            UserWarning,
            stacklevel=3,
        )
    # By position, as the index may have the same values twice.
    grouped = frame.groupby([pd.Index(one.array) for one in values], sort=True, observed=True)
    return [(_key(names, found), group) for found, group in grouped]


def _with_text(frame: pd.DataFrame, grouper: UserDefinedGrouper) -> pd.DataFrame:
    """Return the frame with text in the place of nulls, where the grouper groups by values."""
    name = grouper.index_name
    is_level = name in frame.index.names
    if not is_level and name not in frame.columns:
        if isinstance(grouper, ValueGrouper):
            # Programs read this sentence as it was published; what helps a person stands in a note.
            error = ValueError(f"Value grouper {name!r} is neither a column nor an index in the DataFrame")
            error.add_note(_instead_of(name, frame))
            raise error
        task = "add_temporal_index" if name.startswith("Temporal") else "add_spatial_index"
        raise ValueError(
            f"grouper {name!r} is neither a column nor an index in the DataFrame: "
            f"use {task} with the same groupers before"
        )
    if not isinstance(grouper, ValueGrouper):
        return frame
    values = _values(frame, name)
    if values.isna().any():
        values = values.astype(object).fillna(NO_VALUE)
        frame = _with_level(frame, name, values) if is_level else frame.assign(**{name: values.array})
    if not pd.api.types.is_string_dtype(values):
        what = "indexes" if is_level else "columns"
        raise ValueError(
            f"All {what} used as categorical value groupers must contain only string data (with no null "
            f"values); got {values.dtype} in {name!r}: use convert_column_values_to_string before"
        )
    return frame


def _instead_of(name: str, frame: pd.DataFrame) -> str:
    """Return what may have been meant, and what there is."""
    levels = [str(level) for level in frame.index.names if level is not None]
    known = [*map(str, frame.columns), *levels]
    columns = f"columns: {', '.join(map(str, frame.columns)) or 'none'}"
    indexes = f"index levels: {', '.join(levels)}" if levels else ""
    meant = did_you_mean(name, known)
    # Where nothing is like it, it names them all, as is done here.
    return "; ".join(filter(None, [meant if meant.endswith("?") else "", columns, indexes]))


def _with_level(frame: pd.DataFrame, name: str, values: pd.Series) -> pd.DataFrame:
    index = frame.index
    levels = [
        values.array if level == name else index.get_level_values(number)
        for number, level in enumerate(index.names)
    ]
    if len(levels) == 1:
        return frame.set_axis(pd.Index(levels[0], name=name), axis="index")
    return frame.set_axis(pd.MultiIndex.from_arrays(levels, names=index.names), axis="index")


def _values(frame: pd.DataFrame, name: str) -> pd.Series:
    values = frame.index.get_level_values(name) if name in frame.index.names else frame[name]
    return pd.Series(values.array)


def _key(names: list[str], values: object) -> CompositeFilter:
    parts = values if isinstance(values, tuple) else (values,)
    return tuple((name, "=", str(value)) for name, value in zip(names, parts, strict=True))
