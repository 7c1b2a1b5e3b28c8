"""A frame or its groups in, one column of a table of summaries out; needs pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from ecoscope_workflows.tasks.analysis._get_night_day_ratio import get_night_day_ratio
from ecoscope_workflows.tasks.analysis._summary_params import (
    CoverageSummaryParam,
    RatioOperand,
    RatioSummaryParam,
    StatSummaryParam,
    UniqueSummaryParam,
)
from ecoscope_workflows.tasks.unit_conversion import converted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.tasks.analysis._summary_params import SummaryParam

WGS84 = "EPSG:4326"
SQUARE_METERS_PER_SQUARE_KILOMETER = 1e6
HALF_TURN = 180.0
_NEED_NUMBERS = {"sum", "mean", "median"}


def of_frame(frame: Any, param: SummaryParam) -> Any:
    """Return one summary of a whole frame, as a column of one row."""
    if isinstance(param, StatSummaryParam):
        column = pd.Series([_statistic(frame, param, frame)])
    elif isinstance(param, RatioSummaryParam):
        column = _ratio(param, lambda side: pd.Series([_statistic(frame, side, frame)]))
    else:
        column = pd.Series([_of_rows(frame, param)])
    return _finished(column, param)


def of_groups(grouped: Any, param: SummaryParam, index: pd.Index[Any]) -> Any:
    """Return one summary of each group, as a column with a row per group."""
    if isinstance(param, StatSummaryParam):
        column = _statistic(grouped, param, grouped.obj)
    elif isinstance(param, RatioSummaryParam):
        column = _ratio(param, lambda side: _statistic(grouped, side, grouped.obj))
    else:
        kind = str if isinstance(param, UniqueSummaryParam) else "float64"
        column = pd.Series([_of_rows(rows, param) for _, rows in grouped], index=index, dtype=kind)
    return _finished(column, param)


def _statistic(source: Any, param: StatSummaryParam | RatioOperand, frame: Any) -> Any:
    column = frame[param.column]
    is_text = len(column) > 0 and pd.api.types.is_string_dtype(column)
    try:
        if is_text and param.aggregator in _NEED_NUMBERS:
            raise TypeError("text has none")  # noqa: TRY301  # pandas would join the texts
        return source[param.column].agg(param.aggregator)
    except TypeError as error:
        raise ValueError(
            f"column {param.column!r} holds {column.dtype}, which has no {param.aggregator} ({error}); "
            "convert_column_values_to_numeric makes numbers of text"
        ) from error


def _ratio(param: RatioSummaryParam, statistic: Callable[[RatioOperand], Any]) -> Any:
    divisor = statistic(param.denominator).astype("float64")
    return statistic(param.numerator).astype("float64") / divisor.where(divisor != 0) * param.scale


def _of_rows(rows: Any, param: SummaryParam) -> Any:
    if isinstance(param, UniqueSummaryParam):
        return ", ".join(str(value) for value in rows[param.column].unique())
    if isinstance(param, CoverageSummaryParam):
        return coverage_area_sqkm(rows, param.swath_width_meters, merged=param.merged)
    return get_night_day_ratio(rows)


def _finished(column: Any, param: SummaryParam) -> Any:
    """Return a column in the unit that is asked for, rounded."""
    if isinstance(param, StatSummaryParam) and param.original_unit and param.new_unit:
        column = converted(column, param.original_unit, param.new_unit)
    rounds = param.decimal_places is not None and pd.api.types.is_float_dtype(column.dtype)
    return column.round(param.decimal_places) if rounds else column


def coverage_area_sqkm(frame: Any, swath_width_meters: float, *, merged: bool) -> float:
    """Return the area in km² of swaths along the geometries of a frame.

    Parameters
    ----------
    frame
        Lines or points with a CRS; a missing or empty geometry covers nothing.
    swath_width_meters
        The width of a swath, half of it on each side; its ends are round.
    merged
        Whether ground that several swaths cover counts once; if not, the areas are summed.

    Raises
    ------
    ValueError
        When the frame has no geometry, or that has no CRS.
    """
    if getattr(frame, "_geometry_column_name", None) not in frame.columns:
        raise ValueError("coverage_area needs a frame with a geometry")
    geometry = frame.geometry[~(frame.geometry.isna() | frame.geometry.is_empty)]
    if geometry.empty:
        return 0.0
    if geometry.crs is None:
        raise ValueError("coverage_area needs the CRS of the geometry: set it where the frame is made")
    swaths = geometry.to_crs(_utm(geometry.to_crs(WGS84))).buffer(swath_width_meters / 2)
    area = swaths.union_all().area if merged else swaths.area.sum()
    return float(area) / SQUARE_METERS_PER_SQUARE_KILOMETER


def _utm(geometry: Any) -> Any:
    """Return the UTM zone of the centre of geometries in degrees, also of those across the antimeridian."""
    west, south, east, north = geometry.total_bounds
    if east - west <= HALF_TURN:
        return geometry.estimate_utm_crs()
    turned = geometry.get_coordinates()["x"] % (2 * HALF_TURN)
    centre = (turned.min() + turned.max()) / 2
    zone = int((centre + HALF_TURN) % (2 * HALF_TURN) // 6) + 1
    return f"EPSG:{326 if south + north >= 0 else 327}{zone:02d}"
