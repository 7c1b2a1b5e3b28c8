"""What a job costs on Slurm beside a job of this machine, and what grouping a chain into one job saves.

Run ``python benchmarks/slurm_jobs.py``, as root where Debian's slurm-wlm and munge are installed, and with
ECOSCOPE_WORKFLOWS_EXECUTORS naming a folder that has Snakemake's executor plugin for Slurm.
The Slurm is one node with nothing else to do, so its queue takes no time: what is measured is the plugin's
questions to Slurm and the start of Snakemake inside each job.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.clusters.slurm import Slurm, missing

if TYPE_CHECKING:
    from collections.abc import Mapping

JOBS = 4
HEADER = ["4 jobs of no work", "wall s", "s per job", "CPU s", "jobs that Slurm ran"]
EXECUTORS_VARIABLE = "ECOSCOPE_WORKFLOWS_EXECUTORS"
LOCAL = ("--profile", "profiles/local", "--cores", "2")
SLURM = ("--profile", "profiles/slurm", "--latency-wait", "2")
GROUPED = (*SLURM, "--groups", *(f"task_{number}=chain" for number in range(JOBS)))
TASK = "sort_values"
TABLE = "groupby_col,fixtime,longitude,latitude\n" + "".join(
    f"a,2024-01-01 {hour:02}:00:00,36.{hour},0.1\n" for hour in range(24)
)
SPEC_HEAD = "id: measured\nrequirements: []\nworkflow:\n  - {id: fixes, task: load_relocations}\n"


def spec(*, chained: bool) -> str:
    """Return a spec of small jobs behind one that reads a table: one behind the other, or side by side."""
    rows = [SPEC_HEAD]
    for number in range(JOBS):
        before = f"task_{number - 1}" if chained and number else "fixes"
        frame = f'{{df: "${{{{ workflow.{before}.return }}}}", column_name: fixtime}}'
        rows.append(f"  - {{id: task_{number}, task: {TASK}, partial: {frame}}}\n")
    return "".join(rows)


def prepare(folder: Path, *, chained: bool) -> None:
    """Compile a workflow, and run its first job, which reads the table."""
    (folder / "spec.yaml").write_text(spec(chained=chained))
    (folder / "fixes.csv").write_text(TABLE)
    command = ["ecoscope-workflows", "compile", "--spec", "spec.yaml", "--outpath", "."]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (folder / "config" / "params.yaml").write_text("fixes: {path: fixes.csv}\n")
    command = ["snakemake", *LOCAL, "--until", "fixes"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def cost(options: tuple[str, ...], environment: Mapping[str, str], *, chained: bool) -> tuple[float, float]:
    """Return the wall clock time of a run, and the processor time of all processes of the machine."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, chained=chained)
        return run(folder, options, environment)


def run(folder: Path, options: tuple[str, ...], environment: Mapping[str, str]) -> tuple[float, float]:
    """Run a compiled workflow, and return its wall clock time and the processor time of the whole machine."""
    busy, start = busy_seconds(), time.perf_counter()
    done = subprocess.run(
        ["snakemake", *options],
        check=False,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    wall, busy = time.perf_counter() - start, busy_seconds() - busy
    if done.returncode != 0:
        sys.exit(done.stderr)
    return wall, busy


def busy_seconds() -> float:
    """Return for how long the processors of this machine have worked: jobs of Slurm are not our children."""
    fields = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
    user, nice, system = map(int, fields[:3])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def why_not() -> str:
    """Return why nothing can be measured on Slurm here; empty where it can."""
    return missing() or ("" if os.environ.get(EXECUTORS_VARIABLE) else f"{EXECUTORS_VARIABLE} is not set")


def variables(slurm: Slurm) -> dict[str, str]:
    """Return the variables of a user of a Slurm."""
    executors = str(Path(os.environ[EXECUTORS_VARIABLE]).resolve())
    path = os.pathsep.join([executors, os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return {**slurm.environment, "PYTHONPATH": path}


def rows() -> list[list[str]]:
    """Return the header, and a row for each way to run four jobs; nothing is measured where Slurm is not."""
    if reason := why_not():
        return [HEADER, [f"not measured: {reason}", "", "", "", ""]]
    found = [HEADER]
    with Slurm() as slurm:
        on_slurm = variables(slurm)
        for label, options, environment, chained in (
            ("side by side, here", LOCAL, {}, False),
            ("side by side, on Slurm", SLURM, on_slurm, False),
            ("one behind the other, here", LOCAL, {}, True),
            ("one behind the other, on Slurm", SLURM, on_slurm, True),
            ("one behind the other, on Slurm as one group", GROUPED, on_slurm, True),
        ):
            before = len(slurm.jobs())
            wall, cpu = cost(options, environment, chained=chained)
            ran = len(slurm.jobs()) - before
            found.append([label, f"{wall:.1f}", f"{wall / JOBS:.1f}", f"{cpu:.1f}", str(ran)])
    return found


if __name__ == "__main__":
    from benchmarks.tables import markdown

    print(markdown(rows()), end="")
