"""What stands in for the result of a task instance that was skipped."""

from __future__ import annotations

from typing import Any


class SkipSentinel:
    """The result of a task instance that was skipped; a task that takes one says so in its type."""

    def __repr__(self) -> str:
        return "<skipped>"


# Other packages of this family have their own class of this name.
SENTINEL_NAME = SkipSentinel.__name__


def is_skip_sentinel(annotation: Any) -> bool:
    """Return whether a type is that of a skipped result, ours or another package's."""
    return isinstance(annotation, type) and annotation.__name__ == SENTINEL_NAME
