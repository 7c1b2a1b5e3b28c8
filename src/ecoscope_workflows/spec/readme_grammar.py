"""The grammar of the README in, instances out: ``tasks: {task: {argument: task it comes from}}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoscope_workflows.spec.model import README_GRAMMAR, Binding, Instance, Reference, Spec

if TYPE_CHECKING:
    from ecoscope_workflows.spec.reader import Cursor

ROOT_KEYS = ("name", "cache_root", "tasks", "description")
MAX_NAME = 64


def read_readme_spec(root: Cursor, sha256: str) -> Spec:
    """Read a whole spec; each task is used once, and its name is the id of its instance."""
    root.only_keys(ROOT_KEYS, "a spec")
    name = root.child("name").identifier("the name of the workflow", MAX_NAME) if _named(root) else ""
    cache_root = _text(root, "cache_root")
    tasks = root.child("tasks")
    instances = []
    if tasks.is_a(dict, "`tasks`"):
        if not tasks.value:
            tasks.fault("EW216", "`tasks` is empty: there is nothing to run", "add a task")
        instances = [_instance(tasks, entry, task) for task, entry in tasks.entries()]
    return Spec(
        id=name,
        file=root.document.file,
        sha256=sha256,
        where=root.where,
        instances=tuple(instances),
        cache_root=cache_root,
        description=_text(root, "description") or "",
        grammar=README_GRAMMAR,
    )


def _named(root: Cursor) -> bool:
    return root.needs("name", "the spec", "add `name: <name of the workflow>`")


def _text(root: Cursor, key: str) -> str | None:
    if not root.has(key) or root.child(key).value is None:
        return None
    return str(root.value[key]) if root.child(key).is_a(str, f"`{key}`") else None


def _instance(tasks: Cursor, entry: Cursor, task: str) -> Instance:
    where = tasks.key_where(task)
    arguments: dict[str, Binding] = {}
    # `task:` with nothing under it says the same as `task: {}`.
    if entry.value is not None and entry.is_a(dict, f"the arguments of {task!r}"):
        for argument, value in entry.entries():
            hint = "a value is given in the params file, or use the `workflow:` grammar"
            if isinstance(value.value, str):
                arguments[argument] = Reference(_short(value.value), value.where)
            else:
                value.fault("EW217", f"{task}.{argument} must be the name of a task", hint)
    places = {argument: entry.key_where(argument) for argument in arguments}
    return Instance(
        id=_short(task),
        task=task,
        where=where,
        task_where=where,
        arguments=arguments,
        argument_places=places,
        grammar=README_GRAMMAR,
    )


def _short(task: str) -> str:
    """Return the id of a task's only instance: its name without the module that tells twins apart."""
    return task.rpartition(".")[2]
