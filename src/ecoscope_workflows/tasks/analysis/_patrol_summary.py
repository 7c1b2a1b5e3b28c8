"""Ready-made columns for a table of patrols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.analysis._summary_params import (
    CoverageSummaryParam,
    StatSummaryParam,
    SummaryParam,
    unit_choice,
)


class PatrolCountMetric(BaseModel):
    """How many patrols there are."""

    model_config = ConfigDict(title="Patrol Count")

    metric: Literal["patrol_count"] = Field(default="patrol_count", title="Metric")

    def to_summary_param(self) -> SummaryParam:
        """Return the column of the table."""
        return StatSummaryParam(display_name="Patrol Count", aggregator="nunique", column="patrol_id")


class PatrolDaysMetric(BaseModel):
    """On how many days patrols moved."""

    model_config = ConfigDict(title="Patrol Days")

    metric: Literal["patrol_days"] = Field(default="patrol_days", title="Metric")

    def to_summary_param(self) -> SummaryParam:
        """Return the column of the table."""
        return StatSummaryParam(display_name="Patrol Days", aggregator="nunique", column="segment_start_date")


class TotalDistanceMetric(BaseModel):
    """How far patrols moved."""

    model_config = ConfigDict(title="Total Distance")

    metric: Literal["total_distance"] = Field(default="total_distance", title="Metric")
    unit: Literal["km", "m"] = Field(
        default="km", title="Unit", json_schema_extra=unit_choice("Unit", "km", "m")
    )

    def to_summary_param(self) -> SummaryParam:
        """Return the column of the table."""
        return StatSummaryParam(
            display_name=f"Total Distance ({self.unit})",
            aggregator="sum",
            column="dist_meters",
            convert_units=True,
            original_unit="m",
            new_unit=self.unit,
        )


class TotalDurationMetric(BaseModel):
    """How long patrols moved."""

    model_config = ConfigDict(title="Total Duration")

    metric: Literal["total_duration"] = Field(default="total_duration", title="Metric")
    unit: Literal["h", "d"] = Field(
        default="h", title="Unit", json_schema_extra=unit_choice("Unit", "h", "d")
    )

    def to_summary_param(self) -> SummaryParam:
        """Return the column of the table."""
        word = "hrs" if self.unit == "h" else "days"
        return StatSummaryParam(
            display_name=f"Total Duration ({word})",
            aggregator="sum",
            column="timespan_seconds",
            convert_units=True,
            original_unit="s",
            new_unit=self.unit,
        )


class _SwathMetric(BaseModel):
    swath_width_meters: float = Field(
        default=500.0, title="Swath Width (m)", description="Full corridor width in meters.", gt=0
    )


class MergedAreaCoveredMetric(_SwathMetric):
    """Area covered with overlaps counted once — the distinct ground footprint."""

    model_config = ConfigDict(title="Area Covered (Merged)")

    metric: Literal["area_covered_merged"] = Field(default="area_covered_merged", title="Metric")

    def to_summary_param(self) -> SummaryParam:
        """Return the column of the table."""
        return CoverageSummaryParam(
            display_name="Merged Area Covered (km²)",
            aggregator="coverage_area",
            merged=True,
            swath_width_meters=self.swath_width_meters,
        )


class UnmergedAreaCoveredMetric(_SwathMetric):
    """Area covered summed segment by segment — total patrol efforts."""

    model_config = ConfigDict(title="Area Covered (Unmerged)")

    metric: Literal["area_covered_unmerged"] = Field(default="area_covered_unmerged", title="Metric")

    def to_summary_param(self) -> SummaryParam:
        """Return the column of the table."""
        return CoverageSummaryParam(
            display_name="Unmerged Area Covered (km²)",
            aggregator="coverage_area",
            merged=False,
            swath_width_meters=self.swath_width_meters,
        )


class CustomMetric(StatSummaryParam):
    """Define your own metric: pick a column and statistic, with optional unit conversion."""

    model_config = ConfigDict(title="Custom")

    metric: Literal["custom"] = Field(default="custom", title="Metric")

    def to_summary_param(self) -> SummaryParam:
        """Return the column of the table."""
        return StatSummaryParam(**self.model_dump(exclude={"metric"}))


PatrolSummaryMetric = Annotated[
    PatrolCountMetric
    | PatrolDaysMetric
    | TotalDistanceMetric
    | TotalDurationMetric
    | MergedAreaCoveredMetric
    | UnmergedAreaCoveredMetric
    | CustomMetric,
    Field(discriminator="metric"),
]

DEFAULT_METRICS: tuple[PatrolSummaryMetric, ...] = (
    PatrolCountMetric(),
    TotalDistanceMetric(),
    TotalDurationMetric(),
    PatrolDaysMetric(),
    MergedAreaCoveredMetric(),
    UnmergedAreaCoveredMetric(),
)


@distributed(cheap=True)
def set_patrol_summary_metrics(
    metrics: Annotated[
        Sequence[PatrolSummaryMetric],
        Field(
            description=(
                "Metrics shown as columns in the patrol summary table. Add or remove rows to customize."
            )
        ),
    ] = DEFAULT_METRICS,
) -> list[SummaryParam]:
    """Choose the columns of a table of patrols.

    Parameters
    ----------
    metrics
        Ready-made columns for a trajectory with ``patrol_id`` and ``segment_start_date``, or columns of one's
        own.

    Returns
    -------
    list[SummaryParam]
        What `summarize_df` takes.
    """
    return [metric.to_summary_param() for metric in metrics]
