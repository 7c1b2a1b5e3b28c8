"""Workflows on a real Slurm of one node: what they make, how jobs end there, and what goes on elsewhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.clusters.slurm import Slurm, missing
from tests.end_to_end.conftest import whole
from tests.end_to_end.slurm_runs import Cluster, Going, Runs, all_going

from ecoscope_workflows.contracts.digests import digest_of
from ecoscope_workflows.runtime.place import NOTE
from ecoscope_workflows.runtime.warm.announcement import FOLDER as WARM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.end_to_end.conftest import Project

EXECUTORS_VARIABLE = "ECOSCOPE_WORKFLOWS_EXECUTORS"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Start a Slurm."""
    executors = os.environ.get(EXECUTORS_VARIABLE, "")
    unset = "" if executors else f"set {EXECUTORS_VARIABLE} to a folder with Snakemake's executor for Slurm"
    why_not = missing() or unset
    if why_not and os.environ.get("CI"):
        pytest.fail(f"CI must have a Slurm: {why_not}")
    if why_not:
        pytest.skip(f"no Slurm here: {why_not}")
    with Slurm() as slurm:
        yield Cluster(slurm, Path(executors).resolve())


@pytest.fixture(scope="module")
def runs(
    cluster: Cluster, new_project: Callable[[], Project], examples: Path, reference_data: Path
) -> Iterator[Runs]:
    """Start all runs."""
    with all_going(cluster, new_project, examples, reference_data) as started:
        yield started


def test_a_run_that_was_stopped_on_slurm_goes_on_here(cluster: Cluster, runs: Runs) -> None:
    project = runs.stopped.project
    assert runs.stopped.finish().code != 0
    assert cluster.job(runs.stopped, "second", "CANCELLED").number
    assert project.stamps().keys() == {"first"}
    runs.stopped.is_told()
    here = project.snakemake()
    assert here.code == 0, here.output
    assert here.made == {"second", "third"}
    assert project.value("third") == 3
    assert "Slurm" in project.log("first")
    assert "Slurm" not in project.log("second")


def test_a_run_that_is_stopped_while_it_sends_jobs_leaves_none_behind(cluster: Cluster, runs: Runs) -> None:
    assert runs.cut.finish().code != 0
    assert {job.state for job in cluster.jobs(runs.cut)} == {"CANCELLED"}


def test_a_run_that_was_stopped_here_goes_on_on_slurm_as_one_job(cluster: Cluster, runs: Runs) -> None:
    there = runs.resumed.finish()
    assert there.code == 0, there.output
    assert there.plan == {"second": 1, "third": 1}
    assert runs.resumed.project.value("third") == 3
    assert "Slurm" not in runs.resumed.project.log("first")
    assert "Slurm" in runs.resumed.project.log("second")
    (job,) = cluster.jobs(runs.resumed)
    # The memory of one, and the time of both.
    assert (job.comment, job.state, job.memory, job.time) == (
        "rule_chain_second_third",
        "COMPLETED",
        "1000M",
        "1:00:00",
    )


def test_the_published_workflow_makes_the_same_bytes_as_here_and_goes_on_here(
    cluster: Cluster, runs: Runs
) -> None:
    here = runs.tracks_here.finish()
    assert here.code == 0, here.output
    expected = whole(runs.tracks_here.project.results)
    published = {name: content for name, content in expected.items() if not name.startswith("gate.")}
    project = runs.tracks.project
    runs.tracks.makes(published.keys())
    runs.tracks.stop()
    assert runs.tracks.finish().code != 0
    assert whole(project.results) == published
    assert (project.work / WARM).exists()
    assert "without a warm worker" not in project.logs()
    jobs = cluster.jobs(runs.tracks)
    assert [(job.comment.split("_")[1], job.state) for job in jobs] == [
        ("before", "COMPLETED"),
        ("behind", "CANCELLED"),
    ]
    for instance, job in {"subject_traj": jobs[0], "subject_tracking_dashboard": jobs[1]}.items():
        assert NOTE.format(job=job.number, node=cluster.slurm.node) in project.log(instance)
    runs.tracks.is_told()
    rest = project.snakemake()
    assert rest.code == 0, rest.output
    assert rest.made == {"gate"}
    assert whole(project.results) == expected


@pytest.fixture(scope="module")
def failed(runs: Runs) -> Going:
    """Return the run with faults when it has ended."""
    assert runs.faults.finish().code == 1
    return runs.faults


def test_the_example_makes_the_same_bytes_as_here(
    cluster: Cluster, runs: Runs, examples: Path, project: Project
) -> None:
    project.compiled(spec=examples / "time_density" / "spec.yaml")
    assert project.snakemake().code == 0
    there = runs.example.finish()
    assert there.code == 0, there.output + runs.example.project.logs()
    assert whole(runs.example.project.results) == whole(project.results)
    jobs = {job.comment: job for job in cluster.jobs(runs.example)}
    for instance in ("load_relocations", "draw_ecomap"):
        number = jobs[f"rule_{instance}"].number
        assert NOTE.format(job=number, node=cluster.slurm.node) in runs.example.project.log(instance)


def test_groups_are_computed_side_by_side_in_one_job(cluster: Cluster, runs: Runs) -> None:
    there = runs.groups.finish()
    assert there.code == 0, there.output + runs.groups.project.logs()
    assert there.plan == {"herd": 1, "grown": 1}
    assert cluster.job(runs.groups, "grown", "COMPLETED").processors == "2"


def test_groups_are_computed_by_several_jobs_where_that_is_asked_for(cluster: Cluster, runs: Runs) -> None:
    there, project = runs.chunks.finish(), runs.chunks.project
    assert there.code == 0, there.output + project.logs()
    assert runs.groups.finish().code == 0
    one_job = runs.groups.project.results
    for instance in ("herd", "grown"):
        assert digest_of(project.results / f"{instance}.zip") == digest_of(one_job / instance)
    jobs = [job.comment for job in cluster.jobs(runs.chunks)]
    assert sorted(comment.partition("_wildcards_")[0] for comment in jobs) == [
        "rule_grown",
        "rule_grown_chunk",
        "rule_grown_chunk",
        "rule_herd",
    ]
    logs = [path.read_text(encoding="utf-8") for path in (project.work / "logs" / "grown").iterdir()]
    assert len(logs) == 2
    assert all("Slurm" in log for log in logs)


def test_no_job_of_one_task_starts_or_expects_a_warm_worker(runs: Runs) -> None:
    assert runs.example.finish().code == 0
    assert not (runs.example.project.work / WARM).exists()
    assert "without a warm worker" not in runs.example.project.logs()


def test_what_a_task_takes_is_what_slurm_is_asked_for(cluster: Cluster, failed: Going) -> None:
    fine = cluster.job(failed, "fine", "COMPLETED")
    assert (fine.partition, fine.processors, fine.memory, fine.time) == ("main", "2", "900M", "2:00")
    divided = cluster.job(failed, "divided", "FAILED")
    assert (divided.processors, divided.memory, divided.time) == ("1", "1000M", "30:00")


ENDS = {
    "divided": ("FAILED", "EW621 divided (task 'divide') raised ZeroDivisionError", ""),
    "too_big": (
        "FAILED",
        "it took more memory than it asked for: raise `mem_mb` of its resources",
        "too_big",
    ),
    "too_slow": ("TIMEOUT", "it took longer than it asked for: raise `runtime` of its resources", "too_slow"),
    "unwanted": ("CANCELLED", "it was cancelled", "unwanted"),
}


@pytest.mark.parametrize("instance", ENDS)
def test_a_job_that_ends_badly_is_named_with_its_log_and_the_reason(
    instance: str, cluster: Cluster, failed: Going
) -> None:
    state, reason, slurm_log = ENDS[instance]
    job = cluster.job(failed, instance, state)
    said = failed.output.read_text(encoding="utf-8")
    assert f"failed {instance}: see logs/{instance}.log\n" in said
    assert reason in said.partition(f"failed {instance}: ")[2].partition("\nfailed ")[0]
    if slurm_log:
        assert (
            f"Slurm ended job {job.number}: {reason} (logs/slurm/rule_{slurm_log}/{job.number}.log)" in said
        )
    status = failed.project.call("ecoscope-workflows", "status", "work").output
    row = next(line for line in status.splitlines() if line.startswith(f"{instance} "))
    assert row.split()[1] == "failed"
    assert reason.partition(" (task")[0].removeprefix("EW621 ") in row or "ZeroDivisionError" in row
    # What the user of `snakemake` itself sees.
    (printed,) = failed.project.work.glob(".snakemake/ecoscope-workflows/runs/*.log")
    error = printed.read_text(encoding="utf-8").partition(f"Error in rule {instance}:")[2]
    assert f"SLURM-job '{job.number}' failed, SLURM status is: '{state}'" in error.partition("Error in")[0]
    assert f"log: logs/{instance}.log" in error.partition("Error in")[0]


def test_what_needs_no_failed_job_is_made_and_what_does_is_told(failed: Going) -> None:
    assert failed.project.stamps().keys() == {"fine", "requeued"}
    said = failed.output.read_text(encoding="utf-8")
    assert "not run after: needs unwanted" in said


def test_a_job_that_is_put_back_into_the_queue_is_waited_for(cluster: Cluster, failed: Going) -> None:
    assert failed.project.value("requeued") == 1
    assert "failed requeued:" not in failed.output.read_text(encoding="utf-8")
    job = cluster.job(failed, "requeued", "COMPLETED")
    assert "Restarts=1" in cluster.slurm.call("scontrol", "show", "job", job.number)


def test_a_group_of_which_one_task_fails_says_which(cluster: Cluster, failed: Going) -> None:
    said = failed.output.read_text(encoding="utf-8")
    assert "EW621 broken (task 'divide') raised ZeroDivisionError" in said
    assert "failed beside: see logs/beside.log\n  broken failed in the same job\n" in said
    (job,) = [job for job in cluster.jobs(failed) if job.comment.startswith("rule_pair")]
    assert (job.state, job.processors, job.memory) == ("FAILED", "2", "2000M")
