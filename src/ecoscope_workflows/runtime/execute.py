"""A job in, its output file out: read the inputs, check, call the task, check, write.

Every failure is an `EcoscopeWorkflowsError` that names the task instance; after one there is no output file.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ecoscope_workflows.contracts.codecs import codec_for
from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.frames import FAULT_TYPE, FrameContract
from ecoscope_workflows.contracts.validation import adapter_of, faults_of
from ecoscope_workflows.errors import ContractError, Problem, TaskError
from ecoscope_workflows.runtime.failures import task_error
from ecoscope_workflows.runtime.jobs import load_task
from ecoscope_workflows.runtime.storage import discard, read_result, sha256_of, write_result
from ecoscope_workflows.spec.encoding import INPUT, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ecoscope_workflows.contracts.codecs import Codec
    from ecoscope_workflows.registry.signature import Parameter, TaskInfo
    from ecoscope_workflows.runtime.jobs import Job


def execute(job: Job, allowed: Callable[[], None] | None = None) -> None:
    """Run one job.

    Parameters
    ----------
    job
        What to call, with what, and where the result goes.
    allowed
        Called just before the output appears; it raises where the output is no longer wanted.

    Raises
    ------
    EcoscopeWorkflowsError
        `StorageError` for files, `ContractError` for values that break a type or schema,
        `TaskError` for an exception in the task.
    """
    task = load_task(job.task)
    codec = stored_as(job.instance, task)
    discard(job.output)
    if job.mock is not None:
        value = read_result(job.mock, codec)
    else:
        arguments = check_arguments(job.instance, task, read_inputs(job, task))
        value = call(job.instance, task, arguments)
    value = check_result(job.instance, task, value)
    write_result(value, job.output, codec, facts_of(job, task), allowed)


def facts_of(job: Job, task: TaskInfo) -> dict[str, Any]:
    """Return what the provenance of a job's output says beside the versions at work."""
    inputs = {
        name: [{"file": path.name, "sha256": sha256_of(path)} for path in paths]
        for name, paths in job.inputs.items()
    }
    facts = {
        "instance": job.instance,
        # Where the task is written: the same whichever module a target imports it from.
        "task": f"{task.function.__module__}.{task.function.__qualname__}",
        "code": job.code,
        "spec": job.spec,
        "arguments": job.arguments,
        "inputs": inputs,
    }
    # What is in the example counts: its name differs between targets.
    return {**facts, "mock": sha256_of(job.mock)} if job.mock else facts


def stored_as(instance: str, task: TaskInfo) -> Codec:
    """Return how the result of a task is stored."""
    codec = codec_for(task.returns)
    if codec is None:
        what = f"{instance}: the result of {task.name!r} ({type_name(task.returns)}) cannot be stored"
        raise ContractError(Problem("EW331", what))
    return codec


def read_inputs(job: Job, task: TaskInfo) -> dict[str, Any]:
    """Return the arguments of a job with results and environment variables in their places."""
    arguments: dict[str, Any] = {}
    for name in {**job.arguments, **job.inputs}:
        parameter = task.parameters.get(name)
        paths = job.inputs.get(name, ())
        values = [_input_value(path, parameter) for path in paths]
        # An argument that is one result as a whole stands in the inputs only.
        encoded = job.arguments.get(name, {INPUT: 0})
        arguments[name] = decode(
            encoded, values, lambda variable: environment_variable(job.instance, variable)
        )
    return arguments


def _input_value(path: Path, parameter: Parameter | None) -> Any:
    if parameter is not None and parameter.is_file:
        return path
    return read_result(path, codec_for(parameter.annotation) if parameter else None)


def environment_variable(instance: str, name: str) -> str:
    """Return the value of an environment variable; its absence is an error that names it."""
    if name not in os.environ:
        what = f"{instance}: the environment variable {name} is not set"
        raise ContractError(Problem("EW613", what, hint=f"set {name} where the workflow runs"))
    return os.environ[name]


def check_arguments(instance: str, task: TaskInfo, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return every argument of a call, converted to its type, with defaults and the environment filled in.

    Raises
    ------
    ContractError
        With every argument that is missing, unknown, or not of its type.
    """
    problems = [
        Problem("EW612", f"{instance}: task {task.name!r} has no argument {name!r}")
        for name in given
        if name not in task.parameters
    ]
    arguments: dict[str, Any] = {}
    for name, parameter in task.parameters.items():
        if name in given:
            value = given[name]
        elif parameter.environment is not None and parameter.required:
            value = environment_variable(instance, parameter.environment.variable)
        elif parameter.required:
            problems.append(Problem("EW612", f"{instance}: argument {name!r} is missing"))
            continue
        else:
            value = parameter.default
        try:
            arguments[name] = parameter.adapter.validate_python(value)
        except ValidationError as error:
            problems += _broken(error, value, f"{instance}: argument {name!r}", parameter.annotation, "EW611")
    if problems:
        raise ContractError(problems)
    return arguments


def call(instance: str, task: TaskInfo, arguments: Mapping[str, Any]) -> Any:
    """Call the task; an exception in it becomes a `TaskError` with the traceback of the task's frames."""
    try:
        return task.function(**arguments)
    except (Exception, SystemExit) as error:  # `sys.exit(0)` in a task must not look like success
        raise TaskError(task_error(instance, task, error)) from error


def check_result(instance: str, task: TaskInfo, value: Any) -> Any:
    """Return a result converted to the type that its task declares."""
    try:
        return adapter_of(task.returns).validate_python(value)
    except ValidationError as error:
        raise ContractError(_broken(error, value, f"{instance}: the result", task.returns, "EW614")) from None


def _broken(error: ValidationError, value: Any, label: str, annotation: Any, code: str) -> list[Problem]:
    faults = list(faults_of(error, value))
    contract = _contract_name(annotation)
    if contract and all(fault.kind == FAULT_TYPE for fault in faults):
        lines = "".join(f"\n  - {fault.message}" for fault in faults)
        return [Problem(code, f"{label} breaks its contract {contract}:{lines}")]
    name = type_name(annotation)
    return [Problem(code, f"{label}{fault.path}: {fault.message}", hint=f"it is {name}") for fault in faults]


def _contract_name(annotation: Any) -> str:
    for item in getattr(annotation, "__metadata__", ()):
        if isinstance(item, FrameContract):
            return item.schema.__name__ if item.schema else type_name(annotation)
    return ""
