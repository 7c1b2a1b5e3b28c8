"""One line of a table of what fits where."""

from __future__ import annotations

import re
from typing import Any

import pytest

YES, NO, OPEN = "yes", "no", "cannot tell"


def name_of(kind: Any) -> str:
    name = str(kind) if getattr(kind, "__args__", None) else getattr(kind, "__name__", str(kind))
    # The address of a function differs between workers, and they must agree on the names of tests.
    return re.sub(r" at 0x[0-9a-f]+", "", name)


def case(produced: Any, required: Any, answer: str, reason: str = "") -> Any:
    return pytest.param(produced, required, answer, reason, id=f"{name_of(produced)} to {name_of(required)}")
