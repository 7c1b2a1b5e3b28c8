"""Writes everything anew that tests compare with what the program makes: `python -m tests.regenerate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests import code_pages, example_activity, golden_examples, task_pages
from tests.graph import bad_spec_messages

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS: list[Callable[[], None]] = [
    golden_examples.regenerate,
    code_pages.regenerate,
    task_pages.regenerate,
    bad_spec_messages.regenerate,
    example_activity.regenerate,
]


def regenerate() -> None:
    """Run every step."""
    for step in STEPS:
        step()


if __name__ == "__main__":
    regenerate()
