"""What short commands cost as whole processes, and what a compiled Snakefile adds to Snakemake's own reading.

Run ``python benchmarks/start_up.py``.
The Snakefile by hand is the compiled one of the dashboard, with constants in the place of what is worked out
from the params and the code; both are read, and nothing more is done with them.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import tokenize
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.processes import measure

SPEC = Path(__file__).parents[1] / "specs" / "elephant_dashboard" / "spec.yaml"
COMPILED, BY_HAND = "workflow/Snakefile", "workflow/by_hand.smk"


def rows() -> list[list[str]]:
    """Return what commands cost that do nothing but start and print."""
    program = [sys.executable, "-m", "ecoscope_workflows"]
    with tempfile.TemporaryDirectory() as name:
        index = f"ECOSCOPE_WORKFLOWS_INDEX={name}/index"
        commands = {
            "empty Python": [sys.executable, "-c", "pass"],
            "`--help`": [*program, "--help"],
            "`tasks`": ["env", index, *program, "tasks"],
            "`tasks`, without an index": ["env", "ECOSCOPE_WORKFLOWS_INDEX=", *program, "tasks"],
        }
        costs = measure(commands, Path(name))
    unit = costs["empty Python"]
    return [
        ["start", "CPU s", "wall s", "CPU / empty Python", "peak MB"],
        *(
            [name, f"{cost.cpu:.2f}", f"{cost.wall:.2f}", f"{cost.cpu / unit.cpu:.0f}", f"{cost.peak:.0f}"]
            for name, cost in costs.items()
        ),
    ]


def reading_rows() -> list[list[str]]:
    """Return what Snakemake takes to read a Snakefile and list its rules."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = ["ecoscope-workflows", "compile", "--spec", str(SPEC), "--outpath", "."]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        (folder / BY_HAND).write_text(by_hand((folder / COMPILED).read_text(encoding="utf-8")))
        words = ["snakemake", "--list-rules", "--snakefile"]
        first = 'rm -rf .ecoscope-workflows && exec "$@"'
        commands = {
            "by hand": [*words, BY_HAND],
            "compiled": [*words, COMPILED],
            "compiled, first start in a folder": ["sh", "-c", first, "first", *words, COMPILED],
        }
        costs = measure(commands, folder)
    unit = costs["by hand"]
    return [
        ["rules of the dashboard", "CPU s", "wall s", "CPU / by hand", "peak MB"],
        *(
            [name, f"{cost.cpu:.2f}", f"{cost.wall:.2f}", f"{cost.cpu / unit.cpu:.2f}", f"{cost.peak:.0f}"]
            for name, cost in costs.items()
        ),
    ]


def by_hand(compiled: str) -> str:
    """Return a Snakefile whose rules have the text of each call of `compiled` in its place."""
    rules = compiled[compiled.index("configfile:") :]
    found: list[str] = []
    while (start := rules.find("compiled.")) >= 0:
        end = start + _length_of_call(rules[start:])
        found += [rules[:start], repr(" ".join(rules[start:end].split()))]
        rules = rules[end:]
    return "".join([*found, rules])


def _length_of_call(text: str) -> int:
    lines = text.splitlines(keepends=True)
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        depth += (token.string == "(") - (token.string == ")")
        if token.string == ")" and depth == 0:
            row, column = token.end
            return sum(map(len, lines[: row - 1])) + column
    sys.exit(f"no end of the call {lines[0]!r}")


if __name__ == "__main__":
    from benchmarks.tables import markdown

    print(markdown(rows()), markdown(reading_rows()), sep="\n", end="")
