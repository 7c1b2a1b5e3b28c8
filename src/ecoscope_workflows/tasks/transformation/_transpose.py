"""The task that makes rows of columns."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame
from ecoscope_workflows.decorators import distributed


@distributed
def transpose(
    df: AnyDataFrame,
    transposed_column_name: Annotated[
        str | SkipJsonSchema[None],
        Field(description="If provided, the transposed index will be a column with this name"),
    ] = None,
) -> AnyDataFrame:
    """Make rows of columns and columns of rows.

    Columns are named after the rows they were; their numbers become text, as a column needs a name.

    Parameters
    ----------
    df
        Any frame; a table of one type of values can be stored again.
    transposed_column_name
        The name of a column for the names of the columns as they were; they are the index where it is None.
    """
    import pandas as pd

    turned: Any = pd.DataFrame(df).transpose().infer_objects()
    turned.columns = [str(name) if isinstance(name, int) else name for name in turned.columns]
    if transposed_column_name:
        turned = turned.reset_index(names=transposed_column_name)
    named: AnyDataFrame = turned
    return named
