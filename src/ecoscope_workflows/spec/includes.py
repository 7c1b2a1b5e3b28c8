"""Specs inside specs: an entry ``include:`` in, the instances of the other file under a prefix out."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Problem, SpecError, did_you_mean
from ecoscope_workflows.spec.bindings import read_binding
from ecoscope_workflows.spec.instances import MAX_INSTANCE_ID
from ecoscope_workflows.spec.model import DictOf, Include, Instance, ListOf, Reference, Spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecoscope_workflows.errors import Where
    from ecoscope_workflows.spec.model import Binding
    from ecoscope_workflows.spec.reader import Cursor

INCLUDE_KEYS = ("include", "prefix", "partial")


def read_include(entry: Cursor, position: int) -> Include | None:
    """Read an entry that names another spec; `position` is how many instances stand before it."""
    entry.only_keys(INCLUDE_KEYS, "an include")
    if not entry.child("include").is_a(str, "`include`"):
        return None
    prefix = ""
    if entry.needs("prefix", "the include", "add `prefix: <text before each id>`"):
        prefix = entry.child("prefix").identifier("the prefix of an include", MAX_INSTANCE_ID)
    path = PurePosixPath(entry.value["include"])
    if path.is_absolute() or ".." in path.parts or not path.name:
        what = f"{entry.value['include']!r} is not a file below the folder of this spec"
        entry.child("include").fault("EW261", what, "a compiled workflow carries its includes with it")
        return None
    arguments: dict[str, dict[str, tuple[Binding, Where]]] = {}
    if entry.has("partial") and entry.child("partial").is_a(dict, "`partial` of an include"):
        for name, given in entry.child("partial").entries():
            if given.is_a(dict, f"the arguments of {name!r}"):
                arguments[name] = {
                    key: (read_binding(value), given.key_where(key)) for key, value in given.entries()
                }
    return Include(str(path), prefix, position, entry.child("include").where, arguments)


def expand(spec: Spec, load: Callable[[str, Where], Spec]) -> Spec:
    """Put the instances of each included spec where its entry stands.

    Parameters
    ----------
    spec
        The spec that includes.
    load
        Reads the spec at a path relative to it; raises `SpecError` with the place of the entry.

    Raises
    ------
    SpecError
        With every fault of the entries.
    """
    problems: list[Problem] = []
    instances = list(spec.instances)
    groups, requirements, included = list(spec.groups), list(spec.requirements), list(spec.included)
    environment = dict(spec.environment)
    digest = hashlib.sha256(spec.sha256.encode())
    for include in reversed(spec.includes):
        try:
            inner = load(include.path, include.where)
        except SpecError as error:
            problems += error.problems
            continue
        environment = {**inner.environment, **environment}
        names = {instance.id for instance in inner.instances}
        problems += _unknown(include, names)
        instances[include.position : include.position] = [
            _under_prefix(instance, include, names) for instance in inner.instances
        ]
        groups += [group for group in inner.groups if group not in groups]
        requirements += [needed for needed in inner.requirements if needed not in requirements]
        folder = PurePosixPath(include.path).parent
        included += [include.path, *(str(folder / path) for path in inner.included)]
        digest.update(inner.sha256.encode())
    if problems:
        raise SpecError(problems)
    return replace(
        spec,
        instances=tuple(instances),
        groups=tuple(groups),
        requirements=tuple(requirements),
        included=tuple(dict.fromkeys(included)),
        environment=environment,
        sha256=digest.hexdigest() if spec.includes else spec.sha256,
        includes=(),
    )


def _unknown(include: Include, names: set[str]) -> list[Problem]:
    return [
        Problem(
            "EW262",
            f"{include.path} has no task instance {name!r}",
            next(iter(given.values()))[1] if given else include.where,
            did_you_mean(name, names),
        )
        for name, given in include.arguments.items()
        if name not in names
    ]


def _under_prefix(instance: Instance, include: Include, names: set[str]) -> Instance:
    given = include.arguments.get(instance.id, {})
    arguments = {
        name: _renamed(binding, include.prefix, names) for name, binding in instance.arguments.items()
    }
    fan_out = instance.fan_out
    return replace(
        instance,
        id=include.prefix + instance.id,
        arguments={**arguments, **{name: binding for name, (binding, _) in given.items()}},
        argument_places={**instance.argument_places, **{name: where for name, (_, where) in given.items()}},
        fan_out=fan_out and replace(fan_out, argvalues=_renamed(fan_out.argvalues, include.prefix, names)),
    )


def _renamed(binding: Binding, prefix: str, names: set[str]) -> Binding:
    match binding:
        case Reference(instance) if instance in names:
            return replace(binding, instance=prefix + instance)
        case ListOf(items):
            return replace(binding, items=tuple(_renamed(item, prefix, names) for item in items))
        case DictOf(entries):
            return replace(
                binding, items={key: _renamed(item, prefix, names) for key, item in entries.items()}
            )
        case _:
            return binding
