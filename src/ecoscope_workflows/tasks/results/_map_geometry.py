"""A frame's geometries in; longitudes and latitudes out, packed by kind for `map.js`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ecoscope_workflows.tasks.results._map_packing import pack

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

# 1e-6 degrees is 0.11 m: finer than a GPS fix, and a third of the bytes of a double.
UNITS_PER_DEGREE = 1_000_000
HALF_TURN = 180.0
TURN = 360.0
POLE = 90.0
COLLECTION_TYPE = 7
RINGLESS_KINDS = {"points": (0,), "lines": (1, 2)}
POLYGON_TYPE = 3


@dataclass(frozen=True, slots=True)
class Placed:
    """What can be drawn, in drawing order.

    Parameters
    ----------
    geometries
        Shapely geometries in EPSG:4326, shape (n,).
    rows
        The position of each in the frame, shape (n,).
    missing
        How many rows have no geometry, or an empty one.
    outside
        How many rows lie where longitude and latitude are not defined.
    """

    geometries: NDArray[np.object_]
    rows: NDArray[np.intp]
    missing: int
    outside: int


@dataclass(frozen=True, slots=True)
class Shapes:
    """Packed coordinates, one group per kind, and the bounds ``((south, west), (north, east))`` of all."""

    groups: list[dict[str, Any]]
    bounds: tuple[tuple[float, float], tuple[float, float]] | None


def place(frame: GeoDataFrame) -> Placed:
    """Bring geometries to EPSG:4326 and into drawing order.

    Areas come first, the largest at the bottom, then lines, then points: nothing hides a smaller thing.

    Raises
    ------
    ValueError
        When the frame has no CRS.
    """
    if frame.crs is None:
        message = "geodataframe has no CRS, so its coordinates have no place on a map; "
        raise ValueError(message + "set it where the data are read, e.g. set_crs('EPSG:4326')")
    geometry = frame.geometry
    geometries = np.asarray(
        geometry if frame.crs == "EPSG:4326" else geometry.to_crs("EPSG:4326"), dtype=object
    )
    present = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    drawable = present & ~_leaves_the_globe(geometries)
    rows = np.flatnonzero(drawable)
    kept = geometries[rows]
    order = np.lexsort((-shapely.area(kept), -shapely.get_dimensions(kept)))
    outside = int(np.count_nonzero(present & ~drawable))
    return Placed(kept[order], rows[order], int(np.count_nonzero(~present)), outside)


def _leaves_the_globe(geometries: NDArray[np.object_]) -> NDArray[np.bool_]:
    coordinates, owner = shapely.get_coordinates(geometries, return_index=True)
    wrong = ~np.isfinite(coordinates).all(axis=1) | (np.abs(coordinates[:, 1]) > POLE)
    result = np.zeros(len(geometries), dtype=bool)
    result[owner[wrong]] = True
    return result


def pack_shapes(geometries: NDArray[np.object_]) -> Shapes:
    """Pack geometries in EPSG:4326 as points, lines and polygons; parts of collections stand for themselves.

    Notes
    -----
    An edge that spans more than 180 degrees of longitude is taken the short way round, over the antimeridian,
    so longitudes may pass 180 degrees; an edge of exactly 360 degrees (the frame of a world map) stays.
    The map is cut where the data leave the widest gap.
    A ring around a pole cannot be drawn in Mercator and comes out as a band.
    """
    parts, owners = _simple_parts(geometries)
    types = shapely.get_type_id(parts)
    rings, ring_owners = shapely.get_rings(parts[types == POLYGON_TYPE], return_index=True)
    strands = {"polygons": rings}
    feature = {"polygons": owners[types == POLYGON_TYPE]}
    for kind, ids in RINGLESS_KINDS.items():
        strands[kind] = parts[np.isin(types, ids)]
        feature[kind] = owners[np.isin(types, ids)]
    kinds = [kind for kind in ("polygons", "lines", "points") if len(strands[kind])]
    if not kinds:
        return Shapes([], None)
    coordinates = {kind: shapely.get_coordinates(strands[kind], return_index=True) for kind in kinds}
    lon, lat, sizes = _unwrapped([coordinates[kind] for kind in kinds])
    groups = []
    for kind, x, y, size in zip(kinds, lon, lat, sizes, strict=True):
        group = {
            "kind": kind,
            "feature": pack(feature[kind]),
            "size": pack(size),
            "x": _pack(x),
            "y": _pack(y),
        }
        if kind == "polygons":
            group["rings"] = pack(np.bincount(ring_owners, minlength=len(feature[kind])))
        groups.append(group)
    x, y = np.concatenate(lon), np.concatenate(lat)
    bounds = ((float(y.min()), float(x.min())), (float(y.max()), float(x.max())))
    return Shapes(groups, bounds)


def _pack(degrees: NDArray[np.float64]) -> str:
    return pack(np.rint(degrees * UNITS_PER_DEGREE).astype(np.int64))


def _simple_parts(geometries: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Split multi-part geometries and (nested) collections; return the parts and whose they are."""
    parts, owners = shapely.get_parts(geometries, return_index=True)
    while np.any(shapely.get_type_id(parts) > POLYGON_TYPE):
        parts, inner = shapely.get_parts(parts, return_index=True)
        owners = owners[inner]
    full = ~shapely.is_empty(parts)
    return parts[full], owners[full]


Strands = tuple["NDArray[np.float64]", "NDArray[np.intp]"]
Arrays = list["NDArray[Any]"]


def _unwrapped(kinds: list[Strands]) -> tuple[Arrays, Arrays, Arrays]:
    """Make every strand (point, line, ring) whole, and bring all into one turn of longitudes.

    Returns the longitudes, the latitudes, and the number of vertices of each strand, one array per kind.
    """
    xy = np.concatenate([coordinates for coordinates, _ in kinds])
    sizes = [np.bincount(owner) for _, owner in kinds]
    size = np.concatenate(sizes)
    starts = np.cumsum(size) - size
    lon = xy[:, 0] - _turns_walked(xy[:, 0], starts, size)
    west, east = np.minimum.reduceat(lon, starts), np.maximum.reduceat(lon, starts)
    middle = (west + east) / 2
    first = _west_edge(lon)
    turns = np.where((middle >= first) & (middle <= first + TURN), 0.0, np.floor((middle - first) / TURN))
    lon = lon - TURN * np.repeat(turns, size)
    # All together may still lie a turn away, as where longitudes are counted from 0 to 360.
    lon -= TURN * np.floor(((lon.min() + lon.max()) / 2 + HALF_TURN) / TURN)
    cuts = np.cumsum([len(owner) for _, owner in kinds])[:-1]
    return np.split(lon, cuts), np.split(xy[:, 1], cuts), sizes


def _turns_walked(
    lon: NDArray[np.float64], starts: NDArray[np.intp], size: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return, per vertex, the degrees by which its longitude jumped since the start of its strand."""
    steps = np.diff(lon, prepend=lon[:1])
    jumps = np.where((np.abs(steps) > HALF_TURN) & (np.abs(steps) < TURN), TURN * np.sign(steps), 0.0)
    jumps[starts] = 0.0
    walked = np.cumsum(jumps)
    since_start: NDArray[np.float64] = walked - np.repeat(walked[starts], size)
    return since_start


def _west_edge(lon: NDArray[np.float64]) -> float:
    """Return the longitude at which the map is cut: where the data leave the widest gap."""
    if lon.max() - lon.min() <= HALF_TURN:
        return float(lon.min())
    around = np.unique(np.mod(lon + HALF_TURN, TURN)) - HALF_TURN
    gaps = np.diff(around, append=around[0] + TURN)
    widest = int(np.argmax(gaps))
    return -HALF_TURN if widest == len(around) - 1 else float(around[widest + 1])
