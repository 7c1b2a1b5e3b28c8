"""The published subject-tracking workflow: Snakemake on two cores beside the script, and doing nothing.

Run ``python benchmarks/subject_tracking.py`` with ``ECOSCOPE_WORKFLOWS_REFERENCE`` set: the spec, its params
and the fixes of two subjects are published data, which are not part of this package.
Both targets run the same instances on the same example data, grouped by subject, from an empty folder.
Doing nothing is measured beside Snakemake's own: a Snakefile written by hand with as many rules.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.processes import Cost, measure

REFERENCE_VARIABLE = "ECOSCOPE_WORKFLOWS_REFERENCE"
CASE = "value-grouper"
RUNS = 3
HEADER = ["subject-tracking", "wall s", "CPU s", "wall / script", "peak MB"]
NO_OP_HEADER = ["nothing has changed", "wall s", "CPU s", "wall / by hand", "peak MB"]
NOT_MEASURED = [f"not measured: {REFERENCE_VARIABLE} is not set", *[""] * 4]
SNAKEMAKE = ["snakemake", "--profile", "profiles/local", "--cores", "2"]
RUN = ["ecoscope-workflows", "run"]
BY_HAND = "by_hand.smk"
# What a run leaves behind.
MADE = "results .snakemake .ecoscope-workflows logs benchmarks"


def prepare(folder: Path, reference: Path) -> Path:
    """Compile the workflow for both targets, and return the folder of the one for Snakemake."""
    published = reference / "data" / "snapshots" / "subject-tracking"
    mocks = ["--testing", "--mock-io", "--mock-data", str(reference / "data" / "ecoscope2026" / "io")]
    for target in (["snakemake", "--outpath", "work"], ["script-sequential", "--outpath", "script.py"]):
        command = ["compile", "--spec", str(published / "spec.yaml"), "--target", *target, *mocks]
        subprocess.run(["ecoscope-workflows", *command], cwd=folder, check=True, capture_output=True)
    work = folder / "work"
    cases = yaml.safe_load((published / "test-cases.yaml").read_text(encoding="utf-8"))
    params = yaml.safe_dump(cases[CASE]["params"], allow_unicode=True)
    (work / "config" / "params.yaml").write_text(params, encoding="utf-8")
    (work / BY_HAND).write_text(by_hand((work / "workflow" / "Snakefile").read_text(encoding="utf-8")))
    return work


def by_hand(compiled: str) -> str:
    """Return a Snakefile of as many rules as people write them, each of which needs the one before."""
    count = len(re.findall(r"^rule (?!all\b)\w+:", compiled, re.MULTILINE))
    lines = ["rule all:", f"    input: [f'by_hand/{{number}}' for number in range({count})]"]
    for number in range(count):
        # Snakemake imports pandas for any rule that has params, and these decide what runs again.
        lines += [
            f"rule by_hand_{number}:",
            f"    input: {[f'by_hand/{number - 1}'] if number else []}",
            f"    output: 'by_hand/{number}'",
            f"    log: 'logs/by_hand_{number}.log'",
            f"    benchmark: 'benchmarks/by_hand_{number}.tsv'",
            f"    params: text='{number}'",
            "    shell: 'echo {params.text} > {output} 2> {log}'",
        ]
    return "\n".join(lines) + "\n"


def cold(command: list[str]) -> list[str]:
    """Return a command that runs as if it had never run."""
    return ["bash", "-c", f'rm -rf {MADE} && exec "$@"', "cold", *command]


def run_rows() -> list[list[str]]:
    """Return what a run from an empty folder costs, and one that finds all done."""
    reference = os.environ.get(REFERENCE_VARIABLE)
    if not reference:
        return [HEADER, NOT_MEASURED]
    with tempfile.TemporaryDirectory() as name:
        work = prepare(Path(name), Path(reference))
        script = [sys.executable, str(Path(name) / "script.py"), "--config", "config/params.yaml"]
        found = measure({"script": cold(script), "Snakemake": cold(SNAKEMAKE)}, work, RUNS)
        # The results of the last run are there.
        found |= measure({"ecoscope-workflows run, nothing has changed": RUN}, work)
        return table(HEADER, found)


def no_op_rows() -> list[list[str]]:
    """Return what a run costs that has nothing to do."""
    reference = os.environ.get(REFERENCE_VARIABLE)
    if not reference:
        return [NO_OP_HEADER, NOT_MEASURED]
    commands = {
        "Snakefile by hand": [*SNAKEMAKE, "--snakefile", BY_HAND],
        "compiled Snakefile": SNAKEMAKE,
        "ecoscope-workflows run": RUN,
    }
    with tempfile.TemporaryDirectory() as name:
        work = prepare(Path(name), Path(reference))
        for command in commands.values():
            subprocess.run(command, cwd=work, check=True, capture_output=True)
            again = subprocess.run(command, cwd=work, check=True, capture_output=True, text=True)
            if command != RUN and "Nothing to be done" not in again.stderr:
                sys.exit(again.stderr)
        return table(NO_OP_HEADER, measure(commands, work))


def table(header: list[str], found: dict[str, Cost]) -> list[list[str]]:
    """Return a table whose first row is what the others are compared with."""
    unit = next(iter(found.values()))
    return [
        header,
        *(
            [name, f"{cost.wall:.2f}", f"{cost.cpu:.2f}", f"{cost.wall / unit.wall:.2f}", f"{cost.peak:.0f}"]
            for name, cost in found.items()
        ),
    ]


if __name__ == "__main__":
    from benchmarks.tables import markdown

    print(markdown(run_rows()), markdown(no_op_rows()), sep="\n", end="")
