"""The result of a job as a whole, kept in the store and taken from it where it is there already."""

from __future__ import annotations

import datetime as dt
import hashlib
import inspect
import os
import sys
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.digests import ARCHIVE, digest_of
from ecoscope_workflows.contracts.stored import Item
from ecoscope_workflows.runtime.jobs import load_task
from ecoscope_workflows.runtime.known_results import Words
from ecoscope_workflows.runtime.memo import key_of, own_files, own_stamps, variables_of
from ecoscope_workflows.runtime.restoring import place
from ecoscope_workflows.runtime.storage import companions_of, provenance, sha256_of
from ecoscope_workflows.runtime.stores.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ecoscope_workflows.contracts.codecs import Codec
    from ecoscope_workflows.registry.signature import TaskInfo
    from ecoscope_workflows.runtime.jobs import Job
    from ecoscope_workflows.runtime.store import Store
    from ecoscope_workflows.runtime.stores.entries import Facts

# Stands for the hash of the spec in the provenance of a record.
_SPEC = "$spec"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


class Remembered:
    """What the store knows of the result of a job.

    Parameters
    ----------
    job, task, codec
        The job, its task, and how its result is stored.
    store
        The store, if there is one.
    words
        The command line of the job, if it has one: then a record of the result is kept as well.
    """

    def __init__(
        self, job: Job, task: TaskInfo, codec: Codec, store: Store | None, words: Sequence[str] = ()
    ) -> None:
        self._job = job
        self._codec = codec
        # A page beside a result shows files that the result names, whatever they hold by now.
        self._store = None if companions_of(codec) else store
        self._task = task
        self._stamps = own_stamps(job, task)
        # Where a result is true for a while only, its age has to be looked at.
        self._words = Words(list(words)) if words and task.metadata.ttl is None else None

    @cached_property
    def _key(self) -> str:
        key = key_of(self._job, self._task)
        if not key or self._job.output.suffix != ARCHIVE:
            return key
        # A collection as one file is another entry than the same in a folder.
        return hashlib.sha256(f"{key}{ARCHIVE}".encode()).hexdigest()

    @cached_property
    def _found_by(self) -> tuple[str, Record] | None:
        """The path of the record and the record, but for what is known only of a result that is there."""
        words = self._words
        if words is None or not words.store:
            return None
        names = tuple(sorted(variables_of(self._job, self._task)))
        own = tuple(sorted(own_files(self._job, self._task)))
        key = words.key(lambda name: sha256_of(Path(name)))
        sources = _sources(self._job, self._task)
        check = words.check(key, names, own, sources)
        return f"{words.records}/{key}", Record(names, own, sources, check, "", self._key)

    def restore(self, facts: Mapping[str, Any], allowed: Callable[[], None] | None) -> bool:
        """Write the result as it was the last time, and return whether it was known.

        The provenance inside of a Parquet file or a folder is that of the run that computed it.
        """
        if self._store is None or not self._key:
            return False
        # As long as nothing but this decides the result: an input may be replaced while the task runs.
        _ = self._found_by
        store, ttl = self._store, self._task.metadata.ttl
        newest = time.time() - ttl if ttl is not None else 0.0
        output = os.fspath(self._job.output)

        def fetch(target: str) -> Facts | None:
            return store.take(self._key, target, newest)

        def beside(found: Facts) -> str:
            return provenance(dated(facts, self._task, found.made))

        embedded = self._codec.embeds_provenance
        found = place(fetch, output, None if embedded else beside, allowed)
        if found is None:
            return False
        age = f", {_age(time.time() - found.made)} old" if ttl is not None else ""
        print(f"restored{age}", file=sys.stderr)  # noqa: T201  # goes to the rule's log
        self._record(facts)
        return True

    def keep(self, facts: Mapping[str, Any]) -> None:
        """Keep what was computed for the next time."""
        if self._store is None or not self._key or own_stamps(self._job, self._task) != self._stamps:
            return
        output = self._job.output
        self._store.keep(self._key, output, Item(output.name, digest_of(output)))
        self._record(facts)
        self._store.prune()

    def _record(self, facts: Mapping[str, Any]) -> None:
        """Write down what lets another process restore the result without loading its task."""
        if self._found_by is None or self._store is None:
            return
        path, record = self._found_by
        record.digest = digest_of(self._job.output)
        if not self._codec.embeds_provenance:
            record.before, _, record.after = provenance({**facts, "spec": _SPEC}).rpartition(_SPEC)
        self._store.add_record(path, record)


def dated(facts: Mapping[str, Any], task: TaskInfo, made: float) -> Mapping[str, Any]:
    """Return facts with the time at which a result was computed, where it is true for a while only."""
    if task.metadata.ttl is None:
        return facts
    return {**facts, "computed": dt.datetime.fromtimestamp(made, dt.UTC).isoformat(timespec="seconds")}


def _sources(job: Job, task: TaskInfo) -> tuple[str, ...]:
    """Return the files in which the task of a job is written, and those of the cheap instances inside."""
    tasks = [task, *(load_task(call.task) for call in job.calls.values())]
    return tuple(sorted({inspect.getfile(inspect.unwrap(one.function)) for one in tasks}))


def _age(seconds: float) -> str:
    for unit, size in (("d", _DAY), ("h", _HOUR), ("min", _MINUTE)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
