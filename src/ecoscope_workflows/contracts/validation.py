"""Pydantic's errors in, faults in words out: where inside a value, what is wrong, what was found.

Of the branches of a union, those are told whose fault lies deepest: they understood most of the value.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, PydanticSchemaGenerationError, TypeAdapter, ValidationError

from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.frames import FAULT_TYPE, FrameFault
from ecoscope_workflows.contracts.known_keys import known_keys
from ecoscope_workflows.errors import did_you_mean

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
        The value that it refused; without it, all branches of a union are told, and a location names them.
    """
    yield from _told(error, value, None)


def faults_in(value: Any, adapter: TypeAdapter[Any]) -> list[ValueFault]:
    """Return what is wrong with a value that somebody wrote, by the validator of its type."""
    try:
        adapter.validate_python(value)
    except ValidationError as error:
        return list(_told(error, value, adapter.core_schema))
    except Exception as error:  # noqa: BLE001  # a type may have validators of its author's, which raise anything
        what = f"cannot be read: {type(error).__name__}: {error}, got {shown(value)}"
        return [ValueFault((), what, "exception")]
    return []


def _told(error: ValidationError, value: Any, schema: Any) -> Iterator[ValueFault]:
    """Yield each fault once; a schema tells which keys are known and what stands behind them."""
    found = list(_all_faults(error))
    if value is not _UNKNOWN:
        placed = _nearest([_placed(value, fault) for fault in found])
        found = _joined([_with_keys(one, placed, schema) if schema else one.fault for one in placed], value)
    seen: set[tuple[object, str]] = set()
    for fault in found:
        if (fault.location, fault.message) not in seen:
            seen.add((fault.location, fault.message))
            yield fault


def _all_faults(error: ValidationError) -> Iterator[ValueFault]:
    for item in error.errors(include_url=False):
        location = tuple(item["loc"])
        if item["type"] == FAULT_TYPE:
            for fault in item["ctx"]["faults"]:
                yield ValueFault(location, str(fault), FAULT_TYPE, fault)
            continue
        if item["type"] == "union_tag_invalid":
            # The key that tells the branches apart has another value than any of them asks for.
            tag = shown(item["ctx"]["tag"])
            what = f"expected one of {item['ctx']['expected_tags']}, got {tag}"
            yield ValueFault((*location, item["ctx"]["discriminator"].strip("'")), what, item["type"])
            continue
        yield ValueFault(location, _message(item["type"], item["msg"], item["input"]), item["type"])


def _joined(found: list[ValueFault], value: Any) -> list[ValueFault]:
    """Say what is expected in one place once: ``expected integer or string, got []``."""
    joined: dict[Any, ValueFault] = {}
    for number, fault in enumerate(found):
        tail = ""
        # A frame says of itself what it is; to show one takes long.
        if fault.kind != FAULT_TYPE and fault.message.startswith(_EXPECTED):
            tail = f", got {shown(_behind(value, fault.location))}"
        alike = tail and fault.message.endswith(tail)
        first = joined.setdefault((fault.location, tail) if alike else number, fault)
        if first is not fault and fault.message != first.message:
            choice = fault.message.removeprefix(_EXPECTED)
            both = f"{first.message.removesuffix(tail)} or {choice}"
            joined[fault.location, tail] = replace(first, message=both)
    return list(joined.values())


_EXPECTED = "expected "


def _behind(value: Any, location: tuple[str | int, ...]) -> Any:
    for step in location:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):  # a key that is missing
            return None
    return value


@dataclass(frozen=True, slots=True)
class _Placed:
    """A fault with its steps inside the value, and pydantic's own, each with whether it names a branch."""

    fault: ValueFault
    steps: tuple[tuple[str | int, bool], ...]

    @property
    def depth(self) -> int:
        # A key that is missing or not known says that the record around it may not be meant.
        return len(self.fault.location) - (self.fault.kind in _ABOUT_KEYS)

    @property
    def branch(self) -> tuple[str | int, ...]:
        # What the last one is called names a record; an outer one may name several: `list[union[A,B]]`.
        return tuple(step for step, is_branch in self.steps if is_branch)[-1:]


_ABOUT_KEYS = ("missing", "extra_forbidden")
_NO_MAPPING = ("model_type", "dataclass_type", "model_attributes_type")


def _placed(value: Any, fault: ValueFault) -> _Placed:
    """Tell the steps of a location that lead through `value`, and a last one that it lacks, from others."""
    steps = []
    for number, step in enumerate(fault.location):
        lacks = fault.kind == "missing" and number == len(fault.location) - 1
        items: Any = dict(enumerate(value)) if isinstance(value, list | tuple) else value
        leads = isinstance(items, dict) and step in items
        if leads:
            value = items[step]
        steps.append((step, not leads and not lacks))
    inside = tuple(step for step, is_branch in steps if not is_branch)
    return _Placed(replace(fault, location=inside), tuple(steps))


def _nearest(found: list[_Placed], at: int = 0) -> list[_Placed]:
    """Leave out the faults of those branches of a union that the value is further from than from others."""
    groups: dict[Any, list[_Placed]] = {}
    for one in found:
        groups.setdefault(one.steps[at] if at < len(one.steps) else None, []).append(one)
    kept = {key: _nearest(group, at + 1) if key else group for key, group in groups.items()}
    fits = {key: _nearness(group, at) for key, group in kept.items() if key and key[1]}
    best = max(fits.values(), default=None)
    return [one for key, group in kept.items() if fits.get(key, best) == best for one in group]


def _nearness(branch: list[_Placed], at: int) -> tuple[int, bool, bool, float]:
    """Return how well a branch fits: how deep its deepest fault lies, and then how few there are."""
    # Who writes a value where it may be null does not mean null.
    is_null = all(one.fault.kind == "none_required" for one in branch)
    # A word inside a record, of which it asks for another, mostly tells the branches apart.
    is_other = any(one.fault.kind == "literal_error" and len(one.steps) > at + 1 for one in branch)
    missing, unknown = (
        [str(one.fault.location[-1]) for one in branch if one.fault.kind == kind] for kind in _ABOUT_KEYS
    )
    # A misspelt key is one fault, though it is told as two: the more alike the better.
    misspelt = sum(
        max((SequenceMatcher(None, key, word).ratio() for word in missing), default=0.0) for key in unknown
    )
    return max(one.depth for one in branch), not is_null, not is_other, misspelt - len(branch)


def _with_keys(one: _Placed, found: list[_Placed], schema: Any) -> ValueFault:
    """Return a fault about a key with what is known there: the keys, or what stands behind it."""
    fault = one.fault
    if fault.kind in _NO_MAPPING:
        known = known_keys(schema, fault.location, one.branch)
        required = [name for name in known if known[name].required]
        has = "with" if required else "that may have"
        keys = f"mapping {has} {_listed(required or list(known))}"
        return replace(fault, message=fault.message.replace("mapping", keys, 1))
    if fault.kind not in _ABOUT_KEYS:
        return fault
    *steps, key = fault.location
    # Several branches may say the same of one key.
    alike = [
        other for other in found if (other.fault.location, other.fault.kind) == (fault.location, fault.kind)
    ]
    known = known_keys(schema, steps, [branch for other in alike for branch in other.branch])
    if fault.kind == "missing":
        entry = known.get(str(key))
        return replace(fault, message=f"is missing ({type_name(entry.annotation)})") if entry else fault
    return replace(fault, message=f"{fault.message}: {did_you_mean(str(key), known)}".removesuffix(": "))


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _message(kind: str, message: str, value: Any) -> str:
    text = re.sub(r"^(Input should be|Value error,) ?(a valid )?", "", message)
    text = text[:1].lower() + text[1:]
    if kind == "missing":
        return "is missing"
    if kind == "path_type":
        return f"expected path, got {shown(value)}"
    if kind in (*_NO_MAPPING, "dict_type"):
        return f"expected mapping, got {shown(value)}"
    if kind == "extra_forbidden":
        return "is not known"
    if kind in {"datetime_from_date_parsing", "datetime_parsing"}:
        reason = message.rpartition(", ")[2]
        return f"expected date and time such as 2024-03-01T06:30:00 ({reason}), got {shown(value)}"
    if message.startswith("Input should be"):
        # What follows repeats that it is not: "unable to parse string as an integer".
        text = re.sub(r", (unable to|got) .*", "", text, flags=re.DOTALL)
        word = "must be" if kind.startswith(("greater_than", "less_than", "multiple_of")) else "expected"
        return f"{word} {text}, got {shown(value)}"
    if kind == "value_error" and isinstance(value, dict | list):
        return text  # the author of such a rule says which parts do not go together
    return f"{text}, got {shown(value)}"


def shown(value: Any) -> str:
    """Return a value as messages show it: its repr, cut where it is long."""
    text = repr(value)
    return text if len(text) <= MAX_VALUE else f"{text[: MAX_VALUE - 3]}..."
