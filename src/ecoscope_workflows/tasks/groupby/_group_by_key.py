"""Collections by key in, one collection of what belongs to each key out."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from ecoscope_workflows.annotations import SkipSentinel
from ecoscope_workflows.contracts.skipping import is_skipped
from ecoscope_workflows.decorators import distributed
from ecoscope_workflows.tasks.groupers import CompositeFilter, KeyedIterableOfAny
from ecoscope_workflows.tasks.skipped_values import is_pair, without_skipped, without_skipped_items


def _without_skipped_items(iterables: Any) -> Any:
    iterables = without_skipped(iterables)
    return list(map(without_skipped_items, iterables)) if isinstance(iterables, list) else iterables


def _without_skipped_wholes(iterables: Any) -> Any:
    """Leave out the items without a key, which stand for collections that were skipped as a whole."""
    iterables = without_skipped(iterables)
    if not isinstance(iterables, list):
        return iterables
    return [
        [item for item in iterable if not (is_pair(item) and item[0] is None and is_skipped(item[1]))]
        if isinstance(iterable, list | tuple)
        else iterable
        for iterable in iterables
    ]


@distributed
def groupbykey(
    iterables: Annotated[
        list[KeyedIterableOfAny],
        BeforeValidator(_without_skipped_items),
        Field(description="List of keyed iterables"),
    ],
) -> list[tuple[CompositeFilter, list[Any]]]:
    """Put together what several collections hold under the same key.

    Parameters
    ----------
    iterables
        Collections by key.
        Items that were skipped are left out, and so are collections that were skipped as a whole.

    Returns
    -------
    list of pairs
        Each key that occurs, in the order in which the keys are first seen, and its values in the order of
        the collections.
        A collection that lacks a key adds no value to it, so lists may differ in length.
    """
    together: dict[CompositeFilter, list[Any]] = {}
    for iterable in iterables:
        for key, value in iterable:
            together.setdefault(key, []).append(value)
    return list(together.items())


@distributed
def groupbykey_passthrough_skip(
    iterables: Annotated[
        list[KeyedIterableOfAny],
        BeforeValidator(_without_skipped_wholes),
        Field(description="List of keyed iterables"),
    ],
) -> list[tuple[CompositeFilter, list[Any] | SkipSentinel]] | SkipSentinel:
    """Put together what several collections hold under the same key, and keep keys that were skipped.

    Parameters
    ----------
    iterables
        Collections by key.
        Items that were skipped are left out of the values; collections that were skipped as a whole have no
        keys.

    Returns
    -------
    list of pairs or SkipSentinel
        Each key that occurs, in the order in which the keys are first seen, and its values in the order of
        the collections: a skipped result where each of them was skipped.
        A skipped result as a whole where no collection has a key.
    """
    together: dict[CompositeFilter, list[Any]] = {}
    for iterable in iterables:
        for key, value in iterable:
            together.setdefault(key, []).append(value)
    if not together:
        return SkipSentinel()
    return [(key, without_skipped(values) or values[0]) for key, values in together.items()]
