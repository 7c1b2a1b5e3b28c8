"""Observations in, a warning out where they are of subjects that should not be mixed."""

from __future__ import annotations

from typing import Annotated

from pydantic.json_schema import SkipJsonSchema

from ecoscope_workflows.annotations import AnyDataFrame, skipped_dependency_fallback
from ecoscope_workflows.decorators import distributed

SUBTYPE_COLUMN = "extra__subject__subject_subtype"
WARNING = "This workflow was run with mixed subtypes"


@distributed
def mixed_subtype_warning(
    subject_obs: Annotated[AnyDataFrame | SkipJsonSchema[None], skipped_dependency_fallback(lambda _: None)],
) -> str | None:
    """Warn where observations are of subjects of more than one subtype.

    Parameters
    ----------
    subject_obs
        Observations of a group of subjects; null or a skipped result where there are none.
        A subject without a subtype counts as one of another subtype.
        Observations without the column ``extra__subject__subject_subtype`` say nothing of it.

    Returns
    -------
    str or None
        The warning, or null where there is nothing to warn of.
    """
    if subject_obs is None or SUBTYPE_COLUMN not in subject_obs.columns:
        return None
    return WARNING if subject_obs[SUBTYPE_COLUMN].nunique(dropna=False) > 1 else None
