"""Values of a spec in, bindings out: ``${{ … }}`` becomes a reference, everything else stays a literal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ecoscope_workflows.spec.model import Binding, DictOf, Environment, ListOf, Literal, Reference

if TYPE_CHECKING:
    from ecoscope_workflows.spec.reader import Cursor

_VARIABLE = re.compile(r"\$\{\{(.*)\}\}", re.DOTALL)
_CONSTANT = re.compile(r"\$\{\{\s*vars\.([^\W\d]\w*)\s*\}\}")
_RESULT = re.compile(r"workflow\.([^\W\d]\w*)\.return((?:\.[^\W\d]\w*|\[-?\d+\])*)")
_STEP = re.compile(r"\.([^\W\d]\w*)|\[(-?\d+)\]")
_FORMS = "`${{ workflow.<id>.return }}`, `${{ env.<NAME> }}` or `${{ vars.<name> }}`"


def read_binding(cursor: Cursor) -> Binding:
    """Read a value of any nesting; text that is wholly ``${{ … }}`` is a variable."""
    value = cursor.value
    if isinstance(value, str):
        return _text(cursor, value)
    if isinstance(value, list):
        parts = tuple(read_binding(item) for item in cursor.items())
        plain = [part.value for part in parts if isinstance(part, Literal)]
        return Literal(plain, cursor.where) if len(plain) == len(parts) else ListOf(parts, cursor.where)
    if isinstance(value, dict):
        entries = {key: read_binding(entry) for key, entry in cursor.entries()}
        known = {key: part.value for key, part in entries.items() if isinstance(part, Literal)}
        return Literal(known, cursor.where) if len(known) == len(entries) else DictOf(entries, cursor.where)
    return Literal(value, cursor.where)


def _text(cursor: Cursor, text: str) -> Binding:
    # As published: only a string that starts with "${{" and ends with "}}" is a variable.
    # A constant may stand inside a text; results and environment variables there are text, as published.
    whole = _CONSTANT.fullmatch(text)
    if whole:
        return Literal(cursor.variables.look_up(whole.group(1), cursor), cursor.where)
    filled = _CONSTANT.sub(lambda match: cursor.variables.as_text(match.group(1), cursor), text)
    if filled != text:
        return Literal(filled, cursor.where)
    match = _VARIABLE.fullmatch(text)
    return _variable(cursor, match.group(1)) if match else Literal(text, cursor.where)


def _variable(cursor: Cursor, inner: str) -> Binding:
    where = cursor.where
    word = inner.strip()
    result = _RESULT.fullmatch(word)
    if result:
        steps = tuple(
            name or int(number)
            for name, number in (step.groups() for step in _STEP.finditer(result.group(2)))
        )
        return Reference(result.group(1), where, steps)
    match word.split("."):
        case ["env", name] if name.isidentifier():
            return Environment(name, where)
        case ["workflow", name, *rest] if name.isidentifier():
            what = f"a reference to {name!r} ends in {'.'.join(rest)!r}" if rest else "a reference has no end"
            cursor.fault("EW222", what, f"write `${{{{ workflow.{name}.return }}}}`")
        case _:
            cursor.fault("EW221", f"`${{{{{inner}}}}}` is not a variable", f"expected {_FORMS}")
    return Literal(None, where)
