"""Values in, Python literals out: the only place where a value of a spec becomes program text.

The text is laid out as black and ruff lay it out, so that generated files need no formatter.
"""

from __future__ import annotations

import math
from typing import Any

from ecoscope_workflows.errors import Problem, TargetError

INDENT = "    "
# What ruff, black and snakefmt take for the length of a line where nothing else is said.
LINE_LENGTH = 88


def literal(value: Any, level: int = 0) -> str:
    """Return a Python expression that evaluates to `value`; containers have one item a line.

    Parameters
    ----------
    value
        Plain data: None, bool, int, float, str, list or dict with text keys.
    level
        How many indents the line stands at that the expression starts in.
    """
    inner, outer = INDENT * (level + 1), INDENT * level
    if isinstance(value, dict):
        items = [f"{text_literal(key)}: {literal(item, level + 1)}" for key, item in value.items()]
        return "{\n" + "".join(f"{inner}{item},\n" for item in items) + outer + "}" if items else "{}"
    if isinstance(value, list | tuple):
        items = [literal(item, level + 1) for item in value]
        return "[\n" + "".join(f"{inner}{item},\n" for item in items) + outer + "]" if items else "[]"
    if isinstance(value, str):
        return text_literal(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if value is None or isinstance(value, bool | int | float):
        return repr(value).replace("e+", "e")
    what = f"a value of type {type(value).__name__} cannot be written into a program"
    raise TargetError(Problem("EW701", what))


def text_literal(text: str) -> str:
    """Return a string literal on one line, in the quotes that black would choose."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    # repr escapes whatever does not print; it quotes with ' unless only ' is inside.
    body = repr(text)
    inside = body[1:-1]
    inside = inside.replace("\\'", "'") if body[0] == "'" else inside
    return quote + inside.replace(quote, "\\" + quote) + quote
