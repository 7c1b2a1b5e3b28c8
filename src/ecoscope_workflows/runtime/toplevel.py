"""The tree of a module in, what its top level binds out: for each name, its definitions and imports."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Problem, StorageError, Where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecoscope_workflows.runtime.source import Location

# A module names here the files beside it that its functions read.
FILES_CONSTANT = "FINGERPRINTED_FILES"

# A label (`if`, `except` …) and the expressions or statements that belong to it.
Part = tuple[str, tuple[ast.AST, ...]]


@dataclass(frozen=True, slots=True)
class Import:
    """What an import binds a name to: a module (`attribute` empty) or an attribute of one."""

    module: str
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A use of a name, ``np.mean`` as ``("np", "mean")``.

    `origin` is the import inside the definition that binds its first part, if there is one.
    A module imported for its effects only has an empty chain.
    """

    chain: tuple[str, ...]
    origin: Import | None = None


@dataclass(slots=True, eq=False)
class Unit:
    """One statement at the top level of a module, under the conditions that it stands in."""

    module: str
    parts: tuple[Part, ...]
    label: str = ""

    def __str__(self) -> str:
        return f"{self.module}:{self.label}"


@dataclass(slots=True)
class Module:
    """What the top level of a module binds, from where it imports all, and what it does beside."""

    location: Location
    bindings: dict[str, list[Unit | Import]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    effects: list[Unit] = field(default_factory=list)
    files: tuple[str, ...] = ()


def scan(location: Location, tree: ast.Module, source: bytes) -> Module:
    """Sort the statements at the top level of a module by the names that they bind.

    Raises
    ------
    StorageError
        EW504 when `FINGERPRINTED_FILES` is not a tuple of texts.
    """
    module = Module(location)
    _Scanner(module, has_globals=b"global" in source).scan(tree.body)
    return module


def imported(statement: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, Import]]:
    """Yield each name that an import binds (``*`` for all), and to what.

    `package` is where relative imports start; one that leaves the top-level package binds nothing.
    """
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            module = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or module, Import(module)
        return
    base = statement.module or ""
    if statement.level:
        parents = package.split(".") if package else []
        if statement.level > len(parents):
            return
        kept = parents[: len(parents) - statement.level + 1]
        base = ".".join([*kept, base] if base else kept)
    for alias in statement.names:
        yield alias.asname or alias.name, Import(base, "" if alias.name == "*" else alias.name)


def chain_of(node: ast.AST) -> tuple[str, ...]:
    """Return ``("a", "b")`` for the expression ``a.b``, or nothing where it does not start with a name."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return (node.id, *reversed(names)) if isinstance(node, ast.Name) else ()


def is_prose(statement: ast.stmt) -> bool:
    """Return whether a statement does nothing: a docstring, another bare string, or ``pass``."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
    return isinstance(statement, ast.Pass)


class _Scanner:
    """Sorts the statements at the top level of a module by the names that they bind."""

    def __init__(self, module: Module, *, has_globals: bool) -> None:
        self._module = module
        self._has_globals = has_globals
        # Each with the names that it binds, and those whose objects it changes.
        self._units: list[tuple[Unit, set[str], set[str]]] = []

    def scan(self, body: list[ast.stmt]) -> None:
        self._block(body, ())
        bindings = self._module.bindings
        defined = {name for name, found in bindings.items() if any(isinstance(one, Unit) for one in found)}
        for unit, names, roots in self._units:
            for name in sorted(roots & defined):
                self._bind(name, unit)
            if not names and not roots & defined:
                self._module.effects.append(unit)
        for name, found in bindings.items():
            for number, one in enumerate(found):
                if isinstance(one, Unit):
                    # A name that is bound twice means what the last binding says: their order counts.
                    part = f"{name}#{number}" if number else name
                    one.label = f"{one.label},{part}" if one.label else part
        for number, unit in enumerate(self._module.effects):
            unit.label = f"<statement {number}>"

    def _block(self, body: Iterable[ast.stmt], conditions: tuple[Part, ...]) -> None:
        for statement in body:
            if is_prose(statement):
                continue
            if isinstance(statement, ast.Import | ast.ImportFrom):
                self._import(statement, conditions)
            elif isinstance(statement, ast.If):
                self._if(statement, conditions)
            elif isinstance(statement, ast.Try | ast.TryStar):
                self._try(statement, conditions)
            elif isinstance(statement, ast.For | ast.While | ast.With):
                self._loop(statement, conditions)
            else:
                self._leaf(statement, conditions)

    def _if(self, statement: ast.If, conditions: tuple[Part, ...]) -> None:
        if chain_of(statement.test)[-1:] == ("TYPE_CHECKING",):
            # Moving an import in or out of it changes no result.
            self._block([*statement.body, *statement.orelse], conditions)
            return
        if ast.unparse(statement.test) != "__name__ == '__main__'":
            self._block(statement.body, (*conditions, ("if", (statement.test,))))
        self._block(statement.orelse, (*conditions, ("if not", (statement.test,))))

    def _try(self, statement: ast.Try | ast.TryStar, conditions: tuple[Part, ...]) -> None:
        self._block(statement.body, (*conditions, ("try", ())))
        for handler in statement.handlers:
            caught = (handler.type,) if handler.type else ()
            self._block(handler.body, (*conditions, ("except", caught)))
        self._block(statement.orelse, (*conditions, ("try else", ())))
        self._block(statement.finalbody, (*conditions, ("finally", ())))

    def _loop(self, statement: ast.For | ast.While | ast.With, conditions: tuple[Part, ...]) -> None:
        """Take apart a loop or ``with``: its header binds names of its own and governs its body."""
        nodes: tuple[ast.AST, ...]
        if isinstance(statement, ast.For):
            nodes = (statement.target, statement.iter)
        else:
            nodes = (statement.test,) if isinstance(statement, ast.While) else tuple(statement.items)
        header = (type(statement).__name__.lower(), nodes)
        names = {name for node in nodes for name in _stored(node)}
        if names:
            self._unit((*conditions, header), names, set())
        self._block(statement.body, (*conditions, header))
        if not isinstance(statement, ast.With):
            self._block(statement.orelse, (*conditions, ("else", nodes)))

    def _import(self, statement: ast.Import | ast.ImportFrom, conditions: tuple[Part, ...]) -> None:
        for name, origin in imported(statement, self._module.location.package):
            if name == "*":
                self._module.stars.append(origin.module)
                continue
            self._module.bindings.setdefault(name, []).append(origin)
            if conditions:
                # Which of several imports wins depends on the conditions.
                label = f"{name} from {origin.module} import {origin.attribute}"
                self._unit((*conditions, (label, ())), {name}, set())

    def _leaf(self, statement: ast.stmt, conditions: tuple[Part, ...]) -> None:
        parts = (*conditions, ("", (statement,)))
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = {statement.name}
            if self._has_globals:
                names.update(*(node.names for node in ast.walk(statement) if isinstance(node, ast.Global)))
            # `@handlers.register` changes `handlers`, too.
            self._unit(parts, names, {_root(decorator) for decorator in statement.decorator_list})
            return
        names = set(_stored(statement))
        if FILES_CONSTANT in names:
            self._module.files += _file_names(self._module.location, statement)
        self._unit(parts, names, _changed(statement))

    def _unit(self, parts: tuple[Part, ...], names: set[str], touched: set[str]) -> None:
        unit = Unit(self._module.location.name, parts)
        for name in sorted(names):
            self._bind(name, unit)
        self._units.append((unit, names, touched - names))

    def _bind(self, name: str, unit: Unit) -> None:
        self._module.bindings.setdefault(name, []).append(unit)


def _stored(node: ast.AST) -> Iterator[str]:
    nodes = list(ast.walk(node))
    # The variable of a comprehension is seen by nobody else.
    targets = [child.target for child in nodes if isinstance(child, ast.comprehension)]
    hidden = {id(name) for target in targets for name in ast.walk(target)}
    for child in nodes:
        if isinstance(child, ast.Name):
            if not isinstance(child.ctx, ast.Load) and id(child) not in hidden:
                yield child.id
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield child.name


def _changed(statement: ast.stmt) -> set[str]:
    """Return the names whose objects a statement changes: ``a["x"] = 1``, ``a.b = 1``, ``a.add(1)``."""
    if isinstance(statement, ast.Expr):
        return {_root(statement.value)}
    nodes = ast.walk(statement)
    return {_root(node) for node in nodes if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del)}


def _root(node: ast.AST) -> str:
    """Return the name at the start of an expression with at least one dot or bracket behind it, or ``""``."""
    within = node.func if isinstance(node, ast.Call) else node
    inner: ast.AST = within
    while isinstance(inner, ast.Attribute | ast.Subscript | ast.Call):
        inner = inner.func if isinstance(inner, ast.Call) else inner.value
    return inner.id if isinstance(inner, ast.Name) and inner is not within else ""


def _file_names(location: Location, statement: ast.stmt) -> tuple[str, ...]:
    value = getattr(statement, "value", None)
    try:
        names = ast.literal_eval(value) if isinstance(value, ast.AST) else None
    except ValueError:
        names = None
    if isinstance(names, tuple | list) and all(isinstance(name, str) for name in names):
        return tuple(names)
    what = f"{FILES_CONSTANT} of module {location.name!r} is not a tuple of file names written out"
    hint = f'write it as `{FILES_CONSTANT} = ("page.html.jinja2",)`'
    raise StorageError(Problem("EW504", what, Where(location.file, statement.lineno), hint))
