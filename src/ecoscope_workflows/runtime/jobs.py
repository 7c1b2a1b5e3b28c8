"""One call of a task as data: what a generated rule says on its command line."""

from __future__ import annotations

import importlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.errors import Problem, RegistrationError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecoscope_workflows.registry.signature import TaskInfo

# A key that no argument can have; its value is the file that holds arguments too long for a command line.
FILE_KEY = "$file"


@dataclass(frozen=True)
class Job:
    """One call of a task.

    Parameters
    ----------
    instance
        The id of the task instance.
    task
        A module that offers the task, and its name there: ``package.module:name``.
    output
        The file to write.
    arguments
        Encoded arguments by name (see `ecoscope_workflows.spec.encoding`).
    inputs
        For each argument that needs them the files it is read from, in order.
    code
        The fingerprint of the task's code.
    spec
        The hash of the spec.
    mock
        A file that stands in for the task's result.
    timeout
        Seconds after which the task is stopped, or None for no limit.
    """

    instance: str
    task: str
    output: Path
    arguments: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    code: str = ""
    spec: str = ""
    mock: Path | None = None
    timeout: int | None = None


def read_arguments(text: str) -> dict[str, Any]:
    """Read the arguments of a command line, following it to a file where they are too long for one."""
    arguments: dict[str, Any] = json.loads(text)
    if set(arguments) == {FILE_KEY}:
        return read_arguments(Path(arguments[FILE_KEY]).read_text(encoding="ascii"))
    return arguments


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
