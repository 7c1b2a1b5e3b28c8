"""What it saves to evaluate cheap instances inside the jobs that need them, here and on Slurm.

Run ``python benchmarks/fusion.py``; what `slurm_jobs.py` needs for Slurm is needed here too, and
``ECOSCOPE_WORKFLOWS_REFERENCE`` for the published workflow.
A spec gives a cheap instance a job of its own by asking for resources for it: the same workflow is compiled
as it is, and with such a line at each of its cheap instances.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import slurm_jobs, subject_tracking
from tests.clusters.slurm import Slurm

if TYPE_CHECKING:
    from collections.abc import Mapping

    Rows = list[list[str]]

HEADER = ["workflow", "cheap instances", "jobs", "wall s", "CPU s", "wall / fused"]
FUSED, APART = "inside the jobs that need them", "one job each"
# Of the generated workflow: jobs one behind the other, each of which needs a text of its own.
JOBS = 4
NEEDS_LITTLE = {"mem_mb": 500}


def generated() -> dict[str, Any]:
    """Return the spec of a chain of jobs that sort a table by a column whose name is a cheap instance."""
    rows: list[dict[str, Any]] = [{"id": "fixes", "task": "load_relocations"}]
    before = "fixes"
    for number in range(JOBS):
        frame = f"${{{{ workflow.{before}.return }}}}"
        name = f"${{{{ workflow.column_{number}.return }}}}"
        before = f"task_{number}"
        rows += [
            {"id": f"column_{number}", "task": "set_string_var", "partial": {"var": "fixtime"}},
            {"id": before, "task": slurm_jobs.TASK, "partial": {"df": frame, "column_name": name}},
        ]
    return {"id": "measured", "requirements": [], "workflow": rows}


def with_jobs(spec: dict[str, Any], snakefile: Path) -> dict[str, Any]:
    """Return a spec in which each instance has a job that has none in its compiled workflow."""
    cheap = set(re.findall(r'^compiled\.cheap\(\s*"(\w+)"', snakefile.read_text("utf-8"), re.MULTILINE))

    def changed(entry: dict[str, Any]) -> dict[str, Any]:
        if "tasks" in entry:
            return {**entry, "tasks": [changed(inner) for inner in entry["tasks"]]}
        return {**entry, "resources": NEEDS_LITTLE} if entry["id"] in cheap else entry

    return {**spec, "workflow": [changed(entry) for entry in spec["workflow"]]}


def compiled(folder: Path, spec: dict[str, Any], params: dict[str, Any], *options: str) -> None:
    """Compile a spec in a folder, as it is and with jobs for cheap instances."""
    for name in (FUSED, APART):
        (folder / "spec.yaml").write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
        command = ["ecoscope-workflows", "compile", "--spec", "spec.yaml", "--outpath", name, *options]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        (folder / name / "config" / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
        spec = with_jobs(spec, folder / name / "workflow" / "Snakefile")


def published(folder: Path, reference: Path) -> None:
    """Compile the published workflow for subjects, on its example data."""
    snapshot = reference / "data" / "snapshots" / "subject-tracking"
    mocks = ["--testing", "--mock-io", "--mock-data", str(reference / "data" / "ecoscope2026" / "io")]
    spec = yaml.safe_load((snapshot / "spec.yaml").read_text(encoding="utf-8"))
    cases = yaml.safe_load((snapshot / "test-cases.yaml").read_text(encoding="utf-8"))
    compiled(folder, spec, cases[subject_tracking.CASE]["params"], *mocks)


def measured(folder: Path, workflow: str, options: tuple[str, ...], environment: Mapping[str, str]) -> Rows:
    """Return a row for each of the two workflows of a folder, the fused one first."""
    found, unit = [], 0.0
    for name in (FUSED, APART):
        work = Path(shutil.copytree(folder / name, folder / "run"))
        wall, cpu = slurm_jobs.run(work, options, environment)
        jobs = len(list((work / "logs").glob("*.log")))
        shutil.rmtree(work)
        unit = unit or wall
        found.append([workflow, name, str(jobs), f"{wall:.1f}", f"{cpu:.1f}", f"{wall / unit:.2f}"])
    return found


def rows() -> Rows:
    """Return the header, and what each workflow costs either way."""
    found = [HEADER]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        compiled(folder, generated(), {"fixes": {"path": "fixes.csv"}})
        for name in (FUSED, APART):
            (folder / name / "fixes.csv").write_text(slurm_jobs.TABLE, encoding="utf-8")
        found += measured(folder, f"a chain of {JOBS}, here", slurm_jobs.LOCAL, {})
        if reason := slurm_jobs.why_not():
            found.append(not_measured(f"on Slurm: {reason}"))
        else:
            variables = slurm_jobs.variables(stack.enter_context(Slurm()))
            found += measured(folder, f"a chain of {JOBS}, on Slurm", slurm_jobs.SLURM, variables)
        if reference := os.environ.get(subject_tracking.REFERENCE_VARIABLE):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            published(folder, Path(reference))
            found += measured(folder, "subject-tracking, here", slurm_jobs.LOCAL, {})
        else:
            found.append(not_measured(f"subject-tracking: {subject_tracking.REFERENCE_VARIABLE} is not set"))
    return found


def not_measured(what: str) -> list[str]:
    """Return a row that says what is not measured, and why."""
    return [f"not measured {what}", *[""] * (len(HEADER) - 1)]


if __name__ == "__main__":
    from benchmarks.tables import markdown

    print(markdown(rows()), end="")
