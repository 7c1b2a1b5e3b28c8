"""Packages that offer tasks in, their tasks and conditions out: every module of theirs is imported."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import TYPE_CHECKING

from ecoscope_workflows.decorators import is_condition, task_metadata
from ecoscope_workflows.registry.entry_points import OWN_GROUP, Offer, offers
from ecoscope_workflows.registry.signature import task_info

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

    from ecoscope_workflows.registry.signature import TaskInfo


def offered() -> tuple[list[TaskInfo], dict[str, Callable[..., object]]]:
    """Return the tasks of every package that is installed here, and its conditions by dotted path.

    Raises
    ------
    RegistrationError
        When a package cannot be imported, or holds a task whose types cannot be read.
    """
    tasks: list[TaskInfo] = []
    conditions: dict[str, Callable[..., object]] = {}
    for offer in offers(OWN_GROUP):
        tasks += _tasks_of(offer)
        conditions |= _conditions_of(offer.module())
    return tasks, conditions


def _tasks_of(offer: Offer) -> Iterator[TaskInfo]:
    module = offer.module()
    with offer.importing():
        found = list(_walk(module))
    seen: set[object] = set()
    for name, owner in found:
        function = getattr(owner, name)
        # A task that a module only borrows from another package stays that package's task.
        borrowed = function.__module__.partition(".")[0] != module.__name__.partition(".")[0]
        if function not in seen and not borrowed:
            seen.add(function)
            yield task_info(function, owner.__name__, name, offer.origin)


def _conditions_of(module: ModuleType) -> Mapping[str, Callable[..., object]]:
    """Return the conditions of a package by dotted path, each by the outermost module that offers it."""
    found: dict[Callable[..., object], str] = {}
    for owner in _public_modules(module):
        for name, member in sorted(vars(owner).items()):
            if not name.startswith("_") and is_condition(member):
                found.setdefault(member, f"{owner.__name__}.{name}")
    return {path: function for function, path in found.items()}


def _walk(module: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    """Yield each task's name and the public module that offers it, outer modules first."""
    for owner in _public_modules(module):
        for name, member in sorted(vars(owner).items()):
            if not name.startswith("_") and inspect.isfunction(member) and task_metadata(member):
                yield name, owner


def _public_modules(module: ModuleType) -> Iterator[ModuleType]:
    yield module
    for info in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if not info.name.startswith("_"):
            yield from _public_modules(importlib.import_module(f"{module.__name__}.{info.name}"))
