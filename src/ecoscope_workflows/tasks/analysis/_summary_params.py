"""What a table of summaries shows: one model per kind of column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.tasks.quantities import Unit

if TYPE_CHECKING:
    from pydantic.config import JsonDict

OptionalUnit = SkipJsonSchema[Unit | None]
NoPlaces = SkipJsonSchema[None]
DecimalPlaces = int | SkipJsonSchema[None]
Statistic = Literal["sum", "count", "min", "max", "mean", "nunique", "median"]

UNIT_LABELS: dict[Unit, str] = {
    "m": "Meters (m)",
    "km": "Kilometers (km)",
    "m²": "Square Meters (m²)",
    "km²": "Square Kilometers (km²)",
    "s": "Seconds (s)",
    "h": "Hours (h)",
    "d": "Days (d)",
    "m/s": "Meters per Second (m/s)",
    "km/h": "Kilometers per Hour (km/h)",
    "%": "Percent (%)",
}


def unit_choice(title: str, *units: Unit) -> JsonDict:
    """Return the form of a choice between units, all where none is named."""
    options: list[Any] = [{"const": unit, "title": UNIT_LABELS[unit]} for unit in units or UNIT_LABELS]
    return {"title": title, "type": "string", "oneOf": options}


# Forms ask for units once the box "Convert Units" is ticked.
_UNITS_ON_DEMAND: JsonDict = {
    "allOf": [
        {
            "if": {"properties": {"convert_units": {"const": True}}},
            "then": {
                "properties": {
                    "original_unit": unit_choice("Original Unit"),
                    "new_unit": unit_choice("New Unit"),
                }
            },
        }
    ]
}


class _Summary(BaseModel):
    display_name: str = Field(title="Display Name", description="Column header shown in the summary table.")


class StatSummaryParam(_Summary):
    """Pick a column and statistic, with optional unit conversion."""

    model_config = ConfigDict(title="Statistic", json_schema_extra=_UNITS_ON_DEMAND)

    aggregator: Statistic = Field(title="Statistic")
    column: str = Field(title="Column", description="Column to aggregate.")
    decimal_places: DecimalPlaces = Field(default=2, title="Decimal Places")
    convert_units: bool = Field(default=False, title="Convert Units")
    original_unit: OptionalUnit = None
    new_unit: OptionalUnit = None

    @model_validator(mode="before")
    @classmethod
    def _units_alone_mean_conversion(cls, data: Any) -> Any:
        # Specs from before the box give units only.
        if not isinstance(data, dict) or "convert_units" in data:
            return data
        given = any(data.get(name) is not None for name in ("original_unit", "new_unit"))
        return {**data, "convert_units": True} if given else data

    @model_validator(mode="after")
    def _conversion_has_both_units(self) -> Self:
        if self.convert_units and (self.original_unit is None or self.new_unit is None):
            raise ValueError("original_unit and new_unit are both needed where units are converted")
        if not self.convert_units:
            # What is left of a box that was ticked and is no more.
            self.original_unit = None
            self.new_unit = None
        return self


class UniqueSummaryParam(_Summary):
    """The distinct values of a column, shown as a comma-separated list."""

    model_config = ConfigDict(title="Unique Values")

    aggregator: Literal["unique"] = Field(title="Statistic")
    column: str = Field(title="Column", description="Column to aggregate.")
    decimal_places: NoPlaces = None


class RatioOperand(BaseModel):
    """One side of a ratio: a statistic of a column."""

    aggregator: Statistic = Field(title="Statistic")
    column: str = Field(title="Column", description="Column to aggregate.")


class RatioSummaryParam(_Summary):
    """One statistic divided by another, times a scale, e.g. events per hour."""

    model_config = ConfigDict(title="Ratio")

    aggregator: Literal["ratio"] = Field(title="Statistic")
    numerator: RatioOperand
    denominator: RatioOperand
    scale: float = Field(default=1.0, title="Scale", description="What the ratio is multiplied by.")
    decimal_places: DecimalPlaces = Field(default=2, title="Decimal Places")


class CoverageSummaryParam(_Summary):
    """Ground area (km²) covered by buffering track segments. Has no column."""

    model_config = ConfigDict(title="Area Covered Metric")

    aggregator: Literal["coverage_area"] = Field(title="Statistic")
    merged: bool = Field(
        default=True,
        title="Merged",
        description="Merge overlapping swaths before measuring (union); otherwise sum per-segment areas.",
    )
    swath_width_meters: float = Field(
        default=500.0, title="Swath Width (m)", description="Full corridor width in meters.", gt=0
    )
    decimal_places: DecimalPlaces = Field(default=2, title="Decimal Places")


class NightDayRatioSummaryParam(_Summary):
    """Ratio of movement by night to movement by day. Has no column or units."""

    model_config = ConfigDict(title="Night/Day Ratio Metric")

    aggregator: Literal["night_day_ratio"] = Field(title="Statistic")
    decimal_places: DecimalPlaces = Field(default=2, title="Decimal Places")


SummaryParam = Annotated[
    StatSummaryParam
    | UniqueSummaryParam
    | RatioSummaryParam
    | CoverageSummaryParam
    | NightDayRatioSummaryParam,
    Field(discriminator="aggregator"),
]
