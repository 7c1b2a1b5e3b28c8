"""A job in, its output out: read the inputs, check, call the task, check, write.

Every failure is an `EcoscopeWorkflowsError` that names the task instance; after one there is no output file.
"""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.codecs import codec_for
from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.errors import ContractError, Problem
from ecoscope_workflows.runtime.calling import check_result
from ecoscope_workflows.runtime.chunk_results import discard_others, write_index_of
from ecoscope_workflows.runtime.evaluation import Evaluation
from ecoscope_workflows.runtime.fan_out import FanOut
from ecoscope_workflows.runtime.jobs import load_task
from ecoscope_workflows.runtime.memo import mapped_facts
from ecoscope_workflows.runtime.remembered import Remembered, dated
from ecoscope_workflows.runtime.storage import (
    companions_of,
    provenance,
    read_result,
    sha256_of,
    write_result,
    write_whole,
)
from ecoscope_workflows.runtime.store import Store
from ecoscope_workflows.runtime.whole_files import discard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ecoscope_workflows.contracts.codecs import Codec
    from ecoscope_workflows.registry.signature import TaskInfo
    from ecoscope_workflows.runtime.elements import Element
    from ecoscope_workflows.runtime.jobs import Call, Job


def execute(job: Job, allowed: Callable[[], None] | None = None, words: Sequence[str] = ()) -> None:
    """Run one job.

    Parameters
    ----------
    job
        What to call, with what, and where the result goes.
    allowed
        Called just before the output appears; it raises where the output is no longer wanted.
    words
        The command line that the job was read from, if it was: the same one is restored faster the next time.

    Raises
    ------
    EcoscopeWorkflowsError
        `StorageError` for files, `ContractError` for values that break a type or schema,
        `TaskError` for an exception in the task.
    """
    task = load_task(job.task)
    codec = stored_as(job.instance, task)
    discard(os.fspath(job.output), companions_of(codec))
    if job.index is not None:
        discard(os.fspath(job.index))
    _write(job, task, codec, allowed, words)
    if job.index is not None:
        write_index_of(job, job.index, allowed)


def _write(
    job: Job, task: TaskInfo, codec: Codec, allowed: Callable[[], None] | None, words: Sequence[str]
) -> None:
    evaluation = Evaluation(job) if job.mock is None else Mocked(job, codec)
    store = Store.here(job.folder)
    if job.each is None:
        facts = facts_of(job, task)
        remembered = Remembered(job, task, codec, store, words)
        if not remembered.restore(facts, allowed):
            value = evaluation.one(job, task, evaluation.arguments(job, task))
            write_result(value, job.output, codec, dated(facts, task, time.time()), allowed)
            remembered.keep(facts)
        return
    fan_out = FanOut(job, job.each, task, codec, evaluation, store)
    record = provenance(facts_of(job, task))
    write_whole(job.output, fan_out.write, record, embedded=True, allowed=allowed)
    if job.chunk_size and not job.chunk:
        discard_others(job, job.each)
    if store is not None:
        store.prune()


class Mocked(Evaluation):
    """A job whose task is not called: example data stands in for the result of each call."""

    def __init__(self, job: Job, codec: Codec) -> None:
        super().__init__(job)
        self._example = partial(_example, job, codec)

    def arguments(self, call: Call, task: TaskInfo) -> dict[str, Any]:
        """Return no arguments of the job itself: example data needs none, and must not change with them."""
        return {} if call is self._job else super().arguments(call, task)

    def one(
        self, call: Call, task: TaskInfo, given: Mapping[str, Any], element: Element | None = None
    ) -> Any:
        """Return the example data."""
        if call is not self._job:
            return super().one(call, task, given, element)
        if element is not None and element.skipped is not None:
            return element.skipped
        return check_result(call.instance, task, self._example())


def _example(job: Job, codec: Codec) -> Any:
    if job.mock is None:
        raise RuntimeError(f"{job.instance} has no example data")
    return read_result(job.mock, codec)


def facts_of(job: Job, task: TaskInfo) -> dict[str, Any]:
    """Return what the provenance of a job's output says beside the versions at work."""
    facts: dict[str, Any] = {
        "instance": job.instance,
        "task": _written_in(task),
        "code": job.code,
        "spec": job.spec,
        "arguments": job.arguments,
        "inputs": _file_facts(job),
    }
    if job.each is not None:
        facts["each"] = {**mapped_facts(job.each), "files": [path.name for path in job.each.files]}
    if job.skipif is not None:
        facts["skipif"] = [list(job.skipif.conditions), job.skipif.unpack_depth]
    if job.calls:
        facts["evaluated"] = {name: _call_facts(call) for name, call in sorted(job.calls.items())}
    # What is in the example counts: its name differs between targets.
    return {**facts, "mock": sha256_of(job.mock)} if job.mock else facts


def _call_facts(call: Call) -> dict[str, Any]:
    name = _written_in(load_task(call.task))
    facts: dict[str, Any] = {"task": name, "code": call.code, "arguments": call.arguments}
    facts["inputs"] = _file_facts(call)
    if call.each is not None:
        facts["each"] = mapped_facts(call.each)
    return facts


def _written_in(task: TaskInfo) -> str:
    """Return where a task is written: the same whichever module a target imports it from."""
    return f"{task.function.__module__}.{task.function.__qualname__}"


def _file_facts(call: Call) -> dict[str, list[dict[str, str]]]:
    files = {**call.inputs, **({"argvalues": call.each.files} if call.each and call.each.files else {})}
    return {
        name: [{"file": path.name, "sha256": sha256_of(path)} for path in paths]
        for name, paths in files.items()
    }


def stored_as(instance: str, task: TaskInfo) -> Codec:
    """Return how the result of one call of a task is stored."""
    codec = codec_for(task.returns)
    if codec is None:
        what = f"{instance}: the result of {task.name!r} ({type_name(task.returns)}) cannot be stored"
        raise ContractError(Problem("EW331", what))
    return codec
