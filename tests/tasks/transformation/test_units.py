"""Units, against the sizes of the units themselves."""

from __future__ import annotations

import math
from typing import Any, get_args

import pandas as pd
import pytest

from ecoscope_workflows.tasks.quantities import Quantity, Unit
from ecoscope_workflows.tasks.transformation import map_values_with_unit, with_unit
from ecoscope_workflows.tasks.unit_conversion import converted


@pytest.mark.parametrize(
    ("value", "original", "new", "expected"),
    [
        (15, "m", "km", 0.015),
        (2.5, "km", "m", 2500.0),
        (3.0, "km²", "m²", 3e6),
        (125_000.0, "m²", "km²", 0.125),
        (5400.0, "s", "h", 1.5),
        (36.0, "h", "d", 1.5),
        (1.0, "d", "s", 86_400.0),
        (10.0, "m/s", "km/h", 36.0),
        (36.0, "km/h", "m/s", 10.0),
        (1.9, "km/h", "km/h", 1.9),
        (40.0, "%", "%", 40.0),
    ],
)
def test_converts(value: float, original: Unit, new: Unit, expected: float) -> None:
    assert with_unit(value, original, new) == Quantity(value=expected, unit=new)


@pytest.mark.parametrize("unit", get_args(Unit))
def test_every_unit_converts_to_its_own_kind_only_and_back(unit: Unit) -> None:
    for other in get_args(Unit):
        try:
            there = converted(7.25, unit, other)
        except ValueError as error:
            assert f"{unit!r} is a unit of" in str(error)  # noqa: PT017  # most pairs are refused
            continue
        assert math.isclose(converted(there, other, unit), 7.25, rel_tol=1e-15)


def test_a_number_without_a_unit_stays_one() -> None:
    assert with_unit(3.0) == Quantity(value=3.0)
    assert with_unit(3.0, None, "km") == Quantity(value=3.0)
    assert with_unit(3.0, "km") == Quantity(value=3.0, unit="km")
    assert math.isnan(with_unit(math.nan, "m", "km").value)


def test_refuses_units_of_different_things() -> None:
    with pytest.raises(
        ValueError, match=r"'m' is a unit of length and 's' one of time.*expected one of: m, km"
    ):
        with_unit(1.0, "m", "s")


@pytest.mark.parametrize(
    ("values", "arguments", "expected"),
    [
        ([600.4375, 0.005], ("km²", "km²", 2), ["600.44 km²", "0.01 km²"]),
        ([1.87], ("km/h", "km/h"), ["1.9 km/h"]),
        ([1234.5, float("nan")], ("m", "km", 3), ["1.234 km", "nan km"]),
        ([1, 2], (None, "km", 0), ["1", "2"]),
        ([1], ("km",), ["1.0 km"]),
        ([None, 2], ("h",), ["nan h", "2.0 h"]),
        ([], ("m", "km"), []),
    ],
)
def test_writes_numbers_with_their_unit(
    values: list[Any], arguments: tuple[Any, ...], expected: list[str]
) -> None:
    frame = pd.DataFrame({"x": values})
    assert list(map_values_with_unit(frame, "x", "text", *arguments)["text"]) == expected
    assert list(map_values_with_unit(frame, "x", "x", *arguments)["x"]) == expected


def test_refuses_text_for_numbers() -> None:
    with pytest.raises(ValueError, match=r"column 'x' holds .*, not numbers"):
        map_values_with_unit(pd.DataFrame({"x": ["1"]}).replace("1", "one"), "x", "y", "m")
