"""Tasks by name: entry points of the group ``ecoscope_workflows`` in, a frozen catalog out."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING

from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.errors import Problem, RegistrationError, did_you_mean
from ecoscope_workflows.registry.signature import TaskInfo, task_info

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ENTRY_POINT_GROUP = "ecoscope_workflows"


@dataclass(frozen=True)
class Catalog:
    """Every task that a spec may use.

    Parameters
    ----------
    by_path
        The tasks by dotted path, e.g. ``ecoscope_workflows.tasks.io.load_relocations``.
    """

    by_path: Mapping[str, TaskInfo] = field(default_factory=lambda: MappingProxyType({}))

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

    def named(self, name: str) -> list[TaskInfo]:
        """Return the tasks that a short name or dotted path stands for: one, none, or several twins."""
        if "." in name:
            return [self.by_path[name]] if name in self.by_path else []
        return [task for task in self if task.name == name]

    def find(self, name: str) -> TaskInfo | Problem:
        """Return the one task that `name` stands for, or what is wrong with the name."""
        found = self.named(name)
        if len(found) == 1:
            return found[0]
        if found:
            origins = ", ".join(f"{task.path} (from {task.origin})" for task in found)
            hint = f"write the dotted path of the one you mean: {origins}"
            return Problem("EW302", f"{len(found)} tasks are named {name!r}", hint=hint)
        known = self.by_path if "." in name else {task.name for task in self}
        hint = did_you_mean(name, known) or "`ecoscope-workflows tasks` lists the installed tasks"
        return Problem("EW301", f"unknown task {name!r}", hint=hint)


@lru_cache(maxsize=1)
def installed_catalog() -> Catalog:
    """Return the catalog of every package installed here that registers tasks."""
    points = sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: (point.name, point.value))
    return Catalog.of(task for point in points for task in _tasks_of(point))


def _tasks_of(point: EntryPoint) -> Iterator[TaskInfo]:
    origin = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
    try:
        module = point.load()
    except Exception as error:
        what = f"the tasks of {origin} cannot be imported: {type(error).__name__}: {error}"
        hint = f"fix {point.value!r}, or uninstall the package"
        raise RegistrationError(Problem("EW108", what, hint=hint)) from error
    if not isinstance(module, ModuleType):
        what = f"entry point {point.value!r} of {origin} is not a module"
        raise RegistrationError(Problem("EW109", what, hint="name a module that holds tasks"))
    seen: set[object] = set()
    for name, owner in _walk(module):
        function = getattr(owner, name)
        # A task that a module only borrows from another package stays that package's task.
        borrowed = function.__module__.partition(".")[0] != module.__name__.partition(".")[0]
        if function not in seen and not borrowed:
            seen.add(function)
            yield task_info(function, owner.__name__, name, origin)


def _walk(module: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    """Yield each task's name and the public module that offers it, outer modules first."""
    for name, member in sorted(vars(module).items()):
        if not name.startswith("_") and inspect.isfunction(member) and task_metadata(member):
            yield name, module
    for info in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if not info.name.startswith("_"):
            yield from _walk(importlib.import_module(f"{module.__name__}.{info.name}"))
