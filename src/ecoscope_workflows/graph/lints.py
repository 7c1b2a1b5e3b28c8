"""What is allowed in a workflow and yet most likely a mistake, each a function from the graph to warnings.

A further one is a function more in `LINTS`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from ecoscope_workflows.contracts.describe import type_name
from ecoscope_workflows.errors import Problem, SpecError, did_you_mean
from ecoscope_workflows.spec.model import DictOf, Environment, ListOf, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecoscope_workflows.errors import Where
    from ecoscope_workflows.graph.model import Graph, Node
    from ecoscope_workflows.spec.model import Binding

# Set for every workflow: the folder of its results.
PROVIDED_VARIABLES = frozenset({"ECOSCOPE_WORKFLOWS_RESULTS"})
_VARIABLE = re.compile(r"\$\{\{[^{}]*\}\}")


def lint(graph: Graph) -> list[Problem]:
    """Return every warning about a workflow, in the order of their places."""
    found = [problem for rule in LINTS for problem in rule(graph)]
    return sorted(found, key=lambda problem: _position(problem.where))


def _position(where: Where | None) -> tuple[str, int, int]:
    return (where.file, where.line, where.column) if where else ("", 0, 0)


def _warning(code: str, what: str, where: Where, hint: str) -> Problem:
    return Problem(code, what, where, hint, severity="warning")


def results_are_used(graph: Graph) -> list[Problem]:
    """Every result is used by another instance, is the last one, or is meant for people.

    Text, paths and nothing are meant for people, or stand for a file that the task wrote itself.
    """
    leaves = graph.leaves
    if len(leaves) <= 1:
        return []
    last = graph.spec.instances[-1].id
    return [
        _warning(
            "EW381",
            f"nothing uses the result of {node.id!r} ({type_name(node.task.returns)})",
            node.instance.where,
            "use it in another instance, or remove this one",
        )
        for node in leaves
        if node.id != last and not _is_for_people(node.task.returns)
    ]


def _is_for_people(kind: Any) -> bool:
    if get_origin(kind) is Annotated:
        return _is_for_people(get_args(kind)[0])
    if kind is Any or kind is None or kind is type(None):
        return True
    if parts := [part for part in get_args(kind) if part is not ...]:
        return all(map(_is_for_people, parts))
    return isinstance(kind, type) and issubclass(kind, str | PurePath)


def groups_have_titles_of_their_own(graph: Graph) -> list[Problem]:
    """No two task groups have one title: a form shows them as one card."""
    first: dict[str, Where] = {}
    return [
        _warning(
            "EW382",
            f"two task groups have the title {group.title!r}",
            group.where,
            f"the form shows them as one: rename this one, or join it with the one at {place}",
        )
        for group in graph.spec.groups
        if (place := first.setdefault(group.title, group.where)) is not group.where
    ]


def constants_are_used(graph: Graph) -> list[Problem]:
    """Something refers to every constant of the spec."""
    return [
        _warning("EW386", f"nothing uses the constant {name!r}", where, "remove it, or refer to it")
        for name, where in graph.spec.unused_variables.items()
    ]


def variables_are_documented(graph: Graph) -> list[Problem]:
    """Every environment variable is documented by the spec, by a task that reads it, or set for every run."""
    known = {*PROVIDED_VARIABLES, *graph.spec.environment}
    for node in graph:
        known |= {item.environment.variable for item in node.task.parameters.values() if item.environment}
    return [
        _warning(
            "EW383",
            f"nothing says what the environment variable {variable.name!r} holds",
            variable.where,
            _near(variable.name, known)
            or f"add `environment: {{{variable.name}: <what it holds>}}` to `metadata`",
        )
        for node in graph
        for binding in _bindings(node)
        for variable in _variables(binding)
        if variable.name not in known
    ]


def _near(name: str, known: set[str]) -> str:
    hint = did_you_mean(name, known)
    return hint if hint.startswith("did you mean") else ""


def variables_are_no_text(graph: Graph) -> list[Problem]:
    """No text holds what looks like a variable: but for constants, only a whole text is replaced."""
    return [
        _warning(
            "EW384",
            f"`{found.group()}` stays as it is: it is part of a longer text",
            where,
            "remove the space around it" if text.strip() == found.group() else "let a task make the text",
        )
        for node in graph
        for binding in _bindings(node)
        for text, where in _texts(binding)
        for found in _VARIABLE.finditer(text)
    ]


def the_form_is_as_meant(graph: Graph) -> list[Problem]:
    """A form can be made, and every override leads to something that it has; a program runs without one."""
    if not graph.spec.overrides and not graph.spec.groups:
        return []
    from ecoscope_workflows.graph import rjsf  # noqa: PLC0415  # few need it

    if not graph.spec.overrides:
        return [replace(problem, severity="warning") for problem in rjsf.hidden_cards(graph)]
    try:
        rjsf.form_schema(graph)
        refused: list[Problem] = []
    except SpecError as error:
        refused = [replace(problem, severity="warning") for problem in error.problems]
    told = {problem.where for problem in refused}
    return refused + [
        _warning(
            "EW385",
            f"the override {override.path!r} of {override.section!r} matches nothing in the form",
            override.where,
            "compare it with `ecoscope-workflows get-params --format rjsf`",
        )
        for override in rjsf.unmatched_overrides(graph)
        if override.where not in told
    ]


def _bindings(node: Node) -> Iterator[Binding]:
    yield from node.arguments.values()
    if node.instance.fan_out:
        yield node.instance.fan_out.argvalues


def _variables(binding: Binding) -> Iterator[Environment]:
    match binding:
        case Environment():
            yield binding
        case ListOf(items):
            for item in items:
                yield from _variables(item)
        case DictOf(entries):
            for item in entries.values():
                yield from _variables(item)
        case _:
            return


def _texts(binding: Binding) -> Iterator[tuple[str, Where]]:
    """Yield each text that stays text, with the place of the literal that holds it."""
    match binding:
        case Literal(value):
            for text in _texts_inside(value):
                yield text, binding.where
        case ListOf(items):
            for item in items:
                yield from _texts(item)
        case DictOf(entries):
            for item in entries.values():
                yield from _texts(item)
        case _:
            return


def _texts_inside(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts_inside(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _texts_inside(item)


LINTS: tuple[Callable[[Graph], list[Problem]], ...] = (
    results_are_used,
    groups_have_titles_of_their_own,
    constants_are_used,
    variables_are_documented,
    variables_are_no_text,
    the_form_is_as_meant,
)
