"""An exception in a task in, a problem out whose traceback shows the task's own frames."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Problem, Where

if TYPE_CHECKING:
    from ecoscope_workflows.registry.signature import TaskInfo


def task_error(instance: str, task: TaskInfo, error: BaseException) -> Problem:
    """Describe an exception that a task raised.

    The frames above the task are this package's and say nothing to its author; they are left out.
    The place of the problem is the last line of the task's own package, wherever in a library it ended.
    """
    report = traceback.TracebackException.from_exception(error)
    first = task.function.__code__.co_filename
    frames = list(report.stack)
    start = next((number for number, frame in enumerate(frames) if frame.filename == first), 0)
    report.stack = traceback.StackSummary.from_list(frames[start:])
    own = [frame for frame in report.stack if Path(frame.filename).is_relative_to(Path(first).parent)]
    place = own[-1] if own else None
    where = Where(place.filename, place.lineno or 0, 1) if place else None
    text = "".join(report.format()).rstrip()
    name = "" if task.name == instance else f" (task {task.name!r})"
    what = f"{instance}{name} raised {type(error).__name__}\n{text}"
    return Problem("EW621", what, where if where and where.line else None)
