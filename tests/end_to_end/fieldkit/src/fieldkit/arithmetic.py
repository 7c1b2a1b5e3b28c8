"""What tasks call: no task itself."""

from __future__ import annotations


def scaled(numbers: list[int], factor: int, offset: int) -> list[int]:
    """Multiply and shift numbers."""
    return [number * factor + offset for number in numbers]
