"""What `map` and `mapvalues` go through, in; one element per call, out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.file_codecs import plain_json
from ecoscope_workflows.contracts.skipping import SkipSentinel, is_skipped
from ecoscope_workflows.contracts.stored import Collection
from ecoscope_workflows.errors import ContractError, Problem
from ecoscope_workflows.runtime.storage import read_collection_index, read_item

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecoscope_workflows.runtime.jobs import Each

_PAIR = 2


@dataclass(frozen=True)
class Element:
    """What one call of several gets.

    Parameters
    ----------
    key
        The key that its result stands with; None under ``map``.
    value
        Returns what is given to the arguments that are mapped.
    digest
        The hash of that value, or an empty text where it has none.
    skipped
        The skipped collection that this one element stands for, if it does.
    """

    key: Any
    value: Callable[[], Any]
    digest: str = ""
    skipped: SkipSentinel | None = None


def stored_elements(path: Path, instance: str, each: Each) -> list[Element]:
    """Return the elements of a stored collection; none is read before it is needed.

    Raises
    ------
    ContractError
        When ``mapvalues`` is to go through a list without keys.
    """
    collection = Collection(path)
    index = read_collection_index(path)
    if isinstance(index, SkipSentinel):
        return skipped_elements(index)
    if each.keyed and not index.keyed and index.items:
        raise ContractError(_no_pair(instance, "a list of values without keys"))
    elements = []
    for item in index.items:
        load = partial(read_item, collection, item)
        if index.keyed and not each.keyed:
            # `map` goes through the pairs themselves.
            digest = hashlib.sha256(json.dumps([item.key, item.digest]).encode()).hexdigest()
            elements.append(Element(None, _pair(item.key, load), digest))
        else:
            elements.append(Element(item.key, load, item.digest))
    return elements


def _pair(key: Any, load: Callable[[], Any]) -> Callable[[], Any]:
    return lambda: (key, load())


def skipped_elements(skipped: SkipSentinel) -> list[Element]:
    """Return the one element that stands for a collection that was skipped."""
    return [Element(None, lambda: skipped, skipped=skipped)]


def elements_in(collection: Any, instance: str, each: Each) -> list[Element]:
    """Return the elements of a collection that is at hand.

    Raises
    ------
    ContractError
        When one cannot go through it, or ``mapvalues`` finds an element that is no pair.
    """
    if is_skipped(collection):
        return skipped_elements(collection)
    # A text is gone through by its letters, and a mapping by its keys, as published.
    if not isinstance(collection, Iterable):
        what = f"{instance}: `{each.method}` cannot go through {type(collection).__name__}"
        hint = "`argvalues` must be a list, or a collection of keys and values"
        raise ContractError(Problem("EW616", what, hint=hint))
    elements = []
    for item in collection:
        key, value = None, item
        if each.keyed:
            if not isinstance(item, list | tuple) or len(item) != _PAIR:
                raise ContractError(_no_pair(instance, type(item).__name__))
            key, value = item
        elements.append(Element(key, lambda value=value: value, _digest(value)))  # type: ignore[misc]  # a value of its own
    return elements


def _digest(value: Any) -> str:
    try:
        return hashlib.sha256(json.dumps(plain_json(value), sort_keys=True).encode()).hexdigest()
    except (TypeError, ValueError):
        return ""


def _no_pair(instance: str, found: str) -> Problem:
    what = f"{instance}: `mapvalues` needs pairs of a key and a value, not {found}"
    return Problem("EW616", what, hint="use `map`, or split the data into groups first")


def spread(value: Any, instance: str, argnames: Sequence[str]) -> Mapping[str, Any]:
    """Return the arguments that an element gives: itself, or its parts where there are several names.

    Raises
    ------
    ContractError
        When it has not as many parts as there are names.
    """
    if len(argnames) == 1:
        return {argnames[0]: value}
    if is_skipped(value):
        return dict.fromkeys(argnames, value)
    if not isinstance(value, list | tuple) or len(value) != len(argnames):
        found = f"{len(value)} parts" if isinstance(value, list | tuple) else type(value).__name__
        what = f"{instance}: each element must have {len(argnames)} parts, not {found}"
        hint = f"one each for {', '.join(argnames)}"
        raise ContractError(Problem("EW616", what, hint=hint))
    return dict(zip(argnames, value, strict=True))
