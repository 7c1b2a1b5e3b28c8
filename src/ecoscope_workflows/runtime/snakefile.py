"""What a generated Snakefile calls while Snakemake parses it: params in, the strings of its rules out.

It runs on every start of Snakemake, on cluster nodes too, so it imports nothing heavy: no task, no pandas.
Only when the params or the spec have changed are the tasks imported, to check the params in full.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ecoscope_workflows import __version__
from ecoscope_workflows.errors import EcoscopeWorkflowsError, ParamsError, Problem
from ecoscope_workflows.runtime.known_fingerprints import known_fingerprints
from ecoscope_workflows.runtime.warm.announcement import announce, announce_task
from ecoscope_workflows.runtime.words import CALLS, EACH, ECHO_VARIABLE, FILE_KEY, SKIPIF, SPEC_VARIABLE
from ecoscope_workflows.spec.document import Document, parse
from ecoscope_workflows.spec.encoding import INPUT, called, canonical, encode_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

# Linux allows 128 KiB for one word of a command line, and the shell's quoting can grow a text fivefold.
MAX_INLINE = 24 * 1024
# With this key in a params file Snakemake reads it as a template of YTE, which may hold Python.
TEMPLATE_KEY = "__use_yte__"
# Snakemake has no way to write these in the name of an input file so that they stand for themselves.
TAKEN_FOR_PATTERN = re.compile(r"[{}]|<\w+>")
STATE = Path(".snakemake/ecoscope-workflows")


class _Settings(Protocol):
    configfiles: Sequence[Path]
    config: Mapping[str, Any]


class SnakemakeWorkflow(Protocol):
    """The part of Snakemake's `workflow` object that is used here."""

    config_settings: _Settings
    is_main_process: bool


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
    ) -> None:
        self._settings = workflow.config_settings
        self._mocks = frozenset(mocks)
        self._skipif, self._unpack_depth = tuple(skipif), unpack_depth
        self._cheap: dict[str, dict[str, Any]] = {}
        self._files = [Path(params), *map(Path, self._settings.configfiles)]
        with _plain_errors():
            self._documents = [_read(path) for path in self._files if path.exists()]
        self._values = _merged([document.value for document in self._documents], self._settings.config)
        _prepare_environment(workflow, spec_sha256)
        if workflow.is_main_process:
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
        parts = self._encoded(instance, bound, **how)
        words = {name: parts.pop(name) for name in (EACH, SKIPIF) if name in parts}
        self._cheap[instance] = {"task": self.code(task), "arguments": parts, **words}

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
        encoded = self._encoded(instance, bound, files, **how)
        calls = self._calls(encoded)
        if calls:
            encoded[CALLS] = calls
        text = _inline(canonical(encoded))
        return lambda wildcards: text  # noqa: ARG005  # Snakemake calls it with the wildcards

    def _encoded(
        self,
        instance: str,
        bound: Mapping[str, Any] | None = None,
        files: Sequence[str] = (),
        *,
        skipif: Sequence[str] | None = None,
        unpack_depth: int = 1,
        argvalues: Any = None,
        **method: str | Sequence[str],
    ) -> dict[str, Any]:
        # Example data needs no arguments, and must not change with them.
        mocked = instance in self._mocks
        params = {} if mocked else self._given(instance)
        given = {name: encode_plain(value) for name, value in params.items() if name not in files}
        encoded = {**given, **(bound or {})}
        for name, argnames in method.items():
            names = [argnames] if isinstance(argnames, str) else list(argnames)
            values = {INPUT: 0} if argvalues is None else argvalues
            encoded[EACH] = {"method": name, "argnames": names, "argvalues": values}
        if skipif is None:
            skipif, unpack_depth = self._skipif, self._unpack_depth
        if skipif and not mocked:
            conditions = [_with_fingerprint(condition) for condition in skipif]
            encoded[SKIPIF] = {"conditions": conditions, "unpack_depth": unpack_depth}
        return encoded

    def _calls(self, encoded: Mapping[str, Any]) -> dict[str, Any]:
        """Return the cheap instances that encoded arguments need, and those that these need."""
        found: dict[str, Any] = {}
        waiting: list[Any] = [encoded]
        while waiting:
            for name in called(waiting.pop()):
                if name not in found:
                    found[name] = self._cheap[name]
                    waiting.append(self._cheap[name])
        return found

    def file(self, instance: str, name: str, bound: str | None = None) -> Callable[[object], str | list[str]]:
        """Return the path of an input file: `bound` in the spec, or the param; none where it is not given."""
        value = self._given(instance).get(name) if bound is None else bound
        if value is not None and TAKEN_FOR_PATTERN.search(str(value)):
            what = f"{instance}.{name}: Snakemake takes {str(value)!r} for a pattern of names, not for a file"
            hint = "rename the file: no braces, and no word between < and >"
            with _plain_errors():
                raise ParamsError(Problem("EW409", what, self._whole_document().at(instance, name), hint))
        return lambda wildcards: [] if value is None else str(value)  # noqa: ARG005  # Snakemake's signature

    def _given(self, instance: str) -> dict[str, Any]:
        values = self._values.get(instance)
        return dict(values) if isinstance(values, dict) else {}

    def _check(self, spec: Path, spec_sha256: str, mocks: Sequence[str]) -> None:
        """Check the params in full, once for each change of params or spec."""
        state = hashlib.sha256(
            json.dumps([self._values, spec_sha256, list(mocks), __version__], sort_keys=True).encode()
        ).hexdigest()
        stamp = STATE / "params-checked"
        if stamp.exists() and stamp.read_text(encoding="ascii") == state:
            return
        from ecoscope_workflows.runtime.params import check_params  # noqa: PLC0415  # imports the tasks

        check_params(spec, self._whole_document(), mocks)
        _write_if_changed(stamp, state)

    def _whole_document(self) -> Document:
        """Return the merged params with the places of the file that each value comes from."""
        for document in self._documents:
            if not isinstance(document.value, dict | None):
                return document
        whole = Document(str(self._files[0]), self._values)
        for document in self._documents:
            whole.places.update(document.places)
            whole.key_places.update(document.key_places)
        return whole


@contextmanager
def _plain_errors() -> Iterator[None]:
    """End Snakemake with our error alone: of an exception it would print the frames of this package too."""
    try:
        yield
    except EcoscopeWorkflowsError as error:
        sys.exit(f"error: {error}")


def _read(path: Path) -> Document:
    document = parse(path.read_text(encoding="utf-8"), str(path))
    if isinstance(document.value, dict) and TEMPLATE_KEY in document.value:
        what = f"{TEMPLATE_KEY!r} would make Snakemake execute what stands in this file"
        where = document.key_at(TEMPLATE_KEY)
        raise ParamsError(Problem("EW408", what, where, "remove it: params are plain data"))
    return document


def _merged(documents: Sequence[Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Merge params per instance: later files and ``--config`` win, key by key."""
    merged: dict[str, Any] = {}
    for values in [*documents, dict(overrides)]:
        for instance, given in (values if isinstance(values, dict) else {}).items():
            before: Any = merged.get(instance)
            both = isinstance(before, dict) and isinstance(given, dict)
            merged[instance] = before | given if both else given
    return merged


def _prepare_environment(workflow: SnakemakeWorkflow, spec_sha256: str) -> None:
    """Set what the jobs inherit."""
    os.environ[SPEC_VARIABLE] = spec_sha256
    announce(is_main_process=workflow.is_main_process)
    # `.venv/bin/snakemake` must find the `python` beside it, without the environment being activated.
    here = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    if path[0] != here:
        os.environ["PATH"] = os.pathsep.join([here, *path])
    settings = getattr(workflow, "output_settings", None)
    if getattr(settings, "show_failed_logs", False):
        # Snakemake prints the log of a failed job; the job itself need not say it again.
        os.environ[ECHO_VARIABLE] = "never"


@cache
def _with_fingerprint(task: str) -> str:
    module, _, name = task.partition(":")
    announce_task(task)
    with _plain_errors():
        return f"{task}@{known_fingerprints().of(module, name)}"


def _inline(text: str) -> str:
    """Return the arguments, or the file they are put in where they are too long for a command line."""
    if len(text) <= MAX_INLINE:
        return text
    digest = hashlib.sha256(text.encode("ascii")).hexdigest()
    path = STATE / "args" / f"{digest}.json"
    _write_if_changed(path, text)
    return json.dumps({FILE_KEY: str(path)})


def _write_if_changed(path: Path, text: str) -> None:
    if path.exists() and path.read_text(encoding="ascii") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="ascii")
    temporary.replace(path)
