"""A choice in, a result that skips what follows out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ecoscope_workflows.annotations import AnyDataFrame, SkipSentinel
from ecoscope_workflows.decorators import distributed


@distributed
def maybe_skip_df(
    df: AnyDataFrame,
    skip: Annotated[  # noqa: FBT002  # arguments of a task are named
        bool, Field(description="Skip the following tasks if True, returning a sentinel value.")
    ] = False,
) -> AnyDataFrame | SkipSentinel:
    """Pass a frame on, or skip what follows.

    Parameters
    ----------
    df
        Any frame.
    skip
        Whether the tasks that take the result are skipped, where they have such a condition.

    Returns
    -------
    DataFrame or SkipSentinel
        The same frame, or a skipped result.
    """
    return SkipSentinel(condition="maybe_skip_df", argument="skip") if skip else df


@distributed(cheap=True)
def invert_bool(value: bool = True) -> bool:  # noqa: FBT001, FBT002  # arguments of a task are named
    """Return the opposite of a choice.

    Parameters
    ----------
    value
        True or false.

    Returns
    -------
    bool
        The other one.
    """
    return not value
