"""Stores for tests, on disk and at URLs, and what stands in them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from fsspec.core import url_to_fs  # type: ignore[import-untyped]

from ecoscope_workflows.contracts.codecs import CollectionCodec, JsonCodec
from ecoscope_workflows.contracts.digests import digest_of
from ecoscope_workflows.contracts.stored import Item, write_value
from ecoscope_workflows.runtime.store import Store
from ecoscope_workflows.runtime.stores.entries import FACTS
from ecoscope_workflows.runtime.stores.local import LocalShelf
from ecoscope_workflows.runtime.stores.remote import RemoteShelf

if TYPE_CHECKING:
    from pathlib import Path

    from ecoscope_workflows.runtime.stores.shelf import Shelf

KEY, OTHER = "ab" + "0" * 62, "cd" + "1" * 62


def local(folder: Path, limit: int = 4 << 30) -> Store:
    """Return a store in a folder."""
    return Store(LocalShelf(str(folder)), limit)


def stored(path: Path, value: object = 1) -> Item:
    """Write a value to a file, and return what an index would say of it."""
    write_value(value, path, JsonCodec())
    return Item(path.name, digest_of(path))


def folder(path: Path) -> Item:
    """Write a collection to a folder."""
    write_value([[1], [2, 3]], path, CollectionCodec(JsonCodec()))
    return Item(path.name, digest_of(path))


def names(store: Store) -> set[str]:
    """Return the names of everything in a store."""
    return {name for name, _, _ in store.shelf.listed()}


def keys(store: Store) -> set[str]:
    """Return the keys of the results in a store."""
    return {name.rpartition("/")[2].removesuffix(FACTS) for name in names(store) if name.endswith(FACTS)}


def content(store: Store, key: str) -> str:
    """Return the name of the content of a key."""
    (found,) = (
        name for name in names(store) if name.startswith(f"{key[:2]}/{key}.") and not name.endswith(FACTS)
    )
    return found


def facts(key: str) -> str:
    """Return the name of the facts of a key."""
    return f"{key[:2]}/{key}{FACTS}"


def read(store: Store, name: str) -> bytes:
    """Return the bytes of something in a store."""
    files, root = _files(store)
    found: bytes = files.cat_file(f"{root}/{name}")
    return found


def write(store: Store, name: str, data: bytes) -> None:
    """Put other bytes in the place of something in a store."""
    files, root = _files(store)
    files.pipe_file(f"{root}/{name}", data)


def age(store: Store, key: str, when: float) -> None:
    """Have an entry of a store on disk be used at a time."""
    os.utime(f"{store.shelf.place}/{facts(key)}", (when, when))


def _files(store: Store) -> tuple[Any, str]:
    files, root = url_to_fs(store.shelf.place)
    return files, root.rstrip("/")


def opened(kind: str, tmp_path: Path) -> Store:
    """Return the same store each time it is asked for."""
    shelf: Shelf = LocalShelf(str(tmp_path / "store"))
    if kind != "folder":
        shelf = RemoteShelf(f"memory://{tmp_path}")
    return Store(shelf)
