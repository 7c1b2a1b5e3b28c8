"""Run every benchmark and write the tables into `benchmarks/README.md`: ``make bench``."""

from __future__ import annotations

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
    earthranger_download,
    fan_out,
    noop_overhead,
    subject_tracking,
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
    "Checking a spec": check_speed.rows,
    "Compiling a spec": compile_and_run.compile_rows,
    "One task in a process of its own": compile_and_run.runner_rows,
    "A start of Snakemake with nothing to do": noop_overhead.rows,
    "A task that is called for each of many small items": fan_out.rows,
    "The published subject-tracking workflow on two cores": subject_tracking.run_rows,
    "The same with nothing to do, beside as many rules written by hand": subject_tracking.no_op_rows,
    "An EarthRanger site far away": earthranger_download.rows,
    "Track kernels": track_rows,
    "Tracks of real sizes": goal_rows,
}


def main() -> None:
    """Measure and write."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("snakemake", "pandas", "geopandas", "numpy"))
    day = datetime.now(UTC).date().isoformat()
    parts = [f"Measured on {day}: Python {platform.python_version()}, {packages}, {platform.machine()}.\n"]
    for title, rows in SECTIONS.items():
        parts.append(f"## {title}\n\n{markdown(rows())}")
        print(parts[-1], flush=True)
    kept = README.read_text(encoding="utf-8").partition(BEGIN)[0]
    README.write_text(f"{kept}{BEGIN}\n\n" + "\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
