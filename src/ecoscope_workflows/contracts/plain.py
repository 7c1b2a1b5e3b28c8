"""Any value in, data that JSON can write out."""

from __future__ import annotations

import math
from typing import Any

from pydantic_core import to_jsonable_python


def plain(value: Any) -> Any:
    """Return a value as JSON data; JSON has no number for nan and infinity, so these are text."""
    return _finite(to_jsonable_python(value, serialize_unknown=True))


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value
