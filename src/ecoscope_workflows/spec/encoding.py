"""Arguments of a call as JSON, and back: bindings in, plain data with marks out.

Plain data stands as it is.
A result of another instance is ``{"$input": n}``: the n-th file of that argument;
a part of it is ``{"$input": [n, "field", 0]}``.
An environment variable is ``{"$env": name}``.
A mapping that would read like one of these marks is wrapped as ``{"$literal": {...}}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.errors import ContractError, Problem
from ecoscope_workflows.spec.model import DictOf, Environment, ListOf, Literal, Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ecoscope_workflows.spec.model import Binding

INPUT = "$input"
ENVIRONMENT = "$env"
LITERAL = "$literal"
_MARKS = frozenset({INPUT, ENVIRONMENT, LITERAL})


def encode_plain(value: Any) -> Any:
    """Encode plain data, none of which is a mark."""
    if isinstance(value, dict):
        return as_mapping({key: encode_plain(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return [encode_plain(item) for item in value]
    return value


def as_mapping(encoded: dict[str, Any]) -> dict[str, Any]:
    """Return a mapping of encoded values so that it cannot be read as a mark."""
    return {LITERAL: encoded} if _reads_like_a_mark(encoded) else encoded


def encode(binding: Binding, inputs: list[str]) -> Any:
    """Encode a binding; the ids of the instances it refers to are appended to `inputs`."""
    match binding:
        case Literal(value):
            return encode_plain(value)
        case Reference(instance, path=path):
            inputs.append(instance)
            return mark_input(len(inputs) - 1, path)
        case Environment(name):
            return {ENVIRONMENT: name}
        case ListOf(items):
            return [encode(item, inputs) for item in items]
        case DictOf(entries):
            return as_mapping({key: encode(item, inputs) for key, item in entries.items()})


def decode(value: Any, inputs: Sequence[Any], environment: Callable[[str], str]) -> Any:
    """Return the value that `encode` described, with results and variables put in their places."""
    if isinstance(value, list):
        return [decode(item, inputs, environment) for item in value]
    if not isinstance(value, dict):
        return value
    if _reads_like_a_mark(value):
        ((mark, content),) = value.items()
        if mark == INPUT:
            number, *path = content if isinstance(content, list) else [content]
            return part_of(inputs[number], path)
        if mark == ENVIRONMENT:
            return environment(content)
        value = content
    return {key: decode(item, inputs, environment) for key, item in value.items()}


def mark_input(number: int, path: Sequence[str | int] = ()) -> dict[str, Any]:
    """Return the mark of the n-th file of an argument, or of the part of it that `path` leads to."""
    return {INPUT: [number, *path] if path else number}


def part_of(value: Any, path: Sequence[str | int]) -> Any:
    """Follow fields and positions into a value.

    Raises
    ------
    ContractError
        Saying where the path leads nowhere.
    """
    for number, step in enumerate(path):
        by_key = isinstance(step, int) or isinstance(value, Mapping)
        try:
            value = value[step] if by_key else getattr(value, str(step))
        except (LookupError, TypeError, AttributeError):
            steps = "".join(f"[{way}]" if isinstance(way, int) else f".{way}" for way in path[: number + 1])
            what = f"a result has no part `return{steps}`: {step!r} is not in {type(value).__name__}"
            raise ContractError(Problem("EW615", what, hint="mend the reference in the spec")) from None
    return value


def canonical(arguments: Mapping[str, Any]) -> str:
    """Return arguments as one line of ASCII JSON with sorted keys: equal arguments, equal text."""
    return json.dumps(arguments, sort_keys=True, ensure_ascii=True, separators=(", ", ": "))


def _reads_like_a_mark(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)) in _MARKS
