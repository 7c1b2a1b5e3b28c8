"""Fixes in; the same fixes and whether each was taken by night out."""

from __future__ import annotations

import warnings
from typing import Annotated

from pydantic import Field

from ecoscope_workflows.annotations import AnyDataFrame, Column
from ecoscope_workflows.decorators import Effect, distributed
from ecoscope_workflows.tasks.frame_columns import require_columns

# Only a fix without a place or a time has no answer.
MaybeNight = Annotated[bool, Column(nullable=True)]


@distributed(effect=Effect(adds={"is_night": MaybeNight}))
def classify_is_night(
    relocations: Annotated[AnyDataFrame, Field(description="The dataframe to classify.", exclude=True)],
) -> AnyDataFrame:
    """Say of each fix whether the sun was below the horizon.

    That is, whether the altitude of the sun's centre is below 0 degrees, without refraction, by the
    low-precision formulas of the Astronomical Almanac (good to 0.01 degrees, or a few seconds of time).

    Parameters
    ----------
    relocations
        Fixes with a CRS and ``fixtime``, in any time zone, also in several.
        Of geometries other than points the centroid counts.

    Returns
    -------
    AnyDataFrame
        The rows and columns of `relocations`, and ``is_night``, true or false.
        A fix without a place or a time has no answer: its value is missing, and a warning counts them; the
        column is then of the dtype ``boolean``.

    Raises
    ------
    KeyError
        When there is no column ``fixtime``.
    ValueError
        When times have no zone, or there is no geometry or no CRS.
    """
    import pandas as pd

    from ecoscope_workflows.tasks.transformation import _nights

    require_columns(relocations, ["fixtime"], "classify_is_night")
    night, known = _nights.is_night(relocations)
    if known.all():
        return relocations.assign(is_night=night)
    warnings.warn(
        f"of {int((~known).sum())} of {len(known)} fixes it is not known whether they were taken by night: "
        "they have no place or no time",
        UserWarning,
        stacklevel=2,
    )
    return relocations.assign(is_night=pd.arrays.BooleanArray(night, ~known))
