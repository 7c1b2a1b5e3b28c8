"""Runs on a Slurm, all going on at the same time: a cluster is slow to answer, and each waits for it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.end_to_end.conftest import Project, Run
from tests.end_to_end.slurm_subject_tracking import in_two_groups, subject_tracking
from tests.end_to_end.test_fan_out import PARAMS, SPEC

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from tests.clusters.slurm import Job, Slurm

PATIENCE = 240.0
# The jobs of these tests are short, and their file system shows a new file at once.
QUICK = {"slurm-init-seconds-before-status-checks": "4", "latency-wait": "2"}
OPTIONS = ("--profile", "profiles/slurm", *(word for key in QUICK for word in (f"--{key}", QUICK[key])))
FAULTS = """\
id: faults
requirements: []
workflow:
  - {id: fine, task: waits, partial: {path: workflow}, resources: {threads: 2, mem_mb: 900}, timeout: 100}
  - {id: divided, task: divide, partial: {number: 1, by: 0}}
  - {id: too_big, task: hungry, partial: {megabytes: 1500}, resources: {mem_mb: 700}}
  - {id: too_slow, task: waits, partial: {path: never}, resources: {runtime: 1}}
  - {id: unwanted, task: waits, partial: {path: never}}
  - {id: after, task: waits, partial: {path: never, number: "${{ workflow.unwanted.return }}"}}
  - {id: requeued, task: waits, partial: {path: go}}
  - {id: broken, task: divide, partial: {number: 1, by: 0}}
  - {id: beside, task: waits, partial: {path: workflow}}
"""
WAITS = "task: waits, partial: {path: never}, resources: {slurm_partition: closed}"
WIDE = "id: wide\nrequirements: []\nworkflow:\n" + "".join(
    f"  - {{id: wide_{number}, {WAITS}}}\n" for number in range(20)
)
CHAIN = """\
id: chain
requirements: []
workflow:
  - {id: first, task: waits, partial: {path: workflow}}
  - {id: second, task: waits, partial: {path: go, number: "${{ workflow.first.return }}"}}
  - {id: third, task: waits, partial: {path: workflow, number: "${{ workflow.second.return }}"}}
"""
IN_CHUNKS = ("--fan-out", "jobs", "--chunk-size", "1", "--collections", "file")
A_PAIR = ("--groups", "broken=pair", "beside=pair", "--group-components", "pair=2")
AS_ONE = ("--groups", "first=chain", "second=chain", "third=chain")


@dataclass(frozen=True)
class Going:
    """A program that runs beside the others, in the folder of a compiled workflow."""

    project: Project
    process: subprocess.Popen[bytes]
    output: Path

    def stop(self) -> None:
        """Tell it to stop, as Ctrl-C does; it may not end before it has asked Slurm once more."""
        os.killpg(self.process.pid, signal.SIGINT)

    def wait_until(self, holds: Callable[[], bool], otherwise: str) -> None:
        """Wait for something that happens while it runs."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert self.process.poll() is None, self.output.read_text(encoding="utf-8")
            assert time.monotonic() < end, otherwise
            time.sleep(0.1)

    def says(self, instance: str, word: str) -> None:
        """Wait until there is the log of an instance with a word in it."""
        log = self.project.work / "logs" / f"{instance}.log"
        self.wait_until(
            lambda: log.exists() and word in log.read_text(encoding="utf-8"), f"{log} does not say {word!r}"
        )

    def makes(self, names: Collection[str]) -> None:
        """Wait until there are these files among the results."""
        paths = [self.project.results / name for name in names]
        self.wait_until(lambda: all(path.exists() for path in paths), f"not all are made of {names}")

    def is_told(self) -> None:
        """Let the jobs of this run that wait for it go on."""
        (self.project.work / "go").touch()

    def finish(self) -> Run:
        """Wait for its end."""
        code = self.process.wait(PATIENCE)
        return Run(code, self.output.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Cluster:
    """A Slurm, and what finds it."""

    slurm: Slurm
    executors: Path

    def environment(self, project: Project) -> dict[str, str]:
        """Return the variables of a user of this cluster."""
        kept = project.environment()
        path = os.pathsep.join([str(Path(sys.executable).parent), self.slurm.environment["PATH"]])
        return {
            **kept,
            **self.slurm.environment,
            "PATH": path,
            "PYTHONPATH": os.pathsep.join([kept["PYTHONPATH"], str(self.executors)]),
        }

    def start(self, project: Project, *command: str) -> Going:
        """Start a program in the folder of a compiled workflow."""
        output = project.folder / f"output-{time.monotonic_ns()}"
        with output.open("wb") as stream:
            process = subprocess.Popen(
                command,
                cwd=project.work,
                env=self.environment(project),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        return Going(project, process, output)

    def job(self, going: Going, rule: str, state: str = "RUNNING") -> Job:
        """Wait until a job of a run is in some state."""
        return self.slurm.job(going.project.work, rule, state)

    def jobs(self, going: Going) -> list[Job]:
        """Return the jobs of a run, those that were sent first before the others."""
        found = [job for job in self.slurm.jobs() if job.folder == str(going.project.work)]
        return sorted(found, key=lambda job: int(job.number))


@dataclass(frozen=True)
class Runs:
    """All runs of this module, each of which has begun.

    Parameters
    ----------
    example
        The time density example, by a profile that was installed.
    groups
        A fan-out.
    chunks
        The same by several jobs.
    faults
        Jobs that end badly, one of them cancelled by somebody else, and one that is put back into the queue.
    stopped
        A chain that is stopped while its second job waits on Slurm.
    resumed
        A chain that was stopped while its second job waited here, and goes on on Slurm, the rest as one job.
    cut
        Many jobs in a queue, which is stopped while they are being sent.
    tracks
        The published workflow and one that waits, as two groups of jobs.
    tracks_here
        The same on this machine.
    """

    example: Going
    groups: Going
    chunks: Going
    faults: Going
    stopped: Going
    resumed: Going
    cut: Going
    tracks: Going
    tracks_here: Going


@contextmanager
def all_going(
    cluster: Cluster, new_project: Callable[[], Project], examples: Path, published: Path
) -> Iterator[Runs]:
    """Start all runs, each as soon as it can: the waiting of one is the working time of another."""

    def compiled(spec: str | Path, *options: str) -> Project:
        project = new_project()
        if isinstance(spec, str):
            project.write_spec(spec)
        return project.compiled(*options, spec=None if isinstance(spec, str) else spec)

    on_slurm, here = ("snakemake", *OPTIONS), ("snakemake", "--profile", "profiles/local")
    started: dict[str, Going] = {}
    with ending(started):
        run = ("ecoscope-workflows", "run", "--", *OPTIONS, *A_PAIR)
        started["faults"] = cluster.start(compiled(FAULTS), *run)
        chain = compiled(CHAIN)
        waiting = copied(chain, new_project())
        started["stopped"] = cluster.start(chain, *on_slurm)
        started["resumed"] = cluster.start(waiting, *here)
        started["cut"] = cluster.start(compiled(WIDE), *on_slurm)
        started["cut"].wait_until(lambda: bool(cluster.jobs(started["cut"])), "no job is sent")
        started["cut"].stop()
        tracks = subject_tracking(new_project(), published)
        started["tracks_here"] = cluster.start(copied(tracks, new_project()), *here)
        started["tracks_here"].is_told()
        started["tracks"] = cluster.start(tracks, *on_slurm, *in_two_groups(tracks))
        started["example"] = example_run(cluster, compiled(examples / "time_density" / "spec.yaml"))
        # Each fan-out is two jobs one behind the other: one is enough.
        fan_out = SPEC.partition("  - {id: counted")[0]
        groups = compiled(fan_out.replace("task: grow,", "task: grow, resources: {threads: 2},"))
        chunks = compiled(fan_out, *IN_CHUNKS)
        for name, project in {"groups": groups, "chunks": chunks}.items():
            project.write_params({name: PARAMS[name] for name in ("herd", "grown")})
            started[name] = cluster.start(project, *on_slurm)
        started["resumed"] = disturbed(cluster, **started)
        yield Runs(**started)


def copied(project: Project, other: Project) -> Project:
    """Copy a compiled workflow that has not run."""
    shutil.copytree(project.work, other.work)
    return other


def example_run(cluster: Cluster, example: Project) -> Going:
    """Start the example by a profile that was installed."""
    settings = [word for key in QUICK for word in ("--set", f"{key}={QUICK[key]}")]
    installed = cluster.start(
        example, "ecoscope-workflows", "profiles", "install", "slurm", *settings
    ).finish()
    assert installed.code == 0, installed.output
    assert "partition main: the default of this cluster" in installed.output
    assert "asked for with squeue" in installed.output
    return cluster.start(example, "snakemake", "--profile", "slurm")


@contextmanager
def ending(started: Mapping[str, Going]) -> Iterator[None]:
    """Leave no program behind, whatever happens."""
    try:
        yield
    finally:
        for going in started.values():
            if going.process.poll() is None:
                going.stop()
                going.finish()


def disturbed(cluster: Cluster, *, faults: Going, stopped: Going, resumed: Going, **_: Going) -> Going:
    """Do to the runs what users and administrators do to them, and return the one that goes on on Slurm."""
    resumed.says("second", "")
    resumed.stop()
    assert resumed.finish().code != 0
    resumed.is_told()
    goes_on = cluster.start(resumed.project, "snakemake", *OPTIONS, *AS_ONE)
    stopped.says("second", "Slurm")
    stopped.stop()
    faults.says("unwanted", "Slurm")
    cluster.slurm.call("scancel", cluster.job(faults, "unwanted").number)
    # What Slurm does by itself where a node fails.
    cluster.slurm.call("scontrol", "requeue", cluster.job(faults, "requeued").number)
    faults.is_told()
    # It asked for a minute, which is the shortest time there is.
    faults.says("too_slow", "Slurm")
    number = cluster.job(faults, "too_slow").number
    cluster.slurm.call("scontrol", "update", f"JobId={number}", "EndTime=now")
    return goes_on
