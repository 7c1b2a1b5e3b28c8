"""Types for the signatures of tasks: data frames with a schema, files, secrets and pages.

Nothing here imports pandas: a signature can be read where no data is.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar

from ecoscope_workflows.contracts.columns import (
    AwareDatetime,
    Column,
    Geometry,
    Index,
    LineGeometry,
    PointGeometry,
    PolygonGeometry,
    Series,
    UTCDatetime,
)
from ecoscope_workflows.contracts.frames import Frame, FrameContract
from ecoscope_workflows.contracts.markers import (
    BesideSpec,
    FileInput,
    FileSuffix,
    FromEnvironment,
    OnlyNamedColumns,
    WrittenAs,
)
from ecoscope_workflows.contracts.schemas import JsonSerializableDataFrameModel
from ecoscope_workflows.contracts.skipping import SkipSentinel, skipped_dependency_fallback

__all__ = [
    "AnyDataFrame",
    "AnyGeoDataFrame",
    "AwareDatetime",
    "BesideSpec",
    "Column",
    "DataFrame",
    "FileInput",
    "FileSuffix",
    "FromEnvironment",
    "Geometry",
    "Html",
    "Index",
    "InputFile",
    "JsonSerializableDataFrameModel",
    "LineGeometry",
    "OnlyNamedColumns",
    "PointGeometry",
    "PolygonGeometry",
    "Series",
    "SkipSentinel",
    "UTCDatetime",
    "WrittenAs",
    "skipped_dependency_fallback",
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


InputFile = Annotated[Path, FileInput()]
Html = Annotated[str, FileSuffix(".html")]
