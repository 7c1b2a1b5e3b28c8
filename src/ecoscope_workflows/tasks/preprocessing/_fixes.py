"""Fixes as arrays: a frame of relocations in; checked times and WGS 84 positions, in order, out."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ecoscope_workflows.contracts.track_geometry import POINTS, coordinates_of
from ecoscope_workflows.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]
    BoolArray = NDArray[np.bool_]

WGS84 = "EPSG:4326"
EXTRA_PREFIX = "extra__"
REQUIRED_COLUMNS = ("groupby_col", "fixtime", "junk_status", "geometry")
POINT_TYPE_ID = 0
MISSING_TYPE_ID = -1
MAX_LONGITUDE = 180.0
MAX_LATITUDE = 90.0
TICKS_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


@dataclass(frozen=True, slots=True)
class Fixes:
    """Usable fixes ordered by animal and time.

    Parameters
    ----------
    row
        Position of each fix in the frame it came from.
    animal
        A number per animal, equal for all its fixes.
    ticks
        Time since 1970-01-01 UTC in units of 1 / ``ticks_per_second`` seconds.
    ticks_per_second
        The resolution of ``ticks``.
    longitude, latitude
        Position in degrees, WGS 84.
    """

    row: IntArray
    animal: IntArray
    ticks: IntArray
    ticks_per_second: int
    longitude: FloatArray
    latitude: FloatArray

    def take(self, which: IntArray | BoolArray) -> Fixes:
        """Return some of the fixes, in the order asked for."""
        return Fixes(
            row=self.row[which],
            animal=self.animal[which],
            ticks=self.ticks[which],
            ticks_per_second=self.ticks_per_second,
            longitude=self.longitude[which],
            latitude=self.latitude[which],
        )


def require_columns(frame: pd.DataFrame, names: Iterable[str], what: str) -> None:
    """Refuse a frame that lacks one of the columns `names`, or has one of them twice.

    Raises
    ------
    ValueError
        Names the columns, those that exist, and the nearest one to each that is missing.
    """
    names = list(dict.fromkeys(names))
    existing = [str(column) for column in frame.columns]
    missing = [name for name in names if name not in existing]
    if missing:
        free = [column for column in existing if column not in names]
        hints = [did_you_mean(name, free) for name in missing]
        named = ", ".join(
            f"{name!r} ({hint})" if hint.startswith("did you mean") else repr(name)
            for name, hint in zip(missing, hints, strict=True)
        )
        raise ValueError(
            f"{what} lacks the column{'s' if len(missing) > 1 else ''} {named}; "
            f"existing columns: {', '.join(existing)}"
        )
    twice = [name for name in names if existing.count(name) > 1]
    if twice:
        raise ValueError(f"{what} has more than one column named {', '.join(map(repr, twice))}: rename them")


def extra_names(frame: pd.DataFrame, own: Iterable[object], what: str) -> dict[Any, str]:
    """Return, for each column that is not among `own`, the name it is kept under: ``extra__<name>``.

    Raises
    ------
    ValueError
        When two columns would get the same name.
    """
    own = set(own)
    pairs = [
        (column, column if str(column).startswith(EXTRA_PREFIX) else f"{EXTRA_PREFIX}{column}")
        for column in frame.columns
        if column not in own
    ]
    twins = sorted(name for name, count in Counter(name for _, name in pairs).items() if count > 1)
    if twins:
        raise ValueError(
            f"{what} has columns that would both be called {', '.join(map(repr, twins))}: "
            "rename or drop one of them"
        )
    return dict(pairs)


def wgs84_points(frame: pd.DataFrame) -> gpd.GeoSeries:
    """Return the column ``geometry`` as points in EPSG:4326, reprojected where it has another CRS.

    Raises
    ------
    ValueError
        When the column holds no geometries, has no CRS, or holds other geometries than points.
    """
    if str(frame["geometry"].dtype) != "geometry":
        raise ValueError("column 'geometry' holds no geometries: expected points, as in a GeoDataFrame")
    points = gpd.GeoSeries(frame["geometry"])
    if points.crs is None:
        raise ValueError("column 'geometry' has no CRS: say which one it has, e.g. with set_crs('EPSG:4326')")
    others = 0
    if coordinates_of(points.array, POINTS) is None:
        kinds = shapely.get_type_id(points.array)
        others = int(((kinds != POINT_TYPE_ID) & (kinds != MISSING_TYPE_ID)).sum())
    if others:
        found = ", ".join(sorted(set(points.geom_type.dropna()) - {"Point"}))
        raise ValueError(f"column 'geometry' must hold points, but {others} of {len(points)} are {found}")
    if points.crs == WGS84:
        return points
    # OGC:CRS84 is the same system with the axes named in the order that the coordinates have anyway.
    if points.crs.equals(WGS84, ignore_axis_order=True):
        return points.set_crs(WGS84, allow_override=True)
    return points.to_crs(WGS84)


def coordinates(points: gpd.GeoSeries) -> tuple[FloatArray, FloatArray]:
    """Return x and y of each point; NaN where there is no point or an empty one."""
    known = coordinates_of(points.array, POINTS)
    if known is not None:
        return known[:, 0], known[:, 1]
    geometries = points.to_numpy()
    empty = shapely.is_empty(geometries)
    if empty.any():
        # Shapely before 2.1 raises where an empty point is asked for its x.
        geometries = np.where(empty, None, geometries)
    return shapely.get_x(geometries), shapely.get_y(geometries)


def utc_times(times: pd.Series[Any]) -> pd.Series[Any]:
    """Return date-times in UTC; a column of mixed zones (dtype object) is fine, one without zones is not.

    Raises
    ------
    ValueError
        When a value has no time zone or is no date-time.
    """
    if isinstance(times.dtype, pd.DatetimeTZDtype):
        in_utc: pd.Series[Any] = times.dt.tz_convert("UTC")
        return in_utc
    known = times.dropna()
    if not all(isinstance(time, pd.Timestamp) or hasattr(time, "tzinfo") for time in known):
        raise ValueError(f"column {times.name!r} holds no date-times: convert it with pandas.to_datetime")
    if any(time.tzinfo is None for time in known):
        raise ValueError(
            f"column {times.name!r} has no time zone: say which one it is in, e.g. with dt.tz_localize('UTC')"
        )
    return pd.to_datetime(times, utc=True)


def animal_names(animals: pd.Series[Any]) -> pd.Series[Any]:
    """Return the names of the animals as text; a column that is text already is returned as it is."""
    if pd.api.types.is_string_dtype(animals) and not isinstance(animals.dtype, pd.CategoricalDtype):
        return animals
    return animals.astype(str).where(animals.notna())


def ordered_fixes(frame: pd.DataFrame, *, keeps_doubtful: bool = False) -> Fixes:
    """Return the usable fixes of a frame of relocations, ordered by animal and time.

    Left out with a counted warning are fixes without an animal, a time or a position (none, empty, not
    finite, or beyond a pole).
    So are doubtful fixes, unless they are asked for: those marked as junk, and every fix but the first of
    those that one animal has at one time. The first is the one that stands first in the frame.
    A warning also counts the fixes that are earlier than the fix of the same animal before them.

    Parameters
    ----------
    frame
        The relocations.
    keeps_doubtful
        Whether doubtful fixes stay among the others; each kind of them is still counted in a warning.
    """
    longitude, latitude = coordinates(wgs84_points(frame))
    times = utc_times(frame["fixtime"])
    animals = animal_names(frame["groupby_col"])
    known = (times.notna().to_numpy(), animals.notna().to_numpy())
    usable = _usable(frame, known, (longitude, latitude), keeps_junk=keeps_doubtful)
    codes, _ = pd.factorize(animals, sort=True)
    rows = np.flatnonzero(usable)
    fixes = Fixes(
        row=rows,
        animal=codes[rows].astype(np.int64),
        ticks=times.dt.tz_localize(None).to_numpy()[rows].view(np.int64),
        ticks_per_second=TICKS_PER_SECOND[times.dt.unit],
        longitude=longitude[rows],
        latitude=latitude[rows],
    )
    return _without_repeats(_in_order(fixes), keeps_repeats=keeps_doubtful)


def marked_as_junk(frame: pd.DataFrame) -> BoolArray:
    """Return of each fix whether its source or a filter has marked it as wrong."""
    marked: BoolArray = frame["junk_status"].isin([True]).to_numpy()
    return marked


def _usable(
    frame: pd.DataFrame,
    known: tuple[BoolArray, BoolArray],
    position: tuple[FloatArray, FloatArray],
    *,
    keeps_junk: bool,
) -> BoolArray:
    timed, named = known
    longitude, latitude = position
    with np.errstate(invalid="ignore"):
        placed = np.isfinite(longitude) & (np.abs(latitude) <= MAX_LATITUDE)
    good = ~marked_as_junk(frame)
    if keeps_junk and not good.all():
        _warn(
            f"{(~good).sum()} of {len(good)} fixes are marked as junk: segments that start at one are left "
            "out, segments that end at one are not; process_relocations removes such fixes"
        )
        good = np.ones(len(good), dtype=bool)
    reasons = (
        ("marked as junk", good),
        ("without an animal", named),
        ("without a time", timed),
        ("without a position on the globe", placed),
    )
    usable = good & named & timed & placed
    if not usable.all():
        counts = ", ".join(f"{(~kept).sum()} {reason}" for reason, kept in reasons if not kept.all())
        _warn(f"{(~usable).sum()} of {len(usable)} fixes were left out: {counts}")
    return usable


def _in_order(fixes: Fixes) -> Fixes:
    # Fixes of many animals usually come in order of time; then bringing each animal's together is enough.
    apart = (np.diff(fixes.animal) < 0).any()
    grouped = fixes.take(np.argsort(fixes.animal, kind="stable")) if apart else fixes
    backward = (np.diff(grouped.animal) == 0) & (np.diff(grouped.ticks) < 0)
    if not backward.any():
        return grouped
    _warn(
        f"{backward.sum()} of {len(grouped.row)} fixes are earlier than the fix of the same animal before "
        "them: all fixes were sorted by time"
    )
    return grouped.take(np.lexsort((grouped.ticks, grouped.animal)))


def _without_repeats(fixes: Fixes, *, keeps_repeats: bool) -> Fixes:
    repeats = np.zeros(len(fixes.row), dtype=bool)
    repeats[1:] = (np.diff(fixes.animal) == 0) & (np.diff(fixes.ticks) == 0)
    if not repeats.any():
        return fixes
    first = np.maximum.accumulate(np.where(repeats, 0, np.arange(len(repeats))))
    moved = (fixes.longitude != fixes.longitude[first]) | (fixes.latitude != fixes.latitude[first])
    elsewhere = int((repeats & moved).sum())
    found = f"{repeats.sum()} of {len(repeats)} fixes repeat the animal and time of an earlier one"
    places = f"{int(repeats.sum()) - elsewhere} at its position, {elsewhere} elsewhere"
    if keeps_repeats:
        _warn(f"{found}: {places}; segments without a duration are left out")
        return fixes
    _warn(f"{found} and were left out: {places}")
    return fixes.take(~repeats)


def _warn(text: str) -> None:
    # Level 5 is the caller of a task: task, ordered_fixes, the step, this.
    warnings.warn(text, UserWarning, stacklevel=5)
