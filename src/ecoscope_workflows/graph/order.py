"""Nodes in, an order out in which each stands after those it depends on; or the cycle that forbids one."""

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


def find_cycle(nodes: Mapping[str, Node]) -> list[str]:
    """Return the ids along one cycle, the first one repeated at the end; empty where there is none."""
    stuck = set(nodes) - set(in_order(nodes))
    if not stuck:
        return []
    # Every stuck node needs another stuck node, so walking along needs must come round.
    name = next(node for node in nodes if node in stuck)
    path: list[str] = []
    while name not in path:
        path.append(name)
        name = next(need for need in nodes[name].depends_on if need in stuck)
    return [*path[path.index(name) :], name]
