"""`apply_classification`: the published lists, labels of every kind, and values that are in no class."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from pydantic import ValidationError

from ecoscope_workflows.contracts.effects import effect_arguments
from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.tasks.transformation import apply_classification

if TYPE_CHECKING:
    from pathlib import Path

PARAMETERS = task_info(
    apply_classification, apply_classification.__module__, "apply_classification"
).parameters
ONE_TO_FIVE = [1, 2, 3, 4, 5]
SIX_RANGES = {"label_ranges": True, "label_decimals": 1, "label_suffix": " km/h"}


def classified(values: Any, labels: Any = None, **classes: Any) -> Any:
    """Call the task as a workflow does: its arguments read from plain values first."""
    frame = values if isinstance(values, pd.DataFrame) else pd.DataFrame({"v": values})
    before = frame.copy(deep=True)
    arguments = {"label_options": labels or {}}
    if classes:
        arguments["classification_options"] = classes
    read = {name: PARAMETERS[name].adapter.validate_python(value) for name, value in arguments.items()}
    found: Any = apply_classification(frame, "v", **read)
    assert_frame_equal(frame, before)
    assert_frame_equal(found.drop(columns="v_classified"), before)
    return found["v_classified"]


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ({"scheme": "equal_interval", "k": 2}, [3, 3, 3, 5, 5]),
        ({"scheme": "quantile", "k": 2}, [3, 3, 3, 5, 5]),
        ({"scheme": "std_mean"}, [1.4, 4.6, 4.6, 4.6, 6.2]),
        ({"scheme": "max_breaks", "k": 4}, [2.5, 2.5, 3.5, 4.5, 5.0]),
        ({"scheme": "fisher_jenks", "k": 5}, [1, 2, 3, 4, 5]),
        ({"scheme": "natural_breaks", "k": 5}, [1, 2, 3, 4, 5]),
        ({}, [1.8, 2.6, 3.4, 4.2, 5.0]),
    ],
)
def test_published_classes(classes: dict[str, Any], expected: list[float]) -> None:
    assert classified(ONE_TO_FIVE, **classes).tolist() == expected


@pytest.mark.parametrize(
    ("values", "labels", "expected"),
    [
        (
            ONE_TO_FIVE,
            {"label_ranges": True},
            ["1.0 - 1.8", "1.8 - 2.6", "2.6 - 3.4", "3.4 - 4.2", "4.2 - 5.0"],
        ),
        ([1.33, 2.47, 3.59, 4.6, 5.77], {"label_decimals": 0}, [2, 3, 4, 5, 6]),
        (
            ONE_TO_FIVE,
            {"label_prefix": "<", "label_suffix": " km"},
            [f"<{x} km" for x in (1.8, 2.6, 3.4, 4.2, 5.0)],
        ),
        (ONE_TO_FIVE, {"label_decimals": 0, "label_suffix": "x"}, ["2x", "3x", "3x", "4x", "5x"]),
        (ONE_TO_FIVE, {"labels": list("abcde"), "label_prefix": "_"}, ["_a", "_b", "_c", "_d", "_e"]),
        ([0.1, 0.2, 0.3], {"label_ranges": True, "label_decimals": 0}, ["0", "0", "0"]),
    ],
)
def test_labels(values: Any, labels: dict[str, Any], expected: list[Any]) -> None:
    assert classified(values, labels, scheme="equal_interval", k=5).tolist() == expected


def test_the_range_of_a_class_that_holds_only_the_least_value_is_that_value() -> None:
    found = classified([1, 1, 1, 9], {"label_ranges": True}, scheme="fisher_jenks", k=2)
    assert found.tolist() == ["1.0", "1.0", "1.0", "1.0 - 9.0"]


def test_labels_are_stored_as_what_they_are() -> None:
    kinds = [
        classified(ONE_TO_FIVE).dtype,
        classified(ONE_TO_FIVE, {"label_decimals": 0}).dtype,
        classified(ONE_TO_FIVE, {"label_ranges": True}).dtype,
    ]
    assert kinds == [np.dtype(float), np.dtype(int), pd.Series(["text"]).dtype]


def test_the_published_speed_map(reference_data: Path) -> None:
    trajectory = gpd.read_parquet(
        reference_data / "ecoscope2026/preprocessing/relocations-to-trajectory.example-return.parquet"
    )
    found = classified(
        trajectory[["speed_kmhr"]].rename(columns={"speed_kmhr": "v"}),
        SIX_RANGES,
        scheme="equal_interval",
        k=6,
    )
    counts = found.value_counts()
    speed = trajectory["speed_kmhr"]
    edges = np.linspace(speed.min(), speed.max(), 7)
    expected = {
        f"{low:.1f} - {high:.1f} km/h": int(((speed > low) & (speed <= high)).sum()) + (number == 0)
        for number, (low, high) in enumerate(pairwise(edges))
    }
    assert counts.to_dict() == expected
    assert [*expected][::5] == ["0.0 - 1.7 km/h", "8.3 - 10.0 km/h"]


def test_missing_values_have_no_class() -> None:
    found = classified([1.0, None, 3.0, 5.0], {"label_ranges": True}, scheme="equal_interval", k=2)
    assert found.isna().tolist() == [False, True, False, False]
    assert found.dropna().tolist() == ["1.0 - 3.0", "1.0 - 3.0", "3.0 - 5.0"]
    nullable = pd.DataFrame({"v": pd.array([1, None, 5], dtype="Int64")})
    numbers = classified(nullable, {"label_decimals": 0}, scheme="equal_interval", k=2).tolist()
    assert numbers[::2] == [3, 5]
    assert math.isnan(numbers[1])


@pytest.mark.parametrize(
    ("values", "labels", "expected"),
    [
        ([7.25, 7.25], {"label_ranges": True}, [7.25, 7.25]),
        ([7.25, 7.25], {"labels": ["only", "other"]}, ["only", "only"]),
        ([7.25, None], {"labels": ["only"]}, ["only", None]),
        ([7.25], {"label_suffix": " m"}, [7.25]),
        ([], {}, []),
        ([None, None], {"label_ranges": True}, [None, None]),
        ([None, None], {"labels": ["only"]}, [None, None]),
    ],
)
def test_one_value_or_none(values: list[Any], labels: dict[str, Any], expected: list[Any]) -> None:
    found = classified(pd.DataFrame({"v": pd.Series(values, dtype=float)}), labels)
    assert [None if pd.isna(label) else label for label in found] == expected


def test_any_index_and_an_output_column_that_exists() -> None:
    index = pd.MultiIndex.from_tuples([("a", "x"), ("a", "x"), ("b", "y")], names=["group", "id"])
    frame = pd.DataFrame({"v": [5, 1, 3], "out": ["", "", ""]}, index=index)
    found: Any = apply_classification(frame, "v", "out")
    assert list(found.columns) == ["v", "out"]
    assert found["out"].tolist() == [5.0, 1.8, 3.4]
    assert found.index.equals(index)


def test_mistakes_are_named() -> None:
    with pytest.raises(KeyError, match="input_column_name names the column 'w'"):
        apply_classification(pd.DataFrame({"v": [1]}), "w")
    with pytest.raises(ValueError, match="classes need numbers; convert it with"):
        classified(["1", "2"])
    with pytest.raises(ValueError, match="1 values of column 'v' are infinite"):
        classified([1.0, math.inf])
    with pytest.raises(ValueError, match="k is 0: ask for one class or more"):
        classified(ONE_TO_FIVE, scheme="equal_interval", k=0)
    with pytest.raises(ValueError, match="there are 5 classes, but 2 labels"):
        classified(ONE_TO_FIVE, {"labels": ["a", "b"]})
    for options in ({"scheme": "guess"}, {"k": 3}, {"scheme": "quantile", "anchor": True}):
        with pytest.raises(ValidationError):
            classified(ONE_TO_FIVE, **options)
    with pytest.raises(ValidationError):
        classified(ONE_TO_FIVE, {"labels": []})


def test_the_effect_names_the_new_column() -> None:
    metadata = task_metadata(apply_classification)
    assert metadata is not None
    effect: Any = metadata.effect
    assert effect_arguments(effect) == ("input_column_name", "output_column_name")
    assert [list(effect("v", name).adds) for name in (None, "", "bins")] == [
        ["v_classified"],
        ["v_classified"],
        ["bins"],
    ]
