"""The task that removes rows by where they are: outside of a box or region, or on a wrong position."""

from __future__ import annotations

import logging
import warnings
from typing import Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyGeoDataFrame
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.track_filters import BoundingBox, Coordinate
from ecoscope_workflows.tasks.written import ADVANCED

logger = logging.getLogger(__name__)

# Defaults of a form; nothing writes to them.
_WHOLE_WORLD = BoundingBox()
_NO_POINTS: list[Coordinate] = []

WGS84 = "EPSG:4326"


@distributed(effect=Effect(reindexes=True))
def apply_reloc_coord_filter(
    df: AnyGeoDataFrame,
    bounding_box: Annotated[
        BoundingBox | SkipJsonSchema[None],
        Field(description="Filter events to inside these bounding coordinates.", json_schema_extra=ADVANCED),
    ] = _WHOLE_WORLD,
    filter_point_coords: Annotated[
        list[Coordinate] | SkipJsonSchema[None],
        Field(
            title="Filter Exact Point Coordinates",
            description=(
                "By adding a filter, the workflow will not include events recorded at the specified "
                "coordinates."
            ),
            json_schema_extra=ADVANCED,
        ),
    ] = _NO_POINTS,
    roi_gdf: Annotated[
        AnyGeoDataFrame | SkipJsonSchema[None],
        Field(
            description="The ROI geopandas dataframe, in EPSG: 4326, indexed by ROI name",
            json_schema_extra=ADVANCED,
        ),
    ] = None,
    roi_name: Annotated[
        str | SkipJsonSchema[None], Field(description="The ROI name", json_schema_extra=ADVANCED)
    ] = None,
    *,
    reset_index: Annotated[
        bool | SkipJsonSchema[None],
        Field(description="Reset index after filtering", json_schema_extra=ADVANCED),
    ] = True,
) -> AnyGeoDataFrame:
    """Keep the rows that lie inside a box and a region, and not exactly on a position that means "no fix".

    A point is inside the box when it is strictly between its bounds; any other geometry when it intersects
    the box. Filter positions remove points only, and only exact equals.
    A row without a geometry is kept by box and positions, and removed by a region.
    How many rows are removed, and by what, is said in the log.

    Parameters
    ----------
    df
        Events or fixes; positions are compared in longitude and latitude (EPSG:4326), which a frame without a
        CRS is taken to be in.
    bounding_box
        The box; the whole world where it is None.
        A box whose `min_x` is greater than its `max_x` lies across the antimeridian; in one whose `min_y` is
        greater than its `max_y` lies nothing, which is worth a warning.
    filter_point_coords
        The positions.
    roi_gdf, roi_name
        Regions, and the label in their index of the one to keep; there is no region where one is None.
        Several rows of that label are one region.
    reset_index
        Whether the rows that are left are numbered anew.

    Returns
    -------
    AnyGeoDataFrame
        Rows of `df` in their order, in the CRS of `df`.

    Raises
    ------
    KeyError
        When `roi_gdf` has no `roi_name`.
    """
    box = bounding_box or _WHOLE_WORLD
    if box.min_y > box.max_y:
        text = f"bounding_box: nothing lies in it, as min_y ({box.min_y}) is greater than max_y ({box.max_y})"
        warnings.warn(text, stacklevel=2)
    in_degrees = df.geometry if df.crs is None else df.geometry.to_crs(WGS84)
    inside = _inside_box(in_degrees, box)
    wrong = _on_positions(in_degrees, filter_point_coords or [])
    kept = df[inside & ~wrong]
    if roi_gdf is not None and roi_name is not None:
        kept = kept[kept.geometry.intersects(_region(roi_gdf, roi_name, df.crs))]
    logger.info(
        "of %d rows, %d lie outside of the box, %d more on a filtered position, %d more outside of the roi",
        *(
            len(df),
            int((~inside).sum()),
            int((inside & wrong).sum()),
            int((inside & ~wrong).sum()) - len(kept),
        ),
    )
    return kept.reset_index(drop=True) if reset_index else kept


def _inside_box(geometry: Any, box: BoundingBox) -> Any:
    import numpy as np
    import shapely

    shapes = geometry.to_numpy()
    if box.min_y > box.max_y:
        return shapely.is_missing(shapes)
    x, y = _coordinates(shapes)
    across = box.min_x > box.max_x
    between = (x > box.min_x) | (x < box.max_x) if across else (x > box.min_x) & (x < box.max_x)
    in_point_box = between & (y > box.min_y) & (y < box.max_y)
    spans = [(box.min_x, 180.0), (-180.0, box.max_x)] if across else [(box.min_x, box.max_x)]
    in_shape_box = np.zeros(len(shapes), dtype=bool)
    for west, east in spans:
        in_shape_box |= shapely.intersects(shapes, shapely.box(west, box.min_y, east, box.max_y))
    return shapely.is_missing(shapes) | np.where(shapely.get_type_id(shapes) == 0, in_point_box, in_shape_box)


def _on_positions(geometry: Any, positions: list[Coordinate]) -> Any:
    import numpy as np

    x, y = _coordinates(geometry.to_numpy())
    found = np.zeros(len(x), dtype=bool)
    for position in positions:
        found |= (x == position.x) & (y == position.y)
    return found


def _coordinates(shapes: Any) -> Any:
    """Return x and y of points; nan for what is no point or an empty one."""
    import numpy as np
    import shapely

    found = np.full((2, len(shapes)), np.nan)
    # GEOS has no coordinate of an empty point, and says so by an error.
    points = (shapely.get_type_id(shapes) == 0) & ~shapely.is_empty(shapes)
    found[:, points] = shapely.get_coordinates(shapes[points]).T
    return found


def _region(roi_gdf: Any, roi_name: str, crs: Any) -> Any:
    if roi_name not in roi_gdf.index:
        known = ", ".join(map(repr, roi_gdf.index[:12]))
        raise KeyError(f"roi_gdf has no row {roi_name!r} in its index; it has {known}")
    rows = roi_gdf.loc[[roi_name]].geometry
    if rows.crs is not None and crs is not None:
        rows = rows.to_crs(crs)
    return rows.union_all()
