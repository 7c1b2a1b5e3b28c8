"""Run every benchmark and write the tables into `benchmarks/README.md`: ``make bench``."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import (  # noqa: E402  # after the path is set
    check_speed,
    compile_and_run,
    early_cut_off,
    earthranger_download,
    fan_out,
    goals,
    noop_overhead,
    plan,
    start_up,
    subject_tracking,
    warm_jobs,
)
from benchmarks.tables import markdown  # noqa: E402  # as above

README = Path(__file__).with_name("README.md")
BEGIN = "<!-- measured -->"


def late(name: str) -> Callable[[], list[list[str]]]:
    """Return what makes the table of a module that imports much: geopandas, or stand-ins of clusters.

    What this process has imported by then counts as peak memory of each process that it starts, so these
    modules come last.
    """

    def rows() -> list[list[str]]:
        table: list[list[str]] = importlib.import_module(f"benchmarks.{name}").rows()
        return table

    return rows


SECTIONS = {
    goals.START: start_up.rows,
    "Checking a spec": check_speed.rows,
    goals.COMPILE: compile_and_run.compile_rows,
    "One task in a process of its own": compile_and_run.runner_rows,
    goals.JOBS: warm_jobs.rows,
    goals.READING: start_up.reading_rows,
    goals.NO_OP: noop_overhead.rows,
    goals.PLAN: plan.rows,
    goals.CUT_OFF: early_cut_off.rows,
    "A task that is called for each of many small items": fan_out.rows,
    goals.SUBJECTS: subject_tracking.run_rows,
    "The same with nothing to do, beside as many rules written by hand": subject_tracking.no_op_rows,
    goals.SITE: earthranger_download.rows,
    "Jobs on Slurm": late("slurm_jobs"),
    "Jobs in pods of Kubernetes": late("kubernetes_jobs"),
    "Cheap instances inside the jobs that need them": late("fusion"),
    "Track kernels": late("track_kernels"),
    goals.TRACKS: late("track_goals"),
}


def main() -> None:
    """Measure and write."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("snakemake", "pandas", "geopandas", "numpy"))
    day = datetime.now(UTC).date().isoformat()
    machine = f"{os.cpu_count()} cores, {platform.machine()}"
    found: dict[str, list[list[str]]] = {}
    parts: list[str] = []
    for title, rows in SECTIONS.items():
        found[title] = rows()
        parts.append(f"## {title}\n\n{markdown(found[title])}")
        print(parts[-1], flush=True)
    first = f"Measured on {day}: Python {platform.python_version()}, {packages}, {machine}.\n"
    parts = [first, f"## Goals\n\n{markdown(goals.rows(found))}", *parts]
    kept = README.read_text(encoding="utf-8").partition(BEGIN)[0]
    README.write_text(f"{kept}{BEGIN}\n\n" + "\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
