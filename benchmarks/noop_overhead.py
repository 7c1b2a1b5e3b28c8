"""What taking fingerprints adds to a start of Snakemake that finds nothing to do.

Run ``python benchmarks/noop_overhead.py``.
Two Snakefiles of one workflow of 100 rules, whose results are all there: one takes the fingerprints of the
tasks, the other has them as constants.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.compile_and_run import INSTANCES_OF_A_CHAIN, spec_of
from benchmarks.processes import Cost, measure

from ecoscope_workflows.runtime.fingerprint import fingerprint

RULES = 100
RUNS = 3
BOUNDS = (
    "{min_length_meters: 0, max_length_meters: 10000, min_time_secs: 1, max_time_secs: 3600,"
    " min_speed_kmhr: 0, max_speed_kmhr: 120}"
)
HEADER = ["no-op of 100 rules", "CPU s", "wall s", "peak MB"]
COMPILED, CONSTANT = "workflow/Snakefile", "workflow/Constant.smk"


def constant(snakefile: str) -> str:
    """Return a Snakefile with constants where it would take fingerprints."""

    def taken(call: re.Match[str]) -> str:
        module, _, name = call[1].partition(":")
        return f'"{call[1]}@{fingerprint(module, name)}"'

    return re.sub(r'compiled\.code\(\s*"([\w.:]+)",?\s*\)', taken, snakefile)


def prepare(folder: Path) -> None:
    """Compile the workflow, and lay its results out as if it had run."""
    (folder / "spec.yaml").write_text(spec_of(RULES))
    command = ["ecoscope-workflows", "compile", "--spec", "spec.yaml", "--outpath", "."]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    snakefile = (folder / COMPILED).read_text()
    (folder / CONSTANT).write_text(constant(snakefile))
    params = "".join(f"track_{chain}: {BOUNDS}\n" for chain in range(RULES // INSTANCES_OF_A_CHAIN))
    (folder / "config" / "params.yaml").write_text(params)
    # Its first rule asks for all of them, in their order.
    outputs = list(dict.fromkeys(re.findall(r'"<results>/([\w.]+)"', snakefile)))
    if len(outputs) != RULES:
        sys.exit(f"{COMPILED} has {len(outputs)} outputs")
    (folder / "results").mkdir()
    for age, name in enumerate(["../tracks.parquet", *outputs]):
        path = folder / "results" / name
        path.touch()
        # Each result is younger than those it is made of.
        os.utime(path, (1_700_000_000 + age, 1_700_000_000 + age))


def start(snakefile: str) -> list[str]:
    """Return the command that starts Snakemake."""
    return ["snakemake", "--snakefile", snakefile, "--profile", "profiles/local"]


def costs() -> tuple[Cost, Cost]:
    """Return what a start costs with constants, and with fingerprints."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        for snakefile in (CONSTANT, COMPILED):
            run = subprocess.run(start(snakefile), cwd=folder, check=True, capture_output=True, text=True)
            if "Nothing to be done" not in run.stderr:
                sys.exit(run.stderr)
        found = measure({snakefile: start(snakefile) for snakefile in (CONSTANT, COMPILED)}, folder, RUNS)
    return found[CONSTANT], found[COMPILED]


def rows() -> list[list[str]]:
    """Return the header, a row for each of the two, and by how much they differ."""
    constants, fingerprints = costs()
    more = Cost(
        cpu=fingerprints.cpu - constants.cpu,
        wall=fingerprints.wall - constants.wall,
        peak=fingerprints.peak - constants.peak,
    )
    return [
        HEADER,
        *(
            [name, f"{cost.cpu:{sign}.2f}", f"{cost.wall:{sign}.2f}", f"{cost.peak:{sign}.0f}"]
            for name, cost, sign in (
                ("constants", constants, ""),
                ("fingerprints", fingerprints, ""),
                ("difference", more, "+"),
            )
        ),
    ]


if __name__ == "__main__":
    from benchmarks.tables import markdown

    print(markdown(rows()), end="")
