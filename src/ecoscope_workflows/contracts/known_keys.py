"""A validator's schema and a place in a value in, the keys out that are known there, with their types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.records import record_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ecoscope_workflows.contracts.records import Entry

Step = str | int
Schemas = dict[str, Any]


def known_keys(schema: Any, steps: Sequence[Step], branches: Sequence[Step]) -> dict[str, Entry]:
    """Return the keys that records know at a place.

    Parameters
    ----------
    schema
        Pydantic's core schema of the type of the whole value.
    steps
        Keys and indices that lead to the place.
    branches
        What pydantic calls the branches of unions on the way; where they name a record, it alone is meant.
    """
    definitions: Schemas = {}
    found = [schema]
    for step in steps:
        found = [inner for one in found for inner in _inside(one, step, definitions)]
    kinds = [part["cls"] for one in found for part in _parts(one, definitions) if "cls" in part]
    words = {word for branch in branches for word in re.findall(r"\w+", str(branch))}
    meant = [kind for kind in kinds if kind.__name__ in words] or kinds
    records = [record for kind in meant if (record := record_of(kind)) is not None]
    return {name: entry for record in records for name, entry in record.reads.items()}


def _parts(schema: Any, definitions: Schemas) -> Iterator[Any]:
    """Yield what a schema comes to: the branches of unions, without what stands around them."""
    if isinstance(schema, tuple):  # a branch with a label
        schema = schema[0]
    for one in schema.get("definitions", ()):
        definitions[one["ref"]] = one
    kind = schema["type"]
    if kind == "definition-ref":
        yield from _parts(definitions[schema["schema_ref"]], definitions)
    elif kind in {"union", "tagged-union"}:
        choices = schema["choices"]
        for choice in choices.values() if isinstance(choices, dict) else choices:
            yield from _parts(choice, definitions)
    elif kind in _RECORDS or not isinstance(schema.get("schema"), dict):
        yield schema
    else:
        yield from _parts(schema["schema"], definitions)


_RECORDS = {"model", "dataclass", "typed-dict"}


def _inside(schema: Any, step: Step, definitions: Schemas) -> Iterator[Any]:
    """Yield the schemas of what stands behind a key or index."""
    for part in _parts(schema, definitions):
        if part["type"] in _RECORDS:
            yield from _behind_key(part, step, definitions)
        elif part["type"] == "dict" and "values_schema" in part:
            yield part["values_schema"]
        elif "items_schema" in part and isinstance(step, int):
            items = part["items_schema"]
            yield items[min(step, len(items) - 1)] if isinstance(items, list) else items


def _behind_key(record: Mapping[str, Any], step: Step, definitions: Schemas) -> Iterator[Any]:
    # A typed dictionary holds its fields itself; a class holds the schema of what stands in it.
    for part in [record] if record["type"] == "typed-dict" else _parts(record["schema"], definitions):
        fields = part.get("fields", {})
        named = fields.items() if isinstance(fields, dict) else [(one["name"], one) for one in fields]
        for name, field in named:
            if step in (name, field.get("validation_alias")):
                yield field["schema"]
