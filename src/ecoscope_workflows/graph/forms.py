"""A params model in, forms out: JSON Schema for programs, a commented YAML file for people."""

from __future__ import annotations

import json
import math
import re
import textwrap
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from ecoscope_workflows.contracts.describe import type_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecoscope_workflows.graph.params import InstanceParams, ParamsModel
    from ecoscope_workflows.registry.signature import Parameter

WIDTH = 96

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


def plain(value: Any) -> Any:
    """Return a default as JSON data; JSON has no number for nan and infinity, so these are text."""
    data = to_jsonable_python(value, serialize_unknown=True)
    return _finite(data)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value


def yaml_form(model: ParamsModel) -> str:
    """Return a YAML file to fill in: required keys first, optional ones commented out with their default.

    Filling in the open keys alone gives a valid params file.
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


def _parameters(node: InstanceParams) -> Iterator[str]:
    schema = _instance_schema(node)
    in_order = sorted(node.free.values(), key=lambda parameter: not node.needs(parameter))
    for parameter in in_order:
        yield from _comment(
            _about(parameter, schema["properties"][parameter.name], node.needs(parameter)), "  "
        )
        if node.needs(parameter):
            yield f"  {parameter.name}:"
        elif parameter.required:
            yield f"  # {parameter.name}:"
        else:
            yield f"  # {parameter.name}: {_one_line(plain(parameter.default))}"


def _about(parameter: Parameter, schema: dict[str, Any], needed: bool) -> str:  # noqa: FBT001  # one call
    kind = type_name(parameter.annotation)
    facts = [kind, ", ".join(_limits(schema)), "required" if needed else ""]
    if parameter.environment:
        facts.append(f"otherwise read from the environment variable {parameter.environment.variable}")
    sentence = " ".join(parameter.about.split())
    if sentence and sentence[-1] not in ".!?":
        sentence += "."
    return f"{sentence} ({', '.join(fact for fact in facts if fact)})".strip()


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
