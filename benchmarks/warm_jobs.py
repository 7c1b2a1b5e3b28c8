"""A hundred jobs with geopandas: a chain and side by side, beside the same rules written by hand.

Run ``python benchmarks/warm_jobs.py``.
Each job reads a table of fixes as GeoParquet, keeps those inside a box and not on the position that means
"no fix", and writes the rest.
By hand that is a script of ten lines that a rule starts with ``python``, as people write it; it checks no
types and keeps no record of where its result comes from.
Both read the same file, make files with the same rows, and run from an empty folder on two cores.
The processor time of the warm workers is in nobody's account but their own, and so not in the table.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.processes import Cost, measure

JOBS = 100
RUNS = 3
HEADER = ["100 jobs, 2 cores", "wall s", "CPU s without the server", "by hand / wall", "peak MB"]
FIXES = Path(__file__).parents[1] / "src/ecoscope_workflows/tasks/io/load-relocations.example-return.parquet"
SCRIPT = """\
import sys

import geopandas as gpd

source, target = sys.argv[1:]
fixes = gpd.read_parquet(source)
x, y = fixes.geometry.x, fixes.geometry.y
inside = (x > -180) & (x < 180) & (y > -90) & (y < 90)
wrong = (x == 0) & (y == 0)
fixes[inside & ~wrong].reset_index(drop=True).to_parquet(target, compression="zstd")
"""
BOX = "{min_x: -180, max_x: 180, min_y: -90, max_y: 90}"
# What a run leaves behind.
MADE = "results .snakemake .ecoscope-workflows logs benchmarks"


def sources(shape: str) -> list[str | None]:
    """Return for each job the job before it, or None where it reads the file of fixes."""
    return [f"step_{number - 1}" if shape == "chain" and number else None for number in range(JOBS)]


def by_hand(shape: str) -> str:
    """Return the rules as people write them."""
    lines = ["rule all:", f"    input: {[f'results/step_{number}.parquet' for number in range(JOBS)]}"]
    for number, source in enumerate(sources(shape)):
        lines += [
            f"rule step_{number}:",
            f"    input: '{f'results/{source}.parquet' if source else 'fixes.parquet'}'",
            f"    output: 'results/step_{number}.parquet'",
            f"    log: 'logs/step_{number}.log'",
            "    shell: 'python step.py {input} {output} 2> {log}'",
        ]
    return "\n".join(lines) + "\n"


def spec(shape: str) -> str:
    """Return the same as a spec; the task that reads the file stands in for the first input of all jobs."""
    lines = ["id: bench", "requirements: []", "workflow:"]
    lines += ["  - {id: fixes, task: load_relocations, partial: {path: fixes.parquet}}"]
    for number, source in enumerate(sources(shape)):
        lines += [
            f"  - id: step_{number}",
            "    task: apply_reloc_coord_filter",
            "    partial:",
            f"      df: ${{{{ workflow.{source or 'fixes'}.return }}}}",
            f"      bounding_box: {BOX}",
            "      filter_point_coords: [{x: 0, y: 0}]",
            "      roi_gdf: null",
            "      roi_name: null",
            "      reset_index: true",
        ]
    return "\n".join(lines) + "\n"


def prepare(folder: Path, shape: str) -> dict[str, list[str]]:
    """Write both workflows, and return the commands that run them from an empty folder."""
    (folder / "spec.yaml").write_text(spec(shape), encoding="utf-8")
    command = ["ecoscope-workflows", "compile", "--spec", "spec.yaml", "--outpath", "work"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    work = folder / "work"
    (work / "fixes.parquet").write_bytes(FIXES.read_bytes())
    (work / "step.py").write_text(SCRIPT, encoding="utf-8")
    (work / "by_hand.smk").write_text(by_hand(shape), encoding="utf-8")
    profile = ["--profile", "profiles/local", "--cores", "2"]
    empty = ["bash", "-c", f'rm -rf {MADE} && exec "$@"', "cold", "snakemake"]
    return {
        # Without a profile, as most people start it.
        "by hand": [*empty, "--snakefile", "by_hand.smk", "--cores", "2"],
        "compiled": [*empty, *profile],
    }


def rows() -> list[list[str]]:
    """Return what a hundred jobs cost in a chain and side by side."""
    table = [HEADER]
    for shape in ("chain", "parallel"):
        with tempfile.TemporaryDirectory() as name:
            commands = prepare(Path(name), shape)
            found = measure(commands, Path(name) / "work", RUNS)
        unit = found["by hand"]
        table += [row(f"{shape}, {kind}", cost, unit) for kind, cost in found.items()]
    return table


def row(name: str, cost: Cost, unit: Cost) -> list[str]:
    """Return one line of the table."""
    return [name, f"{cost.wall:.2f}", f"{cost.cpu:.2f}", f"{unit.wall / cost.wall:.1f}", f"{cost.peak:.0f}"]


if __name__ == "__main__":
    from benchmarks.tables import markdown

    print(markdown(rows()), end="")
