"""Lists, tuples, sets and mappings as the types of what stands in them."""

from __future__ import annotations

import collections
import collections.abc
import typing
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from ecoscope_workflows.contracts.records import hints_of

_SETS = (set, frozenset, collections.abc.Set, collections.abc.MutableSet)
_SEQUENCES = (list, collections.deque, collections.abc.Sequence, collections.abc.MutableSequence)
_ITERABLES = (collections.abc.Iterable, collections.abc.Collection)
_MAPPINGS = (
    dict,
    collections.OrderedDict,
    collections.defaultdict,
    collections.abc.Mapping,
    collections.abc.MutableMapping,
)
_PAIR = 2


@dataclass(frozen=True)
class Items:
    """What stands in a list, tuple or set.

    Parameters
    ----------
    item
        The type of each item, where all are alike.
    fixed
        The types of all items in order, where their number is given.
    order
        ``none`` for a set, ``any`` where it does not matter, else ``given``.
    """

    item: Any = Any
    fixed: tuple[Any, ...] | None = None
    order: str = "given"

    @property
    def pair(self) -> tuple[Any, Any] | None:
        """Return the types of key and value, where each item is a pair: a keyed collection."""
        inner = items_of(self.item)
        if inner is None or inner.fixed is None or len(inner.fixed) != _PAIR:
            return None
        return inner.fixed[0], inner.fixed[1]


def items_of(kind: Any) -> Items | None:
    """Return what stands in a list, tuple or set type, or None for any other type."""
    if get_origin(kind) is typing.Annotated:
        kind = get_args(kind)[0]
    origin, parts = get_origin(kind) or kind, get_args(kind)
    if origin is tuple:
        return _of_tuple(kind, parts)
    if isinstance(origin, type) and issubclass(origin, tuple):
        names = getattr(origin, "_fields", None)
        hints = hints_of(origin)
        return Items(fixed=tuple(hints.get(name, Any) for name in names)) if names is not None else None
    for kinds, order in ((_SETS, "none"), (_SEQUENCES, "given"), (_ITERABLES, "any")):
        if origin in kinds:
            return Items(parts[0] if parts else Any, order=order)
    return None


def _of_tuple(kind: Any, parts: tuple[Any, ...]) -> Items:
    if kind is tuple or kind is typing.Tuple:  # noqa: UP006  # what an older signature may say
        return Items()
    if len(parts) == _PAIR and parts[1] is ...:
        return Items(parts[0])
    return Items(fixed=parts)


def mapping_of(kind: Any) -> tuple[Any, Any] | None:
    """Return the types of keys and values of a mapping type, or None for any other type."""
    origin, parts = get_origin(kind) or kind, get_args(kind)
    if origin not in _MAPPINGS:
        return None
    return (parts[0], parts[1]) if len(parts) == _PAIR else (Any, Any)
