"""Runs on a Slurm, all going on at the same time: a cluster is slow to answer, and each waits for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.end_to_end.conftest import Project, Run
from tests.end_to_end.test_fan_out import PARAMS, SPEC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.clusters.slurm import Job, Slurm

PATIENCE = 240.0
# The jobs of these tests are short, and their file system shows a new file at once.
QUICK = {"slurm-init-seconds-before-status-checks": "7", "latency-wait": "2"}
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
"""
CHAIN = """\
id: chain
requirements: []
workflow:
  - {id: first, task: waits, partial: {path: workflow}}
  - {id: second, task: waits, partial: {path: go, number: "${{ workflow.first.return }}"}}
  - {id: third, task: waits, partial: {path: workflow, number: "${{ workflow.second.return }}"}}
"""
IN_CHUNKS = ("--fan-out", "jobs", "--chunk-size", "1", "--collections", "file")
AS_ONE = ("first=chain", "second=chain", "third=chain")
ONE = "id: single\nrequirements: []\nworkflow: [{id: one, task: waits, partial: {path: go}}]\n"


@dataclass(frozen=True)
class Going:
    """A program that runs beside the others, in the folder of a compiled workflow."""

    project: Project
    process: subprocess.Popen[bytes]
    output: Path

    def stop(self) -> None:
        """Tell it to stop, as Ctrl-C does; it may not end before it has asked Slurm once more."""
        os.killpg(self.process.pid, signal.SIGINT)

    def says(self, instance: str, word: str) -> None:
        """Wait until there is the log of an instance with a word in it."""
        log = self.project.work / "logs" / f"{instance}.log"
        end = time.monotonic() + PATIENCE
        while not (log.exists() and word in log.read_text(encoding="utf-8")):
            assert self.process.poll() is None, self.output.read_text(encoding="utf-8")
            assert time.monotonic() < end, f"{log} does not say {word!r}"
            time.sleep(0.1)

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
        Its first part by several jobs.
    grouped
        A chain that is sent as one job.
    faults
        Jobs that end badly, one of them cancelled by somebody else.
    requeued
        A job that is put back into the queue.
    stopped
        A chain that is stopped while its second job waits on Slurm.
    resumed
        A chain that was stopped while its second job waited here, and goes on on Slurm.
    """

    example: Going
    groups: Going
    chunks: Going
    grouped: Going
    faults: Going
    requeued: Going
    stopped: Going
    resumed: Going


@contextmanager
def all_going(cluster: Cluster, new_project: Callable[[], Project], examples: Path) -> Iterator[Runs]:
    """Start all runs at once: the waiting of one is the working time of another."""

    def compiled(spec: str | Path, *options: str) -> Project:
        project = new_project()
        if isinstance(spec, str):
            project.write_spec(spec)
        return project.compiled(*options, spec=None if isinstance(spec, str) else spec)

    example = compiled(examples / "time_density" / "spec.yaml")
    settings = [word for key in QUICK for word in ("--set", f"{key}={QUICK[key]}")]
    installing = ("ecoscope-workflows", "profiles", "install", "slurm", *settings)
    installed = cluster.start(example, *installing).finish()
    assert installed.code == 0, installed.output
    assert "partition main: the default of this cluster" in installed.output
    assert "asked for with squeue" in installed.output
    groups = compiled(SPEC.replace("task: grow,", "task: grow, resources: {threads: 2},"))
    groups.write_params(PARAMS)
    # Each fan-out is two jobs one behind the other: one is enough.
    chunks = compiled(SPEC.partition("  - {id: counted")[0], *IN_CHUNKS)
    chunks.write_params({name: PARAMS[name] for name in ("herd", "grown")})
    grouped = compiled(CHAIN)
    (grouped.work / "go").touch()
    on_slurm = ("snakemake", *OPTIONS)
    waiting = cluster.start(compiled(CHAIN), "snakemake", "--profile", "profiles/local")
    started = {
        "example": cluster.start(example, "snakemake", "--profile", "slurm"),
        "groups": cluster.start(groups, *on_slurm),
        "chunks": cluster.start(chunks, *on_slurm),
        "grouped": cluster.start(grouped, *on_slurm, "--groups", *AS_ONE),
        "faults": cluster.start(compiled(FAULTS), "ecoscope-workflows", "run", "--", *OPTIONS),
        "requeued": cluster.start(compiled(ONE), *on_slurm),
        "stopped": cluster.start(compiled(CHAIN), *on_slurm),
    }
    every = [waiting, *started.values()]
    with ending(every):
        every.append(disturbed(cluster, waiting, **started))
        yield Runs(**started, resumed=every[-1])


@contextmanager
def ending(started: Sequence[Going]) -> Iterator[None]:
    """Leave no program behind, whatever happens."""
    try:
        yield
    finally:
        for going in started:
            if going.process.poll() is None:
                going.stop()
                going.finish()


def disturbed(
    cluster: Cluster, waiting: Going, *, faults: Going, requeued: Going, stopped: Going, **_: Going
) -> Going:
    """Do to the runs what users and administrators do to them, and return the one that goes on on Slurm."""
    waiting.says("second", "")
    waiting.stop()
    assert waiting.finish().code != 0
    waiting.is_told()
    resumed = cluster.start(waiting.project, "snakemake", *OPTIONS)
    faults.says("unwanted", "Slurm")
    cluster.slurm.call("scancel", cluster.job(faults, "unwanted").number)
    # What Slurm does by itself where a node fails.
    cluster.slurm.call("scontrol", "requeue", cluster.job(requeued, "one").number)
    requeued.is_told()
    stopped.says("second", "Slurm")
    stopped.stop()
    return resumed


def whole(folder: Path) -> dict[str, bytes]:
    """Return the content of every file of the results, but for what is hidden there: marks with times."""
    files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in files.items()
        if not any(part.startswith(".") for part in name.parts)
    }
