"""Data frame schemas that become pandera models when a frame is checked, not when they are written down.

Importing pandera costs half a second, and compiling a spec needs none of it.
So a schema class keeps its body as written; the first check (or any use of pandera's interface, such as
``MySchema.validate``) builds the pandera ``DataFrameModel`` of the same name from it.
A body may use `Series`, `Index` and `Column`, or pandera's own: both end as the same model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


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

            bases = [base.pandera_model() if isinstance(base, LazyModel) else base for base in cls.__bases__]
            # The root of all schemas has no base but object, and becomes pandera's own root.
            cls._model = build_model(cls, [base for base in bases if base is not object])
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
