"""Data frame schemas that become pandera models when a frame is checked, not when they are written down.

Importing pandera costs half a second, and compiling a spec needs none of it.
So a schema class keeps its body as written; the first check (or any use of pandera's interface, such as
``MySchema.validate``) builds the pandera ``DataFrameModel`` of the same name from it.
A body may use this module's `Series`, `Index` and `Column`, or pandera's own: both end as the same model.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Series(Generic[T]):
    """A column of values of type ``T`` in a schema."""


class Index(Generic[T]):
    """The row index of a schema."""


@dataclass(frozen=True, slots=True)
class Dtype:
    """A column type that pandas has no single dtype for."""

    name: str


class UTCDatetime:
    """A time-zone-aware timestamp in UTC, of any resolution."""


class AwareDatetime:
    """A time-zone-aware timestamp in any one zone, of any resolution."""


class Geometry:
    """A geometry of any type; the column carries its CRS."""


class PointGeometry(Geometry):
    """Points only."""


class LineGeometry(Geometry):
    """Line strings and multi line strings only."""


class PolygonGeometry(Geometry):
    """Polygons and multi polygons only."""


@dataclass(frozen=True)
class ColumnOptions:
    """Keyword arguments of ``pandera.Field``, kept until the model is built."""

    options: dict[str, Any]


def Column(  # noqa: N802  # reads as a declaration, like pandera's Field
    *,
    nullable: bool = False,
    unique: bool = False,
    coerce: bool = False,
    description: str | None = None,
    **checks: object,
) -> Any:
    """Declare what a column must satisfy beside its type.

    Parameters
    ----------
    nullable
        Whether missing values are allowed.
    unique
        Whether each value may stand once only.
    coerce
        Whether a column of another type is converted before it is checked.
    description
        One sentence for the reader of the schema.
    checks
        Any other argument of ``pandera.Field``: ``ge``, ``le``, ``isin``, ``str_matches`` …
    """
    return ColumnOptions(
        {"nullable": nullable, "unique": unique, "coerce": coerce, "description": description, **checks}
    )


class LazyModel(type):
    """The class of schemas: defers to the pandera model for everything a plain class does not have."""

    _model: type | None

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> LazyModel:
        """Keep the class body as written."""
        schema = super().__new__(cls, name, bases, body)
        schema._model = None
        return schema

    def pandera_model(cls) -> Any:
        """Return the ``pandera.DataFrameModel`` of this schema, built once."""
        if cls._model is None:
            from ecoscope_workflows.contracts.pandera_models import build_model  # noqa: PLC0415  # imports pandera

            cls._model = build_model(cls)
        return cls._model

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(cls.pandera_model(), name)


class JsonSerializableDataFrameModel(metaclass=LazyModel):
    """The base of schemas: a pandera ``DataFrameModel`` whose columns can be written down as JSON Schema.

    Examples
    --------
    >>> from ecoscope_workflows.annotations import (
    ...     Column, JsonSerializableDataFrameModel, Series, UTCDatetime
    ... )
    >>> class Fixes(JsonSerializableDataFrameModel):
    ...     fixtime: Series[UTCDatetime]
    ...     speed_kmhr: Series[float] = Column(ge=0)
    """

    if TYPE_CHECKING:
        validate: Callable[..., Any]
        to_schema: Callable[..., Any]


def schema_annotations(schema: type) -> dict[str, Any]:
    """Return a schema's own annotations, with names resolved in the module it is written in."""
    return inspect.get_annotations(schema, eval_str=True)
