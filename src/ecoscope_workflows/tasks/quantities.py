"""A number with its unit."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

Unit = Literal["m", "km", "m²", "km²", "s", "h", "d", "m/s", "km/h", "%"]


class Quantity(BaseModel):
    """A number with its unit, or a number alone."""

    value: float
    unit: Unit | None = None
