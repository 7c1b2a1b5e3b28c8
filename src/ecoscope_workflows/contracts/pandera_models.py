"""Schemas as pandera models: the only module that imports pandera; frames in, pandera's verdict out."""

from __future__ import annotations

import types
import typing
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import pandera.pandas as pa
import pandera.typing as pat
from pandera.engines import pandas_engine

from ecoscope_workflows.contracts import columns

if TYPE_CHECKING:
    from collections.abc import Sequence

GEOMETRY_TYPES = {
    columns.PointGeometry: {"Point"},
    columns.LineGeometry: {"LineString", "MultiLineString"},
    columns.PolygonGeometry: {"Polygon", "MultiPolygon"},
}


class _Kind(pandas_engine.DataType):
    """A dtype that is recognised, never converted to: a wrong column is the producer's fault to mend."""

    def __init__(self) -> None:
        # pandera's own __init__ wants a pandas dtype, which a kind of dtypes does not have.
        pass

    def coerce(self, data_container: Any) -> Any:
        """Return the data as it is."""
        return data_container


@pandas_engine.Engine.register_dtype
class UTCDatetimeKind(_Kind):
    """A time-zone-aware datetime whose zone is UTC."""

    def check(self, pandera_dtype: Any, data_container: Any = None) -> bool:
        """Return whether the dtype is a datetime in UTC."""
        del data_container
        dtype = getattr(pandera_dtype, "type", None)
        return isinstance(dtype, pd.DatetimeTZDtype) and str(dtype.tz) == "UTC"

    def __str__(self) -> str:
        return "datetime in UTC"


@pandas_engine.Engine.register_dtype
class AwareDatetimeKind(_Kind):
    """A datetime with any time zone."""

    def check(self, pandera_dtype: Any, data_container: Any = None) -> bool:
        """Return whether the dtype is a datetime with a time zone."""
        del data_container
        return isinstance(getattr(pandera_dtype, "type", None), pd.DatetimeTZDtype)

    def __str__(self) -> str:
        return "datetime with a time zone"


class _GeometryKind(_Kind):
    types: frozenset[str] = frozenset()

    def check(self, pandera_dtype: Any, data_container: Any = None) -> Any:
        """Return, per row, whether the column holds a geometry of the wanted type (or none)."""
        if str(getattr(pandera_dtype, "type", "")) != "geometry":
            return False
        if not self.types or data_container is None:
            return True
        # Frames without geometry do without these.
        import numpy as np  # noqa: PLC0415
        from shapely import GeometryType  # noqa: PLC0415

        from ecoscope_workflows.contracts.track_geometry import type_numbers  # noqa: PLC0415

        allowed = [GeometryType.MISSING, *(GeometryType[name.upper()] for name in sorted(self.types))]
        return np.isin(type_numbers(data_container.array), allowed)

    def __str__(self) -> str:
        return "geometry" if not self.types else " or ".join(sorted(self.types))


@pandas_engine.Engine.register_dtype
class GeometryKind(_GeometryKind):
    """Any geometry."""


@pandas_engine.Engine.register_dtype
class PointKind(_GeometryKind):
    """Points."""

    types = frozenset({"Point"})


@pandas_engine.Engine.register_dtype
class LineKind(_GeometryKind):
    """Line strings."""

    types = frozenset({"LineString", "MultiLineString"})


@pandas_engine.Engine.register_dtype
class PolygonKind(_GeometryKind):
    """Polygons."""

    types = frozenset({"Polygon", "MultiPolygon"})


KINDS: dict[object, type[_Kind]] = {
    columns.UTCDatetime: UTCDatetimeKind,
    columns.AwareDatetime: AwareDatetimeKind,
    columns.Geometry: GeometryKind,
    columns.PointGeometry: PointKind,
    columns.LineGeometry: LineKind,
    columns.PolygonGeometry: PolygonKind,
}


# What a check of the CRS is called.
CRS_CHECK = "crs"


def _field(options: dict[str, Any]) -> Any:
    """Return pandera's field; a CRS is checked by a check of ours, because pandera knows no geometries."""
    options = dict(options)
    crs = options.pop("crs", None)
    field = pa.Field(**options)
    if crs is not None:
        check = pa.Check(partial(_is_in_crs, crs=crs), name=CRS_CHECK, error=f"expected CRS {crs}")
        check.statistics = {"crs": crs}
        field.checks.append(check)
    return field


def _is_in_crs(values: pd.Series, crs: str) -> bool:
    # Of the array, because a geometry column of a plain data frame has no `crs` of its own.
    found = getattr(values.array, "crs", None)
    # In a frame x comes first, whatever order of axes a CRS is defined with.
    return found is not None and bool(found.equals(crs, ignore_axis_order=True))


def build_model(schema: type, bases: Sequence[type]) -> type[pa.DataFrameModel]:
    """Return the pandera model of the body of `schema`, on top of the models of its bases."""
    body: dict[str, Any] = {
        name: _field(value.options) if isinstance(value, columns.ColumnOptions) else value
        for name, value in vars(schema).items()
        if name not in {"__dict__", "__weakref__", "_model", "__annotate_func__", "__annotations_cache__"}
    }
    body["__annotations__"] = {
        name: _annotation(annotation) for name, annotation in columns.column_annotations(schema).items()
    }
    model: type[pa.DataFrameModel] = type(schema.__name__, tuple(bases) or (pa.DataFrameModel,), body)
    return model


def _annotation(annotation: Any) -> Any:
    """Translate `Series` and `Index` of ours to pandera's; leave everything else as it is."""
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        inner = [_annotation(part) for part in typing.get_args(annotation)]
        return typing.Union[tuple(inner)]  # noqa: UP007  # built at run time from parts
    if origin not in (columns.Series, columns.Index):
        return annotation
    (kind,) = typing.get_args(annotation)
    dtype = object if kind is typing.Any else KINDS.get(kind, kind)
    if kind is typing.Any and origin is columns.Series:
        return typing.Any
    generic: Any = pat.Series if origin is columns.Series else pat.Index
    return generic[dtype]
