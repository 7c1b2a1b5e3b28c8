"""The grammar of specs as a JSON Schema, for editors; with the tasks that are installed, on request.

An editor checks the shape of a spec while it is written; the compiler checks the rest.
What only the whole graph shows (ids used twice, references to nothing, types of results) no schema can say.
"""

from __future__ import annotations

import builtins
import keyword
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.compiler.task_schemas import add_tasks
from ecoscope_workflows.spec.instances import MAX_INSTANCE_ID
from ecoscope_workflows.spec.requirements import CHANNELS, GIT_REFERENCES, SOURCES
from ecoscope_workflows.spec.workflow_grammar import MAX_SPEC_ID, OVERRIDE_SECTIONS

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
_URL = r"^[a-z][a-z0-9+.-]*://\S+$"

_TEXT: Schema = {"type": "string"}
_TEXT_OR_NOTHING: Schema = {"type": ["string", "null"]}
_TEXTS: Schema = {"type": "array", "items": _TEXT}


def spec_schema(tasks: Iterable[TaskInfo] | None = None) -> Schema:
    """Return the JSON Schema (draft 2020-12) of a spec, in whichever of the two grammars it is written.

    Parameters
    ----------
    tasks
        The tasks that a spec may use: with them the schema knows their names, arguments and types.
        Without them any name will do.
    """
    definitions: Schema = {
        "result": _about("The result of another task instance.", type="string", pattern=RESULT),
        "reference": _about(
            "A result, an environment variable or a constant, as the whole of a value.",
            type="string",
            pattern=REFERENCE,
        ),
        "variable": {"type": "string", "pattern": f"{REFERENCE}|{CONSTANT}"},
        "value": _value(),
        "reserved": {"enum": sorted({*keyword.kwlist, *dir(builtins)})},
        "task": _about("The name of a task, or its dotted path where two have one name.", type="string"),
        "requirement": _requirement(),
        "metadata": _metadata(),
        "overrides": _overrides(),
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


def _about(description: str, /, **schema: Any) -> Schema:
    return {"description": description, **schema}


def _object(properties: Schema, required: Iterable[str] = (), /, **schema: Any) -> Schema:
    """Return the schema of a mapping with these keys and no others."""
    whole = {"type": "object", "properties": properties, "additionalProperties": False, **schema}
    return whole | ({"required": list(required)} if required else {})


def _identifier(description: str, longest: int) -> Schema:
    return _about(
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
        "requirements": _about(
            "The packages that the workflow needs.", type="array", items={"$ref": "#/$defs/requirement"}
        ),
        "metadata": {"$ref": "#/$defs/metadata"},
        "rjsf-overrides": {"$ref": "#/$defs/overrides"},
        "vars": _about(
            "Constants that values refer to as `${{ vars.<name> }}`.",
            type="object",
            propertyNames=_argument(),
        ),
        "task-instance-defaults": _about(
            "What holds for every task instance that does not say otherwise.",
            **_object({"skipif": {"$ref": "#/$defs/skipif"}}),
        ),
        "workflow": _about("Task instances, task groups and includes.", type="array", items=entry),
        "cache_root": _about("Where results are shared between runs.", **_TEXT_OR_NOTHING),
    }
    return _object(properties, ("id", "requirements", "workflow"))


def _instance() -> Schema:
    properties: Schema = {
        "name": _about("The title of the instance in forms.", **_TEXT_OR_NOTHING),
        "id": _identifier("The name that others refer to the instance by.", MAX_INSTANCE_ID),
        "task": {"$ref": "#/$defs/task"},
        "partial": _about("Values of arguments; all others are given in the params file.", **_values()),
        "map": _about("One call for each element of a list.", **{"$ref": "#/$defs/fan_out"}),
        "mapvalues": _about("One call for each value of key-value pairs.", **{"$ref": "#/$defs/fan_out"}),
        "skipif": {"$ref": "#/$defs/skipif"},
        "resources": _about(
            "Resources of the job, such as `mem_mb`; they replace those of the task.",
            type="object",
            propertyNames=_argument(),
            additionalProperties={"type": ["number", "string"]},
        ),
        "retries": _about("How often a failed job is tried again.", type="integer", minimum=0),
        "timeout": _about("Seconds after which the job is stopped.", type="integer", minimum=0),
    }
    filled = {"type": "object", "minProperties": 1}
    both = {"required": ["map", "mapvalues"], "properties": {"map": filled, "mapvalues": filled}}
    return _about("One use of a task.", **_object(properties, ("id", "task"), **{"not": both}))


def _group() -> Schema:
    properties: Schema = {
        "type": {"const": "task-group"},
        "title": _about("The title of the group's card in forms.", **_TEXT),
        "description": _about("A sentence below the title.", **_TEXT_OR_NOTHING),
        "tasks": {"type": "array", "items": {"$ref": "#/$defs/instance"}},
    }
    about = "Task instances that stand on one card of a form."
    return _about(about, **_object(properties, ("type", "title", "tasks")))


def _include() -> Schema:
    properties: Schema = {
        "include": _about(
            "The path of another spec, below the folder of this one.",
            type="string",
            pattern=r"^(?!/)(?!(.*/)?\.\.(/|$))",
        ),
        "prefix": _identifier("What stands before each id of the other spec.", MAX_INSTANCE_ID),
        "partial": _about(
            "Values of arguments, by the ids of the other spec.",
            type="object",
            additionalProperties=_values(),
        ),
    }
    return _about("The task instances of another spec.", **_object(properties, ("include", "prefix")))


def _fan_out() -> Schema:
    argvalues = {
        "anyOf": [
            {"$ref": "#/$defs/reference"},
            {"type": "array", "items": {"$ref": "#/$defs/value"}},
        ]
    }
    properties: Schema = {
        "argnames": _about(
            "The argument that each element is given to, or a list of them.", **{"$ref": "#/$defs/argnames"}
        ),
        "argvalues": _about("Where the elements come from: a reference, or a list of them.", **argvalues),
    }
    together = {"argnames": ["argvalues"], "argvalues": ["argnames"]}
    return _object(properties, dependentRequired=together)


def _skipif() -> Schema:
    properties: Schema = {
        "conditions": _about(
            "Tasks that return true where the instance is to be skipped.",
            type="array",
            items={"$ref": "#/$defs/task"},
        ),
        "unpack_depth": _about("How deep lists are unpacked for the conditions.", type="integer"),
    }
    about = "When the instance is skipped; null means as the defaults say."
    return _about(about, **_object(properties, ("conditions",)) | {"type": ["object", "null"]})


def _overrides() -> Schema:
    section = {"type": "object"}
    about = "Changes to the form: in each section values by dotted path."
    return _about(about, **_object(dict.fromkeys(OVERRIDE_SECTIONS, section)))


def _metadata() -> Schema:
    maintainer = _object({"name": _TEXT, "email": _TEXT}, ("name", "email"))
    texts = ("name", "description", "license", "repository", "documentation", "readme")
    return _about(
        "What the workflow is, and who looks after it.",
        type=["object", "null"],
        properties={
            **dict.fromkeys(texts, _TEXT_OR_NOTHING),
            "maintainers": {"type": "array", "items": maintainer},
            "keywords": {"type": ["array", "null"], "items": _TEXT},
            "environment": _about(
                "What each environment variable holds that the spec refers to.",
                type="object",
                additionalProperties=_TEXT,
            ),
        },
        required=["name", "description", "maintainers", "license"],
    )


def _requirement() -> Schema:
    short = _object({"requirement": _about("A package and its version, e.g. `pandas>=2,<3`.", **_TEXT)})
    pip_only = (*SOURCES, *GIT_REFERENCES, "editable", "extras", "subdirectory")
    return _about(
        "A package of conda (name, version, channel) or of pip (name, and git, path or url).",
        type="object",
        **{"if": {"required": ["requirement"]}, "then": short},
        **{
            "else": {
                "if": {"anyOf": [{"required": [key]} for key in pip_only]},
                "then": _pip_requirement(),
                "else": _conda_requirement(),
            }
        },
    )


def _conda_requirement() -> Schema:
    channel = {"anyOf": [{"enum": list(CHANNELS)}, {"type": "string", "pattern": _URL}]}
    version = _about('A conda match specification, in quotes: "2.*", ">=2,<3", "*".', **_TEXT)
    return _object({"name": _TEXT, "version": version, "channel": channel}, ("name", "version"))


def _pip_requirement() -> Schema:
    properties: Schema = {
        "name": _TEXT,
        "git": _TEXT,
        "path": _about("An absolute folder.", type="string", pattern="^/"),
        "url": _TEXT,
        **dict.fromkeys(GIT_REFERENCES, _TEXT),
        "subdirectory": _TEXT,
        "editable": {"type": "boolean"},
        "extras": _TEXTS,
    }
    pairs = [
        {"required": [first, second]}
        for number, first in enumerate(GIT_REFERENCES)
        for second in GIT_REFERENCES[number + 1 :]
    ]
    editable = {"properties": {"editable": {"const": True}}, "required": ["editable"]}
    return _object(
        properties,
        ("name",),
        oneOf=[{"required": [source]} for source in SOURCES],
        dependentRequired={key: ["git"] for key in GIT_REFERENCES},
        allOf=[{"not": {"anyOf": pairs}}, {"if": editable, "then": {"required": ["path"]}}],
    )


def _readme_spec() -> Schema:
    arguments = {"type": ["object", "null"], "additionalProperties": {"$ref": "#/$defs/task"}}
    tasks = _about(
        "The tasks, and for each argument that is a result, the task it comes from.",
        type="object",
        minProperties=1,
        additionalProperties=arguments,
    )
    properties: Schema = {
        "name": _identifier("The name of the workflow.", MAX_SPEC_ID),
        "description": _about("What the workflow does.", **_TEXT_OR_NOTHING),
        "cache_root": _about("Where results are shared between runs.", **_TEXT_OR_NOTHING),
        "tasks": tasks,
    }
    return _object(properties, ("name", "tasks"))
