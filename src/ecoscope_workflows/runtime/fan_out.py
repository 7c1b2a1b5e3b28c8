"""A call per element of a collection: each result a file of a folder, or a copy of one that is known."""

from __future__ import annotations

import hashlib
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.digests import sha256_of_bytes
from ecoscope_workflows.contracts.file_codecs import plain_json
from ecoscope_workflows.contracts.stored import CollectionCodec, Index, Item, item_name, write_index
from ecoscope_workflows.errors import EcoscopeWorkflowsError, Problem, StorageError, TaskError
from ecoscope_workflows.runtime.evaluation import RESULTS_VARIABLE
from ecoscope_workflows.runtime.jobs import load_task
from ecoscope_workflows.runtime.storage import provenance, sha256_of
from ecoscope_workflows.spec.encoding import ENVIRONMENT, canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from ecoscope_workflows.contracts.codecs import Codec
    from ecoscope_workflows.registry.signature import TaskInfo
    from ecoscope_workflows.runtime.elements import Element
    from ecoscope_workflows.runtime.evaluation import Evaluation
    from ecoscope_workflows.runtime.jobs import Call, Each, Job
    from ecoscope_workflows.runtime.store import Store

# Changes when entries of the store are no longer what a run would make.
STORE_VERSION = 1


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

    def write(self, folder: Path, record: str) -> None:
        """Fill a folder with the results of all calls.

        Raises
        ------
        EcoscopeWorkflowsError
            As the first call that fails does.
        """
        folder.mkdir()
        elements = self.evaluation.elements(self.job, self.each)
        keys = self._keys(elements)
        known = [self._known(folder, number, elements[number], key) for number, key in enumerate(keys)]
        self.found = sum(item is not None for item in known)
        wanted = [number for number, item in enumerate(known) if item is None]
        made = dict(zip(wanted, self._make(folder, wanted, elements, keys), strict=True))
        items = [item or made[number] for number, item in enumerate(known)]
        write_index(folder, Index(self.each.keyed, tuple(items)), record)
        # The index cannot say it: the same results are the same bytes, whichever way they came about.
        counts = f"{len(wanted)} of {len(items)} items computed, {self.found} restored"
        print(f"{self.job.instance}: {counts}", file=sys.stderr)  # noqa: T201  # goes to the rule's log

    def _known(self, folder: Path, number: int, element: Element, key: str) -> Item | None:
        if not key or self.store is None:
            return None
        plain = plain_json(element.key)
        item = self.store.fetch(key, folder / item_name(number, plain, self.codec.suffix))
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
            if keys[number] and self.store is not None:
                self.store.keep(keys[number], folder / item.file, item)
            return item

        return in_parallel(make, wanted, self.job.threads)

    def _keys(self, elements: list[Element]) -> list[str]:
        """Return for each element the hash of all that its result depends on; an empty text for none."""
        variables = self._variables()
        # Example data is no result of its arguments; files that a task writes itself are in no store.
        if (
            self.store is None
            or not self.job.code
            or self.job.mock is not None
            or not self.task.metadata.storable
            or RESULTS_VARIABLE in variables
        ):
            return [""] * len(elements)
        shared = canonical(self._shared(variables))
        return [
            hashlib.sha256(f"{shared}\n{element.digest}".encode()).hexdigest()
            if element.digest and element.skipped is None
            else ""
            for element in elements
        ]

    def _variables(self) -> set[str]:
        """Return the environment variables that arguments stand for, or that a task itself names."""
        tasks = [self.task, *(load_task(call.task) for call in self.job.calls.values())]
        named = {
            parameter.environment.variable
            for task in tasks
            for parameter in task.parameters.values()
            if parameter.environment is not None
        }
        return named | _variables_in([self.job, *self.job.calls.values()])

    def _own_files(self) -> dict[str, list[str]]:
        """Return the hashes of the files that params name.

        Other programs write them: what their footers say of their content may be of an earlier one.
        """
        parameters = self.task.parameters
        return {
            name: [sha256_of_bytes(path) for path in paths if path.is_file()]
            for name, paths in self.job.inputs.items()
            if name in parameters and parameters[name].is_file
        }

    def _shared(self, variables: Collection[str]) -> dict[str, Any]:
        """Return what every call depends on, beside its element."""
        return {
            "store": STORE_VERSION,
            "versions": provenance({}),
            "argnames": list(self.each.argnames),
            "spreads": self.each.keyed,
            "job": {**_facts(self.job), "own_files": self._own_files()},
            "calls": {
                name: {**_facts(call), "each": _each_facts(call)} for name, call in self.job.calls.items()
            },
            "environment": {name: os.environ.get(name) for name in sorted(variables)},
        }


def _facts(call: Call) -> dict[str, Any]:
    files = {name: [sha256_of(path) for path in paths] for name, paths in call.inputs.items()}
    return {
        # A skipped result names its instance.
        "instance": call.instance,
        "task": [call.task, call.code],
        "arguments": call.arguments,
        "files": files,
        "skipif": [list(call.skipif.conditions), call.skipif.unpack_depth] if call.skipif else None,
    }


def _each_facts(call: Call) -> list[Any] | None:
    """Return what a cheap instance is called for; of the job itself each call has an element of its own."""
    if call.each is None:
        return None
    return [mapped_facts(call.each), [sha256_of(path) for path in call.each.files]]


def _variables_in(calls: list[Call]) -> set[str]:
    found: set[str] = set()
    waiting: list[Any] = [[call.arguments, call.each.argvalues if call.each else None] for call in calls]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            if set(value) == {ENVIRONMENT}:
                found.add(str(value[ENVIRONMENT]))
            waiting += value.values()
    return found


def _with_key(error: EcoscopeWorkflowsError, element: Element) -> EcoscopeWorkflowsError:
    """Return an error that says which group it is of."""
    if element.key is None:
        return error
    words = ", ".join(_named(element.key))
    problems = [replace(one, what=f"{one.what}\n(in the group {words})") for one in error.problems]
    return TaskError(problems, error.published) if isinstance(error, TaskError) else type(error)(problems)


def _named(key: Any) -> Iterator[str]:
    """Yield the parts of a key as people read them: ``subject_name = eco_1``."""
    for part in key if isinstance(key, list | tuple) else [key]:
        yield " ".join(map(str, part)) if isinstance(part, list | tuple) else str(part)


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
    with ProcessPoolExecutor(min(threads, len(numbers)), mp_context=get_context("fork")) as pool:
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


def _made(number: int) -> Item | EcoscopeWorkflowsError:
    if _work is None:
        raise RuntimeError("no work was given before the process was made")
    try:
        return _work(number)
    except EcoscopeWorkflowsError as error:
        # Its cause need not survive the way from one process to another; its text must.
        error.__cause__ = None
        return error


def mapped_facts(each: Each) -> Mapping[str, Any]:
    """Return what the provenance of a collection says of how it was made."""
    return {"method": each.method, "argnames": list(each.argnames), "argvalues": each.argvalues}
