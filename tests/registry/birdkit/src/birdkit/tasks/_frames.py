"""Data frames typed as published task libraries type them."""

from typing import Annotated, Any, TypeVar

import pandas as pd
import pandera.pandas as pa
import pandera.typing as pat
from pydantic.json_schema import WithJsonSchema

Schema = TypeVar("Schema", bound=pa.DataFrameModel)
DataFrame = Annotated[pat.DataFrame[Schema], WithJsonSchema({"type": "birdkit.DataFrame"})]


class Rings(pa.DataFrameModel):
    """Birds that were ringed."""

    ring: pat.Series[str] = pa.Field(unique=True)
    wing_mm: pat.Series[float] = pa.Field(ge=0, nullable=True)


class Nests(pa.DataFrameModel):
    """Nests that were found."""

    geometry: pat.Series[Any] = pa.Field()


class Empty(pa.DataFrameModel):
    """No rows at all."""

    @pa.dataframe_check
    @classmethod
    def is_empty(cls, frame: pd.DataFrame) -> bool:
        """Return whether there is no row."""
        return bool(frame.empty)
