"""Text of a spec in, one harmless line for a comment out."""

from __future__ import annotations

# A comment longer than this is cut: it is a title, not a text.
MAX_LINE = 160


def one_line(text: str) -> str:
    """Return a text that is safe behind a ``#``: printable, on one line, of bounded length."""
    words = "".join(letter if letter.isprintable() else " " for letter in text).split()
    line = " ".join(words)
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 3].rstrip() + "..."
