"""A params model in, forms out: JSON Schema for programs, a commented YAML file for people."""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.peeled import peel
from ecoscope_workflows.contracts.plain import plain
from ecoscope_workflows.contracts.records import record_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecoscope_workflows.graph.params import InstanceParams, ParamsModel
    from ecoscope_workflows.registry.signature import Parameter

WIDTH = 96
_DEFINITIONS = "#/$defs/"
Definitions = dict[str, dict[str, Any]]

# What YAML takes for the end of a line, or does not allow at all.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")

_CONSTRAINTS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "multipleOf": "a multiple of {}",
    "pattern": "matching {}",
}


def json_schemas(model: ParamsModel) -> dict[str, Any]:
    """Return the JSON Schema of each instance's parameters, by instance id."""
    return {name: _instance_schema(node) for name, node in model.instances.items()}


def _instance_schema(node: InstanceParams) -> dict[str, Any]:
    adapters: list[Any] = [(name, "validation", parameter.adapter) for name, parameter in node.free.items()]
    schemas, definitions = TypeAdapter.json_schemas(adapters)
    properties = {
        name: property_schema(parameter, schemas[(name, "validation")])
        for name, parameter in node.free.items()
    }
    required = [name for name, parameter in node.free.items() if node.needs(parameter)]
    schema: dict[str, Any] = {"additionalProperties": False, "properties": properties}
    if definitions:
        schema |= definitions
    if required:
        schema["required"] = required
    return schema | {"type": "object"}


def property_schema(parameter: Parameter, schema: dict[str, Any]) -> dict[str, Any]:
    """Return what pydantic says of a parameter's type, with its title, description and default."""
    result = dict(schema)
    if "$ref" not in result:
        result.setdefault("title", parameter.name.replace("_", " ").title())
    if parameter.description:
        result["description"] = parameter.description
    if not parameter.required:
        result["default"] = plain(parameter.default)
    return result


def yaml_form(model: ParamsModel) -> str:
    """Return a YAML file to fill in: required keys first, optional ones commented out with their default.

    Filling in the open keys alone gives a valid params file.
    Where a value must be a record, such as a model, with required keys, these stand open below it.
    The keys of other records that a value may be or hold are named in the comment.
    """
    lines = [
        f"# Parameters of {model.name}.",
        "# Fill in every open key. Lines behind '#' are optional and show the default:",
        "# remove the '# ' in front of a key to give it another value.",
    ]
    for name, node in model.instances.items():
        lines += ["", *_comment(node.task.description, ""), f"{name}:", *_parameters(node)]
    if not model.instances:
        lines += ["", "# This workflow needs none: its spec gives every value.", "{}"]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class _Key:
    """One key to fill in: a parameter, or what stands inside of one."""

    name: str
    annotation: Any
    schema: Mapping[str, Any]
    needed: bool
    about: str
    default: str = ""
    facts: tuple[str, ...] = ()


def _parameters(node: InstanceParams) -> Iterator[str]:
    schema = _instance_schema(node)
    for parameter in sorted(node.free.values(), key=lambda parameter: not node.needs(parameter)):
        variable = parameter.environment.variable if parameter.environment else ""
        key = _Key(
            parameter.name,
            parameter.annotation,
            schema["properties"][parameter.name],
            node.needs(parameter),
            parameter.about,
            "" if parameter.required else f" {_one_line(plain(parameter.default))}",
            (f"otherwise read from the environment variable {variable}",) if variable else (),
        )
        yield from _lines(key, schema.get("$defs", {}), "  ")


def _lines(key: _Key, definitions: Definitions, indent: str) -> Iterator[str]:
    """Yield a key below what is to be said of it, and the keys inside of it where some of them are needed."""
    inner = _inside(key, definitions) if key.needed else []
    if not any(one.needed for one in inner):
        inner = []
    about = (
        _about(key)
        if inner
        else f"{_about(key)} {' '.join(dict.fromkeys(_records(key.schema, definitions)))}"
    )
    yield from _comment(about, indent)
    if not key.needed:
        yield f"{indent}# {_key(key.name)}:{key.default}"
        return
    yield f"{indent}{_key(key.name)}:"
    for one in sorted(inner, key=lambda one: not one.needed):
        yield from _lines(one, _below(key.schema, definitions), f"{indent}  ")


def _below(schema: Mapping[str, Any], definitions: Definitions) -> Definitions:
    """Leave out the record that a schema refers to: inside of it, its keys have been told."""
    return {name: one for name, one in definitions.items() if schema.get("$ref") != f"{_DEFINITIONS}{name}"}


def _inside(key: _Key, definitions: Definitions) -> list[_Key]:
    """Return the keys of the record that a value must be, those that forms hide left out; none for others."""
    record = record_of(peel(key.annotation).kind)
    name = key.schema.get("$ref", "").removeprefix(_DEFINITIONS)
    if record is None or name not in definitions:
        return []
    schema = definitions[name]
    return [
        _Key(
            inner,
            record.reads[inner].annotation,
            part,
            inner in schema.get("required", ()),
            part.get("description", ""),
            f" {_one_line(part['default'])}" if "default" in part else "",
        )
        for inner, part in schema.get("properties", {}).items()
        if inner in record.reads
    ]


def _records(schema: Mapping[str, Any], definitions: Definitions) -> Iterator[str]:
    """Yield a sentence on the keys of each record that a value may be or hold."""
    name = schema.get("$ref", "").removeprefix(_DEFINITIONS)
    # A type may write its records where they stand, without a name.
    record = definitions.get(name, schema)
    if record.get("properties"):
        properties, required = record["properties"], record.get("required", [])
        has = [f"has {', '.join(required)}"] if required else []
        optional = [key for key in properties if key not in required]
        if optional:
            has.append(f"may have {', '.join(optional)}")
        # Of two classes of one name pydantic writes the modules too.
        yield f"{name.rpartition('__')[2] or 'It'} {' and '.join(has)}."
        for key in required:
            yield from _records(properties[key], _below(schema, definitions))
    parts = [part for word in ("anyOf", "oneOf", "allOf", "prefixItems") for part in schema.get(word, ())]
    parts += [schema.get(word) for word in ("items", "additionalProperties")]
    for part in parts:
        if isinstance(part, dict):
            yield from _records(part, definitions)


def _about(key: _Key) -> str:
    needed = "required" if key.needed else ""
    facts = [type_name(key.annotation), ", ".join(_limits(key.schema)), needed, *key.facts]
    sentence = " ".join(key.about.split())
    if sentence and sentence[-1] not in ".!?":
        sentence += "."
    return f"{sentence} ({', '.join(fact for fact in facts if fact)})".strip()


def _key(name: str) -> str:
    # The keys of a model may be any text.
    return name if re.fullmatch(r"[^\W\d]\w*", name) else _one_line(name)


def _limits(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the constraints in words, also those of a type that may be null, and those of items."""
    for key, text in _CONSTRAINTS.items():
        if schema.get(key) is not None:
            yield text.format(schema[key])
    for choice in schema.get("anyOf", ()):
        yield from _limits(choice)
    for text in _limits(schema["items"]) if schema.get("items") else ():
        yield f"each {text}"


def _one_line(value: Any) -> str:
    """Return JSON data as YAML on one line, whatever its text holds."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def _comment(text: str, indent: str) -> list[str]:
    one_line = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
    return textwrap.wrap(
        one_line,
        WIDTH,
        initial_indent=f"{indent}# ",
        subsequent_indent=f"{indent}# ",
        break_long_words=False,
        break_on_hyphens=False,
    )
