"""What values must satisfy beside their type (bounds, lengths, choices), and whether one set implies another.

Both pydantic's ``Field`` and a schema's ``Column`` end in the same words: ``ge``, ``lt``, ``isin`` …
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# Name and value of each constraint, sorted by name; values are hashable.
Constraints = tuple[tuple[str, Any], ...]

_WORDS = {
    "ge": "at least {}",
    "gt": "more than {}",
    "le": "at most {}",
    "lt": "less than {}",
    "eq": "equal to {}",
    "ne": "other than {}",
    "isin": "one of {}",
    "notin": "none of {}",
    "min_length": "of at least {} items or letters",
    "max_length": "of at most {} items or letters",
    "multiple_of": "a multiple of {}",
    "pattern": "matching {}",
    "str_matches": "matching {}",
}


def constraints(given: Mapping[str, Any]) -> Constraints:
    """Return constraints in their canonical form; ``None`` is none."""
    return tuple(sorted((name, frozen(value)) for name, value in given.items() if value is not None))


def frozen(value: Any) -> Any:
    """Return a value in a form that can be hashed and compared."""
    if isinstance(value, dict):
        return tuple(sorted((str(key), frozen(item)) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return tuple(map(frozen, value))
    if isinstance(value, set | frozenset):
        return frozenset(map(frozen, value))
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return value


def in_words(constraint: tuple[str, Any]) -> str:
    """Return a constraint as one reads it: ``at least 0``."""
    name, value = constraint
    shown = ", ".join(map(repr, value)) if name in ("isin", "notin") else repr(value)
    return _WORDS[name].format(shown) if name in _WORDS else f"{name} {shown}"


def not_implied(required: Constraints, produced: Constraints) -> list[str]:
    """Return, in words, the constraints that values with the constraints `produced` may break."""
    known = dict(produced)
    return [
        in_words((name, value))
        for name, value in required
        if (name, value) not in produced and not _implied(name, value, known)
    ]


def _implied(name: str, value: Any, known: Mapping[str, Any]) -> bool:
    rule = _RULES.get(name)
    try:
        # A closed list of values can be tried one by one.
        choices = known.get("isin", (known["eq"],) if "eq" in known else None)
        if choices is not None and name in _HOLDS:
            return all(_HOLDS[name](choice, value) for choice in choices)
        return rule is not None and bool(rule(value, known))
    except TypeError:
        # Bounds of different types cannot be compared.
        return False


_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "ge": lambda choice, value: choice >= value,
    "gt": lambda choice, value: choice > value,
    "le": lambda choice, value: choice <= value,
    "lt": lambda choice, value: choice < value,
    "eq": lambda choice, value: choice == value,
    "ne": lambda choice, value: choice != value,
    "isin": lambda choice, value: choice in value,
    "notin": lambda choice, value: choice not in value,
    "multiple_of": lambda choice, value: choice % value == 0,
}


def _bound(known: Mapping[str, Any], names: Iterable[str], holds: Callable[[Any], bool]) -> bool:
    return any(name in known and holds(known[name]) for name in names)


_RULES: dict[str, Callable[[Any, Mapping[str, Any]], bool]] = {
    "ge": lambda value, known: _bound(known, ("ge", "gt"), lambda bound: bound >= value),
    "gt": lambda value, known: (
        _bound(known, ("gt",), lambda bound: bound >= value)
        or _bound(known, ("ge",), lambda bound: bound > value)
    ),
    "le": lambda value, known: _bound(known, ("le", "lt"), lambda bound: bound <= value),
    "lt": lambda value, known: (
        _bound(known, ("lt",), lambda bound: bound <= value)
        or _bound(known, ("le",), lambda bound: bound < value)
    ),
    "ne": lambda value, known: (
        _RULES["gt"](value, known) or _RULES["lt"](value, known) or value in known.get("notin", ())
    ),
    "notin": lambda value, known: all(item in known.get("notin", ()) for item in value),
    "min_length": lambda value, known: _bound(known, ("min_length",), lambda bound: bound >= value),
    "max_length": lambda value, known: _bound(known, ("max_length",), lambda bound: bound <= value),
    "multiple_of": lambda value, known: _bound(known, ("multiple_of",), lambda bound: bound % value == 0),
}
