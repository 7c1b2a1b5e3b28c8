"""Tasks by name: what installed packages register in, a frozen catalog out."""

from __future__ import annotations

import importlib
import sys
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from ecoscope_workflows.decorators import task_metadata
from ecoscope_workflows.errors import Problem, RegistrationError, did_you_mean
from ecoscope_workflows.registry.entry_points import OWN_GROUP
from ecoscope_workflows.registry.index import keep_index, read_index
from ecoscope_workflows.registry.packages import offered
from ecoscope_workflows.registry.signature import TaskInfo, task_info
from ecoscope_workflows.registry.surroundings import surroundings
from ecoscope_workflows.registry.upstream import registered_task, registered_tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ecoscope_workflows.registry.index import Index
    from ecoscope_workflows.registry.surroundings import Surroundings

_OWN = f"{OWN_GROUP}."


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
        found = [path for path in self._condition_paths if name in (path, path.rpartition(".")[2])]
        found = found or [task.path for task in self.named(name)]
        own = [path for path in found if path.startswith(_OWN)]
        return own or found

    @property
    def _condition_paths(self) -> Sequence[str]:
        return [*self.conditions, *self.unusable]

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


class IndexedCatalog(Catalog):
    """Every installed task, of which those are imported that are asked for.

    The index says where a task is, and no more: what it does not know, a list of all tasks, and what is at
    fault are for the whole catalog to tell, for which every package is imported.

    Parameters
    ----------
    index
        The index.
    """

    _index: Index
    _known: dict[str, TaskInfo | None]

    def __init__(self, index: Index) -> None:
        object.__setattr__(self, "_index", index)
        object.__setattr__(self, "_known", {})

    @cached_property
    def whole(self) -> Catalog:
        """Return the catalog for which every package is imported."""
        return read_catalog()

    @property
    def by_path(self) -> Mapping[str, TaskInfo]:
        """Return the tasks by dotted path."""
        return self.whole.by_path

    @property
    def unusable(self) -> Mapping[str, Problem]:
        """Return why functions that are registered cannot be tasks, by dotted path."""
        return self.whole.unusable

    @property
    def conditions(self) -> Mapping[str, Callable[..., object]]:
        """Return the conditions that `skipif` may name, by dotted path."""
        return self.whole.conditions

    def named(self, name: str, grammar: str = "") -> list[TaskInfo]:
        """Return the tasks that a short name or dotted path stands for, as of the whole catalog."""
        paths = [name] if name in self._index.tasks else self._index.paths.get(name, ())
        tasks = [task for task in map(self._once, paths) if task is not None]
        if not tasks or len(tasks) < len(paths):
            return self.whole.named(name, grammar)
        return preferred(tasks, grammar) if grammar else tasks

    def conditions_named(self, name: str) -> list[str]:
        """Return the dotted paths of the conditions that a name stands for, as of the whole catalog."""
        found = super().conditions_named(name)
        return found if len(found) == 1 else self.whole.conditions_named(name)

    @property
    def _condition_paths(self) -> Sequence[str]:
        return self._index.conditions

    def _once(self, path: str) -> TaskInfo | None:
        """Return a task; by whatever name it is asked for, it is the same one."""
        if path not in self._known:
            self._known[path] = self._imported(path)
        return self._known[path]

    def _imported(self, path: str) -> TaskInfo | None:
        """Return a task, of which no more than its module and what that needs is imported."""
        origin = self._index.tasks[path]["origin"]
        try:
            if path in self._index.upstream:
                return registered_task(path, origin)
            module, _, name = path.rpartition(".")
            function = getattr(importlib.import_module(module), name)
            return task_info(function, module, name, origin) if task_metadata(function) else None
        except Exception:  # noqa: BLE001  # the author's code; the whole catalog tells what is wrong with it
            return None


@lru_cache(maxsize=1)
def installed_catalog() -> Catalog:
    """Return the catalog of every package installed here that registers tasks, our way or upstream's.

    Raises
    ------
    RegistrationError
        When one of them cannot be read.
    """
    around = surroundings()
    index = read_index(around)
    if index is not None:
        return IndexedCatalog(index)
    catalog = read_catalog()
    _keep(catalog, around)
    return catalog


def read_catalog() -> Catalog:
    """Return the catalog of what is installed here, for which every package is imported.

    Raises
    ------
    RegistrationError
        When one of them cannot be read.
    """
    tasks, conditions = offered()
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


def _keep(catalog: Catalog, around: Surroundings | None) -> None:
    """Keep an index of a catalog, if all that it tells of is in packages as their files are now."""
    if around is None or around.imported:
        return
    modules = [task.function.__module__ for task in catalog]
    modules += [function.__module__ for function in catalog.conditions.values()]
    names = {path.partition(".")[0] for path in (*modules, *catalog.by_path, *catalog.unusable)}
    if not names <= around.packages:
        return
    from ecoscope_workflows.registry.records import index_of  # noqa: PLC0415  # where there is no index yet

    with suppress(Exception):  # a default of the author's that cannot be printed; `tasks` says so
        keep_index(around, index_of(catalog, [*catalog.conditions, *catalog.unusable]))
