"""Functions registered with `wt_registry` in, tasks of our catalog out.

Packages of today's published workflows mark their tasks with ``wt_registry.register`` and name the module
that holds them by an entry point of the group ``wt_registry``.
Importing that module is what registers them; `wt_registry` then knows each by the module it is written in.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.decorators import TaskMetadata, task_faults, task_metadata
from ecoscope_workflows.errors import Problem, RegistrationError
from ecoscope_workflows.registry.entry_points import UPSTREAM_GROUP, offers
from ecoscope_workflows.registry.signature import TaskInfo, task_info

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_REGISTRY = "wt_registry"


def registered_tasks() -> Iterator[TaskInfo | tuple[str, Problem]]:
    """Yield every task that is registered upstream's way.

    A function that cannot be a task comes as its dotted path and the reason: upstream registers functions
    such as ``never(*args)`` that are conditions, and these must not stand in the way of the tasks.

    Raises
    ------
    RegistrationError
        When a module that an entry point names cannot be imported.
    """
    offered = [(offer.origin, offer.module()) for offer in offers(UPSTREAM_GROUP)]
    origins = {_package(module.__name__): origin for origin, module in reversed(offered)}
    public = _public_homes(module for _, module in offered)
    for entry in _registry().values():
        name = entry.function_name
        function = _written(entry.module_path, name)
        module = public.get((id(function), name), entry.module_path)
        origin = origins.get(_package(entry.module_path)) or entry.module_path
        try:
            yield _task(function, module, name, origin, entry.metadata)
        except RegistrationError as error:
            yield f"{module}.{name}", error.problems[0]


def registered_task(path: str, origin: str) -> TaskInfo | None:
    """Return the task that is registered upstream's way and offered at a dotted path; None where none is.

    Raises
    ------
    ImportError
        When there is no such module.
    RegistrationError
        When the function cannot be a task.
    """
    module, _, name = path.rpartition(".")
    function = getattr(importlib.import_module(module), name, None)
    for entry in _registry().values():
        if entry.function_name == name and _written(entry.module_path, name) is function:
            return _task(function, module, name, origin, entry.metadata)
    return None


def is_registered(function: object) -> bool:
    """Return whether a function is registered upstream's way."""
    name = f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', '')}"
    return name in _registry()


def _registry() -> Mapping[str, Any]:
    # Whoever registers has imported it; it is no dependency of ours.
    module = sys.modules.get(_REGISTRY)
    return module.get_registry() if module else {}


def _written(module: str, name: str) -> Any:
    """Return what the module that registered a function holds under its name, as a run will find it."""
    return getattr(importlib.import_module(module), name, None)


def _package(module: str) -> str:
    return module.partition(".")[0]


def _task(function: Any, module: str, name: str, origin: str, said: Any) -> TaskInfo:
    if function is None:
        what = f"task {name!r} of {module} cannot be imported by its name"
        raise RegistrationError(Problem("EW110", what, hint="define it at the top of a module"))
    problems = task_faults(function)
    if problems:
        raise RegistrationError(problems)
    task = task_info(function, module, name, origin)
    metadata = task_metadata(function) or TaskMetadata(tags=tuple(said.tags))
    description = said.description or task.description
    if said.deprecated:
        description = " ".join(["Deprecated.", said.deprecation_message or "", description]).strip()
    return replace(task, metadata=metadata, description=" ".join(description.split()), is_upstream=True)


def _public_homes(modules: Iterable[ModuleType]) -> dict[tuple[int, str], str]:
    """Return for each function, by identity and name, the shortest module that offers it publicly."""
    seen: dict[str, ModuleType] = {}
    for module in modules:
        _collect(module, _package(module.__name__), seen)
    homes: dict[tuple[int, str], str] = {}
    for path in sorted(seen, key=lambda path: (len(path), path)):
        for name, member in vars(seen[path]).items():
            if inspect.isfunction(member) and not name.startswith("_"):
                homes.setdefault((id(member), name), path)
    return homes


def _collect(module: ModuleType, package: str, seen: dict[str, ModuleType]) -> None:
    """Add a module, and those of its package that public names lead to from there."""
    if module.__name__ in seen or _package(module.__name__) != package:
        return
    seen[module.__name__] = module
    for name, member in list(vars(module).items()):
        if isinstance(member, ModuleType) and not name.startswith("_"):
            _collect(member, package, seen)
