"""Text of a spec in, one harmless line for a comment out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecoscope_workflows.targets.view import View

# What is markup anywhere in Markdown or in a row of its tables, and what is so only where a line begins.
_MARKUP = re.compile(r"[\\`*_\[\]<>#|&$~]")
_FIRST = re.compile(r"^(\d*)(?=[+=%:.)!?-])")
# What jupytext takes for a command of a shell where a line begins with it.
_COMMAND = re.compile(r"^(?=(?:cat|cd|copy|cp|ddir|echo|ldir|ls|mkdir|mv|ren|rm|rmdir)(?:\s|$))(.)")
# What docstrings have between backticks.
_CODE = re.compile(r"(?<![`\\])`([^`|]+)`(?!`)")
# A comment longer than this is cut: it is a title, not a text.
MAX_LINE = 160


def testing_note(view: View) -> str:
    """Say that a program is for testing only, and which of its results are not real."""
    names = f" Example data stands in for the results of: {', '.join(view.mocks)}." if view.mocks else ""
    return f"FOR TESTING ONLY.{names}"


def markdown(text: str) -> str:
    """Return a text as one line of Markdown that shows it as it is; what stands in backticks stays code.

    A notebook is a Python file: no text opens a cell in it, or a tag in its page.
    """
    parts = _CODE.split(_printable(text))
    # Every second part is code.
    parts[::2] = (_MARKUP.sub(r"\\\g<0>", part) for part in parts[::2])
    parts[1::2] = (f"`{part}`" for part in parts[1::2])
    line = _FIRST.sub(r"\1\\", "".join(parts), count=1)
    return _COMMAND.sub(lambda match: f"&#{ord(match[1])};", line)


def code(text: str) -> str:
    """Return a text as code in a line of Markdown, where code can show it."""
    return markdown(text if {"`", "|"} & set(text) else f"`{text}`")


def one_line(text: str) -> str:
    """Return a text that is safe behind a ``#``: printable, on one line, of bounded length."""
    line = _printable(text)
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 3].rstrip() + "..."


def _printable(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
