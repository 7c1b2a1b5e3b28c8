"""How a value becomes one file: data frames, text, and whatever pydantic can serialise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import TypeAdapter

from ecoscope_workflows.contracts.skipping import SKIPPED, as_mark, with_skips

if TYPE_CHECKING:
    from pathlib import Path


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
    """Data frames as Parquet, or as GeoParquet 1.1 where they hold a geometry.

    Parameters
    ----------
    columns
        The columns that are read; None for all of them.
    """

    suffix: str = ".parquet"
    embeds_provenance: bool = True
    columns: frozenset[str] | None = None

    def write(self, value: Any, path: Path, provenance: str) -> None:
        """Write the frame with its index; the provenance becomes a key of the footer."""
        from ecoscope_workflows.contracts.parquet import write_frame  # noqa: PLC0415  # imports pandas

        write_frame(value, path, provenance)

    def read(self, path: Path) -> Any:
        """Read the frame back with its index."""
        from ecoscope_workflows.contracts.parquet import read_frame  # noqa: PLC0415  # imports pandas

        return read_frame(path, self.columns)


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
        text = json.dumps(plain_json(value, self.annotation), ensure_ascii=False, indent=1) + "\n"
        # Half of a surrogate pair has no UTF-8, but an escape that JSON knows.
        path.write_bytes(text.encode("utf-8", "backslashreplace"))

    def read(self, path: Path) -> Any:
        """Read plain data; the consumer's type turns it into its own."""
        text = path.read_text(encoding="utf-8")
        value = json.loads(text)
        # Skipped results are rare, and large values many.
        return with_skips(value) if f'"{SKIPPED}"' in text else value


# Made once: keys of collections of thousands of items are serialised by it.
_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)


def plain_json(value: Any, annotation: Any = Any) -> Any:
    """Return the JSON data that a value is serialised as by its type, sets sorted.

    Raises
    ------
    ValueError, TypeError
        When the value has no JSON.
    """
    adapter: TypeAdapter[Any] = _ANYTHING if annotation is Any else TypeAdapter(annotation)
    plain = adapter.dump_python(value, mode="json", by_alias=True, fallback=as_mark)
    return _sets_sorted(adapter.dump_python(value, by_alias=True), plain)


def _sets_sorted(shape: Any, plain: Any) -> Any:
    """Return the JSON data `plain`, with those lists sorted that are sets in `shape`, its Python data."""
    if isinstance(shape, Mapping) and set(shape) == {SKIPPED}:
        raise ValueError(f"a mapping with the one key {SKIPPED!r} stands for a skipped result")
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
