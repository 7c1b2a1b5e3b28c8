"""Values in, Python literals out: the only place where a value of a spec becomes program text.

The text is laid out as black and ruff lay it out, so that generated files need no formatter.
"""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.errors import Problem, TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

INDENT = "    "
# What ruff, black and snakefmt take for the length of a line where nothing else is said.
LINE_LENGTH = 88
# snakefmt breaks lines of a directive a little earlier than black does.
_MARGIN = len(INDENT)
_FAR_LEFT = -100 * LINE_LENGTH


def literal(value: Any, level: int = 0, used: int | None = None) -> str:
    """Return a Python expression that evaluates to `value`; a container that is too long has one item a line.

    Parameters
    ----------
    value
        Plain data: None, bool, int, float, str, list or dict with text keys.
    level
        How many indents the line stands at that the expression starts in.
    used
        How many letters stand before it in that line, if more than the indents.
    """
    if isinstance(value, str):
        return text_literal(value)
    if isinstance(value, dict | list | tuple):
        return _container(value, level, len(INDENT) * level if used is None else used)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if value is None or isinstance(value, bool | int | float):
        return repr(value).replace("e+", "e")
    what = f"a value of type {type(value).__name__} cannot be written into a program"
    raise TargetError(Problem("EW701", what))


def _container(value: dict[str, Any] | list[Any] | tuple[Any, ...], level: int, used: int) -> str:
    parts = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    items = [("" if key is None else f"{text_literal(key)}: ", item) for key, item in parts]
    return laid_out("{}" if isinstance(value, dict) else "[]", items, literal, level, used)


def laid_out(
    brackets: str,
    items: Sequence[tuple[str, Any]],
    write: Callable[[Any, int, int], str],
    level: int,
    used: int,
) -> str:
    """Return items in brackets: on one line where they fit there with a comma behind, else each on its own.

    Parameters
    ----------
    brackets
        The opening and the closing one.
    items
        For each what stands before it, and the item.
    write
        Writes an item, given the level and the letters before it in its line.
    level, used
        As in `literal`.
    """
    if not items:
        return brackets
    # So far to the left that what is inside fits whatever its own length.
    flat = ", ".join(f"{key}{write(item, 0, _FAR_LEFT)}" for key, item in items)
    if used + _width(flat) + len(brackets) < LINE_LENGTH - _MARGIN:
        return f"{brackets[0]}{flat}{brackets[1]}"
    inner = INDENT * (level + 1)
    lines = [f"{inner}{key}{write(item, level + 1, len(inner) + _width(key))},\n" for key, item in items]
    return f"{brackets[0]}\n{''.join(lines)}{INDENT * level}{brackets[1]}"


def _width(text: str) -> int:
    """Return the columns that a text takes, of which some letters of East Asia take two."""
    return len(text) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)


def text_literal(text: str) -> str:
    """Return a string literal on one line, in the quotes that black would choose."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    # repr escapes whatever does not print; it quotes with ' unless only ' is inside.
    body = repr(text)
    inside = body[1:-1]
    inside = inside.replace("\\'", "'") if body[0] == "'" else inside
    # Three in a row look like the start of a text of many lines, to people and to jupytext.
    other, escaped = ("'", "\\x27") if quote == '"' else ('"', "\\x22")
    inside = inside.replace(3 * other, 2 * other + escaped)
    return quote + inside.replace(quote, "\\" + quote) + quote


def image_literal(image: str) -> str:
    """Return an image as Snakemake names it: by its address, or the file that it is in."""
    return text_literal(image if "://" in image or image.startswith("/") else f"docker://{image}")


def call(function: str, arguments: Sequence[str], prefix: str) -> str:
    """Return a call as an argument of a directive: on one line where it fits, else an argument a line."""
    line = f"{function}({', '.join(arguments)})"
    if len(f"{INDENT * 2}{prefix}{line},") <= LINE_LENGTH and "\n" not in line:
        return line
    return f"{function}(\n" + "".join(f"{INDENT * 3}{item},\n" for item in arguments) + f"{INDENT * 2})"
