"""What a job took: time, processor and memory, kept in a small file per instance.

Snakemake counts the processes below the shell of a rule, and a job in a warm worker is not below it: see
`ecoscope_workflows.runtime.benchmark_files`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

STATE = Path(".snakemake/ecoscope-workflows")
FOLDER = STATE / "usage"
# Linux counts in KiB, macOS in bytes.
BYTES = 1 if sys.platform == "darwin" else 1024
MEBIBYTE = 1024 * 1024


class Usage:
    """Records what the body of the ``with`` takes where it ends well, and Snakemake is what runs it.

    The file holds `seconds` (wall clock), `cpu_seconds` and `max_rss` (MiB), each of this process from its
    birth but for `seconds`, and of the processes it has waited for.

    Parameters
    ----------
    name
        The name of the file: the id of the task instance, and behind a dot the chunk where it is one.
    """

    def __init__(self, name: str) -> None:
        self._file = FOLDER / f"{name}.json"

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and STATE.is_dir():
            self._write(time.monotonic() - self._began)

    def _write(self, seconds: float) -> None:
        both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        record = {
            "seconds": round(seconds, 4),
            "cpu_seconds": round(sum(one.ru_utime + one.ru_stime for one in both), 4),
            "max_rss": round(max(one.ru_maxrss for one in both) * BYTES / MEBIBYTE, 2),
        }
        temporary = self._file.with_name(f".{self._file.name}.{os.getpid()}.tmp")
        with suppress(OSError):  # a disk that is full or not ours makes no result wrong
            FOLDER.mkdir(exist_ok=True)
            temporary.write_text(json.dumps(record) + "\n", encoding="ascii")
            temporary.replace(self._file)


def read_usage(name: str, since: float = 0.0, folder: Path | None = None) -> dict[str, float] | None:
    """Return what a job took, if it was recorded since a time; None where it was not, or restored.

    Parameters
    ----------
    name
        As `Usage` takes it.
    since
        In seconds since 1970; at any time where nothing is said.
    folder
        The folder of the run; the current one where nothing is said.
    """
    file = (folder or Path()) / FOLDER / f"{name}.json"
    try:
        if file.stat().st_mtime < since:
            return None
        record = json.loads(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None
