"""The names of skip conditions in; where each is found, or what is wrong with it, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecoscope_workflows.registry.catalog import Catalog
    from ecoscope_workflows.spec.model import SkipIf, Spec


def conditions_exist(spec: Spec, catalog: Catalog) -> list[Problem]:
    """Return the conditions that are no function that is registered here.

    A condition given for all instances is reported once.
    """
    problems: dict[tuple[object, str], Problem] = {}
    for skipif in (spec.default_skipif, *(instance.skipif for instance in spec.instances)):
        for condition in skipif.conditions if skipif is not None else ():
            if skipif is not None and len(catalog.conditions_named(condition)) != 1:
                problem = _problem(condition, catalog)
                problems.setdefault((skipif.where, condition), problem.at(skipif.where))
    return list(problems.values())


def _problem(condition: str, catalog: Catalog) -> Problem:
    twins = catalog.conditions_named(condition)
    if not twins:
        names = sorted({path.rpartition(".")[2] for path in catalog.conditions})
        return Problem("EW303", f"unknown condition {condition!r}", hint=did_you_mean(condition, names))
    what = f"{len(twins)} functions are named {condition!r}"
    hint = f"write the dotted path of the one you mean: {' or '.join(twins)}"
    return Problem("EW304", what, hint=hint)


def found_conditions(skipif: SkipIf | None, known: Mapping[str, str]) -> tuple[str, ...]:
    """Return the conditions of an instance as ``module:name``; none where they never hold.

    Parameters
    ----------
    skipif
        What the spec says.
    known
        The dotted path of each condition by its name in the spec.
    """
    if skipif is None:
        return ()
    paths = [known[name] for name in skipif.conditions if name in known]
    split = [path.rpartition(".") for path in paths]
    return tuple(f"{module}:{name}" for module, _, name in split if name != NEVER)


# A condition that holds for nothing need not be asked.
NEVER = "never"


def known_conditions(spec: Spec, catalog: Catalog) -> dict[str, str]:
    """Return the dotted path of every condition that a spec names, by that name."""
    names = {
        name
        for skipif in (spec.default_skipif, *(instance.skipif for instance in spec.instances))
        for name in (skipif.conditions if skipif is not None else ())
    }
    found = {name: catalog.conditions_named(name) for name in sorted(names)}
    return {name: paths[0] for name, paths in found.items() if len(paths) == 1}
