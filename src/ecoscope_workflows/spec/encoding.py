"""Arguments of a call as JSON, and back: bindings in, plain data with marks out.

Plain data stands as it is.
A result of another instance is ``{"$input": n}``: the n-th file of that argument;
a part of it is ``{"$input": [n, "field", 0]}``.
The result of a cheap instance, which has no file, is ``{"$call": id}``; a part ``{"$call": [id, "field"]}``.
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
    from collections.abc import Callable, Collection, Iterator, Sequence

    from ecoscope_workflows.spec.model import Binding

INPUT = "$input"
CALL = "$call"
ENVIRONMENT = "$env"
LITERAL = "$literal"
_WITH_PATHS = frozenset({INPUT, CALL})
_MARKS = _WITH_PATHS | {ENVIRONMENT, LITERAL}


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


def encode(binding: Binding, inputs: list[str], cheap: Collection[str] = ()) -> Any:
    """Encode a binding; the ids of the instances whose files it needs are appended to `inputs`.

    Parameters
    ----------
    binding
        What to encode.
    inputs
        Filled in.
    cheap
        The instances that have no files.
    """
    match binding:
        case Literal(value):
            return encode_plain(value)
        case Reference(instance, path=path) if instance in cheap:
            return mark_call(instance, path)
        case Reference(instance, path=path):
            inputs.append(instance)
            return mark_input(len(inputs) - 1, path)
        case Environment(name):
            return {ENVIRONMENT: name}
        case ListOf(items):
            return [encode(item, inputs, cheap) for item in items]
        case DictOf(entries):
            return as_mapping({key: encode(item, inputs, cheap) for key, item in entries.items()})


def _no_call(instance: str) -> Any:
    raise ContractError(Problem("EW615", f"there is no cheap instance {instance!r}"))


def decode(
    value: Any,
    inputs: Sequence[Any],
    environment: Callable[[str], str],
    call: Callable[[str], Any] = _no_call,
) -> Any:
    """Return the value that `encode` described, with what marks stand for in their places.

    Parameters
    ----------
    value
        The encoded value.
    inputs
        What the files of the argument hold.
    environment
        Returns the value of a variable.
    call
        Returns the result of a cheap instance.
    """
    if isinstance(value, list):
        return [decode(item, inputs, environment, call) for item in value]
    if not isinstance(value, dict):
        return value
    if _reads_like_a_mark(value):
        ((mark, content),) = value.items()
        whole, *path = content if mark in _WITH_PATHS and isinstance(content, list) else [content]
        if mark == INPUT:
            return part_of(inputs[whole], path)
        if mark == CALL:
            return part_of(call(whole), path)
        if mark == ENVIRONMENT:
            return environment(content)
        value = content
    return {key: decode(item, inputs, environment, call) for key, item in value.items()}


def called(value: Any) -> Iterator[str]:
    """Yield the ids of the cheap instances that an encoded value needs."""
    if isinstance(value, list):
        for item in value:
            yield from called(item)
    elif isinstance(value, dict):
        if set(value) == {CALL}:
            content = value[CALL]
            yield content[0] if isinstance(content, list) else content
            return
        # A literal that reads like a mark is wrapped, and what is inside is no mark.
        inner = value[LITERAL].values() if set(value) == {LITERAL} else value.values()
        for item in inner:
            yield from called(item)


def mark_input(number: int, path: Sequence[str | int] = ()) -> dict[str, Any]:
    """Return the mark of the n-th file of an argument, or of the part of it that `path` leads to."""
    return {INPUT: [number, *path] if path else number}


def mark_call(instance: str, path: Sequence[str | int] = ()) -> dict[str, Any]:
    """Return the mark of the result of a cheap instance, or of the part of it that `path` leads to."""
    return {CALL: [instance, *path] if path else instance}


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
