"""One call of a task as data: what a generated rule says on its command line."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.errors import Problem, RegistrationError, did_you_mean
from ecoscope_workflows.runtime.words import CALLS, EACH, FILE_KEY, SKIPIF

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ecoscope_workflows.registry.signature import TaskInfo


@dataclass(frozen=True)
class Each:
    """One call per element of a collection.

    Parameters
    ----------
    method
        ``map``, or ``mapvalues``, where each element is a pair of a key and a value.
    argnames
        The arguments that get the element; it is spread over them where there are several.
    argvalues
        The collection, encoded.
    files
        The files that the collection is read from.
    """

    method: str
    argnames: tuple[str, ...]
    argvalues: Any
    files: tuple[Path, ...] = ()

    @property
    def keyed(self) -> bool:
        """Return whether each result stands with the key of its element."""
        return self.method == "mapvalues"


@dataclass(frozen=True)
class SkipIf:
    """When a call is skipped: each condition as ``module:name``, asked of arguments unpacked to a depth."""

    conditions: tuple[str, ...]
    unpack_depth: int = 1


@dataclass(frozen=True)
class Call:
    """One use of a task with what it is called with.

    Parameters
    ----------
    instance
        The id of the task instance.
    task
        A module that offers the task, and its name there: ``package.module:name``.
    arguments
        Encoded arguments by name (see `ecoscope_workflows.spec.encoding`).
    inputs
        For each argument that needs them the files it is read from, in order.
    code
        The fingerprint of the task's code.
    each
        What it is called for one by one, if it is.
    skipif
        When it is skipped, if it ever is.
    """

    instance: str
    task: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    code: str = ""
    each: Each | None = None
    skipif: SkipIf | None = None


@dataclass(frozen=True, kw_only=True)
class Job(Call):
    """A call whose result becomes a file or folder.

    Parameters
    ----------
    output
        The file or folder to write.
    calls
        The cheap instances that its arguments need, by id: they are evaluated in this job.
    spec
        The hash of the spec.
    mock
        A file that stands in for the task's result.
    timeout
        Seconds after which the task is stopped, or None for no limit.
    threads
        How many elements are computed at a time.
    chunk_size, chunk
        How many elements of its collection one job computes, 0 for all of them; and the name of those that
        this one does, where without a name it puts together what the others have computed.
    index
        Where to say which items the result has, for who goes through it in chunks.
    """

    output: Path
    calls: Mapping[str, Call] = field(default_factory=dict)
    spec: str = ""
    mock: Path | None = None
    timeout: int | None = None
    threads: int = 1
    chunk_size: int = 0
    chunk: str = ""
    index: Path | None = None

    @property
    def folder(self) -> Path:
        """The folder of the run, wherever this process is."""
        above = self.output.parent.parent
        return above.parent if self.chunk else above


def read_arguments(text: str) -> dict[str, Any]:
    """Read the arguments of a command line, following it to a file where they are too long for one."""
    arguments: dict[str, Any] = json.loads(text)
    if set(arguments) == {FILE_KEY}:
        return read_arguments(Path(arguments[FILE_KEY]).read_text(encoding="ascii"))
    return arguments


def calls_of(
    encoded: Mapping[str, Any], inputs: Mapping[str, tuple[Path, ...]], each: Mapping[str, tuple[Path, ...]]
) -> dict[str, Call]:
    """Return the cheap instances among the arguments of a job, with their files.

    Parameters
    ----------
    encoded
        The arguments of the job as `read_arguments` returns them.
    inputs
        Files by ``argument`` of the job, or ``instance.argument`` of a cheap one.
    each
        Files that collections are read from, by the id of the instance that goes through one.
    """
    found = {}
    for instance, parts in encoded.get(CALLS, {}).items():
        task, _, code = parts["task"].partition("@")
        own = {
            name.partition(".")[2]: files for name, files in inputs.items() if name.startswith(f"{instance}.")
        }
        found[instance] = Call(
            instance, task, parts["arguments"], own, code, *how_called(parts, each.get(instance, ()))
        )
    return found


def how_called(parts: Mapping[str, Any], files: tuple[Path, ...]) -> tuple[Each | None, SkipIf | None]:
    """Return what a call goes through, and when it is skipped, from its encoded parts."""
    each, skipif = parts.get(EACH), parts.get(SKIPIF)
    return (
        Each(each["method"], tuple(each["argnames"]), each["argvalues"], files) if each else None,
        SkipIf(tuple(skipif["conditions"]), skipif["unpack_depth"]) if skipif else None,
    )


@cache
def load_task(task: str) -> TaskInfo:
    """Import a task by ``package.module:name``.

    Raises
    ------
    RegistrationError
        When the module or the task does not exist here.
    """
    from ecoscope_workflows.registry.signature import task_info  # noqa: PLC0415  # imports pydantic
    from ecoscope_workflows.registry.upstream import is_registered  # noqa: PLC0415  # as above

    module_name, _, name = task.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        what = f"task {task!r} cannot be imported: {error}"
        hint = "install the package that the workflow was compiled with"
        raise RegistrationError(Problem("EW110", what, hint=hint)) from None
    function: Any = getattr(module, name, None)
    if task_metadata(function) is None and not is_registered(function):
        what = f"module {module_name!r} has no task {name!r}"
        known = [
            word for word, member in vars(module).items() if task_metadata(member) or is_registered(member)
        ]
        raise RegistrationError(Problem("EW110", what, hint=did_you_mean(name, known)))
    return task_info(function, module_name, name)


def load_condition(condition: str) -> Callable[..., Any]:
    """Import a condition by ``package.module:name``, with or without a fingerprint behind it.

    Raises
    ------
    RegistrationError
        When it does not exist here.
    """
    module_name, _, name = condition.partition("@")[0].partition(":")
    try:
        found = getattr(importlib.import_module(module_name), name, None)
    except ModuleNotFoundError:
        found = None
    if not callable(found):
        what = f"condition {condition!r} cannot be imported"
        hint = "install the package that the workflow was compiled with"
        raise RegistrationError(Problem("EW110", what, hint=hint))
    function: Callable[..., Any] = found
    return function
