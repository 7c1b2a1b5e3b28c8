"""The words that the body of a schema is written in: column types and what a column must satisfy."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Series(Generic[T]):
    """A column of values of type ``T`` in a schema."""


class Index(Generic[T]):
    """The row index of a schema."""


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
    crs: str | None = None,
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
    crs
        The CRS that a column of geometries must be in: any text that PROJ knows, e.g. ``EPSG:4326``.
        Nothing is reprojected.
    description
        One sentence for the reader of the schema.
    checks
        Any other argument of ``pandera.Field``: ``ge``, ``le``, ``isin``, ``str_matches`` …
    """
    options = {"nullable": nullable, "unique": unique, "coerce": coerce, "description": description, **checks}
    return ColumnOptions(options if crs is None else {"crs": crs, **options})


def column_annotations(schema: type) -> dict[str, Any]:
    """Return a schema's own annotations, with names resolved in the module it is written in."""
    return inspect.get_annotations(schema, eval_str=True)
