"""The task that puts the rows of several frames below each other."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame, SkipSentinel
from ecoscope_workflows.decorators import distributed

# The default of a form; nothing writes to it.
_NO_COLUMNS: list[str] = []


@distributed
def concat_dataframes(
    dfs: Annotated[
        list[AnyDataFrame | SkipSentinel], Field(description="DataFrames to concatenate row-wise.")
    ],
    ensure_columns: Annotated[
        list[str] | SkipJsonSchema[None],
        Field(description="Columns added with null values if absent after concatenation."),
    ] = _NO_COLUMNS,
    *,
    reset_index: Annotated[bool, Field(description="Reset the index of the concatenated result.")] = True,
) -> AnyDataFrame:
    """Put the rows of frames below each other, in the order given.

    Parameters
    ----------
    dfs
        Frames; skipped ones are left out, and empty ones count for their columns only where all are empty.
    ensure_columns
        Columns that the result has in any case, without values where no frame has them.
    reset_index
        Whether rows are numbered anew.

    Returns
    -------
    AnyDataFrame
        The rows, with a geometry and its CRS where one of the frames has it.

    Raises
    ------
    ValueError
        When the geometries of two frames are in different CRS.
    """
    import pandas as pd

    given = [frame for frame in dfs if not isinstance(frame, SkipSentinel)]
    frames = [frame for frame in given if not frame.empty] or given
    if not frames:
        return pd.DataFrame(columns=list(ensure_columns or ()))
    joined = _joined(frames, reset_index=reset_index)
    missing = {name: float("nan") for name in ensure_columns or () if name not in joined.columns}
    with_all: AnyDataFrame = joined.assign(**missing)
    return with_all


def _joined(frames: list[Any], *, reset_index: bool) -> Any:
    import geopandas as gpd
    import pandas as pd

    spatial = [
        frame
        for frame in frames
        if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None
    ]
    crs = list(dict.fromkeys(str(frame.crs) for frame in spatial if frame.crs is not None))
    if len(crs) > 1:
        raise ValueError(
            f"the geometries of the frames are in different CRS: {', '.join(crs)}; "
            "bring them into one with convert_crs first"
        )
    plain = [pd.DataFrame(frame) for frame in frames]
    joined = pd.concat(plain, axis="index", ignore_index=reset_index)
    if not spatial:
        return joined
    name = spatial[0].active_geometry_name
    geometry = gpd.GeoSeries(list(joined[name]), index=joined.index, crs=crs[0] if crs else None)
    return gpd.GeoDataFrame(joined.assign(**{name: geometry}), geometry=name)
