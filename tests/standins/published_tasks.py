"""Stubs of the tasks that published specs use, made of their known arguments and form fields."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from ecoscope_workflows.decorators import TaskMetadata
from ecoscope_workflows.registry.catalog import Catalog
from ecoscope_workflows.registry.signature import Parameter, TaskInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPES = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "array": list[Any],
    "object": dict[str, Any],
}
# Every condition that a published spec names.
CONDITIONS = (
    "all_geometry_are_none",
    "all_keyed_iterables_are_skips",
    "any_dependency_is_empty_string",
    "any_dependency_skipped",
    "any_is_empty_df",
    "any_keyed_iterables_are_skips",
    "never",
)
# YAML 1.1 reads a bare `on` as true, and so did whoever listed the arguments.
ARGUMENTS = {"True": "on"}


def stub() -> None:
    """Stand for the function of a task that is not installed here."""


def annotation(schema: Mapping[str, Any]) -> Any:
    """Return the type that a form field asks for, where it is a plain one, or null, which forms leave out."""
    kind = Literal[tuple(schema["enum"])] if "enum" in schema else TYPES.get(schema.get("type", ""), Any)
    return kind | None


def stub_task(name: str, module: str, signature: Mapping[str, Any]) -> TaskInfo:
    arguments = {ARGUMENTS.get(argument, argument): Any for argument in signature["args"]}
    arguments |= {argument: annotation(schema) for argument, schema in signature["unbound"].items()}
    return TaskInfo(
        name=name,
        module=module,
        function=stub,
        parameters={argument: Parameter(argument, kind) for argument, kind in arguments.items()},
        returns=Any,
        metadata=TaskMetadata(),
        origin=module.partition(".")[0],
    )


def stub_catalog(signatures: Mapping[str, Any], plan: Mapping[str, Any]) -> Catalog:
    """Return the tasks of all published packages.

    Tasks have moved from package to package; of those that the plan uses, only the plan says where they were.
    """
    homes: dict[str, set[str]] = {}
    for task in plan["tasks"]:
        homes.setdefault(task["function"], set()).add(task["module"])
    catalog = Catalog.of(
        stub_task(name, module, signature)
        for name, signature in signatures.items()
        for module in homes.get(name, signature["modules"])
    )
    return replace(catalog, conditions={f"published.tasks.skip.{name}": stub for name in CONDITIONS})
