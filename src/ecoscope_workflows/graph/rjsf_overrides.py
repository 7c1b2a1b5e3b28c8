"""Dotted paths and values in, a changed form out; and which of the paths lead nowhere."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.errors import Problem, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ecoscope_workflows.spec.model import Override

Schema = dict[str, Any]

# The keys of these are names of fields and definitions; the keys of any other schema are keywords.
_NAMING = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
# Keywords of JSON Schema that an author adds with something inside.
_CONDITIONS = frozenset({"if", "then", "else", "not", "dependencies", "dependentSchemas"})
_BRANCHES = ("allOf", "anyOf", "oneOf")
_ITEMS = ("items", "additionalItems", "additionalProperties")
_MISSING = object()


def overridden(form: Schema, overrides: Iterable[Override]) -> Schema:
    """Return a copy of a form with the values at the paths replaced; what is missing on a path is made.

    A dot in a path always separates two keys; a number is the place in a list.

    Raises
    ------
    SpecError
        For each path that leads through text, a number or past the end of a list.
    """
    changed = copy.deepcopy(form)
    problems = [problem for override in overrides if (problem := _set(changed, override)) is not None]
    if problems:
        raise SpecError(problems)
    return changed


def without_effect(form: Schema, overrides: Iterable[Override]) -> list[Override]:
    """Return the overrides whose path names a field, an item or a definition that the form does not have."""
    form = copy.deepcopy(form)
    found = []
    # Hints of the uiSchema may be about what the other sections add.
    for override in sorted(overrides, key=lambda override: override.section == "uiSchema"):
        steps = override.path.split(".")
        exists = (
            _hints_at_something(form, steps)
            if override.section == "uiSchema"
            else _leads_somewhere(form[override.section], steps)
        )
        # One that leads nowhere is not applied: what it makes would count as found for the next one.
        if not exists or _set(form, override) is not None:
            found.append(override)
    return found


def _set(form: Schema, override: Override) -> Problem | None:
    """Set the value of an override, or say why its path cannot be walked."""
    *parents, last = override.path.split(".")
    target: Any = form[override.section]
    for count, step in enumerate(parents, start=1):
        if isinstance(target, dict):
            target = target.setdefault(step, {})
        elif (target := _part(target, step)) is _MISSING:
            return _blocked(override, parents[: count - 1], step)
    if isinstance(target, dict):
        target[last] = copy.deepcopy(override.value)
    elif _part(target, last) is not _MISSING:
        target[int(last)] = copy.deepcopy(override.value)
    else:
        return _blocked(override, parents, last)
    return None


def _part(node: Any, step: str) -> Any:
    if isinstance(node, dict):
        return node.get(step, _MISSING)
    if isinstance(node, list) and step.isdecimal() and int(step) < len(node):
        return node[int(step)]
    return _MISSING


def _blocked(override: Override, walked: Sequence[str], step: str) -> Problem:
    return Problem(
        "EW342",
        f"the override {override.path!r} cannot be set: {'.'.join(walked)!r} has no part {step!r}",
        override.where,
        "override the whole of it",
    )


def _leads_somewhere(root: Schema, steps: Sequence[str]) -> bool:
    """Return whether every field, item and definition on a path exists; a keyword at its end may be new."""
    node: Any = root
    naming = True
    for number, step in enumerate(steps, start=1):
        part = _part(node, step)
        if part is _MISSING:
            may_be_new = number == len(steps) or ":" in step or step in _CONDITIONS
            return isinstance(node, dict) and not naming and may_be_new
        naming = not naming and step in _NAMING
        node = part
    return True


def _hints_at_something(form: Schema, steps: Sequence[str]) -> bool:
    """Return whether a path of the uiSchema follows the fields of the form down to its first hint."""
    nodes: list[Schema] = [form]
    for step in steps:
        if step.startswith("ui:"):
            return True
        if step in _BRANCHES or step.isdecimal():
            continue
        nodes = [
            part
            for node in nodes
            for whole in _unfolded(node, form["$defs"])
            for part in _inside(whole, step)
        ]
        if not nodes:
            return False
    return True


def _unfolded(node: Schema, definitions: Schema, seen: tuple[int, ...] = ()) -> Iterator[Schema]:
    """Yield a schema and those that it refers to or offers as branches."""
    if id(node) in seen:
        return
    yield node
    parts = [branch for keyword in _BRANCHES for branch in node.get(keyword, ())]
    reference = str(node.get("$ref", "")).rpartition("/")[2]
    if reference in definitions:
        parts.append(definitions[reference])
    for part in parts:
        if isinstance(part, dict):
            yield from _unfolded(part, definitions, (*seen, id(node)))


def _inside(node: Schema, step: str) -> Iterator[Schema]:
    part = node.get(step) if step in _ITEMS else node.get("properties", {}).get(step)
    if isinstance(part, dict):
        yield part
