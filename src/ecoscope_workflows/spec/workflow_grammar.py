"""The grammar of published specs in, instances out: ``workflow: [{id, task, partial, …}, …]``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ecoscope_workflows.spec.includes import read_include
from ecoscope_workflows.spec.instances import read_instance, read_skipif
from ecoscope_workflows.spec.metadata import Metadata, read_metadata
from ecoscope_workflows.spec.model import (
    Group,
    Include,
    Instance,
    Override,
    Requirement,
    SkipIf,
    Spec,
)
from ecoscope_workflows.spec.requirements import read_requirements
from ecoscope_workflows.spec.variables import Variables

if TYPE_CHECKING:
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
GROUP_KEYS = ("type", "title", "description", "tasks")
OVERRIDE_SECTIONS = ("properties", "$defs", "uiSchema")
MAX_SPEC_ID = 64


def read_workflow_spec(plain_root: Cursor, sha256: str) -> Spec:
    """Read a whole spec; instances may stand in any order, in groups or on their own."""
    root = replace(plain_root, variables=_variables(plain_root))
    root.only_keys(ROOT_KEYS, "a spec")
    name = (
        root.child("id").identifier("the id of the spec", MAX_SPEC_ID) if root.needs("id", "the spec") else ""
    )
    requirements: tuple[Requirement, ...] = ()
    if root.needs("requirements", "the spec", "add `requirements: []`"):
        requirements = read_requirements(root.child("requirements"))
    defaults = _defaults(root)
    groups: list[Group] = []
    includes: list[Include] = []
    instances: list[Instance] = []
    workflow = root.child("workflow")
    if workflow.is_a(list, "`workflow`"):
        for entry in workflow.items():
            if not entry.is_a(dict, "an entry of `workflow`"):
                continue
            if entry.has("include"):
                include = read_include(entry, len(instances))
                includes += [include] if include else []
            elif entry.has("type"):
                group, members = _group(entry, defaults)
                groups.append(group)
                instances += members
            else:
                instances.append(read_instance(entry, None, defaults))
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
        includes=tuple(includes),
        overrides=_overrides(root),
        default_skipif=defaults,
        environment=_environment(root),
    )


def _variables(root: Cursor) -> Variables:
    """Read the section `vars`; a value is plain data of any nesting."""
    if not root.has("vars") or not root.child("vars").is_a(dict, "`vars`"):
        return Variables()
    section = root.child("vars")
    for name in section.value:
        if not name.isidentifier():
            section.fault("EW214", f"variable {name!r} is not an identifier", where=section.key_where(name))
    return Variables(dict(section.value), {name: section.key_where(name) for name in section.value})


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
    return read_skipif(defaults)


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
        instances.append(read_instance(item, title, defaults))
    return group, instances


def _description(entry: Cursor) -> str:
    description = entry.value.get("description")
    if description is None or not entry.child("description").is_a(str, "the description of a task group"):
        return ""
    return str(description)
