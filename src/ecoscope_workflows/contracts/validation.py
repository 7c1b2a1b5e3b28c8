"""Pydantic's errors in, faults in words out: where inside a value, what is wrong, what was found."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, PydanticSchemaGenerationError, TypeAdapter, ValidationError

from ecoscope_workflows.contracts.frames import FAULT_TYPE, FrameFault

if TYPE_CHECKING:
    from collections.abc import Iterator

# A value longer than this hides the sentence it stands in.
MAX_VALUE = 60


@dataclass(frozen=True, slots=True)
class ValueFault:
    """One thing wrong with a value.

    Parameters
    ----------
    location
        Keys and indices from the value to the part at fault.
    message
        What is wrong, with the value found.
    kind
        Pydantic's name of the error, e.g. ``missing``.
    frame
        What is wrong with a data frame, where the value is one.
    """

    location: tuple[str | int, ...]
    message: str
    kind: str
    frame: FrameFault | None = None

    @property
    def path(self) -> str:
        """Return the location as it is written: ``.key[0]``."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.location)


_UNKNOWN = object()


def adapter_of(annotation: Any) -> TypeAdapter[Any]:
    """Return pydantic's validator of a type."""
    with warnings.catch_warnings():
        # What hides a parameter means something to us only.
        warnings.filterwarnings("ignore", message="The 'exclude' attribute")
        try:
            return TypeAdapter(annotation)
        except PydanticSchemaGenerationError:
            # A class that only a codec of its own knows; all that can be asked for is an instance of it.
            return TypeAdapter(annotation, config=ConfigDict(arbitrary_types_allowed=True))


def faults_of(error: ValidationError, value: Any = _UNKNOWN) -> Iterator[ValueFault]:
    """Yield what pydantic found, data frame faults one by one.

    Parameters
    ----------
    error
        What pydantic raised.
    value
        The value that it refused; without it, a location also names the branches of a union.
    """
    seen: set[tuple[object, str]] = set()
    for fault in _all_faults(error):
        if value is not _UNKNOWN:
            fault = replace(fault, location=_inside(value, fault.location, fault.kind))  # noqa: PLW2901  # the same fault
        if (fault.location, fault.message) not in seen:
            seen.add((fault.location, fault.message))
            yield fault


def faults_in(value: Any, adapter: TypeAdapter[Any]) -> list[ValueFault]:
    """Return what is wrong with a value that somebody wrote, by the validator of its type."""
    try:
        adapter.validate_python(value)
    except ValidationError as error:
        return list(faults_of(error, value))
    except Exception as error:  # noqa: BLE001  # a type may have validators of its author's, which raise anything
        what = f"cannot be read: {type(error).__name__}: {error}, got {shown(value)}"
        return [ValueFault((), what, "exception")]
    return []


def _all_faults(error: ValidationError) -> Iterator[ValueFault]:
    for item in error.errors(include_url=False):
        location = tuple(item["loc"])
        if item["type"] == FAULT_TYPE:
            for fault in item["ctx"]["faults"]:
                yield ValueFault(location, str(fault), FAULT_TYPE, fault)
            continue
        yield ValueFault(location, _message(item["type"], item["msg"], item["input"]), item["type"])


def _inside(value: Any, location: tuple[str | int, ...], kind: str) -> tuple[str | int, ...]:
    """Return those steps of a location that lead through `value`, and a last one that it lacks."""
    steps = []
    for number, step in enumerate(location):
        lacks = kind == "missing" and number == len(location) - 1
        items: Any = dict(enumerate(value)) if isinstance(value, list | tuple) else value
        if isinstance(items, dict) and step in items:
            value = items[step]
        elif not lacks:
            continue
        steps.append(step)
    return tuple(steps)


def _message(kind: str, message: str, value: Any) -> str:
    text = re.sub(r"^(Input should be|Value error,) ?(a valid )?", "", message)
    text = text[:1].lower() + text[1:]
    if kind == "missing":
        return "is missing"
    if kind == "path_type":
        return f"expected path, got {shown(value)}"
    if kind == "extra_forbidden":
        return "is not known"
    if message.startswith("Input should be"):
        # What follows repeats that it is not: "unable to parse string as an integer".
        text = re.sub(r", (unable to|got) .*", "", text, flags=re.DOTALL)
        word = "must be" if kind.startswith(("greater_than", "less_than", "multiple_of")) else "expected"
        return f"{word} {text}, got {shown(value)}"
    return f"{text}, got {shown(value)}"


def shown(value: Any) -> str:
    """Return a value as messages show it: its repr, cut where it is long."""
    text = repr(value)
    return text if len(text) <= MAX_VALUE else f"{text[: MAX_VALUE - 3]}..."
