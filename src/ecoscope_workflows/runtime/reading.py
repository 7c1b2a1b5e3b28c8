"""One piece of source in, its meaning out: text without comments and prose, and the names that it uses."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecoscope_workflows.runtime.toplevel import Import, Reference, chain_of, imported, is_prose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ecoscope_workflows.runtime.toplevel import Part

TASK_DECORATOR = "ecoscope_workflows.decorators.distributed"
# These keywords of a declaration are read by people only.
PROSE = frozenset({"description", "title", "examples"})
DECLARATIONS = frozenset({"Field", "Column"})
# The fields of a node that hold statements.
BLOCKS = frozenset({"body", "finalbody", "orelse"})
DECLARING = frozenset({"ecoscope_workflows", "pandera", "pydantic"})

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True, slots=True)
class Reading:
    """What a definition says: its text (see `read`) and the names that it uses but does not bind."""

    text: str
    references: tuple[Reference, ...]


def read(parts: Sequence[Part], package: str, origin_of: Callable[[Reference], str]) -> Reading:
    """Read a definition: the conditions it stands under, then its statement.

    The text is `ast.unparse` of the tree without docstrings, ``pass``, the arguments of ``@distributed``
    and the prose in ``Field`` and ``Column``.
    Unlike `ast.dump`, it does not change with the fields that a new version of Python gives its nodes.
    The trees in `parts` lose the same things.

    Parameters
    ----------
    parts
        Labels (``if``, ``except`` …) with the expressions or statements that belong to them.
    package
        Where relative imports start.
    origin_of
        Says from which dotted name outside the package a reference comes (``""`` if from none).
    """
    reader = _Reader(package, origin_of)
    text = []
    for label, nodes in parts:
        for node in nodes:
            reader.visit(node)
        text.append(f"{label} {', '.join(map(ast.unparse, nodes))}")
    return Reading("\n".join(text), reader.finish())


@dataclass(slots=True)
class _Scope:
    """What one function, class body, comprehension or module binds and uses."""

    kind: str
    bound: set[str] = field(default_factory=set)
    imports: dict[str, list[Import]] = field(default_factory=lambda: defaultdict(list))
    # For each import, the module it runs: `import a.b` binds `a` but runs `a.b`.
    runs: list[tuple[str, Import]] = field(default_factory=list)
    elsewhere: set[str] = field(default_factory=set)
    uses: list[tuple[str, ...]] = field(default_factory=list)

    def binds(self, name: str) -> bool:
        # A class body looks further when its own name is not bound yet, and so may reach the module's.
        if self.kind not in {"function", "comprehension"} or name in self.elsewhere:
            return False
        return name in self.bound


class _Reader:
    """Follows Python's scoping rules, so that a local variable is not taken for a function of its name."""

    def __init__(self, package: str, origin_of: Callable[[Reference], str]) -> None:
        self._package = package
        self._origin_of = origin_of
        self._scopes = [_Scope("module")]
        self._references: dict[Reference, None] = {}
        self._in_annotation = False

    def finish(self) -> tuple[Reference, ...]:
        self._leave()
        return tuple(self._references)

    def visit(self, node: ast.AST) -> None:
        _VISITS.get(node.__class__, _Reader.children)(self, node)

    def children(self, node: ast.AST) -> None:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST) and name != "ctx":
                self.visit(value)
            elif isinstance(value, list):
                if name in BLOCKS:
                    value = _without_prose(value, empty=name != "body")
                    setattr(node, name, value)
                for child in value:
                    if isinstance(child, ast.AST):
                        self.visit(child)

    def name(self, node: ast.Name) -> None:
        scope = self._scopes[-1]
        if isinstance(node.ctx, ast.Load) or node.id in scope.elsewhere:
            scope.uses.append((node.id,))
        else:
            scope.bound.add(node.id)

    def attribute(self, node: ast.Attribute) -> None:
        chain = chain_of(node)
        if chain:
            self._scopes[-1].uses.append(chain)
        else:
            self.visit(node.value)

    def constant(self, node: ast.Constant) -> None:
        if self._in_annotation and isinstance(node.value, str):
            try:
                quoted = ast.parse(node.value, mode="eval")
            except (SyntaxError, ValueError):
                return  # a plain text inside an annotation, not a quoted type
            self.visit(quoted)

    def subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        literal = chain_of(node.value)[-1:] == ("Literal",)
        self._visit_all([node.slice], annotation=self._in_annotation and not literal)

    def call(self, node: ast.Call) -> None:
        if any(keyword.arg in PROSE for keyword in node.keywords) and self._declares(node.func):
            node.keywords = [keyword for keyword in node.keywords if keyword.arg not in PROSE]
        self._visit_all([node.func, *node.args, *node.keywords], annotation=False)

    def lambda_function(self, node: ast.Lambda) -> None:
        self.visit(node.args)
        self._body("function", node, [node.body])

    def class_body(self, node: ast.ClassDef) -> None:
        self._scopes[-1].bound.add(node.name)
        self._visit_all(
            [*node.decorator_list, *node.bases, *node.keywords, *getattr(node, "type_params", [])]
        )
        node.body = _without_prose(node.body)
        self._body("class", node, node.body)

    def argument(self, node: ast.arg) -> None:
        # Called where the function is defined: its annotation is looked up there, its name is not.
        if node.annotation:
            self._visit_all([node.annotation], annotation=True)

    def annotated_assignment(self, node: ast.AnnAssign) -> None:
        self._visit_all([node.annotation], annotation=True)
        self._visit_all([node.target, *([node.value] if node.value else [])])

    def named_expression(self, node: ast.NamedExpr) -> None:
        holder = next(scope for scope in reversed(self._scopes) if scope.kind != "comprehension")
        holder.bound.add(node.target.id)
        self.visit(node.value)

    def import_module(self, node: ast.Import) -> None:
        self._bind_imported(node)
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            self._scopes[-1].runs.append((bound, Import(alias.name)))

    def import_from(self, node: ast.ImportFrom) -> None:
        self._bind_imported(node)
        self._scopes[-1].runs.extend(imported(node, self._package))

    def binding(self, node: ast.AST) -> None:
        name = getattr(node, "name", None) or getattr(node, "rest", None)
        if name:
            self._scopes[-1].bound.add(name)
        self.children(node)

    def bound_elsewhere(self, node: ast.Global | ast.Nonlocal) -> None:
        self._scopes[-1].elsewhere.update(node.names)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._scopes[-1].bound.add(node.name)
        node.decorator_list = [self._decorator(decorator) for decorator in node.decorator_list]
        self._visit_all([*node.decorator_list, *getattr(node, "type_params", []), node.args])
        if node.returns:
            self._visit_all([node.returns], annotation=True)
        node.body = _without_prose(node.body)
        self._body("function", node, node.body)

    def comprehension(self, node: Comprehension) -> None:
        # The first iterable alone is evaluated outside: `[f for f in f()]` calls the outer `f`.
        self.visit(node.generators[0].iter)
        self._scopes.append(_Scope("comprehension"))
        for number, generator in enumerate(node.generators):
            self._visit_all([generator.target, *generator.ifs, *([generator.iter] if number else [])])
        self._visit_all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self._leave()

    def _visit_all(self, nodes: Sequence[ast.AST], *, annotation: bool | None = None) -> None:
        outer = self._in_annotation
        self._in_annotation = outer if annotation is None else annotation
        for node in nodes:
            self.visit(node)
        self._in_annotation = outer

    def _bind_imported(self, node: ast.Import | ast.ImportFrom) -> None:
        for name, origin in imported(node, self._package):
            self._scopes[-1].imports[name].append(origin)

    def _decorator(self, decorator: ast.expr) -> ast.expr:
        """Return the decorator; that of a task without arguments, which say where and how often it runs."""
        if isinstance(decorator, ast.Call) and self._origin(decorator.func) == TASK_DECORATOR:
            return decorator.func
        return decorator

    def _body(self, kind: str, node: Function | ast.ClassDef, body: Sequence[ast.AST]) -> None:
        scope = _Scope(kind)
        if not isinstance(node, ast.ClassDef):
            found = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            found += [extra for extra in (node.args.vararg, node.args.kwarg) if extra]
            scope.bound.update(argument.arg for argument in found)
        self._scopes.append(scope)
        self._visit_all(body, annotation=False)
        self._leave()

    def _leave(self) -> None:
        """Close a scope: what it does not bind itself is looked up outside."""
        scope = self._scopes.pop()
        used = set()
        for chain in scope.uses:
            if chain[0] in scope.imports:
                used.add(chain[0])
                self._references.update(
                    (Reference(chain, origin), None) for origin in scope.imports[chain[0]]
                )
            elif not scope.binds(chain[0]):
                self._look_outside(chain)
        for name, origin in scope.runs:
            # Imported and never named: it is there for what it does when it is imported.
            if name not in used:
                self._references[Reference((), origin)] = None

    def _look_outside(self, chain: tuple[str, ...]) -> None:
        holder = next((scope for scope in reversed(self._scopes) if scope.kind != "class"), None)
        if holder is None:
            self._references[Reference(chain)] = None
        else:
            holder.uses.append(chain)

    def _declares(self, function: ast.expr) -> bool:
        names = self._origin(function).split(".")
        return names[0] in DECLARING and names[-1] in DECLARATIONS

    def _origin(self, expression: ast.expr) -> str:
        chain = chain_of(expression)
        if not chain:
            return ""
        for scope in reversed(self._scopes):
            if chain[0] in scope.imports:
                return self._origin_of(Reference(chain, scope.imports[chain[0]][-1]))
            if scope.binds(chain[0]):
                return ""
        return self._origin_of(Reference(chain))


_VISITS: dict[type[ast.AST], Callable[[_Reader, Any], None]] = {
    ast.AnnAssign: _Reader.annotated_assignment,
    ast.Attribute: _Reader.attribute,
    ast.Call: _Reader.call,
    ast.ClassDef: _Reader.class_body,
    ast.Constant: _Reader.constant,
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef), _Reader.function),
    ast.Import: _Reader.import_module,
    ast.ImportFrom: _Reader.import_from,
    ast.Lambda: _Reader.lambda_function,
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), _Reader.comprehension),
    **dict.fromkeys((ast.MatchAs, ast.MatchMapping, ast.MatchStar, ast.ExceptHandler), _Reader.binding),
    ast.Name: _Reader.name,
    ast.NamedExpr: _Reader.named_expression,
    **dict.fromkeys((ast.Global, ast.Nonlocal), _Reader.bound_elsewhere),
    ast.Subscript: _Reader.subscript,
    ast.arg: _Reader.argument,
}


def _without_prose(body: list[ast.stmt], *, empty: bool = False) -> list[ast.stmt]:
    kept = [statement for statement in body if not is_prose(statement)]
    return kept if kept or empty else [ast.Pass()]
