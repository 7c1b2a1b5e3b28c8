"""The names of groupers in data, in forms and in a data source."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from ecoscope_workflows.tasks.groupers import (
    AllGrouper,
    SpatialGrouper,
    TemporalGrouper,
    UserDefinedGroupers,
    ValueGrouper,
)
from ecoscope_workflows.tasks.transformation import (
    extract_grouper_index_names,
    extract_spatial_grouper_feature_group_names,
    rename_grouper_index_columns,
)

GROUPERS: UserDefinedGroupers = [
    SpatialGrouper(spatial_index_name="Place"),
    ValueGrouper(index_name="patrol_type"),
    TemporalGrouper(temporal_index="%B"),
    SpatialGrouper(spatial_index_name="Other"),
]


@pytest.mark.parametrize(
    ("groupers", "names", "groups"),
    [
        (AllGrouper(), [], []),
        ([], [], []),
        (
            GROUPERS,
            ["SpatialGrouper_Place", "patrol_type", "TemporalGrouper_%B", "SpatialGrouper_Other"],
            ["Place", "Other"],
        ),
    ],
)
def test_names(groupers: Any, names: list[str], groups: list[str]) -> None:
    assert extract_grouper_index_names(groupers) == names
    assert extract_spatial_grouper_feature_group_names(groupers) == groups


def test_columns_are_called_as_people_do() -> None:
    frame = pd.DataFrame({"TemporalGrouper_%B": ["May"], "patrol_type": ["a"], "All": [1], "n": [2]})
    before = frame.copy()
    renamed = rename_grouper_index_columns(frame, GROUPERS)
    assert list(renamed.columns) == ["Month", "Patrol Type", "All", "n"]
    assert_frame_equal(frame, before)
    assert_frame_equal(rename_grouper_index_columns(frame, AllGrouper()), frame)
    assert list(rename_grouper_index_columns(frame.iloc[:0], GROUPERS).columns) == list(renamed.columns)


def test_a_name_that_another_column_has() -> None:
    frame = pd.DataFrame({"TemporalGrouper_%B": ["May"], "Month": ["a"]})
    with pytest.raises(ValueError, match="two columns would be called 'Month'"):
        rename_grouper_index_columns(frame, GROUPERS)
