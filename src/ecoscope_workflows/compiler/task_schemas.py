"""Tasks in, what a JSON Schema of specs says of them out: their names, and the types of their arguments."""

from __future__ import annotations

import json
import types
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import TypeAdapter

from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.plain import plain
from ecoscope_workflows.registry.catalog import Catalog, preferred
from ecoscope_workflows.spec.model import README_GRAMMAR, WORKFLOW_GRAMMAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ecoscope_workflows.registry.signature import Parameter, TaskInfo

Schema = dict[str, Any]

_RESULT: Schema = {"$ref": "#/$defs/result"}
_VARIABLE: Schema = {"$ref": "#/$defs/variable"}
_RESULTS: Schema = {"$ref": "#/$defs/results"}

# Keywords whose value is a schema, a list of schemas, or a mapping of names to schemas, for parts of a value.
_ONE = ("items", "additionalProperties")
_SEVERAL = ("prefixItems", "allOf", "anyOf", "oneOf")
_NAMED = ("properties", "patternProperties")


def add_tasks(definitions: Schema, tasks: Iterable[TaskInfo]) -> None:
    """Make the definitions of a spec schema know these tasks."""
    by_path = {task.path: task for task in tasks}
    names = _names(by_path, WORKFLOW_GRAMMAR)
    readme_names = _names(by_path, README_GRAMMAR)
    written = _written(by_path, definitions)
    in_readme = {name: by_path[path] for path, given in readme_names.items() for name in given}
    spelt = in_readme | {name: by_path[path] for path, given in names.items() for name in given}
    definitions["task"] |= {
        "enum": list(spelt),
        # Editors show these beside the names.
        "enumDescriptions": [task.description for task in spelt.values()],
    }
    definitions["condition"] |= {"enum": [*_conditions(tasks), *spelt]}
    # Frames and the like: no value that could be written, only results of other instances.
    definitions["results"] = {
        "if": {"type": ["array", "object"], "minItems": 1, "minProperties": 1},
        "then": {"items": _RESULTS, "additionalProperties": _RESULTS},
        "else": _RESULT,
    }
    for path, task in by_path.items():
        definitions[f"task.{path}"] = _use(task, written)
        definitions[f"arguments.{path}"] = _arguments(task)
    definitions["instance"]["allOf"] = [
        {
            "if": {"properties": {"task": {"enum": names[path]}}, "required": ["task"]},
            "then": {"$ref": f"#/$defs/task.{path}"},
        }
        for path in by_path
    ]
    listed = definitions["readme_spec"]["properties"]["tasks"]
    listed["additionalProperties"] = False
    listed["properties"] = {
        name: {"$ref": f"#/$defs/arguments.{task.path}"} for name, task in in_readme.items()
    }


def _conditions(tasks: Iterable[TaskInfo]) -> list[str]:
    """Return what the conditions of a catalog are called; a task can be asked as a condition too."""
    if not isinstance(tasks, Catalog):
        return []
    short = dict.fromkeys(path.rpartition(".")[2] for path in tasks.conditions)
    return [*(name for name in short if len(tasks.conditions_named(name)) == 1), *tasks.conditions]


def _names(by_path: Mapping[str, TaskInfo], grammar: str) -> dict[str, list[str]]:
    """Return by dotted path what a task is called in a spec of a grammar.

    A short name that two tasks have there must be written as a dotted path.
    """
    twins: dict[str, list[TaskInfo]] = {}
    for task in by_path.values():
        twins.setdefault(task.name, []).append(task)
    return {
        path: [*([task.name] if preferred(twins[task.name], grammar) == [task] else []), path]
        for path, task in by_path.items()
    }


def _written(by_path: Mapping[str, TaskInfo], definitions: Schema) -> dict[tuple[str, str], Schema]:
    """Return the schema of each argument that can be written; those of models go to the definitions."""
    adapters: list[Any] = [
        ((path, name), "validation", parameter.spec_adapter)
        for path, task in by_path.items()
        for name, parameter in _bindable(task).items()
        if parameter.writable
    ]
    schemas, found = TypeAdapter.json_schemas(adapters, ref_template="#/$defs/type.{model}")
    for name, schema in found.get("$defs", {}).items():
        definitions[f"type.{name}"] = _admit(schema)
    return {
        (path, name): _argument(by_path[path].parameters[name], schema)
        for ((path, name), _), schema in schemas.items()
    }


def _argument(parameter: Parameter, schema: Schema) -> Schema:
    admitted: Schema = _admit(schema)
    shows_null = any(branch.get("type") == "null" for branch in schema.get("anyOf", ()))
    if shows_null or not _takes_null(parameter.annotation):
        return admitted
    # A type may hide its null from forms, where nobody can write it; a spec may say it.
    return {"anyOf": [{"type": "null"}, admitted]}


def _takes_null(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        return _takes_null(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return any(map(_takes_null, get_args(annotation)))
    return annotation is None or annotation is type(None)


def _bindable(task: TaskInfo) -> dict[str, Parameter]:
    return {
        name: parameter
        for name, parameter in task.parameters.items()
        if not (parameter.environment and parameter.environment.secret)
    }


def _use(task: TaskInfo, written: Mapping[tuple[str, str], Schema]) -> Schema:
    """Return the schema of an instance of a task."""
    arguments = {
        name: {**written.get((task.path, name), _RESULTS), "description": _about(parameter)}
        for name, parameter in _bindable(task).items()
    }
    argument = {"enum": list(arguments)}
    fan_out = {"properties": {"argnames": {"anyOf": [argument, {"type": "array", "items": argument}]}}}
    return {
        "description": task.description,
        "properties": {
            "partial": {"properties": arguments, "additionalProperties": False},
            "map": fan_out,
            "mapvalues": fan_out,
        },
    }


def _arguments(task: TaskInfo) -> Schema:
    """Return the schema of what stands under a task in the grammar of the README."""
    return {
        "description": task.description,
        "type": ["object", "null"],
        "properties": {
            name: {"description": _about(parameter), "$ref": "#/$defs/task"}
            for name, parameter in _bindable(task).items()
        },
        "additionalProperties": False,
    }


def _about(parameter: Parameter) -> str:
    kind = type_name(parameter.annotation)
    default = "required" if parameter.required else f"default: {json.dumps(plain(parameter.default))}"
    return f"{parameter.about} ({kind}; {default})".strip()


def _admit(schema: Any) -> Any:
    """Return a schema that takes a reference in the place of a value, and of each part of it.

    Whether a reference is well-formed is checked for every value of a spec.
    """
    if not isinstance(schema, dict) or not schema:
        return schema
    inner = {key: _parts(key, value) for key, value in schema.items()}
    if "oneOf" in inner:
        # A reference inside fits several branches at once.
        inner["anyOf"] = inner.pop("oneOf")
    if "$ref" in inner:
        return inner
    notes = {key: inner.pop(key) for key in ("title", "description", "default") if key in inner}
    return {**notes, "if": _VARIABLE, "else": inner}


def _parts(keyword: str, value: Any) -> Any:
    if keyword in _ONE:
        return _admit(value)
    if keyword in _SEVERAL:
        return [_admit(part) for part in value]
    if keyword in _NAMED:
        return {name: _admit(part) for name, part in value.items()}
    return value
