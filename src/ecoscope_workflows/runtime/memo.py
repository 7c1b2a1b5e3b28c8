"""A job in, the key of its result out: the hash of everything that decides what it is."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.digests import sha256_of_bytes
from ecoscope_workflows.runtime.jobs import load_task
from ecoscope_workflows.runtime.known_fingerprints import DEFAULT_FILE, KnownFingerprints
from ecoscope_workflows.runtime.storage import provenance, sha256_of
from ecoscope_workflows.runtime.words import RESULTS_VARIABLE
from ecoscope_workflows.spec.encoding import ENVIRONMENT, canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecoscope_workflows.registry.signature import TaskInfo
    from ecoscope_workflows.runtime.jobs import Call, Each, Job

# Changes when entries of the store are no longer what a run would make.
STORE_VERSION = 3


def key_of(job: Job, task: TaskInfo) -> str:
    """Return the key of the result of a job that makes one call; an empty text where it has none."""
    shared = shared_facts(job, task)
    return hashlib.sha256(canonical(shared).encode()).hexdigest() if shared is not None else ""


def shared_facts(job: Job, task: TaskInfo) -> dict[str, Any] | None:
    """Return what every call of a job depends on, beside its element; None where that is not known.

    Example data is no result of its arguments; files that a task writes itself are in no store; a cheap
    instance that reads the world outside is not asked for how long that holds; and code that was edited since
    its fingerprint was taken is not what that says.
    """
    variables = variables_of(job, task)
    inside = [load_task(call.task).metadata for call in job.calls.values()]
    lasting = task.metadata.storable and all(one.storable and one.ttl is None for one in inside)
    if not job.code or job.mock is not None or not lasting or RESULTS_VARIABLE in variables:
        return None
    if not _is_as_fingerprinted(job):
        note = "the code has changed since the run began: the result is not kept for other runs"
        print(f"note: {note}", file=sys.stderr)  # noqa: T201  # goes to the rule's log
        return None
    return {
        "store": STORE_VERSION,
        "versions": provenance({}),
        "each": [job.each.method, list(job.each.argnames)] if job.each else None,
        "job": {**_facts(job), "own_files": own_files(job, task)},
        "calls": {name: {**_facts(call), "each": _each_facts(call)} for name, call in job.calls.items()},
        "environment": {name: os.environ.get(name) for name in sorted(variables)},
        "accounts": accounts(job) if task.metadata.ttl is not None else None,
    }


def _is_as_fingerprinted(job: Job) -> bool:
    """Return whether the tasks and conditions of a job are still written as their fingerprints say."""
    calls = [job, *job.calls.values()]
    conditions = [one for call in calls if call.skipif for one in call.skipif.conditions]
    told = [*(f"{call.task}@{call.code}" for call in calls), *conditions]
    # As they are noted now: a warm worker may be a fork of a server that looked before the run did. A module
    # has its results elsewhere than the run notes them.
    return all(KnownFingerprints(folder / DEFAULT_FILE).hold(told) for folder in {job.folder, Path()})


def variables_of(job: Job, task: TaskInfo) -> set[str]:
    """Return the environment variables that arguments stand for, or that a task itself names."""
    tasks = [task, *(load_task(call.task) for call in job.calls.values())]
    named = {
        parameter.environment.variable
        for one in tasks
        for parameter in one.parameters.values()
        if parameter.environment is not None
    }
    return named | _variables_in([job, *job.calls.values()])


def accounts(job: Job) -> list[Any]:
    """Return which account each connection is that the arguments of a job name: where it is, and whose.

    Only its hash ever leaves the process. A password decides nothing once it is known whose it is; a token
    says itself whose it is.
    """
    from ecoscope_workflows.connections import read_connections  # noqa: PLC0415  # few tasks need it
    from ecoscope_workflows.connections.kinds import SECRET_FIELDS, plain_name  # noqa: PLC0415  # as above

    words = {plain_name(word) for word in _texts_in([job, *job.calls.values()])}
    found = []
    for one in read_connections():
        if plain_name(one.name) in words:
            hidden = {name for name in one.values if name in SECRET_FIELDS and "username" in one.values}
            fields = {name: one.text(name) for name in one.values if name not in hidden}
            found.append([one.kind.name, plain_name(one.name), fields])
    return found


def own_files(job: Job, task: TaskInfo) -> dict[str, list[list[str]]]:
    """Return the names and hashes of the files that params name.

    Other programs write them: what their footers say of their content may be of an earlier one. The task is
    given their paths, and often goes by how they end.
    """
    return {
        name: [[path.name, sha256_of_bytes(path)] for path in paths if path.is_file()]
        for name, paths in _own_paths(job, task).items()
    }


def own_stamps(job: Job, task: TaskInfo) -> list[tuple[int, int, int]]:
    """Return of the files that params name what tells whether they were written meanwhile.

    A task reads them when it likes, and then they may be others than those that were hashed.
    """
    found = [path.stat() for paths in _own_paths(job, task).values() for path in paths if path.is_file()]
    return [(facts.st_mtime_ns, facts.st_size, facts.st_ino) for facts in found]


def _own_paths(job: Job, task: TaskInfo) -> dict[str, tuple[Path, ...]]:
    return {
        name: paths
        for name, paths in job.inputs.items()
        if name in task.parameters and task.parameters[name].is_file
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
    for value in _parts_of(calls):
        if isinstance(value, dict) and set(value) == {ENVIRONMENT}:
            found.add(str(value[ENVIRONMENT]))
    return found


def _texts_in(calls: list[Call]) -> set[str]:
    return {value for value in _parts_of(calls) if isinstance(value, str)}


def _parts_of(calls: list[Call]) -> Iterator[Any]:
    """Yield every value in the arguments of calls, and in what they go through, at any depth."""
    waiting: list[Any] = [[call.arguments, call.each.argvalues if call.each else None] for call in calls]
    while waiting:
        value = waiting.pop()
        yield value
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, Mapping):
            waiting += value.values()


def mapped_facts(each: Each) -> Mapping[str, Any]:
    """Return what the provenance of a collection says of how it was made."""
    return {"method": each.method, "argnames": list(each.argnames), "argvalues": each.argvalues}
