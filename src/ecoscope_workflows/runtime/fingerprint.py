"""The name of a task in, a short hash of the code it runs out; nothing but source text is read.

The hash changes when a result can change: with the code of the task or of any function, class or constant of
its own top-level package that it reaches, and with the version of any other package that this code imports.
It stays when a comment, a docstring, a line number, the folder or unrelated code changes, and with another
version of Python or of what tasks are declared with (``ecoscope_workflows.annotations`` and the like).

What code reads beside itself cannot be seen in its source.
A module says so with a constant, and the bytes of these files (paths relative to the module, inside the
package) count for every task that reaches something in the module::

    FINGERPRINTED_FILES = ("page.html.jinja2", "map.js")

Not seen are modules that are imported by a computed name, and what an instance's methods turn out to be
when its class is not named in the code that is reached.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import pkgutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Problem, RegistrationError, StorageError, Where, did_you_mean
from ecoscope_workflows.runtime.reading import Reading, read
from ecoscope_workflows.runtime.resolution import Names, Outside, Whole, versions_of
from ecoscope_workflows.runtime.source import unreadable
from ecoscope_workflows.runtime.toplevel import FILES_CONSTANT, Import, Reference, Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecoscope_workflows.runtime.resolution import Target
    from ecoscope_workflows.runtime.source import Location
    from ecoscope_workflows.runtime.toplevel import Module

# Enough that two tasks of one workflow never share one, short enough to read in a Snakefile.
DIGITS = 16

# A sum of 300 terms is 300 levels deep and several calls each; Python itself compiles it without a complaint.
DEEPEST = 20_000


@dataclass(frozen=True, slots=True, order=True)
class Definition:
    """A piece of code that counts: where it stands, what it binds (``*``: the whole module), a hash of it."""

    module: str
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Reached:
    """Everything that enters a fingerprint, sorted; compare two of them to see why a fingerprint changed.

    Parameters
    ----------
    definitions
        Functions, classes, constants and other statements of the task's own package.
    packages
        Name and version of each other package: ``missing`` where there is none, a hash of its source where it
        is found but was never installed, such as a script in the working folder.
    files
        Module, path and hash of each file that a module names in `FINGERPRINTED_FILES`.
    """

    definitions: tuple[Definition, ...]
    packages: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str, str], ...]

    @property
    def digest(self) -> str:
        """The fingerprint: 16 hexadecimal digits."""
        code = ((one.module, one.name, one.digest) for one in self.definitions)
        return _digest(map(repr, [*code, *self.packages, *self.files]))


def fingerprint(module: str, name: str) -> str:
    """Return the code fingerprint of the task that is ``name`` in ``module``.

    Source is read once per process: edits made after the first call are seen after `forget`.

    Raises
    ------
    RegistrationError
        EW501 when there is no such module or it has no source, EW502 when it does not define the name.
    StorageError
        EW503 when a module on the way cannot be parsed, EW504 when a file that it names cannot be read.
    """
    return reached(module, name).digest


def reached(module: str, name: str) -> Reached:
    """Return what enters the fingerprint of a task; raises what `fingerprint` raises."""
    package = module.partition(".")[0]
    if package not in _sources:
        _sources[package] = _Sources(package)
    return _sources[package].reached(module, name)


def forget() -> None:
    """Read source and versions anew from now on, for a process that outlives an edit."""
    _sources.clear()
    versions_of.cache_clear()
    importlib.invalidate_caches()


@dataclass(frozen=True, slots=True)
class _Entry:
    """A definition, and what it uses."""

    definition: Definition
    uses: tuple[Unit | Whole, ...]
    packages: frozenset[str]


class _Sources:
    """What has been read of one top-level package."""

    def __init__(self, package: str) -> None:
        self._names = Names(package)
        self._entries: dict[Unit | Whole, _Entry] = {}
        self._files: dict[str, tuple[tuple[str, str, str], ...]] = {}

    def reached(self, module: str, name: str) -> Reached:
        entries: dict[Unit | Whole, _Entry] = {}
        modules: set[str] = set()
        packages: set[str] = set()
        definitions = set()
        waiting: list[Unit | Whole] = []
        for target in self._task(module, name):
            if isinstance(target, Outside):
                definitions.add(Definition(target.dotted, "", ""))
                packages.add(target.package)
            else:
                waiting.append(target)
        while waiting:
            node = waiting.pop()
            if node in entries:
                continue
            entry = entries[node] = self._entry(node)
            waiting.extend(entry.uses)
            packages |= entry.packages
            if node.module not in modules:
                modules.add(node.module)
                # Importing the module runs these, whatever is used of it.
                waiting.extend(self._names.module(node.module).effects)
        definitions.update(entry.definition for entry in entries.values())
        return Reached(
            definitions=tuple(sorted(definitions)),
            packages=tuple(one for package in sorted(packages - {""}) for one in versions_of(package)),
            files=tuple(file for one in sorted(modules) for file in self._files_of(one)),
        )

    def _task(self, module: str, name: str) -> list[Target]:
        location = self._names.location(module)
        if location is None:
            raise RegistrationError(self._no_module(module))
        if location.opaque:
            what = f"module {module!r} has no Python source file to read"
            hint = "tasks must be in .py files in a folder, not compiled and not in an archive"
            raise RegistrationError(Problem("EW501", what, hint=hint))
        found = self._names.resolve(module, (name,))
        if not found and self._names.has_getattr(module):
            found = [Whole(module)]
        if not any(self._exists(target) for target in found):
            where = Where(location.file) if location.file else None
            what = f"module {module!r} does not define {name!r}"
            if found:
                what += f": its import leads to {found[0]}, which does not exist"
            known = self._names.module(module).bindings
            raise RegistrationError(Problem("EW502", what, where, did_you_mean(name, known.keys() - {name})))
        return found

    def _exists(self, target: Target) -> bool:
        if isinstance(target, Whole):
            return self._names.has_getattr(target.module)
        return isinstance(target, Unit) or not self._names.owns(target.dotted) or bool(target.package)

    def _no_module(self, module: str) -> Problem:
        parent, _, tail = module.rpartition(".")
        location = self._names.location(parent) if parent else None
        if location is None and parent:
            return self._no_module(parent)
        what = f"module {module!r} is not found"
        hint = "install the package that holds it in this environment"
        if location:
            known = [found.name for found in pkgutil.iter_modules(location.folders)]
            hint = did_you_mean(tail, known) or hint
        return Problem("EW501", what, hint=hint)

    def _entry(self, node: Unit | Whole) -> _Entry:
        if node not in self._entries:
            self._entries[node] = self._read(node)
        return self._entries[node]

    def _read(self, node: Unit | Whole) -> _Entry:
        module = self._names.module(node.module)
        uses: list[Unit | Whole] = []
        if isinstance(node, Whole):
            names = [Reference((name,)) for name in module.bindings]
            reading = Reading("", (*names, *(Reference((), Import(star)) for star in module.stars)))
        else:
            reading = self._read_unit(node, module.location)
        lines = []
        packages = set()
        for reference in reading.references:
            targets = self._names.resolve(node.module, reference.chain, reference.origin)
            if targets:
                # Which of two functions an alias stands for is not in the text that uses the alias.
                lines.append(f"{'.'.join(reference.chain)} is {', '.join(map(str, targets))}")
            for target in targets:
                if isinstance(target, Outside):
                    packages.add(target.package)
                else:
                    uses.append(target)
        label = "*" if isinstance(node, Whole) else node.label
        definition = Definition(node.module, label, _digest([reading.text, *sorted(lines)]))
        return _Entry(definition, tuple(dict.fromkeys(uses)), frozenset(packages))

    def _read_unit(self, unit: Unit, location: Location) -> Reading:
        def origin_of(reference: Reference) -> str:
            targets = self._names.resolve(unit.module, reference.chain, reference.origin)
            return str(targets[0]) if len(targets) == 1 and isinstance(targets[0], Outside) else ""

        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, DEEPEST))
        try:
            return read(unit.parts, location.package, origin_of)
        except (RecursionError, ValueError) as error:
            raise unreadable(location, f"definition {unit.label!r}: {error}") from error
        finally:
            sys.setrecursionlimit(limit)

    def _files_of(self, module: str) -> tuple[tuple[str, str, str], ...]:
        if module not in self._files:
            found = self._names.module(module)
            self._files[module] = tuple((module, file, self._hash_file(found, file)) for file in found.files)
        return self._files[module]

    def _hash_file(self, module: Module, file: str) -> str:
        folder = str(Path(module.location.file).parent)
        top = self._names.location(self._names.package)
        roots = (top.folders if top else ()) or (folder,)
        path = os.path.normpath(os.path.join(folder, file))  # noqa: PTH118  # pathlib keeps `..`
        what = f"{FILES_CONSTANT} of module {module.location.name!r}: file {file!r}"
        where = Where(module.location.file)
        if not any(Path(path).is_relative_to(root) for root in roots) or os.path.isabs(file):  # noqa: PTH117
            hint = "name a file inside the package, by its path from the module's folder"
            raise StorageError(Problem("EW504", f"{what} is outside the package", where, hint))
        try:
            return _digest([Path(path).read_bytes()])
        except OSError as error:
            hint = "add the file to the package, or take it off the list"
            what += f" cannot be read: {error.strerror}"
            raise StorageError(Problem("EW504", what, where, hint)) from error


def _digest(parts: Iterable[str | bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        # Its length keeps ("ab", "c") apart from ("a", "bc").
        whole.update(b"%d:%b" % (len(data), data))
    return whole.hexdigest()[:DIGITS]


_sources: dict[str, _Sources] = {}
