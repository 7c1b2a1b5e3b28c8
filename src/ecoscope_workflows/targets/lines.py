"""Text of a spec in, one harmless line for a comment out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecoscope_workflows.targets.view import View

# A comment longer than this is cut: it is a title, not a text.
MAX_LINE = 160


def testing_note(view: View) -> str:
    """Say that a program is for testing only, and which of its results are not real."""
    names = f" Example data stands in for the results of: {', '.join(view.mocks)}." if view.mocks else ""
    return f"FOR TESTING ONLY.{names}"


def one_line(text: str) -> str:
    """Return a text that is safe behind a ``#``: printable, on one line, of bounded length."""
    words = "".join(letter if letter.isprintable() else " " for letter in text).split()
    line = " ".join(words)
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 3].rstrip() + "..."
