"""Values of a spec in, bindings out: ``${{ … }}`` becomes a reference, everything else stays a literal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ecoscope_workflows.spec.model import Binding, DictOf, Environment, ListOf, Literal, Reference

if TYPE_CHECKING:
    from ecoscope_workflows.spec.reader import Cursor

_VARIABLE = re.compile(r"\$\{\{(.*)\}\}", re.DOTALL)
_FORMS = "`${{ workflow.<id>.return }}` or `${{ env.<NAME> }}`"


def read_binding(cursor: Cursor) -> Binding:
    """Read a value of any nesting; text that is wholly ``${{ … }}`` is a variable."""
    value = cursor.value
    if isinstance(value, str):
        return _text(cursor, value)
    if isinstance(value, list):
        parts = tuple(read_binding(item) for item in cursor.items())
        if all(isinstance(part, Literal) for part in parts):
            return Literal(value, cursor.where)
        return ListOf(parts, cursor.where)
    if isinstance(value, dict):
        entries = {key: read_binding(entry) for key, entry in cursor.entries()}
        if all(isinstance(part, Literal) for part in entries.values()):
            return Literal(value, cursor.where)
        return DictOf(entries, cursor.where)
    return Literal(value, cursor.where)


def _text(cursor: Cursor, text: str) -> Binding:
    # As published: only a string that starts with "${{" and ends with "}}" is a variable.
    match = _VARIABLE.fullmatch(text)
    return _variable(cursor, match.group(1)) if match else Literal(text, cursor.where)


def _variable(cursor: Cursor, inner: str) -> Binding:
    where = cursor.where
    parts = inner.strip().split(".")
    match parts:
        case ["workflow", name, "return"] if name.isidentifier():
            return Reference(name, where)
        case ["env", name] if name.isidentifier():
            return Environment(name, where)
        case ["workflow", name, *rest] if name.isidentifier():
            what = f"a reference to {name!r} ends in {'.'.join(rest)!r}" if rest else "a reference has no end"
            cursor.fault("EW222", what, f"write `${{{{ workflow.{name}.return }}}}`")
        case _:
            cursor.fault("EW221", f"`${{{{{inner}}}}}` is not a variable", f"expected {_FORMS}")
    return Literal(None, where)
