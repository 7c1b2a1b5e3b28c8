"""One entry of `workflow` in, a task instance out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoscope_workflows.spec.bindings import read_binding
from ecoscope_workflows.spec.model import Binding, FanOut, Instance, ListOf, Literal, Reference, SkipIf

if TYPE_CHECKING:
    from ecoscope_workflows.errors import Where
    from ecoscope_workflows.spec.reader import Cursor

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
FAN_OUT_KEYS = ("argnames", "argvalues")
SKIPIF_KEYS = ("conditions", "unpack_depth")
MAX_INSTANCE_ID = 32


def read_instance(entry: Cursor, group: str | None, defaults: SkipIf | None) -> Instance:
    """Read a task instance; `group` is the title of the group it stands in."""
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
        skipif=(read_skipif(entry) if entry.value.get("skipif") is not None else None) or defaults,
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


def read_skipif(entry: Cursor) -> SkipIf | None:
    """Read the `skipif` of an instance or of the defaults; a null one says nothing."""
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
