"""What jobs in warm workers took in, true figures in Snakemake's benchmark files out.

Snakemake measures the processes below the shell of a rule, and a worker is not below it; each job records
its own use (`ecoscope_workflows.runtime.usage`), and Snakemake's process puts that in place of what it saw.
"""

from __future__ import annotations

import importlib
import time
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.runtime.usage import read_usage

if TYPE_CHECKING:
    from collections.abc import Sequence

# A clock that is read twice at about the same time.
_TOLERANCE_SECONDS = 0.05


def count_warm_jobs() -> None:
    """Have this process, which is Snakemake's, write what jobs took themselves into their benchmark files."""
    benchmark: Any = importlib.import_module("snakemake.benchmark")
    write = benchmark.write_benchmark_records
    if hasattr(write, "__wrapped__"):
        return

    @wraps(write)
    def written(records: Sequence[Any], path: str, *how: Any) -> None:
        # Several records are of several times that a job ran; its own is of the last one alone.
        if len(records) == 1:
            correct(records[0], Path(path))
        write(records, path, *how)

    benchmark.write_benchmark_records = written


def correct(record: Any, path: Path) -> None:
    """Put what a job took in place of what its client did, where the job was not restored.

    Parameters
    ----------
    record
        Snakemake's record of a job that has just ended.
    path
        The benchmark file that it goes to.
    """
    name = f"{path.parent.name}.{path.stem}" if record.wildcards else path.stem
    used = read_usage(name, since=time.time() - record.running_time - _TOLERANCE_SECONDS)
    if used is None:
        return
    record.data_collected = True
    record.max_rss = used["max_rss"]
    record.cpu_time = used["cpu_seconds"]
    # Percent times seconds: Snakemake divides it by the time on the clock.
    record.cpu_usage = 100 * used["cpu_seconds"]
    # What nobody has counted.
    record.max_vms = record.max_uss = record.max_pss = record.io_in = record.io_out = None
