"""Conditions on the values of a call."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.decorators import is_condition, task_metadata
from ecoscope_workflows.tasks import skip

if TYPE_CHECKING:
    from collections.abc import Callable

SKIPPED = SkipSentinel()
FOREIGN = type("SkipSentinel", (), {})()
FRAME = pd.DataFrame({"a": [1]})
EMPTY = pd.DataFrame({"a": []})
KEY = (("a", "=", "1"),)


def places(*geometries: Point | None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"a": list(range(len(geometries)))}, geometry=list(geometries), crs="EPSG:4326")


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        (skip.never, (EMPTY, SKIPPED, None), False),
        (skip.any_is_empty_df, (), False),
        (skip.any_is_empty_df, (FRAME, "", [], np.zeros(0), pd.Series([], dtype=float)), False),
        (skip.any_is_empty_df, (FRAME, EMPTY), True),
        (skip.any_is_empty_df, (pd.DataFrame(),), True),
        (skip.any_is_empty_df, ([EMPTY],), False),
        (skip.any_dependency_skipped, (FRAME, None, [SKIPPED]), False),
        (skip.any_dependency_skipped, (FRAME, SKIPPED), True),
        (skip.any_dependency_skipped, (FOREIGN,), True),
        (skip.any_dependency_is_none, (FRAME, "", 0, SKIPPED), False),
        (skip.any_dependency_is_none, (FRAME, None), True),
        (skip.any_dependency_is_empty_string, (FRAME, None, [], " "), False),
        (skip.any_dependency_is_empty_string, (FRAME, ""), True),
        (skip.all_keyed_iterables_are_skips, ([(KEY, 1), (KEY, SKIPPED)], [(KEY, SKIPPED)]), False),
        (skip.all_keyed_iterables_are_skips, ([[KEY, SKIPPED]], [(None, SKIPPED)]), True),
        (skip.all_keyed_iterables_are_skips, (SKIPPED, [(KEY, SKIPPED)]), True),
        (skip.all_keyed_iterables_are_skips, (SKIPPED, [(KEY, FRAME)]), False),
        (skip.all_keyed_iterables_are_skips, ([], []), True),
        (skip.all_keyed_iterables_are_skips, ("title", FRAME), False),
        (skip.all_keyed_iterables_are_skips, ("title", [(KEY, SKIPPED)]), True),
        (skip.any_keyed_iterables_are_skips, ([(KEY, 1)], [(KEY, 2)], "title", []), False),
        (skip.any_keyed_iterables_are_skips, ([(KEY, 1)], [(KEY, FRAME), [KEY, SKIPPED]]), True),
        (skip.any_keyed_iterables_are_skips, ([(KEY, 1)], SKIPPED), True),
        (skip.all_geometry_are_none, (FRAME, None, "geometry", places(Point(0, 0), None)), False),
        (skip.all_geometry_are_none, (FRAME, places(None, None)), True),
        (skip.all_geometry_are_none, (places(None, Point()),), True),
        (skip.all_geometry_are_none, (places(Point(0, 0)), places(None)), True),
        (skip.all_geometry_are_none, (places(),), True),
        (skip.all_geometry_are_none, (pd.DataFrame({"geometry": [None]}),), False),
        (skip.all_geometry_are_none, (gpd.GeoDataFrame({"a": [1]}),), False),
        (skip.all_geometry_are_none, (Point(),), False),
    ],
)
def test_conditions(condition: Callable[..., bool], values: tuple[Any, ...], expected: bool) -> None:
    assert is_condition(condition)
    assert condition(*values) is expected


def test_a_frame_is_passed_on_or_skipped() -> None:
    assert skip.maybe_skip_df(FRAME) is FRAME
    skipped = skip.maybe_skip_df(FRAME, skip=True)
    assert isinstance(skipped, SkipSentinel)
    assert skipped.condition == "maybe_skip_df"


def test_the_opposite() -> None:
    assert skip.invert_bool() is False
    assert skip.invert_bool(value=False) is True
    metadata = task_metadata(skip.invert_bool)
    assert metadata is not None
    assert metadata.cheap


@pytest.mark.parametrize("package", ["skip", "filter", "config", "groupby", "transformation", "warning"])
def test_tasks_are_known_without_the_libraries_of_frames(package: str) -> None:
    code = (
        f"import sys, ecoscope_workflows.tasks.{package}\n"
        "print([name for name in ('pandas', 'numpy', 'shapely', 'pyproj') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )  # our own code
    assert found.stdout.strip() == "[]"
