"""What `ecoscope-workflows plan` costs beside Snakemake's own dry run, and `run` where nothing is to do.

Run ``python benchmarks/plan.py``.
A workflow of 100 rules has run; then either nothing has changed, or a param of every fifth rule.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.compile_and_run import INSTANCES_OF_A_CHAIN, SIMULATED, spec_of
from benchmarks.noop_overhead import BOUNDS, RULES
from benchmarks.processes import measure

if TYPE_CHECKING:
    from benchmarks.processes import Cost

RUNS = 5
PROFILE = ["--profile", "profiles/local"]
PLAN, RUN = ["ecoscope-workflows", "plan"], ["ecoscope-workflows", "run"]
DRY_RUN, SNAKEMAKE = ["snakemake", *PROFILE, "--dry-run", "--quiet"], ["snakemake", *PROFILE, "--quiet"]
HEADER = ["100 rules that have run", "CPU s", "wall s", "peak MB", "CPU: times less", "wall: times less"]
NOTHING, A_PARAM = "nothing has changed", "a param of 20 rules has changed"


def prepare(folder: Path) -> None:
    """Compile a workflow and run it."""
    (folder / "spec.yaml").write_text(spec_of(RULES))
    shutil.copy(SIMULATED, folder / "tracks.parquet")
    compile_ = ["ecoscope-workflows", "compile", "--spec", "spec.yaml", "--outpath", "."]
    subprocess.run(compile_, cwd=folder, check=True, capture_output=True)
    write_params(folder, BOUNDS)
    subprocess.run(SNAKEMAKE, cwd=folder, check=True, capture_output=True)


def write_params(folder: Path, bounds: str) -> None:
    """Give every chain of the workflow these params."""
    params = "".join(f"track_{chain}: {bounds}\n" for chain in range(RULES // INSTANCES_OF_A_CHAIN))
    (folder / "config" / "params.yaml").write_text(params)


def rows() -> list[list[str]]:
    """Return what each way of asking costs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        commands = {"dry run": DRY_RUN, "plan": PLAN, "Snakemake": SNAKEMAKE, "run": RUN}
        unchanged = measure(commands, folder, RUNS)
        write_params(folder, BOUNDS.replace("max_speed_kmhr: 120", "max_speed_kmhr: 90"))
        changed = measure({"dry run": DRY_RUN, "plan": PLAN}, folder, RUNS)
    return [
        HEADER,
        *_pair(f"{NOTHING}: `snakemake -n`", unchanged["dry run"], "`plan`", unchanged["plan"]),
        *_pair(f"{A_PARAM}: `snakemake -n`", changed["dry run"], "`plan`", changed["plan"]),
        *_pair(f"{NOTHING}: `snakemake`", unchanged["Snakemake"], "`run`", unchanged["run"]),
    ]


def _pair(theirs: str, their_cost: Cost, ours: str, our_cost: Cost) -> list[list[str]]:
    ratios = [f"{their_cost.cpu / our_cost.cpu:.1f}", f"{their_cost.wall / our_cost.wall:.1f}"]
    return [[theirs, *_numbers(their_cost), "", ""], [ours, *_numbers(our_cost), *ratios]]


def _numbers(cost: Cost) -> list[str]:
    return [f"{cost.cpu:.2f}", f"{cost.wall:.2f}", f"{cost.peak:.0f}"]


if __name__ == "__main__":
    from benchmarks.tables import markdown

    print(markdown(rows()), end="")
