"""Observations as a source delivers them in; relocations fit for analysis out."""

from __future__ import annotations

import logging
import math
import warnings
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator

from ecoscope_workflows.annotations import DataFrame, WrittenAs
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.schemas import Observations, Relocations
from ecoscope_workflows.tasks.track_filters import Coordinate

if TYPE_CHECKING:
    import pandas as pd

logger = logging.getLogger(__name__)

# In this order: sources write "extra__subject__name".
SOURCE_PREFIXES = ("extra__", "subject__")

# What sources may leave out, and what stands for it: published workflows group and label by these columns.
OPTIONAL_COLUMNS = (
    *("extra__subject__name", "extra__subject__subject_subtype", "extra__subject__sex"),
    *("patrol_type__value", "patrol_serial_number", "patrol_status", "patrol_subject"),
)
NOT_SAID = "None"
SERIAL_NUMBER = "patrol_serial_number"


def _positions(value: Any) -> Any:
    """Return positions given as ``{x, y}``, in whole or in part, as pairs ``[x, y]``."""
    return [_position(item) for item in value] if isinstance(value, list | tuple) else value


def _position(item: Any) -> Any:
    if isinstance(item, dict) and set(item) == {"x", "y"}:
        return [item["x"], item["y"]]
    return [item.x, item.y] if hasattr(item, "x") and hasattr(item, "y") else item


Positions = Annotated[
    list[list[float]], BeforeValidator(_positions), WrittenAs(list[list[float] | Coordinate])
]


def _effect(relocs_columns: list[str]) -> Effect:
    """Return what happens to the columns; names that clash or are missing are refused as at run time."""
    names = _names_without_prefixes(relocs_columns)
    return Effect(keeps=relocs_columns, renames=dict(zip(relocs_columns, names, strict=True)))


@distributed(effect=_effect)
def process_relocations(
    observations: DataFrame[Observations],
    filter_point_coords: Positions,
    relocs_columns: list[str],
) -> DataFrame[Relocations]:
    """Remove wrong fixes, put the rest in order of time and keep the columns that are needed.

    A fix is removed when its source marked it as junk, when it lies outside of longitude -180 to 180 or
    latitude -90 to 90 (bounds kept), when it lies exactly on a filter point (x and y are compared, not z),
    or when it has no position.
    Removed fixes are counted: in a warning where the position is missing or impossible, else in the log.
    Fixes that are not in order of time are sorted; fixes of the same time stay in the order they came in.

    Some columns need not exist, because sources may leave them out: ``extra__subject__name``,
    ``extra__subject__subject_subtype``, ``extra__subject__sex``, ``patrol_type__value``,
    ``patrol_serial_number``, ``patrol_status`` and ``patrol_subject``.
    ``"None"`` stands for each of their values that is missing; published workflows group by them.

    Parameters
    ----------
    observations
        Fixes with a CRS; reprojected to EPSG:4326 where they have another one.
    filter_point_coords
        Positions that stand for "no fix" in degrees: pairs ``[longitude, latitude]``, e.g. ``[[0, 0]]``, or
        mappings ``{x: longitude, y: latitude}``.
    relocs_columns
        The columns to keep, in this order, with their names in `observations`.
        In the result ``extra__`` and then ``subject__`` are removed from the names, wherever they stand.

    Returns
    -------
    DataFrame[Relocations]
        Fixes in EPSG:4326 with the index of `observations` and its time zone.
        Serial numbers of patrols are text.

    Raises
    ------
    ValueError
        When a filter point is no pair of numbers, a column does not exist, the columns that every relocation
        has are not among those to keep, two columns get the same name, or the fixes have no CRS.
    """
    import geopandas as gpd

    from ecoscope_workflows.tasks.preprocessing import _fixes

    filter_points = _pairs(_positions(filter_point_coords))
    needed = [name for name in relocs_columns if name not in OPTIONAL_COLUMNS or name in observations]
    _fixes.require_columns(observations, needed, "the frame of observations")
    names = _names_without_prefixes(relocs_columns)
    _fixes.require_columns(observations, _fixes.REQUIRED_COLUMNS, "the frame of observations")
    points = _fixes.wgs84_points(observations)
    keep = _good_fixes(observations, points, filter_points)
    kept = gpd.GeoDataFrame(observations.loc[keep, needed], geometry=points[keep])
    kept = kept.assign(**_said(kept, relocs_columns))[relocs_columns]
    if not kept["fixtime"].is_monotonic_increasing:
        kept = kept.sort_values("fixtime", kind="stable")
    relocations: DataFrame[Relocations] = kept.set_axis(names, axis="columns").set_geometry("geometry")
    return relocations


def _said(kept: pd.DataFrame, wanted: list[str]) -> dict[str, Any]:
    """Return the optional columns among the wanted ones that lack values, with text in their places."""
    said: dict[str, Any] = {}
    for name in OPTIONAL_COLUMNS:
        if name in wanted and name not in kept:
            said[name] = NOT_SAID
        elif name in wanted and name == SERIAL_NUMBER:
            said[name] = kept[name].map(_serial_number, na_action="ignore").fillna(NOT_SAID)
        elif name in wanted and kept[name].hasnans:
            said[name] = kept[name].astype(object).fillna(NOT_SAID)
    return said


def _serial_number(value: Any) -> str:
    # A column of whole numbers with gaps holds floats.
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def _pairs(filter_point_coords: list[list[float]]) -> list[tuple[float, float]]:
    for position, pair in enumerate(filter_point_coords, start=1):
        if len(pair) != 2 or not all(map(_is_number, pair)):  # noqa: PLR2004  # a pair
            raise ValueError(
                f"filter point {position} of filter_point_coords is {pair!r}: "
                "expected two numbers, [longitude, latitude]"
            )
    return [(float(x), float(y)) for x, y in filter_point_coords]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _names_without_prefixes(columns: list[str]) -> list[str]:
    names = list(columns)
    for prefix in SOURCE_PREFIXES:
        names = [name.replace(prefix, "") for name in names]
    origins: dict[str, list[str]] = {}
    for column, name in zip(columns, names, strict=True):
        origins.setdefault(name, []).append(column)
    twins = [
        f"{' and '.join(map(repr, same))} -> {name!r}" for name, same in origins.items() if len(same) > 1
    ]
    if twins:
        raise ValueError(
            "columns of relocs_columns get the same name when 'extra__' and 'subject__' are removed: "
            f"{'; '.join(twins)}; keep one of each"
        )
    missing = [name for name in ("groupby_col", "fixtime", "junk_status", "geometry") if name not in names]
    if missing:
        raise ValueError(
            f"relocs_columns must name {', '.join(map(repr, missing))}: every relocation has these columns"
        )
    return names


def _good_fixes(observations: pd.DataFrame, points: Any, filter_points: list[tuple[float, float]]) -> Any:
    """Return per fix whether it stays; say in a warning or in the log how many do not, and why."""
    import numpy as np

    from ecoscope_workflows.tasks.preprocessing import _fixes

    x, y = _fixes.coordinates(points)
    missing = np.isnan(x) | np.isnan(y)
    outside = (np.abs(x) > _fixes.MAX_LONGITUDE) | (np.abs(y) > _fixes.MAX_LATITUDE)
    on_filter_point = np.zeros(len(x), dtype=bool)
    for longitude, latitude in filter_points:
        on_filter_point |= (x == longitude) & (y == latitude)
    marked = observations["junk_status"].isin([True]).to_numpy()
    if missing.any() or outside.any():
        warnings.warn(
            f"{int((missing | outside).sum())} of {len(x)} fixes were removed: {int(missing.sum())} without "
            f"a position, {int(outside.sum())} outside of longitude -180 to 180 or latitude -90 to 90",
            UserWarning,
            stacklevel=3,
        )
    logger.info(
        "of %d fixes, %d lie on a filter point and %d are marked as junk by their source",
        *(len(x), int(on_filter_point.sum()), int(marked.sum())),
    )
    return ~(missing | outside | on_filter_point | marked)
