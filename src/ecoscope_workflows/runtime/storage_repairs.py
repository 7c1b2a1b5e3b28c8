"""Snakemake's storage, as its plugins are installed, made to never show a part of something as the whole.

To a plugin a folder is there as soon as one of its files is: what an upload that broke off has left of the
result of a `map` would pass for all of it.
What is being fetched stands under its own name in most of them: what a run that was killed has left of a file
would be read by the next.
Version 0.3.6 for S3 remembers that there is no folder, also after a pod has made it, and removes the bucket
with the last object in it.
Version 1.1.4 for Google's storage goes on where a file of a folder could not be fetched, and counts sizes in
kilobytes.
Nothing is imported here: where no storage is installed there is nothing to do.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.digests import INDEX
from ecoscope_workflows.runtime.whole_files import files_in, remove

if TYPE_CHECKING:
    from collections.abc import Callable

PLUGIN = "snakemake_storage_plugin_"
# The attribute of a provider that says where results are that are folders.
COLLECTIONS = "ecoscope_workflows_collections"
# The same of its class of objects, once it has been repaired.
REPAIRED = "ecoscope_workflows_repaired"


def repair_storage(provider: Any) -> None:
    """Repair a storage in this process, if it has not been done.

    Parameters
    ----------
    provider
        Snakemake's, of any kind.
    """
    stored = provider.get_storage_object_cls()
    if hasattr(stored, REPAIRED):
        return
    setattr(stored, REPAIRED, True)
    stored.retrieve_object = _aside(stored.retrieve_object)
    kind = stored.__module__.removeprefix(PLUGIN)
    if kind == "s3":
        stored.is_dir = _asking_again(stored.is_dir)
        stored.remove = _remove
    if kind == "gcs":
        stored._download_directory = _fetch_folder  # noqa: SLF001  # what is repaired
        stored.size = _size
    _keep_whole(stored)


def name_collections(workflow: Any) -> None:
    """Tell the storage of a run which results are folders: those with an index, which is written last.

    Parameters
    ----------
    workflow
        Snakemake's own, with all of its rules.
    """
    provider = workflow.storage_registry.default_storage_provider
    if provider is not None:
        folders = (file for rule in workflow.rules for file in rule.output if file.is_directory)
        setattr(provider, COLLECTIONS, frozenset(file.storage_object.query for file in folders))


def _is_collection(stored: Any) -> bool:
    return stored.query in getattr(stored.provider, COLLECTIONS, ())


def _part(stored: Any, name: str) -> Any:
    return stored.provider.object(f"{stored.query}/{name}")


def _keep_whole(stored: Any) -> None:
    """Have a collection be there if its index is: the first that is removed, the last that is stored."""
    exists, store, remove_all = stored.exists, stored.store_object, stored.remove

    def index_exists(self: Any) -> bool:
        return bool(_part(self, INDEX).exists() if _is_collection(self) else exists(self))

    def remove_index_first(self: Any) -> None:
        if not _is_collection(self):
            remove_all(self)
            return
        index = _part(self, INDEX)
        if index.exists():
            index.remove()
        # What an upload or a removal that broke off has left is no collection, and is in the way of one.
        if exists(self):
            remove_all(self)

    def store_index_last(self: Any) -> None:
        folder = self.local_path()
        if not _is_collection(self) or not folder.is_dir():
            store(self)
            return
        remove_index_first(self)
        if hasattr(self, "query_path"):
            # A volume is a folder here: one step is better than many.
            part = self.provider.object(f"{self.query}.part")
            part.set_local_path(folder)
            store(part)
            part.query_path.replace(self.query_path)
            return
        names = (Path(file).relative_to(folder).as_posix() for file in files_in(str(folder)))
        for name in sorted(names, key=lambda name: (name == INDEX, name)):
            part = _part(self, name)
            part.set_local_path(folder / name)
            part.store_object()

    stored.exists, stored.remove, stored.store_object = index_exists, remove_index_first, store_index_last


def _aside(retrieve: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return what fetches a file or folder under another name, and gives it its own once it is whole."""

    def retrieve_aside(self: Any) -> None:
        target, given = self.local_path(), self._overwrite_local_path
        # Jobs on other nodes may fetch the same into the same folder.
        aside = target.with_name(f".{target.name}.{os.urandom(8).hex()}.tmp")
        self.set_local_path(aside)
        try:
            retrieve(self)
            if target.is_dir():
                remove(str(target))
            aside.replace(target)
        finally:
            self.set_local_path(given)
            remove(str(aside))

    return retrieve_aside


def _asking_again(is_dir: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return what asks whether there is a folder until there is one."""

    def asking_again(self: Any) -> bool:
        if not self._is_dir:
            self._is_dir = None
        return is_dir(self)

    return asking_again


def _remove(self: Any) -> None:
    """Remove a file or folder from S3, and not its bucket with the last one."""
    for item in list(self.get_subkeys()) if self.is_dir() else [self.s3obj()]:
        item.delete()


def _fetch_folder(self: Any) -> None:
    """Fetch the files of a folder in Google's storage; one that cannot be fetched is an error."""
    folder, prefix = self.local_path(), f"{self.key.rstrip('/')}/"
    folder.mkdir(parents=True)
    for blob in self.directory_entries():
        name = blob.name.removeprefix(prefix)
        if name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            blob.download_to_filename(str(folder / name))


def _size(self: Any) -> int:
    """Return the bytes of a file in Google's storage, and none of a folder, as Snakemake wants it."""
    return 0 if self.is_directory() else int(self.bucket.get_blob(self.key).size)
