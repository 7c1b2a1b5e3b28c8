"""Types of a signature in, the same with each data frame class of another library as a contract out.

A task may say ``pandas.DataFrame``, ``geopandas.GeoDataFrame`` or ``pandera.typing.DataFrame[Schema]``.
These classes are known by their names, because whoever writes one has imported its library and we need not.
"""

from __future__ import annotations

import types
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from ecoscope_workflows.contracts.frames import Frame, FrameContract

# A class has had both module names: the one it is written in, and in pandas 3 the one it is imported from.
_FRAMES = {("pandas", "DataFrame"), ("pandas.core.frame", "DataFrame")}
_GEO_FRAMES = {("geopandas", "GeoDataFrame"), ("geopandas.geodataframe", "GeoDataFrame")}


def with_contracts(annotation: Any) -> Any:
    """Return a type in which every data frame is `Frame` with a contract.

    Parameters
    ----------
    annotation
        Any type.
        What ``Annotated`` adds to a data frame, such as a validator, is kept behind the contract.
    """
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return annotation
    contract = _contract_of(origin or annotation, parts)
    if contract is not None:
        return Annotated[Frame, contract]
    if origin is Annotated:
        inner = with_contracts(parts[0])
        return annotation if inner is parts[0] else Annotated[(inner, *annotation.__metadata__)]
    replaced = tuple(map(with_contracts, parts))
    if all(new is old for new, old in zip(replaced, parts, strict=True)):
        return annotation
    if origin in (Union, types.UnionType):
        return reduce(or_, replaced)
    return origin[replaced] if origin is not None else annotation


def _contract_of(kind: Any, parts: tuple[Any, ...]) -> FrameContract | None:
    if not isinstance(kind, type):
        return None
    ancestors = {(one.__module__, one.__qualname__) for one in kind.__mro__}
    if not ancestors & _FRAMES:
        return None
    schema = parts[0] if parts and isinstance(parts[0], type) else None
    return FrameContract(schema, geo=bool(ancestors & _GEO_FRAMES))
