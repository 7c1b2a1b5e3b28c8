"""The result of a job as a whole, kept in the store and taken from it where it is there already."""

from __future__ import annotations

import hashlib
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.digests import digest_of
from ecoscope_workflows.contracts.stored import Item
from ecoscope_workflows.runtime.memo import key_of
from ecoscope_workflows.runtime.storage import companions_of, provenance, remove, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ecoscope_workflows.contracts.codecs import Codec
    from ecoscope_workflows.registry.signature import TaskInfo
    from ecoscope_workflows.runtime.jobs import Job
    from ecoscope_workflows.runtime.store import Store


class Remembered:
    """What the store knows of the result of a job.

    Parameters
    ----------
    job, task, codec
        The job, its task, and how its result is stored.
    store
        The store, if there is one.
    """

    def __init__(self, job: Job, task: TaskInfo, codec: Codec, store: Store | None) -> None:
        self._job = job
        self._codec = codec
        self._store = store
        self._task = task

    @cached_property
    def _key(self) -> str:
        return key_of(self._job, self._task)

    def _keys(self) -> dict[Path, str]:
        """Return the key of the result, and of each file that belongs to it."""
        output = self._job.output
        keys = {output: self._key}
        for suffix in companions_of(self._codec):
            keys[output.with_suffix(suffix)] = hashlib.sha256(f"{self._key}{suffix}".encode()).hexdigest()
        return keys

    def restore(self, facts: Mapping[str, Any], allowed: Callable[[], None] | None) -> bool:
        """Write the result as it was the last time, and return whether it was known.

        The provenance inside of a Parquet file or a folder is that of the run that computed it.
        """
        if self._store is None or not self._key:
            return False
        store = self._store
        temporaries = {path: path.with_name(f".{path.name}.stored") for path in self._keys()}
        for path in temporaries.values():
            path.parent.mkdir(parents=True, exist_ok=True)
            remove(path)
        try:
            found = [store.fetch(key, temporaries[path]) for path, key in self._keys().items()]
            if not all(found):
                return False

            def fill(temporary: Path, record: str) -> None:
                del record
                temporaries[self._job.output].replace(temporary)
                for path, stored in temporaries.items():
                    if path != self._job.output:
                        stored.replace(path)

            embedded = self._codec.embeds_provenance
            write_whole(self._job.output, fill, provenance(facts), embedded=embedded, allowed=allowed)
        finally:
            for path in temporaries.values():
                remove(path)
        print("restored", file=sys.stderr)  # noqa: T201  # goes to the rule's log
        return True

    def keep(self) -> None:
        """Keep what was computed for the next time."""
        if self._store is None or not self._key:
            return
        for path, key in self._keys().items():
            self._store.keep(key, path, Item(path.name, digest_of(path)))
        self._store.prune()
