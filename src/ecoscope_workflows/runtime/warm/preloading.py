"""Loads what the jobs of a run will need, in a way that a fork can inherit: no threads, nothing half done."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ecoscope_workflows.runtime.warm.announcement import TASKS_VARIABLE
from ecoscope_workflows.runtime.warm.circumstances import THREAD_VARIABLES
from ecoscope_workflows.runtime.warm.reaching import Reach

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

# What the runner itself imports while it reads, checks and writes values.
RUNNER = (
    "ecoscope_workflows.runtime.command",
    "ecoscope_workflows.contracts.parquet",
    "ecoscope_workflows.contracts.wkb",
    "ecoscope_workflows.registry.signature",
    "ecoscope_workflows.registry.upstream",
    "encodings.ascii",
    "importlib.resources.readers",
    "pandas",
    "pandera.pandas",
    "pyarrow.dataset",
    "pyarrow.parquet",
)
OWN = "ecoscope_workflows"
REHEARSAL = "ecoscope_workflows.runtime.warm.rehearsal"
# Libraries that would start threads while they are loaded: said not to.
QUIET = {**dict.fromkeys(THREAD_VARIABLES, "1"), "JE_ARROW_MALLOC_CONF": "background_thread:false"}
WITHOUT = "--without"
ATTEMPTS = 5


class Preloaded:
    """The modules that are loaded, and the state of the source files of those that may change.

    Parameters
    ----------
    environment
        The environment that the server was started with.
    descriptor
        The socket that it listens at: it is handed on where the server starts anew.
    check
        Called before each import; it ends this process where that is no longer wanted.
    """

    def __init__(self, environment: Mapping[str, str], descriptor: int, check: Callable[[], None]) -> None:
        self._environment, self._descriptor, self._check = environment, descriptor, check
        self._without = [sys.argv[n + 1] for n, word in enumerate(sys.argv) if word == WITHOUT]
        self._tried: dict[str, bool] = {}
        self._files: dict[str, tuple[int, int, int] | None] = {}
        self._changing = {OWN}
        # In the order they came in.
        self._tasks: dict[str, None] = {}
        self._rehearsed: dict[bool, bool] = {}
        os.environ.update(QUIET)
        # What is loaded stays: looking for garbage in it takes a tenth of the time.
        gc.disable()
        for name in RUNNER:
            self._load(name)
        self._learn()
        self._reach = Reach(self._load)
        self.follow(environment.get(TASKS_VARIABLE, "").split())

    def follow(self, tasks: Sequence[str]) -> None:
        """Load what tasks need, each given as ``module:name``; what is known already costs nothing."""
        new = [task for task in tasks if task not in self._tasks]
        self._tasks.update(dict.fromkeys(new))
        self._changing |= {task.partition(".")[0] for task in new}
        for task in new:
            self._reach.follow(task)
            self._read_signature(task)
        self._rehearse()
        self._look()
        # A collection in a fork would write to every object, and so copy the memory that is shared.
        gc.freeze()

    @property
    def is_stale(self) -> bool:
        """Whether a source file of the tasks' packages is not what was loaded."""
        return any(_state(file) != state for file, state in self._files.items())

    @property
    def is_rehearsed(self) -> bool:
        """Whether this process has done what every job does with a table, and can do it again."""
        return bool(self._rehearsed) and all(self._rehearsed.values())

    def _rehearse(self) -> None:
        """Do what every job does with a table, unless it was done with as much loaded."""
        spatial = "geopandas" in sys.modules
        if spatial in self._rehearsed or not self._load(REHEARSAL):
            return
        from ecoscope_workflows.runtime.warm.rehearsal import rehearse  # noqa: PLC0415  # loads what it uses

        try:
            rehearse()
        except Exception as error:  # noqa: BLE001  # a job that does the same will say so itself
            say(f"the rehearsal fails: {type(error).__name__}: {error}")
            self._rehearsed[spatial] = False
        else:
            self._rehearsed[spatial] = True
        self._check_threads(REHEARSAL)

    def _learn(self) -> None:
        """Keep what every job would find out anew."""
        from ecoscope_workflows.contracts.known_crs import learn_common  # noqa: PLC0415  # loaded by now
        from ecoscope_workflows.runtime.storage import versions_at_work  # noqa: PLC0415  # as above

        versions_at_work()
        if self._load("pyproj"):
            learn_common()

    def _load(self, name: str) -> bool:
        if name in self._without:
            return False
        if name not in self._tried:
            self._check()
            self._tried[name] = self._import(name)
            self._check_threads(name)
        return self._tried[name]

    def _check_threads(self, module: str) -> None:
        """Start anew without a module that starts threads: a fork has their locks, and not them."""
        if threads() == 1:
            return
        say(f"{module} starts threads and is left to the jobs")
        if len(self._without) >= ATTEMPTS:
            sys.exit(1)
        os.set_inheritable(self._descriptor, True)  # noqa: FBT003  # positional only
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # as at the start of this program
        options = [*sys.orig_argv[1:], WITHOUT, module]
        environment = {**self._environment, TASKS_VARIABLE: " ".join(self._tasks)}
        os.execve(sys.executable, [sys.executable, *options], environment)  # noqa: S606  # this program

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

    def _read_signature(self, task: str) -> None:
        """Build what is kept of a task's types, for all jobs that call it."""
        from ecoscope_workflows.runtime.jobs import load_task  # noqa: PLC0415  # it counts as loaded here

        try:
            info = load_task(task)
            for built in (info.codec, info.result_adapter, *info.parameters.values()):
                getattr(built, "adapter", None)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # a condition, or a fault that the job will tell
            say(f"{task}: its types are not read: {type(error).__name__}")
        self._check_threads(task.partition(":")[0])

    def _look(self) -> None:
        """Note the state of the files of modules that were loaded just now."""
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if name.partition(".")[0] in self._changing and file and file not in self._files:
                self._files[file] = _state(file)


def say(text: str) -> None:
    """Write a line to the server's log."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # this is the server's log


def threads() -> int:
    """Return the number of threads of this process, those of native libraries too."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def _state(file: str) -> tuple[int, int, int] | None:
    try:
        facts = os.stat(file)  # noqa: PTH116  # of all files, for every job
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
