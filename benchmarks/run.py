"""Run every benchmark and write the tables into `benchmarks/README.md`: ``make bench``."""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import (  # noqa: E402  # after the path is set
    check_speed,
    compile_and_run,
    early_cut_off,
    earthranger_download,
    fan_out,
    fusion,
    goals,
    kubernetes_jobs,
    noop_overhead,
    plan,
    slurm_jobs,
    start_up,
    subject_tracking,
    warm_jobs,
)
from benchmarks.tables import markdown  # noqa: E402  # as above

README = Path(__file__).with_name("README.md")
BEGIN = "<!-- measured -->"


def track_rows() -> list[list[str]]:
    """Return the table of the track kernels."""
    # Last and late: what this process has imported by then counts as peak memory of each process it starts.
    from benchmarks import track_kernels  # noqa: PLC0415  # imports geopandas

    return track_kernels.rows()


def goal_rows() -> list[list[str]]:
    """Return the table of tracks of real sizes."""
    from benchmarks import track_goals  # noqa: PLC0415  # as the track kernels: late

    return track_goals.rows()


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
    "Jobs on Slurm": slurm_jobs.rows,
    "Jobs in pods of Kubernetes": kubernetes_jobs.rows,
    "Cheap instances inside the jobs that need them": fusion.rows,
    goals.SITE: earthranger_download.rows,
    "Track kernels": track_rows,
    goals.TRACKS: goal_rows,
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
