"""A call per element of a collection: each result a file of a folder, or a copy of one that is known."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.file_codecs import plain_json
from ecoscope_workflows.contracts.stored import CollectionCodec, Index, Item, item_name, write_index
from ecoscope_workflows.errors import EcoscopeWorkflowsError, Problem, StorageError, TaskError
from ecoscope_workflows.runtime.chunk_results import computed_for, numbers_in
from ecoscope_workflows.runtime.memo import own_stamps, shared_facts
from ecoscope_workflows.spec.encoding import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ecoscope_workflows.contracts.codecs import Codec
    from ecoscope_workflows.registry.signature import TaskInfo
    from ecoscope_workflows.runtime.elements import Element
    from ecoscope_workflows.runtime.evaluation import Evaluation
    from ecoscope_workflows.runtime.jobs import Each, Job
    from ecoscope_workflows.runtime.store import Store

# How often a process looks whether the one that it works for is still there.
PARENT_SECONDS = 1.0


@dataclass
class FanOut:
    """The calls of one job, one per element.

    Parameters
    ----------
    job
        What is called, and for what.
    each
        What it goes through.
    task, codec
        The task, and how the result of one call is stored.
    evaluation
        What the job has read so far.
    store
        Where results of earlier calls are, if anywhere.
    """

    job: Job
    each: Each
    task: TaskInfo
    codec: Codec
    evaluation: Evaluation
    store: Store | None
    found: int = field(default=0, init=False)
    stamps: list[tuple[int, int, int]] = field(default_factory=list, init=False)

    def write(self, folder: Path, record: str) -> None:
        """Fill a folder with the results of all calls.

        Raises
        ------
        EcoscopeWorkflowsError
            As the first call that fails does.
        """
        folder.mkdir()
        elements = self._elements()
        computed = computed_for(self.job, self.each) if self.job.chunk_size and not self.job.chunk else {}
        keys = self._keys(elements)
        known = [
            computed[number].put(self._path(folder, number, elements[number]))
            if number in computed
            else self._known(folder, number, elements[number], key)
            for number, key in enumerate(keys)
        ]
        self.found = sum(item is not None for item in known) - len(computed)
        wanted = [number for number, item in enumerate(known) if item is None]
        made = dict(zip(wanted, self._make(folder, wanted, elements, keys), strict=True))
        for number in wanted:
            if keys[number] and self.store is not None:
                self.store.has_grown(keys[number])
        items = [item or made[number] for number, item in enumerate(known)]
        write_index(folder, Index(self.each.keyed, tuple(items)), record)
        # The index cannot say it: the same results are the same bytes, whichever way they came about.
        counts = f"{len(wanted)} of {len(items)} items computed, {self.found} restored"
        gathered = f", {len(computed)} from chunks" if computed else ""
        print(f"{self.job.instance}: {counts}{gathered}", file=sys.stderr)  # noqa: T201  # goes to the rule's log

    def _elements(self) -> list[Element]:
        """Return what this job makes calls for: all elements, or those of its chunk."""
        elements = self.evaluation.elements(self.job, self.each)
        if not self.job.chunk:
            return elements
        return [elements[number] for number in numbers_in(self.each, self.job.chunk_size, self.job.chunk)]

    def _path(self, folder: Path, number: int, element: Element) -> Path:
        return folder / item_name(number, plain_json(element.key), self.codec.suffix)

    def _known(self, folder: Path, number: int, element: Element, key: str) -> Item | None:
        if not key or self.store is None:
            return None
        plain = plain_json(element.key)
        ttl = self.task.metadata.ttl
        newest = time.time() - ttl if ttl is not None else 0.0
        item = self.store.fetch(key, folder / item_name(number, plain, self.codec.suffix), newest)
        return replace(item, key=plain) if item else None

    def _make(
        self, folder: Path, wanted: list[int], elements: list[Element], keys: list[str]
    ) -> Iterator[Item]:
        if not wanted:
            return iter(())
        # Read and checked once, for all calls.
        given = self.evaluation.arguments(self.job, self.task)
        collection = CollectionCodec(self.codec, keyed=self.each.keyed)

        def make(number: int) -> Item:
            element = elements[number]
            try:
                value = self.evaluation.one(self.job, self.task, given, element)
            except EcoscopeWorkflowsError as error:
                raise _with_key(error, element) from error.__cause__
            item = collection.write_item(folder, number, element.key, value)
            if keys[number] and self.store is not None and own_stamps(self.job, self.task) == self.stamps:
                self.store.keep(keys[number], folder / item.file, item)
            return item

        return in_parallel(make, wanted, self.job.threads)

    def _keys(self, elements: list[Element]) -> list[str]:
        """Return for each element the key of its result; an empty text for none."""
        self.stamps = own_stamps(self.job, self.task)
        shared = shared_facts(self.job, self.task) if self.store is not None else None
        if shared is None:
            return [""] * len(elements)
        written = canonical(shared)
        return [
            hashlib.sha256(f"{written}\n{element.digest}".encode()).hexdigest()
            if element.digest and element.skipped is None
            else ""
            for element in elements
        ]


def _with_key(error: EcoscopeWorkflowsError, element: Element) -> EcoscopeWorkflowsError:
    """Return an error that says which group it is of."""
    if element.key is None:
        return error
    words = key_in_words(element.key)
    problems = [replace(one, what=f"{one.what}\n(in the group {words})") for one in error.problems]
    return TaskError(problems, error.published) if isinstance(error, TaskError) else type(error)(problems)


def key_in_words(key: Any) -> str:
    """Return a key as people read it: ``subject_name = eco_1``."""
    parts = key if isinstance(key, list | tuple) else [key]
    return ", ".join(
        " ".join(map(str, part)) if isinstance(part, list | tuple) else str(part) for part in parts
    )


_work: Callable[[int], Item] | None = None


def in_parallel(make: Callable[[int], Item], numbers: list[int], threads: int) -> Iterator[Item]:
    """Yield what `make` returns for each number, in order, several at a time in processes of their own.

    What the processes read and compute is not lost to this one: the results are files.
    """
    global _work  # noqa: PLW0603  # a process gets by its birth what cannot be sent to it
    if threads <= 1 or len(numbers) <= 1:
        yield from map(make, numbers)
        return
    _work = make
    with ProcessPoolExecutor(
        min(threads, len(numbers)), get_context("fork"), _end_with_parent, (os.getpid(),)
    ) as pool:
        try:
            for outcome in pool.map(_made, numbers):
                if isinstance(outcome, EcoscopeWorkflowsError):
                    raise outcome
                yield outcome
        except BrokenProcessPool:
            what = "a process that computed items was ended from outside"
            hint = "see whether the memory is enough for as many threads"
            raise StorageError(Problem("EW605", what, hint=hint)) from None
        finally:
            # Nobody may write into a folder that is removed.
            pool.shutdown(wait=True, cancel_futures=True)
            # What the job has read is as large as its inputs.
            _work = None


def _end_with_parent(parent: int) -> None:
    """End this process when the one that it works for is gone: killed, or out of time, it cannot say so."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _made(number: int) -> Item | EcoscopeWorkflowsError:
    if _work is None:
        raise RuntimeError("no work was given before the process was made")
    try:
        return _work(number)
    except EcoscopeWorkflowsError as error:
        # Its cause need not survive the way from one process to another; its text must.
        error.__cause__ = None
        return error
