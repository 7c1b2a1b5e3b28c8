"""The logs of jobs that Slurm has ended in, the reason out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecoscope_workflows.compiler.slurm_logs import why_slurm_ended
from ecoscope_workflows.runtime.place import NOTE, place

if TYPE_CHECKING:
    from pathlib import Path

LOG = NOTE.format(job=12, node="n1")
ENDED = "slurmstepd-n1: error: *** {} ON n1 CANCELLED AT 2026-11-22T18:51:09{} ***"
# As Slurm 22.05 and 23.11 write them; with control groups and without.
SAID = {
    "slurmstepd-n1: error: StepId=12.0 exceeded memory limit (923779072 > 734003200), being killed\n"
    + ENDED.format("STEP 12.0", ""): "more memory",
    "slurmstepd: error: Detected 1 oom_kill event in StepId=12.0. Some of the step tasks have been OOM"
    " Killed.": "more memory",
    "srun: error: n1: task 0: Out Of Memory": "more memory",
    ENDED.format("JOB 12", " DUE TO TIME LIMIT"): "longer",
    ENDED.format("JOB 12", " DUE TO NODE FAILURE"): "node failed",
    ENDED.format("JOB 12", " DUE TO PREEMPTION"): "its place",
    ENDED.format("STEP 12.0", ""): "cancelled",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "logs" / "slurm" / "rule_sum").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("named", [LOG, "SLURM-job '12' failed, SLURM status is: 'FAILED'."])
def test_the_reason_is_read_from_the_log_of_slurm(named: str, said: str, folder: Path) -> None:
    (folder / "logs" / "slurm" / "rule_sum" / "12.log").write_text(f"before\n{said}\nafter\n")
    why = why_slurm_ended(folder, f"other\n{named}\n")
    assert why.startswith("Slurm ended job 12: ")
    assert SAID[said] in why
    assert why.endswith("(logs/slurm/rule_sum/12.log)")


@pytest.mark.parametrize(
    "said",
    [
        "",
        "error: out of memory, says the task",
        "the text DUE TO TIME LIMIT stands in an argument",
        "srun: error: n1: task 0: Exited with exit code 1",
    ],
)
def test_what_slurm_does_not_say_is_no_reason(said: str, folder: Path) -> None:
    (folder / "logs" / "slurm" / "rule_sum" / "12.log").write_text(said)
    assert why_slurm_ended(folder, LOG) == ""


def test_a_job_that_ran_elsewhere_or_left_no_log_has_no_reason(folder: Path) -> None:
    (folder / "logs" / "slurm" / "rule_sum" / "12.log").write_text(next(iter(SAID)))
    assert why_slurm_ended(folder, "") == ""
    assert why_slurm_ended(folder, NOTE.format(job=2, node="n1")) == ""


def test_a_job_says_where_it_runs_on_a_cluster_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    assert place() == ""
    monkeypatch.setenv("SLURM_JOB_ID", "12")
    monkeypatch.setenv("SLURMD_NODENAME", "n1")
    assert place() == LOG
