"""Tasks that spread the fields of objects over columns, and bring numbers to a common scale."""

from __future__ import annotations

import logging
from typing import Annotated

from pydantic import Field

from ecoscope_workflows.annotations import AnyDataFrame
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.frame_columns import require_columns
from ecoscope_workflows.tasks.written import ADVANCED

logger = logging.getLogger(__name__)


@distributed
def normalize_json_column(
    df: AnyDataFrame,
    column: Annotated[str, Field(description="The column name.")],
    *,
    skip_if_not_exists: Annotated[
        bool, Field(description="Skip if the column does not exist.", json_schema_extra=ADVANCED)
    ] = True,
    sort_columns: Annotated[
        bool, Field(description="Sort new columns alphabetically.", json_schema_extra=ADVANCED)
    ] = True,
) -> AnyDataFrame:
    """Replace a column of objects by a column for each of their fields.

    The field ``animals`` of the column ``event_details`` becomes the column ``event_details__animals``;
    fields of objects in objects get the names of both, with ``__`` between. Lists stay lists.

    Parameters
    ----------
    df
        Any frame.
    column
        A column of dicts, or of the JSON text of objects; a missing object has no fields.
    skip_if_not_exists
        Whether a column that does not exist is passed over, with a warning in the log.
    sort_columns
        Whether the new columns stand in the order of the alphabet; if not, in the order of appearance.

    Raises
    ------
    KeyError
        When the column does not exist and `skip_if_not_exists` is false.
    ValueError
        When a cell is neither missing, nor an object, nor the JSON text of one.
    """
    if skip_if_not_exists and column not in df.columns:
        logger.warning("the column %r does not exist, so nothing is normalized", column)
        return df.copy(deep=False)
    require_columns(df, [column], "column")
    import pandas as pd

    from ecoscope_workflows.tasks.transformation import _values

    fields = pd.json_normalize([dict(found) for found in _values.objects(df[column])], sep="__")
    names = sorted(fields.columns) if sort_columns else list(fields.columns)
    added = {f"{column}__{name}": fields[name].set_axis(df.index) for name in names}
    return df.drop(columns=[column]).assign(**added)


def _numeric_effect(column: str, output_column_name: str | None) -> Effect:
    return Effect(adds={output_column_name or column: float})


@distributed(effect=_numeric_effect)
def normalize_numeric_column(
    df: AnyDataFrame,
    column: Annotated[str, Field(description="The column to normalize, values must be numeric.")],
    output_column_name: Annotated[
        str | None, Field(description="If provided, normalized values will be added as a new column.")
    ],
) -> AnyDataFrame:
    """Subtract the mean from the numbers of a column and divide by their standard deviation (of a sample).

    All are missing where there are fewer than two numbers or all are equal.

    Parameters
    ----------
    df
        Any frame.
    column
        The column.
    output_column_name
        The column of the result; `column` itself where it is None.

    Raises
    ------
    KeyError
        When the column does not exist.
    ValueError
        When the column does not hold numbers.
    """
    import pandas as pd

    require_columns(df, [column], "column")
    values = df[column]
    if not pd.api.types.is_numeric_dtype(values.dtype):
        raise ValueError(
            f"column {column!r} holds {values.dtype}, not numbers; convert_column_values_to_numeric helps"
        )
    numbers = values.astype("float64")
    scale = numbers.std()
    scaled = (numbers - numbers.mean()) / (scale if scale > 0 else float("nan"))
    return df.assign(**{output_column_name or column: scaled})
