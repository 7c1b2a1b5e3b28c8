"""What a generated Snakefile calls while Snakemake parses it: params in, the strings of its rules out.

It runs on every start of Snakemake, on cluster nodes too, so it imports nothing heavy: no task, no pandas.
Only when the params or the spec have changed are the tasks imported, to check the params in full.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ecoscope_workflows.contracts.digests import ARCHIVE
from ecoscope_workflows.errors import EcoscopeWorkflowsError
from ecoscope_workflows.runtime.agreement import agree_with_storage
from ecoscope_workflows.runtime.at_start import forget_copy, prepare_start
from ecoscope_workflows.runtime.carried import carry_along
from ecoscope_workflows.runtime.chunks import chunks_in
from ecoscope_workflows.runtime.elsewhere import prepare_elsewhere
from ecoscope_workflows.runtime.given_params import GivenParams
from ecoscope_workflows.runtime.known_fingerprints import known_fingerprints
from ecoscope_workflows.runtime.module_use import module_of, refuse_storage
from ecoscope_workflows.runtime.rule_params import (
    CHECKED,
    RuleParams,
    checked_state,
    inline,
    refuse_pattern,
)
from ecoscope_workflows.runtime.storage_repairs import name_collections
from ecoscope_workflows.runtime.stores.location import STORE_VARIABLE, store_in
from ecoscope_workflows.runtime.warm.ahead import start_ahead
from ecoscope_workflows.runtime.warm.announcement import announce, announce_task
from ecoscope_workflows.runtime.words import ECHO_NEVER, ECHO_VARIABLE, SPEC_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


# The runs of this process whose jobs have been told what they inherit.
_PREPARED: list[SnakemakeWorkflow] = []

# What a job of a cluster has on its command line where it runs a group of jobs.
OF_A_GROUP = "--local-groupid"


class _Settings(Protocol):
    configfiles: Sequence[Path]
    config: Mapping[str, Any]


class _Pathvars(Protocol):
    def apply(self, text: str) -> str: ...


class SnakemakeWorkflow(Protocol):
    """The part of Snakemake's `workflow` object that is used here."""

    config_settings: _Settings
    modifier: Any
    is_main_process: bool
    pathvars: _Pathvars
    storage_settings: Any


class Checkpoint(Protocol):
    """The part of a checkpoint of Snakemake's that is used here."""

    rule: Any

    def get(self) -> Any:
        """Return its job, or say that it is still to run."""


class Compiled:
    """A compiled workflow, as its Snakefile sees it.

    Parameters
    ----------
    workflow
        Snakemake's own ``workflow``.
    spec
        The spec it was compiled from, kept beside the Snakefile.
    spec_sha256
        The hash of that spec, for the provenance of results.
    mocks
        The instances whose results are example data; their params are not needed.
    params
        The params file, where none is given on Snakemake's command line.
    skipif, unpack_depth
        When an instance is skipped where nothing else is said.
    cache_root
        The folder or URL that the store of results is in, where the environment names none.
    """

    def __init__(
        self,
        workflow: SnakemakeWorkflow,
        *,
        spec: str,
        spec_sha256: str,
        params: str = "config/params.yaml",
        mocks: Sequence[str] = (),
        skipif: Sequence[str] = (),
        unpack_depth: int = 1,
        cache_root: str = "",
    ) -> None:
        self._workflow = workflow
        self._module = module_of(workflow)
        with _plain_errors():
            config = self._module.config() if self._module else None
            self._given = GivenParams.of(config) if config else _from_files(workflow, params)
        self._rules = RuleParams(
            self._given.values, _with_fingerprint, mocks=mocks, skipif=skipif, unpack_depth=unpack_depth
        )
        _prepare_environment(workflow)
        if self._module is None:
            os.environ[SPEC_VARIABLE] = spec_sha256
        else:
            self._module.announce(spec_sha256)
        if cache_root:
            os.environ.setdefault(STORE_VARIABLE, store_in(cache_root))
        if workflow.is_main_process:
            if self._module is None:
                prepare_start(workflow)
                start_ahead(workflow, checked_state(self._given.values, spec_sha256, mocks))
            with _plain_errors():
                self._check(Path(spec), spec_sha256, mocks)

    def code(self, task: str) -> str:
        """Return a task with the fingerprint of its code: ``module:name@fingerprint``."""
        return _with_fingerprint(task)

    def cheap(self, instance: str, task: str, bound: Mapping[str, Any] | None = None, **how: Any) -> None:
        """Declare an instance that has no rule: it is evaluated in the jobs whose arguments need it.

        Parameters
        ----------
        instance, task
            Its id, and the task it uses.
        bound
            Its arguments that are bound in the spec.
        how
            As `args` takes it.
        """
        self._rules.declare(instance, task, bound, **how)

    def args(
        self, instance: str, bound: Mapping[str, Any] | None = None, files: Sequence[str] = (), **how: Any
    ) -> Callable[[object], str]:
        """Return the arguments of an instance: those `bound` in the spec, and its params but for `files`.

        Parameters
        ----------
        instance
            Its id.
        bound
            Its arguments that are bound in the spec, encoded.
        files
            The params that are input files of the rule.
        how
            ``map`` or ``mapvalues``: the arguments that get one element of a collection after the other;
            ``argvalues``: the collection, if it is not an input file as a whole;
            ``skipif``, ``unpack_depth``: when it is skipped, if not as all are.

        Returns
        -------
        callable
            A function of Snakemake's wildcards: what it returns is not searched for wildcards,
            so a value may hold braces.
        """
        text = _written(self._rules.arguments(instance, bound, files, **how))
        return lambda wildcards: text  # noqa: ARG005  # Snakemake calls it with the wildcards

    def file(self, instance: str, name: str, bound: str | None = None) -> Callable[[object], str | list[str]]:
        """Return the path of an input file: `bound` in the spec, or the param; none where it is not given."""
        value = self._rules.file(instance, name, bound)
        if value is not None:
            with _plain_errors():
                refuse_pattern(value, instance, name, self._given.whole().at(instance, name))
        return lambda wildcards: [] if value is None else value  # noqa: ARG005  # Snakemake's signature

    def chunks(self, maker: Checkpoint, folder: str, size: int) -> Callable[[object], list[str]]:
        """Return the files of the chunks of an instance, which are known once what it goes through is.

        Parameters
        ----------
        maker
            The checkpoint that makes the collection, with its index as an output of that name.
        folder
            Where the files are.
        size
            How many elements a chunk may hold.
        """
        place = self._workflow.pathvars.apply(folder)
        if self._workflow.is_main_process:
            forget_copy(maker.rule.output.index)

        def files(wildcards: object) -> list[str]:
            del wildcards
            with maker.get().output.index.open() as stream:
                return [f"{place}/{chunk.name}{ARCHIVE}" for chunk in chunks_in(stream, size)]

        return files

    def agree_with_storage(self) -> None:
        """Have what is in object storage and was made with other params made anew, wherever it was made."""
        if self._module is None:
            name_collections(self._workflow)
            with _plain_errors():
                agree_with_storage(self._workflow)
            carry_along(self._workflow)
        elif self._workflow.storage_settings.default_storage_provider is not None:
            with _plain_errors():
                refuse_storage(self._module)

    def _check(self, spec: Path, spec_sha256: str, mocks: Sequence[str]) -> None:
        """Check the params in full, once for each change of params or spec."""
        state = checked_state(self._given.values, spec_sha256, mocks)
        checked = self._module.checked if self._module else CHECKED
        if checked.exists() and checked.read_text(encoding="ascii") == state:
            return
        from ecoscope_workflows.runtime.params import check_params  # noqa: PLC0415  # imports the tasks

        if self._module:
            # Other rules may be what makes the files: Snakemake says of which it knows nothing.
            check_params(self._module.beside(spec), self._given.whole(), mocks, files=False)
        else:
            check_params(spec, self._given.whole(), mocks)
        _write_if_changed(checked, state)


def _from_files(workflow: SnakemakeWorkflow, params: str) -> GivenParams:
    settings = workflow.config_settings
    return GivenParams.read([Path(params), *map(Path, settings.configfiles)], settings.config)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """End Snakemake with our error alone: of an exception it would print the frames of this package too."""
    try:
        yield
    except EcoscopeWorkflowsError as error:
        sys.exit(f"error: {error}")


def _prepare_environment(workflow: SnakemakeWorkflow) -> None:
    """Set what the jobs inherit, once for all the modules of a run."""
    if any(known is workflow for known in _PREPARED):
        return
    _PREPARED.append(workflow)
    # Of the Snakemakes that another one has started, only the one of a group of jobs runs several.
    announce(runs_several=workflow.is_main_process or OF_A_GROUP in sys.argv)
    # `.venv/bin/snakemake` must find the `python` beside it, without the environment being activated.
    here = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if path[0] != here:
        os.environ["PATH"] = os.pathsep.join([here, *path])
    settings = getattr(workflow, "output_settings", None)
    if getattr(settings, "show_failed_logs", False):
        # Snakemake prints the log of a failed job; the job itself need not say it again.
        os.environ[ECHO_VARIABLE] = ECHO_NEVER
    prepare_elsewhere(workflow)


@cache
def _with_fingerprint(task: str) -> str:
    module, _, name = task.partition(":")
    announce_task(task)
    with _plain_errors():
        return f"{task}@{known_fingerprints().of(module, name)}"


def _written(arguments: str) -> str:
    """Return the arguments, or the file they are put in where they are too long for a command line."""
    text, path = inline(arguments)
    if path is not None:
        _write_if_changed(path, arguments)
    return text


def _write_if_changed(path: Path, text: str) -> None:
    if path.exists() and path.read_text(encoding="ascii") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="ascii")
    temporary.replace(path)
