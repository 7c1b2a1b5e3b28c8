"""Tasks that turn the values of columns into text, numbers, or times of another zone."""

from __future__ import annotations

import logging
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from ecoscope_workflows.annotations import AnyDataFrame, AnyGeoDataFrame, Column
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.frame_columns import require_columns
from ecoscope_workflows.tasks.time_ranges import TimezoneInfo

if TYPE_CHECKING:
    import pandas as pd

logger = logging.getLogger(__name__)

Columns = Annotated[list[str], Field(description="The columns to convert.")]


def _to_text(columns: list[str]) -> Effect:
    return Effect(adds=dict.fromkeys(columns, Annotated[str, Column(nullable=False)]))


@distributed(effect=_to_text)
def convert_column_values_to_string(df: AnyDataFrame, columns: Columns) -> AnyDataFrame:
    """Write the values of columns as text: ``50.0``, ``True``, ``eco_1``.

    A missing number becomes ``nan``, a missing time ``NaT``, a missing text ``None``, so that no value of the
    result is missing.

    Parameters
    ----------
    df
        Any frame.
    columns
        The columns.

    Raises
    ------
    KeyError
        When a column does not exist.
    """
    require_columns(df, columns, "columns")
    return df.assign(**{name: _as_text(df[name]) for name in columns})


def _as_text(column: Any) -> Any:
    missing = column.isna()
    text = column.astype(str)
    if missing.any():
        # Whether a missing text was None or NaN does not show once it is in a column of text.
        is_text = str(column.dtype) == "str"
        words = ["None" if is_text else str(value) for value in column[missing]]
        text = text.astype(object)
        text[missing] = words
    return text.astype(str)


def _to_zone(columns: list[str]) -> Effect:
    # Text and times without a zone stay as they are, so the type is not known.
    return Effect(adds=dict.fromkeys(columns, Any))


@distributed(effect=_to_zone)
def convert_values_to_timezone(
    df: AnyDataFrame,
    timezone: str | TimezoneInfo,
    columns: Columns,
    *,
    auto_detect: Annotated[bool, Field(exclude=True)] = False,
) -> AnyDataFrame:
    """Show the times of columns in another zone; the moments stay the same.

    Times without a zone, text and columns that do not exist are left alone, and a warning is logged.
    A column that mixes zones becomes one of a single zone.

    Parameters
    ----------
    df
        Any frame.
    timezone
        A name of the IANA database such as ``Africa/Nairobi``, with its daylight saving time;
        or a zone of a form, which stands for its fixed offset from UTC (``utc``), as published.
    columns
        The columns.
    auto_detect
        Whether all other columns of times with a zone are converted too.

    Raises
    ------
    ValueError
        When the zone is not known.
    """
    zone = _zone(timezone)
    names = [name for name in columns if name in df.columns]
    if len(names) < len(columns):
        logger.warning("columns that do not exist: %s", sorted(set(columns) - set(names)))
    if auto_detect:
        names += [name for name in df.columns if name not in names and _is_aware(df[name])]
    left = [name for name in names if not _is_aware(df[name])]
    if left:
        logger.warning("columns left as they are, for they hold no times with a zone: %s", left)
    return df.assign(**{name: _in_zone(df[name], zone) for name in names if name not in left})


def _zone(timezone: str | TimezoneInfo) -> tzinfo:
    if isinstance(timezone, TimezoneInfo):
        return timezone.offset
    import pandas as pd

    try:
        return pd.DatetimeTZDtype(tz=timezone).tz
    except (LookupError, TypeError, ValueError) as error:
        raise ValueError(
            f"the time zone {timezone!r} is not known; expected a name such as 'Africa/Nairobi' or 'UTC'"
        ) from error


def _is_aware(column: pd.Series[Any]) -> bool:
    import pandas as pd

    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return True
    if str(column.dtype) != "object":
        return False
    # Times of several zones stand in a column of objects.
    values = column.dropna()
    return len(values) > 0 and all(
        isinstance(value, datetime) and value.tzinfo is not None for value in values
    )


def _in_zone(column: pd.Series[Any], zone: tzinfo) -> Any:
    import pandas as pd

    if not isinstance(column.dtype, pd.DatetimeTZDtype):
        column = pd.to_datetime(column, utc=True)
    return column.dt.tz_convert(zone)


def _to_numbers(columns: list[str]) -> Effect:
    return Effect(adds=dict.fromkeys(columns, Any))


@distributed(effect=_to_numbers)
def convert_column_values_to_numeric(df: AnyDataFrame, columns: Columns) -> AnyDataFrame:
    """Turn the values of columns into numbers; what is no number becomes missing, and is counted in the log.

    Parameters
    ----------
    df
        Any frame.
    columns
        The columns.

    Raises
    ------
    KeyError
        When a column does not exist.
    """
    require_columns(df, columns, "columns")
    return df.assign(**{name: _as_numbers(df[name]) for name in columns})


def _as_numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    numbers: pd.Series[Any] = pd.to_numeric(column, errors="coerce")
    lost = int(numbers.isna().sum() - column.isna().sum())
    if lost:
        logger.warning("column %r: %d of %d values are no numbers", column.name, lost, len(column))
    return numbers


@distributed
def convert_crs(
    df: AnyGeoDataFrame,
    crs: Annotated[
        str,
        Field(
            title="Coordinate Reference System",
            description=(
                "The target coordinate reference system, as a valid CRS authority code"
                " (e.g. 'EPSG:4326', 'EPSG:3857', 'ESRI:53042')."
            ),
        ),
    ] = "EPSG:4326",
) -> AnyGeoDataFrame:
    """Reproject the geometries of a frame.

    Raises
    ------
    ValueError
        When the frame has no CRS, or `crs` is not known.
    """
    import pyproj

    if df.crs is None:
        raise ValueError(
            f"the frame has no CRS, so it cannot be reprojected to {crs}: set one where it is made"
        )
    try:
        target = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise ValueError(f"crs {crs!r} is not known; expected a code such as 'EPSG:4326'") from error
    return df.to_crs(target)
