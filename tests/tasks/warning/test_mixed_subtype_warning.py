"""A warning where subjects are of more than one subtype."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.warning import mixed_subtype_warning

if TYPE_CHECKING:
    from pathlib import Path

SUBTYPE = "extra__subject__subject_subtype"
TEXT = "This workflow was run with mixed subtypes"


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (pd.DataFrame({SUBTYPE: ["elephant", "lion"]}), TEXT),
        (pd.DataFrame({SUBTYPE: ["elephant", None]}), TEXT),
        (pd.DataFrame({SUBTYPE: ["elephant", "elephant"]}), None),
        (pd.DataFrame({SUBTYPE: [None, None]}), None),
        (pd.DataFrame({SUBTYPE: ["elephant"]}), None),
        (pd.DataFrame({SUBTYPE: []}), None),
        (pd.DataFrame(), None),
        (pd.DataFrame({"other": [1, 2]}), None),
        (None, None),
        (SkipSentinel(), None),
    ],
)
def test_more_than_one_subtype(frame: Any, expected: str | None) -> None:
    parameter = task_info(mixed_subtype_warning, "warning", "mixed_subtype_warning").parameters["subject_obs"]
    assert mixed_subtype_warning(parameter.adapter.validate_python(frame)) == expected


def test_the_published_observations_are_mixed(reference_data: Path) -> None:
    path = reference_data / "ecoscope2026" / "io" / "get-subjectgroup-observations.example-return.parquet"
    assert mixed_subtype_warning(pd.read_parquet(path, columns=[SUBTYPE])) == TEXT
