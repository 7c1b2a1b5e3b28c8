"""What a run has left in its folder in, why each of its jobs failed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ecoscope_workflows.compiler.loading import load_graph
from ecoscope_workflows.compiler.running.events import Event
from ecoscope_workflows.compiler.running.progress import DONE, NOT_RUN, Progress
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


CHAIN = f"{SPEC}  process_relocations: {{observations: load_relocations}}\n"
SECOND = "process_relocations"


@pytest.mark.parametrize("end", ["failed", None])
def test_a_result_of_an_earlier_run_is_not_said_to_be_done(end: str | None, tmp_path: Path) -> None:
    """A job that was to run and did not: what lies there was made of something else."""
    for name in ("workflow", "results", "logs"):
        (tmp_path / name).mkdir()
    (tmp_path / "workflow" / "spec.yaml").write_text(CHAIN)
    for name in (INSTANCE, SECOND):
        pq.write_table(pa.table({"x": [1]}), tmp_path / "results" / f"{name}.parquet")
    laid_out = view(load_graph(tmp_path / "workflow" / "spec.yaml"))
    progress = Progress({INSTANCE, SECOND}, lambda _: DONE)
    facts = {"job": 1, "rule": INSTANCE}
    events = [Event("plan", 1.0, {"jobs": {INSTANCE: 1, SECOND: 1}}), Event("job", 2.0, facts)]
    list(progress.take([*events, Event(end, 3.0, facts)] if end else events))
    summary = summary_of(tmp_path, laid_out, progress)
    assert [one.state for one in summary.statuses] == [end or NOT_RUN, NOT_RUN]
    waits = {SECOND: (INSTANCE,)}
    assert summary.held_up == (waits if end else {INSTANCE: (), **waits})
    assert summary.outdated == set(summary.held_up)


def test_an_error_of_an_earlier_run_is_not_told_again(tmp_path: Path) -> None:
    for name in ("workflow", "logs"):
        (tmp_path / name).mkdir()
    (tmp_path / "workflow" / "spec.yaml").write_text(SPEC)
    (tmp_path / "logs" / f"{INSTANCE}.log").write_text("error: EW621 it raised\n")
    progress = Progress({INSTANCE}, lambda _: DONE)
    list(progress.take([Event("plan", 1.0, {"jobs": {INSTANCE: 1}})]))
    summary = summary_of(tmp_path, view(load_graph(tmp_path / "workflow" / "spec.yaml")), progress)
    assert [(one.state, one.detail) for one in summary.statuses] == [(NOT_RUN, "")]
    assert summary.outdated == set()


@pytest.mark.parametrize("state", ["failed", "finished"])
def test_a_page_is_named_where_it_is_of_this_run(state: str, tmp_path: Path) -> None:
    for name in ("workflow", "results", "logs"):
        (tmp_path / name).mkdir()
    (tmp_path / "workflow" / "spec.yaml").write_text(
        f"{CHAIN}  relocations_to_trajectory: {{relocations: process_relocations}}\n"
        "  draw_ecomap: {geodataframe: relocations_to_trajectory}\n"
    )
    page = tmp_path / "results" / "draw_ecomap.html"
    page.write_text("<html>")
    progress = Progress({"draw_ecomap"}, lambda _: DONE)
    facts = {"job": 1, "rule": "draw_ecomap"}
    plan = Event("plan", 1.0, {"jobs": {"draw_ecomap": 1}})
    list(progress.take([plan, Event("job", 2.0, facts), Event(state, 3.0, facts)]))
    summary = summary_of(tmp_path, view(load_graph(tmp_path / "workflow" / "spec.yaml")), progress)
    assert summary.pages == ((page,) if state == "finished" else ())
