"""A type as it stands in a signature in; the bare type, and apart from it what ``Annotated`` adds, out."""

from __future__ import annotations

import typing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, NewType, get_args, get_origin

import annotated_types
from pydantic import AfterValidator, BeforeValidator, PlainValidator, RootModel, Strict, WrapValidator
from pydantic.fields import FieldInfo

from ecoscope_workflows.contracts.constraints import Constraints, constraints
from ecoscope_workflows.contracts.frame_data import FrameType
from ecoscope_workflows.contracts.frame_types import frame_type
from ecoscope_workflows.contracts.frames import FrameContract

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOUNDS = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length")
_READS = (BeforeValidator, WrapValidator, PlainValidator)


@dataclass(frozen=True)
class Peeled:
    """A type without what ``Annotated`` adds, and that.

    Parameters
    ----------
    kind
        The bare type.
    frame
        What is said of a data frame, where it is one.
    constraints
        What values satisfy beside their type.
    strict
        Whether pydantic converts nothing.
    reads
        Whether a function may make a value of anything.
    checks
        Whether a function may refuse a value.
    """

    kind: Any
    frame: FrameType | None = None
    constraints: Constraints = ()
    strict: bool = False
    reads: bool = False
    checks: bool = False


def peel(annotation: Any) -> Peeled:
    """Take a type apart."""
    if get_origin(annotation) is Annotated:
        inner = peel(get_args(annotation)[0])
        for item in annotation.__metadata__:
            inner = _with(inner, item)
        return inner
    if isinstance(annotation, NewType):
        return peel(annotation.__supertype__)
    if hasattr(annotation, "__type_params__") and hasattr(annotation, "__value__"):
        # `type Name = ...`, by its own name or with arguments.
        return peel(annotation.__value__)
    if isinstance(annotation, type) and issubclass(annotation, RootModel) and annotation is not RootModel:
        return _root(annotation)
    return Peeled(annotation)


def _root(model: type[RootModel[Any]]) -> Peeled:
    """Return the one value that a root model is in a file; its own validators may change or refuse it."""
    info = model.__pydantic_fields__["root"]
    inner = peel(info.annotation)
    for item in info.metadata:
        inner = _with(inner, item)
    decorators = model.__pydantic_decorators__
    reads = bool(decorators.model_validators or decorators.field_validators or decorators.validators)
    return replace(inner, reads=inner.reads or reads)


def _with(inner: Peeled, item: Any) -> Peeled:
    if isinstance(item, FrameContract):
        return replace(inner, frame=frame_type(item))
    if isinstance(item, FrameType):
        return replace(inner, frame=item)
    if isinstance(item, FieldInfo):
        for part in item.metadata:
            inner = _with(inner, part)
        return inner
    if isinstance(item, annotated_types.GroupedMetadata):
        for part in typing.cast("Iterator[Any]", iter(item)):
            inner = _with(inner, part)
        return inner
    if isinstance(item, Strict):
        return replace(inner, strict=item.strict)
    if isinstance(item, AfterValidator):
        return replace(inner, checks=True)
    if isinstance(item, _READS):
        return replace(inner, reads=True)
    return _constrained(inner, item)


def _constrained(inner: Peeled, item: Any) -> Peeled:
    bounds = {name: getattr(item, name) for name in _BOUNDS if getattr(item, name, None) is not None}
    if isinstance(item, annotated_types.BaseMetadata) and not bounds:
        said = vars(item) if hasattr(item, "__dict__") else {}
        if not said or isinstance(item, annotated_types.Predicate):
            return replace(inner, checks=True)
        strict = said.get("strict")
        bounds = {name: value for name, value in said.items() if name not in ("strict", "union_mode")}
        inner = inner if strict is None else replace(inner, strict=bool(strict))
    elif not bounds:
        # Descriptions, markers and the like say nothing of values, unless they speak pydantic's language.
        return replace(inner, reads=inner.reads or hasattr(item, "__get_pydantic_core_schema__"))
    given = {name: getattr(value, "pattern", value) for name, value in bounds.items()}
    return replace(inner, constraints=constraints({**dict(inner.constraints), **given}))
