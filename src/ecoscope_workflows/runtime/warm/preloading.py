"""Loads what the jobs of a run will need, in a way that a fork can inherit: no threads, nothing half done."""

from __future__ import annotations

import gc
import importlib
import os
import sys
import time
from pathlib import Path
from typing import NoReturn

from ecoscope_workflows.runtime.warm.circumstances import THREAD_VARIABLES
from ecoscope_workflows.runtime.warm.reaching import Reach

# What the runner itself imports while it reads, checks and writes values.
RUNNER = (
    "ecoscope_workflows.runtime.command",
    "ecoscope_workflows.contracts.parquet",
    "ecoscope_workflows.registry.signature",
    "ecoscope_workflows.registry.upstream",
    "pandas",
    "pandera.pandas",
    "pyarrow.dataset",
    "pyarrow.parquet",
)
OWN = "ecoscope_workflows"
# Libraries that would start threads while they are loaded: said not to.
QUIET = {**dict.fromkeys(THREAD_VARIABLES, "1"), "JE_ARROW_MALLOC_CONF": "background_thread:false"}
WITHOUT = "--without"
ATTEMPTS = 5


class Preloaded:
    """The modules that are loaded, and the state of the source files of those that may change.

    Parameters
    ----------
    tasks
        The tasks of the run as ``module:name``.
    without
        Modules that start threads; they are left to the jobs.
    """

    def __init__(self, tasks: list[str], without: list[str]) -> None:
        self._without = frozenset(without)
        self._tried: dict[str, bool] = {}
        self._files: dict[str, tuple[int, int, int] | None] = {}
        self._changing = frozenset({OWN, *(task.partition(".")[0] for task in tasks)})
        for name in RUNNER:
            self._load(name)
        reach = Reach(self._load)
        from ecoscope_workflows.runtime.storage import versions_at_work  # noqa: PLC0415  # it is loaded by now

        versions_at_work()
        for task in tasks:
            reach.follow(task)
            self._read_signature(task)
        gc.collect()
        # A collection in a fork would write to every object, and so copy the memory that is shared.
        gc.freeze()

    @property
    def is_stale(self) -> bool:
        """Whether a source file of the tasks' packages is not what was loaded."""
        return any(_state(file) != state for file, state in self._files.items())

    def _load(self, name: str) -> bool:
        if name in self._without:
            return False
        if name not in self._tried:
            self._tried[name] = self._import(name)
            if threads() > 1:
                raise ThreadsError(name)
        return self._tried[name]

    def _import(self, name: str) -> bool:
        before = len(sys.modules)
        began = time.perf_counter()
        try:
            importlib.import_module(name)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # the job that needs it will say so itself
            say(f"{name} is not loaded: {type(error).__name__}: {error}")
            return False
        if len(sys.modules) > before:
            say(f"{name} loaded in {time.perf_counter() - began:.3f} s")
            self._look()
        return True

    @staticmethod
    def _read_signature(task: str) -> None:
        """Build what is kept of a task's types, for all jobs that call it."""
        from ecoscope_workflows.contracts.codecs import codec_for  # noqa: PLC0415  # it counts as loaded here
        from ecoscope_workflows.runtime.jobs import load_task  # noqa: PLC0415  # as above

        try:
            codec_for(load_task(task).returns)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # a condition, or a fault that the job will tell
            say(f"{task}: its types are not read: {type(error).__name__}")
        if threads() > 1:
            raise ThreadsError(task.partition(":")[0])

    def _look(self) -> None:
        """Note the state of the files of modules that were loaded just now."""
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if name.partition(".")[0] in self._changing and file and file not in self._files:
                self._files[file] = _state(file)


class ThreadsError(Exception):
    """A module that starts threads while it is imported: a fork would have its locks without its threads."""

    def __init__(self, module: str) -> None:
        super().__init__(module)
        self.module = module


def preload(tasks: list[str], environment: dict[str, str]) -> Preloaded:
    """Load all that the tasks of a run need; start anew without a module that starts threads.

    Parameters
    ----------
    tasks
        The tasks as ``module:name``.
    environment
        The environment that the server was started with.
    """
    without = [sys.argv[n + 1] for n, word in enumerate(sys.argv) if word == WITHOUT]
    os.environ.update(QUIET)
    try:
        return Preloaded(tasks, without)
    except ThreadsError as error:
        say(f"{error.module} starts threads and is left to the jobs")
        if len(without) >= ATTEMPTS:
            raise
        _start_anew(error.module, environment)


def say(text: str) -> None:
    """Write a line to the server's log."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # this is the server's log


def threads() -> int:
    """Return the number of threads of this process, those of native libraries too."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def _start_anew(without: str, environment: dict[str, str]) -> NoReturn:
    options = sys.orig_argv[1:]
    os.execve(sys.executable, [sys.executable, *options, WITHOUT, without], environment)  # noqa: S606


def _state(file: str) -> tuple[int, int, int] | None:
    try:
        facts = Path(file).stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
