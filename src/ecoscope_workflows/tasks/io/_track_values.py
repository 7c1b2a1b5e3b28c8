"""Complaints about values of a column: which rows, which values; no more than a reader takes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

# Enough to see a pattern, few enough to stay on one line.
MAX_EXAMPLES = 5


def complain(wrong: pd.Series[bool], values: pd.Series[Any], rule: str) -> None:
    """Refuse a column of which some values are wrong.

    Parameters
    ----------
    wrong
        True for each row that breaks the rule.
    values
        The column, as the file holds it.
    rule
        What must hold, naming the column.

    Raises
    ------
    ValueError
        With the rule, the count, and the first rows (counted from 1, without a header) with their values.
    """
    rows = np.flatnonzero(wrong.to_numpy(dtype=bool))
    if not len(rows):
        return
    shown = ", ".join(f"row {row + 1}: {_text(values.iloc[row])}" for row in rows[:MAX_EXAMPLES])
    more = ", …" if len(rows) > MAX_EXAMPLES else ""
    raise ValueError(f"{rule}, but {len(rows)} of {len(values)} rows do not ({shown}{more})")


def _text(value: object) -> str:
    # NaN, NaT and None all mean that the cell is empty.
    return "empty" if value is None or value != value else repr(str(value))  # noqa: PLR0124  # NaN is unequal to itself
