"""What generated programs without Snakemake share: each task runs in this process, and its result is stored.

The files are the same as those that the Snakemake workflow of the same spec writes.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.graph.params import InstanceParams, ParamsModel
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.runtime.execute import execute, stored_as
from ecoscope_workflows.runtime.jobs import Call, Each, Job, SkipIf
from ecoscope_workflows.runtime.known_fingerprints import known_fingerprints
from ecoscope_workflows.runtime.params import validated
from ecoscope_workflows.runtime.script_values import Mapped, Result, Variable, encode_argument
from ecoscope_workflows.runtime.stores.location import STORE_VARIABLE, store_in
from ecoscope_workflows.spec.document import parse
from ecoscope_workflows.spec.encoding import INPUT, called, canonical, encode_plain
from ecoscope_workflows.spec.load import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecoscope_workflows.graph.params import Values
    from ecoscope_workflows.registry.signature import Parameter
    from ecoscope_workflows.runtime.script_values import Instance
    from ecoscope_workflows.spec.document import Document


@dataclass
class Sequential:
    """A workflow that runs one task after the other in this process."""

    name: str
    spec_sha256: str
    instances: Mapping[str, Instance]
    params: Values
    results: Path
    skipif: SkipIf
    cache_root: str = ""
    calls: dict[str, Call] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take the fingerprints of the code that was imported: somebody may edit it while the tasks run."""
        if self.cache_root:
            os.environ.setdefault(STORE_VARIABLE, store_in(self.cache_root))
        for declared in self.instances.values():
            self._fingerprint(declared.task.__module__, declared.task.__name__)
            self._skipif(declared)

    def environment(self, name: str) -> Variable:
        """Stand for an environment variable among the arguments of a task."""
        return Variable(name)

    def map(self, argnames: str | Sequence[str], argvalues: Any) -> Mapped:
        """Say that a task is called for each element of a collection."""
        return Mapped("map", _names(argnames), argvalues)

    def mapvalues(self, argnames: str | Sequence[str], argvalues: Any) -> Mapped:
        """Say that a task is called for each value of a keyed collection; the keys stay."""
        return Mapped("mapvalues", _names(argnames), argvalues)

    def perform(self, instance: str, mapped: Mapped | None, bound: Mapping[str, Any]) -> Result:
        """Run one task instance, or remember how to where it is a cheap one.

        Raises
        ------
        EcoscopeWorkflowsError
            As the job of the instance does.
        """
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
            code=self._fingerprint(function.__module__, function.__name__),
            each=each,
            skipif=self._skipif(declared),
        )
        if declared.cheap:
            self.calls[instance] = call
            return Result(instance, None)
        path = self.results / f"{instance}{'' if each else codec.suffix}"
        execute(self.job(call, path))
        return Result(instance, path)

    def job(self, call: Call, output: Path) -> Job:
        """Return the job that makes a call and writes its result."""
        declared = self.instances[call.instance]
        return Job(
            **{name: getattr(call, name) for name in Call.__dataclass_fields__},
            output=output,
            calls=self._needed(call),
            spec=self.spec_sha256,
            mock=Path(declared.mock) if declared.mock else None,
            threads=declared.threads,
        )

    def _skipif(self, declared: Instance) -> SkipIf | None:
        if declared.mock:
            return None
        own = declared.skipif
        skipif = self.skipif if own is None else SkipIf(tuple(own), declared.unpack_depth)
        conditions = tuple(self._with_fingerprint(condition) for condition in skipif.conditions)
        return SkipIf(conditions, skipif.unpack_depth) if conditions else None

    def _with_fingerprint(self, condition: str) -> str:
        module, _, name = condition.partition(":")
        return f"{condition}@{self._fingerprint(module, name)}"

    def _fingerprint(self, module: str, name: str) -> str:
        return known_fingerprints(self.results.parent).of(module, name)

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
        # Whoever adds an argument to a call by hand means it, whatever the params say.
        free = {name: value for name, value in self.params.get(instance, {}).items() if name not in bound}
        for name, value in {**named, **free}.items():
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


def checked_params(name: str, instances: Mapping[str, Instance], document: Document) -> Values:
    """Return the values of a params document once they fit the instances of a workflow.

    Raises
    ------
    ParamsError
        With every fault.
    """
    known = {
        instance: InstanceParams(
            instance,
            task_info(declared.task, declared.task.__module__, declared.task.__name__),
            frozenset(declared.bound),
            declared.mock is not None,
        )
        for instance, declared in instances.items()
    }
    return validated(ParamsModel(name, known), document)


def params_file(path: Path) -> Document:
    """Read a params file.

    Raises
    ------
    SpecError
        When it cannot be read, or is no YAML.
    """
    return parse(read_text(path), str(path))
