"""Types for the signatures of tasks: data frames with a schema, files, secrets and pages.

Nothing here imports pandas: a signature can be read where no data is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar

from ecoscope_workflows.contracts.frames import Frame, FrameContract
from ecoscope_workflows.contracts.schemas import (
    AwareDatetime,
    Column,
    Geometry,
    Index,
    JsonSerializableDataFrameModel,
    LineGeometry,
    PointGeometry,
    PolygonGeometry,
    Series,
    UTCDatetime,
)

__all__ = [
    "AnyDataFrame",
    "AnyGeoDataFrame",
    "AwareDatetime",
    "Column",
    "DataFrame",
    "FromEnvironment",
    "Geometry",
    "Html",
    "Index",
    "InputFile",
    "JsonSerializableDataFrameModel",
    "LineGeometry",
    "PointGeometry",
    "PolygonGeometry",
    "Series",
    "UTCDatetime",
]

Schema = TypeVar("Schema")

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    class DataFrame(pd.DataFrame, Generic[Schema]):
        """A data frame whose columns satisfy ``Schema``."""

    AnyDataFrame = pd.DataFrame
    AnyGeoDataFrame = gpd.GeoDataFrame
else:

    class DataFrame:
        """A data frame whose columns satisfy a schema: ``DataFrame[MySchema]``."""

        def __class_getitem__(cls, schema: type) -> object:
            """Return an annotation that carries the schema as its contract."""
            return Annotated[Frame, FrameContract(schema)]

    AnyDataFrame = Annotated[Frame, FrameContract()]
    AnyGeoDataFrame = Annotated[Frame, FrameContract(geo=True)]


@dataclass(frozen=True, slots=True)
class FileInput:
    """Marks a parameter as a file that a task reads, so that a run notices when the file changes."""


InputFile = Annotated[Path, FileInput()]


@dataclass(frozen=True, slots=True)
class FromEnvironment:
    """Marks a parameter that is read from an environment variable where the task runs.

    Parameters
    ----------
    variable
        The name of the environment variable.
    secret
        A secret is never taken from a spec or a params file, and never written anywhere.
    """

    variable: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class FileSuffix:
    """Names the file a text result is stored in."""

    suffix: str


Html = Annotated[str, FileSuffix(".html")]
