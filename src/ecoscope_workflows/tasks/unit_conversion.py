"""A number and two units in, the number in the other unit out.

Units are exact multiples of one unit per dimension, so no units library is needed (SI Brochure, 9th edition,
tables 2, 4 and 8: km, h, d).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecoscope_workflows.tasks.quantities import Unit

# Per unit: its dimension, and its size in the base unit of the dimension as numerator and denominator.
_UNITS: dict[str, tuple[str, int, int]] = {
    "m": ("length", 1, 1),
    "km": ("length", 1000, 1),
    "m²": ("area", 1, 1),
    "km²": ("area", 1_000_000, 1),
    "s": ("time", 1, 1),
    "h": ("time", 3600, 1),
    "d": ("time", 86_400, 1),
    "m/s": ("speed", 1, 1),
    "km/h": ("speed", 1000, 3600),
    "%": ("share", 1, 100),
}


def converted(value: Any, original: Unit, new: Unit) -> Any:
    """Return numbers in another unit.

    Parameters
    ----------
    value
        A number or an array of numbers, in `original`.
    original, new
        Two units of the same dimension.

    Raises
    ------
    ValueError
        When the units measure different things.
    """
    if original == new:
        return value
    dimension, numerator, denominator = _UNITS[original]
    other, new_numerator, new_denominator = _UNITS[new]
    if dimension != other:
        fitting = ", ".join(unit for unit, (kind, *_) in _UNITS.items() if kind == dimension)
        raise ValueError(
            f"{original!r} is a unit of {dimension} and {new!r} one of {other}, so values cannot be "
            f"converted; expected one of: {fitting}"
        )
    # Whole numbers keep the factor exact: one multiplication and one division at most are rounded.
    return value * (numerator * new_denominator) / (denominator * new_numerator)
