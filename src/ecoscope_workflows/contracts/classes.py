"""Classes that are neither data nor containers, and types of which nothing can be said."""

from __future__ import annotations

import collections.abc
import typing
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel

from ecoscope_workflows.contracts.records import record_of
from ecoscope_workflows.contracts.skipping import is_skip_sentinel
from ecoscope_workflows.contracts.verdicts import NO, YES, Verdict, cannot_tell

_OPAQUE = (collections.abc.Callable, collections.abc.Iterator, collections.abc.Generator, type)


def is_opaque(kind: Any) -> bool:
    """Return whether nothing is known of the values of a type."""
    if kind in (Any, object) or isinstance(kind, TypeVar | str | typing.ForwardRef):
        return True
    origin = get_origin(kind) or kind
    return origin in _OPAQUE or (kind is not None and get_origin(kind) is None and not isinstance(kind, type))


def reads_itself(kind: Any) -> bool:
    """Return whether pydantic is told by a class of its own how to read values."""
    if not isinstance(kind, type) or issubclass(kind, BaseModel) or is_skip_sentinel(kind):
        return False
    return hasattr(kind, "__get_pydantic_core_schema__") or hasattr(kind, "__get_validators__")


def class_fits(produced: Any, required: Any) -> Verdict:
    """Return whether instances of a class pass for those of another."""
    if is_skip_sentinel(produced) and is_skip_sentinel(required):
        return YES
    has, needs = get_origin(produced) or produced, get_origin(required) or required
    if not isinstance(has, type) or not isinstance(needs, type):
        return cannot_tell("its type cannot be compared")
    try:
        is_subclass = issubclass(has, needs)
    except TypeError:
        # A protocol with attributes, say: whether a class has them is not known to it.
        return cannot_tell("what is taken is said by its attributes only")
    if is_subclass:
        alike = not get_args(required) or get_args(produced) == get_args(required)
        return YES if alike else cannot_tell("its type arguments cannot be compared")
    if getattr(needs, "_is_protocol", False):
        return cannot_tell("what is taken is said by its attributes only")
    if reads_itself(needs):
        return cannot_tell("pydantic is told how to read it")
    if reads_itself(has) and record_of(has) is None:
        return cannot_tell("pydantic is told how it is stored")
    return NO
