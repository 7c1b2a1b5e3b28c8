"""A type in, the types of its parts out: what stands in it, what a list or mapping in a spec must hold."""

from __future__ import annotations

import types
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin

from ecoscope_workflows.contracts.classes import is_opaque
from ecoscope_workflows.contracts.peeled import peel
from ecoscope_workflows.contracts.records import record_of
from ecoscope_workflows.contracts.shapes import Items, items_of, mapping_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

UNIONS = (Union, types.UnionType)
# The type of a part of which nothing is known.
Unsaid = TypeVar("Unsaid")


@dataclass(frozen=True)
class Parts:
    """What a type asks of the parts of a list or mapping that is written in a spec.

    Parameters
    ----------
    types
        The type of each part, by index or key.
    faults
        What is wrong whatever the parts are, in words.
    certain
        False where the parts may each fit and the whole still not, because several types could be meant.
    """

    types: Mapping[Any, Any]
    faults: list[str] = field(default_factory=list)
    certain: bool = True


def members(annotation: Any) -> tuple[Any, ...]:
    """Return the types that a union is made of, or the type itself."""
    return get_args(annotation) if get_origin(annotation) in UNIONS else (annotation,)


def takes_null(annotation: Any) -> bool:
    """Return whether a type takes null, whatever else it takes."""
    return any(peel(part).kind in (None, type(None)) for part in members(peel(annotation).kind))


def either(parts: Iterable[Any]) -> Any:
    """Return the union of some types, at least one."""
    try:
        return Union[tuple(parts)]  # noqa: UP007  # made at run time
    except TypeError:
        # One of them carries what cannot be hashed, and Python makes no union of it.
        return Unsaid


def without(annotation: Any, unwanted: Callable[[Any], bool]) -> Any:
    """Return a union without some of its types; any other type stays."""
    parts = members(annotation)
    kept = [part for part in parts if not unwanted(part)]
    return annotation if len(kept) == len(parts) or not kept else either(kept)


def item_type(annotation: Any) -> Any:
    """Return the type of what one gets by going through a value, or None where one cannot.

    Text is gone through by letters and a mapping by keys.
    """
    peeled = peel(annotation)
    if peeled.frame is not None:
        return None
    if is_opaque(peeled.kind):
        return Unsaid
    if get_origin(peeled.kind) in UNIONS:
        found = [item for item in map(item_type, get_args(peeled.kind)) if item is not None]
        return either(found) if found else None
    if peeled.kind is str:
        return str
    items, mapping = items_of(peeled.kind), mapping_of(peeled.kind)
    if items is None:
        return mapping[0] if mapping is not None else None
    return _any_item(items)


def part_type(annotation: Any, step: str | int) -> Any:
    """Return the type of one part of a value as it is stored, or None where it has no such part.

    Parameters
    ----------
    annotation
        The type of the value.
    step
        A key, or a position counted from 0, or from the end where it is negative.
    """
    peeled = peel(annotation)
    if peeled.frame is not None or is_opaque(peeled.kind):
        # A column of a frame has no type that a signature could say.
        return Unsaid if peeled.frame is None or isinstance(step, str) else None
    if get_origin(peeled.kind) in UNIONS:
        parts = [part_type(part, step) for part in get_args(peeled.kind)]
        found = [part for part in parts if part is not None]
        return either(found) if found else None
    if isinstance(step, int):
        return _item_at(peeled.kind, step)
    record, mapping = record_of(peeled.kind), mapping_of(peeled.kind)
    if record is None:
        return mapping[1] if mapping is not None else None
    if step in record.writes and not record.serializers:
        return record.writes[step].annotation
    return Unsaid if record.writes_extra or record.serializers else None


def _item_at(kind: Any, position: int) -> Any:
    items = items_of(kind)
    if items is None:
        return str if kind is str else None
    if items.fixed is None:
        return items.item
    inside = -len(items.fixed) <= position < len(items.fixed)
    return items.fixed[position] if inside else None


def _any_item(items: Items) -> Any:
    if items.fixed is None:
        return items.item
    return either(items.fixed) if items.fixed else Unsaid


def list_parts(required: Any, count: int) -> Parts | None:
    """Return what a type asks of the items of a list of `count` items, or None where it takes no list."""
    keys = range(count)

    def of(kind: Any) -> Parts | None:
        items = items_of(kind)
        if items is None:
            return None
        if items.fixed is None:
            return Parts(dict.fromkeys(keys, items.item))
        faults = [] if len(items.fixed) == count else [f"{len(items.fixed)} items are needed, not {count}"]
        return Parts(dict.fromkeys(keys, Unsaid) | dict(zip(keys, items.fixed, strict=False)), faults)

    return _parts(required, keys, of)


def mapping_parts(required: Any, keys: Collection[str]) -> Parts | None:
    """Return what a type asks of the values of a mapping with `keys`, or None where it takes no mapping."""

    def of(kind: Any) -> Parts | None:
        record, mapping = record_of(kind), mapping_of(kind)
        if record is None:
            return Parts(dict.fromkeys(keys, mapping[1])) if mapping is not None else None
        if record.validators:
            return Parts(dict.fromkeys(keys, Unsaid))
        faults = [
            f"{key!r} is missing" for key, one in record.reads.items() if one.required and key not in keys
        ]
        if record.forbids_extra:
            faults += [f"{key!r} is not known there" for key in keys if key not in record.reads]
        asked = {key: record.reads[key].annotation for key in keys if key in record.reads}
        return Parts(dict.fromkeys(keys, Any) | asked, faults)

    return _parts(required, keys, of)


def _parts(required: Any, keys: Collection[Any], of: Callable[[Any], Parts | None]) -> Parts | None:
    peeled = peel(required)
    if peeled.kind in (Any, object) and not peeled.reads:
        return Parts(dict.fromkeys(keys, Any))
    if peeled.reads or (peeled.frame is None and is_opaque(peeled.kind)):
        return Parts(dict.fromkeys(keys, Unsaid))
    if get_origin(peeled.kind) not in UNIONS:
        return of(peeled.kind)
    found = [parts for one in get_args(peeled.kind) if (parts := _parts(one, keys, of)) is not None]
    if len(found) <= 1:
        return found[0] if found else None
    # Which of several is meant is not known: each part may be what any of them asks for.
    return Parts({key: either(parts.types[key] for parts in found) for key in keys}, certain=False)
