"""Types in, words out: how a type is called in messages, forms and listings."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from ecoscope_workflows.contracts.frame_data import FrameType
from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.contracts.skipping import SENTINEL_NAME

_WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false", type(None): "null"}

# Classes by their names, so that none of them is imported.
_NAMES = {
    "datetime": "date and time",
    "Path": "path",
    "PosixPath": "path",
    "Unsaid": "anything",
    SENTINEL_NAME: "skipped",
}


def type_name(annotation: Any) -> str:
    """Return a type as one reads it: ``list of number``, ``data frame (Trajectory)``, ``text or null``."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _annotated(annotation)
    if annotation is Any:
        return "anything"
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(map(type_name, get_args(annotation))))
    if origin is Literal:
        return " or ".join(map(repr, get_args(annotation)))
    if origin is Callable:
        return "function"
    inner = [type_name(part) for part in get_args(annotation) if part is not ...]
    base = origin or annotation
    if base in (list, set, frozenset) or getattr(base, "__name__", "") in ("Sequence", "Iterable"):
        return f"list of {inner[0]}" if inner else "list"
    if base is dict:
        return f"mapping of {inner[0]} to {inner[1]}" if inner else "mapping"
    if base is tuple and ... in get_args(annotation):
        return f"list of {inner[0]}"
    if base is tuple and inner:
        return f"({', '.join(inner)})"
    return _WORDS.get(annotation) or _plain(annotation)


def _annotated(annotation: Any) -> str:
    for item in annotation.__metadata__:
        if isinstance(item, FrameContract | FrameType):
            name = item.name
            kind = "spatial data frame" if item.geo else "data frame"
            return f"{kind} ({name})" if name else kind
    return type_name(get_args(annotation)[0])


def _plain(annotation: Any) -> str:
    name = getattr(annotation, "__name__", None) or str(annotation)
    return _NAMES.get(name, str(name))
