"""Any result as a file or folder, and back: values that were skipped, and collections of values.

A collection is a folder, or an archive of one: a file per item, and ``index.json``, which says in which order
they stand, the key of each, and the hash of its content.
"""

from __future__ import annotations

import json
import re
import shutil
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.archives import Archive, is_archive, is_collection
from ecoscope_workflows.contracts.digests import INDEX, digest_of
from ecoscope_workflows.contracts.file_codecs import Codec, FrameCodec, JsonCodec, TextCodec, plain_json
from ecoscope_workflows.contracts.skipping import SKIPPED, SkipSentinel, as_mark, is_skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

# Enough of a key to find a file by, and short enough for any file system.
MAX_SLUG = 60
# How every file of a skipped result begins, but for Parquet.
_MARK = f'{{"{SKIPPED}":'
_CODECS: Mapping[str, Codec] = {
    ".parquet": FrameCodec(),
    ".json": JsonCodec(),
    ".txt": TextCodec(),
    ".html": TextCodec(".html"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a stored collection.

    Parameters
    ----------
    file
        The name of its file or folder.
    digest
        The hash of its content.
    key
        Its key, as plain data; None in a list.
    skipped
        What is known of the skip, where it was skipped.
    """

    file: str
    digest: str
    key: Any = None
    skipped: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """What a stored collection holds.

    Parameters
    ----------
    keyed
        Whether its items are pairs of a key and a value.
    items
        Its items in order.
    """

    keyed: bool
    items: tuple[Item, ...]


def write_value(value: Any, path: Path, codec: Codec, provenance: str = "") -> None:
    """Store a value, or a mark where it was skipped.

    Raises
    ------
    ValueError
        When the value would read like the mark of a skipped result.
    """
    if is_skipped(value):
        _write_mark(value, path, codec, provenance)
        return
    codec.write(value, path, provenance)
    if isinstance(codec, TextCodec) and str(value).startswith(_MARK):
        raise ValueError(f"a text that begins with {_MARK} reads like a skipped result")


def _write_mark(value: Any, path: Path, codec: Codec, provenance: str) -> None:
    mark = as_mark(value)
    if isinstance(codec, FrameCodec):
        from ecoscope_workflows.contracts.parquet import write_mark  # noqa: PLC0415  # imports pandas

        write_mark(path, json.dumps(mark, sort_keys=True), provenance)
        return
    text = json.dumps(mark, ensure_ascii=False, sort_keys=True) + "\n"
    if isinstance(codec, CollectionCodec):
        path.mkdir()
        path /= INDEX
    path.write_text(text, encoding="utf-8")


def read_value(path: Path, codec: Codec | None = None) -> Any:
    """Read a value by the suffix of its file, or by `codec` where the suffix is not a built-in one.

    One for frames also says which columns are read.
    """
    if is_collection(path):
        return read_collection(path)
    of_frames = codec if isinstance(codec, FrameCodec) and path.suffix == codec.suffix else None
    reader = of_frames or _CODECS.get(path.suffix) or codec or TextCodec(path.suffix)
    if not isinstance(reader, FrameCodec) and (skipped := _read_mark(path)) is not None:
        return skipped
    return reader.read(path)


def shows_by_name(path: Path) -> bool:
    """Return whether the name of a file says how it is read."""
    return path.suffix in _CODECS or is_collection(path)


def _read_mark(path: Path) -> SkipSentinel | None:
    with path.open("rb") as stream:
        if stream.read(len(_MARK)) != _MARK.encode():
            return None
    return SkipSentinel.of(json.loads(path.read_text(encoding="utf-8"))[SKIPPED])


class Collection:
    """A stored collection, whose items are read one by one.

    Parameters
    ----------
    path
        Its folder or archive.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._archive = Archive(path) if is_archive(path) else None

    @property
    def index(self) -> Index | SkipSentinel:
        """What it holds.

        Raises
        ------
        ValueError, KeyError
            When its index is not of its form.
        """
        if self._archive is not None:
            return _index(self._archive.index)
        return _index(json.loads((self.path / INDEX).read_text(encoding="utf-8")))

    def read(self, item: Item) -> Any:
        """Read the value of an item."""
        with self.file(item) as path:
            return read_value(path)

    def file(self, item: Item) -> AbstractContextManager[Path]:
        """Have the file or folder of an item for a while."""
        return self._archive.item(item.file) if self._archive else nullcontext(self.path / item.file)

    def copy(self, item: Item, target: Path) -> None:
        """Copy the file or folder of an item."""
        if self._archive is not None:
            self._archive.copy(item.file, target)
        elif (self.path / item.file).is_dir():
            shutil.copytree(self.path / item.file, target)
        else:
            shutil.copyfile(self.path / item.file, target)


def read_collection(path: Path) -> Any:
    """Return the items of a collection: their values, or pairs of key and value; or a skipped result."""
    collection = Collection(path)
    index = collection.index
    if isinstance(index, SkipSentinel):
        return index
    values = map(collection.read, index.items)
    return [
        (item.key, value) if index.keyed else value for item, value in zip(index.items, values, strict=True)
    ]


def read_index(path: Path) -> Index | SkipSentinel:
    """Return what a stored collection holds, without reading its items.

    Raises
    ------
    ValueError, KeyError
        When the index is not of its form.
    """
    return Collection(path).index


def _index(found: Any) -> Index | SkipSentinel:
    if not isinstance(found, dict):
        raise ValueError(f"{INDEX} is no mapping")  # noqa: TRY004  # what is wrong is a file, not a type
    if SKIPPED in found:
        return SkipSentinel.of(found[SKIPPED])
    items = (
        Item(item["file"], item["sha256"], item.get("key"), item.get("skipped")) for item in found["items"]
    )
    return Index(found["keyed"], tuple(items))


def write_index(path: Path, index: Index, provenance: str) -> None:
    """Write the index of a collection whose items are all there."""
    rows = []
    for item in index.items:
        row: dict[str, Any] = {"key": item.key} if index.keyed else {}
        row |= {"file": item.file, "sha256": item.digest}
        rows.append(row if item.skipped is None else {**row, "skipped": dict(item.skipped)})
    record = {"keyed": index.keyed, "items": rows, "provenance": json.loads(provenance or "{}")}
    (path / INDEX).write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def item_name(number: int, key: Any, suffix: str) -> str:
    """Return the name of the file of an item: its place, and what a person can find it by."""
    words = re.findall(r"\w+", " ".join(_words(key)), re.ASCII)
    slug = "_".join(words)[:MAX_SLUG]
    return f"{number:04d}{'-' if slug else ''}{slug}{suffix}"


def _words(key: Any) -> Iterable[str]:
    if isinstance(key, list | tuple):
        for part in key:
            yield from _words(part)
    elif key is not None:
        yield str(key)


def codec_of(value: Any) -> Codec:
    """Return how a value is stored of which only the value itself says what it is."""
    if hasattr(value, "columns") and hasattr(value, "iloc"):
        return FrameCodec()
    if isinstance(value, list | tuple) and any(not isinstance(codec_of(item), JsonCodec) for item in value):
        return CollectionCodec(None)
    return JsonCodec()


@dataclass(frozen=True)
class CollectionCodec:
    """A list of values, or of pairs of key and value, as a folder.

    Parameters
    ----------
    item
        How an item is stored; None where each shows by its value.
    keyed
        Whether the items are pairs of a key and a value.
    """

    item: Codec | None
    keyed: bool = False
    suffix: str = ""
    embeds_provenance: bool = True

    def write(self, value: Sequence[Any], path: Path, provenance: str) -> None:
        """Write a file for each item, then the index."""
        path.mkdir()
        items = []
        for number, one in enumerate(value):
            key, content = one if self.keyed else (None, one)
            items.append(self.write_item(path, number, key, content))
        write_index(path, Index(self.keyed, tuple(items)), provenance)

    def write_item(self, path: Path, number: int, key: Any, content: Any) -> Item:
        """Write the file of one item into the folder, and return what the index says of it."""
        plain = plain_json(key)
        codec = self.item or codec_of(content)
        file = path / item_name(number, plain, codec.suffix)
        write_value(content, file, codec)
        skipped = as_mark(content)[SKIPPED] if is_skipped(content) else None
        return Item(file.name, digest_of(file), plain, skipped)

    def read(self, path: Path) -> Any:
        """Read all items."""
        return read_collection(path)
