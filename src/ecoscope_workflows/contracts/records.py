"""Pydantic models, dataclasses and typed dictionaries as they are in a file: keys with values."""

from __future__ import annotations

import dataclasses
import typing
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import AliasChoices, BaseModel

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Entry:
    """One key: the type of its value, and whether it is always there (produced) or must be (required)."""

    annotation: Any
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A class as keys with values.

    Parameters
    ----------
    writes
        What stands in a file, by key.
    reads
        What is asked for, by key.
    forbids_extra
        Whether other keys are refused.
    writes_extra
        Whether other keys may stand in a file.
    validators
        What may change or refuse values: functions of the author's.
    serializers
        Whether what stands in a file is made by functions of the author's.
    """

    writes: Mapping[str, Entry]
    reads: Mapping[str, Entry]
    forbids_extra: bool = False
    writes_extra: bool = False
    validators: frozenset[Hashable] = frozenset()
    serializers: bool = False


def record_of(kind: Any) -> Record | None:
    """Return a class as keys with values, or None where it is no record."""
    return _record_of(kind) if isinstance(kind, type) else None


@cache
def _record_of(kind: Any) -> Record | None:
    if issubclass(kind, BaseModel):
        return None if kind.__pydantic_root_model__ else _of_model(kind)
    # A class of `TypedDict`, whichever module it is from.
    if issubclass(kind, dict) and hasattr(kind, "__required_keys__"):
        return _of_typed_dict(kind)
    return _of_dataclass(kind) if dataclasses.is_dataclass(kind) else None


def _of_model(model: type[BaseModel]) -> Record:
    decorators = model.__pydantic_decorators__
    found: list[Any] = [
        *decorators.validators.values(),
        *decorators.field_validators.values(),
        *decorators.root_validators.values(),
        *decorators.model_validators.values(),
    ]
    validators: set[Hashable] = {getattr(one.func, "__func__", one.func) for one in found}
    own_schema = getattr(model.__get_pydantic_core_schema__, "__func__", None)
    if own_schema is not getattr(BaseModel.__get_pydantic_core_schema__, "__func__", None):
        validators.add(own_schema)
    return Record(
        writes={_written_name(name, info): Entry(_with_metadata(info)) for name, info in _fields(model)},
        reads={
            _read_name(name, info): Entry(_with_metadata(info), info.is_required())
            for name, info in _fields(model)
        },
        forbids_extra=model.model_config.get("extra") == "forbid",
        writes_extra=model.model_config.get("extra") == "allow" or bool(decorators.computed_fields),
        validators=frozenset(validators),
        serializers=bool(decorators.field_serializers or decorators.model_serializers),
    )


def _fields(model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    return list(model.__pydantic_fields__.items())


def _with_metadata(info: FieldInfo) -> Any:
    annotation: Any = info.annotation
    for item in info.metadata:
        annotation = typing.Annotated[annotation, item]
    return annotation


def _written_name(name: str, info: FieldInfo) -> str:
    return info.serialization_alias or info.alias or name


def _read_name(name: str, info: FieldInfo) -> str:
    alias = info.validation_alias
    if isinstance(alias, AliasChoices):
        alias = alias.choices[0] if alias.choices else None
    return alias if isinstance(alias, str) else info.alias or name


def _of_typed_dict(kind: Any) -> Record:
    entries = {
        name: _typed_entry(annotation, required=name in kind.__required_keys__)
        for name, annotation in hints_of(kind).items()
    }
    config = getattr(kind, "__pydantic_config__", {})
    return Record(
        writes=entries,
        reads=entries,
        forbids_extra=config.get("extra") == "forbid",
        writes_extra=config.get("extra") == "allow",
    )


def _typed_entry(annotation: Any, *, required: bool) -> Entry:
    # The class itself does not see these words where its annotations are text.
    origin = str(typing.get_origin(annotation)).rpartition(".")[2]
    if origin in ("Required", "NotRequired", "ReadOnly"):
        required = required if origin == "ReadOnly" else origin == "Required"
        return _typed_entry(typing.get_args(annotation)[0], required=required)
    return Entry(annotation, required)


def _of_dataclass(kind: Any) -> Record:
    hints = hints_of(kind)
    fields = dataclasses.fields(kind)
    return Record(
        writes={one.name: Entry(hints.get(one.name, Any)) for one in fields},
        reads={one.name: Entry(hints.get(one.name, Any), _is_required(one)) for one in fields if one.init},
        # What a dataclass of pydantic's validates with is its own affair.
        validators=frozenset({kind} if hasattr(kind, "__pydantic_decorators__") else ()),
        forbids_extra=False,
    )


def _is_required(field: Any) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def hints_of(kind: Any) -> dict[str, Any]:
    """Return the annotations of a class with their names resolved."""
    try:
        return typing.get_type_hints(kind, include_extras=True)
    except NameError:
        # A name that is only known to a type checker: the key is known, what it holds is not.
        return dict.fromkeys(kind.__annotations__, Any)
