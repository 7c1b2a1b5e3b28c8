"""One call of a task: arguments converted and checked, the task called, its result checked."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.frames import FAULT_TYPE, FrameContract
from ecoscope_workflows.contracts.validation import faults_of
from ecoscope_workflows.errors import ContractError, EcoscopeWorkflowsError, Problem, TaskError
from ecoscope_workflows.runtime.failures import task_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ecoscope_workflows.registry.signature import TaskInfo


def environment_value(instance: str, name: str) -> str:
    """Return the value of an environment variable; its absence is an error that names it."""
    if name not in os.environ:
        what = f"{instance}: the environment variable {name} is not set"
        raise ContractError(Problem("EW613", what, hint=f"set {name} where the workflow runs"))
    return os.environ[name]


def check_arguments(
    instance: str, task: TaskInfo, given: Mapping[str, Any], is_hidden: Callable[[str], bool]
) -> dict[str, Any]:
    """Return every argument of a call, converted to its type, with defaults and the environment filled in.

    Parameters
    ----------
    instance, task, given
        What is called, and with what.
    is_hidden
        Returns whether an argument that is given has something of the environment in it, which may be a
        secret: no message shows it.

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
            value = environment_value(instance, parameter.environment.variable)
        elif parameter.required:
            problems.append(Problem("EW612", f"{instance}: argument {name!r} is missing"))
            continue
        else:
            value = parameter.default
        try:
            arguments[name] = parameter.adapter.validate_python(value)
        except ValidationError as error:
            label = f"{instance}: argument {name!r}"
            if is_hidden(name) if name in given else parameter.environment is not None:
                what = f"{label} does not fit; it is from the environment, and not shown"
                hint = f"it must be {type_name(parameter.annotation)}, within its limits"
                problems.append(Problem("EW611", what, hint=hint))
                continue
            problems += _broken(error, value, label, parameter.annotation, "EW611")
    if problems:
        raise ContractError(problems)
    return arguments


def call_task(instance: str, task: TaskInfo, arguments: Mapping[str, Any]) -> Any:
    """Call the task; an exception in it becomes a `TaskError`.

    It holds the traceback of the task's own frames, unless the error says by itself what is wrong and what to
    do, as one about a user's settings does.
    """
    try:
        return task.function(**arguments)
    except EcoscopeWorkflowsError as error:
        problems = [replace(one, what=f"{instance}: {one.what}") for one in error.problems]
        raise TaskError(problems, f"Task instance {instance!r} raised {error!r}") from error
    except (Exception, SystemExit) as error:  # `sys.exit(0)` in a task must not look like success
        published = f"Task instance {instance!r} raised {error!r}"
        raise TaskError(task_error(instance, task, error), published) from error


def check_result(instance: str, task: TaskInfo, value: Any) -> Any:
    """Return a result converted to the type that its task declares."""
    try:
        return task.result_adapter.validate_python(value)
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
