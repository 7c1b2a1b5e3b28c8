"""Jobs and records in, which jobs Snakemake would run and why: its own rules, without it.

These are the rules of `DAG.update_needrun` in Snakemake 9.27 for the rules that our compiler writes: each job
has a result that ``rule all`` asks for, and no checkpoint, script, pipe or ancient input.
The working folder is the run's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.compiler.planning.records import RECORD_FORMAT, exists, has_content, modified
from ecoscope_workflows.errors import ParamsError, Problem
from ecoscope_workflows.runtime.stores.location import is_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ecoscope_workflows.compiler.planning.jobs import Job, Program
    from ecoscope_workflows.compiler.planning.records import Records
    from ecoscope_workflows.compiler.planning.settings import Settings


@dataclass
class Triggers:
    """Why a job runs.

    Parameters
    ----------
    unfinished
        Files that were being written when a run was killed.
    missing
        Results that are not there.
    updated
        Inputs with another content than when the result was made.
    params_before
        The params that the result was made with, where they were other ones.
    inputs_before
        The paths of the input files that the result was made from, where they were other ones.
    shell_before
        The command of the rule that made the result, where it was another one.
    because
        For each job upstream that runs the files that it makes for this one.
    """

    unfinished: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    params_before: frozenset[str] | None = None
    inputs_before: list[str] | None = None
    shell_before: str | None = None
    because: dict[str, list[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Return whether there is any reason."""
        own = (self.unfinished, self.missing, self.updated, self.because, self.shell_before)
        return any(own) or self.params_before is not None or self.inputs_before is not None


def triggers_of(program: Program, records: Records, settings: Settings) -> dict[str, Triggers]:
    """Return for each job that would run why, in the order of the jobs.

    Raises
    ------
    ParamsError
        When there is no file that a job reads and no job makes.
    """
    _require_files(program)
    found = {name: _own(job, records, settings) for name, job in program.jobs.items()}
    makers = program.makers
    for name, job in program.jobs.items():
        for path in dict.fromkeys(job.inputs):
            maker = makers.get(path)
            # A job stands after those whose results it reads, so what these do is known by now.
            if maker is not None and found[maker]:
                found[name].because.setdefault(maker, []).append(path)
    return {name: triggers for name, triggers in found.items() if triggers}


def _require_files(program: Program) -> None:
    made = program.makers
    problems = []
    for name, job in program.jobs.items():
        for option, path in zip(job.options, job.inputs, strict=True):
            if path not in made and not exists(path) and not is_url(path):
                owner, _, argument = option.removeprefix("input ").removesuffix("=").rpartition(".")
                where = program.document.at(owner or name, argument)
                what = f"{owner or name}.{argument}: there is no file {path!r}"
                problems.append(Problem("EW407", what, where, "copy it there, or correct the path"))
    if problems:
        raise ParamsError(problems)


def _own(job: Job, records: Records, settings: Settings) -> Triggers:
    """Return why a job would run if none upstream did."""
    triggers = Triggers(
        unfinished=[path for path in job.outputs if records.is_incomplete(path)],
        # What is beside a result may be missing: `rule all` does not ask for it.
        missing=[path for path in job.outputs[:1] if not exists(path)],
        updated=list(_updated(job, records, settings)),
    )
    made = [records.of(path) for path in job.outputs]
    if all(made):
        _compare(triggers, job, [record for record in made if record is not None])
    return triggers


def _updated(job: Job, records: Records, settings: Settings) -> Iterator[str]:
    """Yield the inputs that are younger than the oldest output and hold something else than then."""
    there = [path for path in (*job.outputs, job.benchmark) if exists(path)]
    if not there:
        return
    oldest = min(modified(path, through_links=False) for path in there)
    for path in dict.fromkeys(job.inputs):
        if exists(path) and modified(path, through_links=True) > oldest:
            checksums = {_checksum(records.of(output), path) for output in job.outputs}
            recorded = checksums.pop() if len(checksums) == 1 else None
            if not has_content(path, recorded, settings.max_checksum):
                yield path


def _checksum(record: Mapping[str, Any] | None, path: str) -> str | None:
    found = ((record or {}).get("input_checksums") or {}).get(path)
    return None if found is None else str(found)


def _compare(triggers: Triggers, job: Job, made: Iterable[Mapping[str, Any]]) -> None:
    """Compare a job with what is recorded of each of its outputs."""
    for record in made:
        # Of records of an older Snakemake none of this counts.
        if record.get("record_format_version", 0) < RECORD_FORMAT:
            continue
        before = record.get("params")
        if before is not None and frozenset(before) != job.params:
            triggers.params_before = frozenset(before)
        before = record.get("input")
        if before is not None and before != job.all_inputs:
            triggers.inputs_before = before
        before = record.get("code")
        if before is not None and before != job.rule.shell:
            triggers.shell_before = before
