"""A time limit for a task that holds even while native code runs."""

from __future__ import annotations

import faulthandler
import os
import threading
from typing import TYPE_CHECKING, Self

from ecoscope_workflows.errors import EcoscopeWorkflowsError, Problem, TaskError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

EXIT_CODE = 124
# Native code that holds the interpreter stops the first watchdog; the second needs no interpreter.
GRACE = 5


class Timeout:
    """Ends the process when the body of the ``with`` takes longer than `seconds`; no limit where None.

    Parameters
    ----------
    instance
        The id of the task instance that the limit is for.
    seconds
        The limit.
    report
        Says what went wrong, just before the end.
    """

    def __init__(
        self, instance: str, seconds: int | None, report: Callable[[EcoscopeWorkflowsError], None]
    ) -> None:
        self.instance = instance
        self.seconds = seconds
        self.report = report
        self._watchdog: threading.Timer | None = None

    def __enter__(self) -> Self:
        if self.seconds is not None:
            self._watchdog = threading.Timer(self.seconds, self._end)
            self._watchdog.daemon = True
            self._watchdog.start()
            faulthandler.dump_traceback_later(self.seconds + GRACE, exit=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watchdog is not None:
            self._watchdog.cancel()
            faulthandler.cancel_dump_traceback_later()

    def _end(self) -> None:
        what = f"{self.instance}: the task took longer than its timeout of {self.seconds} s"
        hint = "give it less to do, or raise `timeout=` of the task"
        self.report(TaskError(Problem("EW622", what, hint=hint)))
        # Other threads may be inside native code: nothing but the system can end them now.
        os._exit(EXIT_CODE)
