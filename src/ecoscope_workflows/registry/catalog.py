"""Tasks by name: what installed packages register in, a frozen catalog out."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING

from ecoscope_workflows.decorators import is_condition, task_metadata
from ecoscope_workflows.errors import Problem, RegistrationError, did_you_mean
from ecoscope_workflows.registry.entry_points import Offer, offers
from ecoscope_workflows.registry.signature import TaskInfo, task_info
from ecoscope_workflows.registry.upstream import registered_tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

ENTRY_POINT_GROUP = "ecoscope_workflows"
_OWN = f"{ENTRY_POINT_GROUP}."


@dataclass(frozen=True)
class Catalog:
    """Every task that a spec may use.

    Parameters
    ----------
    by_path
        The tasks by dotted path, e.g. ``ecoscope_workflows.tasks.io.load_relocations``.
    unusable
        Functions that are registered but cannot be tasks, by dotted path, and why.
    conditions
        The conditions that `skipif` may name, by dotted path.
    """

    by_path: Mapping[str, TaskInfo] = field(default_factory=lambda: MappingProxyType({}))
    unusable: Mapping[str, Problem] = field(default_factory=lambda: MappingProxyType({}))
    conditions: Mapping[str, Callable[..., object]] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, tasks: Iterable[TaskInfo]) -> Catalog:
        """Make a catalog; two tasks of one dotted path are refused.

        Raises
        ------
        RegistrationError
            Naming both origins.
        """
        by_path: dict[str, TaskInfo] = {}
        for task in tasks:
            first = by_path.setdefault(task.path, task)
            if first.function is not task.function:
                what = f"{task.path!r} is registered twice: by {first.origin} and by {task.origin}"
                raise RegistrationError(Problem("EW107", what, task.where, f"first at {first.where}"))
        return cls(MappingProxyType(dict(sorted(by_path.items()))))

    def __iter__(self) -> Iterator[TaskInfo]:
        return iter(self.by_path.values())

    @cached_property
    def _by_name(self) -> Mapping[str, list[TaskInfo]]:
        by_name: dict[str, list[TaskInfo]] = {}
        for task in self:
            by_name.setdefault(task.name, []).append(task)
        return by_name

    def named(self, name: str, grammar: str = "") -> list[TaskInfo]:
        """Return the tasks that a short name or dotted path stands for: one, none, or several twins.

        Parameters
        ----------
        name
            The name.
        grammar
            The grammar of the spec that it stands in, which may tell twins apart; if empty, it does not.
        """
        if name in self.by_path:
            return [self.by_path[name]]
        module, _, short = name.rpartition(".")
        tasks = self._by_name.get(short, [])
        if not module:
            return preferred(tasks, grammar) if grammar else tasks
        # A task is also known by any other module that offers it, such as the one it is written in.
        function = getattr(sys.modules.get(module), short, None)
        return [task for task in tasks if task.function is function]

    def find(self, name: str, grammar: str = "") -> TaskInfo | Problem:
        """Return the one task that `name` stands for in a spec of a grammar, or what is wrong with it."""
        found = self.named(name, grammar)
        if len(found) == 1:
            return found[0]
        if found:
            origins = ", ".join(f"{task.path} (from {task.origin})" for task in found)
            hint = f"write the dotted path of the one you mean: {origins}"
            return Problem("EW302", f"{len(found)} tasks are named {name!r}", hint=hint)
        for path, problem in self.unusable.items():
            if name in (path, path.rpartition(".")[2]):
                return replace(problem, what=f"{name!r} cannot be used as a task: {problem.what}")
        known = self.by_path if "." in name else {task.name for task in self}
        hint = did_you_mean(name, known) or "`ecoscope-workflows tasks` lists the installed tasks"
        package = name.partition(".")[0]
        if "." in name and not hint.startswith("did you mean") and not self._has_package(package):
            hint = f"is the package {package!r} installed here? `ecoscope-workflows tasks` lists what is"
        return Problem("EW301", f"unknown task {name!r}", hint=hint)

    def conditions_named(self, name: str) -> list[str]:
        """Return the dotted paths of the conditions that a short name or dotted path stands for.

        Where packages offer conditions of one short name, ours is meant; each has the same published meaning.
        A task can be asked as a condition too, and so can a function that upstream registers for it.
        """
        paths = [*self.conditions, *self.unusable]
        found = [path for path in paths if name in (path, path.rpartition(".")[2])]
        found = found or [task.path for task in self.named(name)]
        own = [path for path in found if path.startswith(_OWN)]
        return own or found

    def _has_package(self, package: str) -> bool:
        return any(path.partition(".")[0] == package for path in (*self.by_path, *self.unusable))


def preferred(twins: list[TaskInfo], grammar: str) -> list[TaskInfo]:
    """Return those of several tasks of one short name that a spec of a grammar means.

    They are those that say they are for that grammar; if none does, those that are for any; else all.
    """
    for wanted in (grammar, None):
        found = [task for task in twins if task.metadata.grammar == wanted]
        if found:
            return found
    return twins


@lru_cache(maxsize=1)
def installed_catalog() -> Catalog:
    """Return the catalog of every package installed here that registers tasks, our way or upstream's."""
    tasks: list[TaskInfo] = []
    conditions: dict[str, Callable[..., object]] = {}
    for offer in offers(ENTRY_POINT_GROUP):
        tasks += _tasks_of(offer)
        conditions |= _conditions_of(offer.module())
    own = {task.function for task in tasks}
    unusable: dict[str, Problem] = {}
    for found in registered_tasks():
        if not isinstance(found, TaskInfo):
            path, problem = found
            unusable[path] = problem
        elif found.function not in own:
            tasks.append(found)
    return replace(
        Catalog.of(tasks), unusable=MappingProxyType(unusable), conditions=MappingProxyType(conditions)
    )


def _tasks_of(offer: Offer) -> Iterator[TaskInfo]:
    module = offer.module()
    with offer.importing():
        offered = list(_walk(module))
    seen: set[object] = set()
    for name, owner in offered:
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
