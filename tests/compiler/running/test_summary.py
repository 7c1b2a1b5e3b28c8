"""What a run has left in its folder in, why each of its jobs failed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.compiler.loading import load_graph
from ecoscope_workflows.compiler.running.events import Event
from ecoscope_workflows.compiler.running.progress import DONE, Progress
from ecoscope_workflows.compiler.running.summary import summary_of
from ecoscope_workflows.runtime.place import NOTE
from ecoscope_workflows.targets.view import view

if TYPE_CHECKING:
    from pathlib import Path

SPEC = "name: tracks\ntasks:\n  load_relocations: {}\n"
INSTANCE = "load_relocations"
ON_SLURM = NOTE.format(job=7, node="n1")
EXECUTOR = (
    "SLURM-job '7' failed, SLURM status is: 'CANCELLED'. Detailed failure reason unavailable (status command"
    " is not 'sacct').For further error details see the cluster/cloud log and the log files."
)
SLURM = "slurmstepd-n1: error: *** JOB 7 ON n1 CANCELLED AT 2026-11-22T18:51:09 DUE TO TIME LIMIT ***\n"
LONGER = "it took longer than it asked for: raise `runtime` of its resources"


@pytest.mark.parametrize(
    ("log", "executor", "slurm", "reason"),
    [
        ("error: EW621 it raised\nin a line\n", EXECUTOR, SLURM, "EW621 it raised\nin a line"),
        (ON_SLURM, EXECUTOR, SLURM, f"Slurm ended job 7: {LONGER} (logs/slurm/rule_x/7.log)"),
        ("", EXECUTOR, SLURM, f"Slurm ended job 7: {LONGER} (logs/slurm/rule_x/7.log)"),
        ("", EXECUTOR, "", "SLURM-job '7' failed, SLURM status is: 'CANCELLED'."),
        ("", "", "", "the job was killed before it could say why"),
    ],
)
def test_the_reason_is_what_is_known_best(
    log: str, executor: str, slurm: str, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "workflow").mkdir()
    (tmp_path / "workflow" / "spec.yaml").write_text(SPEC)
    (tmp_path / "logs" / "slurm" / "rule_x").mkdir(parents=True)
    (tmp_path / "logs" / f"{INSTANCE}.log").write_text(log)
    (tmp_path / "logs" / "slurm" / "rule_x" / "7.log").write_text(slurm)
    progress = Progress({INSTANCE}, lambda _: DONE)
    facts = {"job": 1, "rule": INSTANCE}
    list(progress.take([Event("job", 1.0, facts), Event("failed", 2.0, {**facts, "text": executor})]))
    summary = summary_of(tmp_path, view(load_graph(tmp_path / "workflow" / "spec.yaml")), progress)
    (failure,) = summary.failures
    assert failure.error.startswith(reason)
    assert "further error details" not in failure.error
    (status,) = summary.statuses
    assert (status.state, reason.partition("\n")[0] in status.detail) == ("failed", True)
