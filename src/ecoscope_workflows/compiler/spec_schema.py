"""The grammar of specs as a JSON Schema, for editors; with the tasks that are installed, on request.

An editor checks the shape of a spec while it is written; the compiler checks the rest.
What only the whole graph shows (ids used twice, references to nothing, types of results) no schema can say.
"""

from __future__ import annotations

import builtins
import keyword
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.compiler.section_schemas import (
    TEXT,
    TEXT_OR_NOTHING,
    about,
    mapping,
    metadata,
    overrides,
    requirement,
)
from ecoscope_workflows.compiler.task_schemas import add_tasks
from ecoscope_workflows.spec.instances import MAX_INSTANCE_ID
from ecoscope_workflows.spec.workflow_grammar import MAX_SPEC_ID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecoscope_workflows.registry.signature import TaskInfo

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"

# Letters beyond ASCII are a superset of what Python takes; regular expressions of editors know no better.
_WORD = r"[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*"
IDENTIFIER = f"^{_WORD}$"
# Text of this form is a variable, holds a constant, or is wrong.
BRACES = r"^\$\{\{[\s\S]*\}\}$"
_RESULT = rf"workflow\.{_WORD}\.return(\.{_WORD}|\[-?[0-9]+\])*"
RESULT = rf"^\$\{{\{{\s*{_RESULT}\s*\}}\}}$"
REFERENCE = rf"^\$\{{\{{\s*({_RESULT}|env\.{_WORD}|vars\.{_WORD})\s*\}}\}}$"
CONSTANT = rf"\$\{{\{{\s*vars\.{_WORD}\s*\}}\}}"


def spec_schema(tasks: Iterable[TaskInfo] | None = None) -> Schema:
    """Return the JSON Schema (draft 2020-12) of a spec, in whichever of the two grammars it is written.

    Parameters
    ----------
    tasks
        The tasks that a spec may use: with them the schema knows their names, arguments and types.
        Without them any name will do.
    """
    definitions: Schema = {
        "result": about("The result of another task instance.", type="string", pattern=RESULT),
        "reference": about(
            "A result, an environment variable or a constant, as the whole of a value.",
            type="string",
            pattern=REFERENCE,
        ),
        "variable": {"type": "string", "pattern": f"{REFERENCE}|{CONSTANT}"},
        "value": _value(),
        "reserved": {"enum": sorted({*keyword.kwlist, *dir(builtins)})},
        "task": about("The name of a task, or its dotted path where two have one name.", type="string"),
        "condition": about("The name of a skip condition, or its dotted path.", type="string"),
        "requirement": requirement(),
        "metadata": metadata(),
        "overrides": overrides(),
        "skipif": _skipif(),
        "argnames": {"anyOf": [_argument(), {"type": "array", "items": _argument()}]},
        "fan_out": _fan_out(),
        "instance": _instance(),
        "group": _group(),
        "include": _include(),
        "workflow_spec": _workflow_spec(),
        "readme_spec": _readme_spec(),
    }
    if tasks is not None:
        add_tasks(definitions, tasks)
    return {
        "$schema": DRAFT,
        "title": "A workflow spec of ecoscope-workflows",
        "type": "object",
        # A file with both keys is of the `workflow:` grammar, as it is for the compiler.
        "if": {"required": ["tasks"], "not": {"required": ["workflow"]}},
        "then": {"$ref": "#/$defs/readme_spec"},
        "else": {"$ref": "#/$defs/workflow_spec"},
        "$defs": definitions,
    }


def _identifier(description: str, longest: int) -> Schema:
    return about(
        f"{description} A Python identifier of at most {longest} characters; no keyword, no built-in name.",
        type="string",
        pattern=IDENTIFIER,
        maxLength=longest,
        **{"not": {"$ref": "#/$defs/reserved"}},
    )


def _argument() -> Schema:
    return {"type": "string", "pattern": IDENTIFIER}


def _value() -> Schema:
    inner = {"$ref": "#/$defs/value"}
    return {
        "if": {"type": "string", "pattern": BRACES},
        "then": {"$ref": "#/$defs/variable"},
        "items": inner,
        "additionalProperties": inner,
    }


def _values() -> Schema:
    """Return the schema of a mapping from arguments to values."""
    value = {"$ref": "#/$defs/value"}
    return {"type": "object", "propertyNames": _argument(), "additionalProperties": value}


def _workflow_spec() -> Schema:
    entry = {
        "if": {"required": ["type"]},
        "then": {"$ref": "#/$defs/group"},
        "else": {"$ref": "#/$defs/instance"},
    }
    entry = {"if": {"required": ["include"]}, "then": {"$ref": "#/$defs/include"}, "else": entry}
    properties: Schema = {
        "id": _identifier("The name of the workflow.", MAX_SPEC_ID),
        "requirements": about(
            "The packages that the workflow needs.", type="array", items={"$ref": "#/$defs/requirement"}
        ),
        "metadata": {"$ref": "#/$defs/metadata"},
        "rjsf-overrides": {"$ref": "#/$defs/overrides"},
        "vars": about(
            "Constants that values refer to as `${{ vars.<name> }}`.",
            type="object",
            propertyNames=_argument(),
        ),
        "task-instance-defaults": about(
            "What holds for every task instance that does not say otherwise.",
            **mapping({"skipif": {"$ref": "#/$defs/skipif"}}),
        ),
        "workflow": about("Task instances, task groups and includes.", type="array", items=entry),
        "cache_root": about("Where results are shared between runs.", **TEXT_OR_NOTHING),
    }
    return mapping(properties, ("id", "requirements", "workflow"))


def _instance() -> Schema:
    properties: Schema = {
        "name": about("The title of the instance in forms.", **TEXT_OR_NOTHING),
        "id": _identifier("The name that others refer to the instance by.", MAX_INSTANCE_ID),
        "task": {"$ref": "#/$defs/task"},
        "partial": about("Values of arguments; all others are given in the params file.", **_values()),
        "map": about("One call for each element of a list.", **{"$ref": "#/$defs/fan_out"}),
        "mapvalues": about("One call for each value of key-value pairs.", **{"$ref": "#/$defs/fan_out"}),
        "skipif": {"$ref": "#/$defs/skipif"},
        "resources": about(
            "Resources of the job, such as `mem_mb`; they replace those of the task.",
            type="object",
            propertyNames=_argument(),
            additionalProperties={"type": ["number", "string"]},
        ),
        "retries": about("How often a failed job is tried again.", type="integer", minimum=0),
        "timeout": about("Seconds after which the job is stopped.", type="integer", minimum=0),
    }
    filled = {"type": "object", "minProperties": 1}
    both = {"required": ["map", "mapvalues"], "properties": {"map": filled, "mapvalues": filled}}
    return about("One use of a task.", **mapping(properties, ("id", "task"), **{"not": both}))


def _group() -> Schema:
    properties: Schema = {
        "type": {"const": "task-group"},
        "title": about("The title of the group's card in forms.", **TEXT),
        "description": about("A sentence below the title.", **TEXT_OR_NOTHING),
        "tasks": {"type": "array", "items": {"$ref": "#/$defs/instance"}},
    }
    said = "Task instances that stand on one card of a form."
    return about(said, **mapping(properties, ("type", "title", "tasks")))


def _include() -> Schema:
    properties: Schema = {
        "include": about(
            "The path of another spec, below the folder of this one.",
            type="string",
            pattern=r"^(?!/)(?!(.*/)?\.\.(/|$))",
        ),
        "prefix": _identifier("What stands before each id of the other spec.", MAX_INSTANCE_ID),
        "partial": about(
            "Values of arguments, by the ids of the other spec.",
            type="object",
            additionalProperties=_values(),
        ),
    }
    return about("The task instances of another spec.", **mapping(properties, ("include", "prefix")))


def _fan_out() -> Schema:
    argvalues = {
        "anyOf": [
            {"$ref": "#/$defs/reference"},
            {"type": "array", "items": {"$ref": "#/$defs/value"}},
        ]
    }
    properties: Schema = {
        "argnames": about(
            "The argument that each element is given to, or a list of them.", **{"$ref": "#/$defs/argnames"}
        ),
        "argvalues": about("Where the elements come from: a reference, or a list of them.", **argvalues),
    }
    together = {"argnames": ["argvalues"], "argvalues": ["argnames"]}
    return mapping(properties, dependentRequired=together)


def _skipif() -> Schema:
    properties: Schema = {
        "conditions": about(
            "Functions that return true where the instance is to be skipped.",
            type="array",
            items={"$ref": "#/$defs/condition"},
        ),
        "unpack_depth": about("How deep lists are unpacked for the conditions.", type="integer"),
    }
    said = "When the instance is skipped; null means as the defaults say."
    return about(said, **mapping(properties, ("conditions",)) | {"type": ["object", "null"]})


def _readme_spec() -> Schema:
    arguments = {"type": ["object", "null"], "additionalProperties": {"$ref": "#/$defs/task"}}
    tasks = about(
        "The tasks, and for each argument that is a result, the task it comes from.",
        type="object",
        minProperties=1,
        additionalProperties=arguments,
    )
    properties: Schema = {
        "name": _identifier("The name of the workflow.", MAX_SPEC_ID),
        "description": about("What the workflow does.", **TEXT_OR_NOTHING),
        "cache_root": about("Where results are shared between runs.", **TEXT_OR_NOTHING),
        "tasks": tasks,
    }
    return mapping(properties, ("name", "tasks"))
