"""A run folder in, what a run would do and why out, without Snakemake and without importing a task."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.compiler.estimate import recorded_seconds, seconds_left
from ecoscope_workflows.compiler.planning.changes import changes_of
from ecoscope_workflows.compiler.planning.foresight import RESTORED, foresee
from ecoscope_workflows.compiler.planning.jobs import as_in_snakemake, params_of, program_of
from ecoscope_workflows.compiler.planning.manifest import read_manifest
from ecoscope_workflows.compiler.planning.records import RECORD_FORMAT, Records, locked
from ecoscope_workflows.compiler.planning.settings import read_settings
from ecoscope_workflows.compiler.planning.triggers import triggers_of
from ecoscope_workflows.errors import Problem, StorageError
from ecoscope_workflows.runtime.rule_params import CHECKED, checked_state
from ecoscope_workflows.runtime.stores.location import is_url
from ecoscope_workflows.runtime.whereabouts import results_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecoscope_workflows.compiler.planning.jobs import Job, Program
    from ecoscope_workflows.compiler.planning.manifest import Manifest
    from ecoscope_workflows.compiler.planning.settings import Settings
    from ecoscope_workflows.compiler.planning.triggers import Triggers


@dataclass(frozen=True, slots=True)
class Planned:
    """A job that would run.

    Parameters
    ----------
    instance
        Its instance.
    reasons
        Why, as facts: each has a ``kind``.
    how
        ``run``, ``restore`` where its result is in the store, or ``unknown`` before the run.
    seconds
        How long it took the last time; None where that was not recorded.
    """

    instance: str
    reasons: tuple[dict[str, Any], ...]
    how: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do.

    Parameters
    ----------
    manifest
        The rules of the workflow.
    jobs
        The jobs that would run, each after those whose results it reads.
    total
        How many jobs there are.
    seconds
        How long it would take; None where nothing was recorded.
    doubts
        Why Snakemake may see it in another way.
    notes
        What else is to be known.
    is_checked
        Whether the params are those that were last found to be right.
    """

    manifest: Manifest
    jobs: tuple[Planned, ...]
    total: int
    seconds: float | None
    doubts: tuple[str, ...]
    notes: tuple[str, ...]
    is_checked: bool


def plan_of(folder: Path) -> Plan:
    """Return what a run in a folder would do.

    Raises
    ------
    StorageError
        When the folder holds no compiled workflow, or its Snakefile is not the one that the compiler wrote.
    ParamsError, SpecError, RegistrationError
        When no run could start: the params cannot be read, or a file or task is missing.
    """
    try:
        return _plan_of(folder)
    except OSError as error:
        raise StorageError(Problem("EW605", str(error))) from None


def _plan_of(folder: Path) -> Plan:
    manifest = read_manifest(folder)
    settings = read_settings(folder)
    document = params_of(folder)
    with as_in_snakemake(folder, manifest.cache_root):
        program = program_of(manifest, document)
        records = Records()
        triggers = triggers_of(program, records, settings)
        jobs = tuple(_planned(program, triggers))
        state = checked_state(program.values, manifest.spec, manifest.mocks)
        is_checked = CHECKED.is_file() and CHECKED.read_text(encoding="ascii") == state
        return Plan(
            manifest,
            jobs,
            len(program.jobs),
            _seconds(program, jobs, settings),
            (*settings.doubts, *_doubts(program, records, triggers, settings)),
            (*_notes(program, records, is_checked=is_checked), *_chunks(program, triggers), *_whereabouts()),
            is_checked,
        )


def _planned(program: Program, triggers: dict[str, Triggers]) -> Iterator[Planned]:
    how = foresee(program, triggers)
    recorded = recorded_seconds(Path(), triggers)
    for name, why in triggers.items():
        reasons = tuple(_reasons(program, program.jobs[name], why))
        yield Planned(name, reasons, how[name], recorded.get(name))


def _reasons(program: Program, job: Job, why: Triggers) -> Iterator[dict[str, Any]]:
    yield from ({"kind": "unfinished", "file": path} for path in why.unfinished)
    yield from ({"kind": "missing", "file": path} for path in why.missing)
    # Of a result that is made anew the content says nothing yet.
    remade = {path for paths in why.because.values() for path in paths}
    yield from ({"kind": "file", "file": path} for path in why.updated if path not in remade)
    if why.inputs_before is not None:
        now = job.all_inputs
        yield {
            "kind": "files",
            "added": [path for path in now if path not in why.inputs_before],
            "removed": [path for path in why.inputs_before if path not in now],
        }
    if why.shell_before is not None:
        yield {"kind": "command", "old": why.shell_before, "new": job.rule.shell}
    if why.params_before is not None:
        yield from changes_of(job, why.params_before, program.fingerprints)
    yield from ({"kind": "upstream", "instance": name, "files": paths} for name, paths in why.because.items())


def _seconds(program: Program, jobs: tuple[Planned, ...], settings: Settings) -> float | None:
    makers = program.makers
    needs = {
        name: frozenset(makers[path] for path in job.inputs if path in makers)
        for name, job in program.jobs.items()
    }
    recorded = {
        job.instance: 0.0 if job.how == RESTORED else job.seconds for job in jobs if job.seconds is not None
    }
    cores = settings.cores or os.cpu_count() or 1
    return seconds_left(recorded, needs, {}, [job.instance for job in jobs], cores)


def _whereabouts() -> Iterator[str]:
    place = results_elsewhere(Path())
    if place:
        yield f"the last run had its results in {place}: this is a plan of a run with results on this machine"


def _doubts(
    program: Program, records: Records, triggers: dict[str, Triggers], settings: Settings
) -> Iterator[str]:
    if locked():
        yield "a Snakemake works in this folder, or was killed there"
    if "pathvars" in program.values:
        yield "the params name `pathvars`, which Snakemake takes for folders"
    if not settings.rerun_incomplete and any(why.unfinished for why in triggers.values()):
        yield "Snakemake refuses to run with results that were left half, unless rerun-incomplete is set"
    made = {os.path.normpath(path) for job in program.jobs.values() for path in _products(job)}
    for job in program.jobs.values():
        for path in job.given:
            if os.path.normpath(path) in made:
                yield f"{job.rule.id} reads {path}, which a job of this workflow writes"
            if is_url(path):
                yield f"{job.rule.id} reads {path}, which is not on this machine"
    formats = {record.get("record_format_version") for record in _made(program, records)}
    if formats - {RECORD_FORMAT}:
        yield "another version of Snakemake has made results here"


def _products(job: Job) -> tuple[str, ...]:
    return (*job.outputs, job.benchmark, f"logs/{job.rule.id}.log")


def _made(program: Program, records: Records) -> list[dict[str, Any]]:
    found = (records.of(path) for job in program.jobs.values() for path in job.outputs)
    return [record for record in found if record is not None]


def _notes(program: Program, records: Records, *, is_checked: bool) -> Iterator[str]:
    if not is_checked:
        yield "the params have changed since they were last checked: a run checks them first"
    untold = [
        name
        for name, job in program.jobs.items()
        if os.path.exists(job.outputs[0]) and not all(map(records.of, job.outputs))  # noqa: PTH110  # as in `records`
    ]
    if untold:
        yield f"of {len(untold)} results nothing is recorded but their time: {', '.join(untold[:5])}"


def _chunks(program: Program, triggers: dict[str, Triggers]) -> Iterator[str]:
    parts = [name for name in triggers if program.jobs[name].rule.chunks is not None]
    if parts:
        yield f"which chunks are computed is known once a run has what they are of: {', '.join(parts)}"
