"""A spec as the author wrote it, in frozen nodes: names are kept as text and every node knows its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecoscope_workflows.errors import Where


# The two grammars, by the key that the task instances stand under; `tasks` is the README's.
WORKFLOW_GRAMMAR = "workflow"
README_GRAMMAR = "tasks"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the spec: plain data of any nesting, with no reference inside."""

    value: object
    where: Where


@dataclass(frozen=True, slots=True)
class Reference:
    """The return value of another task instance, or a part of it: ``${{ workflow.<id>.return.field[0] }}``.

    Parameters
    ----------
    instance
        The id of the instance.
    path
        The fields and positions that lead from the whole to the part; empty for the whole.
    """

    instance: str
    where: Where
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment variable, read where the task runs: ``${{ env.<NAME> }}``."""

    name: str
    where: Where


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list with a reference somewhere inside."""

    items: tuple[Binding, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class DictOf:
    """A mapping with a reference somewhere inside."""

    items: Mapping[str, Binding]
    where: Where


Binding = Literal | Reference | Environment | ListOf | DictOf


def references(binding: Binding) -> Iterator[Reference]:
    """Yield the references inside a binding in the order they are written."""
    match binding:
        case Reference():
            yield binding
        case ListOf(items):
            for item in items:
                yield from references(item)
        case DictOf(entries):
            for item in entries.values():
                yield from references(item)
        case _:
            return


@dataclass(frozen=True, slots=True)
class FanOut:
    """``map`` or ``mapvalues``: one call per element of ``argvalues``."""

    method: str
    argnames: tuple[str, ...]
    argvalues: Binding
    where: Where


@dataclass(frozen=True, slots=True)
class SkipIf:
    """Conditions under which an instance is skipped instead of called."""

    conditions: tuple[str, ...]
    unpack_depth: int
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One use of a task in a spec.

    Parameters
    ----------
    grammar
        The grammar that it is written in: as a spec's, but for one that is included by another.
    resources, retries, timeout
        What this use asks for where it differs from what the task says of itself.
    """

    id: str
    task: str
    where: Where
    task_where: Where
    name: str | None = None
    group: str | None = None
    arguments: Mapping[str, Binding] = field(default_factory=dict)
    argument_places: Mapping[str, Where] = field(default_factory=dict)
    fan_out: FanOut | None = None
    skipif: SkipIf | None = None
    resources: Mapping[str, int | float | str] = field(default_factory=dict)
    retries: int | None = None
    timeout: int | None = None
    grammar: str = WORKFLOW_GRAMMAR


@dataclass(frozen=True, slots=True)
class Group:
    """A task group: instances that stand under one title in the form."""

    title: str
    description: str
    where: Where


@dataclass(frozen=True, slots=True)
class Override:
    """One change to the form: a dotted path of a section of ``rjsf-overrides``, and its new value."""

    section: str
    path: str
    value: object
    where: Where


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package that a spec needs installed.

    Parameters
    ----------
    name
        Its name.
    version
        A conda match specification, or an empty text for a package of pip's kind.
    channel
        The conda channel, or an empty text.
    source
        Where pip gets it: ``("git", url)``, ``("path", folder)`` or ``("url", url)``.
    reference
        The commit, branch or tag of a git source.
    subdirectory
        Where the package is in its source.
    extras
        The extras of it that are needed.
    editable
        Whether a folder is installed as it stands, so that changes in it count at once.
    where
        Where it stands; two that say the same are the same, wherever they stand.
    """

    name: str
    version: str = ""
    channel: str = ""
    source: tuple[str, str] | None = None
    reference: str = ""
    subdirectory: str = ""
    extras: tuple[str, ...] = ()
    editable: bool = False
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Include:
    """Another spec whose instances become part of this one.

    Parameters
    ----------
    path
        The file, relative to the folder of the spec that includes it.
    prefix
        What its ids get in front.
    position
        How many instances of this spec stand before it.
    arguments
        What is bound in it from here: by instance and argument the binding and its place.
    """

    path: str
    prefix: str
    position: int
    where: Where
    arguments: Mapping[str, Mapping[str, tuple[Binding, Where]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A workflow as its author wrote it.

    Parameters
    ----------
    id
        The name of the workflow.
    file
        The name of the file it was read from.
    sha256
        The hash of its text.
    instances
        The task instances in the order they are written.
    cache_root
        Where results are shared between runs, when the spec says so.
    groups
        The task groups in the order they are written; `Instance.group` is the title of one.
    overrides
        Changes to the form, in the order they are written.
    requirements
        The packages that the spec needs installed.
    default_skipif
        The `skipif` of every instance that has none of its own.
    includes
        Other specs that are still to be read.
    included
        The files of those that have been, relative to the folder of this one.
    unused_variables
        Where the constants stand that nothing refers to.
    environment
        What the spec says that environment variables hold, by their name.
    grammar
        The grammar that it is written in: ``"workflow"``, or ``"tasks"`` for the README's.
    """

    id: str
    file: str
    sha256: str
    where: Where
    instances: tuple[Instance, ...]
    cache_root: str | None = None
    description: str = ""
    groups: tuple[Group, ...] = ()
    overrides: tuple[Override, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    default_skipif: SkipIf | None = None
    includes: tuple[Include, ...] = ()
    included: tuple[str, ...] = ()
    unused_variables: Mapping[str, Where] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    grammar: str = WORKFLOW_GRAMMAR
