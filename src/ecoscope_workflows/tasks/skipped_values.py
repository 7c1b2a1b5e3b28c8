"""Values that may be skipped results in, those that are not out."""

from __future__ import annotations

from typing import Any

from ecoscope_workflows.contracts.skipping import is_skipped


def without_skipped(values: Any) -> Any:
    """Return a list without the skipped results in it; one result that was skipped as a whole has none.

    Any other value stays as it is, so that the type of an argument is checked on it.

    Examples
    --------
    >>> from ecoscope_workflows.contracts.skipping import SkipSentinel
    >>> without_skipped(["a", SkipSentinel()])
    ['a']
    >>> without_skipped(SkipSentinel())
    []
    """
    if is_skipped(values):
        return []
    return (
        [value for value in values if not is_skipped(value)] if isinstance(values, list | tuple) else values
    )


def without_skipped_items(pairs: Any) -> Any:
    """Return a collection by key without the items that were skipped; any other value stays as it is.

    A collection that was skipped as a whole stands as one item without a key, and has none left.
    """
    pairs = without_skipped(pairs)
    if not isinstance(pairs, list):
        return pairs
    return [pair for pair in pairs if not (is_pair(pair) and is_skipped(pair[1]))]


def is_pair(value: Any) -> bool:
    """Return whether a value may be an item of a collection by key: a key and what belongs to it."""
    return isinstance(value, list | tuple) and len(value) == 2  # noqa: PLR2004  # a pair
