"""The words that start Snakemake."""

from __future__ import annotations

import sys
from pathlib import Path

from ecoscope_workflows.compiler.running.child import command


def test_snakemake_runs_with_the_local_profile_and_our_logger() -> None:
    assert command(Path("/e.jsonl"), ["--cores", "1"]) == [
        *(sys.executable, "-P", "-m", "snakemake"),
        *("--profile", "profiles/local"),
        *("--logger", "ecoscope", "--logger-ecoscope-path", "/e.jsonl"),
        *("--cores", "1"),
    ]


def test_another_profile_takes_the_place_of_the_local_one() -> None:
    for words in (["--profile", "profiles/slurm"], ["--profile=profiles/slurm"]):
        assert "profiles/local" not in command(Path("/e.jsonl"), words)
