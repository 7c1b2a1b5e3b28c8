"""Single values: which pass for which once they are stored and read back.

Values travel between tasks as files, so what counts is what a value looks like there:
a path is text, an enum member is its value, a date is text that a datetime can be read from.
"""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import os
import pathlib
import uuid
from typing import Any, Literal, get_args, get_origin

from pydantic import PydanticUserError

from ecoscope_workflows.contracts.validation import adapter_of, faults_in
from ecoscope_workflows.contracts.verdicts import NO, YES, Verdict, cannot_tell

_NUMBERS = (bool, int, float, complex, decimal.Decimal)
_PATHS = (
    pathlib.PurePath,
    pathlib.PurePosixPath,
    pathlib.PureWindowsPath,
    pathlib.Path,
    pathlib.PosixPath,
    pathlib.WindowsPath,
    os.PathLike,
)
_TIMES = (dt.datetime, dt.date, dt.time, dt.timedelta)
# Stored as text in a form of their own.
_WRITTEN = (*_TIMES, decimal.Decimal, uuid.UUID, bytes)
SCALARS: frozenset[object] = frozenset({*_NUMBERS, *_PATHS, *_WRITTEN, str, type(None)})

# What every value of the first type is, for the second.
_WIDENS = {
    (bool, int),
    (bool, float),
    (bool, complex),
    (int, float),
    (int, complex),
    (float, complex),
    (decimal.Decimal, float),
    (decimal.Decimal, complex),
    (dt.date, dt.datetime),
}


def is_scalar(kind: Any) -> bool:
    """Return whether a type is one of the simple types."""
    return kind is None or (isinstance(kind, type) and kind in SCALARS)


def scalar_of(kind: Any) -> Any:
    """Return the simple type that a type is or derives from, or None where it is another."""
    if kind is None:
        return type(None)
    return next((base for base in getattr(kind, "__mro__", ()) if base in SCALARS), None)


def scalar_fits(produced: Any, required: Any) -> Verdict:
    """Return whether values of one simple type pass for another; both are in `SCALARS`."""
    text_like = {str, *_PATHS}
    if produced == required or (produced, required) in _WIDENS:
        return YES
    if produced in text_like and required in text_like:
        return YES
    if required is decimal.Decimal and produced in (bool, int, float):
        return cannot_tell("not every number has a decimal")
    if (produced, required) == (dt.datetime, dt.date):
        return cannot_tell("a date and time is a date at midnight only")
    if required is dt.timedelta and produced in (int, float):
        return cannot_tell("a number may stand for seconds")
    if str in (produced, required) and {produced, required} & {*_WRITTEN}:
        return cannot_tell("whether text has the right form depends on the value")
    return NO


def choices(annotation: Any) -> tuple[Any, ...] | None:
    """Return the values of a type that has only a few, as they are stored; None for all other types."""
    if get_origin(annotation) is Literal:
        values = get_args(annotation)
    elif isinstance(annotation, enum.EnumMeta):
        values = tuple(annotation)
    else:
        return None
    return tuple(value.value if isinstance(value, enum.Enum) else value for value in values)


def value_fits(value: Any, required: Any) -> bool | None:
    """Return whether pydantic takes one value for a type; None where it knows no such type."""
    try:
        return not faults_in(value, adapter_of(required))
    except PydanticUserError:
        return None


def may_be_choice(produced: Any, values: tuple[Any, ...]) -> Verdict:
    """Return whether a value of a simple type may be one of a few."""
    kinds = {type(value) for value in values}
    if produced is bool and {True, False} <= {value for value in values if type(value) is bool}:
        return YES
    if produced in kinds or (produced in _PATHS and str in kinds):
        return cannot_tell(f"it may be other than {', '.join(map(repr, values))}")
    return NO
