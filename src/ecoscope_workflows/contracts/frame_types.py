"""A schema in, what it says of a frame out: plain frozen data that needs neither pandera nor a frame.

The body of a schema of ours is read as written.
One that uses pandera itself is asked through pandera, which its own module has then imported.
"""

from __future__ import annotations

import types
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, Union, get_args, get_origin

from ecoscope_workflows.contracts.columns import ColumnOptions, Index, Series, column_annotations
from ecoscope_workflows.contracts.constraints import constraints, frozen
from ecoscope_workflows.contracts.dtypes import GEOMETRY, dtype_of
from ecoscope_workflows.contracts.frame_data import ColumnType, FrameType, IndexLevel, unfolded
from ecoscope_workflows.contracts.schemas import LazyModel
from ecoscope_workflows.errors import Problem, RegistrationError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping


class Contract(Protocol):
    """A schema, or None for any columns, and whether the frame must have an active geometry column."""

    @property
    def schema(self) -> type | None:
        """The schema."""

    @property
    def geo(self) -> bool:
        """Whether there must be a geometry."""


@cache
def frame_type(contract: Contract) -> FrameType:
    """Return what a contract says of a frame.

    Raises
    ------
    RegistrationError
        When the schema's annotations name what cannot be found.
    """
    if contract.schema is None:
        return FrameType(geo=contract.geo)
    return _with_geo(schema_type(contract.schema), geo=contract.geo)


def _with_geo(said: FrameType, *, geo: bool) -> FrameType:
    return replace(said, geo=True) if geo else said


def schema_type(schema: type) -> FrameType:
    """Return what a schema says of a frame.

    Parameters
    ----------
    schema
        A schema of ours or a pandera ``DataFrameModel``.
    """
    written = written_type(schema)
    if written is not None:
        return written
    if not isinstance(schema, LazyModel) and not hasattr(schema, "to_schema"):
        # Such as a type variable: of what is no schema, no more is known than its name.
        return FrameType(name=schema.__name__)
    from ecoscope_workflows.contracts.pandera_description import described  # noqa: PLC0415  # asks pandera

    try:
        return described(schema)
    except Exception as error:
        # The author's code, which pandera reads only now.
        raise _unreadable(schema, f"{type(error).__name__}: {error}", "mend the schema") from error


@cache
def written_type(schema: type) -> FrameType | None:
    """Return what a schema of ours says of a frame; None where it uses pandera, or is pandera's own."""
    if isinstance(schema, LazyModel) and not _needs_pandera(schema):
        return _as_written(schema)
    return None


def _needs_pandera(schema: LazyModel) -> bool:
    for base in schema.__mro__[:-1]:
        if not isinstance(base, LazyModel):
            return True
        # What is built from the body is pandera's, whatever the body is.
        body = [item for name, item in vars(base).items() if name != "_model"]
        if any(map(_is_panderas, [*body, *_annotations(base).values()])):
            return True
    return False


def _is_panderas(item: Any) -> bool:
    # Methods that pandera's decorators have marked as a check or a parser.
    if any(key.endswith("_config__") for key in getattr(item, "__dict__", ())):
        return True
    parts = (item, *get_args(item)) if get_origin(item) in (Union, types.UnionType) else (item,)
    return any(
        str(getattr(get_origin(part) or type(part), "__module__", "")).startswith("pandera") for part in parts
    )


def _annotations(schema: type) -> dict[str, Any]:
    try:
        return column_annotations(schema)
    except NameError as error:
        hint = "import the names used in annotations outside of `if TYPE_CHECKING:`"
        raise _unreadable(schema, str(error), hint) from None


def _unreadable(schema: type, why: str, hint: str) -> RegistrationError:
    what = f"the columns of schema {schema.__qualname__!r} cannot be read: {why}"
    return RegistrationError(Problem("EW111", what, hint=hint))


def _as_written(schema: LazyModel) -> FrameType:
    config = _config(schema)
    columns: dict[str, ColumnType] = {}
    levels: list[tuple[str, ColumnType, bool]] = []
    for name, (annotation, options) in _fields(schema).items():
        column, is_index = _column(annotation, options, coerce=bool(config.get("coerce")))
        label = options.get("alias") or name
        if is_index:
            levels.append((label, column, bool(options.get("check_name"))))
        else:
            columns[label] = column
    named = len(levels) > 1
    strict = config.get("strict", False)
    return FrameType(
        name=schema.__name__,
        columns=MappingProxyType(columns),
        index=tuple(IndexLevel(name if named or check else "", column) for name, column, check in levels),
        rest="nothing" if strict else "extra" if columns or levels else "unknown",
        strict=strict is True,
        ordered=bool(config.get("ordered")),
        rules=frozenset(_rules(config)),
    )


# Settings of ``Config`` that are described on their own, or that say nothing of the data.
_SETTINGS = {"strict", "ordered", "coerce", "name", "title", "description", "metadata"}


def _config(schema: type) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for base in reversed(schema.__mro__):
        own = vars(base).get("Config")
        for part in reversed(own.__mro__[:-1]) if own else ():
            settings |= {name: value for name, value in vars(part).items() if not name.startswith("__")}
    return settings


def _rules(config: Mapping[str, Any]) -> Iterator[tuple[Hashable, ...]]:
    for name, value in config.items():
        if name not in _SETTINGS and value:
            yield (name, frozen([value] if isinstance(value, str) else value))


def _fields(schema: type) -> dict[str, tuple[Any, Mapping[str, Any]]]:
    """Return the annotation and the options of each field, as subclasses have changed them."""
    found: dict[str, tuple[Any, Mapping[str, Any]]] = {}
    for base in reversed(schema.__mro__[:-1]):
        own = _annotations(base)
        options = {name: item.options for name, item in vars(base).items() if isinstance(item, ColumnOptions)}
        for name in [*own, *(name for name in options if name not in own)]:
            if not name.startswith("_") and (name in own or name in found):
                annotation = own[name] if name in own else found[name][0]
                found[name] = (annotation, options.get(name, {}))
    return found


# Options that are described on their own, or that say nothing of the data.
_OPTIONS = {
    *("nullable", "unique", "coerce", "crs", "alias", "regex", "required", "check_name"),
    *("description", "title", "metadata", "ignore_na", "raise_warning", "n_failure_cases"),
}


def _column(annotation: Any, options: Mapping[str, Any], *, coerce: bool) -> tuple[ColumnType, bool]:
    """Return what a field of a schema says, and whether it is one of the index."""
    parts = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    (kept,) = [part for part in parts if part is not type(None)] or (annotation,)
    (kind,) = get_args(kept) if get_origin(kept) in (Series, Index) else (kept,)
    said = column_type(kind, options)
    required = options.get("required")
    column = replace(
        said,
        required=len(parts) == 1 if required is None else bool(required),
        coerce=coerce or said.coerce,
    )
    return column, get_origin(kept) is Index


def column_type(kind: Any, options: Mapping[str, Any]) -> ColumnType:
    """Return what is said of a column by the type of its values and the options of `Column`."""
    return ColumnType(
        dtype=dtype_of(kind),
        nullable=bool(options.get("nullable")),
        coerce=bool(options.get("coerce")),
        unique=bool(options.get("unique")),
        crs=str(options.get("crs") or ""),
        constraints=constraints(
            unfolded({name: value for name, value in options.items() if name not in _OPTIONS})
        ),
        regex=bool(options.get("regex")),
    )


def is_geometry(column: ColumnType) -> bool:
    """Return whether a column holds geometries."""
    return column.dtype.name == GEOMETRY.name
