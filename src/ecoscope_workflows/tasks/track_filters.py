"""What removes fixes and segments that cannot be right: a box, exact positions, bounds on segments."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from ecoscope_workflows.tasks.written import ADVANCED, Written


class Coordinate(Written):
    """A position in degrees, WGS 84."""

    y: float = Field(title="Latitude", description="Example -0.15293")
    x: float = Field(title="Longitude", description="Example 37.30906")


class BoundingBox(Written):
    """A box between two parallels and two meridians, in degrees, WGS 84."""

    min_y: float = Field(default=-90.0, title="Min Latitude", json_schema_extra=ADVANCED)
    max_y: float = Field(default=90.0, title="Max Latitude", json_schema_extra=ADVANCED)
    min_x: float = Field(default=-180.0, title="Min Longitude", json_schema_extra=ADVANCED)
    max_x: float = Field(default=180.0, title="Max Longitude", json_schema_extra=ADVANCED)


class TrajectorySegmentFilter(Written):
    """Which segments count as movement: bounds on length (m), duration (s) and speed (km/h), bounds kept.

    Raises
    ------
    ValueError
        When a bound is below its least value, or a maximum is not greater than its minimum.
    """

    min_length_meters: Annotated[float, Field(ge=0.001)] = Field(
        default=0.001, title="Minimum Segment Length (Meters)", json_schema_extra=ADVANCED
    )
    max_length_meters: Annotated[float, Field(gt=0.001)] = Field(
        default=100000, title="Maximum Segment Length (Meters)", json_schema_extra=ADVANCED
    )
    min_time_secs: Annotated[float, Field(ge=1)] = Field(
        default=1, title="Minimum Segment Duration (Seconds)", json_schema_extra=ADVANCED
    )
    max_time_secs: Annotated[float, Field(gt=1)] = Field(
        default=172800, title="Maximum Segment Duration (Seconds)", json_schema_extra=ADVANCED
    )
    min_speed_kmhr: Annotated[float, Field(gt=0.001)] = Field(
        default=0.01, title="Minimum Segment Speed (Kilometers per Hour)", json_schema_extra=ADVANCED
    )
    max_speed_kmhr: Annotated[float, Field(gt=0.001)] = Field(
        default=500, title="Maximum Segment Speed (Kilometers per Hour)", json_schema_extra=ADVANCED
    )

    @model_validator(mode="after")
    def _each_maximum_is_greater(self) -> Self:
        faults = [
            f"max_{name} must be greater than min_{name}"
            for name in ("length_meters", "time_secs", "speed_kmhr")
            if not getattr(self, f"max_{name}") > getattr(self, f"min_{name}")
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self
