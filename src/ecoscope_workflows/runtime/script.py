"""What a generated script calls: params are checked in full, then each task runs and its result is stored.

The files are the same as those that the Snakemake workflow of the same spec writes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ecoscope_workflows.errors import EcoscopeWorkflowsError, Problem, StorageError, Where
from ecoscope_workflows.graph.params import InstanceParams, ParamsModel
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.runtime.execute import execute, stored_as
from ecoscope_workflows.runtime.jobs import Call, Each, Job, SkipIf
from ecoscope_workflows.runtime.known_fingerprints import known_fingerprints
from ecoscope_workflows.runtime.params import validated
from ecoscope_workflows.runtime.script_values import Instance, Mapped, Result, Variable, encode_argument
from ecoscope_workflows.spec.document import Document, parse
from ecoscope_workflows.spec.encoding import (
    INPUT,
    called,
    canonical,
    encode_plain,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecoscope_workflows.graph.params import Values
    from ecoscope_workflows.registry.signature import Parameter


__all__ = ["Instance", "Script"]

# Names a file for what went wrong, for a program that runs the script.
FAILURE_VARIABLE = "ECOSCOPE_WORKFLOWS_FAILURE"


@dataclass
class Script:
    """A workflow that runs one task after the other in this process."""

    name: str
    spec_sha256: str
    instances: Mapping[str, Instance]
    params: Values
    results: Path
    skipif: SkipIf
    done: dict[str, Result] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)

    @classmethod
    def start(
        cls,
        name: str,
        *,
        spec_sha256: str,
        instances: Mapping[str, Instance],
        skipif: Sequence[str] = (),
        unpack_depth: int = 1,
    ) -> Script:
        """Read the command line and the params file; on a fault print all of them and exit with 1."""
        parser = argparse.ArgumentParser(prog=Path(sys.argv[0]).name, description=f"Run {name}.")
        parser.add_argument("--config", type=Path, metavar="FILE", help="params file (YAML)")
        parser.add_argument("--results", type=Path, default=Path("results"), metavar="FOLDER")
        options = parser.parse_args()
        try:
            params = _read_params(name, instances, options.config)
        except EcoscopeWorkflowsError as error:
            _fail(error)
        default = SkipIf(tuple(skipif), unpack_depth)
        return cls(name, spec_sha256, instances, params, options.results, default)

    def environment(self, name: str) -> Variable:
        """Stand for an environment variable among the arguments of a task."""
        return Variable(name)

    def map(self, argnames: str | Sequence[str], argvalues: Any) -> Mapped:
        """Say that a task is called for each element of a collection."""
        return Mapped("map", _names(argnames), argvalues)

    def mapvalues(self, argnames: str | Sequence[str], argvalues: Any) -> Mapped:
        """Say that a task is called for each value of a keyed collection; the keys stay."""
        return Mapped("mapvalues", _names(argnames), argvalues)

    def run(self, instance: str, each: Mapped | None = None, /, **bound: Any) -> Result:
        """Run one task instance with what the script and the params give; exit with 1 where it fails."""
        try:
            result = self._run(instance, each, bound)
        except EcoscopeWorkflowsError as error:
            _fail(error)
        self.done[instance] = result
        return result

    def finish(self) -> None:
        """Say where the results are."""
        for result in self.done.values():
            if result.path is not None:
                print(result.path)  # noqa: T201  # a generated script is a command line program

    def _run(self, instance: str, mapped: Mapped | None, bound: Mapping[str, Any]) -> Result:
        declared = self.instances[instance]
        function = declared.task
        task = task_info(function, function.__module__, function.__name__)
        codec = stored_as(instance, task)
        # Example data needs no arguments, and must not change with them.
        encoded, files = ({}, {}) if declared.mock else self._arguments(instance, bound, task.parameters)
        found: list[Result] = []
        each = None
        if mapped is not None:
            argvalues = encode_argument(mapped.argvalues, found)
            paths = tuple(result.path for result in found if result.path is not None)
            each = Each(mapped.method, mapped.argnames, argvalues, paths)
        call = Call(
            instance=instance,
            task=f"{function.__module__}:{function.__name__}",
            arguments=encoded,
            inputs=files,
            code=known_fingerprints(self.results.parent).of(function.__module__, function.__name__),
            each=each,
            skipif=self._skipif(declared),
        )
        if declared.cheap:
            self.calls[instance] = call
            return Result(instance, None)
        path = self.results / f"{instance}{'' if each else codec.suffix}"
        job = Job(
            **{name: getattr(call, name) for name in Call.__dataclass_fields__},
            output=path,
            calls=self._needed(call),
            spec=self.spec_sha256,
            mock=Path(declared.mock) if declared.mock else None,
            threads=declared.threads,
        )
        execute(job)
        return Result(instance, path)

    def _skipif(self, declared: Instance) -> SkipIf | None:
        if declared.mock:
            return None
        own = declared.skipif
        skipif = self.skipif if own is None else SkipIf(tuple(own), declared.unpack_depth)
        conditions = tuple(self._with_fingerprint(condition) for condition in skipif.conditions)
        return SkipIf(conditions, skipif.unpack_depth) if conditions else None

    def _with_fingerprint(self, condition: str) -> str:
        module, _, name = condition.partition(":")
        return f"{condition}@{known_fingerprints(self.results.parent).of(module, name)}"

    def _needed(self, call: Call) -> dict[str, Call]:
        """Return the cheap instances that a call needs, and those that these need."""
        found: dict[str, Call] = {}
        waiting = [call]
        while waiting:
            one = waiting.pop()
            for name in called([*one.arguments.values(), one.each.argvalues if one.each else None]):
                if name not in found:
                    found[name] = self.calls[name]
                    waiting.append(self.calls[name])
        return found

    def _arguments(
        self, instance: str, bound: Mapping[str, Any], parameters: Mapping[str, Parameter]
    ) -> tuple[dict[str, Any], dict[str, tuple[Path, ...]]]:
        """Return the arguments of a call, encoded as in a Snakefile, and their files."""
        encoded: dict[str, Any] = {}
        files: dict[str, tuple[Path, ...]] = {}
        named = {name: value for name, value in bound.items() if _is_path(value, parameters.get(name))}
        for name, value in bound.items():
            if name not in named:
                found: list[Result] = []
                encoded[name] = encode_argument(value, found)
                paths = tuple(result.path for result in found if result.path is not None)
                if paths:
                    files[name] = paths
        for name, value in {**named, **self.params.get(instance, {})}.items():
            if not parameters[name].is_file:
                encoded[name] = encode_plain(value)
            elif value is not None:
                files[name] = (Path(value),)
        # What is one result as a whole is said by its file alone; and through the text that a rule is given,
        # so that a task sees mappings in the same order there and here.
        return json.loads(
            canonical({name: code for name, code in encoded.items() if code != {INPUT: 0}})
        ), files


def _names(argnames: str | Sequence[str]) -> tuple[str, ...]:
    return (argnames,) if isinstance(argnames, str) else tuple(argnames)


def _is_path(value: Any, parameter: Parameter | None) -> bool:
    """Return whether an argument is the path of an input file, written in the spec."""
    return isinstance(value, str) and parameter is not None and parameter.is_file


def _read_params(name: str, instances: Mapping[str, Instance], config: Path | None) -> Values:
    known = {
        instance: InstanceParams(
            instance,
            task_info(declared.task, declared.task.__module__, declared.task.__name__),
            frozenset(declared.bound),
            declared.mock is not None,
        )
        for instance, declared in instances.items()
    }
    document = Document("--config", None) if config is None else _parse_file(config)
    return validated(ParamsModel(name, known), document)


def _parse_file(config: Path) -> Document:
    try:
        return parse(config.read_text(encoding="utf-8"), str(config))
    except OSError as error:
        where = Where(str(config))
        raise StorageError(Problem("EW601", f"cannot be read: {error.strerror}", where)) from None


def _fail(error: EcoscopeWorkflowsError) -> NoReturn:
    if FAILURE_VARIABLE in os.environ:
        record = {"error": getattr(error, "published", "") or str(error), "trace": str(error)}
        Path(os.environ[FAILURE_VARIABLE]).write_text(json.dumps(record), encoding="utf-8")
    sys.exit(f"error: {error}")
