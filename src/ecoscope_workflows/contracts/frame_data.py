"""What a schema says of a frame, as plain frozen data: its columns, its index, and what else it may hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from ecoscope_workflows.contracts.dtypes import ANY, DType

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from ecoscope_workflows.contracts.constraints import Constraints


# What the frame may hold beside the columns that are named.
Rest = Literal["nothing", "extra", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnType:
    """What is said of a column.

    Parameters
    ----------
    dtype
        The type of its values.
    nullable
        Whether it may hold nulls, or None where that is not said.
    required
        Whether every frame has it.
    coerce
        Whether a column of another type is converted before it is checked.
    unique
        Whether each value stands once only.
    crs
        The CRS of its geometries, or an empty text where that is not said.
    constraints
        What each value satisfies.
    regex
        Whether its name is a pattern.
    """

    dtype: DType = ANY
    nullable: bool | None = False
    required: bool = True
    coerce: bool = False
    unique: bool = False
    crs: str = ""
    constraints: Constraints = ()
    regex: bool = False


# A column of which no more is known than that it exists.
UNSAID = ColumnType(nullable=None)


@dataclass(frozen=True, slots=True)
class IndexLevel:
    """What is said of the index, or of one of its levels; an empty name is not checked."""

    name: str
    column: ColumnType


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameType:
    """What is said of a frame.

    Parameters
    ----------
    name
        What the frame is called in messages.
    columns
        Its columns by name.
    index
        The levels of its index; none where that is not said.
    geo
        Whether it has an active geometry column.
    rest
        What it holds beside `columns`: ``nothing``; ``extra`` columns that nobody may rely on; or
        ``unknown`` ones, where nothing is said of its columns.
    absent
        Names of columns that it certainly lacks.
    strict
        As a requirement: whether extra columns are refused.
    ordered
        Whether the columns stand in this order.
    rules
        What else it satisfies, each as a key that is equal where the rule is the same.
    """

    name: str = ""
    columns: Mapping[str, ColumnType] = field(default_factory=lambda: MappingProxyType({}))
    index: tuple[IndexLevel, ...] = ()
    geo: bool = False
    rest: Rest = "unknown"
    absent: frozenset[str] = frozenset()
    strict: bool = False
    ordered: bool = False
    rules: frozenset[tuple[Hashable, ...]] = frozenset()

    def __hash__(self) -> int:
        """Return a hash, so that a type may stand in a union; mappings have none of their own."""
        return hash((self.name, tuple(self.columns), self.geo, self.rest, self.absent))


def unfolded(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the checks of a column with ranges and lists in the words of `constraints`."""
    found = dict(options)
    for name in ("isin", "notin"):
        if found.get(name) is not None:
            found[name] = list(found[name])
    bounds = found.pop("in_range", None)
    if bounds is not None:
        keys = ("min_value", "max_value", "include_min", "include_max")
        given = bounds if isinstance(bounds, dict) else dict(zip(keys, bounds, strict=False))
        found["ge" if given.get("include_min", True) else "gt"] = given["min_value"]
        found["le" if given.get("include_max", True) else "lt"] = given["max_value"]
    return found
