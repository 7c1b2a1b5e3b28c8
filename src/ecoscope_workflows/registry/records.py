"""Tasks in, what is said of them as JSON data out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.contracts.plain import plain
from ecoscope_workflows.registry.index import Index

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecoscope_workflows.registry.signature import TaskInfo


def task_record(task: TaskInfo) -> dict[str, Any]:
    """Return what `ecoscope-workflows tasks --format json` prints of a task."""
    return {
        "name": task.name,
        "module": task.module,
        "origin": task.origin,
        "description": task.description,
        "tags": list(task.metadata.tags),
        "image": task.metadata.image,
        "resources": dict(task.metadata.resources),
        "parameters": [
            {
                "name": name,
                "type": type_name(item.annotation),
                "required": item.required,
                "default": None if item.required else plain(item.default),
                "description": item.about,
            }
            for name, item in task.parameters.items()
        ],
        "returns": type_name(task.returns),
    }


def index_of(tasks: Iterable[TaskInfo], conditions: Iterable[str]) -> Index:
    """Return an index of tasks, and of what `skipif` may name beside them."""
    records: dict[str, dict[str, Any]] = {}
    upstream, changing = [], []
    for task in tasks:
        records[task.path] = task_record(task)
        if task.is_upstream:
            upstream.append(task.path)
        if any(parameter.makes_default for parameter in task.parameters.values()):
            changing.append(task.path)
            records[task.path]["parameters"] = []
    return Index(records, upstream, changing, list(conditions))
