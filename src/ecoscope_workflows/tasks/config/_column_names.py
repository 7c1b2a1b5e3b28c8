"""A data frame in, the names of its columns out."""

from __future__ import annotations

from ecoscope_workflows.annotations import AnyDataFrame
from ecoscope_workflows.decorators import distributed


@distributed
def get_column_names_from_dataframe(df: AnyDataFrame, exclude_column_names: list[str] | None) -> list[str]:
    """Return the names of the columns of a frame, in their order.

    Parameters
    ----------
    df
        Any frame; levels of its index are no columns.
    exclude_column_names
        Names to leave out, whether or not the frame has them.

    Returns
    -------
    list of str
        The names that are left.
    """
    left_out = set(exclude_column_names or ())
    return [str(name) for name in df.columns if name not in left_out]
