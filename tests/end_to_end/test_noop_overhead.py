"""Fingerprints are taken at every start of Snakemake, so they must cost next to nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Project

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "noop_overhead.py"
# The most seconds that a start of 100 rules may take longer than one with constants in their place.
LIMIT = 0.3


@pytest.mark.slow
def test_the_fingerprints_of_a_hundred_rules_cost_less_than_the_limit(project: Project) -> None:
    run = project.call(sys.executable, BENCHMARK)
    assert run.code == 0, run.output
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in run.output.splitlines()]
    costs = {row[0]: dict(zip(table[0][1:], row[1:], strict=True)) for row in table[2:]}
    # Time of the processor: that of the wall is also what else the machine does.
    constants, fingerprints = (float(costs[name]["CPU s"]) for name in ("constants", "fingerprints"))
    assert fingerprints - constants < LIMIT, run.output
    assert float(costs["difference"]["CPU s"]) == pytest.approx(fingerprints - constants, abs=0.02)
