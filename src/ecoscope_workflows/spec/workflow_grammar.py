"""The grammar of published specs in, instances out: ``workflow: [{id, task, partial, …}, …]``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ecoscope_workflows.spec.bindings import read_binding
from ecoscope_workflows.spec.metadata import Metadata, read_metadata
from ecoscope_workflows.spec.model import (
    Binding,
    FanOut,
    Group,
    Instance,
    ListOf,
    Literal,
    Override,
    Reference,
    SkipIf,
    Spec,
)
from ecoscope_workflows.spec.requirements import Requirement, read_requirements
from ecoscope_workflows.spec.variables import read_variables

if TYPE_CHECKING:
    from ecoscope_workflows.errors import Where
    from ecoscope_workflows.spec.reader import Cursor

ROOT_KEYS = (
    "id",
    "requirements",
    "metadata",
    "rjsf-overrides",
    "vars",
    "task-instance-defaults",
    "workflow",
    "cache_root",
)
INSTANCE_KEYS = (
    "name",
    "id",
    "task",
    "partial",
    "map",
    "mapvalues",
    "skipif",
    "resources",
    "retries",
    "timeout",
)
GROUP_KEYS = ("type", "title", "description", "tasks")
FAN_OUT_KEYS = ("argnames", "argvalues")
SKIPIF_KEYS = ("conditions", "unpack_depth")
OVERRIDE_SECTIONS = ("properties", "$defs", "uiSchema")
MAX_SPEC_ID = 64
MAX_INSTANCE_ID = 32


def read_workflow_spec(plain_root: Cursor, sha256: str) -> Spec:
    """Read a whole spec; instances may stand in any order, in groups or on their own."""
    root = replace(plain_root, variables=read_variables(plain_root))
    root.only_keys(ROOT_KEYS, "a spec")
    name = (
        root.child("id").identifier("the id of the spec", MAX_SPEC_ID) if root.needs("id", "the spec") else ""
    )
    requirements: tuple[Requirement, ...] = ()
    if root.needs("requirements", "the spec", "add `requirements: []`"):
        requirements = read_requirements(root.child("requirements"))
    defaults = _defaults(root)
    groups: list[Group] = []
    instances: list[Instance] = []
    workflow = root.child("workflow")
    if workflow.is_a(list, "`workflow`"):
        for entry in workflow.items():
            if not entry.is_a(dict, "an entry of `workflow`"):
                continue
            if entry.has("type"):
                group, members = _group(entry, defaults)
                groups.append(group)
                instances += members
            else:
                instances.append(_instance(entry, None, defaults))
    cache_root = root.value.get("cache_root")
    if cache_root is not None:
        root.child("cache_root").is_a(str, "`cache_root`")
    metadata = read_metadata(root.child("metadata")) if root.has("metadata") else Metadata()
    return Spec(
        id=name,
        file=root.document.file,
        sha256=sha256,
        where=root.where,
        instances=tuple(instances),
        cache_root=cache_root,
        description=metadata.description,
        requirements=requirements,
        unused_variables=root.variables.unused,
        groups=tuple(groups),
        overrides=_overrides(root),
        environment=_environment(root),
    )


def _environment(root: Cursor) -> dict[str, str]:
    """Read ``metadata.environment``: what each environment variable holds that the spec refers to."""
    if not root.has("metadata") or not root.child("metadata").has("environment"):
        return {}
    environment = root.child("metadata").child("environment")
    if not environment.is_a(dict, "`environment` of `metadata`"):
        return {}
    return {
        name: str(about.value)
        for name, about in environment.entries()
        if about.is_a(str, f"what `environment` says of {name!r}")
    }


def _overrides(root: Cursor) -> tuple[Override, ...]:
    key = "rjsf-overrides"
    if not root.has(key) or not root.child(key).is_a(dict, f"`{key}`"):
        return ()
    overrides = root.child(key)
    overrides.only_keys(OVERRIDE_SECTIONS, f"`{key}`")
    return tuple(
        Override(name, path, value.value, section.key_where(path))
        for name, section in overrides.entries()
        if name in OVERRIDE_SECTIONS and section.is_a(dict, f"`{name}` of `{key}`")
        for path, value in section.entries()
    )


def _defaults(root: Cursor) -> SkipIf | None:
    key = "task-instance-defaults"
    if not root.has(key):
        return None
    defaults = root.child(key)
    if not defaults.is_a(dict, f"`{key}`"):
        return None
    defaults.only_keys(("skipif",), f"`{key}`")
    return _skipif(defaults)


def _group(entry: Cursor, defaults: SkipIf | None) -> tuple[Group, list[Instance]]:
    entry.only_keys(GROUP_KEYS, "a task group")
    if entry.value["type"] != "task-group":
        entry.child("type").fault(
            "EW218", f"unknown type {entry.value['type']!r}", "did you mean 'task-group'?"
        )
    title = ""
    if entry.needs("title", "the task group") and entry.child("title").is_a(str, "the title of a task group"):
        title = entry.value["title"]
    where = entry.child("title").where if entry.has("title") else entry.where
    group = Group(title, _description(entry), where)
    if not entry.needs("tasks", "the task group") or not entry.child("tasks").is_a(
        list, "`tasks` of a group"
    ):
        return group, []
    instances = []
    for item in entry.child("tasks").items():
        if not item.is_a(dict, "an entry of a task group"):
            continue
        if item.value.get("type") == "task-group":
            item.fault("EW218", "a task group cannot hold another task group", "list its tasks one level up")
            continue
        instances.append(_instance(item, title, defaults))
    return group, instances


def _description(entry: Cursor) -> str:
    description = entry.value.get("description")
    if description is None or not entry.child("description").is_a(str, "the description of a task group"):
        return ""
    return str(description)


def _instance(entry: Cursor, group: str | None, defaults: SkipIf | None) -> Instance:
    entry.only_keys(INSTANCE_KEYS, "a task instance")
    name = entry.value.get("name")
    if name is not None:
        entry.child("name").is_a(str, "`name` of a task instance")
    identifier = ""
    if entry.needs("id", "the task instance"):
        identifier = entry.child("id").identifier("the id of a task instance", MAX_INSTANCE_ID)
    task = ""
    if entry.needs("task", "the task instance") and entry.child("task").is_a(str, "`task`"):
        task = entry.value["task"]
    arguments, places = _partial(entry)
    return Instance(
        id=identifier,
        task=task,
        where=entry.child("id").where if entry.has("id") else entry.where,
        task_where=entry.child("task").where if entry.has("task") else entry.where,
        name=name if isinstance(name, str) else None,
        group=group,
        arguments=arguments,
        argument_places=places,
        fan_out=_fan_out(entry),
        skipif=(_skipif(entry) if entry.value.get("skipif") is not None else None) or defaults,
        resources=_resources(entry),
        retries=_count(entry, "retries"),
        timeout=_count(entry, "timeout"),
    )


def _resources(entry: Cursor) -> dict[str, int | float | str]:
    if not entry.has("resources") or not entry.child("resources").is_a(dict, "`resources`"):
        return {}
    for name, value in entry.child("resources").entries():
        if not name.isidentifier():
            value.fault("EW214", f"resource {name!r} is not an identifier")
        if isinstance(value.value, bool) or not isinstance(value.value, int | float | str):
            value.fault("EW211", f"resource {name!r} must be a number or text")
    return dict(entry.value["resources"])


def _count(entry: Cursor, key: str) -> int | None:
    if not entry.has(key) or not entry.child(key).is_a(int, f"`{key}`"):
        return None
    number: int = entry.value[key]
    if number < 0:
        entry.child(key).fault("EW211", f"`{key}` must not be negative")
    return number


def _partial(entry: Cursor) -> tuple[dict[str, Binding], dict[str, Where]]:
    if not entry.has("partial") or not entry.child("partial").is_a(dict, "`partial`"):
        return {}, {}
    partial = entry.child("partial")
    for key in partial.value:
        if not key.isidentifier():
            partial.fault("EW214", f"argument {key!r} is not an identifier", where=partial.key_where(key))
    arguments = {key: read_binding(value) for key, value in partial.entries()}
    return arguments, {key: partial.key_where(key) for key in arguments}


def _fan_out(entry: Cursor) -> FanOut | None:
    given = [key for key in ("map", "mapvalues") if entry.value.get(key)]
    for key in ("map", "mapvalues"):
        if entry.has(key) and not entry.value[key] and entry.value[key] != {}:
            entry.child(key).is_a(dict, f"`{key}`")
    if len(given) > 1:
        where = entry.key_where("mapvalues")
        entry.fault("EW219", "an instance has both `map` and `mapvalues`", "keep one of them", where)
    if not given or not entry.child(given[0]).is_a(dict, f"`{given[0]}`"):
        return None
    fan_out = entry.child(given[0])
    fan_out.only_keys(FAN_OUT_KEYS, f"`{given[0]}`")
    missing = [key for key in FAN_OUT_KEYS if not fan_out.needs(key, f"`{given[0]}`")]
    if missing:
        return None
    argvalues = read_binding(fan_out.child("argvalues"))
    if isinstance(argvalues, Literal) and not isinstance(argvalues.value, list):
        hint = "write `${{ workflow.<id>.return }}`"
        fan_out.child("argvalues").fault("EW221", "`argvalues` must be a reference or a list of them", hint)
    if (
        isinstance(argvalues, ListOf)
        and len(argvalues.items) == 1
        and isinstance(argvalues.items[0], Reference)
    ):
        # As published: a list of one result is that result, and the calls go over its values.
        argvalues = argvalues.items[0]
    return FanOut(given[0], _argnames(fan_out.child("argnames")), argvalues, fan_out.where)


def _argnames(cursor: Cursor) -> tuple[str, ...]:
    names = [cursor] if isinstance(cursor.value, str) else []
    if not names and cursor.is_a(list, "`argnames`"):
        names = list(cursor.items())
    for name in names:
        if name.is_a(str, "an argument name") and not name.value.isidentifier():
            name.fault("EW214", f"argument {name.value!r} is not an identifier")
    return tuple(str(name.value) for name in names)


def _skipif(entry: Cursor) -> SkipIf | None:
    if not entry.has("skipif") or entry.value["skipif"] is None:
        return None
    skipif = entry.child("skipif")
    if not skipif.is_a(dict, "`skipif`"):
        return None
    skipif.only_keys(SKIPIF_KEYS, "`skipif`")
    conditions: list[str] = []
    if skipif.needs("conditions", "`skipif`") and skipif.child("conditions").is_a(list, "`conditions`"):
        conditions = [
            str(item.value) for item in skipif.child("conditions").items() if item.is_a(str, "a condition")
        ]
    depth = 1
    if skipif.has("unpack_depth") and skipif.child("unpack_depth").is_a(int, "`unpack_depth`"):
        depth = skipif.value["unpack_depth"]
    return SkipIf(tuple(conditions), depth, skipif.where)
