"""A name used in a module in, what it stands for out: definitions of its package, or a name outside."""

from __future__ import annotations

import builtins
import functools
import hashlib
import importlib.metadata
import sys
from dataclasses import dataclass
from pathlib import Path

from ecoscope_workflows.runtime.source import Location, locate, parse
from ecoscope_workflows.runtime.toplevel import Import, Module, Unit, scan

# What tasks are declared with: a new version of it declares the same, so no result depends on it.
DECLARATIONS = frozenset({"annotations", "contracts", "decorators", "errors"})
MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything in a module, for a use that does not say of what."""

    module: str

    def __str__(self) -> str:
        return f"{self.module}:*"


@dataclass(frozen=True, slots=True)
class Outside:
    """A dotted name whose source is not read; the version of `package` stands for it, if that is given."""

    dotted: str
    package: str = ""

    def __str__(self) -> str:
        return self.dotted


Target = Unit | Whole | Outside


@functools.cache
def versions_of(package: str) -> tuple[tuple[str, str], ...]:
    """Return name and version of the distributions that a top-level package comes from."""
    try:
        return ((package, importlib.metadata.version(package)),)
    except importlib.metadata.PackageNotFoundError:
        names = sorted(set(_distributions().get(package, ())))
    if names:
        return tuple((name, importlib.metadata.version(name)) for name in names)
    return ((package, _version_of_source(package)),)


def _version_of_source(package: str) -> str:
    """Return a hash in place of a version, for modules that lie on the path without ever being installed."""
    location = locate(package)
    if location is None or location.opaque:
        return MISSING
    files = [file for folder in location.folders for file in Path(folder).rglob("*.py")]
    whole = hashlib.sha256()
    for file in sorted(files) if location.folders else [Path(location.file)]:
        whole.update(file.read_bytes())
    return f"source {whole.hexdigest()[:16]}"


@functools.cache
def _distributions() -> dict[str, list[str]]:
    # A tenth of a second: it opens every installed distribution.
    return dict(importlib.metadata.packages_distributions())


class Names:
    """The modules of one top-level package, each located and parsed once."""

    def __init__(self, package: str) -> None:
        self.package = package
        self._locations: dict[str, Location | None] = {}
        self._modules: dict[str, Module] = {}
        self._resolved: dict[tuple[str, tuple[str, ...]], list[Target]] = {}

    def location(self, module: str) -> Location | None:
        """Return where a module of the package is, or None."""
        if module not in self._locations:
            parent_name = module.rpartition(".")[0]
            parent = self.location(parent_name) if parent_name else None
            lost = bool(parent_name) and parent is None
            self._locations[module] = None if lost else locate(module, parent)
        return self._locations[module]

    def module(self, name: str) -> Module:
        """Return what the top level of a module of the package binds."""
        if name not in self._modules:
            location = self.location(name) or Location(name)
            self._modules[name] = scan(location, *parse(location))
        return self._modules[name]

    def owns(self, dotted: str) -> bool:
        """Return whether a dotted name starts in the package."""
        return dotted.partition(".")[0] == self.package

    def has_getattr(self, module: str) -> bool:
        """Return whether a module makes up attributes when they are asked for."""
        return "__getattr__" in self.module(module).bindings

    def resolve(self, module: str, chain: tuple[str, ...], origin: Import | None = None) -> list[Target]:
        """Return what a name used in a module stands for: nothing for a builtin, several if it is rebound."""
        if origin:
            return self._follow(origin, chain[1:], frozenset())
        key = (module, chain)
        if key not in self._resolved:
            self._resolved[key] = self._lookup(module, chain, frozenset())
        return self._resolved[key]

    def _lookup(self, module: str, chain: tuple[str, ...], seen: frozenset[tuple[str, str]]) -> list[Target]:
        """Look a name up at the top level of a module, and follow imports to where it is defined."""
        key = (module, chain[0])
        if key in seen:
            return []
        found: list[Target] = []
        for binding in self.module(module).bindings.get(chain[0], ()):
            if isinstance(binding, Unit):
                found.append(binding)
            else:
                found.extend(self._follow(binding, chain[1:], seen | {key}))
        outside = []
        for star in self.module(module).stars:
            if self.owns(star) and self.location(star):
                found.extend(self._lookup(star, chain, seen | {key}))
            else:
                outside.append(Import(star, chain[0]))
        if not found and not hasattr(builtins, chain[0]):
            for origin in outside:
                found.extend(self._follow(origin, chain[1:], seen))
        return found

    def _follow(
        self, origin: Import, rest: tuple[str, ...], seen: frozenset[tuple[str, str]]
    ) -> list[Target]:
        return self._walk(origin.module, (origin.attribute, *rest) if origin.attribute else rest, seen)

    def _walk(self, module: str, rest: tuple[str, ...], seen: frozenset[tuple[str, str]]) -> list[Target]:
        """Resolve ``module.a.b``, where each part may be a submodule or a name."""
        dotted = ".".join((module, *rest))
        if not self.owns(module) or _is_declaration(dotted):
            return [Outside(dotted, _versioned(dotted))]
        location = self.location(module)
        if location is None:
            return [Outside(dotted)]
        if location.opaque:
            return [Outside(dotted, self.package)]
        if not rest:
            return [Whole(module)]
        found = self._lookup(module, rest, seen)
        if found:
            return found
        submodule = f"{module}.{rest[0]}"
        return self._walk(submodule, rest[1:], seen) if self.location(submodule) else [Whole(module)]


# Packages that describe tasks and parameters: a patch release of one must not run every task anew.
DESCRIPTIVE = frozenset({"annotated_types", "pydantic", "typing_extensions", "wt_registry"})


def _is_declaration(dotted: str) -> bool:
    names = dotted.split(".")
    return names[0] == "ecoscope_workflows" and len(names) > 1 and names[1] in DECLARATIONS


def _versioned(dotted: str) -> str:
    """Return the package whose version counts: none for Python's own library and for declarations."""
    package = dotted.partition(".")[0]
    uncounted = package in sys.stdlib_module_names or package in DESCRIPTIVE or _is_declaration(dotted)
    return "" if uncounted else package
