"""The names of skip conditions in, what is wrong with them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Problem, did_you_mean

if TYPE_CHECKING:
    from ecoscope_workflows.registry.catalog import Catalog
    from ecoscope_workflows.spec.model import Spec

# The conditions of the published language; they are known wherever a spec is read.
PUBLISHED = frozenset(
    {
        "all_geometry_are_none",
        "all_keyed_iterables_are_skips",
        "any_dependency_is_empty_string",
        "any_dependency_is_none",
        "any_dependency_skipped",
        "any_is_empty_df",
        "any_keyed_iterables_are_skips",
        "never",
    }
)


def conditions_exist(spec: Spec, catalog: Catalog) -> list[Problem]:
    """Return the conditions that are neither published nor a function that is registered here.

    A condition given for all instances is reported once.
    """
    problems: dict[tuple[object, str], Problem] = {}
    names: list[str] = sorted(PUBLISHED | {task.name for task in catalog})
    for skipif in (spec.default_skipif, *(instance.skipif for instance in spec.instances)):
        if skipif is None:
            continue
        for condition in skipif.conditions:
            if not _is_known(condition, catalog):
                problem = _problem(condition, catalog, names)
                problems.setdefault((skipif.where, condition), problem.at(skipif.where))
    return list(problems.values())


def _problem(condition: str, catalog: Catalog, names: list[str]) -> Problem:
    twins = catalog.named(condition)
    if not twins:
        return Problem("EW303", f"unknown condition {condition!r}", hint=did_you_mean(condition, names))
    paths = " or ".join(task.path for task in twins)
    what = f"{len(twins)} functions are named {condition!r}"
    return Problem("EW304", what, hint=f"write the dotted path of the one you mean: {paths}")


def _is_known(condition: str, catalog: Catalog) -> bool:
    if len(catalog.named(condition)) == 1:
        return True
    if catalog.named(condition):
        return False
    registered = any(condition in (path, path.rpartition(".")[2]) for path in catalog.unusable)
    return registered or condition in PUBLISHED
