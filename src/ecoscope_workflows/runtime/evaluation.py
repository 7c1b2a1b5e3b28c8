"""A call in, its result out: arguments decoded, conditions asked, the task called, types checked.

Cheap instances have no job of their own; they are evaluated here, once per job, where an argument needs one.
"""

from __future__ import annotations

import json
import os
from functools import partial
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.archives import is_collection
from ecoscope_workflows.contracts.codecs import FrameCodec, codec_for
from ecoscope_workflows.contracts.stored import shows_by_name
from ecoscope_workflows.runtime.calling import call_task, check_arguments, check_result, environment_value
from ecoscope_workflows.runtime.elements import Element, elements_in, spread, stored_elements
from ecoscope_workflows.runtime.jobs import load_task
from ecoscope_workflows.runtime.skips import skip_of
from ecoscope_workflows.runtime.storage import beside, read_result
from ecoscope_workflows.runtime.words import RESULTS_VARIABLE
from ecoscope_workflows.spec.encoding import ENVIRONMENT, INPUT, decode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ecoscope_workflows.contracts.codecs import Codec
    from ecoscope_workflows.registry.signature import Parameter, TaskInfo
    from ecoscope_workflows.runtime.jobs import Call, Each, Job

_WHOLE = {INPUT: 0}


class Evaluation:
    """What one job has read and evaluated so far."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._read: dict[tuple[Path, frozenset[str] | None], Any] = {}
        self._results: dict[str, Any] = {}

    def cheap(self, instance: str) -> Any:
        """Return the result of a cheap instance."""
        if instance not in self._results:
            self._results[instance] = self._result(self._job.calls[instance])
        return self._results[instance]

    def _result(self, call: Call) -> Any:
        task = load_task(call.task)
        given = self.arguments(call, task)
        if call.each is None:
            return self.one(call, task, given)
        values = [
            (element.key, self.one(call, task, given, element)) for element in self.elements(call, call.each)
        ]
        return values if call.each.keyed else [value for _, value in values]

    def elements(self, call: Call, each: Each) -> list[Element]:
        """Return what a call is made for one by one."""
        if each.argvalues == _WHOLE and is_collection(each.files[0]):
            return stored_elements(each.files[0], call.instance, each)
        inputs = [self._file(path, None) for path in each.files]
        return elements_in(self._decoded(call, each.argvalues, inputs), call.instance, each)

    def one(
        self, call: Call, task: TaskInfo, given: Mapping[str, Any], element: Element | None = None
    ) -> Any:
        """Return the result of one call of a task, or what says why it was skipped.

        Parameters
        ----------
        call
            What is called, and when it is not.
        task
            The task it uses.
        given
            The arguments that every call has.
        element
            What this call is for, where there are several.
        """
        arguments = given
        seen = given
        if element is not None and call.each is not None:
            if element.skipped is not None:
                return element.skipped
            # An argument that is both bound and mapped is the mapped one; and as published, the conditions
            # of such a call see the defaults of the signature too.
            arguments = {**given, **spread(element.value(), call.instance, call.each.argnames)}
            seen = {**_defaults(task), **arguments}
        skipped = skip_of(call.instance, call.skipif, seen)
        if skipped is not None:
            return skipped
        checked = check_arguments(call.instance, task, arguments, partial(_is_of_environment, call))
        value = call_task(call.instance, task, checked)
        return check_result(call.instance, task, value)

    def arguments(self, call: Call, task: TaskInfo) -> dict[str, Any]:
        """Return the arguments of a call with results and environment variables in their places."""
        arguments: dict[str, Any] = {}
        mapped = call.each.argnames if call.each else ()
        for name in {**call.arguments, **call.inputs}:
            if name not in mapped:
                parameter = task.parameters.get(name)
                inputs = [self._file(path, parameter) for path in call.inputs.get(name, ())]
                # An argument that is one result as a whole stands in the inputs only.
                arguments[name] = self._decoded(call, call.arguments.get(name, _WHOLE), inputs)
        return arguments

    def _decoded(self, call: Call, encoded: Any, inputs: list[Any]) -> Any:
        return decode(encoded, inputs, partial(self._variable, call.instance), self.cheap)

    def _file(self, path: Path, parameter: Parameter | None) -> Any:
        if parameter is not None and parameter.is_file:
            return path
        columns = None if parameter is None else parameter.columns
        if (path, columns) not in self._read:
            self._read[path, columns] = read_result(path, _codec(path, parameter, columns))
        return self._read[path, columns]

    def _variable(self, instance: str, name: str) -> str:
        if name == RESULTS_VARIABLE and not os.environ.get(name):
            return str(beside(self._job.output))
        return environment_value(instance, name)


def _codec(path: Path, parameter: Parameter | None, columns: frozenset[str] | None) -> Codec | None:
    """Return how a file is read, where its name does not say all of it."""
    if columns is not None:
        return FrameCodec(columns=columns)
    return None if parameter is None or shows_by_name(path) else codec_for(parameter.annotation)


def _is_of_environment(call: Call, name: str) -> bool:
    mapped = call.each.argvalues if call.each and name in call.each.argnames else None
    return f'"{ENVIRONMENT}"' in json.dumps([call.arguments.get(name), mapped])


def _defaults(task: TaskInfo) -> dict[str, Any]:
    return {name: parameter.default for name, parameter in task.parameters.items() if not parameter.required}
