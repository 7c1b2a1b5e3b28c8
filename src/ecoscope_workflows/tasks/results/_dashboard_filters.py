"""Groupers and the keys of groups in, the filters of a dashboard out: a form with one choice per grouper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecoscope_workflows.tasks.groupers import choices_in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecoscope_workflows.tasks.groupers import CompositeFilter, Grouper


def filters_of(groupers: Sequence[Grouper], keys: Sequence[CompositeFilter]) -> dict[str, Any]:
    """Return the filters as a JSON schema with the UI schema of its form.

    Parameters
    ----------
    groupers
        What the groups are groups by.
    keys
        The groups that occur.

    Raises
    ------
    ValueError
        When a key names something that no grouper groups by.
    """
    by_name = {grouper.index_name: grouper for grouper in groupers}
    found: dict[str, set[str]] = {}
    for key in keys:
        for name, _, value in key:
            if name not in by_name:
                known = ", ".join(by_name) or "none"
                raise ValueError(f"a widget is grouped by {name!r}, which is none of the groupers: {known}")
            found.setdefault(name, set()).add(value)
    choices = {name: choices_in_order(by_name[name], values) for name, values in found.items()}
    return {
        "schema": {
            "type": "object",
            "properties": {name: _property(by_name[name], values) for name, values in choices.items()},
            "uiSchema": {
                name: {"ui:title": by_name[name].display_name, "ui:widget": "select"} for name in choices
            },
        }
    }


def _property(grouper: Grouper, choices: list[str]) -> dict[str, Any]:
    return {
        "type": "string",
        "title": grouper.display_name,
        "oneOf": [{"const": choice, "title": choice} for choice in choices],
        "default": choices[0],
    }
