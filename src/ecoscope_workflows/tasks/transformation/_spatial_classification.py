"""Segments and named regions in; the part of each segment inside each region out."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Geod

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    IntArray = NDArray[np.int64]
    FloatArray = NDArray[np.float64]

LINE_TYPE_ID = 1
POLYGON_TYPE_IDS = (3, 6)
ENDS = 2
FULL_CIRCLE = 360.0
HALF_CIRCLE = 180.0
SECONDS_PER_HOUR = 3600.0
METERS_PER_KILOMETER = 1000.0


def classify_segments(
    trajectory: gpd.GeoDataFrame, regions: gpd.GeoDataFrame, name_column: str = "name"
) -> gpd.GeoDataFrame:
    """Cut segments at the borders of regions and say in which region each part lies.

    The overlay of segments with polygons that ecoscope's spatial classification makes: a part is as fast as
    its segment was, so its time is its length divided by that speed.
    A segment that enters a region twice has no single part in it and is left out of that region, with a
    counted warning; one that only touches a region at a point is left out too.
    A segment over the antimeridian (longitudes more than 180 degrees apart) takes the short way round.

    Parameters
    ----------
    trajectory
        Segments as lines of two points, with ``speed_kmhr`` (km/h), in a geographic CRS such as EPSG:4326 or
        a projected one in metres. Segments without a geometry lie in no region.
    regions
        Polygons with names; reprojected to the CRS of `trajectory`, and made valid. They may overlap.
    name_column
        The column of `regions` that holds their names.

    Returns
    -------
    gpd.GeoDataFrame
        One row per segment and region that it passes through, by segment and then by region, with the index
        and columns of `trajectory`.
        ``geometry``, ``dist_meters`` (m; geodesic where the CRS is geographic) and ``timespan_seconds`` (s)
        are those of the part; ``region`` is the name of the region; other columns are those of the segment.

    Raises
    ------
    ValueError
        When a column or a CRS is missing, the CRS is projected but not in metres, `trajectory` has a column
        ``region``, or a geometry is no line or no polygon.
    """
    _require(trajectory, regions, name_column)
    lines = _checked_lines(trajectory)
    polygons = _polygons(regions, trajectory.crs)
    segment, region, parts = _overlay(lines, polygons, on_a_globe=trajectory.crs.is_geographic)
    classified: gpd.GeoDataFrame = trajectory.iloc[segment].copy()
    classified[classified.geometry.name] = gpd.array.from_shapely(parts, crs=trajectory.crs)
    meters = _lengths(parts, trajectory.crs)
    classified["dist_meters"] = meters
    classified["timespan_seconds"] = _seconds(classified, meters)
    classified["region"] = regions[name_column].array.take(region)
    return classified


def _require(trajectory: gpd.GeoDataFrame, regions: gpd.GeoDataFrame, name_column: str) -> None:
    if "speed_kmhr" not in trajectory.columns:
        raise ValueError(
            "the trajectory lacks the column 'speed_kmhr', from which the time in a region follows; "
            f"existing columns: {', '.join(map(str, trajectory.columns))}"
        )
    if "region" in trajectory.columns:
        raise ValueError("the trajectory has a column 'region' already: rename it, as the result has one too")
    if name_column not in regions.columns:
        raise ValueError(
            f"the regions lack the column {name_column!r}, which holds their names; "
            f"existing columns: {', '.join(map(str, regions.columns))}"
        )
    for what, frame in (("trajectory", trajectory), ("regions", regions)):
        if frame.crs is None:
            raise ValueError(f"no CRS is said of the {what}: set one, e.g. with set_crs('EPSG:4326')")
    units = {axis.unit_name for axis in trajectory.crs.axis_info}
    if not trajectory.crs.is_geographic and units != {"metre"}:
        raise ValueError(
            f"the CRS of the trajectory is in {', '.join(sorted(units))}: expected metres or degrees; "
            "reproject it, e.g. with to_crs('EPSG:4326')"
        )


def _checked_lines(trajectory: gpd.GeoDataFrame) -> Any:
    lines = trajectory.geometry.to_numpy()
    others = int((~shapely.is_missing(lines) & (shapely.get_type_id(lines) != LINE_TYPE_ID)).sum())
    if others:
        raise ValueError(
            f"{others} of {len(lines)} geometries of the trajectory are no lines: expected lines"
        )
    return lines


def _polygons(regions: gpd.GeoDataFrame, crs: CRS) -> Any:
    """Return valid polygons in a CRS; an area of which nothing is left is an empty one."""
    shapes = regions.geometry.to_crs(crs).to_numpy()
    known = ~shapely.is_missing(shapes)
    others = int((known & ~np.isin(shapely.get_type_id(shapes), POLYGON_TYPE_IDS)).sum())
    if others:
        raise ValueError(f"{others} of {len(shapes)} regions are no polygons: expected polygons")
    valid = shapely.make_valid(shapes)
    for position in np.flatnonzero(known & ~np.isin(shapely.get_type_id(valid), POLYGON_TYPE_IDS)):
        parts = shapely.get_parts(shapely.get_parts(valid[position]))
        valid[position] = shapely.union_all(parts[shapely.get_dimensions(parts) > 1])
    shapely.prepare(valid)
    return valid


def _overlay(lines: Any, polygons: Any, *, on_a_globe: bool) -> tuple[IntArray, IntArray, Any]:
    """Return positions of segments and of regions, and the part of each segment in each region."""
    source, lines = _unwrapped(lines) if on_a_globe else (np.arange(len(lines)), lines)
    candidate, region = shapely.STRtree(polygons).query(lines)
    # Prepared polygons answer fast, and most segments lie wholly within a region or outside of it.
    covered = shapely.covers(polygons[region], lines[candidate])
    meets = covered | shapely.intersects(polygons[region], lines[candidate])
    candidate, region, covered = candidate[meets], region[meets], covered[meets]
    parts = lines[candidate]
    cut = ~covered
    parts[cut] = _same_direction(shapely.intersection(parts[cut], polygons[region[cut]]), parts[cut])
    single = (shapely.get_type_id(parts) == LINE_TYPE_ID) & ~shapely.is_empty(parts)
    several = int((shapely.get_dimensions(parts) == 1).sum() - single.sum())
    if several:
        warnings.warn(
            f"{several} segments enter a region more than once and were left out of it: "
            "a segment counts in a region with one part only",
            UserWarning,
            stacklevel=3,
        )
    order = np.lexsort((region[single], source[candidate[single]]))
    return source[candidate[single]][order], region[single][order], parts[single][order]


def _unwrapped(lines: Any) -> tuple[IntArray, Any]:
    """Return lines of which none spans more than half the globe, and the line that each one comes from.

    A segment over the antimeridian becomes two that leave the map on either side.
    """
    first, last = (shapely.get_x(shapely.get_point(lines, end)) for end in (0, -1))
    wraps = np.flatnonzero((np.abs(last - first) > HALF_CIRCLE) & (shapely.get_num_points(lines) == ENDS))
    source = np.arange(len(lines))
    if not len(wraps):
        return source, lines
    east = shapely.get_coordinates(lines[wraps]).reshape(-1, ENDS, 2)
    west = east.copy()
    east[..., 0] += np.where(east[..., 0] < 0, FULL_CIRCLE, 0.0)
    west[..., 0] -= np.where(west[..., 0] > 0, FULL_CIRCLE, 0.0)
    unwrapped = lines.copy()
    unwrapped[wraps] = shapely.linestrings(east)
    return np.append(source, wraps), np.append(unwrapped, shapely.linestrings(west))


def _same_direction(parts: Any, whole: Any) -> Any:
    """Return parts that run the way their segment does, as a cut may turn them round."""
    lines = shapely.get_type_id(parts) == LINE_TYPE_ID
    parts, kept = parts.copy(), parts[lines]
    steps = _steps(kept, last=-1) * _steps(whole[lines], last=-1)
    parts[lines] = np.where(steps.sum(axis=1) < 0, shapely.reverse(kept), kept)
    return parts


def _steps(lines: Any, last: int) -> FloatArray:
    ends = (shapely.get_point(lines, last), shapely.get_point(lines, 0))
    along: FloatArray = np.stack(
        [axis(ends[0]) - axis(ends[1]) for axis in (shapely.get_x, shapely.get_y)], 1
    )
    return along


def _seconds(parts: gpd.GeoDataFrame, meters: FloatArray) -> FloatArray:
    """Return how long an animal was on each part: where that has no length, all the time of its segment."""
    whole: Any = parts["timespan_seconds"] if "timespan_seconds" in parts.columns else 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        hours = meters / (parts["speed_kmhr"].to_numpy(dtype=float) * METERS_PER_KILOMETER)
    return np.where(meters > 0, hours * SECONDS_PER_HOUR, np.asarray(whole, dtype=float))


def _lengths(parts: Any, crs: CRS) -> FloatArray:
    """Return the lengths in metres: planar, or of the geodesic between the first two points."""
    if not crs.is_geographic:
        planar: FloatArray = shapely.length(parts)
        return planar
    first, second = (shapely.get_point(parts, number) for number in (0, 1))
    ends = [axis(point).tolist() for point in (first, second) for axis in (shapely.get_x, shapely.get_y)]
    geod = crs.get_geod() or Geod(ellps="WGS84")
    return np.asarray(geod.inv(*ends)[2], dtype=float)
