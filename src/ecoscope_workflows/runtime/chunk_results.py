"""Results of a fan-out that other jobs have computed, chunk by chunk: found, and put together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ecoscope_workflows.contracts.digests import ARCHIVE
from ecoscope_workflows.contracts.skipping import SkipSentinel
from ecoscope_workflows.contracts.stored import Collection, Item
from ecoscope_workflows.errors import Problem, StorageError
from ecoscope_workflows.runtime.chunks import FOLDER, Chunk, chunks_of, index_text
from ecoscope_workflows.runtime.storage import copy_item, read_collection_index, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ecoscope_workflows.runtime.jobs import Each, Job


@dataclass(frozen=True)
class Computed:
    """An item that another job has computed: the collection that it is in, and what that says of it."""

    collection: Collection
    item: Item

    def put(self, target: Path) -> Item:
        """Copy the item, and return what an index says of the copy."""
        copy_item(self.collection, self.item, target)
        return replace(self.item, file=target.name)


def chunks_for(each: Each, size: int) -> list[Chunk]:
    """Return the chunks of what a job goes through: a stored collection; none where that was skipped."""
    index = read_collection_index(each.files[0])
    if isinstance(index, SkipSentinel):
        return []
    return chunks_of([(item.key, item.digest) for item in index.items], size)


def numbers_in(each: Each, size: int, name: str) -> tuple[int, ...]:
    """Return the places of the items of one chunk.

    Raises
    ------
    StorageError
        When the collection is another one by now.
    """
    for chunk in chunks_for(each, size):
        if chunk.name == name:
            return chunk.numbers
    what = f"{each.files[0].name} has no chunk {name}: it has changed since the run was planned"
    raise StorageError(Problem("EW645", what, hint="run the workflow again"))


def computed_for(job: Job, each: Each) -> Mapping[int, Computed]:
    """Return by place the items that the jobs of the chunks have computed, as far as they are there."""
    found = {}
    for chunk in chunks_for(each, job.chunk_size):
        path = _file(job, chunk.name)
        if not path.is_file():
            continue
        collection = Collection(path)
        index = read_collection_index(path)
        if isinstance(index, SkipSentinel) or len(index.items) != len(chunk.numbers):
            continue
        for number, item in zip(chunk.numbers, index.items, strict=True):
            found[number] = Computed(collection, item)
    return found


def discard_others(job: Job, each: Each) -> None:
    """Remove the files of chunks that are no part of the result any more."""
    kept = {f"{chunk.name}{ARCHIVE}" for chunk in chunks_for(each, job.chunk_size)}
    folder = _file(job, "").parent
    for path in folder.glob(f"*{ARCHIVE}") if folder.is_dir() else ():
        if path.name not in kept:
            path.unlink()


def write_index_of(job: Job, target: Path, allowed: Callable[[], None] | None) -> None:
    """Write which items a result has, for who is to go through it in chunks; none where it was skipped."""
    index = read_collection_index(job.output)
    items = () if isinstance(index, SkipSentinel) else index.items
    text = index_text((item.key, item.digest) for item in items)

    def fill(path: Path, record: str) -> None:
        del record
        path.write_text(text, encoding="ascii")

    write_whole(target, fill, "", embedded=True, allowed=allowed)


def _file(job: Job, chunk: str) -> Path:
    return job.output.with_name(f"{job.output.name.partition('.')[0]}{FOLDER}") / f"{chunk}{ARCHIVE}"
