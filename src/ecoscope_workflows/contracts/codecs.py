"""Which file a value becomes, by the type it is returned as.

A codec is found by type alone, so that the compiler knows the name of a file before any value exists.
Packages add codecs by the entry-point group ``ecoscope_workflows.codecs``: functions that take a type and
return a codec or None; they are asked first.
"""

from __future__ import annotations

import types
from functools import lru_cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import PydanticUserError

from ecoscope_workflows.contracts.file_codecs import Codec, FrameCodec, JsonCodec, TextCodec
from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.contracts.markers import FileSuffix
from ecoscope_workflows.contracts.skipping import is_skip_sentinel
from ecoscope_workflows.contracts.stored import CollectionCodec
from ecoscope_workflows.contracts.validation import adapter_of

if TYPE_CHECKING:
    from collections.abc import Callable

CODEC_GROUP = "ecoscope_workflows.codecs"
_UNIONS = (Union, types.UnionType)
_PAIR = 2

__all__ = [
    "Codec",
    "CollectionCodec",
    "FrameCodec",
    "JsonCodec",
    "TextCodec",
    "codec_for",
    "holds_frames",
    "is_frame",
]


def codec_for(annotation: Any) -> Codec | None:
    """Return the codec of a return type, or None where no file can hold it."""
    for added in _added_codecs():
        found: Codec | None = added(annotation)
        if found is not None:
            return found
    annotation = _without(annotation, is_skip_sentinel)
    if is_frame(_without(annotation, lambda part: part is types.NoneType)):
        return FrameCodec()
    metadata = getattr(annotation, "__metadata__", ())
    plain = get_args(annotation)[0] if metadata else annotation
    if plain is str:
        suffixes = [item.suffix for item in metadata if isinstance(item, FileSuffix)]
        return TextCodec(suffixes[-1] if suffixes else ".txt")
    if holds_frames(annotation) or _is_keyed_collection_of_anything(annotation):
        return _collection(annotation)
    try:
        adapter_of(annotation).json_schema(mode="serialization")
    except PydanticUserError:
        return None
    return JsonCodec(annotation)


def is_frame(annotation: Any) -> bool:
    """Return whether every value of a type is a data frame: a contract, or a choice of contracts."""
    if any(isinstance(item, FrameContract) for item in getattr(annotation, "__metadata__", ())):
        return True
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return is_frame(parts[0])
    return origin in _UNIONS and all(map(is_frame, parts))


def holds_frames(annotation: Any) -> bool:
    """Return whether a data frame stands anywhere inside a type."""
    if any(isinstance(item, FrameContract) for item in getattr(annotation, "__metadata__", ())):
        return True
    return get_origin(annotation) is not None and any(map(holds_frames, get_args(annotation)))


def _without(annotation: Any, unwanted: Callable[[Any], bool]) -> Any:
    """Return a union without some of its members: a mark stands for their values, in any file."""
    parts = get_args(annotation) if get_origin(annotation) in _UNIONS else ()
    kept = tuple(part for part in parts if not unwanted(part))
    return Union[kept] if kept and len(kept) < len(parts) else annotation  # noqa: UP007  # made at run time


def _key_and_value(annotation: Any) -> tuple[Any, Any] | None:
    item = get_args(annotation)[0] if get_origin(annotation) is list else None
    parts = get_args(item)
    return (parts[0], parts[1]) if get_origin(item) is tuple and len(parts) == _PAIR else None


def _is_keyed_collection_of_anything(annotation: Any) -> bool:
    """Return whether values stand with keys and of them nothing is said: frames may be among them."""
    pair = _key_and_value(annotation)
    return pair is not None and _without(pair[1], is_skip_sentinel) in (Any, list[Any])


def _collection(annotation: Any) -> Codec | None:
    """Return the codec of a list of frames, or of pairs of a key and a value; None for other types."""
    item = get_args(annotation)[0] if get_origin(annotation) is list else None
    keyed = _key_and_value(annotation) is not None
    if _is_keyed_collection_of_anything(annotation):
        return CollectionCodec(None, keyed=True)
    inner = codec_for(get_args(item)[1] if keyed else item) if item is not None else None
    return CollectionCodec(inner, keyed=keyed) if inner is not None else None


@lru_cache(maxsize=1)
def _added_codecs() -> tuple[Any, ...]:
    points = sorted(entry_points(group=CODEC_GROUP), key=lambda point: (point.name, point.value))
    return tuple(point.load() for point in points)
