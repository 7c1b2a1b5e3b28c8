"""What was made of groups, put together again by key or in one frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from pydantic import ValidationError
from shapely import Point

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.groupby import groupbykey, groupbykey_passthrough_skip, merge_df

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.tasks.groupers import CompositeFilter

SKIPPED = SkipSentinel()
FOREIGN = type("SkipSentinel", (), {})()


def key_of(**values: str) -> CompositeFilter:
    return tuple((name, "=", value) for name, value in values.items())


ECO_1, ECO_2, ECO_3 = (key_of(name=f"eco_{number}") for number in (1, 2, 3))


def called(task: Callable[..., Any], iterables: Any) -> Any:
    """Call a task as a workflow does: its argument read by its type first."""
    adapter = task_info(task, "groupby", task.__name__).parameters["iterables"].adapter
    return task(adapter.validate_python(iterables))


@pytest.mark.parametrize(
    ("iterables", "expected"),
    [
        ([[(ECO_1, 1), (ECO_2, 2)], [(ECO_1, 3), (ECO_2, 4)]], [(ECO_1, [1, 3]), (ECO_2, [2, 4])]),
        ([[(ECO_2, 1)], [(ECO_3, 2), (ECO_2, 3), (ECO_1, 4)]], [(ECO_2, [1, 3]), (ECO_3, [2]), (ECO_1, [4])]),
        ([[(ECO_1, SKIPPED), (ECO_2, 2)], [(ECO_1, 3)]], [(ECO_2, [2]), (ECO_1, [3])]),
        ([[(ECO_1, SKIPPED)], [(ECO_1, FOREIGN)]], []),
        ([[(None, SKIPPED)], [(ECO_1, 1)]], [(ECO_1, [1])]),
        ([SKIPPED, [(ECO_1, None)]], [(ECO_1, [None])]),
        ([[([["name", "=", "eco_1"]], {"a": 1})]], [(ECO_1, [{"a": 1}])]),
        ([[], []], []),
        (SKIPPED, []),
    ],
)
def test_values_of_the_same_key(iterables: Any, expected: Any) -> None:
    assert called(groupbykey, iterables) == expected


@pytest.mark.parametrize(
    ("iterables", "expected"),
    [
        ([[(ECO_1, 1), (ECO_2, SKIPPED)], [(ECO_1, SKIPPED)]], [(ECO_1, [1]), (ECO_2, SKIPPED)]),
        ([[(ECO_1, None)], [(ECO_1, 2)]], [(ECO_1, [None, 2])]),
        ([[(None, SKIPPED)], [(ECO_1, 1)]], [(ECO_1, [1])]),
    ],
)
def test_keys_that_were_skipped_can_be_kept(iterables: Any, expected: Any) -> None:
    assert called(groupbykey_passthrough_skip, iterables) == expected


@pytest.mark.parametrize("iterables", [[[(None, SKIPPED)], SKIPPED], SKIPPED, [[]]])
def test_where_no_key_is_left_the_whole_is_skipped(iterables: Any) -> None:
    assert isinstance(called(groupbykey_passthrough_skip, iterables), SkipSentinel)


@pytest.mark.parametrize("iterables", [[[(ECO_1, 1, 2)]], ["text"], "text", [[(None, 1)]], None])
@pytest.mark.parametrize("task", [groupbykey, groupbykey_passthrough_skip])
def test_what_is_no_collection_by_key_is_refused(task: Callable[..., Any], iterables: Any) -> None:
    with pytest.raises(ValidationError):
        called(task, iterables)


def test_frames_are_joined_as_they_are() -> None:
    frame, grid = pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [2]})
    ((_, (first, second)),) = groupbykey([[(ECO_1, frame)], [(ECO_1, grid)]])
    assert first is frame
    assert second is grid


def tracks(*values: float, index: str = "id") -> gpd.GeoDataFrame:
    points = [Point(value, 0) for value in values]
    labels = pd.Index([f"fix-{value}" for value in values], name=index)
    return gpd.GeoDataFrame({"speed": values, "name": "?"}, geometry=points, crs="EPSG:4326", index=labels)


def test_one_frame_with_the_keys_as_its_index() -> None:
    first, second = tracks(1.0, 2.0), tracks(3.0)
    before = first.copy()
    merged = called(merge_df, [(ECO_2, first), (ECO_1, second), (ECO_3, SKIPPED)])
    assert isinstance(merged, gpd.GeoDataFrame)
    assert merged.crs == first.crs
    assert merged.index.name == "name"
    assert merged.index.tolist() == ["eco_2", "eco_2", "eco_1"]
    assert merged["speed"].tolist() == [1.0, 2.0, 3.0]
    assert list(merged.columns) == ["speed", "geometry"]
    assert_frame_equal(first, before)


def test_keys_of_several_names_make_several_levels() -> None:
    key = key_of(**{"name": "eco_1", "TemporalGrouper_%B": "May"})
    merged = merge_df([(key, tracks(1.0, index="name")), (key, tracks())])
    assert merged.index.names == ["name", "TemporalGrouper_%B"]
    assert merged.index.tolist() == [("eco_1", "May")]


def test_frames_that_cannot_be_merged() -> None:
    with pytest.raises(ValueError, match="no group to merge"):
        called(merge_df, [(None, SKIPPED)])
    with pytest.raises(ValueError, match="groups of sex cannot be merged with groups of name"):
        merge_df([(ECO_1, tracks(1.0)), (key_of(sex="f"), tracks(2.0))])
    with pytest.raises(ValidationError, match="expected a data frame"):
        called(merge_df, [(ECO_1, 5)])
