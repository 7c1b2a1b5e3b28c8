"""A task in, the modules that its code imports while it runs out: read from byte code, nothing is called.

What is missed is imported by the job itself, as in a cold process.
"""

from __future__ import annotations

import dis
import importlib.util
import sys
import warnings
from contextlib import suppress
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Reach:
    """Follows the functions of one top-level package, from a task on.

    Parameters
    ----------
    load
        Imports a module by name, and says whether it is there.
    """

    def __init__(self, load: Callable[[str], bool]) -> None:
        self._load = load
        self._seen: set[CodeType] = set()

    def follow(self, task: str) -> None:
        """Import the module of a task ``module:name``, and what the code imports that the task reaches."""
        module, _, name = task.partition(":")
        if self._load(module):
            self._from(getattr(sys.modules[module], name, None), module.partition(".")[0])

    def _from(self, thing: Any, package: str) -> None:
        waiting: list[Any] = [thing]
        while waiting:
            thing = waiting.pop()
            if str(getattr(thing, "__module__", "")).partition(".")[0] != package:
                continue
            if isinstance(thing, type):
                waiting += [getattr(part, "fget", None) or part for part in vars(thing).values()]
            elif isinstance(thing, FunctionType) and thing.__code__ not in self._seen:
                self._seen.add(thing.__code__)
                for code in _nested(thing.__code__):
                    found = [thing.__globals__.get(name) for name in code.co_names]
                    found += self._imported(code, thing.__globals__)
                    waiting += found
                    waiting += [part for one in found for part in self._taken_from(one, code, package)]

    def _taken_from(self, module: Any, code: CodeType, package: str) -> Iterator[Any]:
        """Yield what a piece of code may take from a module, as ``module.name``."""
        if not isinstance(module, ModuleType):
            return
        if module.__name__.partition(".")[0] == package:
            yield from (vars(module).get(name) for name in code.co_names)
        elif "__getattr__" in vars(module):
            # It loads its parts when they are asked for.
            with warnings.catch_warnings(action="ignore"):
                for name in code.co_names:
                    with suppress(Exception):  # as `Preloaded`: the job that needs it will say so itself
                        getattr(module, name)

    def _imported(self, code: CodeType, scope: dict[str, Any]) -> Iterator[Any]:
        """Import what a piece of code imports, and yield what it takes from there."""
        name, module = "", None
        arguments: list[Any] = []
        for step in dis.get_instructions(code):
            if step.opname == "IMPORT_NAME":
                level = next((value for value in arguments[-2:] if isinstance(value, int)), 0)
                name = str(step.argval)
                if level:
                    name = importlib.util.resolve_name("." * level + name, scope["__package__"])
                module = sys.modules.get(name) if self._load(name) else None
                if arguments[-1] is None:
                    # ``import a.b as c``: what is taken from ``a`` after this is the module itself.
                    yield module
                    module = None
            elif step.opname == "IMPORT_FROM":
                yield self._part(name, module, str(step.argval))
            arguments.append(step.argval)

    def _part(self, name: str, module: ModuleType | None, part: str) -> Any:
        if module is None or hasattr(module, part) or not hasattr(module, "__path__"):
            return getattr(module, part, None)
        return sys.modules.get(f"{name}.{part}") if self._load(f"{name}.{part}") else None


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)
