"""What `map` and `mapvalues` give to each call: the type of what is gone through in, of arguments out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_origin

from ecoscope_workflows.contracts.parts import Unsaid, members
from ecoscope_workflows.contracts.peeled import peel
from ecoscope_workflows.contracts.shapes import items_of
from ecoscope_workflows.spec.model import ListOf, Reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecoscope_workflows.spec.model import Binding

_PAIR = 2


@dataclass(frozen=True)
class Each:
    """What one call of a fan-out gets.

    Parameters
    ----------
    arguments
        The type of each argument that is mapped.
    key
        The type of the key of a call of ``mapvalues``.
    """

    arguments: Mapping[str, Any]
    key: Any = None


def flattened(argvalues: Binding) -> Binding:
    """Return what a fan-out goes through: a list of one reference stands for what the reference does."""
    match argvalues:
        case ListOf((Reference() as only,)):
            return only
    return argvalues


def key_and_value(item: Any) -> tuple[Any, Any] | None:
    """Return the types of key and value of an item of a keyed collection, or None where it is none."""
    peeled = peel(item)
    if get_origin(peeled.kind) is None and peeled.kind is Unsaid:
        return Unsaid, Unsaid
    items = items_of(peeled.kind)
    if items is None:
        return None
    if items.fixed is None:
        return items.item, items.item
    return (items.fixed[0], items.fixed[1]) if len(items.fixed) == _PAIR else None


def unpacked(value: Any, count: int, *, spread: bool) -> tuple[Any, ...] | None:
    """Return the types of the arguments that a value is unpacked over, or None where it cannot be.

    Parameters
    ----------
    value
        The type of the value.
    count
        The number of arguments.
    spread
        Whether a tuple is unpacked even over one argument, as ``map`` does.
    """
    # A list is spread over several arguments as a tuple is: what stands in a file is the same.
    items = items_of(value) if is_tuple(value) or count > 1 else None
    if items is None:
        known = count == 1 or len(members(value)) > 1 or peel(value).kind in (Any, Unsaid)
        return ((value,) if count == 1 else (Unsaid,) * count) if known else None
    if count == 1 and not spread:
        return (value,)
    if items.fixed is None:
        return (items.item,) * count
    return items.fixed if len(items.fixed) == count else None


def is_tuple(annotation: Any) -> bool:
    """Return whether values of a type are tuples."""
    kind = peel(annotation).kind
    origin = get_origin(kind) or kind
    return isinstance(origin, type) and issubclass(origin, tuple)
