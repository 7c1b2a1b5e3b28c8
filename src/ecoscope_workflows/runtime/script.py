"""What a generated script calls: params are checked in full, then each task runs and its result is stored.

The files are the same as those that the Snakemake workflow of the same spec writes.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ecoscope_workflows.errors import EcoscopeWorkflowsError, Problem, StorageError, Where
from ecoscope_workflows.graph.params import InstanceParams, ParamsModel
from ecoscope_workflows.registry.signature import task_info
from ecoscope_workflows.runtime.execute import (
    call,
    check_arguments,
    check_result,
    environment_variable,
    facts_of,
    stored_as,
)
from ecoscope_workflows.runtime.fingerprint import fingerprint
from ecoscope_workflows.runtime.jobs import Job
from ecoscope_workflows.runtime.params import validated
from ecoscope_workflows.runtime.storage import discard, read_result, write_result
from ecoscope_workflows.spec.document import Document, parse
from ecoscope_workflows.spec.encoding import (
    ENVIRONMENT,
    as_mapping,
    canonical,
    decode,
    encode_plain,
    mark_input,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ecoscope_workflows.contracts.codecs import Codec
    from ecoscope_workflows.graph.params import Values
    from ecoscope_workflows.registry.signature import Parameter


@dataclass(frozen=True)
class Instance:
    """One use of a task in a script.

    Parameters
    ----------
    task
        The task.
    bound
        The arguments that the script itself gives.
    mock
        A file that stands in for the result.
    """

    task: Callable[..., Any]
    bound: Sequence[str] = ()
    mock: str | None = None


@dataclass(frozen=True)
class Result:
    """The file that holds what an instance returned."""

    path: Path
    codec: Codec

    def read(self) -> Any:
        """Return the result as the next task gets it: from its file, as in every other target."""
        return read_result(self.path, self.codec)

    def part(self, *steps: str | int) -> Part:
        """Stand for the part of the result that these fields and positions lead to."""
        return Part(self, steps)


@dataclass(frozen=True)
class Part:
    """A part of a result."""

    whole: Result
    steps: tuple[str | int, ...]


@dataclass(frozen=True)
class Variable:
    """An environment variable, read where it is needed and never written down."""

    name: str


@dataclass
class Script:
    """A workflow that runs one task after the other in this process."""

    name: str
    spec_sha256: str
    instances: Mapping[str, Instance]
    params: Values
    results: Path
    done: dict[str, Result] = field(default_factory=dict)

    @classmethod
    def start(cls, name: str, *, spec_sha256: str, instances: Mapping[str, Instance]) -> Script:
        """Read the command line and the params file; on a fault print all of them and exit with 1."""
        parser = argparse.ArgumentParser(prog=Path(sys.argv[0]).name, description=f"Run {name}.")
        parser.add_argument("--config", type=Path, metavar="FILE", help="params file (YAML)")
        parser.add_argument("--results", type=Path, default=Path("results"), metavar="FOLDER")
        options = parser.parse_args()
        try:
            params = _read_params(name, instances, options.config)
        except EcoscopeWorkflowsError as error:
            _fail(error)
        return cls(name, spec_sha256, instances, params, options.results)

    def environment(self, name: str) -> Variable:
        """Stand for an environment variable among the arguments of a task."""
        return Variable(name)

    def run(self, instance: str, /, **bound: Any) -> Result:
        """Run one task instance with what the script and the params give; exit with 1 where it fails."""
        try:
            result = self._run(instance, bound)
        except EcoscopeWorkflowsError as error:
            _fail(error)
        self.done[instance] = result
        return result

    def finish(self) -> None:
        """Say where the results are."""
        for result in self.done.values():
            print(result.path)  # noqa: T201  # a generated script is a command line program

    def _run(self, instance: str, bound: Mapping[str, Any]) -> Result:
        declared = self.instances[instance]
        function = declared.task
        task = task_info(function, function.__module__, function.__name__)
        codec = stored_as(instance, task)
        encoded, values, files = self._arguments(instance, bound, task.parameters)
        if declared.mock:
            # Example data needs no arguments, and must not change with them.
            encoded, files = {}, {}
        path = self.results / f"{instance}{codec.suffix}"
        discard(path)
        job = Job(
            instance=instance,
            task=f"{function.__module__}:{function.__name__}",
            output=path,
            arguments=encoded,
            inputs=files,
            code=fingerprint(function.__module__, function.__name__),
            spec=self.spec_sha256,
            mock=Path(declared.mock) if declared.mock else None,
        )
        if job.mock is not None:
            value = read_result(job.mock, codec)
        else:
            value = call(instance, task, check_arguments(instance, task, values))
        value = check_result(instance, task, value)
        write_result(value, path, codec, facts_of(job, task))
        return Result(path, codec)

    def _arguments(
        self, instance: str, bound: Mapping[str, Any], parameters: Mapping[str, Parameter]
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, tuple[Path, ...]]]:
        """Return the arguments of a call encoded as in a Snakefile, as values, and their files."""
        whole: set[str] = set()
        encoded: dict[str, Any] = {}
        results: dict[str, list[Result]] = {}
        named = {name: value for name, value in bound.items() if _is_path(value, parameters.get(name))}
        for name, value in bound.items():
            if name in named:
                continue
            encoded[name] = _encode(value, results.setdefault(name, []))
            if isinstance(value, Result):
                whole.add(name)
        files = {name: tuple(result.path for result in found) for name, found in results.items() if found}
        values: dict[str, Any] = {}
        for name, value in {**named, **self.params.get(instance, {})}.items():
            if not parameters[name].is_file:
                encoded[name] = encode_plain(value)
                continue
            values[name] = value
            if value is not None:
                files[name] = (Path(value),)
        # Through the text that a rule is given: a task sees mappings in the same order there and here.
        for name, code in json.loads(canonical(encoded)).items():
            inputs = [result.read() for result in results.get(name, [])]
            values[name] = decode(code, inputs, lambda variable: environment_variable(instance, variable))
        # What is one result as a whole is said by its file alone.
        return {name: code for name, code in encoded.items() if name not in whole}, values, files


def _is_path(value: Any, parameter: Parameter | None) -> bool:
    """Return whether an argument is the path of an input file, written in the spec."""
    return isinstance(value, str) and parameter is not None and parameter.is_file


def _encode(value: Any, results: list[Result]) -> Any:
    """Encode an argument as `ecoscope_workflows.spec.encoding` does; results are collected in order."""
    if isinstance(value, Part):
        results.append(value.whole)
        return mark_input(len(results) - 1, value.steps)
    if isinstance(value, Result):
        results.append(value)
        return mark_input(len(results) - 1)
    if isinstance(value, Variable):
        return {ENVIRONMENT: value.name}
    if isinstance(value, list):
        return [_encode(item, results) for item in value]
    if isinstance(value, dict):
        return as_mapping({key: _encode(item, results) for key, item in value.items()})
    return value


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
    sys.exit(f"error: {error}")
