"""The task that counts or sums features per cell of a grid."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyGeoDataFrame, Column, DataFrame
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.densities import FeatureDensity, Meshgrid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@distributed(
    tags=["analysis"],
    effect=Effect(frame="meshgrid", adds={"density": Annotated[float, Column(nullable=True)]}),
)
def calculate_feature_density(
    geodataframe: Annotated[
        AnyGeoDataFrame, Field(description="The feature data to count or sum per grid cell.", exclude=True)
    ],
    meshgrid: Annotated[
        DataFrame[Meshgrid],
        Field(description="The grid cells used to aggregate the feature data.", exclude=True),
    ],
    geometry_type: Annotated[
        Literal["point", "line"], Field(description="The geometry type of the provided geodataframe")
    ],
    sum_column: Annotated[
        str | SkipJsonSchema[None],
        Field(
            description=(
                "Sum values in this column per grid cell, rather than counting rows. "
                "Leave empty to count rows per cell."
            )
        ),
    ] = None,
) -> DataFrame[FeatureDensity]:
    """Count features or sum column values per grid cell.

    Parameters
    ----------
    geodataframe
        Features in any CRS; they are reprojected to that of the grid.
    meshgrid
        Polygons. Points are compared with the polygons, lines with the polygons as well; published grids
        are of boxes.
    geometry_type
        ``point`` counts the features that lie within a cell, those on the edge of a cell in none.
        ``line`` measures the length of the lines in a cell, in the unit of the CRS of the grid.
    sum_column
        With points the values to sum; with lines the values to share out by length.
        Values that are no numbers do not count. None or an empty text counts or measures.

    Returns
    -------
    GeoDataFrame
        The grid with one more column, ``density``, which is missing where it would be 0.

    Raises
    ------
    ValueError
        When `sum_column` is no column, `geometry_type` is neither of the two, or a frame has no CRS.

    Warns
    -----
    UserWarning
        With the number of features that could not be placed: on the edges of cells, of no length, or of
        another geometry type.
    """
    import numpy as np

    if geometry_type not in {"point", "line"}:
        raise ValueError(f"geometry_type={geometry_type!r} must be 'point' or 'line'")
    for name, frame in (("feature data", geodataframe), ("grid", meshgrid)):
        if frame.geometry.crs is None:
            raise ValueError(f"the {name} has no CRS, so features cannot be placed; set one with `set_crs`")
    values = _values(geodataframe, sum_column) if sum_column else None
    cells = np.asarray(meshgrid.geometry.array)
    crs = meshgrid.geometry.crs
    measure = _of_points if geometry_type == "point" else _of_lines
    density = measure(geodataframe.geometry, values, cells, crs)
    cells_frame: Any = meshgrid
    grid: DataFrame[FeatureDensity] = cells_frame.assign(density=np.where(density == 0, np.nan, density))
    return grid


def _values(features: Any, column: str) -> Floats:
    import numpy as np
    import pandas as pd

    if column not in features.columns:
        raise ValueError(
            f"column {column!r} is not in the feature data; it has {', '.join(map(str, features.columns))}"
        )
    numbers = pd.to_numeric(features[column], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    # What is no number does not count.
    return np.where(np.isnan(numbers), 0.0, numbers)


def _of_points(features: Any, values: Floats | None, cells: Any, crs: Any) -> Floats:
    import numpy as np
    import shapely

    from ecoscope_workflows.tasks.analysis._grid_cells import within_cells

    placed = np.asarray(features.to_crs(crs).array)
    drawn = np.flatnonzero(~(shapely.is_missing(placed) | shapely.is_empty(placed)))
    finite = np.isfinite(shapely.bounds(placed[drawn])).all(axis=1)
    _warn(int((~finite).sum()), len(placed), "features lie outside of what the CRS of the grid can show")
    drawn = drawn[finite]
    feature, cell, on_edge = within_cells(placed[drawn], cells)
    _warn(
        on_edge, len(placed), "features lie on the edge of a cell and count in none; move the grid a little"
    )
    weights = None if values is None else values[drawn[feature]]
    return np.bincount(cell, weights=weights, minlength=len(cells)).astype(np.float64)


def _of_lines(features: Any, values: Floats | None, cells: Any, crs: Any) -> Floats:
    import numpy as np
    import shapely

    from ecoscope_workflows.tasks.analysis._grid_cells import pieces_in_cells
    from ecoscope_workflows.tasks.analysis._straight_pieces import LINES, straight_pieces

    count = len(features)
    kinds = shapely.get_type_id(np.asarray(features.array))
    _warn(int(((kinds >= 0) & ~np.isin(kinds, LINES)).sum()), count, "features are no lines and do not count")
    lines = straight_pieces(features, crs)
    _warn(lines.unplaced, count, "features lie outside of what the CRS of the grid can show")
    pieces = pieces_in_cells(lines.start, lines.end, cells)
    amount = np.hypot(*(pieces.end - pieces.start).T)
    if values is not None:
        own = np.hypot(*(lines.end - lines.start).T)
        whole = np.bincount(lines.line, weights=own, minlength=count)
        is_line = np.bincount(lines.line, minlength=count) > 0
        lost = is_line & (whole == 0) & (values != 0)
        _warn(int(lost.sum()), count, "features have no length, so their values cannot be shared out")
        line = lines.line[pieces.segment]
        share = np.divide(amount, whole[line], out=np.zeros(line.size), where=whole[line] > 0)
        amount = share * values[line]
    return np.bincount(pieces.cell, weights=amount, minlength=len(cells)).astype(np.float64)


def _warn(count: int, total: int, what: str) -> None:
    if count:
        warnings.warn(f"{count} of {total} {what}", stacklevel=4)
