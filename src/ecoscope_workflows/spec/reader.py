"""A cursor on a parsed document that reports every fault of shape at its place."""

from __future__ import annotations

import builtins
import keyword
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.errors import Problem, Where, did_you_mean
from ecoscope_workflows.spec.variables import Variables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ecoscope_workflows.spec.document import Document

_BUILT_IN = frozenset(dir(builtins))
_KINDS = {dict: "a mapping", list: "a list", str: "text", int: "a whole number"}


def kind_of(value: object) -> str:
    """Name the kind of a YAML value in words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    return {**_KINDS, float: "a number"}.get(type(value), type(value).__name__)


@dataclass(frozen=True)
class Cursor:
    """One value of a document, its place, and the list that faults go to."""

    document: Document
    value: Any
    path: tuple[str | int, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    variables: Variables = field(default_factory=Variables)

    @property
    def where(self) -> Where:
        """Return where the value stands."""
        return self.document.at(*self.path)

    def fault(self, code: str, what: str, hint: str = "", where: Where | None = None) -> None:
        """Report a fault of this value."""
        self.problems.append(Problem(code, what, where or self.where, hint))

    def child(self, key: str | int) -> Cursor:
        """Return a cursor on an entry of this mapping or list."""
        return Cursor(self.document, self.value[key], (*self.path, key), self.problems, self.variables)

    def key_where(self, key: str) -> Where:
        """Return where a key of this mapping stands."""
        return self.document.key_at(*self.path, key)

    def has(self, key: str) -> bool:
        """Return whether this mapping has `key`."""
        return isinstance(self.value, dict) and key in self.value

    def is_a(self, kind: type, what: str) -> bool:
        """Return whether the value is of `kind`; report it under the name `what` when it is not."""
        if isinstance(self.value, kind) and not (kind is int and isinstance(self.value, bool)):
            return True
        self.fault("EW211", f"{what} must be {_KINDS[kind]}, not {kind_of(self.value)}")
        return False

    def entries(self) -> Iterator[tuple[str, Cursor]]:
        """Yield the entries of this mapping."""
        for key in self.value:
            yield key, self.child(key)

    def items(self) -> Iterator[Cursor]:
        """Yield the items of this list."""
        for number in range(len(self.value)):
            yield self.child(number)

    def only_keys(self, known: Collection[str], what: str) -> None:
        """Report every key of this mapping that is not known."""
        for key in self.value:
            if key not in known:
                where = self.key_where(key)
                self.fault("EW212", f"{what} has no key {key!r}", did_you_mean(key, known), where)

    def needs(self, key: str, what: str, hint: str = "") -> bool:
        """Return whether this mapping has `key`; report its absence."""
        if self.has(key):
            return True
        self.fault("EW213", f"{what} has no {key!r}", hint or f"add `{key}:`")
        return False

    def identifier(self, what: str, longest: int) -> str:
        """Return the value when it is usable as an identifier, else report why not and return it as text."""
        if not self.is_a(str, what):
            return ""
        name: str = self.value
        if not name.isidentifier():
            self.fault("EW214", f"{what} {name!r} is not a valid Python identifier", _identifier_hint(name))
        elif keyword.iskeyword(name):
            self.fault("EW214", f"{what} {name!r} is a Python keyword", f"try {name + '_'!r}")
        elif name in _BUILT_IN:
            self.fault("EW214", f"{what} {name!r} is a built-in Python name", f"try {'my_' + name!r}")
        elif len(name) > longest:
            self.fault("EW215", f"{what} {name!r} is longer than {longest} characters", "shorten it")
        return name


def _identifier_hint(name: str) -> str:
    cleaned = "".join(letter if letter.isalnum() else "_" for letter in name).strip("_").lower()
    if cleaned and not cleaned.isidentifier():
        cleaned = f"_{cleaned}"
    return f"try {cleaned!r}" if cleaned.isidentifier() else "use letters, digits and underscores"
