"""Snakemake without what it takes to import: a process that has done so once, and forks for each run.

A run is a process of its own that goes through Snakemake's own `main`, in a folder and with an environment.
All have the hash seed of the process that they are forks of; whatever may depend on it needs the program.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Seconds; the system ends a run that takes longer.
TIMEOUT = 300


class Preloaded:
    """The process, from the first run on until it is closed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(self, words: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
        """Run Snakemake to its end; return its exit code and what it printed."""
        if self._process is None:
            own = [sys.executable, "-P", __file__]
            self._process = subprocess.Popen(own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        program = shutil.which("snakemake", path=environment["PATH"])
        with tempfile.NamedTemporaryFile() as output:
            asked = [[program, *words], str(folder), dict(environment), output.name]
            process.stdin.write(f"{json.dumps(asked)}\n")
            process.stdin.flush()
            code = int(process.stdout.readline())
            return code, Path(output.name).read_text(encoding="utf-8", errors="surrogateescape")

    def close(self) -> None:
        if self._process is not None:
            self._process.communicate(timeout=TIMEOUT)
            self._process = None


SNAKEMAKE = Preloaded()


def serve() -> None:
    """Fork for each line on standard input, and print how the fork has ended."""
    from snakemake import cli  # noqa: PLC0415  # not in the process of the tests

    # What Snakemake imports later in any run, and the plugins that are installed.
    for module in ("pandas", "smart_open", "yte"):
        importlib.import_module(module)
    cli.get_argument_parser()
    for line in sys.stdin:
        if os.fork() == 0:
            become(*json.loads(line))
            sys.exit(cli.main())
        _, status = os.wait()
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  # the answer


def become(words: list[str], folder: str, environment: dict[str, str], output: str) -> None:
    """Make this process what a start of the program in a folder would have been."""
    signal.alarm(TIMEOUT)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = words
    paths = environment["PYTHONPATH"].split(os.pathsep)
    sys.path[:0] = [str(Path(words[0]).parent), *paths]
    sys.dont_write_bytecode = bool(environment.get("PYTHONDONTWRITEBYTECODE"))
    importlib.invalidate_caches()
    for number, file, mode in ((0, os.devnull, os.O_RDONLY), (1, output, os.O_WRONLY)):
        os.dup2(os.open(file, mode), number)
    os.dup2(1, 2)


if __name__ == "__main__":
    serve()
