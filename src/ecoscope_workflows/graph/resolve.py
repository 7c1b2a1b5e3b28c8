"""A spec and a catalog in, a graph out: every name is found, every rule of `CHECKS` holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoscope_workflows.errors import Problem, SpecError
from ecoscope_workflows.graph.checks import CHECKS, STRICT_CHECKS
from ecoscope_workflows.graph.conditions import conditions_exist, found_conditions, known_conditions
from ecoscope_workflows.graph.model import Graph, Node
from ecoscope_workflows.graph.order import in_order

if TYPE_CHECKING:
    from ecoscope_workflows.registry.catalog import Catalog
    from ecoscope_workflows.spec.model import Spec


def resolve(spec: Spec, catalog: Catalog, *, strict: bool = False) -> Graph:
    """Find the task of every instance and check the whole.

    Complexity: linear in the number of instances and references.

    Parameters
    ----------
    spec
        The spec.
    catalog
        The tasks that it may use.
    strict
        Whether it is a fault where types do not say that a result fits an argument.

    Raises
    ------
    SpecError
        With every fault of the spec, in the order of their places.
    """
    problems: list[Problem] = []
    nodes: dict[str, Node] = {}
    # Each name is looked up once: one that is not found is compared with all others.
    names = {(instance.task, instance.grammar) for instance in spec.instances}
    tasks = {(name, grammar): catalog.find(name, grammar) for name, grammar in names}
    conditions = known_conditions(spec, catalog)
    for instance in spec.instances:
        found = tasks[(instance.task, instance.grammar)]
        if isinstance(found, Problem):
            problems.append(found.at(instance.task_where))
        else:
            nodes[instance.id] = Node(instance, found, found_conditions(instance.skipif, conditions))
    problems += conditions_exist(spec, catalog)
    graph = Graph(spec, nodes)
    for check in (*CHECKS, *STRICT_CHECKS) if strict else CHECKS:
        problems += check(graph)
    if problems:
        raise SpecError(sorted(problems, key=_position))
    return Graph(spec, {name: nodes[name] for name in in_order(nodes)})


def _position(problem: Problem) -> tuple[str, int, int]:
    where = problem.where
    return (where.file, where.line, where.column) if where else ("", 0, 0)
