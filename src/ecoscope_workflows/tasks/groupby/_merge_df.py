"""One frame per group in, one frame of all rows out."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from ecoscope_workflows.annotations import AnyDataFrame
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.groupers import KeyedIterableOfDataFrames
from ecoscope_workflows.tasks.skipped_values import without_skipped_items


@distributed
def merge_df(
    iterables: Annotated[
        KeyedIterableOfDataFrames,
        BeforeValidator(without_skipped_items),
        Field(description="Frames by key"),
    ],
) -> AnyDataFrame:
    """Put the frames of groups together in one, with the keys of the groups as its index.

    Parameters
    ----------
    iterables
        Frames by key, all keys of the same names; groups that were skipped are left out.

    Returns
    -------
    DataFrame
        The rows of all groups in their order.
        The index has a level for each name of the keys; the index that the frames had is left out, and so
        is a column of such a name.

    Raises
    ------
    ValueError
        When there is no frame, or the keys have different names.
    """
    import pandas as pd

    if not iterables:
        raise ValueError("there is no group to merge: every one was skipped, or there was none")
    names = [name for name, _, _ in iterables[0][0]]
    parts = []
    for key, frame in iterables:
        found = [name for name, _, _ in key]
        if found != names:
            raise ValueError(
                f"groups of {', '.join(found)} cannot be merged with groups of {', '.join(names)}: "
                "split all of them by the same groupers"
            )
        levels = [pd.Index([value] * len(frame), name=name, dtype="str") for name, _, value in key]
        parts.append(frame.drop(columns=names, errors="ignore").set_index(levels))
    return pd.concat(parts)
