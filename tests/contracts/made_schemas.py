"""Schemas made for a test: columns in, a schema class out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from ecoscope_workflows.annotations import Index, JsonSerializableDataFrameModel, Series
from ecoscope_workflows.contracts.columns import ColumnOptions
from ecoscope_workflows.contracts.frames import Frame, FrameContract
from ecoscope_workflows.contracts.schemas import LazyModel


@dataclass(frozen=True)
class Optional:
    """Marks a column that may be absent."""

    kind: Any


def schema(
    name: str = "Made", index: Any = None, settings: dict[str, Any] | None = None, /, **columns: Any
) -> LazyModel:
    """Make a schema.

    Parameters
    ----------
    name
        Its name.
    index
        The type of its index, as for a column.
    settings
        The body of its ``Config``.
    columns
        The type of each column, with ``Annotated[type, Column(...)]`` where there is more to say, in
        `Optional` where not every frame has it.
    """
    body: dict[str, Any] = {"__annotations__": {}, "__module__": __name__}
    for column, kind in columns.items():
        _declare(body, column, kind, Series)
    if index is not None:
        _declare(body, "id", index, Index)
    if settings:
        body["Config"] = type("Config", (), settings)
    return LazyModel(name, (JsonSerializableDataFrameModel,), body)


def frame(*given: Any, **columns: Any) -> Any:
    """Return the annotation of a frame with a schema made for it."""
    return frame_of(schema(*given, **columns))


def frame_of(made: Any) -> Any:
    """Return the annotation of a frame with a schema."""
    return Annotated[Frame, FrameContract(made)]


def _declare(body: dict[str, Any], name: str, kind: Any, generic: Any) -> None:
    optional = isinstance(kind, Optional)
    if optional:
        kind = kind.kind
    if get_origin(kind) is Annotated:
        (options,) = [item for item in kind.__metadata__ if isinstance(item, ColumnOptions)]
        body[name] = options
        kind = get_args(kind)[0]
    annotation = generic[kind]
    body["__annotations__"][name] = annotation | None if optional else annotation
