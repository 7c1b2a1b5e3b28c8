"""A manifest and params in, the jobs that Snakemake makes of them out; the working folder is the run's."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.compiler.planning.manifest import SNAKEFILE
from ecoscope_workflows.contracts.digests import ARCHIVE
from ecoscope_workflows.errors import ParamsError, Problem
from ecoscope_workflows.runtime.chunks import FOLDER, chunks_in
from ecoscope_workflows.runtime.known_fingerprints import DEFAULT_FILE, KnownFingerprints
from ecoscope_workflows.runtime.rule_params import RuleParams, inline, merged, read_params, refuse_pattern
from ecoscope_workflows.runtime.stores.location import STORE_VARIABLE, store_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecoscope_workflows.compiler.planning.manifest import Manifest, Rule
    from ecoscope_workflows.spec.document import Document

PARAMS = Path("config/params.yaml")
RESULTS = "results"
# What Snakemake looks for packages in besides: it appends this to the path.
_SNAKEMAKES_OWN = ".snakemake/pip-deployments"


@dataclass(frozen=True, slots=True)
class Job:
    """A job as Snakemake sees it.

    Parameters
    ----------
    rule
        Its rule.
    inputs, outputs
        Paths from the folder of the run.
    options
        For each input the option of the command line that it is the value of.
    given
        The inputs whose path stands in the spec or the params.
    task, args
        Its two params: the task with its fingerprint, and the arguments.
    chunks
        The files of the chunks that its result is put together from, as the collection is now.
    """

    rule: Rule
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    options: tuple[str, ...]
    given: tuple[str, ...]
    task: str
    args: str
    chunks: tuple[str, ...] = ()

    @property
    def all_inputs(self) -> list[str]:
        """Its input files in the order that Snakemake records them in."""
        return sorted([*self.inputs, *self.chunks])

    @property
    def params(self) -> frozenset[str]:
        """Its params as Snakemake compares them."""
        return frozenset({repr(self.task), repr(self.args)})

    @property
    def benchmark(self) -> str:
        """The file with what it took."""
        return f"benchmarks/{self.rule.id}.tsv"


@dataclass(frozen=True, slots=True)
class Program:
    """The jobs of a workflow by instance, each after those whose results it reads; and their sources."""

    jobs: dict[str, Job]
    document: Document
    values: dict[str, Any]
    fingerprints: KnownFingerprints

    @property
    def makers(self) -> dict[str, str]:
        """For each file that a job makes the instance."""
        return {path: name for name, job in self.jobs.items() for path in job.outputs}


@contextmanager
def as_in_snakemake(folder: Path, cache_root: str) -> Iterator[None]:
    """Go to a folder, and look for modules and for the store where a Snakemake started there would."""
    before, path, store = Path.cwd(), list(sys.path), os.environ.get(STORE_VARIABLE)
    os.chdir(folder)
    if cache_root:
        os.environ.setdefault(STORE_VARIABLE, store_in(cache_root))
    workflow = str((Path.cwd() / SNAKEFILE).parent)
    # With `python -m` the folder it was started in comes first, which is no part of an installation.
    sys.path[:] = [workflow, *(entry for entry in path if entry not in ("", str(before))), _SNAKEMAKES_OWN]
    try:
        yield
    finally:
        sys.path[:] = path
        os.chdir(before)
        if store is None:
            os.environ.pop(STORE_VARIABLE, None)


def params_of(folder: Path) -> Document:
    """Return the params of a workflow.

    Raises
    ------
    SpecError, ParamsError
        When there is no such file, or it is no YAML, or no mapping, or one that Snakemake would execute.
    """
    document = read_params(folder / PARAMS)
    if not isinstance(document.value, dict):
        raise ParamsError(no_mapping(document))
    return document


def no_mapping(document: Document) -> Problem:
    """Return why params are refused that are no mapping; an empty file, too, Snakemake does not read."""
    from ecoscope_workflows.spec.reader import kind_of  # noqa: PLC0415  # for a fault alone

    what, hint = "a params file must be a mapping of task instances, and this one is empty", "write `{}`"
    if document.value is not None:
        what = f"a params file must be a mapping of task instances, not {kind_of(document.value)}"
        hint = "`ecoscope-workflows get-params --format yaml` shows one"
    return Problem("EW401", what, document.at(), hint)


def program_of(manifest: Manifest, document: Document) -> Program:
    """Return the jobs of the workflow in the working folder.

    Raises
    ------
    ParamsError
        When the name of a file would be taken for a pattern.
    RegistrationError, StorageError
        When a task is not found, or its code cannot be read.
    """
    values = merged([document.value], {})
    known = KnownFingerprints(Path(DEFAULT_FILE))
    codes: dict[str, str] = {}

    def code(task: str) -> str:
        if task not in codes:
            module, _, name = task.partition(":")
            codes[task] = f"{task}@{known.of(module, name)}"
        return codes[task]

    params = RuleParams(values, code, mocks=manifest.mocks, **manifest.skipif)
    for one in manifest.cheap:
        params.declare(one["id"], one["task"], one["bound"], **one["how"])
    wanted = set(manifest.wanted)
    jobs = {
        rule.id: _job(rule, params, code(rule.task), document)
        for rule in manifest.rules
        if rule.outputs[0] in wanted
    }
    return Program(jobs, document, values, known)


def _job(rule: Rule, params: RuleParams, task: str, document: Document) -> Job:
    options, inputs, given = [], [], []
    for option, source in rule.inputs:
        path = source if isinstance(source, str) else params.file(*source)
        if path is None:
            continue
        if not isinstance(source, str):
            refuse_pattern(path, source[0], source[1], document.at(source[0], source[1]))
            given.append(path)
        options.append(option)
        inputs.append(path)
    args, _ = inline(params.arguments(rule.id, rule.bound, rule.files, **rule.how))
    outputs = tuple(f"{RESULTS}/{name}" for name in rule.outputs)
    return Job(rule, tuple(inputs), outputs, tuple(options), tuple(given), task, args, _chunks(rule))


def _chunks(rule: Rule) -> tuple[str, ...]:
    if rule.chunks is None:
        return ()
    try:
        with Path(RESULTS, rule.chunks["index"]).open(encoding="ascii") as stream:
            found = chunks_in(stream, rule.chunks["size"])
    except (OSError, ValueError):
        return ()  # its maker runs first, or says what is wrong
    return tuple(f"{RESULTS}/{rule.id}{FOLDER}/{chunk.name}{ARCHIVE}" for chunk in found)
