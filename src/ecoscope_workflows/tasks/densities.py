"""What density maps are made with: cell sizes, percentile levels, sets of arguments, and what they return."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import (
    Column,
    DataFrame,
    JsonSerializableDataFrameModel,
    LineGeometry,
    OnlyNamedColumns,
    PolygonGeometry,
    Series,
)
from ecoscope_workflows.tasks.schemas import TimeDensity
from ecoscope_workflows.tasks.written import ADVANCED

if TYPE_CHECKING:
    from collections.abc import Sequence


DEFAULT_CELL_METRES = 5000.0


class TrackSegments(JsonSerializableDataFrameModel):
    """Segments of tracks, as far as a time density needs them; a trajectory has more columns."""

    timespan_seconds: Series[float] = Column(nullable=True, description="Duration in seconds.")
    speed_kmhr: Series[float] = Column(nullable=True, description="Mean speed in km/h.")
    geometry: Series[LineGeometry] = Column(nullable=True)


class Meshgrid(JsonSerializableDataFrameModel):
    """The cells of a grid, one row per cell."""

    geometry: Series[PolygonGeometry]


class FeatureDensity(Meshgrid):
    """The cells of a grid with what lies in them."""

    density: Series[float] = Column(
        nullable=True, description="Count, length or sum per cell; none where nothing lies in the cell."
    )


class LinearTimeDensity(TimeDensity):
    """Areas between percentiles of the time spent in the cells of a grid, smallest percentile first."""

    density: Series[float] = Column(ge=0, description="Share of all time on the grid, 0 to 1.")


class AutoScaleGridCellSize(BaseModel):
    """A cell size that follows from the extent of the data."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"title": "Auto-scale"})

    auto_scale_or_custom: Literal["Auto-scale"] = Field(
        default="Auto-scale", title="Grid Cell Size", json_schema_extra=ADVANCED
    )


class CustomGridCellSize(BaseModel):
    """A given cell size, in the unit of the CRS of the grid."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"title": "Customize"})

    auto_scale_or_custom: Literal["Customize"] = Field(
        default="Customize", title="Grid Cell Size", json_schema_extra=ADVANCED
    )
    grid_cell_size: Annotated[float, Field(gt=0, lt=10000)] | SkipJsonSchema[None] = Field(
        default=DEFAULT_CELL_METRES,
        title="Custom Grid Cell Size",
        description=(
            "Define the resolution of the raster grid (in the unit of measurement defined by the coordinate "
            "reference system set below). A smaller grid cell size provides more detail, while a larger size "
            "generalizes the data."
        ),
    )


CellSize = AutoScaleGridCellSize | CustomGridCellSize
AUTO_SCALE = AutoScaleGridCellSize()


def given_cell_size(cell_size: CellSize | None) -> float | None:
    """Return the size of a custom cell, or None where it follows from the data."""
    if isinstance(cell_size, CustomGridCellSize):
        # None is what a form sends of a field that was emptied.
        return DEFAULT_CELL_METRES if cell_size.grid_cell_size is None else cell_size.grid_cell_size
    return None


UDPercentile = Literal["50", "60", "70", "80", "90", "95", "99", "99.999", "100"]
ETD_PERCENTILES: list[UDPercentile] = ["50", "60", "70", "80", "90", "99.999"]
LTD_PERCENTILES: list[UDPercentile] = ["50", "60", "70", "80", "90", "100"]


def percentile_levels(percentiles: Sequence[str | float] | None, default: Sequence[str]) -> list[float]:
    """Return the different levels as numbers, ascending; the default ones where none are given.

    Raises
    ------
    ValueError
        When the list is empty, or a level is no number above 0 and at most 100.
    """
    given = default if percentiles is None else percentiles
    if not len(given):
        raise ValueError(
            "percentiles is empty; give at least one level such as 95, or leave it out for the default"
        )
    levels = sorted({float(level) for level in given})
    wrong = [level for level in levels if not 0.0 < level <= 100.0]  # noqa: PLR2004  # it is a percentage
    if wrong or any(map(math.isnan, levels)):
        raise ValueError(f"percentiles {wrong} are out of range; each must be above 0 and at most 100")
    return levels


def _numbers(percentiles: list[str] | list[float] | None) -> list[float] | None:
    return None if percentiles is None else [float(level) for level in percentiles]


if TYPE_CHECKING:
    # What the functions take when they are called; forms offer the usual levels as text.
    PercentileLevels = Sequence[str | float] | None
else:
    PercentileLevels = Annotated[
        list[UDPercentile] | SkipJsonSchema[list[float]] | SkipJsonSchema[None],
        Field(
            title="Percentile Levels",
            description="Choose the time density percentile bins to display.",
            json_schema_extra={"uniqueItems": True, "minItems": 1, **ADVANCED},
        ),
        AfterValidator(_numbers),
    ]
GridCellSize = Annotated[
    CellSize | SkipJsonSchema[None], Field(title="Grid Cell Size", json_schema_extra=ADVANCED)
]
Crs = Annotated[
    str,
    Field(
        title="Coordinate Reference System",
        description=(
            "The coordinate reference system in which to perform the calculation, must be a valid CRS "
            "authority code, for example ESRI:53042"
        ),
        json_schema_extra=ADVANCED,
    ),
]
NoDataValue = Annotated[float | str, Field(json_schema_extra=ADVANCED)]
BandCount = Annotated[int, Field(json_schema_extra=ADVANCED)]
MaxSpeedFactor = Annotated[
    float,
    Field(
        title="Max Speed Factor (Kilometers per Hour)",
        description=(
            "An estimate of the subject's maximum speed as a factor of the maximum measured speed value in "
            "the dataset."
        ),
        json_schema_extra=ADVANCED,
    ),
]
ExpansionFactor = Annotated[
    float,
    Field(
        title="Shape Buffer Expansion Factor",
        description=(
            "Controls how far time density values spread across the grid, affecting the smoothness of the "
            "output."
        ),
        json_schema_extra=ADVANCED,
    ),
]
IntersectingOnly = Annotated[
    bool,
    Field(
        description="Whether to return only grid cells intersecting with the aoi.",
        json_schema_extra=ADVANCED,
    ),
]
# Published forms fill in this factor, while the published functions fall back to 1.3.
# What a form shows and what a run uses must be one number.
EXPANSION_FACTOR = 1.05

TrackFrame = Annotated[
    DataFrame[TrackSegments],
    Field(description="The trajectory geodataframe.", exclude=True),
    OnlyNamedColumns(),
]
MeshgridFrame = Annotated[
    DataFrame[Meshgrid],
    Field(description="The grid cells which the density is calculated from", exclude=True),
    OnlyNamedColumns(),
]


class EtdArgsWithOpacity(BaseModel):
    """What an elliptical time density is calculated and drawn with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opacity: float
    auto_scale_or_custom_cell_size: CellSize | None
    crs: str
    nodata_value: float | str
    band_count: int
    max_speed_factor: float
    expansion_factor: float
    percentiles: list[float]


class LtdArgsWithOpacity(BaseModel):
    """What a linear time density is calculated and drawn with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opacity: float
    auto_scale_or_custom_cell_size: CellSize | None
    crs: str
    intersecting_only: bool
    percentiles: list[float]


class DensityGridOptions(BaseModel):
    """What the grid of a density map is made and drawn with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opacity: float
    auto_scale_or_custom_cell_size: CellSize | None
    crs: str
    intersecting_only: bool
