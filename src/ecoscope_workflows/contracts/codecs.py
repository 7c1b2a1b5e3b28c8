"""Which file a value becomes, by the type it is returned as.

A codec is found by type alone, so that the compiler knows the name of a file before any value exists.
Packages add codecs by the entry-point group ``ecoscope_workflows.codecs``: functions that take a type and
return a codec or None; they are asked first.
"""

from __future__ import annotations

import json
import types
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Annotated, Any, Protocol, Union, get_args, get_origin

from pydantic import PydanticUserError, TypeAdapter

from ecoscope_workflows.contracts.frames import FrameContract
from ecoscope_workflows.contracts.markers import FileSuffix

if TYPE_CHECKING:
    from pathlib import Path

CODEC_GROUP = "ecoscope_workflows.codecs"


class Codec(Protocol):
    """How values of a type are stored in one file."""

    @property
    def suffix(self) -> str:
        """The suffix of the file, with its dot."""

    @property
    def embeds_provenance(self) -> bool:
        """Whether the file itself holds the provenance; if not, a file beside it does."""

    def write(self, value: Any, path: Path, provenance: str) -> None:
        """Store `value` at `path`, with `provenance` inside where `embeds_provenance` says so."""

    def read(self, path: Path) -> Any:
        """Return the value stored at `path`."""


@dataclass(frozen=True)
class FrameCodec:
    """Data frames as Parquet, or as GeoParquet 1.1 where they hold a geometry."""

    suffix: str = ".parquet"
    embeds_provenance: bool = True

    def write(self, value: Any, path: Path, provenance: str) -> None:
        """Write the frame with its index; the provenance becomes a key of the footer."""
        from ecoscope_workflows.contracts.parquet import write_frame  # noqa: PLC0415  # imports pandas

        write_frame(value, path, provenance)

    def read(self, path: Path) -> Any:
        """Read the frame back with its index."""
        from ecoscope_workflows.contracts.parquet import read_frame  # noqa: PLC0415  # imports pandas

        return read_frame(path)


@dataclass(frozen=True)
class TextCodec:
    """Text as UTF-8, to the letter."""

    suffix: str = ".txt"
    embeds_provenance: bool = False

    def write(self, value: Any, path: Path, provenance: str) -> None:
        """Write the text without changing its line ends."""
        del provenance
        path.write_bytes(str(value).encode("utf-8", "surrogatepass"))

    def read(self, path: Path) -> Any:
        """Read the text without changing its line ends."""
        return path.read_bytes().decode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class JsonCodec:
    """Anything that pydantic can serialise, as JSON."""

    annotation: Any = Any
    suffix: str = ".json"
    embeds_provenance: bool = False

    def write(self, value: Any, path: Path, provenance: str) -> None:
        """Write the value as its type serialises it, sets sorted: equal values, equal bytes."""
        del provenance
        adapter = TypeAdapter(self.annotation)
        plain = adapter.dump_python(value, mode="json", by_alias=True)
        ordered = _sets_sorted(adapter.dump_python(value, by_alias=True), plain)
        text = json.dumps(ordered, ensure_ascii=False, indent=1) + "\n"
        # Half of a surrogate pair has no UTF-8, but an escape that JSON knows.
        path.write_bytes(text.encode("utf-8", "backslashreplace"))

    def read(self, path: Path) -> Any:
        """Read plain data; the consumer's type turns it into its own."""
        return json.loads(path.read_text(encoding="utf-8"))


def codec_for(annotation: Any) -> Codec | None:
    """Return the codec of a return type, or None where no file can hold it."""
    for added in _added_codecs():
        found: Codec | None = added(annotation)
        if found is not None:
            return found
    if is_frame(annotation):
        return FrameCodec()
    metadata = getattr(annotation, "__metadata__", ())
    plain = get_args(annotation)[0] if metadata else annotation
    if plain is str:
        suffixes = [item.suffix for item in metadata if isinstance(item, FileSuffix)]
        return TextCodec(suffixes[-1] if suffixes else ".txt")
    if holds_frames(annotation):
        return None
    try:
        TypeAdapter(annotation).json_schema(mode="serialization")
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
    return origin in (Union, types.UnionType) and all(map(is_frame, parts))


def holds_frames(annotation: Any) -> bool:
    """Return whether a data frame stands anywhere inside a type."""
    if any(isinstance(item, FrameContract) for item in getattr(annotation, "__metadata__", ())):
        return True
    return get_origin(annotation) is not None and any(map(holds_frames, get_args(annotation)))


@lru_cache(maxsize=1)
def _added_codecs() -> tuple[Any, ...]:
    points = sorted(entry_points(group=CODEC_GROUP), key=lambda point: (point.name, point.value))
    return tuple(point.load() for point in points)


def _sets_sorted(shape: Any, plain: Any) -> Any:
    """Return the JSON data `plain`, with those lists sorted that are sets in `shape`, its Python data."""
    if plain is None and isinstance(shape, float):
        # What pydantic makes of nan and infinity where the type says nothing of numbers.
        return shape
    if isinstance(shape, set | frozenset) and isinstance(plain, list):
        # Its items have no order to pair them by, but are alike: any one shows where sets stand inside.
        item_shape = next(iter(shape), None)
        return sorted((_sets_sorted(item_shape, item) for item in plain), key=_canonical)
    if isinstance(shape, dict) and isinstance(plain, dict) and len(shape) == len(plain):
        pairs = zip(shape.values(), plain.items(), strict=True)
        return {key: _sets_sorted(part, item) for part, (key, item) in pairs}
    if isinstance(shape, list | tuple) and isinstance(plain, list) and len(shape) == len(plain):
        return [_sets_sorted(part, item) for part, item in zip(shape, plain, strict=True)]
    return plain


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
