"""The values of a call in, whether to skip it out.

Frames are known by what they offer, so that a condition imports no library of frames.
"""

from __future__ import annotations

from typing import Any

from ecoscope_workflows.contracts.skipping import is_skipped
from ecoscope_workflows.decorators import skip_condition
from ecoscope_workflows.tasks.skipped_values import is_pair

_OF_A_FRAME = ("columns", "index", "iloc", "loc", "shape", "empty")


@skip_condition
def any_is_empty_df(*args: Any) -> bool:
    """Return whether any value is a data frame without rows, or without columns."""
    return any(_is_frame(value) and bool(value.empty) for value in args)


@skip_condition
def any_dependency_skipped(*args: Any) -> bool:
    """Return whether any value is a result that was skipped."""
    return any(map(is_skipped, args))


@skip_condition
def never(*args: Any) -> bool:
    """Return False: an instance with this condition alone always runs."""
    del args
    return False


@skip_condition
def all_keyed_iterables_are_skips(*args: Any) -> bool:
    """Return whether every item of every collection by key was skipped; empty collections have no item.

    Values that are no collections do not count; it is false where there are only such.
    """
    collections = [found for value in args if (found := _items(value)) is not None]
    return bool(collections) and all(all(map(is_skipped, values)) for values in collections)


@skip_condition
def any_keyed_iterables_are_skips(*args: Any) -> bool:
    """Return whether any item of any collection by key was skipped."""
    return any(any(map(is_skipped, _items(value) or ())) for value in args)


@skip_condition
def any_dependency_is_none(*args: Any) -> bool:
    """Return whether any value is null."""
    return any(value is None for value in args)


@skip_condition
def any_dependency_is_empty_string(*args: Any) -> bool:
    """Return whether any value is an empty text."""
    return any(isinstance(value, str) and not value for value in args)


@skip_condition
def all_geometry_are_none(*args: Any) -> bool:
    """Return whether, in any frame with geometries, every one of them is null or empty."""
    return any(_lacks_geometry(value) for value in args)


def _is_frame(value: Any) -> bool:
    return all(hasattr(value, name) for name in _OF_A_FRAME)


def _lacks_geometry(value: Any) -> bool:
    geometry: Any = getattr(value, "geometry", None) if _is_frame(value) else None
    # A column that is only called so holds no geometries.
    if not hasattr(geometry, "is_empty"):
        return False
    return bool((geometry.isna() | geometry.is_empty).all())


def _items(value: Any) -> list[Any] | None:
    """Return the values of a collection by key, or None where a value is no such collection."""
    if is_skipped(value):
        return [value]
    if isinstance(value, list | tuple) and all(map(is_pair, value)):
        return [item[1] for item in value]
    return None
