"""A frame and groupers in, one frame per group out."""

from __future__ import annotations

from ecoscope_workflows.annotations import AnyDataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.groupers import AllGrouper, Groupers, KeyedIterableOfDataFrames


@distributed
def split_groups(df: AnyDataFrame, groupers: Groupers) -> KeyedIterableOfDataFrames:
    """Split a frame into groups of rows that have the same values.

    Parameters
    ----------
    df
        Rows with, for each grouper, a column or index level of its name; the level counts where there are
        both.
    groupers
        By what to group.
        Columns and levels of value groupers hold text; a null there becomes the text ``None``.

    Returns
    -------
    list of pairs
        For each combination of values that occurs, in the order of the values as text: its key, such as
        ``(("subject_name", "=", "eco_1"), …)``, and its rows in their order.
        Without groupers it is one pair, ``(("All", "=", "True"),)`` and `df`.
        Rows that have no value for a temporal or spatial grouper are in no group; a warning counts them.

    Raises
    ------
    ValueError
        When `df` has no column or level of a grouper, or that of a value grouper holds anything but text.
    """
    if isinstance(groupers, AllGrouper) or not groupers:
        return [((("All", "=", "True"),), df)]
    from ecoscope_workflows.tasks.groupby._groups import groups_of

    return groups_of(df, groupers)
