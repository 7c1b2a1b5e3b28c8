"""A run with a process that stands for Snakemake's, and the jobs that belong to it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.runtime.warm.announcement import (
    FOLDER,
    RUN_VARIABLE,
    START,
    SWITCH_VARIABLE,
    TASKS_VARIABLE,
    boot_id,
    stat_fields,
)

if TYPE_CHECKING:
    from collections.abc import Callable

NOTE = "note: runs without a warm worker: "
TASKS = '''
"""Tasks that look at the process they are in."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ecoscope_workflows.decorators import distributed


@distributed
def look(names: list[str]) -> dict[str, Any]:
    """Describe the process."""
    import numpy as np

    mask = os.umask(0)
    os.umask(mask)
    return {
        "variables": {name: os.environ.get(name) for name in names},
        "in C": subprocess.run(["env"], capture_output=True, text=True, check=True).stdout.splitlines(),
        "folder": os.getcwd(),
        "umask": mask,
        "stdin": sys.stdin.read(),
        "interactive": [os.isatty(number) for number in (0, 1, 2)],
        "argv": sys.argv,
        "path": sys.path,
        "group": os.getpgrp(),
        "session": os.getsid(0),
        "niceness": os.nice(0),
        "signals": {number.name: str(signal.getsignal(number)) for number in signal.valid_signals()
                    if isinstance(number, signal.Signals)},
        "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "hash": hash("fix"),
        "temporary": tempfile.gettempdir(),
        "threads": openblas_threads(),
        "descriptors": sorted(
            int(one) for one in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{one}")
        )[:3],
        "limits": Path("/proc/self/limits").read_text(),
    }


def openblas_threads() -> list[int]:
    """Return how many threads each OpenBLAS in this process uses."""
    import ctypes

    libraries = {line.split(None, 5)[5].strip() for line in open("/proc/self/maps") if "openblas" in line}
    found = []
    for path in sorted(libraries):
        library = ctypes.CDLL(path)
        for prefix in ("scipy_openblas", "openblas"):
            for suffix in ("64_", ""):
                if hasattr(library, f"{prefix}_get_num_threads{suffix}"):
                    found.append(getattr(library, f"{prefix}_get_num_threads{suffix}")())
    return found


@distributed
def warmth() -> bool:
    """Return whether a fork of a server runs this."""
    return "ecoscope_workflows.runtime.warm.server" in sys.orig_argv


@distributed
def dice() -> list[float]:
    """Throw dice."""
    import numpy as np

    return [random.random(), float(np.random.random())]


@distributed
def stumble() -> int:
    """Fail."""
    print("on the way")
    raise ValueError("a stone")


@distributed
def wait(mark: str, seconds: float) -> int:
    """Start a process of its own, say so, and wait."""
    child = subprocess.Popen(["sleep", str(seconds)])
    Path(mark).write_text(f"{os.getpid()} {child.pid}")
    time.sleep(seconds)
    child.wait()
    return 1


@distributed
def interrupted(mark: str) -> list[int]:
    """Count how often it is interrupted."""
    got: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: got.append(int(number)))
    signal.signal(signal.SIGUSR1, lambda number, _: got.append(int(number)))
    Path(mark).write_text(str(os.getpid()))
    end = time.monotonic() + 20
    while time.monotonic() < end and len(got) < 1:
        time.sleep(0.01)
    time.sleep(0.2)
    return got


@distributed
def shot() -> int:
    """End as the system ends what takes too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    return 1


@distributed
def left_behind(mark: str) -> int:
    """Leave at once, and say at the end of the process that all ended well."""
    import atexit

    atexit.register(Path(mark).write_text, "ended")
    return 1
'''


@dataclass
class WarmRun:
    """A folder for a run, a process whose end is the end of the run, and a package of tasks.

    Parameters
    ----------
    folder
        The working directory of the jobs.
    site
        The folder of the package `lookkit`.
    """

    folder: Path
    site: Path
    snakemake: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.site.mkdir(exist_ok=True)
        self.write("tasks", TASKS)
        self.write("__init__", "")
        self.snakemake = subprocess.Popen(["sleep", "600"])

    @property
    def state(self) -> Path:
        return self.folder / FOLDER

    @property
    def sockets(self) -> list[Path]:
        return [path for path in self.state.glob("*") if path.is_socket()]

    @property
    def log(self) -> str:
        """What the server has said."""
        return (self.state / "server.log").read_text(encoding="utf-8")

    @property
    def server(self) -> int:
        """The process id of the server."""
        for path in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                command, pid = (path / "cmdline").read_bytes(), int(path.name)
                here = (path / "cwd").readlink() == self.folder.resolve() and os.getpgid(pid) == pid
                if here and b"runtime.warm.server" in command:
                    return pid
        return 0

    def write(self, module: str, source: str) -> None:
        """Write a module of the package."""
        path = self.site / "lookkit" / f"{module}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(source), encoding="utf-8")

    def environment(self, **extra: str) -> dict[str, str]:
        """Return the environment that Snakemake gives to a job of one thread."""
        started = stat_fields(self.snakemake.pid)[START]
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(self.site),
            "PYTHONHASHSEED": "7",
            "PYTHONDONTWRITEBYTECODE": "1",
            RUN_VARIABLE: f"{boot_id()}:{self.snakemake.pid}:{started}:{self.state}",
            TASKS_VARIABLE: "lookkit.tasks:look lookkit.tasks:dice",
            **threads(1),
            **extra,
        }

    def start(self, task: str, *, log: bool = False, **how: Any) -> subprocess.Popen[str]:
        """Start a job as the shell of a rule does; its result goes to ``TASK.json``.

        Parameters
        ----------
        how
            The arguments of the task, and what `subprocess.Popen` takes: `env`, `cwd`, `umask`, `stdin`, ...
        """
        own = {name: how.pop(name) for name in ("env", "cwd", "umask", "stdin", "preexec_fn") if name in how}
        options = how.pop("options", [])
        words = ["-P", "-m", "ecoscope_workflows.runtime", task, "--task", f"lookkit.tasks:{task}"]
        words += ["--args", json.dumps(how), "--output", str(self.folder / f"{task}.json"), *options]
        return subprocess.Popen(
            [sys.executable, *words, *(["--log", "job.log"] if log else [])],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **{"env": self.environment(), "cwd": self.folder, "stdin": subprocess.DEVNULL, **own},
        )

    def job(self, task: str, **how: Any) -> subprocess.CompletedProcess[str]:
        """Run a job to its end."""
        process = self.start(task, **how)
        output, errors = process.communicate(timeout=60)
        return subprocess.CompletedProcess(task, process.returncode, output, errors)

    def result(self, task: str, **how: Any) -> Any:
        """Run a job that ends well without a word, and return its result."""
        done = self.job(task, **how)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done
        return json.loads((self.folder / f"{task}.json").read_text(encoding="utf-8"))

    def close(self) -> None:
        """End the run."""
        self.snakemake.kill()
        self.snakemake.wait()


def end_of(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait until a job and all that writes to its streams has ended; return its code and its errors."""
    errors = process.communicate(timeout=60)[1]
    return process.returncode, errors


def cold(environment: dict[str, str]) -> dict[str, str]:
    """Return an environment in which warm workers are off."""
    return {**environment, SWITCH_VARIABLE: "0"}


def threads(count: int) -> dict[str, str]:
    """Return the variables that Snakemake sets for a job with a number of threads."""
    names = ("OMP", "GOTO", "OPENBLAS", "MKL", "VECLIB_MAXIMUM", "NUMEXPR")
    words = [name if "_" in name else f"{name}_NUM" for name in names]
    return {f"{word}_THREADS": str(count) for word in words}


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it has not come to pass"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    """Return whether a process is there and not only remembered."""
    try:
        return stat_fields(pid)[0] != "Z"
    except OSError:
        return False


def kill(pid: int) -> None:
    """End a process."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
