"""Nodes in, an order out in which each stands after those it depends on; or the cycles that forbid one."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecoscope_workflows.graph.model import Node


def in_order(nodes: Mapping[str, Node]) -> list[str]:
    """Return the ids in dependency order, and as written where that leaves a choice (Kahn's algorithm).

    Ids in or behind a cycle are left out.
    """
    rank = {name: number for number, name in enumerate(nodes)}
    waiting = {name: {need for need in node.depends_on if need in nodes} for name, node in nodes.items()}
    needed_by: dict[str, list[str]] = {name: [] for name in nodes}
    for name, needs in waiting.items():
        for need in needs:
            needed_by[need].append(name)
    ready = [rank[name] for name, needs in waiting.items() if not needs]
    heapify(ready)
    names = list(nodes)
    ordered = []
    while ready:
        name = names[heappop(ready)]
        ordered.append(name)
        for follower in needed_by[name]:
            waiting[follower].discard(name)
            if not waiting[follower]:
                heappush(ready, rank[follower])
    return ordered


def find_cycles(nodes: Mapping[str, Node]) -> list[list[str]]:
    """Return the cycles that a walk along the needs comes round, one for each instance that it comes back to.

    Each is a path whose first id is repeated at its end.
    """
    stuck = set(nodes) - set(in_order(nodes))
    cycles: dict[str, list[str]] = {}
    done: set[str] = set()
    for start in nodes:
        if start not in stuck or start in done:
            continue
        # Depth first, by a stack of our own: a chain may be longer than Python's.
        path, place = [start], {start: 0}
        waiting = [iter(nodes[start].depends_on)]
        while path:
            need = next(waiting[-1], None)
            if need is None:
                waiting.pop()
                done.add(name := path.pop())
                del place[name]
            elif need in place:
                cycles.setdefault(need, [*path[place[need] :], need])
            elif need in stuck and need not in done:
                place[need] = len(path)
                path.append(need)
                waiting.append(iter(nodes[need].depends_on))
    return list(cycles.values())
